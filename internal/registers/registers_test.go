package registers

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"handrail/internal/request"
)

func day(s string) request.Date {
	d, err := request.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func read(t *testing.T, k Kind, text string) *Register {
	t.Helper()
	r, err := Read(t.Context(), k, []byte(text), string(k)+".csv")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const centres = `cost_centre,unit,branch,branch_fr,manager,from,until
530110,Data Lab,Data and Analytics Branch,Direction générale des données et de l'analyse,gwen.morrow@dept.example,2024-04-01,
530120,Maps,Data and Analytics Branch,Direction générale des données et de l'analyse,anne.pelletier@dept.example; gwen.morrow@dept.example,2024-04-01,2026-03-31
530120,Maps,Lakes and Rivers Branch,Direction générale des lacs et rivières,orson.maclure@dept.example,2026-04-01,
0750110,Web,Public Engagement Branch,Direction générale de la mobilisation du public,corentin.mbaye@dept.example,,
`

const people = `Email / Courriel;Name;Branch;Cost centre;May ask for;Until
rosa.lind@dept.example;Rosa Lind;Direction générale des données et de l'analyse;530110;;
omar.tern@dept.example;Omar Tern;Public Engagement Branch;0750110;750110; 
gwen.morrow@dept.example, g.morrow@dept.example;Gwen Morrow;Data and Analytics Branch;;Data and Analytics Branch|0750110;
orson.maclure@dept.example;Orson Maclure;;530110;;
left.long@dept.example;Left Long;Data and Analytics Branch;;;2025-12-31
corentin.mbaye@dept.example;Corentin Mbaye;Public Engagement Branch;;tous;
`

func set(t *testing.T) *Set {
	t.Helper()
	return NewSet(read(t, CostCentresKind, centres), read(t, PeopleKind, people), nil)
}

func said(checks []request.RegisterCheck) string {
	var list []string
	for _, c := range checks {
		s := string(c.Kind) + " " + c.Form + " > " + c.Register
		if !c.Day.IsZero() {
			s += c.Day.String()
		}
		list = append(list, s)
	}
	return strings.Join(list, "\n")
}

// What the registers say of who asks and of a line: what is not in a register, or is there otherwise, and nothing else.
func TestLinesAreHeldAgainstTheRegisters(t *testing.T) {
	t.Parallel()
	s := set(t)
	for _, c := range []struct {
		name, sender, on, unit, centre, manager string
		branch, want                            string
	}{
		{"all is right, the branch in French", "Rosa.Lind+forms@dept.example", "2026-05-04", "Direction générale des données et de l’analyse", "530110", "gwen.morrow@dept.example", "Data and Analytics Branch", ""},
		{"the unit is no other branch", "rosa.lind@dept.example", "2026-05-04", "Data lab", "530 110", "g.morrow@dept.example", "Data and Analytics Branch", ""},
		{"another branch is typed", "rosa.lind@dept.example", "2026-05-04", "Public Engagement Branch", "530110", "", "Data and Analytics Branch", "branch-read Public Engagement Branch > Data and Analytics Branch"},
		{"an abbreviated branch", "rosa.lind@dept.example", "2026-05-04", "DAB", "530110", "", "Data and Analytics Branch", "branch-read DAB > Data and Analytics Branch"},
		{"no branch is typed", "rosa.lind@dept.example", "2026-05-04", "", "530110", "", "Data and Analytics Branch", ""},
		{"letters for digits", "rosa.lind@dept.example", "2026-05-04", "", "53O11O", "", "Data and Analytics Branch", "cost-centre-unknown 53O11O > 530110"},
		{"something around it", "rosa.lind@dept.example", "2026-05-04", "", "CC 530110 B", "", "Data and Analytics Branch", "cost-centre-unknown CC 530110 B > 530110"},
		{"zeros put before and behind", "rosa.lind@dept.example", "2026-05-04", "", "0530110-00", "", "Data and Analytics Branch", "cost-centre-unknown 0530110-00 > 530110"},
		{"like nothing that there is", "rosa.lind@dept.example", "2026-05-04", "", "various", "", "Data and Analytics Branch", "cost-centre-unknown various > "},
		{"zeros before a number do not count", "rosa.lind@dept.example", "2026-05-04", "", "750110", "corentin.mbaye@dept.example", "Data and Analytics Branch", ""},
		{"the last day counts", "rosa.lind@dept.example", "2026-03-31", "", "530120", "anne.pelletier@dept.example", "Data and Analytics Branch", "manager-unknown anne.pelletier@dept.example > anne.pelletier@dept.example, gwen.morrow@dept.example"},
		{"one code in two times", "rosa.lind@dept.example", "2026-04-01", "", "530120", "gwen.morrow@dept.example", "Data and Analytics Branch", "manager-other gwen.morrow@dept.example > orson.maclure@dept.example"},
		{"before it begins", "rosa.lind@dept.example", "2024-03-31", "", "530110", "", "Data and Analytics Branch", "cost-centre-early 530110 > 2024-04-01"},
		{"a restricted person", "omar.tern@dept.example", "2026-05-04", "", "530110", "", "Public Engagement Branch", "cost-centre-not-theirs 530110 > 750110"},
		{"theirs", "omar.tern@dept.example", "2026-05-04", "", "0750110", "", "Public Engagement Branch", ""},
		{"by branch", "gwen.morrow@dept.example", "2026-05-04", "", "530110", "", "Data and Analytics Branch", ""},
		{"not by branch", "gwen.morrow@dept.example", "2026-05-04", "", "530120", "", "Data and Analytics Branch", "cost-centre-not-theirs 530120 > Data and Analytics Branch; 0750110"},
		{"the branch of the own cost centre", "orson.maclure@dept.example", "2026-05-04", "", "530120", "orson.maclure@dept.example", "Data and Analytics Branch", ""},
		{"nobody", "who@dept.example", "2026-05-04", "Data Lab", "530110", "", "Data and Analytics Branch", "sender-unknown who@dept.example > "},
		{"nobody, of no branch", "who@dept.example", "2026-05-04", "Lakes and River Branch", "530110", "", "Lakes and River Branch", "sender-unknown who@dept.example > \nbranch-unknown Lakes and River Branch > Lakes and Rivers Branch"},
		{"somebody who left", "left.long@dept.example", "2026-01-01", "", "530110", "", "", "sender-unknown left.long@dept.example > "},
		{"a manager from elsewhere", "rosa.lind@dept.example", "2026-05-04", "", "530110", "director@other.example", "Data and Analytics Branch", "manager-unknown director@other.example > gwen.morrow@dept.example"},
		{"no cost centre", "rosa.lind@dept.example", "2026-05-04", "", "", "gwen.morow@dept.example", "Data and Analytics Branch", "manager-unknown gwen.morow@dept.example > gwen.morrow@dept.example"},
		{"in another script", "rosa.lind@dept.example", "2026-05-04", "", "水文", "", "Data and Analytics Branch", "cost-centre-unknown 水文 > "},
		{"thirty thousand letters", "rosa.lind@dept.example", "2026-05-04", "", strings.Repeat("5301é", 8000), "", "Data and Analytics Branch", "cost-centre-unknown " + strings.Repeat("5301é", 8000) + " > "},
	} {
		origin := request.Origin{Sender: c.sender, Unit: c.unit, Received: day(c.on)}
		var line request.Line
		for f, text := range map[request.Field]string{request.CostCentre: c.centre, request.AuthorizedBy: c.manager} {
			line.Values[f] = request.Value{Text: text, Given: text != ""}
		}
		got := s.Asker(&origin).Line(&line)
		if origin.Unit != c.branch {
			t.Errorf("%s: the branch is %q, want %q", c.name, origin.Unit, c.branch)
		}
		if want := c.unit; c.unit != c.branch && origin.FormUnit != want {
			t.Errorf("%s: the form's branch is kept as %q, want %q", c.name, origin.FormUnit, want)
		}
		if s := said(got.Checks); s != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, s, c.want)
		}
		if len(got.InForce) != 2 || !strings.HasPrefix(got.InForce["people"], "sha256:") {
			t.Errorf("%s: in force is %v", c.name, got.InForce)
		}
	}
	var none *Set
	origin := request.Origin{Sender: "a@dept.example", Unit: "X"}
	if got := none.Asker(&origin).Line(&request.Line{}); got != nil || origin.Unit != "X" || none.Suppliers().Len() != 0 {
		t.Errorf("without registers: %+v, %+v", got, origin)
	}
}

