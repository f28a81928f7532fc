package outages

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

// docs/operators.md shows every key of what the webhook gets.
func TestEveryKeyOfADocumentIsOnTheOperatorsPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/operators.md")
	if err != nil {
		t.Fatal(err)
	}
	d := reflect.TypeFor[Document]()
	for i := range d.NumField() {
		key, _, _ := strings.Cut(d.Field(i).Tag.Get("json"), ",")
		if !strings.Contains(string(page), "  \""+key+"\": ") {
			t.Errorf("docs/operators.md does not show %q", key)
		}
	}
	for _, event := range []string{eventBegan, eventEnded, eventUnwritten, eventTest} {
		if !strings.Contains(string(page), "`"+event+"`") {
			t.Errorf("docs/operators.md does not name the event %s", event)
		}
	}
}

func TestLengthsOfTimeInWords(t *testing.T) {
	for d, want := range map[time.Duration]string{20 * time.Second: "1 min", 65 * time.Minute: "1 h 5 min", 30 * time.Hour: "30 h 0 min", 75 * time.Hour: "3 jours 3 h"} {
		if got := lasted(d); got.FR != want {
			t.Errorf("%s is %q, want %q", d, got.FR, want)
		}
	}
}
