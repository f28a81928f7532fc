from lib import *

sp = Spec("15-pcard-preapproval-list", "Purchasing card pre-approval, Saltmarsh College (wide list, shipping per line)",
          "A landscape list that starts in the second column: vendor, link, price, shipping, tax and total per line; boxes in one row of pairs; a labelled row of totals; a reviewer's columns at the far right "
          "(approved by, date) that are no fields of the requester; signature line.", "en", "CAD", "Pre-approval", author="Saltmarsh College")
F, N = 9, 18
T = F + N
sp.header_rows, sp.first, sp.last = [8], F, T - 1
for l, f, also, w in (("B", "needed_by", (), None), ("C", "supplier", (), None), ("D", "title", ("description",), None), ("E", None, (), "product link"), ("F", "quantity", (), None), ("G", "unit_price", (), None), ("H", None, (), "shipping of the line: part of the price before tax"), ("I", "tax", (), None), ("J", "total", (), None), ("K", "cost_centre", ("gl_account",), None), ("L", "justification", (), None), ("M", None, (), "the reviewer's"), ("N", None, (), "the reviewer's")):
    sp.col(l, f, f"{l}8", also, w)
sp.box("cardholder", "B4", "C4"); sp.box("requester", "D4", "E4"); sp.box("branch", "G4", "H4"); sp.box(None, "K4", "L4", why="month of the card statement"); sp.box("email", "D5", "E5")
sp.foot("subtotal", f"B{T}", f"G{T}"), sp.foot("shipping", f"B{T}", f"H{T}"), sp.foot("tax", f"B{T}", f"I{T}"), sp.foot("total", f"B{T}", f"J{T}")
sp.hard = ["shipping stands in a column of its own: quantity × unit price + shipping + tax = total"]
sp.notline(f"B{T}:N{T}", "totals of the columns"), sp.notline(f"B{T+2}:N{T+5}", "signature")


def build():
    wb = Workbook(); ws = wb.active; ws.title = sp.sheet
    for l, w in zip("ABCDEFGHIJKLMN", (2, 13, 24, 34, 28, 7, 12, 11, 11, 13, 14, 34, 13, 12)):
        ws.column_dimensions[l].width = w
    text(ws, "B1:N1", "SALTMARSH COLLEGE — Purchasing card pre-approval", 14, True, color="FFFFFFFF", bg="FF37474F", font="Calibri")
    text(ws, "B2:N2", "Get approval before you buy. Prices in Canadian dollars. One row per item.", 9, italic=True, font="Calibri")
    for lab, v, s, fm in (("B4", "C4", "Cardholder", None), ("D4", "E4:F4", "Requested by", None), ("G4", "H4:J4", "Dept.", None), ("K4", "L4", "Statement month", "mmm\\ yyyy"), ("D5", "E5:F5", "Requester e-mail", None)):
        label(ws, lab, s, h="right", font="Calibri"); value(ws, v, fmt=fm)
    for l, s in zip("BCDEFGHIJKLMN", ("Date needed", "Vendor / website", "Item", "Link", "Qty", "Price each", "Shipping", "HST", "Total cost", "Budget code", "Reason", "Approved by", "Approved on")):
        head(ws, f"{l}8", s, bg="FFB0BEC5" if l in "MN" else "FFCFD8DC", font="Calibri")
    for i in range(N):
        r = F + i
        for l in "BCDEFGHIJKLMN":
            value(ws, f"{l}{r}", fmt=DOLLAR if l in "GHIJ" else 'd\\-mmm\\-yy' if l in "BN" else "@" if l == "K" else None, wrap=l in "DEL", h="right" if l in "GHIJ" else "left", bg="FFECEFF1" if l in "MN" else None)
        ws[f"J{r}"] = f'=IF(F{r}="","",F{r}*G{r}+H{r}+I{r})'
    label(ws, f"B{T}:F{T}", "TOTALS", h="right", border=BOX, font="Calibri")
    for l, x in (("G", f"=SUMPRODUCT(F{F}:F{T-1},G{F}:G{T-1})"), ("H", f"=SUM(H{F}:H{T-1})"), ("I", f"=SUM(I{F}:I{T-1})"), ("J", f"=SUM(J{F}:J{T-1})")):
        value(ws, f"{l}{T}", x, fmt=DOLLAR, h="right", bg="FFECEFF1")
    label(ws, f"B{T+3}:C{T+3}", "Budget owner (name, signature)", font="Calibri"); value(ws, f"D{T+3}:E{T+3}", border=UNDER); label(ws, f"G{T+3}", "Date", font="Calibri", h="right"); value(ws, f"H{T+3}:I{T+3}", border=UNDER, fmt=ISO)
    text(ws, f"B{T+5}:N{T+5}", "Never write a card number on this form.", 9, True, color="FFC00000", font="Calibri")
    ws.freeze_panes = f"D{F}"; ws.auto_filter.ref = f"B8:N{T-1}"; page(ws, f"A1:N{T+5}", landscape=True)
    return wb