// One register in whatever a spreadsheet program makes of it.
func TestRegistersAreReadInEveryForm(t *testing.T) {
	t.Parallel()
	const text = "Centre de coûts,Direction générale,Unité,Gestionnaire délégataire,Du,Au,Téléphone\n" +
		"00471,\"Lacs, rivières\",Équipe Été,gwen.morrow@dept.example,2026-04-01,,555\n\n" +
		"00472,\"Lacs, rivières\",Équipe Hiver,\"Morrow, Gwen <gwen.morrow@dept.example>\",1er avril 2026,31 mars 2027,556\n"
	text2 := strings.Replace(text, `"Morrow, Gwen <gwen.morrow@dept.example>"`, "gwen.morrow@dept.example", 1)
	want := read(t, CostCentresKind, text2)
	encode := func(b []byte, err error) []byte {
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	retab := func(sep string) string {
		s := strings.NewReplacer(`"Lacs, rivières"`, "Lacs\x00 rivières").Replace(text2)
		return strings.ReplaceAll(strings.ReplaceAll(s, ",", sep), "\x00", ",")
	}
	for name, data := range map[string][]byte{
		"semicolons":        []byte(retab(";")),
		"tabs":              []byte(retab("\t")),
		"bars":              []byte(retab("|")),
		"a mark":            append([]byte("\xef\xbb\xbf"), text2...),
		"Windows-1252":      encode(charmap.Windows1252.NewEncoder().Bytes([]byte(text2))),
		"UTF-16":            encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(retab("\t")))),
		"UTF-16, big end":   encode(unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(text2))),
		"Macintosh":         []byte(strings.ReplaceAll(text2, "\n", "\r")),
		"Windows, with sep": []byte("sep=;\r\n" + strings.ReplaceAll(retab(";"), "\n", "\r\n")),
		"a title above it":  []byte("Registre du ministère\n\n" + text2),
		"both languages":    []byte(strings.Replace(text2, "Centre de coûts", "Cost centre / Centre de coûts", 1)),
		"a workbook":        workbookOf(t),
	} {
		r, err := Read(t.Context(), CostCentresKind, data, "centres")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if r.Hash != want.Hash || r.Entries != 2 {
			t.Errorf("%s: %s\nwant %s", name, r.Body, want.Body)
		}
	}
	if again, err := Restore(CostCentresKind, want.Body); err != nil || again.Hash != want.Hash || again.centres.Len() != 2 {
		t.Errorf("restored: %v", err)
	}
	if len(want.Ignored) != 1 || want.Ignored[0] != "Téléphone" {
		t.Errorf("ignored are %q", want.Ignored)
	}
}

