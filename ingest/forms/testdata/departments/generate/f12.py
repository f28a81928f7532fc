from lib import *

sp = Spec("12-firm-foreign-currency", "Requisition, Harrowgate Instruments (firm, United States dollars)",
          "Currency in the header (Unit cost US$) and in the number format; an exchange rate box and a column with the amount in Canadian dollars; hazard and asset columns nobody asked for; "
          "buyer's block on the right; total in the foreign currency only.", "en", "CAD", "REQUISITION", author="Harrowgate Instruments")
F, N = 12, 10
T = F + N
sp.header_rows, sp.first, sp.last = [11], F, T - 1
for l, f, also, w in (("B", "item", (), None), ("C", None, (), "part number"), ("D", "title", ("description",), None), ("E", "supplier", (), None), ("F", "quantity", (), None), ("G", "unit_price", (), None), ("H", "net", ("total",), None), ("I", None, (), "the amount in CAD at the rate of the box: not what is paid"), ("J", None, (), "hazardous goods"), ("K", None, (), "capital asset"), ("L", "cost_centre", (), None), ("M", "needed_by", (), None)):
    sp.col(l, f, f"{l}11", also, w)
sp.box("requester", "B4", "D4"); sp.box("email", "B5", "D5"); sp.box("branch", "B6", "D6"); sp.box("currency", "H4", "J4"); sp.box(None, "H5", "J5", why="exchange rate"); sp.box("gl_account", "H6", "J6"); sp.box("amends", "B7", "D7", why="an amendment of an earlier purchase order"); sp.box(None, "L4", "L5", "below", why="buyer"); sp.box("justification", "B8", "D8")
sp.foot("total", f"G{T}", f"H{T}")
sp.hard = ["the money is United States dollars: a policy in CAD must escalate every line, and an amount in the CAD column must not be taken for the price"]
sp.notline(f"B{T}:M{T}", "total"), sp.notline(f"B{T+2}:M{T+6}", "notes and approvals")


def build():
    wb = Workbook(); ws = wb.active; ws.title = sp.sheet
    widths(ws, A=2, B=7, C=14, D=36, E=26, F=8, G=14, H=15, I=15, J=10, K=10, L=14, M=13)
    text(ws, "B1:G1", "HARROWGATE INSTRUMENTS", 15, True, font="Arial Narrow"); text(ws, "H1:M1", "Purchase requisition (foreign currency)", 10, True, h="right", color="FFC00000")
    for r, s in ((4, "Requisitioner"), (5, "E-mail"), (6, "Department"), (7, "Amends PO"), (8, "Business reason")):
        label(ws, f"B{r}:C{r}", s, bg="FFF2F2F2", border=BOX); value(ws, f"D{r}:F{r}")
    for r, s, fm in ((4, "Currency", None), (5, "Exchange rate to CAD", "0.0000"), (6, "GL account", "@")):
        label(ws, f"H{r}:I{r}", s, bg="FFF2F2F2", border=BOX); value(ws, f"J{r}:K{r}", fmt=fm)
    ws["J4"] = "USD"; ws["J5"] = 1.375
    label(ws, "L4:M4", "Buyer (Purchasing)", bg="FFF2F2F2", border=BOX); value(ws, "L5:M6", bg="FFF2F2F2")
    for l, s in zip("BCDEFGHIJKLM", ("Ln", "P/N", "Item", "Vendor", "Qty", "Unit cost (US$)", "Line cost (US$)", "Equiv. CAD", "Haz-mat?", "Asset?", "Cost center", "Need date")):
        head(ws, f"{l}11", s, bg="FFBDD7EE")
    ws.row_dimensions[11].height = 28
    for i in range(N):
        r = F + i
        for l in "BCDEFGHIJKLM":
            value(ws, f"{l}{r}", fmt='[$US$-409]#,##0.00' if l in "GH" else DOLLAR if l == "I" else "@" if l == "L" else 'mmm\\ d\\,\\ yyyy' if l == "M" else None, h="right" if l in "GHI" else "left", wrap=l in "DE")
        ws[f"B{r}"] = i + 1; ws[f"J{r}"] = "N"; ws[f"K{r}"] = "N"
        ws[f"H{r}"] = f'=IF(F{r}="","",F{r}*G{r})'; ws[f"I{r}"] = f'=IF(H{r}="","",ROUND(H{r}*$J$5,2))'
    label(ws, f"D{T}:G{T}", "Total (US$)", h="right"); value(ws, f"H{T}", f"=SUM(H{F}:H{T-1})", fmt='[$US$-409]#,##0.00', h="right")
    sp_lab = f"D{T}"
    text(ws, f"B{T+2}:M{T+2}", "Taxes and duty are handled at customs by Finance and are not entered here.", 8, italic=True)
    for k, s in enumerate(("Department manager", "Controller (over US$5,000)")):
        r = T + 4 + 2 * k
        label(ws, f"B{r}:C{r}", s); value(ws, f"D{r}:E{r}", border=UNDER); label(ws, f"G{r}", "Date", h="right"); value(ws, f"H{r}", border=UNDER, fmt=ISO)
    choices(ws, f"J{F}:K{T-1}", '"Y,N"'); choices(ws, "J4", '"USD,EUR,CAD"')
    page(ws, f"A1:M{T+6}", landscape=True)
    return wb


