package batch_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"handrail/internal/totals"

	"github.com/shopspring/decimal"

	"handrail/internal/ledger"
)

// The invariants of a department that has come to rest, recomputed from outside alone. Each answers what is wrong.

func (o *outside) faults() []string {
	var all []string
	for _, i := range []func() []string{o.messages, o.lines, o.decisionsHaveMails, o.mailsArrived, o.totals, o.reports, o.chain, o.limits} {
		all = append(all, i()...)
	}
	return all
}

func faultf(list *[]string, format string, args ...any) {
	*list = append(*list, fmt.Sprintf(format, args...))
}

// messages: every message that came is in INBOX, Processed or Quarantine, with one intake row; every row's message is there.
func (o *outside) messages() (wrong []string) {
	there, rows := map[string]int{}, map[string]int{}
	total := 0
	for folder, list := range o.folders {
		for _, raw := range list {
			sum := sha256.Sum256(raw)
			there[hex.EncodeToString(sum[:])]++
			total++
		}
		if folder == "INBOX" && len(list) > 0 {
			faultf(&wrong, "%d messages still lie in INBOX", len(list))
		}
	}
	if total != o.put {
		faultf(&wrong, "%d messages are on the server, and %d were put there", total, o.put)
	}
	for _, m := range o.tables["message"] {
		if !slices.Contains([]string{"filed", "quarantined", "released"}, m["state"]) || m["filed_at"] == "" && m["state"] != "released" {
			faultf(&wrong, "intake row %s came to rest in %s", m["id"], m["state"])
		}
		if there[m["sha256"]] == 0 {
			faultf(&wrong, "the message of intake row %s is nowhere on the server", m["id"])
		}
		if !o.renumbered || m["same_as"] == "" {
			rows[m["sha256"]]++
		}
	}
	for sum, n := range there {
		if want := n; rows[sum] != want && (!o.renumbered || rows[sum] != 1) {
			faultf(&wrong, "a message that is on the server %d times has %d intake rows (%.8s)", n, rows[sum], sum)
		}
	}
	return wrong
}

// lines: every request has its lines, numbered without a gap, and every line one current outcome, to which one way leads
// through the chain. A workbook that came back unchanged has no line of its own: its decisions stand.
func (o *outside) lines() (wrong []string) {
	links := map[string][]recorded{}
	for _, k := range o.tables["chain"] {
		if strings.HasPrefix(k["kind"], "line.") {
			links[k["subject"]] = append(links[k["subject"]], k)
		}
	}
	ordinals := map[string][]string{}
	for _, l := range o.tables["line"] {
		ordinals[l["submission"]] = append(ordinals[l["submission"]], l["ordinal"])
		at := ""
		for i, k := range links[l["reference"]] {
			var said struct{ Outcome, From string }
			if err := json.Unmarshal([]byte(k["public"]), &said); err != nil {
				faultf(&wrong, "link %s: %v", k["seq"], err)
			}
			switch {
			case i == 0 && (k["kind"] != "line.judged" || said.Outcome != l["judged"]):
				faultf(&wrong, "%s begins with %s %s", l["reference"], k["kind"], said.Outcome)
			case i > 0 && (k["kind"] != "line.moved" || said.From != at):
				faultf(&wrong, "%s was %s and is moved from %s (%s)", l["reference"], at, said.From, k["kind"])
			}
			at = said.Outcome
		}
		if at != l["outcome"] {
			faultf(&wrong, "%s is %s, and the chain says %q", l["reference"], l["outcome"], at)
		}
		delete(links, l["reference"])
	}
	for reference := range links {
		faultf(&wrong, "the chain decides %s, and there is no such line", reference)
	}
	byMessage := map[string]int{}
	for _, s := range o.tables["submission"] {
		byMessage[s["message"]]++
		have := ordinals[s["id"]]
		for n := range have {
			if !slices.Contains(have, strconv.Itoa(n+1)) {
				faultf(&wrong, "submission %s has the lines %v", s["id"], have)
			}
		}
	}
	told := map[string]bool{}
	for _, owed := range o.tables["owed"] {
		told[owed["message"]] = true
	}
	for _, m := range o.tables["message"] {
		if m["kind"] == "request" && m["state"] == "filed" && m["same_as"] == "" && byMessage[m["id"]] == 0 && !told[m["id"]] {
			faultf(&wrong, "request %s was neither decided nor refused", m["id"])
		}
	}
	return wrong
}

