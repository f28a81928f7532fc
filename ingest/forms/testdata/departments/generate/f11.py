from lib import *

sp = Spec("11-school-district-narrow-grid", "Purchase order request, Maple Fork School District (grid of 24 narrow columns)",
          "Drawn on 24 narrow columns: every field, the header cells and each line's cells are merged across; rows hold a single blank from an old print macro; an ATTACHMENT sheet of the "
          "same shape takes further items; emergency YES/NO; business purpose in a big merged box; a total only, no tax.", "en", "USD", "PO REQUEST", author="Maple Fork School District")
F, N = 16, 14
T = F + N
sp.header_rows, sp.first, sp.last = [15], F, T - 1
SPAN = (("B", "C"), ("D", "M"), ("N", "O"), ("P", "R"), ("S", "V"), ("W", "Y"))
for l, f, also in (("B", "item", ()), ("D", "description", ("title",)), ("N", "quantity", ()), ("P", "unit_price", ()), ("S", "net", ("total",)), ("W", "gl_account", ("cost_centre",))):
    sp.col(l, f, f"{l}15", also)
sp.box("supplier", "B5", "B6", "below", why="vendor block of four rows: the first is the name"); sp.box(None, "L5", "P5", why="date"); sp.box("requester", "L6", "P6"); sp.box("email", "L7", "P7"); sp.box(None, "L8", "P8", why="telephone"); sp.box("branch", "L9", "P9"); sp.box(None, "B11", "G11", why="quote number")
sp.box(None, "B12", "G12", why="emergency: YES or NO is marked with an X"); sp.box("needed_by", "L12", "P12"); sp.box("justification", f"B{T+3}", f"B{T+4}", "below, under the table")
sp.foot("total", f"P{T}", f"S{T}")
sp.hard = ["cells of a line are merged across columns (D:M and so on) within its row", "items go on on a second sheet", "rows hold a single blank"]
sp.notline(f"B{T}:Y{T}", "total"), sp.notline(f"B{T+3}:Y{T+13}", "purpose, account table and signatures"), sp.notline(f"B{T+7}:Y{T+9}", "account numbers and amounts: how it is charged")
sp.notline("ATTACHMENT!A26:M26", "sheet total")


def build():
    wb = Workbook(); ws = wb.active; ws.title = sp.sheet
    ws.column_dimensions["A"].width = 1.5
    for i in range(2, 26):
        ws.column_dimensions[L(i)].width = 4.6
    text(ws, "B1:K1", "Maple Fork School District", 14, True, font="Times New Roman"); text(ws, "B2:K2", "Business Office", 9, font="Times New Roman"); text(ws, "P1:Y2", "PURCHASE ORDER REQUEST", 12, True, h="right", font="Times New Roman")
    text(ws, "B5:J5", "VENDOR", 8, True, border=BOX, bg=GREY)
    for r in range(6, 10):
        value(ws, f"B{r}:J{r}", border=HAIR)
    for r, s, fm in ((5, "Date:", MDY), (6, "Name:", None), (7, "E-mail Address:", None), (8, "Phone:", None), (9, "School / Dept.:", None), (12, "Date Needed:", MDY)):
        label(ws, f"L{r}:O{r}", s, size=8, h="right"); value(ws, f"P{r}:Y{r}", border=UNDER, fmt=fm)
    label(ws, "B11:F11", "Reference Quote No.", size=8); value(ws, "G11:J11", border=UNDER)
    label(ws, "B12:F12", "Emergency Request", size=8); value(ws, "G12", h="center"); text(ws, "H12", "YES", 8); value(ws, "I12", h="center"); text(ws, "J12", "NO", 8)
    for (a, b), s in zip(SPAN, ("Item No.", "DESCRIPTION (catalog no., style, size, color)", "QUANTITY", "UNIT PRICE", "EXTENSION", "ACCT CODE")):
        head(ws, f"{a}15:{b}15", s, size=8)
    ws.row_dimensions[15].height = 24
    for i in range(N):
        r = F + i
        for a, b in SPAN:
            value(ws, f"{a}{r}:{b}{r}", border=HAIR, fmt=US_ACC if a in "PS" else None, h="center" if a in "BNW" else "right" if a in "PS" else "left", wrap=a == "D")
        ws[f"B{r}"] = " "; ws[f"S{r}"] = f'=IF(ISNUMBER(N{r}),N{r}*P{r},0)'
    label(ws, f"P{T}:R{T}", "TOTAL", h="right"); value(ws, f"S{T}:V{T}", f"=SUM(S{F}:S{T-1})+ATTACHMENT!K26", fmt=US_ACC, h="right")
    text(ws, f"B{T+3}:Y{T+3}", "BUSINESS PURPOSE", 8, True, bg=GREY, border=BOX); value(ws, f"B{T+4}:Y{T+5}", wrap=True, valign="top")
    for rng, s in ((f"B{T+7}:J{T+7}", "ACCOUNT NUMBER"), (f"K{T+7}:P{T+7}", "AMOUNT"), (f"Q{T+7}:Y{T+7}", "PROGRAM")):
        head(ws, rng, s, size=8)
    for r in (T + 8, T + 9):
        for a, b in (("B", "J"), ("K", "P"), ("Q", "Y")):
            value(ws, f"{a}{r}:{b}{r}", border=HAIR, fmt=US_ACC if a == "K" else "@")
    for k, s in enumerate(("Principal", "Business manager")):
        r = T + 11 + 2 * k
        label(ws, f"B{r}:F{r}", s, size=8); value(ws, f"G{r}:O{r}", border=UNDER); label(ws, f"P{r}:R{r}", "Date", size=8, h="right"); value(ws, f"S{r}:Y{r}", border=UNDER, fmt=MDY)
    ws.sheet_view.showGridLines = False; page(ws, f"A1:Y{T+13}")
    wa = wb.create_sheet("ATTACHMENT")
    widths(wa, A=9, I=12, J=14, K=6, L=6, M=6)
    text(wa, "A1:J1", "MAPLE FORK SCHOOL DISTRICT", 11, True, h="center", font="Times New Roman"); text(wa, "A2:J2", "ATTACHED LISTING", 9, h="center"); text(wa, "K1:M1", "Page 2", 8)
    for rng, s in (("A5", "ITEM NO."), ("B5:H5", "DESCRIPTION OF ITEMS"), ("I5", "QUANTITY"), ("J5", "UNIT PRICE"), ("K5:M5", "EXTENSION")):
        head(wa, rng, s, size=8)
    for r in range(6, 26):
        for a, b in (("A", "A"), ("B", "H"), ("I", "I"), ("J", "J"), ("K", "M")):
            value(wa, f"{a}{r}:{b}{r}" if a != b else f"{a}{r}", border=HAIR, fmt=US_ACC if a in "JK" else None, h="right" if a in "JK" else "left")
        wa[f"K{r}"] = f"=I{r}*J{r}"
    label(wa, "J26", "SHEET TOTAL", size=8, h="right"); value(wa, "K26:M26", "=SUM(K6:K25)", fmt=US_ACC, h="right")
    page(wa)
    return wb


