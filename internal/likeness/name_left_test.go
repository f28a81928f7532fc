package likeness

import "testing"

// Each pair is one supplier: what is left of the name is the one word that few have, and what it lacks is a trade, a
// person in the firm, or the end that a processor of payments cut off.
func TestNameLeftWithItsParticularWord(t *testing.T) {
	for _, p := range [][2]string{
		{"Truemark Calibration Ltd.", "Truemark"}, {"Truemark Calibration Ltd.", "Truemark, attn. P. Sandhu"}, {"Truemark Calibration Ltd.", "Truemark c/o P. Sandhu"},
		{"Truemark Calibration Ltd.", "TCL Truemark Cal."}, {"Truemark Calibration Ltd.", "Truemark Cal."}, {"Truemark Calibration Ltd.", "Truemark, att: P. Sandhu"},
		{"Truemark Calibration Ltd.", "Truemark à l'attention de P. Sandhu"}, {"Étalonnage Truemark inc.", "Truemark, à l'att. de M. Roy"},
		{"Truemark Calibration Ltd.", "Truemark (Ottawa)"}, {"Truemark Calibration Ltd.", "Truemark – Phase 2"}, {"Truemark Calibration Ltd.", "Truemrak"},
		{"Quenneborg Roofing Ltd.", "Quenneborg"}, {"Toitures Quenneborg", "Quenneborg inc."}, {"Quenneborg Bookkeeping", "QUENNEBORG, Attention: Accounts"},
		{"Quenneborg Upholstery", "Quenneborg"}, {"Rembourrage Quenneborg inc.", "Quenneborg"}, {"Vexilane Masonry Works", "Vexilane"},
		{"Dorvaleau Traiteur", "Dorvaleau"}, {"Dorvaleau Traiteur", "Dorvaleau, à l'attention d'Odile"}, {"Traiteur Dorvaleau", "Dorvaleau Traiteurs inc."},
		{"Polyglotte Rideau Translations", "Poliglotte Rideau"}, {"Pembrake Larch Translations", "Pembrake Larch"}, {"Traductions Ombrelune", "Ombrelune"},
		{"Naylor Quist Estate Agents", "Naylor Quist"}, {"Skarsgate Media Group", "SKARSGATE"},
		{"Highrung Scaffolding Ltd.", "High Rung Scaffolders"}, {"Highrung Scaffolding", "Highrung Scaffolders"}, {"Highrung Scaffolding", "Highrung"},
		{"Deepwell Upholstery", "Deep Well Upholsterers"}, {"Skarsgate Printing", "Skarsgate Printers"}, {"Skarsgate Print", "Skarsgate Printing Ltd."},
		{"Rembourrage Ombrelune", "Rembourreurs Ombrelune"}, {"Vexilane Consulting", "Vexilane Consultants"}, {"Vexilane Bricklaying", "Vexilane Bricklayers"},
		{"Vitrerie Ombrelune", "Vitriers Ombrelune"}, {"Skarsgate Locksmithing", "Skarsgate Locksmiths"}, {"Ramonage Ombrelune", "Ramoneurs Ombrelune"},
		{"Evander Quillfeather", "Quillfeather & Co"}, {"Evander Quillfeather", "Quillfeather and Company"}, {"Evander Quillfeather", "Quillfeather Consulting Inc."},
		{"E. Quillfeather", "Quillfeather & Co."}, {"Odile Ombrelune", "Ombrelune et Cie"}, {"Odile Ombrelune", "Ombrelune & Associés"}, {"Odile Ombrelune", "Ombrelune inc."},
		{"Ravenfoot Media", "PAYPAL *RAVENFOOT"}, {"Ravenfoot Media", "PAYPAL *RAVENFOOTM"}, {"Ravenfoot Media", "PP*RAVENFOOT MED"}, {"Ravenfoot Media", "PayPal Ravenfoot"},
		{"Ravenfoot Media", "PAYPAL *RAVENFOOT 4029357733"}, {"Highrung Scaffolding Ltd.", "SQ *HIGHRUNG SCAFF"}, {"Highrung Scaffolding Ltd.", "SQ *HIGHRUNGSCAF"},
		{"Quenneborg Roofing", "STRIPE *QUENNEBO"}, {"Traductions Ombrelune", "PAYPAL *OMBRELUN"}, {"Ravenfoot Media", "TST* RAVENFOOT MEDIA"},
		{"Ravenfoot Media", "RAVENFOOT, FAO Accounts"}, {"Truemark Calibration", "Truemark p/a P. Sandhu"}, {"Truemark Calibration", "Truemark, for the attention of Ms Sandhu"},
		{"Marie Tremblay", "M. Tremblay"}, {"Jean Tremblay", "Tremblay, Jean"}, {"Jean Tremblay", "J. Tremblay"}, {"Catherine Roy", "Katherine Roy"},
		{"Rivard & Fils", "Rivard et fils inc."}, {"Rivard Fils Traiteur", "Traiteur Rivard & Fils"}, {"Tremblay Plomberie", "Plomberie Tremblay inc."},
	} {
		a, b := ReadName(p[0]), ReadName(p[1])
		s := Names(a, b)
		if s < NamesAlike {
			t.Errorf("%q and %q are alike by %d only", p[0], p[1], s)
		}
		if s != Names(b, a) {
			t.Errorf("%q and %q: %d and %d", p[0], p[1], s, Names(b, a))
		}
		if a.Form() != b.Form() && !meet(a, b) {
			t.Errorf("%q and %q meet in no block: %q, %q", p[0], p[1], a.Blocks(), b.Blocks())
		}
	}
}

