package ingest

import "testing"

func TestASubjectThatIsCheckAsksForATrial(t *testing.T) {
	for subject, want := range map[string]bool{
		"CHECK": true, "check": true, "Check.": true, "  CHECK !": true, "VÉRIFIER": true, "Vérifier": true, "verifier": true, "VE\u0301RIFIER": true,
		"RE: CHECK": true, "Re : Vérifier": true, "TR: CHECK": true, "FW: RE: check": true, "[EXTERNAL] CHECK": true, "[EXT] RE: vérifier": true,
		"CHECK / VÉRIFIER": true, "“CHECK”": true, "« Vérifier »": true, "Check:": true, "RE[2]: CHECK": true, "check\u00a0": true,
		"": false, "RE:": false, "/": false, "Check my form": false, "Please check": false, "CHECK 2": false, "Cheque": false, "Checks": false,
		"Vérifier l’achat": false, "Vérification": false, "À vérifier": false, "Check valves, 40 mm": false, "CHECK HR-2026-000123": false,
		"CHECK/APPROVE": false, "[CHECK]": false, "Recheck": false, "Request CHECK": false,
	} {
		if got := AsksForTrial(subject); got != want {
			t.Errorf("%q asks for a trial: %v, want %v", subject, got, want)
		}
	}
}