// decisionsHaveMails: every submission is answered once, every line that went to an officer has asked one, every decision of an
// officer was told to the requester, and nothing that is due waits.
func (o *outside) decisionsHaveMails() (wrong []string) {
	answers, decisions, asked := map[string]int{}, map[string]int{}, map[string]bool{}
	for _, m := range o.tables["outgoing"] {
		switch m["kind"] {
		case "answer":
			answers[m["submission"]]++
		case "decision":
			decisions[m["submission"]]++
		}
		if m["escalation"] != "" {
			asked[m["escalation"]] = true
		}
	}
	for _, s := range o.tables["submission"] {
		if answers[s["id"]] != 1 {
			faultf(&wrong, "submission %s was answered %d times", s["id"], answers[s["id"]])
		}
	}
	waiting := map[string]bool{} // for a daily mail
	for _, l := range o.tables["digest_line"] {
		waiting[l["line"]] = true
	}
	later := map[string]bool{}
	for _, w := range o.tables["owed"] {
		if w["state"] != "owed" || w["answers"] == ledger.ForDaily {
			continue
		}
		if !w.time("due_at").After(o.now) {
			faultf(&wrong, "%s %s is owed and due", w["kind"], w["cause"])
		}
		later[w["submission"]] = true
	}
	for _, token := range o.tables["token"] {
		if asked[token["escalation"]] {
			waiting[token["line"]] = true
		}
	}
	for _, l := range o.tables["line"] {
		if l["judged"] == "escalated" && !waiting[l["id"]] && l["outcome"] != "superseded" && l["outcome"] != "withdrawn" {
			faultf(&wrong, "%s went to an officer, and nobody was asked", l["reference"])
		}
		if l["judged"] == "escalated" && (l["outcome"] == "approved" || l["outcome"] == "declined") {
			if l["decided_by"] == "" {
				faultf(&wrong, "%s was escalated and is %s by nobody", l["reference"], l["outcome"])
			}
			if decisions[l["submission"]] == 0 && !later[l["submission"]] {
				faultf(&wrong, "%s was decided, and the requester was not told", l["reference"])
			}
		}
	}
	return wrong
}

// mailsArrived: the Message-IDs that people received are those of the mails that were sent; an extra copy is there only
// where a cut made the outcome unknown, and one at the most.
func (o *outside) mailsArrived() (wrong []string) {
	copies := map[[2]string]int{}
	for who, list := range o.received {
		for _, m := range list {
			copies[[2]string{who, m.messageID}]++
		}
	}
	for _, m := range o.tables["outgoing"] {
		key := [2]string{m["recipient"], strings.Trim(m["message_id"], "<>")}
		n := copies[key]
		delete(copies, key)
		cuts, _ := strconv.Atoi(m["cuts"])
		least, most := 0, min(cuts, 1)
		switch m["state"] {
		case "accepted":
			least, most = 1, 1+min(cuts, 1)
		case "sending":
			faultf(&wrong, "mail %s is still being sent", m["id"])
		case "ready", "held", "deferred", "unknown":
			if !m.time("next_at").After(o.now) {
				faultf(&wrong, "mail %s is %s and due", m["id"], m["state"])
			}
		}
		if _, known := o.received[m["recipient"]]; !known && least == 0 {
			continue
		}
		if n < least || n > most {
			faultf(&wrong, "%s %s is %s after %s cuts, and %s received it %d times", m["kind"], m["cause"], m["state"], m["cuts"], m["recipient"], n)
		}
	}
	for key := range copies {
		faultf(&wrong, "%s received %s, which nobody sent", key[0], key[1])
	}
	return wrong
}

// totals: what is added up for the guardrails is the sum of the waiting and approved lines.
func (o *outside) totals() (wrong []string) {
	type bucket struct{ key, currency, day string }
	sums, counts := map[bucket]int64{}, map[bucket]int{}
	for _, l := range o.tables["line"] {
		amount, err := strconv.ParseInt(l["amount"], 10, 64)
		if err != nil || amount <= 0 || l["outcome"] != "approved" && l["outcome"] != "escalated" {
			continue
		}
		var keys []string
		if err := json.Unmarshal([]byte(l["keys"]), &keys); err != nil {
			faultf(&wrong, "%s: %v", l["reference"], err)
		}
		for _, entry := range keys {
			key, own, has := totals.SplitAmount(entry) // a total of another amount than the line's
			if !has {
				own = amount
			}
			b := bucket{key, l["currency"], l["day"]}
			sums[b] += own
			counts[b]++
		}
	}
	for _, row := range o.tables["tally"] {
		b := bucket{row["key"], row["currency"], row["day"]}
		if row["minor"] != strconv.FormatInt(sums[b], 10) || row["lines"] != strconv.Itoa(counts[b]) {
			faultf(&wrong, "the total of %s on %s is %s in %s lines, and its lines make %d in %d", b.key, b.day, row["minor"], row["lines"], sums[b], counts[b])
		}
		delete(sums, b)
	}
	for b := range sums {
		faultf(&wrong, "nothing is added up for %s on %s", b.key, b.day)
	}
	return wrong
}

