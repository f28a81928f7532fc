from lib import *

sp = Spec("05-city-pipe-labels-sections", "Demande d’achat | Purchase request, City of Rivière-Claire (New Brunswick)",
          "Labels “Français | English”, the value below the label in a merged cell; section headings with a coloured bar inside the table (goods, services, other) and a subtotal "
          "row for each section; footer with TVH | HST for the whole.", "bi", "CAD", "DA-PR", author="Ville de Rivière-Claire")
F = 14
SEC = ((14, "A. Fournitures | Supplies", 15, 19, 20), (21, "B. Services | Services", 22, 25, 26), (27, "C. Autres | Other", 28, 29, 30))
T = 31
sp.header_rows, sp.first, sp.last, sp.share = [13], F, 30, True
for l, f, also in (("A", "item", ()), ("B", "description", ("title",)), ("C", None, ()), ("D", "quantity", ()), ("E", "unit_price", ()), ("F", "net", ()), ("G", "cost_centre", ("gl_account",))):
    sp.col(l, f, f"{l}13", also, "unité" if l == "C" else None)
sp.box("requester", "A4", "A5", "below"); sp.box("email", "C4", "C5", "below"); sp.box("branch", "F4", "F5", "below")
sp.box("supplier", "A7", "A8", "below"); sp.box("supplier_id", "C7", "C8", "below"); sp.box("needed_by", "F7", "F8", "below"); sp.box("justification", "A10", "A11", "below")
for k, r in (("subtotal", T), ("tax", T + 1), ("total", T + 2)):
    sp.foot(k, f"C{r}", f"F{r}")
for a, s, b, e, t in SEC:
    sp.notline(f"A{a}:G{a}", "section heading"), sp.notline(f"A{t}:G{t}", "subtotal of the section: no line")
sp.notline(f"A{T}:G{T+2}", "footer"), sp.notline(f"A{T+4}:G{T+7}", "signatures")


def build():
    wb = Workbook(); ws = wb.active; ws.title = sp.sheet
    widths(ws, A=10, B=42, C=12, D=11, E=15, F=16, G=20)
    text(ws, "A1:G1", "Ville de Rivière-Claire  |  City of Rivière-Claire", 14, True, h="center", color="FF005A9C", font="Verdana")
    text(ws, "A2:G2", "Demande d’achat  |  Purchase request", 11, True, h="center", font="Verdana")
    for r, three in ((4, ("Demandeur | Requester", "Courriel | Email", "Direction | Department")), (7, ("Fournisseur | Supplier", "Numéro d’entreprise | Business number", "Date requise | Date required")), (10, ("Raison de l’achat | Reason for purchase",))):
        for rng, s in zip(("A{}:B{}", "C{}:E{}", "F{}:G{}") if len(three) == 3 else ("A{}:G{}",), three):
            label(ws, rng.format(r, r), s, size=8, font="Verdana", bg="FFE8F1F8", border=Border(left=thin, right=thin, top=thin))
            value(ws, rng.format(r + 1, r + 1), border=Border(left=thin, right=thin, bottom=thin), fmt=ISO if "Date" in s else "@" if "Num" in s else None)
    for l, s in zip("ABCDEFG", ("Article | Item", "Désignation | Description", "Unité | Unit", "Quantité | Quantity", "Prix unitaire | Unit price", "Montant | Amount", "Code budgétaire | Budget code")):
        head(ws, f"{l}13", s, bg="FF005A9C", color="FFFFFFFF", font="Verdana", size=8)
    ws.row_dimensions[13].height = 30
    for a, s, b, e, t in SEC:
        text(ws, f"A{a}:G{a}", s, 9, True, bg="FFE8F1F8", border=BOX, font="Verdana")
        for r in range(b, e + 1):
            for l in "ABCDEFG":
                value(ws, f"{l}{r}", h="right" if l in "EF" else "center" if l in "ACD" else "left", fmt=FR_MONEY if l in "EF" else None, wrap=l == "B")
            ws[f"F{r}"] = f'=IF(OR(D{r}="",E{r}=""),"",ROUND(D{r}*E{r},2))'
        text(ws, f"A{t}:E{t}", f"Sous-total {s[0]} | Subtotal {s[0]}", 8, italic=True, h="right", border=BOX, font="Verdana")
        value(ws, f"F{t}", f"=SUM(F{b}:F{e})", fmt=FR_MONEY, h="right", font=Font(name="Verdana", size=9, italic=True)); value(ws, f"G{t}")
    for k, (s, x) in enumerate((("Total avant taxe | Total before tax", "=F20+F26+F30"), ("TVH 15 % | HST 15%", f"=ROUND(F{T}*0.15,2)"), ("Total à payer | Total payable", f"=F{T}+F{T+1}"))):
        label(ws, f"C{T+k}:E{T+k}", s, h="right", font="Verdana"); value(ws, f"F{T+k}", x, fmt=FR_MONEY, h="right", font=Font(name="Verdana", size=10, bold=True))
    for rng, s in ((f"A{T+4}:B{T+4}", "Demandeur | Requester"), (f"C{T+4}:E{T+4}", "Directeur | Director"), (f"F{T+4}:G{T+4}", "Finances | Finance")):
        text(ws, rng, s, 8, True, font="Verdana", bg="FFE8F1F8", border=BOX)
        c, d = rng.split(":")[0][0], rng.split(":")[1][0]
        value(ws, f"{c}{T+5}:{d}{T+5}"); value(ws, f"{c}{T+6}:{d}{T+6}", fmt=ISO)
        text(ws, f"{c}{T+7}:{d}{T+7}", "Nom, signature et date | Name, signature and date", 7, italic=True, font="Verdana")
    ws.row_dimensions[T + 5].height = 24
    page(ws, f"A1:G{T+7}", footer="VRC-F-020")
    return wb


