from lib import *

sp = Spec("08-health-region-one-line-boxes", "Small purchase request, Lakeshore Health Region (boxes only)",
          "No table: one request is one sheet of boxes in two columns, some with the value right, some below; two taxes (GST and PST) in boxes of their own; payment chosen from a list; "
          "a clerk with four things to buy copies the sheet four times.", "en", "CAD", "Small purchase", kind="boxes", author="Lakeshore Health Region")
for f, a, b, at, w in (("requester", "B5", "C5", "right", None), ("email", "B6", "C6", "right", None), ("branch", "B7", "C7", "right", None), (None, "F5", "G5", "right", "date of the request"), ("needed_by", "F6", "G6", "right", None), ("cost_centre", "F7", "G7", "right", None), ("gl_account", "F8", "G8", "right", None),
                       ("title", "B10", "B11", "below", None), ("supplier", "F10", "F11", "below", None), ("description", "B13", "B14", "below", None), ("rationale", "B19", "B20", "below", None),
                       ("quantity", "F14", "G14", "right", None), ("unit_price", "F15", "G15", "right", None), ("net", "F16", "G16", "right", None), ("tax", "F17", "G17", "right", "one of two taxes: the tax is their sum"), ("tax", "F18", "G18", "right", "one of two taxes"), ("total", "F19", "G19", "right", None),
                       ("payment", "F21", "G21", "right", None), ("cardholder", "F22", "G22", "right", None), ("authorized_by", "B24", "C24", "right", None), ("authorized_on", "F24", "G24", "right", None)):
    sp.box(f, a, b, at, why=w)
sp.answers = {"payment": {"P-card": "acquisition card", "Invoice": "invoice"}}
sp.hard = ["two boxes (GST, PST) make the tax"]
sp.notline("B26:H28", "office use")


def sheet(wb, name):
    ws = wb.create_sheet(name)
    widths(ws, A=2, B=24, C=22, D=14, E=3, F=24, G=18, H=10)
    text(ws, "B1:H1", "Lakeshore Health Region", 15, True, color="FF1B5E7A", font="Segoe UI"); text(ws, "B2:H2", "Small purchase request (one item or service; under $5,000)", 11, font="Segoe UI", border=Border(bottom=med))
    text(ws, "B3:H3", "One form for each purchase. Tab moves to the next box.", 8, italic=True, font="Segoe UI")
    for r, s in ((5, "Your name"), (6, "Your e-mail"), (7, "Site / unit"), (24, "Approving manager (e-mail)")):
        label(ws, f"B{r}", s, font="Segoe UI"); value(ws, f"C{r}:D{r}", bg="FFEAF4F8")
    for r, s, fm in ((5, "Date of request", ISO), (6, "Needed by", ISO), (7, "Cost centre", "@"), (8, "GL account", "@"), (14, "Quantity", None), (15, "Unit price ($)", PLAIN), (16, "Subtotal ($)", PLAIN), (17, "GST 5% ($)", PLAIN), (18, "PST 7% ($)", PLAIN), (19, "Total ($)", PLAIN), (21, "How will it be paid?", None), (22, "Cardholder (e-mail)", None), (24, "Date approved", ISO)):
        label(ws, f"F{r}", s, font="Segoe UI"); value(ws, f"G{r}:H{r}", bg="FFEAF4F8" if r not in (16, 17, 18, 19) else "FFF2F2F2", fmt=fm)
    for rl, rv, s in (("B10:D10", "B11:D11", "What do you want to buy? (short title)"), ("F10:H10", "F11:H11", "Supplier (legal name)"), ("B13:D13", "B14:D17", "Description, specifications, part numbers"), ("B19:D19", "B20:D22", "Why this supplier?")):
        label(ws, rl, s, font="Segoe UI"); value(ws, rv, bg="FFEAF4F8", wrap=True, valign="top")
    text(ws, "F13:H13", "Cost", 9, True, font="Segoe UI", border=Border(bottom=thin))
    for r, x in ((16, '=IF(OR(G14="",G15=""),"",G14*G15)'), (17, '=IF(G16="","",ROUND(G16*0.05,2))'), (18, '=IF(G16="","",ROUND(G16*0.07,2))'), (19, '=IF(G16="","",G16+G17+G18)')):
        ws[f"G{r}"] = x
    text(ws, "B26:H26", "Supply Chain use only", 8, True, bg=GREY, border=BOX, font="Segoe UI"); text(ws, "B27:D28", "PO no.:", 8, border=BOX, v="top", font="Segoe UI"); text(ws, "F27:H28", "Received:", 8, border=BOX, v="top", font="Segoe UI")
    choices(ws, "G21", '"P-card,Invoice"'); ws.sheet_view.showGridLines = False
    page(ws, "A1:H28", footer="LHR-SP-1")
    return ws


