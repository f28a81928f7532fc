from lib import *

sp = Spec("10-institute-check-boxes", "Micro-procurement request, Institute for Open Hydrology (check boxes)",
          "Check boxes as ☐/☒ in cells with the words beside them, and as TRUE/FALSE and Yes/No columns per line; services with licence, repository, security, public servant; total with tax typed; "
          "declarations under the table.", "en", "CAD", "Request", author="Institute for Open Hydrology")
F, N = 16, 6
T = F + N
sp.header_rows, sp.first, sp.last = [15], F, T - 1
for l, f, also in (("A", "item", ()), ("B", "title", ("description",)), ("C", "supplier", ()), ("D", "total", ()), ("E", "tax", ()), ("F", "licence", ()), ("G", "repository", ()), ("H", "remote", ()), ("I", "standalone", ()), ("J", "rationale", ())):
    sp.col(l, f, f"{l}15", also)
sp.box("requester", "A4", "C4"); sp.box("email", "A5", "C5"); sp.box("branch", "A6", "C6"); sp.box("cost_centre", "F4", "H4"); sp.box("terms_accepted", "F5", "H5"); sp.box("authorized_by", "F6", "H6"); sp.box("authorized_amount", "F7", "H7")
sp.box("commodity", "A9", "C9", at="three check boxes at the right: ☐ Goods (C9 D9), ☐ Services (E9 F9), ☐ Construction (H9 I9)")
sp.box("internal_capacity", "A10", "C10", at="two check boxes at the right: Yes (C10 D10), No (E10 F10)", why="“is anybody free inside?”: yes = available, no = none")
sp.box("public_servant", "A11", "C11", at="two check boxes at the right: Yes (C11 D11), No (E11 F11)"); sp.box("security", "A12", "C12", at="TRUE/FALSE at the right", why="TRUE = unclassified")
sp.answers = {"yes": ["TRUE", "☒", "Y", "Yes"], "no": ["FALSE", "☐", "N", "No"], "commodity": "the box that is ☒", "security": {"TRUE": "unclassified"}}
sp.hard = ["a choice made of several check boxes beside one label (rows 9 to 11)"]
sp.notline(f"A{T+1}:J{T+7}", "declarations with check boxes, signature")


def build():
    wb = Workbook(); ws = wb.active; ws.title = sp.sheet
    widths(ws, A=7, B=34, C=24, D=14, E=12, F=16, G=32, H=10, I=12, J=34)
    text(ws, "A1:J1", "Institute for Open Hydrology", 14, True, font="Calibri", color="FF00796B"); text(ws, "A2:J2", "Micro-procurement request for open work", 11, font="Calibri")
    for r, s in ((4, "Requester"), (5, "E-mail"), (6, "Division")):
        label(ws, f"A{r}:B{r}", s, h="right", font="Calibri"); value(ws, f"C{r}:D{r}")
    for r, s, fm in ((4, "Cost centre", "@"), (5, "Terms accepted by supplier on", ISO), (6, "Section 32 manager (e-mail)", None), (7, "Amount authorized", CAD_ACC)):
        label(ws, f"F{r}:G{r}", s, h="right", font="Calibri"); value(ws, f"H{r}:J{r}", fmt=fm)
    for r, s, boxes in ((9, "Type of purchase", (("C", "D", "Goods"), ("E", "F", "Services"), ("H", "I", "Construction"))), (10, "Is somebody free inside to do it?", (("C", "D", "Yes"), ("E", "F", "No"))), (11, "Is the supplier a current or former public servant?", (("C", "D", "Yes"), ("E", "F", "No")))):
        label(ws, f"A{r}:B{r}", s, h="right", font="Calibri"); ws.row_dimensions[r].height = 26
        for c, w, t in boxes:
            text(ws, f"{c}{r}", "☐", 14, h="right", font="Segoe UI Symbol"); text(ws, f"{w}{r}", t, 9, font="Calibri")
    label(ws, "A12:B12", "Work is unclassified (TRUE/FALSE)", h="right", font="Calibri"); value(ws, "C12", False, h="center")
    for l, s in zip("ABCDEFGHIJ", ("Item", "Title of the work", "Supplier", "Total price incl. tax", "Tax included", "Licence (SPDX)", "Public repository (URL)", "Remote? (TRUE / FALSE)", "Useful on its own? (Y/N)", "Why this supplier was selected")):
        head(ws, f"{l}15", s, bg="FFB2DFDB", font="Calibri")
    ws.row_dimensions[15].height = 40
    for i in range(N):
        r = F + i
        for l in "ABCDEFGHIJ":
            value(ws, f"{l}{r}", fmt=CAD_ACC if l in "DE" else None, wrap=l in "BGJ", h="right" if l in "DE" else "center" if l in "AHI" else "left")
        ws[f"H{r}"] = False
    for k, s in enumerate(("The work is published under the licence above.", "No personal or protected information is given to the supplier.", "Nobody in my household works for the supplier.")):
        text(ws, f"A{T+1+k}", "☐", 12, h="right", font="Segoe UI Symbol"); text(ws, f"B{T+1+k}:J{T+1+k}", s, 9, font="Calibri")
    label(ws, f"A{T+6}:B{T+6}", "Name and date", h="right", font="Calibri"); value(ws, f"C{T+6}:D{T+6}", border=UNDER); value(ws, f"F{T+6}", border=UNDER, fmt=ISO)
    choices(ws, f"H{F}:H{T-1}", '"TRUE,FALSE"'); choices(ws, f"I{F}:I{T-1}", '"Y,N"'); choices(ws, "C9 E9 H9 C10 E10 C11 E11", '"☐,☒"'); choices(ws, "C12", '"TRUE,FALSE"')
    page(ws, f"A1:J{T+7}", landscape=True)
    return wb


