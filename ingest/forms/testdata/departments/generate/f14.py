from lib import *

sp = Spec("14-library-three-quotes", "Order form, Fenwick Town Library (footer without labels, three quotes under it)",
          "A plain form without prepared numbers; the footer is three amounts without any label (sum, tax, grand sum); under it a table of three quotes (supplier, amount, date) that looks "
          "like lines; notes and shipping address in text.", "en", "CAD", "Order form", author="Fenwick Town Library")
F, N = 10, 16
T = F + N
Q = T + 5
sp.header_rows, sp.first, sp.last, sp.share = [9], F, T - 1, True
for l, f, also in (("A", "quantity", ()), ("B", "title", ("description",)), ("C", None, ()), ("D", "unit_price", ()), ("E", "net", ()), ("F", "gl_account", ("cost_centre",))):
    sp.col(l, f, f"{l}9", also, "ISBN or catalogue number" if l == "C" else None)
sp.box("requester", "A4", "B4"); sp.box("email", "A5", "B5"); sp.box("supplier", "A6", "B6"); sp.box("cost_centre", "D4", "E4"); sp.box("needed_by", "D5", "E5"); sp.box(None, "D6", "E6", why="attention of")
for k, r in (("subtotal", T), ("tax", T + 1), ("total", T + 2)):
    sp.foot(k, None, f"E{r}")
sp.notline(f"A{T}:F{T+2}", "footer without labels: sum, tax, grand sum"), sp.notline(f"A{Q}:F{Q+3}", "three quotes: offers that were compared, no lines"), sp.notline(f"A{Q+5}:F{Q+9}", "notes, address, approval")


def build():
    wb = Workbook(); ws = wb.active; ws.title = sp.sheet
    widths(ws, A=12, B=44, C=18, D=15, E=16, F=14)
    text(ws, "A1:F1", "FENWICK TOWN LIBRARY", 15, True, font="Garamond", h="center"); text(ws, "A2:F2", "Order form (books, materials, equipment)", 11, font="Garamond", h="center", border=Border(bottom=dbl))
    for r, s in ((4, "Staff member"), (5, "Email"), (6, "Supplier")):
        label(ws, f"A{r}", s, font="Garamond"); value(ws, f"B{r}", border=UNDER)
    for r, s, fm in ((4, "Cost centre", "@"), (5, "Required date", DMY), (6, "Attention", None)):
        label(ws, f"D{r}", s, font="Garamond", h="right"); value(ws, f"E{r}:F{r}", border=UNDER, fmt=fm)
    for l, s in zip("ABCDEF", ("Quantity", "Title / item", "ISBN or cat. no.", "Price each", "Amount", "Budget line")):
        head(ws, f"{l}9", s, bg="FFF3E5D0", font="Garamond", size=10)
    for i in range(N):
        r = F + i
        for l in "ABCDEF":
            value(ws, f"{l}{r}", border=Border(bottom=hair), fmt=PLAIN if l in "DE" else "@" if l in "CF" else None, h="right" if l in "DE" else "center" if l in "AF" else "left", wrap=l == "B")
        ws[f"E{r}"] = f'=IF(A{r}="","",A{r}*D{r})'
    for k, x in enumerate((f"=SUM(E{F}:E{T-1})", f"=ROUND(E{T}*0.05,2)", f"=E{T}+E{T+1}")):
        value(ws, f"E{T+k}", x, fmt=PLAIN, h="right", border=Border(top=thin if k == 0 else hair, bottom=thin if k < 2 else dbl), font=Font(name="Garamond", size=11, bold=True))
    text(ws, f"A{T+4}:F{T+4}", "Quotes received (required over $1,000)", 10, True, font="Garamond", bg="FFF3E5D0")
    for l, s in (("A", "Date"), ("B", "Supplier"), ("D", "Amount"), ("E", "Accepted?")):
        head(ws, f"{l}{Q}", s, size=8, font="Garamond")
    for r in range(Q + 1, Q + 4):
        value(ws, f"A{r}", fmt=DMY); value(ws, f"B{r}:C{r}"); value(ws, f"D{r}", fmt=PLAIN); value(ws, f"E{r}")
    text(ws, f"A{Q+5}", "Notes", 9, True, font="Garamond"); value(ws, f"A{Q+6}:F{Q+7}", wrap=True, valign="top")
    text(ws, f"A{Q+8}:F{Q+8}", "Ship to: Fenwick Town Library, 3 Weir Street. Deliveries Tuesday to Friday.", 9, italic=True, font="Garamond")
    label(ws, f"A{Q+9}", "Librarian", font="Garamond"); value(ws, f"B{Q+9}", border=UNDER); value(ws, f"E{Q+9}", border=UNDER, fmt=DMY)
    page(ws, f"A1:F{Q+9}"); return wb


