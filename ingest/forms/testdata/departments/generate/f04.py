from lib import *

sp = Spec("04-federal-bilingual-two-row-header", "Requisition / Demande, Agency for Examples (federal, bilingual, stacked labels)",
          "Header of two rows with group headings over merged cells; labels stacked with a line break (English, then French) in the table and “English / Français” above it; "
          "supplier on each line; total without footer; certification block under the table that looks like boxes.", "bi", "CAD", "Demande - Requisition", author="Agency for Examples / Agence des exemples")
F, N = 14, 8
sp.header_rows, sp.first, sp.last = [12, 13], F, F + N - 1
T = F + N
for l, f, cells, also in (("A", "item", "A12", ()), ("B", "description", "B12", ("title",)), ("C", "supplier", "C12", ()), ("D", "supplier_id", "D12", ()), ("E", "quantity", "E12 E13", ()), ("F", "unit_price", "E12 F13", ()), ("G", "net", "G12 G13", ()), ("H", "tax", "G12 H13", ()),
                          ("I", "total", "G12 I13", ()), ("J", "cost_centre", "J12 J13", ()), ("K", "gl_account", "J12 K13", ()), ("L", None, "J12 L13", ())):
    sp.col(l, f, cells, also, "internal order" if l == "L" else None)
sp.box("requester", "A5", "C5"); sp.box("email", "A6", "C6"); sp.box("branch", "A7", "C7"); sp.box("language", "A8", "C8")
sp.box("needed_by", "F5", "I5"); sp.box("commodity", "F6", "I6"); sp.box("security", "F7", "I7"); sp.box("payment", "F8", "I8"); sp.box("standing_offer", "F9", "I9")
sp.box("authorized_by", f"A{T+3}", f"C{T+3}", at="right, under the table"); sp.box("authorized_on", f"F{T+3}", f"I{T+3}", at="right, under the table")
sp.answers = {"commodity": {"Goods / Biens": "goods", "Services / Services": "services", "Construction / Construction": "construction"},
              "security": {"Unclassified / Non classifié": "unclassified", "Protected A / Protégé A": "protected A", "Protected B / Protégé B": "protected B"},
              "payment": {"Acquisition card / Carte d’achat": "acquisition card", "Invoice / Facture": "invoice"}}
sp.notline(f"A{T+1}:L{T+5}", "certification (section 32): boxes under the table, no lines")


def build():
    wb = Workbook(); ws = wb.active; ws.title = sp.sheet
    widths(ws, A=7, B=34, C=22, D=15, E=9, F=13, G=13, H=11, I=14, J=13, K=13, L=13)
    text(ws, "A1:F1", "Agency for Examples", 12, True); text(ws, "G1:L1", "Agence des exemples", 12, True, h="right")
    text(ws, "A2:L2", "REQUISITION FOR GOODS AND SERVICES  /  DEMANDE DE BIENS ET DE SERVICES", 12, True, h="center", border=Border(top=med, bottom=med))
    text(ws, "A3:L3", "Protected when completed / Protégé une fois rempli", 8, italic=True, h="right")
    for r, s in ((5, "Requested by / Demandé par"), (6, "E-mail / Courriel"), (7, "Directorate / Direction"), (8, "Language of reply / Langue de la réponse")):
        label(ws, f"A{r}:B{r}", s); value(ws, f"C{r}:D{r}")
    for r, s, fm in ((5, "Required by / Requis pour le", ISO), (6, "Commodity / Produit", None), (7, "Security level / Niveau de sécurité", None), (8, "Method of payment / Mode de paiement", None), (9, "Standing offer no. / No d’offre à commandes", "@")):
        label(ws, f"F{r}:H{r}", s); value(ws, f"I{r}:L{r}", fmt=fm)
    for l, s in (("A", "Item\nArticle"), ("B", "Description\nDescription"), ("C", "Supplier\nFournisseur"), ("D", "Business number\nNuméro d’entreprise")):
        head(ws, f"{l}12:{l}13", s, bg="FFEDEDED")
    head(ws, "E12:F12", "Order / Commande", bg="FFD0D7E5"); head(ws, "G12:I12", "Estimated cost / Coût estimatif", bg="FFD0D7E5"); head(ws, "J12:L12", "Financial coding / Codage financier", bg="FFD0D7E5")
    for l, s in zip("EFGHIJKL", ("Qty\nQté", "Unit price\nPrix unitaire", "Subtotal\nSous-total", "Tax\nTaxes", "Total\nTotal", "Cost centre\nCentre de coûts", "G/L account\nCompte GL", "Internal order\nOrdre interne")):
        head(ws, f"{l}13", s, bg="FFEDEDED")
    ws.row_dimensions[12].height, ws.row_dimensions[13].height = 16, 30
    for i in range(N):
        r = F + i
        for l in "ABCDEFGHIJKL":
            value(ws, f"{l}{r}", fmt=CAD_ACC if l in "FGHI" else "@" if l in "DJKL" else None, wrap=l in "BC", h="right" if l in "FGHI" else "center" if l in "AE" else "left")
        ws[f"G{r}"] = f'=IF(E{r}="","",E{r}*F{r})'; ws[f"I{r}"] = f'=IF(G{r}="","",G{r}+H{r})'
    text(ws, f"A{T+1}:L{T+1}", "CERTIFICATION — Section 32, Financial Administration Act / ATTESTATION — Article 32, Loi sur la gestion des finances publiques", 9, True, bg="FFEDEDED", border=BOX)
    for rng, rv, rng2, rv2, s, s2, k in ((f"A{T+3}:B{T+3}", f"C{T+3}:D{T+3}", f"F{T+3}:H{T+3}", f"I{T+3}:L{T+3}", "Section 32 manager (e-mail)\nGestionnaire art. 32 (courriel)", "Date of authorization\nDate d’autorisation", 1),
                                         (f"A{T+5}:B{T+5}", f"C{T+5}:D{T+5}", f"F{T+5}:H{T+5}", f"I{T+5}:L{T+5}", "Signature", "Position no. / No de poste", 0)):
        label(ws, rng, s, size=8); value(ws, rv); label(ws, rng2, s2, size=8); value(ws, rv2, fmt=ISO if k else None)
        ws.row_dimensions[int(rng.split("A")[1].split(":")[0])].height = 26
    choices(ws, "C8", '"English,Français"'); choices(ws, "I6", '"Goods / Biens,Services / Services,Construction / Construction"')
    choices(ws, "I7", '"Unclassified / Non classifié,Protected A / Protégé A,Protected B / Protégé B"'); choices(ws, "I8", '"Acquisition card / Carte d’achat,Invoice / Facture"')
    page(ws, f"A1:L{T+5}", landscape=True, footer="AEX-2210 (2022-11)"); ws.print_title_rows = "12:13"
    return wb


