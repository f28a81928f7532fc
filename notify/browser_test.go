package notify

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"handrail/internal/browsertest"
)

// browserPage loads every mail in a frame of each width, runs axe-core in the narrow one of those in both languages (the
// rules depend neither on width nor on language, and take their time), and leaves what it found in its own text.
const browserPage = `<!doctype html><meta charset="utf-8"><title>mails</title><body><script>
%s
const axeSource = %s, mails = %s, found = [];
async function look(mail, width) {
  const frame = document.createElement("iframe");
  frame.style.cssText = "border:0;height:4000px;width:" + width + "px";
  const loaded = new Promise(done => frame.onload = done);
  frame.srcdoc = mail.html;
  document.body.append(frame);
  await loaded;
  const doc = frame.contentDocument, seen = {mail: mail.name, width: width, dark: frame.contentWindow.matchMedia("(prefers-color-scheme: dark)").matches,
    wide: doc.documentElement.scrollWidth, background: frame.contentWindow.getComputedStyle(doc.body).backgroundColor, violations: [], passes: 0,
    ruled: width == 320 && !/\.(en|fr)\.html$/.test(mail.name)};
  if (seen.ruled) {
    const script = doc.createElement("script");
    script.textContent = axeSource;
    doc.head.append(script);
    const result = await frame.contentWindow.axe.run(doc, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], resultTypes: ["violations"]});
    seen.passes = result.passes.length;
    for (const v of result.violations) seen.violations.push(v.id + " at " + v.nodes.map(n => n.target.join(" ")).join(", "));
  }
  found.push(seen);
  frame.remove();
}
(async () => {
  let problem = "";
  try { for (const mail of mails) for (const width of [320, 800]) await look(mail, width); } catch (e) { problem = String(e); }
  leave({found, problem});
})();
</script>`

type browserFinding struct {
	Mail       string
	Width      int
	Dark       bool
	Wide       int
	Background string
	Ruled      bool // axe-core looked at it
	Violations []string
	Passes     int
}

// Every mail in a real browser, as wide as a phone and as a desk, light and dark: nothing is cut off at the side, and
// axe-core finds nothing against WCAG 2.1 AA.
func TestMailsInABrowser(t *testing.T) {
	chromium := browsertest.Browser(t)
	axe := os.Getenv("HANDRAIL_TEST_AXE")
	if axe == "" {
		t.Skip("HANDRAIL_TEST_AXE does not name axe-core's axe.min.js")
	}
	source, err := os.ReadFile(axe)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if _, err := testComposer(t).Preview(dir); err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.html"))
	if err != nil {
		t.Fatal(err)
	}
	var mails []browsertest.Mail
	for _, path := range paths {
		html, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		mails = append(mails, browsertest.Mail{Name: filepath.Base(path), HTML: string(html)})
	}
	page := filepath.Join(dir, "browser.html")
	if err := os.WriteFile(page, fmt.Appendf(nil, browserPage, browsertest.Leave, browsertest.Script(t, string(source)), browsertest.Script(t, mails)), 0o600); err != nil {
		t.Fatal(err)
	}
	ruled := 0
	for _, dark := range []bool{false, true} {
		for _, f := range inBrowser(t, chromium, page, dark, 2*len(mails)) {
			at := fmt.Sprintf("%s at %d px, dark %t", f.Mail, f.Width, dark)
			if f.Dark != dark {
				t.Fatalf("%s: the browser's colour scheme was not changed", at)
			}
			if f.Ruled {
				ruled++
			}
			if f.Wide > f.Width {
				t.Errorf("%s is %d px wide: it must be scrolled sideways", at, f.Wide)
			}
			if f.Ruled && f.Passes < 5 {
				t.Errorf("%s: axe-core looked at %d rules", at, f.Passes)
			}
			for _, v := range f.Violations {
				t.Errorf("%s: %s", at, v)
			}
		}
	}
	if want := 2 * (len(samples()) + 1); ruled != want {
		t.Errorf("axe-core looked at %d pages, want %d", ruled, want)
	}
}

// inBrowser lets Chromium look at the page.
func inBrowser(t *testing.T, chromium, page string, dark bool, want int) []browserFinding {
	t.Helper()
	var result struct {
		Found   []browserFinding
		Problem string
	}
	browsertest.Run(t, chromium, page, dark, &result)
	if result.Problem != "" || len(result.Found) != want {
		t.Fatalf("%d of %d were looked at: %s", len(result.Found), want, result.Problem)
	}
	return result.Found
}
