package likeness

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// What is bought, in both languages, with what it is for.
var (
	objectsOf = [][2]string{{"toner cartridges", "cartouches d'encre"}, {"window blinds", "stores de fenêtre"}, {"office chairs", "chaises de bureau"}, {"water sampling kits", "trousses d'échantillonnage de l'eau"},
		{"survey questionnaire", "questionnaire du sondage"}, {"accessibility audit", "audit d'accessibilité"}, {"annual report", "rapport annuel"}, {"training course on privacy", "cours sur la protection de la vie privée"},
		{"camera batteries", "piles de caméra"}, {"login page", "page de connexion"}, {"search module", "module de recherche"}, {"payment form", "formulaire de paiement"}, {"newsletter templates", "gabarits de l'infolettre"},
		{"translation of the user guide", "traduction du guide de l'utilisateur"}, {"exhibition panels", "panneaux d'exposition"}, {"boat engine", "moteur de bateau"}, {"server room", "salle des serveurs"},
		{"roof", "toiture"}, {"conference hall", "salle de conférence"}, {"noise measurements", "mesures du bruit"}, {"air quality sensors", "capteurs de qualité de l'air"}, {"first aid training", "formation en premiers soins"},
		{"map of wetlands", "carte des milieux humides"}, {"video on fire safety", "vidéo sur la sécurité incendie"}, {"call centre statistics", "statistiques du centre d'appels"}, {"client address file", "fichier d'adresses des clients"},
		{"job description tool", "outil de description d'emploi"}, {"shelving for the archives", "étagères pour les archives"}, {"drone photographs", "photographies par drone"}, {"soil samples", "échantillons de sol"},
		{"fish counts", "dénombrements de poissons"}, {"elevator", "ascenseur"}, {"parking meters", "parcomètres"}, {"interview transcripts", "transcriptions d'entrevues"}, {"chatbot", "robot conversationnel"},
		{"recruitment poster", "affiche de recrutement"}, {"payroll data migration", "migration des données de paie"}, {"wheelchair ramp", "rampe pour fauteuil roulant"}, {"snow clearing", "déneigement"}, {"ergonomic keyboards", "claviers ergonomiques"}}
	systemsOf = [][2]string{{"benefits portal", "portail des prestations"}, {"Larkspur registry", "registre Larkspur"}, {"Tamarack building", "immeuble Tamarack"}, {"regional office", "bureau régional"}, {"grants catalogue", "catalogue des subventions"},
		{"summer crews", "équipes d'été"}, {"Gull Falls station", "station de Gull Falls"}, {"veterans hotline", "ligne des anciens combattants"}, {"coastal fleet", "flotte côtière"}, {"visitor centre", "centre des visiteurs"}}
	actions = [][2]string{{"Repair", "Réparation"}, {"Purchase", "Achat"}, {"Design", "Conception"}, {"Review", "Examen"}, {"Installation", "Installation"}, {"Supply and delivery", "Fourniture et livraison"}, {"Update", "Mise à jour"}}
	again   = map[string][]string{"Repair": {"Fix", "Mend", "Repairs"}, "Purchase": {"Buy", "Order", "Acquisition"}, "Design": {"Design work", "Designing"}, "Review": {"Check", "Verification", "Audit"},
		"Installation": {"Install", "Put up", "Setting up"}, "Supply and delivery": {"Provide", "Delivery", "Supply"}, "Update": {"Refresh", "Upgrade", "Renewal"}}
	padding = []string{"", "", " as discussed with the team", ", required before the end of the fiscal year", ". Includes travel and all materials.", " (phase 2)", ", part B", ", additional hours", ". Delivery in October."}
)

// A wanted thing of the generator.
type wanted struct{ action, object, system int }

func (g generator) wanted() wanted {
	return wanted{g.IntN(len(actions)), g.IntN(len(objectsOf)), g.IntN(len(systemsOf))}
}

func (w wanted) text(lang int) (title, description string) {
	a, o, s := actions[w.action][lang], objectsOf[w.object][lang], systemsOf[w.system][lang]
	if lang == 1 {
		return capital(o), fmt.Sprintf("%s : %s, pour : %s.", a, o, s)
	}
	return capital(o), fmt.Sprintf("%s of %s for the %s.", a, o, s)
}

func capital(s string) string {
	r := []rune(s)
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// retold is the need as somebody else writes it.
func (g generator) retold(w wanted, kind string) (title, description string) {
	a, o, s := actions[w.action][0], objectsOf[w.object][0], systemsOf[w.system][0]
	verb := again[a][g.IntN(len(again[a]))]
	switch kind {
	case "typing mistakes":
		title, description = w.text(0)
		return g.typo(title), g.typo(description)
	case "order and verb":
		return capital(s) + ": " + o, fmt.Sprintf("%s the %s (%s).", verb, o, s)
	case "padded":
		title, description = w.text(0)
		return title, strings.TrimSuffix(description, ".") + g.of(padding...)
	case "other language":
		return w.text(1)
	case "shorter":
		return capital(o), fmt.Sprintf("%s %s, %s", verb, o, s)
	case "no title":
		return "", fmt.Sprintf("We need somebody to %s the %s of our %s", strings.ToLower(verb), o, s)
	case "numbers":
		title, description = w.text(0)
		return title + fmt.Sprintf(" (%d/3)", 1+g.IntN(3)), fmt.Sprintf("%s %d pieces.", description, 10+g.IntN(90))
	}
	panic(kind)
}

// A needPair is two needs, and the truth.
type needPair struct {
	x, y       Need
	same       bool
	kind, a, b string
}

func judgeNeeds(pairs []needPair, w Weights) []judged {
	list := make([]judged, len(pairs))
	for i, p := range pairs {
		list[i] = judged{Needs(p.x, p.y, w), p.same, p.kind, p.a, p.b}
	}
	return list
}

func generatedNeeds(seed uint64) []needPair {
	g := generator{rand.New(rand.NewPCG(23, seed))}
	var pairs []needPair
	for range 1500 {
		w := g.wanted()
		lang := 0
		title, description := w.text(lang)
		add := func(t, d, kind string, same bool) {
			pairs = append(pairs, needPair{ReadNeed(title, "", description), ReadNeed(t, "", d), same, kind, title + " | " + description, t + " | " + d})
		}
		kind := g.of("typing mistakes", "order and verb", "padded", "other language", "shorter", "no title", "numbers")
		t, d := g.retold(w, kind)
		add(t, d, "= "+kind, true)
		o := w
		for o.object == w.object {
			o.object = g.IntN(len(objectsOf))
		}
		t, d = o.text(lang)
		add(t, d, "≠ another thing, same words around", false)
		o.system = (w.system + 1 + g.IntN(len(systemsOf)-1)) % len(systemsOf)
		t, d = o.text(lang)
		add(t, d, "≠ same action, another thing and place", false)
		o = g.wanted()
		if o.object != w.object {
			t, d = o.text(g.IntN(2))
			add(t, d, "≠ any other need", false)
		}
	}
	return pairs
}

// Of a generated set whose truth is known, needs that are told again are found, and others with the same words around are not.
func TestGeneratedNeeds(t *testing.T) {
	for seed := range uint64(2) {
		precision, recall := measure(t, fmt.Sprint("generated needs, seed ", seed+1), judgeNeeds(generatedNeeds(seed+1), Usual()), NeedsAlike)
		if precision < 0.98 || recall < 0.95 {
			t.Errorf("precision %.3f, recall %.3f", precision, recall)
		}
	}
}
