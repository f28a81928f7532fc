package request

import "slices"

// Words are a policy's own words for what the form asks: another administration has other names for the same field. What
// they leave out is called as in Fields. The zero Words change nothing.
type Words struct {
	Fields map[Field]FieldWords
	// Above are those of what identifies the requester, by "requester", "email", "branch" and "language". They have no choices.
	Above map[string]FieldWords
}

// FieldWords are the words for one field; what is zero stays as it is.
type FieldWords struct {
	Label, Help Text
	Choices     map[string]Text // labels of answers, by code
}

// Info is f in these words. Its name, kind and codes are those of f.Info.
func (w Words) Info(f Field) FieldInfo {
	info, own := f.Info(), w.Fields[f]
	if !own.Label.IsZero() {
		info.Label = own.Label
	}
	if !own.Help.IsZero() {
		info.Help = own.Help
	}
	if len(own.Choices) > 0 {
		info.Choices = slices.Clone(info.Choices)
		for i := range info.Choices {
			if label := own.Choices[info.Choices[i].Code]; !label.IsZero() {
				info.Choices[i].Label = label
			}
		}
	}
	return info
}

// Called is what these words call the field that the form calls label; a text that is no field's label stays as it is.
func (w Words) Called(label Text) Text {
	for f, own := range w.Fields {
		if !own.Label.IsZero() && label == f.Info().Label {
			return own.Label
		}
	}
	return label
}
