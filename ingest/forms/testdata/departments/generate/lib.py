"""What all forms share: looks, the recorder that writes a cell and its truth at once, stored values, truth files.

Nothing here knows Handrail's code. Values of formulas come from LibreOffice (one batch) and are put into the file
beside the formula, as Excel does when it saves.
"""
import copy, datetime, decimal, io, json, os, re, shutil, subprocess, tempfile, zipfile
from fractions import Fraction
from xml.sax.saxutils import escape
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font, PatternFill, Alignment, Border, Side, Protection
from openpyxl.utils import get_column_letter as L, column_index_from_string as CI, range_boundaries
from openpyxl.worksheet.datavalidation import DataValidation

D = datetime.date
thin, med, hair, dbl = Side(style="thin"), Side(style="medium"), Side(style="hair"), Side(style="double")
BOX = Border(left=thin, right=thin, top=thin, bottom=thin)
HAIR = Border(left=thin, right=thin, top=hair, bottom=hair)
UNDER = Border(bottom=thin)
NONE = Border()
GREY, BLUE, GREEN, YELLOW, DARK = "FFD9D9D9", "FFDCE6F1", "FFE2EFDA", "FFFFFFCC", "FF1F3864"

CAD_ACC = '_-"$"* #,##0.00_-;\\-"$"* #,##0.00_-;_-"$"* "-"??_-;_-@_-'
US_ACC = '_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)'
DOLLAR = '"$"#,##0.00'
PLAIN = '#,##0.00'
FR_MONEY = '#,##0.00\\ "$"'
GBP = '"£"#,##0.00'
ISO, DMY, MDY = 'yyyy\\-mm\\-dd', 'dd/mm/yyyy', 'm/d/yyyy'

MONEY = {"net", "tax", "total", "authorized_amount"}
DATES = {"needed_by", "terms_accepted", "authorized_on"}
PERSON = {"requester", "email", "branch", "language"}


def fill(color):
    return PatternFill("solid", fgColor=color)


def style(ws, rng, font=None, bg=None, border=None, h=None, v="center", wrap=None, fmt=None, merge=False, indent=0):
    c1, r1, c2, r2 = range_boundaries(rng)
    for r in range(r1, r2 + 1):
        for c in range(c1, c2 + 1):
            x = ws.cell(r, c)
            if font is not None:
                x.font = font
            if bg:
                x.fill = fill(bg)
            if border is not None:
                x.border = border
            if h or wrap is not None or v:
                x.alignment = Alignment(horizontal=h, vertical=v, wrap_text=wrap, indent=indent)
            if fmt:
                x.number_format = fmt
    if merge and (c1, r1) != (c2, r2):
        ws.merge_cells(rng)
    return ws.cell(r1, c1)


def text(ws, rng, s, size=10, bold=False, color="FF000000", italic=False, font="Arial", **kw):
    kw.setdefault("merge", ":" in rng)
    style(ws, rng, font=Font(name=font, size=size, bold=bold, italic=italic, color=color), **kw).value = s


def label(ws, rng, s, **kw):
    kw.setdefault("bold", True), kw.setdefault("size", 9), kw.setdefault("wrap", True)
    text(ws, rng, s, **kw)


def value(ws, rng, v=None, **kw):
    kw.setdefault("border", BOX), kw.setdefault("merge", ":" in rng), kw.setdefault("h", "left")
    f = kw.pop("font", Font(name="Arial", size=10, color="FF1F1F7A"))
    kw["v"] = kw.pop("valign", "center")
    c = style(ws, rng, font=f, **kw)
    if v is not None:
        c.value = v


def head(ws, rng, s, bg=GREY, color="FF000000", size=9, **kw):
    kw.setdefault("h", "center"), kw.setdefault("wrap", True), kw.setdefault("border", BOX)
    text(ws, rng, s, size=size, bold=True, color=color, bg=bg, **kw)


def widths(ws, **w):
    for k, v in w.items():
        ws.column_dimensions[k].width = v


def choices(ws, rng, formula, prompt=None, strict=True):
    d = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=strict)
    if prompt:
        d.promptTitle, d.prompt, d.showInputMessage = prompt[0], prompt[1], True
    ws.add_data_validation(d)
    for x in rng.split():
        d.add(x)


def numbers_only(ws, rng):
    d = DataValidation(type="decimal", operator="greaterThanOrEqual", formula1="0", allow_blank=True, errorStyle="warning",
                       showErrorMessage=True, errorTitle="Number", error="A number is expected here.")
    ws.add_data_validation(d)
    for x in rng.split():
        d.add(x)