// workbookOf is the register as a workbook, with days as days and one of them as a plain number.
func workbookOf(t *testing.T) []byte {
	t.Helper()
	x := excelize.NewFile()
	defer x.Close()
	rows := [][]any{{"Centre de coûts", "Direction générale", "Unité", "Gestionnaire délégataire", "Du", "Au"},
		{"00471", "Lacs, rivières", "Équipe Été", "gwen.morrow@dept.example", time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)},
		{"00472", "Lacs, rivières", "Équipe Hiver", "gwen.morrow@dept.example", 46113, "2027-03-31"}}
	for i, row := range rows {
		if err := x.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := x.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A mistake refuses the whole register, and says where it is.
func TestMistakesOfARegisterAreNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind Kind
		text string
		want []string // each line of the error
	}{
		{CostCentresKind, "", []string{"is empty|no header"}},
		{CostCentresKind, "cost centre,branch\n", []string{"names no cost centre"}},
		{CostCentresKind, "cost centre,branch\n,\n,,\n", []string{"names no cost centre"}},
		{CostCentresKind, "name,branch\nA,B\n", []string{"needs the column cost centre"}},
		{CostCentresKind, "cost centre,manger\n1,a@b.example\n", []string{`row 1: "manger" is no column of this register: is "manager" meant?`}},
		{CostCentresKind, "cost centre,CC\n1,2\n", []string{`"CC" says the same as "cost centre"`}},
		{CostCentresKind, "cost centre,from,until,manager\n0471,,,\n\n471,2026-01-01,,\n5,2026-02-30,,\n6,2026-05-01,2026-04-30,\n7,,,Gwen Morrow\n,2026-01-01,,\n8,,,,x\n",
			[]string{`row 4: the cost centre "471" stands in row 2 already`, `row 5: "2026-02-30" is not a day`, "row 6: it ends on 2026-04-30, before", `row 7: the manager "Gwen Morrow" is not an e-mail`,
				"row 8: there is no cost centre", `row 9: "x" stands in a column without a header`}},
		{CostCentresKind, "cost centre,branch\n1,\"not closed\n2,B\n", []string{"row 2: A quoted cell is not closed"}},
		{CostCentresKind, "cost centre\n\x00\x01\x02", []string{"encoding"}},
		{CostCentresKind, "PK\x03\x04 no workbook", []string{"centres.csv: "}},
		{PeopleKind, "email,may ask fro\na@b.example,1\n", []string{`"may ask fro" is no column of this register: is "may ask for" meant?`}},
		{PeopleKind, "email,name\nA@b.example,A\na+x@b.example,B\nnobody,C\n,D\n", []string{"row 3: a+x@b.example stands in row 2 already", `row 4: the address "nobody"`, "row 5: there is no address"}},
		{SuppliersKind, "name,aliases,business number\nNorthern Software Inc.,NSI; Nordic,123456782\nNORTHERN SOFTWARE,,\nOther,,123 456 782 RT0001\n---,,\nN.S.I.,,987654321\n",
			[]string{`row 3: the name "NORTHERN SOFTWARE" stands in row 2 already`, "row 4: the business number 123 456 782 RT0001 stands in row 2 already", `row 5: "---" names no supplier`}},
	} {
		_, err := Read(t.Context(), c.kind, []byte(c.text), "centres.csv")
		if err == nil {
			t.Errorf("%q is taken", c.text)
			continue
		}
		lines := strings.Split(err.Error(), "\n")
		if len(lines) != len(c.want) {
			t.Errorf("%q:\n%v\nwant %q", c.text, err, c.want)
			continue
		}
		for i, want := range c.want {
			found := false
			for one := range strings.SplitSeq(want, "|") {
				found = found || strings.Contains(lines[i], one)
			}
			if !found || !strings.HasPrefix(lines[i], "centres.csv: ") {
				t.Errorf("%q says %q, want %q", c.text, lines[i], want)
			}
		}
	}
	wrong := "email\n" + strings.Repeat("nobody\n", 1000)
	if _, err := Read(t.Context(), PeopleKind, []byte(wrong), "p.csv"); err == nil || strings.Count(err.Error(), "\n") != mostMistakes || !strings.Contains(err.Error(), "800 more") {
		t.Errorf("a thousand mistakes: %.200v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Read(ended, PeopleKind, []byte(people), "p.csv"); err == nil || !strings.Contains(err.Error(), "cancel") {
		t.Errorf("after the end: %v", err)
	}
}

