package request

import (
	"strings"
	"sync"
)

// licenceNames are the names by which people know licences, folded, without "licence" and "version", and their SPDX
// identifiers.
var licenceNames = map[string]string{
	"mit": "MIT", "mitmit": "MIT", "mitx11": "MIT", "x11mit": "MIT", "expat": "MIT", "apache": "Apache-2.0", "apache2": "Apache-2.0", "apache20": "Apache-2.0", "asl2": "Apache-2.0", "asl20": "Apache-2.0",
	"gpl": "GPL-3.0-or-later", "gnugpl": "GPL-3.0-or-later", "gpl3": "GPL-3.0-or-later", "gpl30": "GPL-3.0-or-later", "gnugpl3": "GPL-3.0-or-later",
	"gnugeneralpublic": "GPL-3.0-or-later", "gnugeneralpublic3": "GPL-3.0-or-later", "gnugeneralpublic30": "GPL-3.0-or-later", "publiquegeneralegnu3": "GPL-3.0-or-later", "publiquegeneralegnu30": "GPL-3.0-or-later", "generalpublic3": "GPL-3.0-or-later", "publiquegeneralegnu": "GPL-3.0-or-later",
	"gpl2": "GPL-2.0-or-later", "gpl20": "GPL-2.0-or-later", "gnugpl2": "GPL-2.0-or-later", "lgpl": "LGPL-3.0-or-later", "lgpl3": "LGPL-3.0-or-later", "lgpl21": "LGPL-2.1-or-later",
	"agpl": "AGPL-3.0-or-later", "agpl3": "AGPL-3.0-or-later", "affero": "AGPL-3.0-or-later", "gnuaffero": "AGPL-3.0-or-later",
	"bsd": "BSD-3-Clause", "bsd3": "BSD-3-Clause", "newbsd": "BSD-3-Clause", "modifiedbsd": "BSD-3-Clause", "bsd3clause": "BSD-3-Clause", "3clausebsd": "BSD-3-Clause", "bsd3clauses": "BSD-3-Clause", "bsdatroisclauses": "BSD-3-Clause", "bsda3clauses": "BSD-3-Clause",
	"bsd2": "BSD-2-Clause", "bsd2clause": "BSD-2-Clause", "2clausebsd": "BSD-2-Clause", "simplifiedbsd": "BSD-2-Clause",
	"mpl": "MPL-2.0", "mpl2": "MPL-2.0", "mpl20": "MPL-2.0", "mozilla": "MPL-2.0", "mozillapublic": "MPL-2.0", "mozillapublic2": "MPL-2.0", "mozillapublic20": "MPL-2.0", "publiquemozilla": "MPL-2.0", "publiquemozilla2": "MPL-2.0", "publiquemozilla20": "MPL-2.0",
	"eupl": "EUPL-1.2", "eupl12": "EUPL-1.2", "isc": "ISC", "unlicense": "Unlicense", "boost": "BSL-1.0", "zlib": "Zlib",
	"eclipse": "EPL-2.0", "epl": "EPL-2.0", "epl2": "EPL-2.0", "eclipsepublic": "EPL-2.0", "eclipsepublic2": "EPL-2.0",
}

// dataLicences are licences of data and texts, which nobody means for code for long.
var dataLicences = map[string]string{
	"opengovernment": "OGL-Canada-2.0", "opengovernmentcanada": "OGL-Canada-2.0", "ouvertedugouvernement": "OGL-Canada-2.0", "ouvertegouvernement": "OGL-Canada-2.0",
	"dugouvernementouvert": "OGL-Canada-2.0", "ouvertedugouvernementcanada": "OGL-Canada-2.0", "ouvertedugouvernementducanada": "OGL-Canada-2.0", "gouvernementouvert": "OGL-Canada-2.0",
	"creativecommons": "CC-BY-4.0", "ccby": "CC-BY-4.0", "ccby4": "CC-BY-4.0", "ccby40": "CC-BY-4.0", "cc0": "CC0-1.0", "publicdomain": "CC0-1.0", "domainepublic": "CC0-1.0",
}

// shortNames are the identifiers themselves: most cells hold one, and need nothing done.
var shortNames = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{}
	for _, id := range licenceNames {
		names[id] = true
	}
	return names
})

var licenceFiller = strings.NewReplacer("licences", "", "licenses", "", "licence", "", "license", "", "version", "", "logiciel", "")

// LicenceInWords finds the SPDX identifier of a licence that was written as people speak of it: "MIT licence", "Apache 2",
// "GPL version 3". code is false where the licence is one of data and texts. ok is false where s is an identifier already, or
// names no licence that is known.
func LicenceInWords(s string) (id string, code, ok bool) {
	if len(s) > longestPlaceholder || shortNames()[s] {
		return "", false, false
	}
	folded := licenceFiller.Replace(Fold(s))
	folded = strings.TrimPrefix(folded, "the")
	folded = strings.TrimPrefix(folded, "la")
	for _, end := range [...]string{"orlater", "only"} {
		folded = strings.TrimSuffix(folded, end)
	}
	for _, key := range [...]string{folded, strings.Replace(folded, "v", "", 1)} {
		if id, ok = licenceNames[key]; ok {
			code = true
			break
		}
		if id, ok = dataLicences[key]; ok {
			break
		}
	}
	if !ok || strings.EqualFold(s, id) || strings.HasPrefix(strings.ToLower(s), strings.ToLower(id)) && !strings.Contains(s, " ") {
		return "", false, false
	}
	return id, code, true
}
