from lib import *

sp = Spec("07-uk-council-vat", "Purchase order request, Withamford Borough Council (United Kingdom)",
          "Pounds in the header (Net £) and in the number formats; VAT per line from a rate that is chosen; cost code and subjective code per line; a row of sums under the table without any label; "
          "budget holder block; delivery address beside.", "en", "GBP", "PO request", author="Withamford Borough Council")
F, N = 16, 15
T = F + N
sp.header_rows, sp.first, sp.last = [15], F, T - 1
for l, f, also in (("A", "quantity", ()), ("B", "description", ("title",)), ("C", None, ()), ("D", "cost_centre", ()), ("E", "gl_account", ()), ("F", "unit_price", ()), ("G", "net", ()), ("H", None, ()), ("I", "tax", ()), ("J", "total", ())):
    sp.col(l, f, f"{l}15", also, {"C": "catalogue reference", "H": "VAT rate"}.get(l))
sp.box("branch", "A4", "C4"); sp.box("requester", "A5", "C5"); sp.box("email", "A6", "C6"); sp.box(None, "A7", "C7", why="extension"); sp.box("supplier", "A9", "C9"); sp.box(None, "A10", "C10", why="supplier number in the ledger: not a business number")
sp.box(None, "A11", "C11", why="quotation"); sp.box("needed_by", "A12", "C12"); sp.box(None, "F4", "F5", "below", why="delivery address"); sp.box("justification", "F9", "F10", "below")
for l, k in (("G", "subtotal"), ("I", "tax"), ("J", "total")):
    sp.foot(k, None, f"{l}{T}")
sp.notline(f"A{T}:J{T}", "sums of the columns, without a label"), sp.notline(f"A{T+2}:J{T+8}", "authorisation")


def build():
    wb = Workbook(); ws = wb.active; ws.title = sp.sheet
    widths(ws, A=8, B=40, C=15, D=13, E=13, F=12, G=12, H=10, I=12, J=13)
    text(ws, "A1:G2", "Withamford Borough Council", 18, True, color="FF00695C", font="Calibri"); text(ws, "H1:J2", "Purchase order request", 12, True, h="right", font="Calibri")
    for r, s, fm in ((4, "Service area", None), (5, "Requested by", None), (6, "Email address", None), (7, "Extension", "@"), (9, "Supplier name", None), (10, "Supplier no. (if known)", "@"), (11, "Quotation ref.", None), (12, "Delivery required by", DMY)):
        label(ws, f"A{r}:B{r}", s, font="Calibri", h="right"); value(ws, f"C{r}:D{r}", fmt=fm)
    label(ws, "F4:J4", "Delivery address", font="Calibri", bg="FFE0F2F1", border=BOX); value(ws, "F5:J7", wrap=True, valign="top")
    label(ws, "F9:J9", "Reason for purchase", font="Calibri", bg="FFE0F2F1", border=BOX); value(ws, "F10:J12", wrap=True, valign="top")
    for l, s in zip("ABCDEFGHIJ", ("Qty", "Description of goods / services", "Cat. ref.", "Cost code", "Subjective", "Unit price £", "Net £", "VAT rate", "VAT £", "Gross £")):
        head(ws, f"{l}15", s, bg="FF00695C", color="FFFFFFFF", font="Calibri")
    ws.row_dimensions[15].height = 28
    for i in range(N):
        r = F + i
        for l in "ABCDEFGHIJ":
            value(ws, f"{l}{r}", h="right" if l in "FGIJ" else "left" if l == "B" else "center", fmt=GBP if l in "FGIJ" else "0%" if l == "H" else "@" if l in "DE" else None, wrap=l == "B")
        ws[f"H{r}"] = 0.2
        ws[f"G{r}"], ws[f"I{r}"], ws[f"J{r}"] = f'=IF(A{r}="","",A{r}*F{r})', f'=IF(G{r}="","",ROUND(G{r}*H{r},2))', f'=IF(G{r}="","",G{r}+I{r})'
    for l in "GIJ":
        value(ws, f"{l}{T}", f"=SUM({l}{F}:{l}{T-1})", fmt=GBP, h="right", border=Border(top=thin, bottom=dbl), font=Font(name="Calibri", size=11, bold=True))
    text(ws, f"A{T+2}:J{T+2}", "Authorisation: I confirm that there is budget and that contract standing orders were followed.", 9, italic=True, font="Calibri")
    for k, (s1, s2, s3) in enumerate((("Budget holder", "Signed", "Date"), ("Procurement (over £5,000)", "Signed", "Date"))):
        r = T + 4 + 2 * k
        label(ws, f"A{r}:B{r}", s1, font="Calibri"); value(ws, f"C{r}:D{r}", border=UNDER); label(ws, f"E{r}", s2, font="Calibri", h="right"); value(ws, f"F{r}:G{r}", border=UNDER); label(ws, f"H{r}", s3, font="Calibri", h="right"); value(ws, f"I{r}:J{r}", border=UNDER, fmt=DMY)
    text(ws, f"A{T+8}:J{T+8}", "Return to purchasing@withamford.example. Orders are not placed without a cost code.", 8, font="Calibri", color="FF7F7F7F")
    choices(ws, f"H{F}:H{T-1}", '"20%,5%,0%"'); page(ws, f"A1:J{T+8}", landscape=True, footer="WBC/FIN/12"); ws.page_setup.paperSize = 9
    return wb


