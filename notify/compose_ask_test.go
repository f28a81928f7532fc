package notify

import (
	"net/url"
	"strings"
	"testing"

	"handrail/internal/request"
)

// The button beside "Did you mean" carries exactly what is proposed, under the code.
func TestWhatIsProposedIsOneButton(t *testing.T) {
	c := testComposer(t)
	for _, l := range []request.Lang{request.English, request.French} {
		a := sampleAskBack(l)
		a.DidYouMean = request.Text{EN: "APPROVE 1, 3\nDECLINE 2: too expensive", FR: "APPROUVER 1, 3\nREFUSER 2\u00a0: trop cher"}
		m, err := c.AskBack(a)
		if err != nil {
			t.Fatal(err)
		}
		want := "body=" + strings.ReplaceAll(url.QueryEscape(a.DidYouMean.In(l)), "+", "%20")
		if html := strings.ReplaceAll(string(m.html), "&amp;", "&"); !strings.Contains(html, want) || !strings.Contains(html, "%5B"+a.Code+"%5D&"+want) {
			t.Errorf("%s: no button with %s", l, want)
		}
	}
}
