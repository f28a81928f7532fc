package ingest

// HeaderCodes is a placeholder until the merge.
func HeaderCodes(raw []byte, limits Limits) []Code {
	m, err := ParseHead(raw, limits)
	if err != nil {
		return nil
	}
	return CodesIn(m)
}