def page(ws, area=None, landscape=False, footer=None, fit=True):
    ws.page_setup.orientation = "landscape" if landscape else "portrait"
    ws.page_setup.paperSize = 1
    if fit:
        ws.sheet_properties.pageSetUpPr.fitToPage = True
        ws.page_setup.fitToHeight = 0
    ws.page_margins.left = ws.page_margins.right = 0.4
    if area:
        ws.print_area = area
    if footer:
        ws.oddFooter.left.text = footer
        ws.oddFooter.right.text = "Page &P / &N"


# ------------------------------------------------------------------ the form and its truth

class Spec:
    def __init__(self, slug, title, about, language, currency, sheet, kind="table", author="Forms Office"):
        self.slug, self.title, self.about, self.language, self.currency = slug, title, about, language, currency
        self.sheet, self.kind, self.author = sheet, kind, author
        self.columns, self.boxes, self.footers, self.notlines = [], [], [], []
        self.header_rows, self.first, self.last, self.share = [], None, None, False
        self.hard, self.answers, self.defaults = [], {}, {}

    def col(self, letter, field, cells, also=(), why=None):
        self.columns.append(dict(letter=letter, field=field, cells=cells.split(), also=list(also), why=why))

    def box(self, field, lab, val, at="right", also=(), sheet=None, why=None, optional=False):
        optional = optional or "under the table" in at
        self.boxes.append(dict(optional=optional, field=field, label=lab, value=val, at=at, also=list(also), sheet=sheet or self.sheet, why=why))

    def foot(self, kind, lab, val):
        self.footers.append(dict(kind=kind, label=lab, value=val))

    def notline(self, where, why):
        self.notlines.append(dict(where=where, why=why))

    def fields(self, wb):
        ws = wb[self.sheet]
        t = lambda c, s=None: (wb[s] if s else ws)[c].value
        out = []
        for c in self.columns:
            out.append({"kind": "column", "label": [t(x) for x in c["cells"]], "cells": c["cells"], "column": c["letter"],
                        "field": c["field"], **({"also": c["also"]} if c["also"] else {}), **({"why": c["why"]} if c["why"] else {})})
        for b in self.boxes:
            out.append({"kind": "box", "label": [t(b["label"], b["sheet"])], "cells": [b["label"]], "value_cell": b["value"],
                        "value_at": b["at"], "sheet": b["sheet"], "field": b["field"],
                        **({"also": b["also"]} if b["also"] else {}), **({"why": b["why"]} if b["why"] else {}), **({"optional": True} if b["optional"] else {})})
        for f in self.footers:
            out.append({"kind": "footer", "label": [t(f["label"])] if f["label"] else [], "cells": [f["label"]] if f["label"] else [],
                        "value_cell": f["value"], "field": f["kind"]})
        return out


class Fill:
    """Writes what a clerk types, and keeps what it means."""

    def __init__(self, spec, wb, name, about):
        self.spec, self.wb, self.name, self.about = spec, wb, name, about
        self.ws = wb[spec.sheet]
        self.rows, self.asks, self.nolines, self.over, self.sheets = [], [], [], {}, [spec.sheet]
        self.expect_footer = True
        self.lines_extra = {}

    def put(self, cell, v, sheet=None, fmt=None):
        c = (self.wb[sheet] if sheet else self.ws)[cell]
        c.value = v
        if fmt:
            c.number_format = fmt
        return c

    def row(self, r, cells=None, over=None, ask=(), sheet=None, **kw):
        cells = dict(cells or {}, **kw)
        for k, v in cells.items():
            self.put(f"{k}{r}", v, sheet)
        self.rows.append(dict(row=r, sheet=sheet or self.spec.sheet, over=over or {}))
        for a in ask:
            self.ask(f"{a[0]}{r}", a[1], a[2] if len(a) > 2 else "asked", row=r, sheet=sheet)

    def box(self, cell, v, over=..., sheet=None):
        self.put(cell, v, sheet)
        if over is not ...:
            self.over[(sheet or self.spec.sheet, cell)] = over

    def ask(self, cell, why, verdict="asked", row=None, sheet=None, wish=False):
        a = {"sheet": sheet or self.spec.sheet, "cell": cell, "verdict": verdict, "why": why}
        if row:
            a["row"] = row
        if wish:
            a["wish"] = True
        self.asks.append(a)

    def noline(self, where, why, cells=None, sheet=None):
        for k, v in (cells or {}).items():
            self.put(k, v, sheet)
        self.nolines.append({"sheet": sheet or self.spec.sheet, "where": where, "why": why})


def blankish(v):
    return v is None or (isinstance(v, str) and not v.replace("\xa0", " ").strip())


