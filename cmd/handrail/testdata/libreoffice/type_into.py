"""Types into a workbook the way a person does, in LibreOffice itself, and saves it as .xlsx.

usage: type_into.py PROFILE IN.xlsx OUT.xlsx < cells.json

PROFILE is an empty directory. cells.json is {"locale": "fr-CA", "cells": [["Demande", "B4", "Jeanne Roy"], ...]}. Every text is
read as input in that locale: LibreOffice decides what is a number, a date or a formula.
"""

import json
import os
import signal
import subprocess
import sys
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException


def prop(name, value):
    p = PropertyValue()
    p.Name, p.Value = name, value
    return p


def set_locale(profile, locale):
    os.makedirs(os.path.join(profile, "user"), exist_ok=True)
    with open(os.path.join(profile, "user", "registrymodifications.xcu"), "w", encoding="utf-8") as f:
        f.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
            '<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse">'
            f"<value>{locale}</value></prop></item></oor:items>\n"
        )


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


def main(profile, source, target):
    wanted = json.load(sys.stdin)
    set_locale(profile, wanted["locale"])
    pipe = "handrail%d" % os.getpid()
    office = subprocess.Popen(
        ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--norestore", "--nologo", f"--accept=pipe,name={pipe};urp;"],
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        context = connect(pipe, time.monotonic() + 60)
        manager = context.ServiceManager
        desktop = manager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        document = desktop.loadComponentFromURL(uno.systemPathToFileUrl(source), "_blank", 0, (prop("Hidden", True),))
        for sheet, ref, text in wanted["cells"]:
            document.Sheets.getByName(sheet).getCellRangeByName(ref).getCellByPosition(0, 0).FormulaLocal = text
        document.storeToURL(uno.systemPathToFileUrl(target), (prop("FilterName", "Calc MS Excel 2007 XML"),))
    finally:
        os.killpg(office.pid, signal.SIGKILL)  # closing a view without a screen crashes it


main(*sys.argv[1:4])
