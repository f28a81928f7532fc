from lib import *

sp = Spec("06-us-county-fund-grid", "Requisition, Kestrel County (United States)",
          "Suggested vendor and ship-to blocks of several rows; a row of small boxes with the label above (F.O.B., terms, buyer); twelve rows; footer with freight and sales tax (exempt); "
          "a second table under it: fund, org, account, program, activity, amount; routing signatures.", "en", "USD", "REQ", author="Kestrel County Purchasing")
F, N = 19, 12
T = F + N
G = T + 6
sp.header_rows, sp.first, sp.last, sp.share = [18], F, F + N - 1, True
for l, f, also in (("A", "item", ()), ("B", "quantity", ()), ("C", None, ()), ("D", None, ()), ("E", "description", ("title",)), ("F", "unit_price", ()), ("G", "net", ())):
    sp.col(l, f, f"{l}18", also, {"C": "unit", "D": "stock or part number"}.get(l))
sp.box("supplier", "A5", "A6", "below", why="the first row of the block is the name; address rows follow"); sp.box(None, "F5", "F6", "below", why="ship to")
sp.box("branch", "A12", "C12"); sp.box("requester", "A13", "C13"); sp.box("email", "A14", "C14"); sp.box(None, "F12", "G12", why="requisition number")
for l, f, w in (("A", None, "date"), ("C", "needed_by", None), ("E", None, "F.O.B."), ("F", None, "terms"), ("G", None, "contract number")):
    sp.box(f, f"{l}16", f"{l}17", "below", why=w, also=("standing_offer",) if l == "G" else ())
for k, r in (("subtotal", T), ("shipping", T + 1), ("tax", T + 2), ("total", T + 3)):
    sp.foot(k, f"F{r}", f"G{r}")
sp.notline(f"A{T}:G{T+3}", "footer"), sp.notline(f"A{G}:G{G+5}", "account distribution: how the total is charged; no purchase"), sp.notline(f"A{G+7}:G{G+11}", "routing and signatures")
sp.notline("A6:D9", "vendor name and address"), sp.notline("F6:G9", "ship-to address")


def build():
    wb = Workbook(); ws = wb.active; ws.title = sp.sheet
    widths(ws, A=9, B=9, C=12, D=16, E=46, F=17, G=18)
    text(ws, "A1:E1", "KESTREL COUNTY", 16, True, font="Times New Roman"); text(ws, "F1:G1", "REQUISITION", 16, True, font="Times New Roman", h="right")
    text(ws, "A2:E2", "Department of General Services, Purchasing Division", 9, font="Times New Roman"); text(ws, "F2:G2", "THIS IS NOT A PURCHASE ORDER", 8, True, font="Times New Roman", h="right", color="FFC00000")
    text(ws, "A5:D5", "SUGGESTED VENDOR (name, address, phone)", 8, True, bg=GREY, border=BOX); text(ws, "F5:G5", "SHIP TO", 8, True, bg=GREY, border=BOX)
    for r in range(6, 10):
        value(ws, f"A{r}:D{r}", border=Border(left=thin, right=thin, bottom=hair)); value(ws, f"F{r}:G{r}", border=Border(left=thin, right=thin, bottom=hair))
    for r, s in ((12, "DEPARTMENT"), (13, "REQUESTED BY"), (14, "E-MAIL")):
        label(ws, f"A{r}:B{r}", s, size=8); value(ws, f"C{r}:E{r}", border=UNDER)
    label(ws, "F12", "REQ. NO.", size=8, h="right"); value(ws, "G12", border=UNDER)
    for rng, s, fm in (("A16:B16", "DATE", MDY), ("C16:D16", "DATE REQUIRED", MDY), ("E16", "F.O.B.", None), ("F16", "TERMS", None), ("G16", "CONTRACT NO.", "@")):
        text(ws, rng, s, 7, True, border=BOX, bg=GREY, h="center"); value(ws, rng.replace("16", "17"), fmt=fm, h="center")
    for l, s in zip("ABCDEFG", ("ITEM #", "QTY", "UNIT", "STOCK / PART #", "DESCRIPTION (complete specifications)", "UNIT PRICE", "EXTENSION")):
        head(ws, f"{l}18", s, size=8)
    for i in range(N):
        r = F + i
        for l in "ABCDEFG":
            value(ws, f"{l}{r}", border=HAIR, h="right" if l in "FG" else "left" if l == "E" else "center", fmt=US_ACC if l in "FG" else None, wrap=l == "E")
        ws[f"G{r}"] = f"=B{r}*F{r}"
    for k, (s, x) in enumerate((("SUBTOTAL", f"=SUM(G{F}:G{T-1})"), ("FREIGHT", None), ("SALES TAX (EXEMPT)", 0), ("TOTAL", f"=SUM(G{T}:G{T+2})"))):
        label(ws, f"F{T+k}", s, size=8, h="right", border=BOX); value(ws, f"G{T+k}", x, fmt=US_ACC, h="right")
    text(ws, f"A{G-1}:G{G-1}", "ACCOUNT DISTRIBUTION", 9, True, bg=GREY, border=BOX)
    for l, s in zip("ABCDEFG", ("FUND", "ORG", "ACCOUNT", "PROGRAM", "ACTIVITY / PROJECT DESCRIPTION", "PERCENT", "AMOUNT")):
        head(ws, f"{l}{G}", s, size=8)
    for i in range(4):
        r = G + 1 + i
        for l in "ABCDEFG":
            value(ws, f"{l}{r}", border=HAIR, h="center", fmt="0%" if l == "F" else US_ACC if l == "G" else "@")
        ws[f"G{r}"] = f'=IF(F{r}="","",ROUND($G${T+3}*F{r},2))'
    label(ws, f"F{G+5}", "DISTRIBUTED", size=8, h="right"); value(ws, f"G{G+5}", f"=SUM(G{G+1}:G{G+4})", fmt=US_ACC, h="right")
    for k, s in enumerate(("DEPARTMENT HEAD", "BUDGET OFFICE", "PURCHASING AGENT")):
        r = G + 7 + 2 * k
        label(ws, f"A{r}:C{r}", s, size=8); value(ws, f"D{r}:E{r}", border=UNDER); label(ws, f"F{r}", "DATE", size=8, h="right"); value(ws, f"G{r}", border=UNDER, fmt=MDY)
    choices(ws, "E17", '"Destination,Origin,Destination - freight prepaid"'); choices(ws, f"C{F}:C{T-1}", '"EA,BX,CS,DZ,HR,LOT"', strict=False)
    page(ws, f"A1:G{G+11}", footer="KC-PUR-1 Rev. 6/19"); ws.sheet_view.showGridLines = False
    return wb