def top(f, vendor, date, who, mail, tel, school, quote, need, why, emergency=False):
    for i, v in enumerate(vendor):
        f.put(f"B{6+i}", v)
    for c, v in (("P5", date), ("P6", who), ("P7", mail), ("P8", tel), ("P9", school), ("G11", quote), ("P12", need), (f"B{T+4}", why)):
        f.box(c, v)
    f.put("G12" if emergency else "I12", "X")


def copy1(f):
    top(f, ("Lyric Band Instruments", "12 Main St", "Maple Fork, OH 44900"), D(2026, 11, 23), "Paula Venn", "pvenn@maplefork.example", "555-0119", "Middle School / Music", "LB-7731", D(2027, 1, 11), "Replacement for a cracked instrument; winter concert.")
    f.row(F, B=1, D="Marching baritone mouthpiece set, MB-6, silver", N=2, P=74.95, W="5110-410")


def copy2(f):
    top(f, ("Gradeline School Supply", "P.O. Box 410", "Dayfield, OH 44902", "555-0172"), D(2026, 11, 24), "Marcus Telford", "mtelford@maplefork.example", "555-0120", "Elementary 2", "None", D(2026, 12, 17), "Second semester classroom supplies.")
    for i, (d, n, p) in enumerate((("Copy paper, 20 lb, white, case", 20, 38.9), ("Dry erase markers, black, dozen, #DE-12", 30, 9.49), ("Laminating film, 25 in. x 500 ft", 4, 61.25))):
        f.row(F + i, B=i + 1, D=d, N=n, P=p, W="5110-220")
    wa = "ATTACHMENT"
    f.put("A6", 4, wa); f.put("B6", "Pencil sharpener, electric, classroom", wa); f.put("I6", 3, wa); f.put("J6", 44.5, wa)
    f.attach = [("ATTACHMENT", 6, {"item": "4", "description": "Pencil sharpener, electric, classroom", "quantity": "3", "unit_price": "44.50", "net": "133.50"})]
    f.put(f"B{T+8}", "5110-220-2026"); f.put(f"K{T+8}", "=S%d" % T); f.put(f"Q{T+8}", "Instruction")
    f.put(f"G{T+11}", "A. Whitcombe"); f.put(f"S{T+11}", D(2026, 11, 25))


def copy3(f):
    top(f, ("same as last order", " "), D(2026, 11, 25), "nurse", "see directory", " ", "HS", "-", "ASAP!!", "health room - running low", True)
    f.put("I12", "X"); f.over.update({(sp.sheet, "B6"): None, (sp.sheet, "P7"): None, (sp.sheet, "P12"): None})
    f.ask("B6", "the vendor is “same as last order”: nobody is named", "returned"); f.ask("P12", "ASAP!! is no date", "returned"); f.ask("P7", "see directory: no e-mail", "asked"); f.ask("G12", "emergency: both YES and NO are marked", "noted")
    f.row(F, B=1, D="Bandages 1 in., box of 100", N=12, P=3.85, W="5130-")
    f.row(F + 1, B=2, D="Ice packs, instant", N="2 doz", P=14.4, W='"', over={"quantity": None, "net": None, "gl_account": None}, ask=[("N", "a quantity in words; the extension shows 0", "returned"), ("W", "a ditto mark: not given (or the row above)")])
    f.row(F + 3, B=3, D="Thermometer covers - do NOT order if over $20", N=1, P=19.5, W="5130-440", ask=[("D", "a condition in the description", "noted")])


copies = [("filled-1", "one line", copy1), ("filled-2", "three lines, and a fourth on the ATTACHMENT sheet", copy2), ("filled-3", "no vendor, ASAP, a dozen in words", copy3)]
