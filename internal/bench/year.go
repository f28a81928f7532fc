package bench

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
	"handrail/rules"
)

// YearOptions say which year is made.
type YearOptions struct {
	Lines    int    // honest ones, about
	Divided  int    // needs that are divided among them
	Seed     uint64 // the same seed makes the same year
	Days     int    // only so many days of it are played, with the needs that end in them; 0: all
	Progress func(done, of int)
}

// yearDomain is the invented department's own.
const yearDomain = "year.example"

// team is who buys together.
type team struct {
	branch, centre, manager, cardholder string
	people                              []person
	places                              []said // what it buys for
	french                              bool
	usual                               map[string]string // the supplier that it goes to, by trade
}

type person struct{ name, address string }

// yearMaker invents a year.
type yearMaker struct {
	*rand.Rand
	teams     []team
	suppliers map[string][]string // by trade, the frequent ones first
	used      map[string]bool
	recent    map[string]request.Date // when a cost centre last bought from a supplier
}

// newYear invents the mails of a year, dates ascending, and the lines of each divided need by its number.
func newYear(o YearOptions) (mails []rules.StoryMail, divided map[string]int) {
	y := &yearMaker{Rand: rand.New(rand.NewPCG(o.Seed, 23)), suppliers: map[string][]string{}, used: map[string]bool{}, recent: map[string]request.Date{}} //nolint:gosec // it invents purchases
	y.makeSuppliers()
	y.makeTeams(44)
	divided = map[string]int{}
	days := y.workingDays()
	for n := 0; n < o.Lines; {
		m := y.mail(days[y.IntN(len(days))])
		n += len(m.Lines)
		mails = append(mails, m)
	}
	for n := range o.Divided {
		mails = append(mails, y.divide(n+1, days[y.IntN(len(days)-45)])...)
	}
	slices.SortStableFunc(mails, func(a, b rules.StoryMail) int { return a.Date.Compare(b.Date) })
	for i := range mails {
		for j := range mails[i].Lines {
			l := &mails[i].Lines[j]
			if need, ok := strings.CutPrefix(l.ID, "need "); ok {
				var number int
				_, _ = fmt.Sscan(need, &number)
				l.ID = fmt.Sprintf("%d-%d", i+1, j+1)
				divided[l.ID] = number
			} else {
				l.ID = fmt.Sprintf("%d-%d", i+1, j+1)
			}
		}
	}
	y.explain(mails, divided)
	if o.Days > 0 {
		mails = firstDays(mails, divided, mails[0].Date.AddDays(o.Days))
	}
	return mails, divided
}

// firstDays are the mails before a day without those of divided needs that go on later; their lines leave divided.
func firstDays(mails []rules.StoryMail, divided map[string]int, end request.Date) []rules.StoryMail {
	later := map[int]bool{}
	for i := range mails {
		if number, ok := divided[mails[i].Lines[0].ID]; ok && !mails[i].Date.Before(end) {
			later[number] = true
		}
	}
	mails = slices.DeleteFunc(mails, func(m rules.StoryMail) bool { return !m.Date.Before(end) || later[divided[m.Lines[0].ID]] })
	maps.DeleteFunc(divided, func(_ string, number int) bool { return later[number] })
	return mails
}

// workingDays are the days of a fiscal year, each as often as its month has purchases.
func (y *yearMaker) workingDays() (days []request.Date) {
	for d := (request.Date{Year: 2026, Month: 4, Day: 1}); d.Before(request.Date{Year: 2027, Month: 4, Day: 1}); d = d.AddDays(1) {
		if w := d.Weekday(); w == 0 || w == 6 {
			continue
		}
		for range seasons[d.Month-1] {
			days = append(days, d)
		}
	}
	return days
}

func pick[T any](y *yearMaker, list []T) T { return list[y.IntN(len(list))] }

// makeSuppliers names about six hundred, of which a few are large in each trade.
func (y *yearMaker) makeSuppliers() {
	for _, w := range wares {
		if y.suppliers[w.trade] != nil {
			continue
		}
		for len(y.suppliers[w.trade]) < 30 {
			y.suppliers[w.trade] = append(y.suppliers[w.trade], y.supplier(w.trade))
		}
	}
}

