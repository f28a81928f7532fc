from lib import *

sp = Spec("03-cegep-francais", "Demande d’achat, Cégep de la Pointe-aux-Ormes (Québec, français)",
          "French only. Values at the right in merged cells; amounts as 1 234,56 $; footer with TPS and TVQ (two taxes), transport and total; signature block; "
          "a box “Réservé aux approvisionnements” under it.", "fr", "CAD", "Demande d'achat", author="Cégep de la Pointe-aux-Ormes")
F, N = 16, 10
sp.header_rows, sp.first, sp.last, sp.share = [15], F, F + N - 1, True
T = F + N
for l, f, also in (("A", "quantity", ()), ("B", None, ()), ("C", "description", ("title",)), ("F", None, ()), ("G", "unit_price", ()), ("H", "net", ()), ("I", "gl_account", ("cost_centre",))):
    sp.col(l, f, f"{l}15", also, {"B": "unité", "F": "numéro de catalogue"}.get(l))
sp.box("requester", "A5", "C5"); sp.box("email", "A6", "C6"); sp.box("branch", "A7", "C7"); sp.box(None, "G5", "H5", why="date de la demande"); sp.box("needed_by", "G6", "H6")
sp.box("cost_centre", "G7", "H7"); sp.box("supplier", "A9", "C9"); sp.box(None, "A10", "C10", why="adresse du fournisseur"); sp.box("supplier_id", "G9", "H9", why="NEQ ou numéro de TPS: either is kept as the number of the supplier")
sp.box(None, "G10", "H10", why="soumission"); sp.box("justification", "A12", "C12")
for k, r in (("subtotal", T), ("tax", T + 1), ("tax", T + 2), ("shipping", T + 3), ("total", T + 4)):
    sp.foot(k, f"F{r}", f"H{r}")
sp.notline(f"A{T}:I{T+4}", "pied du tableau"), sp.notline(f"A{T+6}:I{T+15}", "signatures et case réservée")


def build():
    wb = Workbook(); ws = wb.active; ws.title = sp.sheet
    widths(ws, A=9, B=9, C=16, D=14, E=12, F=15, G=15, H=16, I=18)
    text(ws, "A1:I1", "Cégep de la Pointe-aux-Ormes", 15, True, font="Calibri", color="FF2E5E3E")
    text(ws, "A2:I2", "DEMANDE D’ACHAT", 13, True, font="Calibri", border=Border(bottom=med))
    text(ws, "A3:I3", "Les champs marqués d’un astérisque (*) sont obligatoires.", 8, italic=True, font="Calibri")
    for r, s in ((5, "Requérant *"), (6, "Courriel *"), (7, "Service ou département *"), (9, "Fournisseur *"), (10, "Adresse")):
        label(ws, f"A{r}:B{r}", s, font="Calibri"); value(ws, f"C{r}:E{r}")
    for r, s, fm in ((5, "Date de la demande", ISO), (6, "Livraison souhaitée le", ISO), (7, "Centre de coûts *", "@"), (9, "NEQ", "@"), (10, "No de soumission", None)):
        label(ws, f"G{r}", s, font="Calibri"); value(ws, f"H{r}:I{r}", fmt=fm)
    label(ws, "A12:B12", "Justification de l’achat", font="Calibri"); value(ws, "C12:I12", wrap=True); ws.row_dimensions[12].height = 34
    for l, s in zip("ABFGHI", ("Qté", "Unité", "No de catalogue", "Prix unitaire", "Montant", "Poste budgétaire")):
        head(ws, f"{l}15", s, bg=GREEN, font="Calibri")
    head(ws, "C15:E15", "Description du bien ou du service", bg=GREEN, font="Calibri")
    for i in range(N):
        r = F + i
        value(ws, f"A{r}", h="center"); value(ws, f"B{r}", h="center"); value(ws, f"C{r}:E{r}", wrap=True); value(ws, f"F{r}")
        value(ws, f"G{r}", fmt=FR_MONEY, h="right"); value(ws, f"H{r}", f'=IF(A{r}="","",A{r}*G{r})', fmt=FR_MONEY, h="right"); value(ws, f"I{r}", fmt="@")
    for k, (s, x) in enumerate((("Sous-total", f"=SUM(H{F}:H{T-1})"), ("TPS (5 %)", f"=ROUND(H{T}*0.05,2)"), ("TVQ (9,975 %)", f"=ROUND(H{T}*0.09975,2)"), ("Transport", None), ("TOTAL", f"=SUM(H{T}:H{T+3})"))):
        label(ws, f"F{T+k}:G{T+k}", s, font="Calibri", h="right"); value(ws, f"H{T+k}", x, fmt=FR_MONEY, h="right")
    for k, s in enumerate(("Signature du requérant", "Approbation du responsable budgétaire")):
        r = T + 7 + 3 * k
        value(ws, f"A{r}:E{r}", border=UNDER); value(ws, f"G{r}:H{r}", border=UNDER, fmt=ISO)
        text(ws, f"A{r+1}:E{r+1}", s, 8, v="top", font="Calibri"); text(ws, f"G{r+1}:H{r+1}", "Date (AAAA-MM-JJ)", 8, v="top", font="Calibri")
    text(ws, f"A{T+13}:I{T+13}", "Réservé aux approvisionnements", 9, True, bg=GREY, border=BOX, font="Calibri")
    for rng, s in ((f"A{T+14}:C{T+14}", "Bon de commande no :"), (f"D{T+14}:F{T+14}", "Acheteur :"), (f"G{T+14}:I{T+14}", "Reçu le :")):
        text(ws, rng, s, 8, border=BOX, font="Calibri", v="top")
    ws.row_dimensions[T + 14].height = 26
    choices(ws, f"B{F}:B{T-1}", '"ch.,boîte,paquet,heure,forfait"')
    page(ws, f"A1:I{T+15}", footer="APP-03 (2023-06)")
    return wb


