// Package browsertest lets tests look at mails in a real browser. It is imported by tests only, and knows nothing of what a
// mail says.
package browsertest

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// Browser is the path of Chromium. The test is skipped where HANDRAIL_TEST_CHROMIUM is not set or Chromium is not installed.
func Browser(t *testing.T) string {
	t.Helper()
	if os.Getenv("HANDRAIL_TEST_CHROMIUM") == "" {
		t.Skip("HANDRAIL_TEST_CHROMIUM is not set: a browser takes its time")
	}
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skipf("Chromium is not installed: %v", err)
	}
	return chromium
}

// Leave is the script's function with which a page leaves what it found for Run.
const Leave = `function leave(found) {
  const pre = document.createElement("pre");
  pre.textContent = "RESULT" + btoa(unescape(encodeURIComponent(JSON.stringify(found)))) + "END";
  document.body.append(pre);
}`

var left = regexp.MustCompile(`RESULT([A-Za-z0-9+/=]+)END`)

// Run lets the browser run a page to its end, in the light or the dark colour scheme, and reads what it left. Nothing outside
// can be reached from it.
func Run(t *testing.T, chromium, page string, dark bool, into any) {
	t.Helper()
	scheme := "1"
	if dark {
		scheme = "0"
	}
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, chromium, "--headless=new", "--no-sandbox", "--disable-gpu", "--user-data-dir="+t.TempDir(),
		"--host-resolver-rules=MAP * ~NOTFOUND", "--blink-settings=preferredColorScheme="+scheme,
		"--virtual-time-budget=600000", "--dump-dom", "file://"+page)
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	m := left.FindSubmatch(out)
	if m == nil {
		t.Fatalf("the page did not come to its end; it reads %d bytes", len(out))
	}
	text, err := base64.StdEncoding.DecodeString(string(m[1]))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

// Script writes a value as JSON that may stand in a script: a closing tag inside does not end it.
func Script(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(b), "</", `<\/`)
}

// Mail is one to look at.
type Mail struct {
	Name string `json:"name"`
	HTML string `json:"html"`
}

// Button is the first button of a mail.
type Button struct {
	Mail   string
	Bottom float64 // of the button, in pixels from the mail's top; 0 when it has none
	Above  string  // the text that a reader sees above it
}

const phonePage = `<!doctype html><meta charset="utf-8"><title>mails</title><body><script>
%s
const mails = %s, found = [];
(async () => {
  for (const mail of mails) {
    const frame = document.createElement("iframe");
    frame.style.cssText = "border:0;height:40000px;width:%dpx";
    const loaded = new Promise(done => frame.onload = done);
    frame.srcdoc = mail.html;
    document.body.append(frame);
    await loaded;
    const doc = frame.contentDocument, button = doc.querySelector('a[href^="mailto:"]'), seen = {mail: mail.name, bottom: 0, above: ""};
    if (button) {
      seen.bottom = button.getBoundingClientRect().bottom;
      const range = doc.createRange();
      range.setStart(doc.querySelector("body > table"), 0);
      range.setEndBefore(button);
      seen.above = range.toString();
    }
    found.push(seen);
    frame.remove();
  }
  leave(found);
})();
</script>`

// FirstButtons finds the first button of each mail as wide as a phone.
func FirstButtons(t *testing.T, width int, mails []Mail) []Button {
	t.Helper()
	chromium := Browser(t)
	page := filepath.Join(t.TempDir(), "phone.html")
	if err := os.WriteFile(page, fmt.Appendf(nil, phonePage, Leave, Script(t, mails), width), 0o600); err != nil {
		t.Fatal(err)
	}
	var found []Button
	Run(t, chromium, page, false, &found)
	if len(found) != len(mails) {
		t.Fatalf("%d of %d mails were looked at", len(found), len(mails))
	}
	return found
}