def dec(v, places, least):
    d = decimal.Decimal(repr(v)) if isinstance(v, float) else decimal.Decimal(v)
    d = d.quantize(decimal.Decimal(1).scaleb(-places), rounding=decimal.ROUND_HALF_UP)
    s = f"{d:f}"
    if "." in s and places > least:
        whole, frac = s.split(".")
        frac = frac.rstrip("0").ljust(least, "0")
        s = whole + ("." + frac if frac else "")
    return s


def norm(field, v, where):
    if isinstance(v, bool):
        raise SystemExit(f"{where}: a yes/no needs its meaning said")
    if field in MONEY or field in ("unit_price", "quantity") or field in ("subtotal", "shipping"):
        if isinstance(v, str):
            raise SystemExit(f"{where}: text {v!r} in {field} needs its meaning said")
        return dec(v, *{"unit_price": (6, 2), "quantity": (6, 0)}.get(field, (2, 2)))
    if field in DATES:
        if isinstance(v, (datetime.datetime, datetime.date)):
            return v.strftime("%Y-%m-%d")
        raise SystemExit(f"{where}: text {v!r} in {field} needs its meaning said")
    if isinstance(v, (int, float)):
        return f"{v:g}" if isinstance(v, float) and v != int(v) else str(int(v))
    if isinstance(v, (datetime.datetime, datetime.date)):
        return v.strftime("%Y-%m-%d")
    return v.replace("\xa0", " ").strip()