// supplier is a name that was not used before.
func (y *yearMaker) supplier(trade string) string {
	for {
		var name string
		switch n := y.IntN(10); {
		case n == 0: // a person
			name = pick(y, givenNames) + " " + pick(y, familyNames)
		case n == 1: // a person's firm
			name = pick(y, familyNames) + " " + pick(y, trades[trade])
		default:
			name = strings.Join(strings.Fields(strings.Join([]string{pick(y, firstWords), pick(y, secondWords), pick(y, trades[trade]), pick(y, suffixes)}, " ")), " ")
		}
		if n := y.IntN(12); n == 0 {
			name = strings.ToUpper(name)
		}
		if key := strings.Join(strings.Fields(name)[:min(2, len(strings.Fields(name)))], " "); !y.used[key] {
			y.used[key] = true
			return name
		}
	}
}

func (y *yearMaker) makeTeams(n int) {
	branches := []said{{"Lakes and Rivers Branch", "Direction générale des lacs et rivières"}, {"Corporate Services Branch", "Direction générale des services ministériels"},
		{"Public Engagement Branch", "Direction générale de la mobilisation du public"}, {"Inspections Branch", "Direction générale des inspections"}, {"Science Branch", "Direction générale des sciences"}}
	for i := range n {
		t := team{french: i%4 == 0, centre: fmt.Sprintf("%d0%d", 210+i/9*100, 100+i%9*10), usual: map[string]string{}}
		t.branch = branches[i%len(branches)].in(t.french)
		for k := range 4 {
			name := pick(y, givenNames) + " " + pick(y, familyNames)
			t.people = append(t.people, person{name, fmt.Sprintf("staff%d.%d@%s", i, k, yearDomain)})
		}
		t.places = []said{pick(y, places), pick(y, places), pick(y, places)}
		t.manager, t.cardholder = fmt.Sprintf("manager%d@%s", i, yearDomain), fmt.Sprintf("card%d@%s", i, yearDomain)
		for _, w := range wares {
			if t.usual[w.trade] == "" { // the first ones are everybody's
				list := y.suppliers[w.trade]
				t.usual[w.trade] = list[min(y.IntN(len(list)), y.IntN(6))]
			}
		}
		y.teams = append(y.teams, t)
	}
}

// from is whom a team buys a ware from: mostly its usual supplier, at times one of the long tail.
func (y *yearMaker) from(t *team, w *ware) string {
	switch n := y.IntN(10); {
	case w.again && n < 9, n < 4:
		return t.usual[w.trade]
	case n < 8:
		return pick(y, y.suppliers[w.trade])
	}
	return y.supplier(w.trade)
}

// mail is an honest request of one to three lines.
func (y *yearMaker) mail(d request.Date) rules.StoryMail {
	t := &y.teams[y.IntN(len(y.teams))]
	m := y.begin(t, d)
	for range []int{1, 1, 1, 1, 2, 2, 3}[y.IntN(7)] {
		w := pick(y, wares)
		if !w.again && y.IntN(3) == 0 { // small and regular things are most of what is bought
			w = pick(y, wares)
		}
		m.Lines = append(m.Lines, y.line(t, d, &w, y.from(t, &w), y.price(&w)))
	}
	return m
}

func (y *yearMaker) begin(t *team, d request.Date) rules.StoryMail {
	who := pick(y, t.people)
	m := rules.StoryMail{Date: d, From: who.address, Name: who.name, Branch: t.branch, Lang: request.English}
	if t.french {
		m.Lang = request.French
	}
	return m
}

// price is before tax, in cents: small ones are frequent.
func (y *yearMaker) price(w *ware) int64 {
	part := y.Float64() * y.Float64()
	return int64((float64(w.least) + part*float64(w.most-w.least)) * 100)
}

// words are what a line says of what is bought: as a title the thing alone, the thing with where it goes, or with its kind.
func (y *yearMaker) words(t *team, w *ware) (place said, title, other, text string) {
	thing, note := pick(y, w.things), pick(y, notes)
	place = pick(y, t.places)
	kind := y.IntN(3)
	named := func(french bool) string {
		switch kind {
		case 0:
			return capital(thing.in(french))
		case 1:
			return capital(thing.in(french)) + ", " + place.in(french)
		}
		return fmt.Sprintf(w.title.in(french), thing.in(french))
	}
	text = capital(fmt.Sprintf(w.text.in(t.french), thing.in(t.french), place.in(t.french)))
	if y.IntN(3) == 0 { // where it goes is often not said
		text = capital(thing.in(t.french)) + "."
	}
	return place, named(t.french), named(!t.french), strings.TrimSpace(text + " " + note.in(t.french))
}