def top(f, *v):
    for c, x in zip(("B4", "B5", "B6", "E4", "E5", "E6"), v):
        f.box(c, x)


def quotes(f, rows, note=None):
    for i, (d, s, a, y) in enumerate(rows):
        for l, v in (("A", d), ("B", s), ("D", a), ("E", y)):
            f.put(f"{l}{Q+1+i}", v)
    if rows:
        f.noline(f"A{Q+1}:F{Q+len(rows)}", "quotes that were compared")
    if note:
        f.put(f"A{Q+6}", note)


def copy1(f):
    top(f, "Ottilie Brand", "ottilie.brand@fenwicklibrary.example", "Weir Street Books", "210", D(2026, 12, 20), "Ottilie")
    f.row(F, A=3, B="Birds of the northern rivers (field guide)", C="978-0-00-000001-1", D=34.99, F="6110")
    quotes(f, ())


def copy2(f):
    top(f, "Hamish Delorme", "hamish.delorme@fenwicklibrary.example", "Brightpage Library Furniture", "220", D(2027, 1, 14), "Front desk")
    for i, (a, b, c, d) in enumerate(((6, "Reading chair, low, green", "BP-RC6", 214), (2, "Picture book browser, birch", "BP-PB2", 388.5), (1, "Assembly on site", None, 150), (12, "Shelf end label holder", "BP-LH", 4.35))):
        f.row(F + i, A=a, B=b, C=c, D=d, F="6250")
    quotes(f, ((D(2026, 11, 10), "Brightpage Library Furniture", 2263.2, "yes"), (D(2026, 11, 12), "Oak & Alder Interiors", 2610, "no"), (D(2026, 11, 13), "Schoolhouse Direct", 2455.75, "no - no assembly")), "Please call before delivery.")
    f.put(f"B{Q+9}", "Hamish Delorme"); f.put(f"E{Q+9}", D(2026, 11, 25))


def copy3(f):
    top(f, "summer student", None, "online - see links", "210 or 220", "01/02/2027", "n/a")
    f.over.update({(sp.sheet, "B6"): None, (sp.sheet, "E5"): None, (sp.sheet, "E4"): None})
    for c, w, v in (("B6", "“online - see links” names nobody", "returned"), ("E5", "text, 1 February or 2 January", "returned"), ("E4", "two cost centres and an “or”", "returned")):
        f.ask(c, w, v)
    f.row(F, A=1, B="Button maker kit", C="see link", D="89.99 + shipping", F="6250", over={"unit_price": None, "net": None}, ask=[("D", "a price with words", "returned")])
    f.row(F + 2, A=10, B="Button blanks (pack of 100)\nhttps://buttons.example/p/100", C="n/a", D=24.5, F="same", over={"gl_account": None}, ask=[("F", "same: not given (or the row above)")])
    f.row(F + 4, A=1, B="Discount code SPRING", D=-20, F="6250", ask=[("D", "a negative amount: a discount, no purchase; may not be approved by itself", "returned")])
    for r in (T, T + 1, T + 2):
        f.over[(sp.sheet, f"E{r}")] = None
    f.ask(f"E{T+2}", "the footer shows an error", "returned"); f.expect_footer = False
    quotes(f, (("TBD", "TBD", "TBD", None),))


copies = [("filled-1", "one line, no quotes", copy1), ("filled-2", "four lines, three quotes under them", copy2), ("filled-3", "online, either or, a discount as a line", copy3)]
saved_by_libreoffice = ("filled-2",)