def top(f, who, mail, dire, lang, needed, kind, sec, pay, so=None, mgr=None, on=None):
    a = sp.answers
    for c, v in (("C5", who), ("C6", mail), ("C7", dire), ("I5", needed), ("I9", so), (f"C{T+3}", mgr), (f"I{T+3}", on)):
        f.box(c, v)
    f.box("C8", lang); f.box("I6", kind, a["commodity"].get(kind)); f.box("I7", sec, a["security"].get(sec)); f.box("I8", pay, a["payment"].get(pay))


def copy1(f):
    top(f, "Anik Thibodeau", "anik.thibodeau@agency.example", "Outreach / Rayonnement", "English", D(2026, 12, 16), "Services / Services", "Unclassified / Non classifié", "Invoice / Facture", None, "r.mcallister@agency.example", D(2026, 11, 20))
    f.row(F, A=1, B="Sign language interpretation, town hall, 3 h", C="Gesture & Co. Interpreters", D="812345671", E=3, F=140, H=54.6, J="7731", K="04210")


def copy2(f):
    top(f, "Walid Haddad-Côté", "walid.haddad@agency.example", "Informatics / Informatique", "Français", D(2027, 1, 29), "Goods / Biens", "Unclassified / Non classifié", "Acquisition card / Carte d’achat", "AEX-SO-0091", "m.fontaine@agency.example", D(2026, 11, 23))
    for i, (b, c, d, e, p, h, k) in enumerate((("Station d’accueil USB-C", "Northgate Informatique inc.", "845612309", 12, 219.99, 343.18, "05110"), ("Écran 27 po", "Northgate Informatique inc.", "845612309", 6, 329, 256.62, "05110"),
                                               ("Headset, noise cancelling", "Clearline Audio Ltd.", "877001122", 12, 89.5, 139.62, "05110"), ("Cable lock, keyed alike", "Clearline Audio Ltd.", "877001122", 20, 17.25, 44.85, "05190"))):
        f.row(F + i, A=i + 1, B=b, C=c, D=d, E=e, F=p, H=h, J="8802", K=k, L="IO-7719")


def copy3(f):
    top(f, "H. Park", "h.park@agency.example", "IM", "EN", D(2026, 12, 18), "Goods / Biens", "N/A", "Carte", None, "pending", "TBD")
    f.over.update({(sp.sheet, "I7"): None, (sp.sheet, "I8"): None, (sp.sheet, f"C{T+3}"): None, (sp.sheet, f"I{T+3}"): None})
    f.ask("I7", "N/A is no security level", "returned"); f.ask("I8", "“Carte” alone is not one of the choices; acquisition card is likely", "asked")
    f.ask(f"C{T+3}", "“pending”: nobody has authorized yet", "returned"); f.ask(f"I{T+3}", "TBD is no date", "returned")
    f.row(F, A="1a", B="Toner, black", C="Papeterie Dubois", D="see quote", E=4, F=98, H="exempt", J="7731", K="04210", over={"supplier_id": None, "tax": None, "total": None}, ask=[("H", "tax in words: type 0 or the amount; the total beside it shows an error", "returned")])
    f.row(F + 1, A="1b", B="Toner, cyan", C="same as above", D='"', E=2, F=121.4, H=31.56, J=7731, K=4210, over={"supplier": None, "supplier_id": None}, ask=[("C", "same as above: returned, or the row above", "asked"), ("K", "typed as a number in a cell for text: the leading zero of 04210 is lost", "asked")])
    f.row(F + 2, A="2", B="Toner, magenta (cancelled - see e-mail)", C="Papeterie Dubois", E=2, F=121.4, H=31.56, J="7731", K="04210")
    for l in "ABCEFGHIJK":
        c = f.ws[f"{l}{F+2}"]; x = copy.copy(c.font); c.font = Font(name=x.name, size=x.size, strike=True, color="FFC00000")
    f.ask(f"B{F+2}", "the whole row is struck through and says cancelled: a person sees no request here", "asked", row=F + 2, wish=True)


copies = [("filled-1", "one line of services", copy1), ("filled-2", "four lines, two suppliers, goods in both languages", copy2), ("filled-3", "tax in words, same as above, a ditto mark, a struck-out row", copy3)]
