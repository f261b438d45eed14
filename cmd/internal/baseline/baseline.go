package baseline

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Entry is one finding that is known.
type Entry struct {
	Path        string `json:"path"` // from the directory of the baseline, with slashes
	Code        string `json:"code"`
	Fingerprint string `json:"fingerprint"` // of the statement
	Ordinal     int    `json:"ordinal"`     // from 1, among those that are the same but for this
	Text        string `json:"text"`        // how the statement begins, for people
}

// Key is what an entry is known by.
func (e Entry) Key() Entry {
	e.Text = ""
	return e
}

func compare(a, b Entry) int {
	return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Fingerprint, b.Fingerprint), cmp.Compare(a.Ordinal, b.Ordinal))
}

// Baseline is a file of entries. It is not changed once it is read, so that several goroutines may ask it.
type Baseline struct {
	File    string
	Entries []Entry

	known map[Entry]bool
	raw   []byte
}

// version is that of the format.
const version = 1

type document struct {
	Version  int     `json:"version"`
	Findings []Entry `json:"findings"`
}

// Read reads a baseline. The error says what of the file is wrong.
func Read(file string) (*Baseline, error) {
	raw, err := os.ReadFile(file)
	var p *fs.PathError
	if errors.As(err, &p) {
		return nil, fmt.Errorf("baseline %s: %w", file, p.Err)
	}
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	var doc document
	if err := d.Decode(&doc); err != nil {
		line := 1 + bytes.Count(raw[:min(int(d.InputOffset()), len(raw))], []byte("\n"))
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			line = 1 + bytes.Count(raw[:min(int(syntax.Offset), len(raw))], []byte("\n"))
		}
		return nil, fmt.Errorf("baseline %s:%d: it can't be read: %w", file, line, err)
	}
	if doc.Version != version {
		return nil, fmt.Errorf("baseline %s: its version is %d, and only %d is known", file, doc.Version, version)
	}
	if len(bytes.TrimSpace(raw[d.InputOffset():])) > 0 {
		return nil, fmt.Errorf("baseline %s: there is something behind its end", file)
	}
	b := &Baseline{File: file, Entries: doc.Findings, known: map[Entry]bool{}, raw: raw}
	for _, e := range doc.Findings {
		switch {
		case e.Path == "" || e.Code == "" || e.Fingerprint == "" || e.Ordinal < 1:
			return nil, fmt.Errorf("baseline %s: an entry is not whole: %+v", file, e)
		case b.known[e.Key()]:
			return nil, fmt.Errorf("baseline %s: an entry is there twice: %+v", file, e)
		}
		b.known[e.Key()] = true
	}
	return b, nil
}

// Has tells whether an entry is known.
func (b *Baseline) Has(e Entry) bool { return b.known[e.Key()] }

// Place is how a path, which may be relative to the current directory, is called in a baseline.
func Place(file, path string) string {
	dir, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return filepath.ToSlash(path)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return filepath.ToSlash(path)
	}
	rel, err := filepath.Rel(dir, abs)
	if err != nil {
		return filepath.ToSlash(abs)
	}
	return filepath.ToSlash(rel)
}

// Without is the baseline's entries but for some.
func (b *Baseline) Without(gone []Entry) []Entry {
	return slices.DeleteFunc(slices.Clone(b.Entries), func(e Entry) bool { return slices.Contains(gone, e) })
}

// Exists tells whether the file of an entry is still there.
func (b *Baseline) Exists(e Entry) bool {
	path := filepath.FromSlash(e.Path)
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(b.File), path)
	}
	_, err := os.Stat(path)
	return err == nil
}

// Encode is the text of a baseline.
func Encode(entries []Entry) ([]byte, error) {
	entries = slices.SortedFunc(slices.Values(entries), compare)
	var out bytes.Buffer
	fmt.Fprintf(&out, "{\n  \"version\": %d,\n  \"findings\": [", version)
	for i, e := range entries {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString("\n    ")
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(e); err != nil {
			return nil, err
		}
		out.Truncate(out.Len() - 1) // the newline
	}
	if len(entries) > 0 {
		out.WriteString("\n  ")
	}
	out.WriteString("]\n}\n")
	return out.Bytes(), nil
}

// Raw is the file's bytes as they were read.
func (b *Baseline) Raw() []byte { return b.raw }
