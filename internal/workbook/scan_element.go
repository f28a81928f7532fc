package workbook

type attr struct {
	name  []byte // local name
	space space  // noSpace for attributes without a prefix
	value []byte // raw
}

// is reports whether the token's element is the SpreadsheetML one of that name.
func (s *scanner) is(local string) bool { return s.space == mainSpace && string(s.name) == local }

// attr is the raw value of an attribute without a prefix, nil when it is absent.
func (s *scanner) attr(name string) []byte {
	for i := range s.attrs {
		if s.attrs[i].space == noSpace && string(s.attrs[i].name) == name {
			return s.attrs[i].value
		}
	}
	return nil
}

// relID is the value of r:id, or of another attribute in the relationships namespace.
func (s *scanner) relID(name string) string {
	for i := range s.attrs {
		if s.attrs[i].space == relSpace && string(s.attrs[i].name) == name {
			return s.textOf(s.attrs[i].value)
		}
	}
	return ""
}

// attrText is the decoded value of an attribute, "" when it is absent.
func (s *scanner) attrText(name string) string { return s.textOf(s.attr(name)) }

func (s *scanner) textOf(raw []byte) string {
	out, err := appendDecoded(nil, raw)
	if err != nil {
		return string(raw)
	}
	return string(out)
}

// attrBool reads an xsd:boolean.
func (s *scanner) attrBool(name string) bool {
	switch string(s.attr(name)) {
	case "1", "true", "on":
		return true
	}
	return false
}

// skip reads past the end of the element whose start token is the current one.
func (s *scanner) skip() error {
	for d := s.depth - 1; ; {
		if err := s.next(); err != nil {
			return err
		}
		if s.kind == endToken && s.depth == d {
			return nil
		}
	}
}

// child moves to the next child element's start, skipping text between elements; ok is false at the end of the
// element that was open at depth.
func (s *scanner) child(depth int) (ok bool, err error) {
	for {
		if err := s.next(); err != nil {
			return false, err
		}
		switch {
		case s.kind == startToken:
			return true, nil
		case s.kind == endToken && s.depth < depth:
			return false, nil
		case s.kind == eofToken:
			return false, nil
		}
	}
}

// rest reads to the end of the part, so that a part cut short is always seen.
func (s *scanner) rest() error {
	for s.kind != eofToken {
		if err := s.next(); err != nil {
			return err
		}
	}
	return nil
}
