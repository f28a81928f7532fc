package rules

import "handrail/internal/request"

// StoppedGuardrail is the finding of every line that is judged while an owner of the rules has them stopped.
const StoppedGuardrail = "stopped"

const (
	stoppedSource   = "Handrail: built in. One owner of the rules may stop them; two start them again."
	stoppedSourceFR = "Handrail\u00a0: balise intégrée. Un responsable des règles peut les arrêter; il en faut deux pour les remettre en marche."
)

var stoppedTitle = request.Text{EN: "Stopped by an owner of the rules", FR: "Arrêt demandé par un responsable des règles"}

// stopped adds the finding of a stop, from the facts alone: a replay knows as much.
func (e *evaluation) stopped(findings []request.Finding) []request.Finding {
	s := e.facts.Stopped
	if s == nil {
		return findings
	}
	en, fr := oneLine(s.By)+" said STOP on "+s.Since.String()+" at "+s.At, oneLine(s.By)+" a demandé l’arrêt le "+s.Since.String()+" à "+s.At
	if s.Reason != "" {
		en, fr = en+": "+oneLine(s.Reason), fr+"\u00a0: "+oneLine(s.Reason)
	}
	en, fr = en+closed(s.Reason)+" Until two owners say START, the guardrails approve nothing.", fr+closed(s.Reason)+" Jusqu’à ce que deux responsables demandent la reprise, les balises n’approuvent rien."
	return append(findings, request.Finding{Guardrail: StoppedGuardrail, Action: request.Escalate, Title: stoppedTitle, Source: stoppedSource, SourceFR: stoppedSourceFR,
		Cells: []string{}, Message: request.Text{EN: en + toOfficerEN, FR: fr + toOfficerFR}, Officer: request.Text{EN: en, FR: fr}})
}

// closed ends a sentence that ends with words of somebody else.
func closed(words string) string {
	if words != "" {
		switch words[len(words)-1] {
		case '.', '!', '?':
			return ""
		}
	}
	return "."
}
