"""Sorts the lines of a workbook the way a person does, in LibreOffice itself, and saves it as .xlsx.

usage: sort.py PROFILE IN.xlsx OUT.xlsx

PROFILE is an empty directory. What is sorted, by its first column, is what LibreOffice takes for the list: the table or the filtered
range of the first sheet, which stands together.
"""

import os
import signal
import subprocess
import sys
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.table import TableSortField


def prop(name, value):
    p = PropertyValue()
    p.Name, p.Value = name, value
    return p


def connect(pipe, deadline):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    while True:
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def lists(document):
    """The tables of a document, or what stands together around its first cell."""
    tables = document.getPropertyValue("DatabaseRanges")
    for name in tables.ElementNames:
        yield tables.getByName(name).DataArea
    sheet = document.Sheets.getByIndex(0)
    region = sheet.createCursorByRange(sheet.getCellRangeByName("A1"))
    region.collapseToCurrentRegion()
    yield region.RangeAddress


def main(profile, source, target):
    pipe = "handrail%d" % os.getpid()
    office = subprocess.Popen(
        ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--norestore", "--nologo", f"--accept=pipe,name={pipe};urp;"],
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        context = connect(pipe, time.monotonic() + 60)
        desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        document = desktop.loadComponentFromURL(uno.systemPathToFileUrl(source), "_blank", 0, (prop("Hidden", True),))
        area = next(lists(document))
        sheet = document.Sheets.getByIndex(area.Sheet)
        lines = sheet.getCellRangeByPosition(area.StartColumn, area.StartRow, area.EndColumn, area.EndRow)
        field = TableSortField()
        field.Field, field.IsAscending = 0, True
        lines.sort((prop("ContainsHeader", True), prop("SortFields", uno.Any("[]com.sun.star.table.TableSortField", (field,)))))
        document.storeToURL(uno.systemPathToFileUrl(target), (prop("FilterName", "Calc MS Excel 2007 XML"),))
    finally:
        os.killpg(office.pid, signal.SIGKILL)  # closing a view without a screen crashes it


main(*sys.argv[1:4])
