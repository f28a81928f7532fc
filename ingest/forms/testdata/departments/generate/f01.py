from lib import *

sp = Spec("01-ministry-prepared-rows", "Purchase Request, Ministry of Northern Rivers (province, English)",
          "Twenty numbered rows that the template brought along, amounts as formulas that show a dash; title block and value boxes merged; "
          "one vendor box for the whole; footer with labels (subtotal, HST, shipping, total); approval block with names and dates under it.",
          "en", "CAD", "Purchase Request", author="Ministry of Northern Rivers")
F, N = 15, 20
sp.header_rows, sp.first, sp.last, sp.share = [14], F, F + N - 1, True
T = F + N
for l, f, also in (("A", "item", ()), ("B", "title", ("description",)), ("D", None, ()), ("E", "quantity", ()), ("F", None, ()), ("G", "unit_price", ()), ("H", "net", ())):
    sp.col(l, f, f"{l}14", also, {"D": "the maker's part number", "F": "unit of issue"}.get(l))
sp.box("requester", "A5", "C5"); sp.box("email", "A6", "C6"); sp.box("branch", "A7", "C7"); sp.box(None, "A8", "C8", why="telephone")
sp.box(None, "F5", "G5", why="the form's own number"); sp.box(None, "F6", "G6", why="the day it was written"); sp.box("needed_by", "F7", "G7")
sp.box("cost_centre", "F8", "G8"); sp.box("supplier", "A10", "C10"); sp.box(None, "A11", "C11", why="the vendor's address"); sp.box("gl_account", "F10", "G10")
sp.box(None, "F11", "G11", why="quote number"); sp.box("justification", f"A{T+5}", f"C{T+5}", at="right, under the table")
for k, r in (("subtotal", T), ("tax", T + 1), ("shipping", T + 2), ("total", T + 3)):
    sp.foot(k, f"F{r}", f"H{r}")
sp.notline(f"A{T}:H{T+3}", "footer"), sp.notline(f"A{T+5}:H{T+13}", "purpose and approvals")
sp.defaults = {"currency": "CAD"}
sp.defaults = {}


def build():
    wb = Workbook(); ws = wb.active; ws.title = sp.sheet
    widths(ws, A=6, B=30, C=12, D=15, E=8, F=12, G=13, H=15)
    text(ws, "A1:H1", "MINISTRY OF NORTHERN RIVERS", 14, True, color="FFFFFFFF", bg=DARK, h="center")
    text(ws, "A2:H2", "Purchase Request", 13, True, h="center")
    text(ws, "A3:H3", "Complete all shaded fields. For purchases under $10,000 only. Attach the quote.", 8, italic=True, h="center", color="FF595959")
    ws.row_dimensions[1].height = 24
    for r, s in ((5, "Requested by:"), (6, "E-mail:"), (7, "Branch / Section:"), (8, "Telephone:"), (10, "Vendor name:"), (11, "Vendor address:")):
        label(ws, f"A{r}:B{r}", s, h="right"); value(ws, f"C{r}:E{r}", bg=BLUE)
    for r, s, f in ((5, "PR No.:", None), (6, "Date:", ISO), (7, "Date required:", ISO), (8, "Cost centre:", "@"), (10, "GL account:", "@"), (11, "Quote no.:", None)):
        label(ws, f"F{r}", s, h="right"); value(ws, f"G{r}:H{r}", bg=BLUE, fmt=f)
    for l, s in zip("ADEFGH", ("Line", "Part no.", "Qty", "Unit of issue", "Unit price", "Extended price")):
        head(ws, f"{l}14", s)
    head(ws, "B14:C14", "Description of item")
    ws.row_dimensions[14].height = 28
    for i in range(N):
        r = F + i
        text(ws, f"A{r}", i + 1, 9, h="center", border=BOX)
        value(ws, f"B{r}:C{r}", wrap=True)
        for l in "DEF":
            value(ws, f"{l}{r}", h="center")
        value(ws, f"G{r}", fmt=CAD_ACC, h="right"); value(ws, f"H{r}", f"=E{r}*G{r}", fmt=CAD_ACC, h="right", bg="FFF2F2F2")
    for k, (s, x) in enumerate((("Subtotal", f"=SUM(H{F}:H{T-1})"), ("HST (13%)", f"=ROUND(H{T}*0.13,2)"), ("Shipping", None), ("TOTAL", f"=H{T}+H{T+1}+H{T+2}"))):
        label(ws, f"F{T+k}:G{T+k}", s, h="right", border=BOX)
        value(ws, f"H{T+k}", x, fmt=CAD_ACC, h="right", bg=None if x else BLUE, font=Font(name="Arial", size=10, bold=k == 3))
    label(ws, f"A{T+5}:B{T+5}", "Purpose of purchase:", h="right"); value(ws, f"C{T+5}:H{T+5}", bg=BLUE, wrap=True)
    ws.row_dimensions[T + 5].height = 30
    text(ws, f"A{T+7}:H{T+7}", "APPROVALS", 10, True, bg=GREY, border=BOX)
    for k, s in enumerate(("Requested by", "Program manager", "Finance (funds available)")):
        r = T + 8 + 2 * k
        label(ws, f"A{r}:B{r}", s)
        value(ws, f"C{r}:E{r}", border=UNDER); label(ws, f"F{r}", "Date", h="right"); value(ws, f"G{r}:H{r}", border=UNDER, fmt=ISO)
        text(ws, f"C{r+1}:E{r+1}", "Signature / printed name", 7, italic=True, v="top", color="FF7F7F7F")
    choices(ws, f"F{F}:F{T-1}", '"each,box,pack,case,hour,roll"'); numbers_only(ws, f"E{F}:E{T-1}")
    page(ws, f"A1:H{T+13}", footer="NR-114 (rev. 2024-03)"); ws.print_title_rows = "14:14"; ws.freeze_panes = "A15"
    return wb


