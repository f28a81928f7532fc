"""python3 check.py: the truths against the files and against themselves."""
import glob, json, os
from decimal import Decimal as Dec
from openpyxl import load_workbook

root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
bad = forms = copies = lines = asks = 0
def say(*a):
    global bad
    bad += 1
    print(*a)

for d in sorted(glob.glob(f"{root}/[0-9][0-9]-*")):
    forms += 1
    spec = json.load(open(f"{d}/form.json"))
    blank = load_workbook(f"{d}/blank.xlsx")
    for x in spec["fields"]:
        ws = blank[x.get("sheet", spec["sheet"])]
        for c, l in zip(x["cells"], x["label"]):
            if not l or ws[c].value != l:
                say(d, "label", c, l)
    money = [x["column"] for x in spec["fields"] if x["kind"] == "column"]
    for t in sorted(glob.glob(f"{d}/*.truth.json")):
        copies += 1
        tr = json.load(open(t))
        p = t.replace(".truth.json", ".xlsx")
        raw, val = load_workbook(p), load_workbook(p, data_only=True)
        for ws in raw:
            for row in ws.iter_rows():
                for c in row:
                    if isinstance(c.value, str) and c.value.startswith("=") and val[ws.title][c.coordinate].value is None:
                        if f'""' not in c.value and "I" != "":
                            say(p, ws.title, c.coordinate, "no stored value", c.value)
        asked = {(a["sheet"], a.get("row")) for a in tr["ask"]} | {(a["sheet"], int("".join(ch for ch in a["cell"] if ch.isdigit()))) for a in tr["ask"]}
        rows = {(n["sheet"], int(n["where"].split(":")[0].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))) for n in tr["no_lines"]}; none = set(rows)
        for l in tr["lines"]:
            lines += 1
            s = l["stated"]
            if "row" in l:
                rows.add((l["sheet"], l["row"]))
            troubled = (l["sheet"], l.get("row")) in asked or spec["kind"] == "boxes" and tr["ask"]
            if {"quantity", "unit_price", "net"} <= s.keys() and abs(Dec(s["quantity"]) * Dec(s["unit_price"]) - Dec(s["net"])) > Dec("0.01") and not troubled:
                say(p, "q×u≠net", s)
            if {"net", "tax", "total"} <= s.keys() and abs(Dec(s["net"]) + Dec(s["tax"]) - Dec(s["total"])) > Dec("0.01") and not troubled:
                say(p, "n+t≠total", s)
            if not (s.get("title") or s.get("description")) and not troubled:
                say(p, "no title", l)
        # every row of the table that a person touched is a line or said to be none
        if spec["kind"] == "table":
            f = [c for c in money]
            def vals_of(w, r): return [w[spec["sheet"]][f"{c}{r}"].value for c in f]
            for r in range(*[spec["prepared_rows"][0], spec["prepared_rows"][1] + 1]):
                if vals_of(raw, r) != vals_of(blank, r) and (spec["sheet"], r) not in rows:
                    say(p, "row", r, "changed and not in the truth", vals_of(raw, r))
                if vals_of(raw, r) == vals_of(blank, r) and (spec["sheet"], r) in rows - none:
                    say(p, "row", r, "in the truth and untouched")
        # a footer that is shared out adds up
        if spec["footer_is_shared_out"] and "total" in tr["footer"] and tr["lines"] and all("total" in l["judged"] for l in tr["lines"]):
            got, want = sum(Dec(l["judged"]["total"]) for l in tr["lines"]), sum(Dec(x["amount"]) for x in tr["footer"]["total"])
            if got != want:
                say(p, "footer", got, want)
        for a in tr["ask"]:
            asks += 1
            if a["sheet"] not in raw.sheetnames:
                say(p, a)
print(forms, "forms,", copies, "copies,", lines, "lines,", asks, "questions;", bad, "wrong")