def top(f, *v):
    for c, x in zip(("C5", "C6", "C7", "H5", "H6", "H7", "C9", "C10", "H9", "H10", "C12"), v):
        f.box(c, x)


def copy1(f):
    top(f, "Mélanie Desrosiers-Roy", "melanie.desrosiers@ormes.example", "Bibliothèque", D(2026, 11, 24), D(2026, 12, 15), "320-410", "Reliure Beaupré inc.", "44, rue du Moulin", "1166004422", "S-882", "Reliure annuelle des périodiques.")
    f.row(F, A=42, B="ch.", C="Reliure pleine toile, format A4", F="RPT-A4", G=24.75, I="54020")
    f.box(f"H{T+3}", 0); f.put(f"A{T+7}", "Mélanie Desrosiers-Roy"); f.put(f"G{T+7}", D(2026, 11, 24))


def copy2(f):
    top(f, "Étienne Larochelle", "etienne.larochelle@ormes.example", "Département de physique", D(2026, 11, 23), D(2027, 1, 11), "320-275", "Optique Boréale ltée", "9, chemin du Phare", "1177003311", "OB-2026-310", "Nouveau laboratoire d’optique, session d’hiver.")
    for i, (a, b, c, n, g) in enumerate(((8, "ch.", "Banc optique, 1,2 m", "BO-120", 318), (16, "ch.", "Support de lentille", "SL-40", 27.9), (8, "ch.", "Laser vert, classe 2", "LV-2", 149.5), (1, "forfait", "Installation et alignement", "INST", 600))):
        f.row(F + i, A=a, B=b, C=c, F=n, G=g, I="55110")
    f.box(f"H{T+3}", 62.5)
    for r, n, d in ((T + 7, "Étienne Larochelle", D(2026, 11, 23)), (T + 10, "Nadia Fortier-Bélanger", D(2026, 11, 25))):
        f.put(f"A{r}", n); f.put(f"G{r}", d)


def copy3(f):
    top(f, "Luc Gagnon-Tran", "luc.gagnontran@ormes.example", "Audiovisuel", "24 novembre 2026", "12 janvier 2027", "à déterminer", "Son et Lumière Cartier", "s.o.", "s.o.", "voir pièce jointe", "idem à la demande de septembre")
    f.over.update({(sp.sheet, "H6"): "2027-01-12", (sp.sheet, "H7"): None, (sp.sheet, "H9"): None})
    f.ask("H7", "« à déterminer » : le centre de coûts manque", "returned"); f.ask("H9", "« s.o. » : aucun numéro", "noted")
    f.row(F, A=2, B="ch.", C="Projecteur, 5000 lumens", F="P5000", G="1\u00a0349,00\u00a0$", I="56200", over={"unit_price": "1349.00", "net": None}, ask=[("G", "texte : 1 349,00 se lit sans doute possible, mais la formule voisine montre #VALEUR!", "returned")])
    f.row(F + 1, A=1, B="forfait", C="Support de plafond", F="s.o.", G="à déterminer", I="56200", over={"unit_price": None, "net": None}, ask=[("G", "le prix manque", "returned")])
    f.row(F + 2, A="4 x 5 m", B="ch.", C="Câble HDMI", F="HD5", G=21.5, I="voir ci-dessus", over={"quantity": None, "net": None, "gl_account": None}, ask=[("A", "une quantité en mots", "returned"), ("I", "voir ci-dessus : le poste n’est pas donné")])
    for r in (T, T + 1, T + 2, T + 4):
        f.over[(sp.sheet, f"H{r}")] = None
    f.ask(f"H{T+4}", "le pied montre une erreur", "returned"); f.expect_footer = False


copies = [("filled-1", "une ligne, sans transport", copy1), ("filled-2", "quatre lignes, transport, deux signatures", copy2), ("filled-3", "montants et dates en toutes lettres, s.o., à déterminer, voir ci-dessus", copy3)]
