#!/usr/bin/env python3
"""Checks the file of one request without Handrail and without its ledger.

Usage: python3 proof/verify.py [HEAD...]     where HEAD is 412:9f2c..., from a weekly workbook of your own
"""
import base64, hashlib, json, pathlib, struct, sys

root = pathlib.Path(__file__).resolve().parent.parent
wrong = []


def rows(name):
    return [json.loads(line) for line in (root / name).read_text(encoding="utf-8").splitlines()]


def part(text):
    data = text.encode("utf-8")
    return struct.pack(">q", len(data)) + data


manifest = json.loads((root / "manifest.json").read_text(encoding="utf-8"))
digests = set()
for f in manifest["files"]:
    path = root / f["name"]
    found = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "missing"
    digests.add(found)
    if found != f["sha256"]:
        wrong.append(f"{f['name']}: not what the list says")
absent = {a.get("sha256") for a in manifest["absent"]}

links = {}
for k in rows("proof/chain.jsonl"):
    h = hashlib.sha256(b"handrail chain 1\n" + bytes.fromhex(k["prev"]) + struct.pack(">qq", k["seq"], k["at"]))
    h.update(part(k["kind"]) + part(k["subject"]) + part(k["public"]) + bytes.fromhex(k["private_digest"]))
    if h.hexdigest() != k["hash"]:
        wrong.append(f"link {k['seq']}: says something else than its hash")
    links[k["seq"]] = k

heads = json.loads((root / "proof/heads.json").read_text(encoding="utf-8"))
printed = {}
for s in heads["segments"]:
    for n in range(s["from"], s["to"] + 1):
        if n not in links:
            wrong.append(f"link {n}: missing")
        elif n > s["from"] and n - 1 in links and links[n]["prev"] != links[n - 1]["hash"]:
            wrong.append(f"link {n}: does not follow link {n - 1}")
    for p in s["printed_heads"]:
        n, _, digest = p["head"].partition(":")
        printed[p["head"]] = p["week"]
        if links.get(int(n), {}).get("hash") != digest:
            wrong.append(f"week {p['week']}: its head is not in the chain")

private = {p["seq"]: p for p in rows("proof/private.jsonl")}
for n in heads["links_about_the_request"]:
    k = links.get(n)
    if k is None:
        wrong.append(f"link {n}: missing")
        continue
    if not any(s["from"] <= n <= s["to"] for s in heads["segments"]):
        wrong.append(f"link {n}: in no segment")
    if n in private:
        p = private[n]
        if hashlib.sha256(base64.b64decode(p["salt"]) + p["body"].encode("utf-8")).hexdigest() != k["private_digest"]:
            wrong.append(f"link {n}: its private part was changed")
    elif k["private_digest"] != "00" * 32 and n not in heads["private_parts_disposed_of"] + heads.get("private_parts_severed", []):
        wrong.append(f"link {n}: its private part is missing")
    public = json.loads(k["public"])
    for name in ("mail", "policy"):
        digest = public.get(name, "").removeprefix("sha256:")
        if digest and digest not in digests and digest not in absent:
            wrong.append(f"link {n}: its {name} is not in this file")

for head in sys.argv[1:]:
    n, _, digest = head.strip().partition(":")
    if links.get(int(n), {}).get("hash") != digest:
        wrong.append(f"{head}: your paper says something else than this chain")

for w in wrong:
    print("WRONG:", w)
print(f"{heads['reference']}: {len(manifest['files'])} files, {len(links)} links, {len(wrong)} things wrong")
for head, week in printed.items():
    print(f"compare with the weekly workbook {week} that you kept: {head}")
sys.exit(1 if wrong else 0)