def top(f, vendor, dept, who, mail, date, need, fob, terms, contract=None):
    for i, v in enumerate(vendor):
        f.put(f"A{6+i}", v)
    for i, v in enumerate(("Kestrel County Annex", "200 Court St, Dock B", "Marlow, OR 97000")):
        f.put(f"F{6+i}", v)
    for c, v in (("C12", dept), ("C13", who), ("C14", mail), ("A17", date), ("C17", need), ("E17", fob), ("F17", terms), ("G17", contract)):
        f.box(c, v)


def copy1(f):
    top(f, ("Timberline Safety Supply", "4100 Foundry Rd", "Marlow, OR 97001", "555-0188"), "Sheriff's Office", "Deb Castellan", "deb.castellan@kestrel.example", D(2026, 11, 24), D(2026, 12, 14), "Destination", "Net 30")
    f.row(F, A=1, B=24, C="EA", D="TS-VEST-L", E="Reflective vest, class 2, large, printed “SHERIFF”", F=18.6)
    f.noline(f"A{G+1}:G{G+1}", "one fund carries all", {f"A{G+1}": "101", f"B{G+1}": "3200", f"C{G+1}": "52310", f"D{G+1}": "0140", f"F{G+1}": 1})


def copy2(f):
    top(f, ("Cascade Culvert & Pipe", "77 Quarry Loop", "Stayton Falls, OR 97009", "555-0131"), "Road Department", "Arlo Nguyen-Pratt", "arlo.nguyenpratt@kestrel.example", D(2026, 11, 23), D(2027, 1, 18), "Destination - freight prepaid", "Net 30", "KC-2025-118")
    for i, (b, u, d, e, p) in enumerate(((6, "EA", "CMP-18", "Corrugated pipe, 18 in. x 20 ft", 412), (5, "EA", "CMP-B18", "Coupling band, 18 in.", 38.45), (12, "EA", "FES-18", "Flared end section, 18 in.", 96.2), (40, "BX", None, "Hardware kit, galvanized", 11.75))):
        f.row(F + i, A=i + 1, B=b, C=u, D=d, E=e, F=p)
    f.box(f"G{T+1}", 325)
    for i, (a, p) in enumerate((("Culvert program", .6), ("Storm repair", .4))):
        f.noline(f"A{G+1+i}:G{G+1+i}", "account distribution", {f"A{G+1+i}": "205", f"B{G+1+i}": "4410", f"C{G+1+i}": "53220", f"D{G+1+i}": "0310", f"E{G+1+i}": a, f"F{G+1+i}": p})
    f.put(f"D{G+7}", "L. Hargrove"); f.put(f"G{G+7}", D(2026, 11, 24))


def copy3(f):
    top(f, ("TBD - get 3 quotes",), "Parks", "Chuck", "n/a", D(2026, 11, 25), D(2026, 12, 22), None, "??")
    f.over.update({(sp.sheet, "A6"): None, (sp.sheet, "C14"): None})
    f.ask("A6", "TBD: there is no vendor yet", "returned"); f.ask("C14", "n/a: no e-mail")
    f.row(F, A=1, B=6, C="EA", D="n/a", E="Picnic table, recycled plastic, 6 ft, ADA,", F=689)
    f.row(F + 1, E="     color: cedar, with umbrella hole, surface mount", over={"net": None}, ask=[("E", "the description goes on in the next row (the template's formula shows a dash): it belongs to the item above; neither a line of its own that is approved nor dropped in silence", "asked")])
    f.row(F + 2, A=2, B=1, C="LOT", D="n/a", E="Freight / liftgate", F="see quote", over={"unit_price": None, "net": None}, ask=[("F", "a word instead of a price", "returned")])
    f.row(F + 3, A=3, B=2, C="EA", E="Grill, pedestal — OPTIONAL", F=214.5, ask=[("E", "optional: a fair reader may ask whether it is wanted", "noted")])
    for r in (T, T + 3):
        f.over[(sp.sheet, f"G{r}")] = None
    f.expect_footer = False
    f.noline(f"A{G+1}:G{G+2}", "account distribution with words", {f"A{G+1}": "101", f"B{G+1}": "5100", f"C{G+1}": "TBD", f"E{G+1}": "ask Finance", f"F{G+1}": 1})


copies = [("filled-1", "one line, no freight", copy1), ("filled-2", "four lines, freight, two funds", copy2), ("filled-3", "no vendor, a description over two rows, see quote", copy3)]