def head_boxes(f, who, mail, branch, needed, cc, gl, vendor, date=D(2026, 11, 25), quote="Q-20871"):
    for c, v in (("C5", who), ("C6", mail), ("C7", branch), ("C8", "555-0142"), ("G6", date), ("G7", needed), ("G8", cc), ("G10", gl), ("C10", vendor), ("C11", "18 Mill Road, Alder Falls"), ("G11", quote)):
        f.box(c, v)


def copy1(f):
    head_boxes(f, "Morgan Achebe", "morgan.achebe@rivers.example", "Water Monitoring", D(2026, 12, 18), "4410-22", "51320", "Ottercreek Instruments Ltd.")
    f.row(F, B="Turbidity probe, 4-wire", D="TP-400", E=1, F="each", G=1845)
    f.box(f"H{T+2}", 35.5); f.box(f"C{T+5}", "Replaces the probe lost in the October flood.")
    f.put(f"C{T+8}", "Morgan Achebe"); f.put(f"G{T+8}", D(2026, 11, 25))


def copy2(f):
    head_boxes(f, "Priya Lindqvist", "priya.lindqvist@rivers.example", "Field Operations", D(2027, 1, 15), "4410-07", "51005", "Bluefin Outfitters Inc.", quote="BF/2291")
    f.row(F, B="Chest waders, size M", D="CW-M", E=3, F="each", G=189.95)
    f.row(F + 1, B="Chest waders, size L", D="CW-L", E=5, F="each", G=189.95)
    f.row(F + 2, B="Throw bag, 20 m", D="TB20", E=8, F="each", G=64.5)
    f.row(F + 3, B="Dry bag, 35 L, orange", D="DB35-O", E=12, F="each", G=27.333)
    f.box(f"H{T+2}", 48); f.box(f"C{T+5}", "Winter season kit for the two crews.")
    for r, n, d in ((T + 8, "Priya Lindqvist", D(2026, 11, 25)), (T + 10, "Sam Okonkwo", D(2026, 11, 26)), (T + 12, "R. Delacroix", D(2026, 11, 27))):
        f.put(f"C{r}", n); f.put(f"G{r}", d)


def copy3(f):
    head_boxes(f, "J. Whitlow", "jwhitlow@rivers.example ", "Lab", "ASAP", "n/a", "TBD", "see quote", quote="attached")
    f.over.update({(sp.sheet, "G7"): None, (sp.sheet, "G8"): None, (sp.sheet, "G10"): None, (sp.sheet, "C10"): None})
    f.ask("G7", "ASAP is no date", "returned"); f.ask("G8", "placeholder: the cost centre is not given"); f.ask("G10", "placeholder: the account is not given")
    f.ask("C10", "placeholder: nobody is named as vendor", "returned")
    f.row(F, B="Nitrile gloves, M (box of 100)", D="n/a", E=10, F="box", G=14.2)
    f.row(F + 1, B="Nitrile gloves, L", D="same as above", E=10, F="box", G="same as above", over={"unit_price": None, "net": None},
          ask=[("G", "the price is a word; beside it the formula shows #VALUE!", "returned")])
    f.row(F + 3, B="Sample bottles 500 mL, amber\n(case of 24, with caps)", D="-", E=2, F="case", G=96.4)
    f.row(F + 4, B="call Dana if out of stock", over={"net": None}, ask=[("B", "a note typed into the table: it is no purchase, but a person filled the row, so it may not be approved and may not be dropped in silence")])
    f.box(f"H{T+2}", "incl."); f.over[(sp.sheet, f"H{T+2}")] = "incl."
    f.ask(f"H{T+2}", "shipping is a word; the sums beside it show an error", "returned")
    for r in (T, T + 1, T + 3):
        f.over[(sp.sheet, f"H{r}")] = None
    f.expect_footer = False


copies = [("filled-1", "one line, as meant", copy1), ("filled-2", "four lines, all approvals filled in", copy2), ("filled-3", "placeholders, a gap, a note in the table, words in amounts", copy3)]
