from lib import *
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.formatting.rule import FormulaRule

sp = Spec("09-crown-hidden-columns-dropdowns", "Procurement intake, Tern Island Ferries (Crown corporation)",
          "An Excel Table with a filter; drop-downs in most columns, prefilled with “- select -”; hidden columns that look things up in a very hidden sheet; protected without password; "
          "conditional colours; boxes in a narrow band above; no footer at all.", "en", "CAD", "Intake", author="Tern Island Ferries, Supply")
F, N = 9, 25
sp.header_rows, sp.first, sp.last = [8], F, F + N - 1
COLS = (("A", "item", "No.", 6), ("B", "title", "Item name", 28), ("C", "description", "Details / specification", 36), ("D", "commodity", "Type", 14), ("E", "supplier", "Vendor", 24), ("F", "quantity", "Quantity", 10), ("G", None, "Unit", 10), ("H", "unit_price", "Price per unit", 14),
        ("I", None, "Lookup key", 14), ("J", None, "Approver ID", 12), ("K", "net", "Amount before tax", 15), ("L", None, "Tax code", 12), ("M", "tax", "Tax amount", 13), ("N", "total", "Amount with tax", 15), ("O", "gl_account", "Account", 12), ("P", "needed_by", "Delivery date", 13), ("Q", None, "Status (Supply)", 14))
for l, f, s, w in COLS:
    sp.col(l, f, f"{l}8", (), {"G": "unit", "I": "hidden lookup", "J": "hidden lookup", "L": "tax code", "Q": "Supply's own"}.get(l))
sp.box("requester", "B4", "C4"); sp.box("email", "B5", "C5"); sp.box("branch", "E4", "F4"); sp.box("cost_centre", "E5", "F5"); sp.box("payment", "K4", "M4"); sp.box(None, "K5", "M5", why="sailing or project")
sp.answers = {"commodity": {"Goods": "goods", "Services": "services", "Works": "construction"}, "payment": {"Purchasing card": "acquisition card", "On account": "invoice"}}
sp.notline("Data!A1:D10", "very hidden lists"), sp.notline("Read me!A1:A12", "instructions")


def build():
    wb = Workbook(); wr = wb.active; wr.title = "Read me"; wr.column_dimensions["A"].width = 100
    for i, s in enumerate(("Procurement intake", "Fill in one row for each item. Choose from the lists. Do not unhide or insert columns.", "Account and approver follow from the type; ask Supply if they look wrong.", "Rows that are not complete turn orange.")):
        text(wr, f"A{1+2*i}", s, 14 if i == 0 else 10, i == 0, wrap=True)
    wd = wb.create_sheet("Data"); wd.sheet_state = "veryHidden"
    for i, row in enumerate((("Type", "Approver", "Code", "Units"), ("- select -", "", "", "- select -"), ("Goods", "A-114", "G", "each"), ("Services", "A-220", "S", "hour"), ("Works", "A-305", "W", "lot"))):
        for j, v in enumerate(row):
            wd.cell(i + 1, j + 1).value = v
    for i, (a, b) in enumerate((("HST15", .15), ("GST5", .05), ("EX", 0))):
        wd[f"F{i+2}"], wd[f"G{i+2}"] = a, b
    ws = wb.create_sheet(sp.sheet); wb.active = 2
    for l, f, s, w in COLS:
        ws.column_dimensions[l].width = w
    for l in "IJ":
        ws.column_dimensions[l].hidden = True
    text(ws, "A1:N1", "Tern Island Ferries", 16, True, color="FF0B3954", font="Calibri"); text(ws, "A2:N2", "Procurement intake form", 11, font="Calibri", color="FF595959")
    for c, v, s, fm in (("B4", "C4", "Requested by", None), ("B5", "C5", "E-mail", None), ("E4", "F4:H4", "Department", None), ("E5", "F5:H5", "Cost centre", "@"), ("K4:L4", "M4:O4", "Pay by", None), ("K5:L5", "M5:O5", "Vessel / project", None)):
        label(ws, c, s, h="right", font="Calibri"); value(ws, v, bg="FFFDF3D8", fmt=fm)
    for l, f, s, w in COLS:
        head(ws, f"{l}8", s, bg="FF0B3954", color="FFFFFFFF", font="Calibri")
    ws.row_dimensions[8].height = 30
    for i in range(N):
        r = F + i
        for l, f, s, w in COLS:
            value(ws, f"{l}{r}", border=BOX, fmt=CAD_ACC if l in "HKMN" else ISO if l == "P" else "@" if l == "O" else None, h="right" if l in "HKMN" else "left", wrap=l in "BC")
            if l not in "IJKMNQ":
                ws[f"{l}{r}"].protection = Protection(locked=False)
        ws[f"A{r}"] = i + 1; ws[f"D{r}"] = "- select -"; ws[f"G{r}"] = "- select -"; ws[f"L{r}"] = "HST15"
        ws[f"I{r}"] = f'=LEFT(D{r},1)&"-"&A{r}'; ws[f"J{r}"] = f'=IFERROR(VLOOKUP(D{r},Data!$A$3:$B$5,2,FALSE),"")'
        ws[f"K{r}"] = f"=F{r}*H{r}"; ws[f"M{r}"] = f"=ROUND(K{r}*VLOOKUP(L{r},Data!$F$2:$G$4,2,FALSE),2)"; ws[f"N{r}"] = f"=K{r}+M{r}"
    for c in ("C4", "C5", "F4", "F5", "M4", "M5"):
        ws[c].protection = Protection(locked=False)
    t = Table(displayName="Intake", ref=f"A8:Q{F+N-1}"); t.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True); ws.add_table(t)
    choices(ws, f"D{F}:D{F+N-1}", "Data!$A$2:$A$5"); choices(ws, f"G{F}:G{F+N-1}", "Data!$D$2:$D$5"); choices(ws, f"L{F}:L{F+N-1}", "Data!$F$2:$F$4"); choices(ws, "M4", '"Purchasing card,On account"')
    ws.conditional_formatting.add(f"A{F}:Q{F+N-1}", FormulaRule(formula=[f'AND($B{F}<>"",$D{F}="- select -")'], fill=fill("FFFCE4D6")))
    ws.freeze_panes = f"C{F}"; ws.protection.sheet = True; ws.protection.formatCells = False; ws.protection.autoFilter = False
    page(ws, landscape=True)
    return wb


