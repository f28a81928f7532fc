package totals

import (
	"sync"

	"handrail/internal/likeness"
	"handrail/internal/request"
)

// Reader makes names and needs ready to be compared, and remembers those of late: they come again and again, and reading one
// costs far more than comparing it. The zero Reader is ready. It may be used by several goroutines at once.
type Reader struct {
	mu    sync.Mutex
	names map[string]likeness.Name
	needs map[NeedText]likeness.Need
}

// NeedText is what a line says about what is wanted.
type NeedText struct{ Title, TitleOther, Description string }

// Said is the title, else the description.
func (t NeedText) Said() string {
	if t.Title != "" {
		return t.Title
	}
	return t.Description
}

// NeedTextOf is what a line says about what is wanted.
func NeedTextOf(l *request.Line) NeedText {
	return NeedText{textOf(l, request.Title), textOf(l, request.TitleOther), textOf(l, request.Description)}
}

const (
	mostRemembered = 20_000
	longRemembered = 2_000 // a longer text is not remembered: it would be most of the memory, and hardly comes again
)

// Name reads a supplier's name.
func (r *Reader) Name(text string) likeness.Name {
	return remember(&r.mu, &r.names, text, len(text), func() likeness.Name { return likeness.ReadName(text) })
}

// Need reads what is wanted.
func (r *Reader) Need(t NeedText) likeness.Need {
	size := len(t.Title) + len(t.TitleOther) + len(t.Description)
	return remember(&r.mu, &r.needs, t, size, func() likeness.Need { return likeness.ReadNeed(t.Title, t.TitleOther, t.Description) })
}

func remember[K comparable, V any](mu *sync.Mutex, known *map[K]V, key K, size int, read func() V) V {
	mu.Lock()
	v, ok := (*known)[key]
	mu.Unlock()
	if ok {
		return v
	}
	v = read()
	if size > longRemembered {
		return v
	}
	mu.Lock()
	defer mu.Unlock()
	if *known == nil || len(*known) >= mostRemembered {
		*known = map[K]V{}
	}
	(*known)[key] = v
	return v
}
