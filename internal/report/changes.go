package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"handrail/internal/reconcile"
	"handrail/internal/request"
)

// ChangesSince says in words what differs between the lines of an edition and those of the next: lines that came or
// went, and for the others what is not the same any more. It is empty when nothing differs. Lines are joined by their
// reference; the sentences come in its order.
func ChangesSince(before, after []reconcile.Line, l request.Lang) []string {
	old, fresh := byReference(before), byReference(after)
	refs := slices.Collect(maps.Keys(old))
	for ref := range fresh {
		if old[ref] == nil {
			refs = append(refs, ref)
		}
	}
	slices.Sort(refs)
	var said []string
	for _, ref := range refs {
		was, is := old[ref], fresh[ref]
		switch {
		case was == nil:
			said = append(said, ref+colon(l)+request.Text{EN: "added, ", FR: "ajoutée, "}.In(l)+short(is, l))
		case is == nil:
			said = append(said, ref+colon(l)+request.Text{EN: "no longer there, it was ", FR: "n’y est plus; elle était "}.In(l)+short(was, l))
		default:
			if parts := differences(was, is, l); len(parts) > 0 {
				said = append(said, ref+colon(l)+strings.Join(parts, "; "))
			}
		}
	}
	return said
}

func byReference(lines []reconcile.Line) map[string]*reconcile.Line {
	m := make(map[string]*reconcile.Line, len(lines))
	for i := range lines {
		m[lines[i].Reference] = &lines[i]
	}
	return m
}

func colon(l request.Lang) string {
	if l == request.French {
		return "\u00a0: "
	}
	return ": "
}

func short(l *reconcile.Line, lang request.Lang) string {
	return strings.ToLower(l.Outcome.Word().In(lang)) + ", " + total(l, lang)
}

func total(l *reconcile.Line, lang request.Lang) string {
	if l.Total.Currency == "" {
		return request.Text{EN: "no amount", FR: "sans montant"}.In(lang)
	}
	return l.Total.In(lang)
}

// differences lists what two versions of a line do not agree about.
func differences(l, now *reconcile.Line, lang request.Lang) []string {
	var parts []string
	for _, d := range []struct {
		name    request.Text
		was, is string
	}{
		{request.Text{EN: "outcome", FR: "issue"}, l.Outcome.Word().In(lang), now.Outcome.Word().In(lang)},
		{request.Text{EN: "total", FR: "total"}, total(l, lang), total(now, lang)},
		{request.Text{EN: "supplier", FR: "fournisseur"}, l.Supplier, now.Supplier},
		{request.Text{EN: "cost centre", FR: "centre de coûts"}, l.CostCentre, now.CostCentre},
		{request.Text{EN: "decided by", FR: "décidée par"}, l.DecidedBy, now.DecidedBy},
	} {
		if d.was != d.is {
			none := request.Text{EN: "nothing", FR: "rien"}.In(lang)
			parts = append(parts, d.name.In(lang)+" "+cmp.Or(d.is, none)+request.Text{EN: " instead of ", FR: " au lieu de "}.In(lang)+cmp.Or(d.was, none))
		}
	}
	return parts
}