def top(f, *v):
    for c, x in zip(("C4", "C5", "F4", "F5", "M4", "M5"), v):
        f.box(c, x)
    f.over[(sp.sheet, "M4")] = sp.answers["payment"].get(f.ws["M4"].value)


def line(f, i, b, c, d, e, q, u, p, acc, date, tax="HST15", over=None, ask=()):
    o = {"commodity": sp.answers["commodity"].get(d)}
    o.update(over or {})
    f.row(F + i, B=b, C=c, D=d, E=e, F=q, G=u, H=p, L=tax, O=acc, P=date, over=o, ask=ask)


def copy1(f):
    top(f, "Fiona MacAskill", "fiona.macaskill@ternferries.example", "Deck", "310", "Purchasing card", "MV Sandpiper")
    line(f, 0, "Mooring line", "8-strand polypropylene, 48 mm, 110 m", "Goods", "Harbourmaster Rope Works", 2, "each", 1120, "52140", D(2027, 1, 8))


def copy2(f):
    top(f, "Ravi Sundaram", "ravi.sundaram@ternferries.example", "Engineering", "320", "On account", "MV Plover refit")
    line(f, 0, "Fuel filter elements", "10 micron, spin-on", "Goods", "Atlantic Diesel Parts Ltd.", 36, "each", 28.65, "52110", D(2026, 12, 18))
    line(f, 1, "Injector test and calibration", "Six injectors, bench test with report", "Services", "Atlantic Diesel Parts Ltd.", 6, "each", 165, "61400", D(2026, 12, 18))
    line(f, 2, "Handrail repair, car deck", "Cut out and weld 14 m of rail", "Works", "Port Albion Welding", 1, "lot", 3850, "63300", D(2027, 1, 22))
    line(f, 3, "Marine inspection fee", "Statutory, exempt", "Services", "Coastal Class Society", 1, "lot", 640, "61900", D(2027, 1, 29), tax="EX")


def copy3(f):
    top(f, "Fiona MacAskill", "fiona.macaskill@ternferries.example", "Deck", "s/o", "on account pls", "TBD")
    f.over[(sp.sheet, "M4")] = None; f.over[(sp.sheet, "F5")] = None
    f.ask("F5", "s/o: no cost centre", "asked"); f.ask("M4", "“on account pls” is not in the list", "asked")
    line(f, 0, "Deck paint, non-skid, grey", "20 L", "- select -", "Bosun Coatings", 8, "- select -", 212, "52160", "Jan 8, 2027", over={"needed_by": "2027-01-08"}, ask=[("D", "nothing was chosen (the cell still says “- select -”)", "returned")])
    line(f, 1, "Deck paint, non-skid, yellow", "ditto", "Goods", "ditto", 2, "each", 212, "52160", "08/01/2027", over={"supplier": None, "description": None, "needed_by": None}, ask=[("E", "ditto: not given (or the row above)"), ("P", "typed as text, 8 January or 1 August: can be read two ways", "returned")])
    line(f, 3, "Rollers, 18 in.", ".", "Goods", "Bosun Coatings", 12, "each", 9.99, 52160, D(2027, 1, 8), over={"description": None}, ask=[("C", "a dot: no description", "noted")])
    f.put(f"Q{F}", "waiting for G/L"); f.noline(f"A{F+2}:Q{F+2}", "a prepared row whose number was deleted: still no line", {f"A{F+2}": None})
    f.ws.row_dimensions[F + 4].hidden = True
    line(f, 4, "Wire brush set", "carbon steel", "Goods", "Bosun Coatings", 4, "each", 14.5, "52160", D(2027, 1, 8), ask=[("B", "the row is hidden: read and flagged", "noted")])


copies = [("filled-1", "one line among 25 prepared rows", copy1), ("filled-2", "four lines, three types, one exempt from tax", copy2), ("filled-3", "ditto, nothing chosen, an ambiguous typed date, a hidden row that is filled", copy3)]