def build():
    wb = Workbook(); wb.remove(wb.active); sheet(wb, sp.sheet)
    return wb


def put(f, sh, who, title, desc, sup, why, q, p, cc, gl, need, pay, card, mgr, on, over=None):
    for c, v in (("C5", who[0]), ("C6", who[1]), ("C7", who[2]), ("G5", D(2026, 11, 25)), ("G6", need), ("G7", cc), ("G8", gl), ("B11", title), ("F11", sup), ("B14", desc), ("B20", why), ("G14", q), ("G15", p), ("G21", pay), ("G22", card), ("C24", mgr), ("G24", on)):
        f.box(c, v, sheet=sh)
    if pay in sp.answers["payment"]:
        f.over[(sh, "G21")] = sp.answers["payment"][pay]
    for c, v in (over or {}).items():
        f.over[(sh, c)] = v


def copy1(f):
    put(f, sp.sheet, ("Amrita Boland", "amrita.boland@lakeshore.example", "Dialysis, site 2"), "Blanket warmer", "Counter-top model, 12 blankets, CSA mark.", "Northgate Medical Supply Ltd.", "Lowest of two quotes; in stock.", 1, 1499, "7100-22", "64310", D(2026, 12, 21), "P-card", "c.fong@lakeshore.example", "l.obrien@lakeshore.example", D(2026, 11, 24))


def copy2(f):
    who = ("Dennis Yakub", "d.yakub@lakeshore.example", "Rehabilitation")
    rows = (("Parallel bars", "Height-adjustable, 3 m", "Kinetica Rehab Inc.", 1, 1895), ("Exercise bands", "Five strengths, 25 m rolls", "Kinetica Rehab Inc.", 5, 62.4), ("Balance course", "Two-hour staff course, on site", "Equilibria Training", 2, 380), ("Shower chairs", "Padded, swivel", "Harbour Mobility Ltd.", 6, 148.25))
    for i, (t, d, s, q, p) in enumerate(rows):
        sh = sp.sheet if i == 0 else f"{sp.sheet} ({i+1})"
        if i:
            sheet(f.wb, sh); f.sheets.append(sh)
        put(f, sh, who, t, d, s, "Used by the other sites.", q, p, "7140-03", "64310" if i != 2 else "66200", D(2027, 1, 15), "Invoice", None, "l.obrien@lakeshore.example", D(2026, 11, 25))


def copy3(f):
    put(f, sp.sheet, ("ward clerk 3B", "x", "3B"), "Various", "Clock $24.99, kettle 39.50, 2 x mug tree @ 11.00\nsee link in my e-mail", "Amazon or Canadian supplier?", "n/a", "various", "about 90", "7100", "same as last time", "soon", "my card", "me", "TBC", None,
        {"C6": None, "G6": None, "G8": None, "B20": None, "G14": None, "G15": None, "G16": None, "G17": None, "G18": None, "G19": None, "G21": None, "G22": None, "C24": None})
    for c, w, v in (("C6", "one letter: no e-mail", "asked"), ("G6", "“soon” is no date", "returned"), ("G8", "same as last time: no account", "asked"), ("B20", "n/a: no reason", "asked"), ("G14", "“various” is no quantity", "returned"), ("G15", "“about 90” is an estimate in words", "returned"), ("G21", "“my card” is not one of the choices, and may be a personal card", "returned"), ("C24", "TBC: nobody has approved", "returned"), ("F11", "two suppliers and a question mark: not one supplier", "asked")):
        f.ask(c, w, v)


copies = [("filled-1", "one purchase", copy1), ("filled-2", "four purchases: the sheet was copied three times, “Small purchase (2)” …", copy2), ("filled-3", "everything in words", copy3)]