def top(f, who, mail, div, cc, terms, mgr, amount, kind, inside, ps, sec=True):
    for c, v in (("C4", who), ("C5", mail), ("C6", div), ("H4", cc), ("H5", terms), ("H6", mgr), ("H7", amount)):
        f.box(c, v)
    cells = {"goods": "C9", "services": "E9", "construction": "H9"}
    for k in kind:
        f.put(cells[k], "☒")
    f.over[(sp.sheet, "C9")] = kind[0] if len(kind) == 1 else None
    if inside is not None:
        f.put("C10" if inside else "E10", "☒")
    f.over[(sp.sheet, "C10")] = None if inside is None else "available" if inside else "none"
    if ps is not None:
        f.put("C11" if ps else "E11", "☒")
    f.over[(sp.sheet, "C11")] = "no" if ps is False else None
    f.put("C12", sec); f.over[(sp.sheet, "C12")] = "unclassified" if sec is True else None


def line(f, i, item, title, sup, total, tax, lic, url, remote, alone, why, over=None, ask=()):
    o = {"remote": {True: "yes", False: "no", "Y": "yes", "x": None}.get(remote), "standalone": {"Y": "yes", "N": "no"}.get(alone)}
    o.update(over or {})
    f.row(F + i, A=item, B=title, C=sup, D=total, E=tax, F=lic, G=url, H=remote, I=alone, J=why, over=o, ask=ask)


def untouched(f, used):
    for i in range(N):
        if i not in used:
            f.noline(f"A{F+i}:J{F+i}", "prepared row: FALSE came with the template")


def copy1(f):
    top(f, "Noor Valdivia", "noor.valdivia@hydrology.example", "Gauging", "9001", D(2026, 11, 18), "e.quist@hydrology.example", 9000, ["services"], False, False)
    line(f, 0, 1, "Repair the stage-discharge importer", "Ottercreek Software Inc.", 5650, 650, "MIT", "https://git.hydrology.example/stage", True, "Y", "Only applicant that met all criteria.")
    untouched(f, {0})


def copy2(f):
    top(f, "Jonas Abara", "jonas.abara@hydrology.example", "Open data", "9007", D(2026, 11, 20), "e.quist@hydrology.example", 9500, ["services"], False, False)
    for i, (t, s, d, e, l, u) in enumerate((("Rating curve viewer: keyboard access", "Fernhill Code Co-op", 3390, 390, "Apache-2.0", "https://git.hydrology.example/viewer"), ("French labels in the viewer", "Fernhill Code Co-op", 1130, 130, "Apache-2.0", "https://git.hydrology.example/viewer"),
                                            ("Unit tests for the gap filler", "Marisol Quarrie Consulting", 2825, 325, "GPL-3.0-or-later", "https://git.hydrology.example/gapfill"), ("Icon set for alerts", "Studio Périgord inc.", 904, 104, "CC-BY-4.0", "https://git.hydrology.example/icons"))):
        line(f, i, i + 1, t, s, d, e, l, u, True, "Y", "Best of the proposals under the posted criteria.")
    untouched(f, {0, 1, 2, 3})
    for k in range(3):
        f.put(f"A{T+1+k}", "☒")
    f.put(f"C{T+6}", "Jonas Abara"); f.put(f"F{T+6}", D(2026, 11, 25))


def copy3(f):
    top(f, "B. Frayne", "b.frayne@hydrology.example", "Gauging", "9001", "pending", "TBD", "to be confirmed", ["goods", "services"], None, True, "✓")
    f.over.update({(sp.sheet, "H5"): None, (sp.sheet, "H6"): None, (sp.sheet, "H7"): None, (sp.sheet, "C12"): "unclassified"})
    for c, w, v in (("H5", "“pending” is no date", "returned"), ("H6", "TBD: nobody is named", "returned"), ("H7", "words instead of an amount", "returned"), ("C9", "two boxes are ticked: goods and services", "returned"), ("C10", "neither box is ticked", "returned"), ("C11", "yes: current or former, with or without pension, is not said", "asked"), ("C12", "✓ in a TRUE/FALSE cell: yes is meant", "noted")):
        f.ask(c, w, v)
    line(f, 0, 1, "Sensor firmware patch", "Ottercreek Software Inc.", 2260, 260, "the usual open one", "n/a", "Y", None, "see above", over={"licence": None, "repository": None, "rationale": None}, ask=[("F", "a licence in words: no identifier", "returned"), ("G", "n/a: no repository"), ("I", "not answered"), ("J", "see above: nothing is above")])
    line(f, 1, 2, "Bench supply for testing", "idem", "1,130.00", "incl.", "-", "-", False, "Y", ".", over={"supplier": None, "licence": None, "repository": None, "rationale": None, "tax": None, "total": "1130.00"}, ask=[("C", "idem: not given (or the row above)"), ("E", "“incl.” is no amount", "returned"), ("J", "a dot: no reason")])
    untouched(f, {0, 1})


copies = [("filled-1", "one line, all boxes ticked as meant", copy1), ("filled-2", "four lines, declarations ticked", copy2), ("filled-3", "two boxes ticked, none ticked, ✓ for TRUE, placeholders", copy3)]
