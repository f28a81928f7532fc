from lib import *

sp = Spec("13-hospital-distribution-above", "Non-stock requisition, St. Brannoc Hospital (approvals and account table above)",
          "The approval block and a small account distribution table (cost centre, account, description, amount) stand above the items: the first table is not the one of the lines. Header cells of two "
          "rows merged downwards, delivery dates per line, contract number box, HST in the footer, no shipping.", "en", "CAD", "NSR", author="St. Brannoc Hospital")
F, N = 22, 12
T = F + N
sp.header_rows, sp.first, sp.last, sp.share = [20, 21], F, T - 1, True
for l, f, cells, also in (("A", "item", "A20", ()), ("B", None, "B20 B21", ()), ("C", None, "B20 C21", ()), ("D", "description", "D20", ("title",)), ("E", "quantity", "E20 E21", ()), ("F", None, "E20 F21", ()), ("G", "unit_price", "G20", ()), ("H", "net", "H20", ()), ("I", "needed_by", "I20", ())):
    sp.col(l, f, cells, also, {"B": "maker", "C": "maker's number", "F": "unit of measure"}.get(l))
sp.box("requester", "A4", "C4"); sp.box("email", "A5", "C5"); sp.box("branch", "A6", "C6"); sp.box("supplier", "F4", "H4"); sp.box(None, "F5", "H5", why="vendor's contact"); sp.box("standing_offer", "F6", "H6", also=(), why="contract number")
sp.box("cost_centre", "A15", "A16", "below", why="from the account table, when there is one row in it only", optional=True); sp.box("gl_account", "C15", "C16", "below", why="the same", optional=True)
for k, r in (("subtotal", T), ("tax", T + 1), ("total", T + 2)):
    sp.foot(k, f"G{r}", f"H{r}")
sp.hard = ["an account table with four known headers stands above the table of lines"]
sp.notline("A9:I12", "approvals, above the table"), sp.notline("A15:I18", "account distribution: how the total is charged; no lines"), sp.notline(f"A{T}:I{T+2}", "footer"), sp.notline(f"A{T+4}:I{T+7}", "notes for the storekeeper")


def build():
    wb = Workbook(); ws = wb.active; ws.title = sp.sheet
    widths(ws, A=9, B=16, C=16, D=40, E=8, F=12, G=14, H=16, I=14)
    text(ws, "A1:I1", "St. Brannoc Hospital — Non-stock requisition", 14, True, color="FF6A1B9A", font="Calibri")
    text(ws, "A2:I2", "Use this form for anything that is not in the stores catalogue.", 9, italic=True, font="Calibri")
    for r, s in ((4, "Requisitioned by:"), (5, "Email:"), (6, "Unit / program:")):
        label(ws, f"A{r}:B{r}", s, font="Calibri"); value(ws, f"C{r}:D{r}")
    for r, s in ((4, "Vendor:"), (5, "Vendor contact:"), (6, "Contract / agreement no.:")):
        label(ws, f"F{r}:G{r}", s, font="Calibri"); value(ws, f"H{r}:I{r}")
    text(ws, "A8:I8", "APPROVAL (before purchasing receives the form)", 9, True, bg="FFEDE7F6", border=BOX, font="Calibri")
    for l, rng in (("Name", "A9:C9"), ("Position", "D9"), ("Approved (initials)", "E9:F9"), ("Date", "G9:I9")):
        text(ws, rng, l, 8, True, border=BOX, font="Calibri")
    for r in (10, 11, 12):
        for rng, fm in ((f"A{r}:C{r}", None), (f"D{r}", None), (f"E{r}:F{r}", None), (f"G{r}:I{r}", ISO)):
            value(ws, rng, fmt=fm)
    text(ws, "A14:I14", "ACCOUNT DISTRIBUTION", 9, True, bg="FFEDE7F6", border=BOX, font="Calibri")
    for l, rng in (("Cost centre", "A15:B15"), ("GL account", "C15"), ("Description", "D15:F15"), ("%", "G15"), ("Amount", "H15:I15")):
        head(ws, rng, l, size=8, font="Calibri")
    for r in (16, 17, 18):
        for rng, fm in ((f"A{r}:B{r}", "@"), (f"C{r}", "@"), (f"D{r}:F{r}", None), (f"G{r}", "0%"), (f"H{r}:I{r}", CAD_ACC)):
            value(ws, rng, fmt=fm)
        ws[f"H{r}"] = f'=IF(G{r}="","",ROUND(H{T+2}*G{r},2))'
    for rng, s in (("A20:A21", "Line"), ("B20:C20", "Manufacturer"), ("D20:D21", "Item description"), ("E20:F20", "Quantity"), ("G20:G21", "Unit cost"), ("H20:H21", "Ext. amount"), ("I20:I21", "Date needed")):
        head(ws, rng, s, bg="FFD1C4E9", font="Calibri")
    for l, s in (("B", "Name"), ("C", "Cat. no."), ("E", "Qty"), ("F", "UOM")):
        head(ws, f"{l}21", s, bg="FFEDE7F6", size=8, font="Calibri")
    for i in range(N):
        r = F + i
        for l in "ABCDEFGHI":
            value(ws, f"{l}{r}", fmt=CAD_ACC if l in "GH" else ISO if l == "I" else None, wrap=l == "D", h="right" if l in "GH" else "left" if l in "BCD" else "center")
        ws[f"H{r}"] = f'=IF(OR(E{r}="",G{r}=""),0,E{r}*G{r})'
    for k, (s, x) in enumerate((("Sub-total", f"=SUM(H{F}:H{T-1})"), ("HST 13%", f"=ROUND(H{T}*0.13,2)"), ("Grand total", f"=H{T}+H{T+1}"))):
        label(ws, f"G{T+k}", s, h="right", border=BOX, font="Calibri"); value(ws, f"H{T+k}", x, fmt=CAD_ACC, h="right")
    text(ws, f"A{T+4}:I{T+4}", "Receiving notes", 9, True, bg=GREY, border=BOX, font="Calibri"); value(ws, f"A{T+5}:I{T+7}", wrap=True, valign="top")
    page(ws, f"A1:I{T+7}", footer="SBH-NSR-3"); return wb


