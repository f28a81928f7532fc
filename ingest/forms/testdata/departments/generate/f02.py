from lib import *

sp = Spec("02-university-several-sheets", "Requisition, Halvorsen University (English)",
          "Four sheets: instructions with a worked example that looks like the form, the form, lists that feed the drop-downs, and a hidden change log. "
          "Labels above the table at the right and below; currency in the header; units prefilled with “Select…”; line total with tax; footer without shipping.",
          "en", "CAD", "Requisition", author="Halvorsen University, Procurement Services")
F, N = 17, 12
sp.header_rows, sp.first, sp.last = [16], F, F + N - 1
T = F + N
for l, f, also in (("B", "item", ()), ("C", "description", ("title",)), ("D", None, ()), ("E", "quantity", ()), ("F", None, ()), ("G", "unit_price", ()), ("H", "net", ()), ("I", "tax", ()), ("J", "total", ()), ("K", "gl_account", ())):
    sp.col(l, f, f"{l}16", also, {"D": "catalogue number", "F": "unit of measure"}.get(l))
sp.box("requester", "B6", "C6"); sp.box("email", "B7", "C7"); sp.box("branch", "B8", "C8"); sp.box(None, "B9", "C9", why="deliver to")
sp.box("supplier", "F6", "F7", at="below"); sp.box("cost_centre", "I6", "I7", at="below", why="the SpeedCode is what the university charges")
sp.box(None, "F8", "F9", at="below", why="the supplier's contact"); sp.box("needed_by", "I8", "I9", at="below")
sp.box("rationale", "B12", "D12", why="why this supplier"); sp.box(None, "I12", "J12", why="sole source or three quotes")
for l, k in (("H", "subtotal"), ("I", "tax"), ("J", "total")):
    sp.foot(k, f"B{T}", f"{l}{T}")
sp.notline("Instructions!A1:J30", "instructions with a worked example: no request"), sp.notline("Lists!A1:D12", "what the drop-downs offer")
sp.notline("Change log!A1:C5", "hidden, the office's own"), sp.notline(f"B{T}:K{T}", "totals of the columns"), sp.notline(f"B{T+2}:K{T+9}", "approvals and office use")