def top(f, *v):
    for c, x in zip(("C4", "E4", "H4", "L4", "E5"), v):
        f.box(c, x)


def copy1(f):
    top(f, "dana.marsh@saltmarsh.example", "Theo Kallas", "Culinary arts", D(2026, 12, 1), "theo.kallas@saltmarsh.example")
    f.row(F, B=D(2026, 12, 14), C="Chef's Pantry Wholesale", D="Silicone baking mats, half sheet", E="https://chefspantry.example/mats", F=12, G=16.5, H=14, I=27.56, K="CUL-200", L="Worn out")


def copy2(f):
    top(f, "dana.marsh@saltmarsh.example", "Imogen Sandhu", "Marine technology", D(2026, 12, 1), "imogen.sandhu@saltmarsh.example")
    for i, (c, d, e, q, p, s, t, l) in enumerate((("Tidewater Electronics", "NMEA cable, 5 m", "https://tidewater.example/nmea5", 6, 41.2, 18, 34.48, "Sensor lab"), ("Tidewater Electronics", "Terminating resistor", None, 4, 15.75, 0, 8.19, "Sensor lab"),
                                                  ("Chartwise", "Chart subscription, 1 seat, 1 year", "https://chartwise.example/edu", 1, 199, 0, 25.87, "Navigation course"), ("Port Albion Welding Supply", "Zinc anodes", None, 10, 22.1, 35, 33.28, "Boat haul-out"))):
        f.row(F + i, B=D(2026, 12, 18), C=c, D=d, E=e, F=q, G=p, H=s or None, I=t, K="MAR-310", L=l)
    for i in range(3):
        f.put(f"M{F+i}", "P. Oyelaran"); f.put(f"N{F+i}", D(2026, 11, 26))
    f.ask(f"M{F}", "the reviewer's columns are filled for three lines: an approval of theirs, none of ours", "noted")
    f.put(f"D{T+3}", "P. Oyelaran"); f.put(f"H{T+3}", D(2026, 11, 26))


def copy3(f):
    top(f, "dept card", "me", "?", None, "n/a")
    f.over.update({(sp.sheet, "C4"): None, (sp.sheet, "H4"): None, (sp.sheet, "E5"): None})
    for c, w in (("C4", "no person and no address"), ("E5", "n/a: no e-mail"), ("H4", "a question mark")):
        f.ask(c, w)
    f.row(F, B="ASAP", C="amazon", D="USB sticks 32 GB", E="link in mail", F=20, G=8.99, H="free", I=23.37, K="ADM-100", L="-", over={"needed_by": None, "total": None, "justification": None}, ask=[("B", "ASAP is no date", "returned"), ("H", "“free” is no amount; the total beside it shows an error: write 0", "returned"), ("L", "a dash: no reason")])
    f.row(F + 1, B=D(2026, 12, 10), C="see above", D="USB hubs", E="same", F=5, G=21, H=0, I="n/a", K="see above", L="s/a", over={"supplier": None, "tax": None, "total": None, "cost_centre": None, "justification": None}, ask=[("I", "n/a in an amount: write 0 or the tax", "returned"), ("C", "see above: not given (or the row above)"), ("K", "see above: not given (or the row above)"), ("L", "s/a: no reason")])
    f.row(F + 2, B="déc. 2026", C="Librairie du Marais", D="Manuel de français, 3e éd. (idem à l’an dernier)", F=14, G=48.95, H=None, I=34.27, K="FRE-120", L="Cours d’hiver", over={"needed_by": None}, ask=[("B", "a month, not a day", "returned")])
    f.row(F + 4, B=46371, C="Chef's Pantry Wholesale", D="Aprons, black", F=8, G=19.5, H=12, I=21.84, K="CUL-200", L="New class", over={"needed_by": "2026-12-15"}, ask=[("B", "typed as a number into a date cell: shows 15-Dec-26", "noted")])
    f.ws[f"B{F+4}"].number_format = 'd\\-mmm\\-yy'
    for l in "HIJ":
        f.over[(sp.sheet, f"{l}{T}")] = None


copies = [("filled-1", "one line", copy1), ("filled-2", "four lines, the reviewer's columns filled for three", copy2), ("filled-3", "ASAP, free, n/a as tax, see above, French row", copy3)]