// capital begins a text with a capital.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// line is what is typed into a row, with every declaration in order.
func (y *yearMaker) line(t *team, d request.Date, w *ware, supplier string, cents int64) rules.StoryLine {
	place, title, other, text := y.words(t, w)
	net := decimal.New(cents, -2)
	tax := net.Mul(decimal.New(13, -2)).Round(2)
	if t.french {
		tax = net.Mul(decimal.New(14975, -5)).Round(2)
	}
	total := net.Add(tax)
	before := func(days int) string {
		on := d.AddDays(-days)
		for on.Weekday() == 0 || on.Weekday() == 6 {
			on = on.AddDays(-1)
		}
		if begins := (request.Date{Year: 2026, Month: 4, Day: 1}); on.Before(begins) {
			on = begins // a new year's money is authorized in the new year
		}
		return on.String()
	}
	slug := strings.ReplaceAll(strings.ToLower(place.en), " ", "-")
	return rules.StoryLine{Values: map[request.Field]string{
		request.Title: title, request.TitleOther: other, request.Description: text, request.Commodity: w.commodity, request.Supplier: supplier,
		request.Quantity: "1", request.UnitPrice: net.StringFixed(2), request.Net: net.StringFixed(2), request.Tax: tax.StringFixed(2), request.Total: total.StringFixed(2),
		request.Currency: "CAD", request.CostCentre: t.centre, request.NeededBy: d.AddDays(30).String(), request.Security: "unclassified", request.Remote: "yes",
		request.Repository: "https://github.com/year-example/" + slug, request.Licence: "MIT", request.Standalone: "yes", request.InternalCapacity: "none",
		request.TermsAccepted: before(1), request.Rationale: pick(y, rationales).in(t.french), request.AuthorizedBy: t.manager, request.AuthorizedOn: before(3 + y.IntN(4)),
		request.AuthorizedAmount: total.Add(decimal.New(int64(50+y.IntN(200)), 0)).Round(-1).StringFixed(2), request.Payment: "acquisition card",
		request.Cardholder: t.cardholder, request.PublicServant: "no",
	}}
}

// explain writes the justification that an honest person writes who buys again from a supplier within a month; one in eight
// forgets it. Those who divide write one too.
func (y *yearMaker) explain(mails []rules.StoryMail, divided map[string]int) {
	for i := range mails {
		m := &mails[i]
		for j := range m.Lines {
			v := m.Lines[j].Values
			key := v[request.CostCentre] + " " + v[request.Supplier]
			last, again := y.recent[key]
			forgets := y.IntN(8) == 0
			_, divides := divided[m.Lines[j].ID]
			if again && m.Date.Before(last.AddDays(32)) && (!forgets || divides) {
				v[request.Justification] = pick(y, honestReasons).in(m.Lang == request.French)
			}
			y.recent[key] = m.Date
		}
	}
}

// divide is a need of 16,000 to 25,000 in three or four mails over some weeks, in one of the ways that people find.
func (y *yearMaker) divide(number int, first request.Date) (mails []rules.StoryMail) {
	home := y.IntN(len(y.teams))
	t := y.teams[home]
	w := wares[14+y.IntN(3)]
	name := y.supplier(w.trade)
	base := y.line(&t, first, &w, name, 0)
	for part := range 3 + y.IntN(2) {
		d := first.AddDays(part * (5 + y.IntN(6)))
		for d.Weekday() == 0 || d.Weekday() == 6 {
			d = d.AddDays(1)
		}
		m := y.begin(&t, d)
		l := y.line(&t, d, &w, name, int64(560_000+y.IntN(200_000)))
		for _, f := range []request.Field{request.Title, request.TitleOther, request.Description, request.Repository} {
			l.Values[f] = base.Values[f]
		}
		switch way := number % 5; {
		case part == 0 || way == 4: // by other people of the team only
		case way == 0:
			l.Values[request.Supplier] = mistyped(name, part)
		case way == 1:
			l.Values[request.Supplier] = name + []string{"", " (Ottawa)", " Canada", " - Phase 2"}[part]
		case way == 2: // another cost centre of the branch
			l.Values[request.CostCentre] = y.teams[(home+5*part)%len(y.teams)].centre
		default: // another supplier for the same
			l.Values[request.Supplier] = y.supplier(w.trade)
		}
		l.ID = fmt.Sprintf("need %d", number)
		m.Lines = []rules.StoryLine{l}
		mails = append(mails, m)
	}
	return mails
}

// mistyped drops a letter inside the longest word of a name.
func mistyped(name string, part int) string {
	words := strings.Fields(name)
	at := 0
	for i, w := range words {
		if len([]rune(w)) > len([]rune(words[at])) {
			at = i
		}
	}
	letters := []rune(words[at])
	drop := 1 + part%(len(letters)-2)
	words[at] = string(letters[:drop]) + string(letters[drop+1:])
	return strings.Join(words, " ")
}