def top(f, *v):
    for c, x in zip(("C4", "C5", "C6", "H4", "H5", "H6"), v):
        f.box(c, x)


def accounts(f, rows):
    for i, (a, c, d, p) in enumerate(rows):
        for l, v in (("A", a), ("C", c), ("D", d), ("G", p)):
            f.put(f"{l}{16+i}", v)
    f.noline(f"A16:I{15+len(rows)}", "account distribution")
    if len(rows) > 1:
        f.over[(sp.sheet, "A16")] = None; f.over[(sp.sheet, "C16")] = None
        f.ask("A16", "the cost is split over several cost centres: the lines have no single one", "asked")


def copy1(f):
    top(f, "Greta Ismailov", "greta.ismailov@brannoc.example", "Physiotherapy", "Harbour Mobility Ltd.", "Order desk", "none")
    f.over[(sp.sheet, "H6")] = None
    accounts(f, (("71250", "64310", "Minor equipment", 1),))
    f.row(F, A=1, B="Stridewell", C="SW-210", D="Treadmill safety harness, medium", E=2, F="EA", G=319.4, I=D(2026, 12, 18))


def copy2(f):
    top(f, "Colm Adebayo", "colm.adebayo@brannoc.example", "Surgical services", "Northgate Medical Supply Ltd.", "K. Lund", "SBH-2024-77")
    accounts(f, (("71310", "64120", "Instruments", .75), ("71340", "64120", "Instruments, day surgery", .25)))
    for i, (b, c, d, e, u, g) in enumerate((("Finegrip", "AF-11", "Forceps, 11 cm", 12, "EA", 86.4), ("Finegrip", "AS-14", "Scissors, curved, 14 cm", 12, "EA", 74.15), ("Cleanpro", "TR-3", "Sterilization tray with lid", 4, "EA", 228), ("Cleanpro", "WR-60", "Wrap, 60 x 60, case", 3, "CS", 91.05))):
        f.row(F + i, A=i + 1, B=b, C=c, D=d, E=e, F=u, G=g, I=D(2027, 1, 25))
    for r, (n, p, d) in zip((10, 11), (("Colm Adebayo", "Manager", D(2026, 11, 23)), ("R. Stancombe", "Director", D(2026, 11, 25)))):
        f.put(f"A{r}", n); f.put(f"D{r}", p); f.put(f"E{r}", "".join(w[0] for w in n.split())); f.put(f"G{r}", d)


def copy3(f):
    top(f, "ward 5", "ward5", "?", "whoever is cheapest", "n/a", "n/a")
    f.over.update({(sp.sheet, "C6"): None, (sp.sheet, "H4"): None, (sp.sheet, "H6"): None})
    accounts(f, (("TBD", "TBD", None, None),))
    f.over.update({(sp.sheet, "A16"): None, (sp.sheet, "C16"): None})
    for c, w, v in (("C6", "a question mark: no unit", "asked"), ("H4", "no supplier is named", "returned"), ("A16", "TBD: no cost centre", "returned"), ("C16", "TBD: no account", "asked"), ("C5", "“ward5” is no address", "asked")):
        f.ask(c, w, v)
    f.row(F, A=1, B="n/a", C="n/a", D="Wall clock with date, large", E=3, F="EA", G=42, I="end of month", over={"needed_by": None}, ask=[("I", "no date that can be read", "returned")])
    f.row(F + 1, A=2, B="same", C="same", D="Batteries for above", E=3, F="PK", G=6.5, I="same as above", over={"needed_by": None}, ask=[("I", "same as above: no date", "returned")])
    f.row(F + 2, A=3, D="Whiteboard 3 x 4 ft", E=1, F="EA", G=0, I=D(2026, 12, 15), ask=[("G", "a price of zero: a donation or not known yet", "returned")])


copies = [("filled-1", "one line, one account", copy1), ("filled-2", "four lines, two accounts, two approvals", copy2), ("filled-3", "no vendor, TBD in the accounts, dates in words, a price of 0", copy3)]