def build():
    wb = Workbook(); wi = wb.active; wi.title = "Instructions"
    widths(wi, A=4, B=8, C=38, D=12, E=8, F=10, G=14, H=14, I=12, J=14)
    text(wi, "B1:J1", "How to fill in the requisition", 14, True, color="FF7B1E3B")
    for i, s in enumerate(("Fill in the sheet “Requisition”. Yellow cells are yours, grey cells compute themselves.",
                           "One supplier per requisition. Split the order if you need two.",
                           "Choose the unit of measure and the account from the lists; do not type over them.",
                           "Enter unit prices before tax, in Canadian dollars.",
                           "Send the workbook, not a PDF, to your procurement office. Keep the quote; we may ask for it.")):
        text(wi, f"B{3+i}", i + 1, h="center"); text(wi, f"C{3+i}:J{3+i}", s, wrap=True)
    text(wi, "B10:J10", "Example of a line", 11, True, bg=YELLOW)
    for l, s in zip("BCDEFGHIJ", ("Line", "Description of goods or services", "Catalogue no.", "Qty", "UoM", "Unit price (CAD)", "Extended (CAD)", "Tax (CAD)", "Line total (CAD)")):
        head(wi, f"{l}11", s, bg="FFF4E1E7")
    for l, v in zip("BCDEFGHIJ", (1, "Laboratory stirrer, 5 L", "LS-5", 2, "Each", 410, "=E12*G12", "=ROUND(H12*0.13,2)", "=H12+I12")):
        value(wi, f"{l}12", v, fmt=PLAIN if l in "GHIJ" else None)
    for l, v in zip("BCDEFGHIJ", (2, "Stirring bars, assorted", "SB-12", 3, "Pack", 22.5, "=E13*G13", "=ROUND(H13*0.13,2)", "=H13+I13")):
        value(wi, f"{l}13", v, fmt=PLAIN if l in "GHIJ" else None)
    text(wi, "B15:J15", "Supplier: Example Scientific Co.   ·   SpeedCode: 000000   ·   Date needed: 2026-01-31", 9, italic=True)
    wi.sheet_view.showGridLines = False
    ws = wb.create_sheet(sp.sheet)
    widths(ws, A=2, B=16, C=38, D=14, E=8, F=13, G=13, H=14, I=12, J=14, K=16)
    text(ws, "B1:H1", "Halvorsen University", 16, True, color="FF7B1E3B", font="Georgia")
    text(ws, "B2:H2", "Requisition for goods and services", 11, font="Georgia", color="FF595959")
    text(ws, "I1:K1", "Office use: Req. #", 8, bg=GREY, border=BOX); value(ws, "I2:K2", bg=GREY)
    text(ws, "B4:K4", "1. Who and where", 10, True, bg="FF7B1E3B", color="FFFFFFFF")
    for r, s in ((6, "Requestor name"), (7, "Requestor e-mail"), (8, "Department"), (9, "Deliver to")):
        label(ws, f"B{r}", s); value(ws, f"C{r}:D{r}", bg=YELLOW)
    for rng, s in (("F6:H6", "Suggested supplier"), ("I6:K6", "SpeedCode"), ("F8:H8", "Supplier contact"), ("I8:K8", "Date needed")):
        label(ws, rng, s, size=8, border=BOX, bg=GREY)
    for rng, fm in (("F7:H7", None), ("I7:K7", "@"), ("F9:H9", None), ("I9:K9", "d\\-mmm\\-yyyy")):
        value(ws, rng, bg=YELLOW, fmt=fm)
    text(ws, "B11:K11", "2. Choice of supplier", 10, True, bg="FF7B1E3B", color="FFFFFFFF")
    label(ws, "B12:C12", "Reason for selecting this supplier"); value(ws, "D12:H12", bg=YELLOW, wrap=True); label(ws, "I12", "Method", h="right"); value(ws, "J12:K12", "Select…", bg=YELLOW)
    ws.row_dimensions[12].height = 32
    text(ws, "B14:K14", "3. What you need", 10, True, bg="FF7B1E3B", color="FFFFFFFF")
    for l, s in zip("BCDEFGHIJK", ("Line", "Description of goods or services", "Catalogue no.", "Qty", "UoM", "Unit price (CAD)", "Extended (CAD)", "Tax (CAD)", "Line total (CAD)", "Account")):
        head(ws, f"{l}16", s, bg="FFF4E1E7")
    ws.row_dimensions[16].height = 30
    for i in range(N):
        r = F + i
        text(ws, f"B{r}", i + 1, 9, h="center", border=BOX, bg="FFF2F2F2")
        for l in "CD":
            value(ws, f"{l}{r}", bg=YELLOW, wrap=True)
        value(ws, f"E{r}", bg=YELLOW, h="center"); value(ws, f"F{r}", "Select…", bg=YELLOW, h="center"); value(ws, f"G{r}", bg=YELLOW, fmt=PLAIN, h="right")
        value(ws, f"H{r}", f'=IF(OR(E{r}="",G{r}=""),"",E{r}*G{r})', bg="FFF2F2F2", fmt=PLAIN, h="right")
        value(ws, f"I{r}", f'=IF(H{r}="","",ROUND(H{r}*0.13,2))', bg="FFF2F2F2", fmt=PLAIN, h="right")
        value(ws, f"J{r}", f'=IF(H{r}="","",H{r}+I{r})', bg="FFF2F2F2", fmt=PLAIN, h="right"); value(ws, f"K{r}", bg=YELLOW, fmt="@", h="center")
    label(ws, f"B{T}:G{T}", "Totals", h="right", border=BOX)
    for l in "HIJ":
        value(ws, f"{l}{T}", f"=SUM({l}{F}:{l}{T-1})", fmt=PLAIN, h="right", bg=GREY)
    for k, s in enumerate(("Principal investigator or unit head", "Faculty finance manager")):
        r = T + 3 + 3 * k
        value(ws, f"B{r}:D{r}", border=UNDER); value(ws, f"F{r}:G{r}", border=UNDER, fmt="d\\-mmm\\-yyyy")
        text(ws, f"B{r+1}:D{r+1}", s + " (name and signature)", 8, v="top"); text(ws, f"F{r+1}:G{r+1}", "Date", 8, v="top")
    text(ws, f"B{T+9}:K{T+9}", "Procurement Services keeps this record for seven years.", 8, italic=True, color="FF7F7F7F")
    wl = wb.create_sheet("Lists"); widths(wl, A=14, B=14, C=30, D=22)
    for l, s in zip("ABCD", ("UoM", "Account", "Account name", "Method")):
        head(wl, f"{l}1", s)
    for i, s in enumerate(("Select…", "Each", "Pack", "Box", "Litre", "Hour")):
        wl[f"A{i+2}"] = s
    for i, (a, b) in enumerate((("60110", "Laboratory supplies"), ("60140", "Chemicals and gases"), ("61230", "Small equipment"), ("62400", "Software and licences"), ("64010", "Professional services"))):
        wl[f"B{i+2}"], wl[f"C{i+2}"] = a, b
    for i, s in enumerate(("Select…", "Three quotes", "Sole source", "Standing agreement")):
        wl[f"D{i+2}"] = s
    wg = wb.create_sheet("Change log"); wg.sheet_state = "hidden"
    for i, row in enumerate((("Version", "Date", "Change"), ("1.0", D(2019, 9, 3), "First version"), ("1.1", D(2022, 1, 17), "Tax column added"), ("1.2", D(2025, 8, 20), "New account list"))):
        for j, v in enumerate(row):
            wg.cell(i + 1, j + 1).value = v
    choices(ws, f"F{F}:F{T-1}", "Lists!$A$2:$A$7", ("Unit of measure", "Choose from the list.")); choices(ws, f"K{F}:K{T-1}", "Lists!$B$2:$B$6")
    choices(ws, "J12", "Lists!$D$2:$D$5")
    ws.sheet_view.showGridLines = False; ws.freeze_panes = f"A{F}"
    page(ws, f"A1:K{T+9}", landscape=True, footer="HU-PR-7 v1.2"); wb.active = 1
    return wb


