package analyzer

import "bytes"

// Words finds out whether one of some words is anywhere in a text. It looks at a few bytes of the text only: where the two bytes at a place
// are in no word, none can begin shortly before it (Wu and Manber, "A fast algorithm for multi-pattern searching", 1994).
type Words struct {
	all      map[string]bool
	shortest int
	skip     [1 << 16]uint8  // by two bytes: how far the search may go on from them
	ending   [1 << 16]uint16 // by two bytes: which of groups has the words whose first bytes, as many as the shortest has, end in these; 0 for none
	groups   [][][]byte
}

// NewWords makes the search for words of two bytes or more.
func NewWords(words []string) *Words {
	w := &Words{all: map[string]bool{}, groups: [][][]byte{nil}}
	for i, word := range words {
		w.all[word] = true
		if i == 0 || len(word) < w.shortest {
			w.shortest = len(word)
		}
	}
	w.shortest = min(w.shortest, 255)
	for i := range w.skip {
		w.skip[i] = uint8(max(w.shortest-1, 1))
	}
	for _, word := range words {
		for i := 1; i < w.shortest; i++ {
			pair := uint16(word[i-1]) | uint16(word[i])<<8
			w.skip[pair] = min(w.skip[pair], uint8(w.shortest-1-i))
			if i == w.shortest-1 {
				if w.ending[pair] == 0 {
					w.ending[pair] = uint16(len(w.groups))
					w.groups = append(w.groups, nil)
				}
				w.groups[w.ending[pair]] = append(w.groups[w.ending[pair]], []byte(word))
			}
		}
	}
	return w
}

// has tells whether a word is one of them.
func (w *Words) has(word string) bool { return w.all[word] }

// In tells whether a text has one of the words, also as a part of a longer one.
func (w *Words) In(text []byte) bool {
	found := false
	w.each(text, func(int, []byte) bool {
		found = true
		return false
	})
	return found
}

// InWhole is In for words that are no parts of longer ones.
func (w *Words) InWhole(text []byte) bool {
	found := false
	w.each(text, func(at int, word []byte) bool {
		found = isWhole(text, at, word)
		return !found
	})
	return found
}

// isWhole tells whether the word at a place of a text is no part of a longer one.
func isWhole(text []byte, at int, word []byte) bool {
	end := at + len(word)
	return (at == 0 || !isWordByte(text[at-1])) && (end == len(text) || !isWordByte(text[end]))
}

// each calls visit for the places where a text has one of the words, until that says no.
func (w *Words) each(text []byte, visit func(at int, word []byte) bool) {
	for i := w.shortest - 1; i > 0 && i < len(text); {
		pair := uint16(text[i-1]) | uint16(text[i])<<8
		if skip := w.skip[pair]; skip > 0 {
			i += int(skip)
			continue
		}
		for _, word := range w.groups[w.ending[pair]] {
			if at := i - w.shortest + 1; bytes.HasPrefix(text[at:], word) && !visit(at, word) {
				return
			}
		}
		i++
	}
}