def top(f, *v):
    for c, x in zip(("C4", "C5", "C6", "C7", "C9", "C10", "C11", "C12", "F5", "F10"), v):
        f.box(c, x)


def copy1(f):
    top(f, "Parks and Open Spaces", "Gethin Marlowe", "gethin.marlowe@withamford.example", "4417", "Arborline Tree Services Ltd", "30021", "AT/551", D(2026, 12, 9), "The Depot, Lock Lane", "Dangerous ash by the play area.")
    f.row(F, A=1, B="Fell ash tree, remove arisings, grind stump", D="PK410", E="2210", F=785)


def copy2(f):
    top(f, "Libraries", "Oyinda Farrow", "oyinda.farrow@withamford.example", "4502", "Brightpage Library Furniture", "30877", "Q10422", D(2027, 1, 20), "Central Library\nHigh Street", "Children's corner refurbishment; grant funded.")
    for i, (a, b, c, p, v) in enumerate(((4, "Kinderbox browser, beech", "KB-4", 212, .2), (2, "Curved bench, blue", "CB-2", 329.5, .2), (60, "Board books, assorted (zero-rated)", "BB-60", 4.99, 0), (1, "Delivery and installation", None, 145, .2))):
        f.row(F + i, A=a, B=b, C=c, D="LB205", E="4310", F=p, H=v)
    f.put(f"C{T+4}", "M. Pellow"); f.put(f"F{T+4}", "M Pellow"); f.put(f"I{T+4}", D(2026, 11, 25))


def copy3(f):
    top(f, "Env Health", "Sue", "sue.k@withamford.example", "n/a", "new supplier - form to follow", "-", "tel. quote 20/11", "w/c 14 December", "as usual", "-")
    f.over.update({(sp.sheet, "C12"): None, (sp.sheet, "F10"): None})
    f.ask("C9", "says that the supplier is new, not who it is", "asked"); f.ask("C12", "a week, not a date", "returned"); f.ask("F10", "a dash: no reason is given")
    f.row(F, A=3, B="Data logging thermometer", C="n/a", D="EH", E="??", F=64.99, over={"gl_account": None}, ask=[("E", "question marks: no subjective code")])
    f.row(F + 1, A=1, B="Calibration certificate, 3 probes", D="as above", E="as above", F="£45+VAT", over={"cost_centre": None, "gl_account": None, "unit_price": None, "net": None, "tax": None, "total": None}, ask=[("F", "“£45+VAT” is text; 45.00 is meant, the formulas show an error", "returned"), ("D", "as above: not given (or the row above)")])
    f.row(F + 3, A=2, B="Probe wipes, tub of 200", D="EH310", E="2105", F=7.5, H=None, over={"tax": "0.00", "total": "15.00"}, ask=[("H", "the rate was deleted: VAT of 0 is shown", "noted")])
    for l in "GIJ":
        f.over[(sp.sheet, f"{l}{T}")] = None


copies = [("filled-1", "one line", copy1), ("filled-2", "four lines, one zero-rated", copy2), ("filled-3", "a week for a date, £45+VAT, as above, a gap", copy3)]