func TestSuppliersAreKnownByNameNumberAndOwner(t *testing.T) {
	t.Parallel()
	s := NewSet(read(t, SuppliersKind, `Fournisseur;Autres noms;Numéro d'entreprise;Propriétaire
Okonedo Interactive Inc.;OI Studio;798921086;Ebele Okonedo
Blue Lantern Holdings Ltd.;;799694856;Ebele Okonedo
Lantern Labs;;;Blue Lantern Holdings
Jordan Reyes;;793000001;
Jordan Reyes;;793000002;
Northern Software Inc.;Logiciels du Nord;n/a;
水文软件;;;Ebele Okonedo
Both;;;Ebele Okonedo; 
`)).Suppliers()
	for _, c := range []struct{ name, number, want, owner string }{
		{"OKONEDO INTERACTIVE", "", "Okonedo Interactive Inc.", "Okonedo Interactive Inc.|Blue Lantern Holdings Ltd.|Lantern Labs|水文软件|Both"},
		{"OI Studio", "", "Okonedo Interactive Inc.", "Okonedo Interactive Inc.|Blue Lantern Holdings Ltd.|Lantern Labs|水文软件|Both"},
		{"Anything", "79892 1086 RT0001", "Okonedo Interactive Inc.", "Okonedo Interactive Inc.|Blue Lantern Holdings Ltd.|Lantern Labs|水文软件|Both"},
		{"Okonedo Interactive", "795555555", "", ""},
		{"Jordan Reyes", "793000002", "Jordan Reyes", "Jordan Reyes"},
		{"Jordan Reyes", "", "", ""},
		{"Northern Software", "", "Northern Software Inc.", "Northern Software Inc."},
		{"logiciels du nord", "123456782", "Northern Software Inc.", "Northern Software Inc."},
		{"水文软件", "", "水文软件", "Okonedo Interactive Inc.|Blue Lantern Holdings Ltd.|Lantern Labs|水文软件|Both"},
		{"", "", "", ""},
		{"Somebody", "", "", ""},
	} {
		got, ok := s.Find(c.name, c.number)
		if got.Name != c.want || ok != (c.want != "") {
			t.Errorf("%q %q is %q, want %q", c.name, c.number, got.Name, c.want)
		}
		var owned []string
		for _, o := range s.OneOwner(c.name, c.number) {
			owned = append(owned, o.Name)
		}
		if got := strings.Join(owned, "|"); got != c.owner {
			t.Errorf("%q %q: one owner has %q, want %q", c.name, c.number, got, c.owner)
		}
	}
	for name, want := range map[string]string{"Nothern Software": "Northern Software Inc.", "Logiciel du Nord": "Northern Software Inc.", "Northern Software (Ottawa)": "Northern Software Inc.", "Northern Hardware": "", "Papeterie Boréa": ""} {
		if got := s.near(name, ""); got != want {
			t.Errorf("%q is near %q, want %q", name, got, want)
		}
	}
	if got := s.near("Okonedo Interactiv", "795555555"); got != "" {
		t.Errorf("another number is near %q", got)
	}
}