def top(f, who, mail, dept, deliver, supplier, contact, speed, needed, why, method):
    for c, v in (("C6", who), ("C7", mail), ("C8", dept), ("C9", deliver), ("F7", supplier), ("F9", contact), ("I7", speed), ("I9", needed), ("D12", why), ("J12", method)):
        f.box(c, v)


def copy1(f):
    top(f, "Dr. Ingrid Sato", "ingrid.sato@halvorsen.example", "Chemistry", "Room C-214", "Polaris Scientific Supply Inc.", "orders desk", "104882", D(2026, 12, 11), "Only distributor that stocks the 10 L vessel.", "Sole source")
    f.row(F, C="Jacketed glass reactor vessel, 10 L", D="PV-10J", E=1, F="Each", G=2380, K="61230")


def copy2(f):
    top(f, "Tomasz Berglund", "t.berglund@halvorsen.example", "School of Nursing", "Simulation lab, bay 3", "Medisim Training Ltd.", "Account manager", "220417", D(2027, 1, 22), "Lowest of three quotes.", "Three quotes")
    for i, (d, c, q, u, p, k) in enumerate((("IV practice arm", "IVA-2", 4, "Each", 412.5, "61230"), ("Replacement skin for practice arm", "IVA-S", 8, "Each", 38.75, "60110"),
                                            ("Simulated blood, 1 L", "SB-1", 12, "Litre", 11.4, "60110"), ("On-site instructor training", "TRN-H", 6, "Hour", 95, "64010"))):
        f.row(F + i, C=d, D=c, E=q, F=u, G=p, K=k)
    f.put(f"B{T+3}", "Tomasz Berglund"); f.put(f"F{T+3}", D(2026, 11, 24))


def copy3(f):
    top(f, "lab manager", "-", "Biology", "n/a", "Polaris", "idem", 104882, "before the holidays", "see quote", "Select…")
    f.over.update({(sp.sheet, "C7"): None, (sp.sheet, "I9"): None, (sp.sheet, "D12"): None})
    f.ask("C7", "placeholder: no e-mail"); f.ask("I9", "no date that can be read", "returned"); f.ask("D12", "placeholder: no reason is given")
    f.row(F, C="Pipette tips 200 µL", D="PT200", E=20, F="Pack", G="18,40", K="60110", over={"unit_price": None, "net": None, "tax": None, "total": None},
          ask=[("G", "typed text with a decimal comma on an English form (18.40 is meant): the formulas beside it could not compute with it", "returned")])
    f.row(F + 1, C="Pipette tips 1000 µL", D="PT1000", E=20, F="Pack", G=19.9, K="idem", over={"gl_account": None}, ask=[("K", "idem: the account is not given (or is the row above)")])
    f.row(F + 2, C="Freezer boxes, cardboard", D="voir site web", E=15, F="Select…", G=4.35, K="60110")
    f.put(f"H{F+3}", 250); f.put(f"J{F+3}", 250)
    f.row(F + 3, C="Courier, dry ice (estimate)", E=1, F="Select…", K="60110", over={"net": "250.00", "tax": "32.50", "total": "250.00"},
          ask=[("J", "subtotal 250 and tax 32.50 do not make the typed total 250", "returned"), ("H", "an amount typed over the formula, without unit price", "noted")])


copies = [("filled-1", "one line; the worked example must not be taken", copy1), ("filled-2", "four lines", copy2), ("filled-3", "messy: comma in a typed price, idem, amounts typed over formulas", copy3)]