// Each pair is two suppliers: what both have is a usual word, a place, a frequent family or first name, or what one lacks
// is more than a trade.
func TestNameLeftWithAUsualWord(t *testing.T) {
	for _, p := range [][2]string{
		{"Rivard & Fils", "Rivard Fils Traiteur"}, {"Rivard", "Rivard Traiteur"}, {"Tremblay Électrique", "Tremblay"}, {"Thompson Roofing", "Thompson & Sons"}, {"Nguyen Consulting", "Nguyen Inc."},
		{"Singh", "Singh Transport"}, {"Gagnon & Associés", "Gagnon Plomberie"}, {"Smith & Co", "Smith Printing"}, {"Cardinal & fils", "Cardinal Excavation"}, {"Bellegarde", "Bellegarde Construction"},
		{"Marie Tremblay", "Mario Tremblay"}, {"Martin Gagnon", "Martine Gagnon"}, {"Jean Bouchard", "Jeanne Bouchard"}, {"Daniel Roy", "Danielle Roy"}, {"Michel Côté", "Michèle Côté"},
		{"John Tremblay", "Jean Tremblay"}, {"Marie Roy", "Mary Roy"}, {"Simon Fortin", "Simone Fortin"}, {"Denis Lavoie", "Denise Lavoie"}, {"Joan Quillfeather", "John Quillfeather"},
		{"Francis Roy", "Frances Roy"}, {"Erica Wong", "Eric Wong"}, {"Louis Bergeron", "Louise Bergeron"}, {"André Caron", "Andrée Caron"}, {"Tremblay, Marie", "Mario Tremblay"},
		{"Marie Tremblay Traduction", "Mario Tremblay, traduction"}, {"Jane Thompson", "Thompson & Co"}, {"Jane Thompson", "Thompson Consulting Inc."}, {"Marie Tremblay", "Tremblay & Associés"},
		{"Summit Roofing", "Summit"}, {"Cardinal", "Cardinal Coaching"}, {"Phoenix Translations", "Phoenix"}, {"Eagle", "Eagle Security"}, {"Apex", "Apex Calibration"}, {"Horizon Media", "Horizon"},
		{"Northern", "Northern Software"}, {"Ottawa Printing", "Ottawa"}, {"Rideau Catering", "Rideau"}, {"Aurora", "Aurora Calibration Ltd."}, {"Atlas Scaffolding", "Atlas"},
		{"Truemark Calibration", "Truemark Catering"}, {"Truemark Calibration", "Truemark Roofing"}, {"Truemark Calibration", "Newmark"}, {"Truemark Calibration", "Trademark"}, {"Truemark Ravenfoot", "Truemark"},
		{"Truemark", "Truemark Ravenfoot Media"}, {"Ravenfoot Media", "PAYPAL *RAVENSCAR"}, {"Ravenfoot Media", "PAYPAL *RAVEN"}, {"Ravenfoot Media", "PAYPAL *MEDIA"}, {"Ravenfoot Media", "PayPal Canada"},
		{"Highrung Scaffolding", "High Ground Scaffolders"}, {"Highrung Scaffolding", "Lowrung Scaffolders"}, {"Highrung Scaffolding", "Highrung Roofers"}, {"Quillfeather & Co", "Evander Quillwort"},
		{"Evander Quillfeather", "Quillfeather Roofing"}, {"Evander Quillfeather", "Evander & Co"}, {"Thatcher Parking", "Thatcher Parker"}, {"Meridian Miller", "Meridian Milling"},
		{"Skarsgate Printing", "Skarsgate Painting"}, {"Vexilane Consulting", "Vexilane Contracting"}, {"Scaffolding Services", "Scaffolders"}, {"TCL Printing", "Truemark Calibration Ltd."},
		{"TCL Ravenfoot", "Truemark Calibration Ltd."}, {"SQ *MARKET", "Marketing Ombrelune"}, {"STRIPE *SUMM", "Summit Roofing"}, {"PAYPAL *TREMBLAY", "Tremblay Traiteur"},
		{"Truemark c/o Ravenfoot", "Ravenfoot Media"}, {"Dorvaleau Traiteur, att. Marie Roy", "Marie Roy"}, {"Polyglotte Rideau", "Polyphonie Rideau"}, {"ATT Canada", "Truemark, att. Canada"},
		{"Ivoire Traiteur", "Ivory Coast"}, {"Vitrerie Ombrelune", "Vitrail Ombrelune"},
	} {
		a, b := ReadName(p[0]), ReadName(p[1])
		if s := Names(a, b); s >= NamesAlike {
			t.Errorf("%q and %q are alike by %d", p[0], p[1], s)
		}
		if Names(a, b) != Names(b, a) {
			t.Errorf("%q and %q: %d and %d", p[0], p[1], Names(a, b), Names(b, a))
		}
	}
}