def top(f, *v):
    for c, x in zip(("A5", "C5", "F5", "A8", "C8", "F8", "A11"), v):
        f.box(c, x)


def copy1(f):
    top(f, "Josée Arsenault", "josee.arsenault@rclaire.example", "Travaux publics | Public works", "Quincaillerie du Quai ltée", "833219907", D(2026, 12, 10), "Sel épuisé après la première tempête.")
    f.row(15, A="A1", B="Sel de voirie, sac de 20 kg", C="sac", D=60, E=9.85, G="2-310-441")


def copy2(f):
    top(f, "Kevin McGraw", "kevin.mcgraw@rclaire.example", "Loisirs | Recreation", "Sports Baie-Verte Sports", "841100256", D(2027, 2, 5), "Carnaval d’hiver | Winter carnival")
    f.row(15, A="A1", B="Chandails de bénévoles | Volunteer shirts", C="ch.", D=75, E=13.4, G="4-120-305")
    f.row(16, A="A2", B="Ruban de balisage | Barrier tape", C="rouleau", D=10, E=8.99, G="4-120-305")
    f.row(22, A="B1", B="Location de scène, 2 jours | Stage rental, 2 days", C="forfait", D=1, E=1650, G="4-120-410")
    f.row(28, A="C1", B="Permis de musique | Music licence", C="ch.", D=1, E=118.76, G="4-120-499")
    for c, n in (("A", "Kevin McGraw"), ("C", "Lise Cormier-Hébert"), ("F", "D. Ouellet")):
        f.put(f"{c}{T+5}", n); f.put(f"{c}{T+6}", D(2026, 11, 26))


def copy3(f):
    top(f, "R. LeBlanc-Ito", "r.leblancito@rclaire.example", "idem", "voir soumission", "en attente", "dès que possible", ".")
    f.over.update({(sp.sheet, "F5"): None, (sp.sheet, "A8"): None, (sp.sheet, "C8"): None, (sp.sheet, "F8"): None, (sp.sheet, "A11"): None})
    f.ask("A8", "« voir soumission » : personne n’est nommé comme fournisseur", "returned"); f.ask("F8", "« dès que possible » n’est pas une date", "returned"); f.ask("A11", "un point : vide"); f.ask("C8", "« en attente » : pas de numéro", "noted")
    f.row(15, A="A1", B="Peinture de marquage, blanc", C="seau", D=6, E=87.2, G="2-310-450")
    f.row(16, A="A2", B="Peinture de marquage, jaune", C="idem", D=4, E=87.2, G="idem", over={"cost_centre": None}, ask=[("G", "idem : le code n’est pas donné (ou celui d’au-dessus)")])
    f.row(17, A=None, B="   (livrer au garage municipal, porte 3)", over={}, ask=[("B", "une précision écrite dans le tableau sous la ligne A2 : pas un achat; ni approuvée ni tue")])
    f.row(22, A="B1", B="Lignage du stationnement", C="forfait", E=2400, D=None, G="2-310-470", over={"net": None}, ask=[("D", "sans quantité le montant calculé reste vide et le pied ne compte pas ces 2 400 $", "returned")])
    f.over[(sp.sheet, f"F{T+2}")] = None
    f.put(f"F{T+2}", 3700); f.ask(f"F{T+2}", "le total a été tapé (3 700) et ne correspond ni aux lignes ni à la taxe", "returned")
    f.expect_footer = False


copies = [("filled-1", "une ligne dans la première section", copy1), ("filled-2", "quatre lignes dans trois sections", copy2), ("filled-3", "idem, en attente, montant sans quantité, total tapé", copy3)]
saved_by_libreoffice = ("filled-2",)