// reports: each week's control totals tie, each week begins where the one before ended, and each edition is there once.
func (o *outside) reports() (wrong []string) {
	type sum struct {
		Lines  int
		Amount decimal.Decimal
	}
	last := map[string]recorded{}
	for _, r := range o.tables["report"] {
		var figures struct {
			Flow, Charges []struct{ Opening, Received, Closed, Closing sum }
		}
		if err := json.Unmarshal([]byte(r["figures"]), &figures); err != nil {
			faultf(&wrong, "report %s: %v", r["week"], err)
		}
		for _, f := range slices.Concat(figures.Flow, figures.Charges) {
			if f.Opening.Lines+f.Received.Lines-f.Closed.Lines != f.Closing.Lines || !f.Opening.Amount.Add(f.Received.Amount).Sub(f.Closed.Amount).Equal(f.Closing.Amount) {
				faultf(&wrong, "the totals of report %s do not tie: %+v", r["week"], f)
			}
		}
		before := last[r["recipient"]]
		switch {
		case r["edition"] != "1":
			continue
		case before != nil && before["to_at"] != r["from_at"]:
			faultf(&wrong, "report %s begins at %s, and the one before ended at %s", r["week"], r["from_at"], before["to_at"])
		}
		last[r["recipient"]] = r
	}
	sent := map[string]int{}
	for _, m := range o.tables["outgoing"] {
		if m["kind"] == "weekly" {
			sent[m["cause"]+" "+m["recipient"]+" "+m["edition"]]++
		}
	}
	for _, r := range o.tables["report"] {
		if n := sent[r["week"]+" "+r["recipient"]+" "+r["edition"]]; n != 1 {
			faultf(&wrong, "report %s, edition %s, has %d mails", r["week"], r["edition"], n)
		}
	}
	return wrong
}

// chain: recomputed from the exported rows as docs/records.md describes it.
func (o *outside) chain() (wrong []string) {
	prev := make([]byte, sha256.Size)
	for i, k := range o.tables["chain"] {
		if k["seq"] != strconv.Itoa(i+1) {
			faultf(&wrong, "link %s stands where %d belongs", k["seq"], i+1)
		}
		if k["prev"] != hex.EncodeToString(prev) {
			faultf(&wrong, "link %s does not follow the one before it", k["seq"])
		}
		seq, _ := strconv.ParseInt(k["seq"], 10, 64)
		text := []byte("handrail chain 1\n")
		before, _ := hex.DecodeString(k["prev"])
		text = append(text, before...)
		text = binary.BigEndian.AppendUint64(text, uint64(seq))
		text = binary.BigEndian.AppendUint64(text, uint64(k.time("at").UnixMicro()))
		for _, part := range []string{k["kind"], k["subject"], k["public"]} {
			text = binary.BigEndian.AppendUint64(text, uint64(len(part)))
			text = append(text, part...)
		}
		private := make([]byte, sha256.Size)
		if k["private_digest"] != "" {
			private, _ = hex.DecodeString(k["private_digest"])
		}
		sum := sha256.Sum256(append(text, private...))
		if k["hash"] != hex.EncodeToString(sum[:]) {
			faultf(&wrong, "link %s (%s %s) says something else than its hash", k["seq"], k["kind"], k["subject"])
		}
		prev = sum[:]
	}
	return wrong
}

// What the shipped policy allows one supplier and cost centre in 365 days, in cents, without an officer.
const (
	limitOfPolicy = 10000_00
	daysOfLimit   = 365
)

// limits: the lines that no officer saw stay below the limit together, whoever asked for them and however the supplier is
// written.
func (o *outside) limits() (wrong []string) {
	groups := map[string][]recorded{}
	for _, l := range o.tables["line"] {
		if l["outcome"] == "approved" && l["judged"] == "approved" {
			key := plainSupplier(l["supplier"]) + " in " + l["cost_centre"]
			groups[key] = append(groups[key], l)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		for _, last := range groups[key] {
			end, _ := time.Parse(time.DateOnly, last["day"])
			sum := int64(0)
			for _, l := range groups[key] {
				day, _ := time.Parse(time.DateOnly, l["day"])
				if amount, _ := strconv.ParseInt(l["amount"], 10, 64); !day.After(end) && day.After(end.AddDate(0, 0, -daysOfLimit)) {
					sum += amount
				}
			}
			if sum > limitOfPolicy {
				faultf(&wrong, "%s: %d cents were approved by the guardrails together", key, sum)
				break
			}
		}
	}
	return wrong
}

// plainSupplier tells suppliers of these tests apart as a person does: by their letters, without what the law adds.
func plainSupplier(s string) string {
	var words []string
	for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if !slices.Contains([]string{"inc", "ltd", "limited", "incorporated", "corp"}, w) {
			words = append(words, w)
		}
	}
	return strings.Join(words, " ")
}
