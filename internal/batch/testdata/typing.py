# Types into cells in LibreOffice as a person does, and saves: a workbook a line of standard input, as JSON; "done" for each.
import json, os, subprocess, sys, time
import uno
from com.sun.star.beans import PropertyValue

profile, header = sys.argv[1], int(sys.argv[2])
pipe = "handrail-%d" % os.getpid()
office = subprocess.Popen(["soffice", "--headless", "--norestore", "--nologo", "-env:UserInstallation=file://" + profile,
                           "--accept=pipe,name=%s;urp;" % pipe], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
local = uno.getComponentContext()
resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
for _ in range(600):
    try:
        context = resolver.resolve("uno:pipe,name=%s;urp;StarOffice.ComponentContext" % pipe)
        break
    except Exception:
        if office.poll() is not None and office.returncode != 0:
            sys.exit("LibreOffice ended: %s" % office.returncode)
        time.sleep(0.1)
desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)


def option(name, value):
    p = PropertyValue()
    p.Name, p.Value = name, value
    return p


def column(sheet, head):
    for c in range(200):
        if sheet.getCellByPosition(c, header - 1).String.split("\n")[0].strip() == head:
            return c
    raise SystemExit("%s has no column %s" % (sheet.Name, head))


def row(sheet, where):
    if where is None:  # the first empty one below the others
        last = sheet.createCursor()
        last.gotoEndOfUsedArea(False)
        for r in range(last.RangeAddress.EndRow, header - 1, -1):
            if any(sheet.getCellByPosition(c, r).String for c in range(12)):
                return r + 1
        return header
    (head, says), = where.items()
    c = column(sheet, head)
    for r in range(header, 500):
        if sheet.getCellByPosition(c, r).String == says:
            return r
    raise SystemExit("%s: nothing says %s under %s" % (sheet.Name, says, head))


for line in sys.stdin:
    job = json.loads(line)
    doc = desktop.loadComponentFromURL("file://" + job["in"], "_blank", 0, (option("Hidden", True),))
    for edit in job["edits"]:
        sheet = doc.Sheets.getByName(edit["sheet"])
        at = row(sheet, edit.get("row"))
        for head, typed in edit["set"].items():
            sheet.getCellByPosition(column(sheet, head), at).FormulaLocal = typed
    doc.storeToURL("file://" + job["out"], (option("FilterName", "Calc MS Excel 2007 XML"),))
    doc.close(True)
    print("done", flush=True)
desktop.terminate()
office.wait(30)
