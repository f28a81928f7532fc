"""python3 make.py [NN …]: makes the forms, their filled copies and the truths beside this folder."""
import importlib, sys
from lib import *

here = os.path.dirname(os.path.abspath(__file__))
root = os.path.dirname(here)
want = sys.argv[1:]
mods = sorted(m[:-3] for m in os.listdir(here) if re.fullmatch(r"f\d\d\.py", m))
mods = [m for m in mods if not want or m[1:] in want]
tmp, calc = tempfile.mkdtemp(), tempfile.mkdtemp()
jobs = []
for m in mods:
    mod = importlib.import_module(m)
    sp = mod.sp
    lo = getattr(mod, "saved_by_libreoffice", ())
    for name, about, fn in [("blank", "the form as it is handed out", None)] + mod.copies:
        wb = mod.build()
        f = Fill(sp, wb, name, about)
        if fn:
            fn(f)
        wb.properties.creator = sp.author
        wb.properties.lastModifiedBy = sp.author if not fn else "clerk"
        wb.properties.created = datetime.datetime(2024, 3, 4, 9, 0)
        wb.properties.title = sp.title.split(",")[0]
        p = f"{tmp}/{m}_{name}.xlsx"
        wb.save(p)
        jobs.append((m, mod, sp, name, f, p, name in lo))
libreoffice([j[5] for j in jobs], calc)
for m, mod, sp, name, f, p, lo in jobs:
    out = f"{root}/{sp.slug}"
    os.makedirs(out, exist_ok=True)
    done = f"{calc}/{os.path.basename(p)}"
    dst = f"{out}/{name}.xlsx"
    if lo:
        shutil.copy(done, dst)
    else:
        store_values(p, done, dst, sp.author)
    vals = load_workbook(dst, data_only=True)
    if name == "blank":
        wb = load_workbook(dst)
        spec = {"form": sp.slug, "title": sp.title, "about": sp.about, "language": sp.language, "home_currency": sp.currency, "kind": sp.kind,
                "sheet": sp.sheet, "header_rows": sp.header_rows, "prepared_rows": [sp.first, sp.last] if sp.first else None,
                "footer_is_shared_out": sp.share, "fields": sp.fields(wb), "answers": sp.answers, "hard": sp.hard,
                "no_lines": [{"where": n["where"] if "!" in n["where"] else f"{sp.sheet}!{n['where']}", "why": n["why"]} for n in sp.notlines],
                "copies": {n: a for n, a, _ in mod.copies}, "saved_by_libreoffice": list(getattr(mod, "saved_by_libreoffice", ()))}
        json.dump(spec, open(f"{out}/form.json", "w"), ensure_ascii=False, indent=1)
        for x in spec["fields"]:
            for c, l in zip(x["cells"], x["label"]):
                if not l:
                    print(sp.slug, "no label at", c, x)
    else:
        json.dump(finish(f, vals), open(f"{out}/{name}.truth.json", "w"), ensure_ascii=False, indent=1)
shutil.rmtree(tmp), shutil.rmtree(calc)
print(len(jobs), "workbooks of", len(mods), "forms")
