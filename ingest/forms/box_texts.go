package forms

import (
	"fmt"
	"strings"

	"handrail/internal/request"
)

// severalTickedText says that more than one check box of a question is ticked, and which.
func severalTickedText(words []string) request.Text {
	en, fr := make([]string, len(words)), make([]string, len(words))
	for i, w := range words {
		en[i], fr[i] = quoted(w)
	}
	both := "both"
	if len(words) > 2 {
		both = "all"
	}
	return request.Text{EN: listedText(en, "and") + " are " + both + " ticked. Leave only one ticked.",
		FR: "les cases " + listedText(fr, "et") + " sont cochées. N’en laissez qu’une cochée."}
}

func listedText(words []string, and string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + and + " " + words[len(words)-1]
}

// defaultValueText says that lines took a value from the configuration.
func defaultValueText(label request.Text, typed string) request.Text {
	qe, qf := quoted(typed)
	return request.Text{EN: fmt.Sprintf("%s: the lines that do not say it have %s, from Handrail’s configuration.", label.EN, qe),
		FR: fmt.Sprintf("%s\u00a0: les lignes qui ne l’indiquent pas ont la valeur %s, qui vient de la configuration de Handrail.", label.FR, qf)}
}

// unreadColumnsText names the columns that nobody understood.
func unreadColumnsText(headers []string) request.Text {
	var en, fr []string
	for _, h := range headers[:min(len(headers), mostNamed)] {
		qe, qf := quoted(h)
		en, fr = append(en, qe), append(fr, qf)
	}
	if more := len(headers) - mostNamed; more > 0 {
		en, fr = append(en, fmt.Sprintf("%d more", more)), append(fr, fmt.Sprintf("%d autres", more))
	}
	if len(headers) == 1 {
		return request.Text{EN: "Nothing was read from this column: " + en[0] + ".", FR: "Rien n’a été lu dans cette colonne\u00a0: " + fr[0] + "."}
	}
	return request.Text{EN: "Nothing was read from these columns: " + listedText(en, "and") + ".",
		FR: "Rien n’a été lu dans ces colonnes\u00a0: " + listedText(fr, "et") + "."}
}