def shares(total, weights):
    cents = int((total * 100).to_integral_value())
    s = sum(weights)
    exact = [Fraction(cents) * w / s for w in weights]
    out = [int(x // 1) for x in exact]
    for i in sorted(range(len(out)), key=lambda i: (-(exact[i] - out[i]), i))[:cents - sum(out)]:
        out[i] += 1
    return [decimal.Decimal(x) / 100 for x in out]


def finish(f, vals):
    """Truth of one filled copy, from the stored values of the file itself."""
    sp, out = f.spec, {}
    boxes, boxlines = {}, []
    for sh in f.sheets:
        here = {}
        for b in sp.boxes:
            if b["field"] is None or (b["sheet"] != sp.sheet and sh != sp.sheet):
                continue
            s = sh if b["sheet"] == sp.sheet else b["sheet"]
            k = (s, b["value"])
            v = f.over[k] if k in f.over else vals[s][b["value"]].value
            if k in f.over:
                if v is not None:
                    here[b["field"]] = v
            elif not blankish(v):
                v = norm(b["field"], v, f"{sp.slug}/{f.name} {s}!{b['value']}")
                if b["field"] == "tax" and "tax" in here:
                    v = dec(decimal.Decimal(v) + decimal.Decimal(here["tax"]), 2, 2)
                here.setdefault(b["field"], v) if b["field"] != "tax" else here.__setitem__("tax", v)
        boxlines.append(here)
        if not boxes:
            boxes = here
    lines = []
    if sp.kind == "boxes":
        for sh, here in zip(f.sheets, boxlines):
            st = {k: v for k, v in here.items() if k not in PERSON}
            lines.append({"sheet": sh, "stated": st, "judged": dict(st)})
    for r in f.rows:
        st, extra = {}, {}
        ws = vals[r["sheet"]]
        for c in sp.columns:
            cell = f"{c['letter']}{r['row']}"
            v = ws[cell].value
            fl = c["field"]
            if fl is None or fl.startswith("+"):
                if not blankish(v):
                    key = " / ".join(str(vals[sp.sheet][x].value) for x in c["cells"])
                    extra[key] = v if isinstance(v, (str, bool)) else norm("", v, cell) if not isinstance(v, float) else dec(v, 4, 0)
                continue
            if fl in r["over"]:
                if r["over"][fl] is not None:
                    st[fl] = r["over"][fl]
            elif not blankish(v):
                st[fl] = norm(fl, v, f"{sp.slug}/{f.name} {r['sheet']}!{cell}")
        for k, v in r["over"].items():
            if v is not None:
                st.setdefault(k, v)
        lines.append({"sheet": r["sheet"], "row": r["row"], "stated": st, **({"extra": extra} if extra else {}), "judged": dict(st)})
    for sh, r, st in getattr(f, "attach", ()):
        lines.append({"sheet": sh, "row": r, "stated": st, "judged": dict(st)})
    foot = {}
    for b in sp.footers:
        k = (sp.sheet, b["value"])
        v = f.over[k] if k in f.over else vals[sp.sheet][b["value"]].value
        if blankish(v):
            continue
        if not isinstance(v, str):
            v = dec(v, 2, 2)
        foot.setdefault(b["kind"], []).append({"cell": b["value"], "amount": v, "label": vals[sp.sheet][b["label"]].value if b["label"] else None})
    if sp.kind == "table":
        for ln, rec in zip(lines, [x["over"] for x in f.rows] + [{}] * len(lines)):
            for k, v in boxes.items():
                if k not in PERSON and k not in ln["judged"] and not (k == "currency" and k in rec):
                    ln["judged"][k] = v
            for k, v in sp.defaults.items():
                ln["judged"].setdefault(k, v)
    if sp.share and f.expect_footer and lines and all("net" in l["stated"] for l in lines):
        amt = lambda k: sum((decimal.Decimal(x["amount"]) for x in foot.get(k, [])), decimal.Decimal(0))
        w = [Fraction(l["stated"]["net"]) for l in lines]
        tax, ship = shares(amt("tax"), w), shares(amt("shipping"), w)
        for l, t, s in zip(lines, tax, ship):
            n = decimal.Decimal(l["stated"]["net"]) + s
            l["judged"].update(net=dec(n, 2, 2), tax=dec(t, 2, 2), total=dec(n + t, 2, 2))
        if amt("total"):
            got = sum(decimal.Decimal(l["judged"]["total"]) for l in lines)
            assert got == amt("total"), (sp.slug, f.name, got, amt("total"))
    for l in lines:
        j = l["judged"]
        if {"net", "tax", "total"} <= j.keys():
            d = abs(decimal.Decimal(j["net"]) + decimal.Decimal(j["tax"]) - decimal.Decimal(j["total"]))
            if d > decimal.Decimal("0.01"):
                assert any(a["cell"] for a in f.asks), (sp.slug, f.name, l)
    if sp.kind == "boxes":
        boxes = {k: v for k, v in boxes.items() if k in PERSON}
    return {"form": sp.slug, "copy": f.name, "about": f.about, "currency": sp.currency, "boxes": boxes, "lines": lines,
            "footer": foot, "no_lines": f.nolines + [{"sheet": sp.sheet if "!" not in n["where"] else n["where"].split("!")[0],
                                                      "where": n["where"].split("!")[-1], "why": n["why"]} for n in sp.notlines],
            "ask": f.asks}


# ------------------------------------------------------------------ stored values

def libreoffice(paths, outdir, to="xlsx"):
    prof = tempfile.mkdtemp(prefix="lo-")
    subprocess.run(["soffice", f"-env:UserInstallation=file://{prof}", "--headless", "--convert-to", to, "--outdir", outdir, *paths],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=560)
    shutil.rmtree(prof, ignore_errors=True)


def store_values(src, computed, dst, author):
    """src with the stored value beside every formula, as computed; times fixed, so that making it again is the same file."""
    calc = load_workbook(computed, data_only=True)
    names = load_workbook(src).sheetnames
    zin = zipfile.ZipFile(src)
    buf = io.BytesIO()
    with zipfile.ZipFile(buf, "w", zipfile.ZIP_DEFLATED) as z:
        for i in zin.infolist():
            data = zin.read(i)
            m = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", i.filename)
            if m:
                ws = calc[names[int(m[1]) - 1]]

                def sub(mm):
                    attrs, ref, body = mm[1], mm[2], mm[3]
                    v = ws[ref].value
                    attrs = re.sub(r' t="[^"]*"', "", attrs)
                    if v is None:
                        return f'<c{attrs} t="str">{body}<v></v></c>'
                    if isinstance(v, bool):
                        return f'<c{attrs} t="b">{body}<v>{int(v)}</v></c>'
                    if isinstance(v, (datetime.datetime, datetime.date)):
                        from openpyxl.utils.datetime import to_excel
                        v = to_excel(v)
                    if isinstance(v, (int, float)):
                        return f'<c{attrs}>{body}<v>{v!r}</v></c>'
                    t = "e" if v.startswith("#") else "str"
                    return f'<c{attrs} t="{t}">{body}<v>{escape(v)}</v></c>'
                data = re.sub(r'<c((?: [a-z]+="[^"]*")*? r="([A-Z]+\d+)"(?: [a-z]+="[^"]*")*)>(<f[^>]*>.*?</f>)<v ?/?>(?:</v>)?</c>',
                              sub, data.decode(), flags=re.S).encode()
            if i.filename == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2026-11-27T15:00:00Z", data)
            zi = zipfile.ZipInfo(i.filename, (2026, 11, 27, 15, 0, 0))
            zi.compress_type = zipfile.ZIP_DEFLATED
            z.writestr(zi, data)
    open(dst, "wb").write(buf.getvalue())