// A register of a hundred thousand rows is read in seconds, and what it does not have costs milliseconds.
func TestALargeRegisterIsQuick(t *testing.T) {
	t.Parallel()
	const rows = 100_000
	var centres, people, suppliers strings.Builder
	centres.WriteString("cost centre,branch,manager\n")
	people.WriteString("email,name,branch\n")
	suppliers.WriteString("name,business number,owner\n")
	for i := range rows {
		fmt.Fprintf(&centres, "%06d,Branch %d,manager%d@dept.example\n", 100000+i*7, i%40, i%900)
		fmt.Fprintf(&people, "person.%d@dept.example,Person %d,Branch %d\n", i, i, i%40)
		fmt.Fprintf(&suppliers, "Supplier %d Ltd.,%09d,Owner %d\n", i, 700000000+i, i/3)
	}
	begin := time.Now()
	s := NewSet(read(t, CostCentresKind, centres.String()), read(t, PeopleKind, people.String()), read(t, SuppliersKind, suppliers.String()))
	reading := time.Since(begin)
	if s.centres.Len() != rows || s.people.Len() != rows || s.suppliers.Len() != rows {
		t.Fatalf("%d, %d and %d rows were read", s.centres.Len(), s.people.Len(), s.suppliers.Len())
	}
	line := &request.Line{}
	judge := func(i int) *request.Registers {
		origin := request.Origin{Sender: fmt.Sprintf("person.%d@dept.example", i), Received: day("2026-05-04")}
		for f, text := range map[request.Field]string{request.CostCentre: fmt.Sprintf("X%05d", i), request.AuthorizedBy: fmt.Sprintf("manger%d@dept.example", i), request.Supplier: fmt.Sprintf("Suplier %d", i)} {
			line.Values[f] = request.Value{Text: text, Given: true}
		}
		return s.Asker(&origin).Line(line)
	}
	if got := judge(0); len(got.Checks) != 2 {
		t.Fatalf("the checks are %+v", got.Checks)
	}
	begin = time.Now()
	const lines = 200
	for i := range lines {
		judge(i)
	}
	each := time.Since(begin) / lines
	t.Logf("three registers of %d rows read in %s; a line that none of them has takes %s", rows, reading, each)
	if reading > time.Minute || each > 200*time.Millisecond { // on a machine that does much else
		t.Errorf("too slow: %s, %s a line", reading, each)
	}
}
