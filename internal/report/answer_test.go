package report

import (
	"os"
	"strings"
	"testing"
)

// What finance writes beside a charge, right ones and traps: testdata/answers.tsv.
func TestAnswersAreReadAsTheyAreMeant(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/answers.tsv")
	if err != nil {
		t.Fatal(err)
	}
	right, traps, taken, all := 0, 0, 0, 0
	for i, line := range strings.Split(strings.TrimRight(string(data), "\n"), "\n") {
		f := strings.Split(line, "\t")
		if strings.HasPrefix(line, "# ") {
			continue
		}
		if len(f) != 6 {
			t.Fatalf("line %d has %d columns", i+1, len(f))
		}
		all++
		for n := range f {
			f[n] = strings.ReplaceAll(f[n], `\n`, "\n")
		}
		a := ReadAnswer(f[0], f[1])
		decides := func(k AnswerKind) bool {
			return k == BelongsTo || k == SetAside || k == NoPurchase || k == NoLine || k == OnlyMark
		}
		if !decides(AnswerKind(f[2])) {
			traps++
			if decides(a.Kind) {
				taken++
			}
		}
		if got := strings.Join([]string{string(a.Kind), strings.Join(a.References, " "), string(a.Mark), a.Reason}, "\t"); got != strings.Join(f[2:], "\t") {
			t.Errorf("line %d: %q with the reason %q is read as\n%q, want\n%q", i+1, f[0], f[1], got, strings.Join(f[2:], "\t"))
			continue
		}
		right++
	}
	t.Logf("%d of %d answers are read as they are meant; %d of %d traps were taken", right, all, taken, traps)
	if all < 150 || traps*5 < all*2 {
		t.Errorf("only %d answers, %d of them traps", all, traps)
	}
}