sp.footers[-1]["label"] = f"D{T}"


def top(f, *v):
    for c, x in zip(("D4", "D5", "D6", "D7", "D8", "J6"), v):
        f.box(c, x)


def copy1(f):
    top(f, "Saoirse Whitley", "s.whitley@harrowgate.example", "Calibration lab", None, "Annual recalibration spares.", "1420")
    f.row(F, C="RTD-100", D="Reference resistor, 100 ohm, certified", E="Precision Standards of Ohio", F=4, G=212.5, L="CAL-02", M=D(2027, 1, 15))


def copy2(f):
    top(f, "Yusuf Marchetti", "y.marchetti@harrowgate.example", "Assembly", None, "Pilot build of forty units.", "1430")
    for i, (c, d, e, q, p, j, k) in enumerate((("HX-440", "Heat exchanger plate", "Delmar Metals", 40, 31.2, "N", "N"), ("AD-7", "Epoxy, two-part, 400 mL", "Bondline Chemical", 6, 58.75, "Y", "N"), ("OSC-4", "Oscilloscope, 4 ch., 200 MHz", "Test & Tune Inc.", 1, 1895, "N", "Y"), ("CAL-C", "Calibration certificate", "Test & Tune Inc.", 1, 140, "N", "N"))):
        f.row(F + i, C=c, D=d, E=e, F=q, G=p, J=j, K=k, L="ASM-11", M=D(2026, 12, 22))
    f.put(f"D{T+4}", "G. Tremont"); f.put(f"H{T+4}", D(2026, 11, 26))


def copy3(f):
    top(f, "Y. Marchetti", "y.marchetti@harrowgate.example", "Assembly", "PO 20871", "addition to PO 20871", "TBD")
    f.over[(sp.sheet, "J6")] = None; f.ask("J6", "TBD: no account"); f.ask("D7", "this is an addition to an earlier order: may not be approved as if it stood alone", "asked")
    f.row(F, C="HX-440", D="Heat exchanger plate, 5 more", E="Delmar Metals", F=5, G=31.2, L="ASM-11", M=D(2026, 12, 22))
    f.row(F + 1, C="SEN-22", D="Flow sensor", E="Messwerk GmbH", F=2, G=340, L="ASM-11", M=D(2027, 1, 20), over={"currency": None}, ask=[("G", "the cell shows euros under a US$ header and a USD box: a contradiction", "returned")])
    f.ws[f"G{F+1}"].number_format = '[$€-2]\\ #,##0.00'
    f.ws[f"H{F+1}"].number_format = '[$€-2]\\ #,##0.00'
    f.row(F + 2, C="n/a", D="Wire transfer fee", E="-", F=1, G=35, L="?", M=None, over={"supplier": None, "cost_centre": None}, ask=[("E", "a dash: no vendor", "returned"), ("L", "a question mark: no cost centre")])
    f.row(F + 3, C="BAT-9", D="Battery pack, Li-ion", E="Delmar Metals", F=3, G=118, L="ASM-11", M=D(2026, 12, 22), J="Y")
    f.ws[f"H{F+3}"].number_format = ';;;'
    f.ask(f"H{F+3}", "the number format hides the line cost: a person sees nothing", "returned", row=F + 3)


copies = [("filled-1", "one line", copy1), ("filled-2", "four lines, three vendors", copy2), ("filled-3", "an addition to an order, euros under US$, a hidden amount", copy3)]
