package analyzer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Notebook is a Jupyter notebook seen as one Python source: its code cells one below the other.
//
// Python is that source. Every cell starts with a comment line that marks it, and every line that is IPython's and not Python's
// (%magic, !shell, help?) is a name that nothing binds. Restore finds both again after an edit and puts the new text into the
// cells; every byte of the JSON that belongs to no changed cell stays as it was.
type Notebook struct {
	Python []byte

	raw    []byte
	cells  []notebookCell
	lines  []cellLine // for each line of Python
	magics []string   // the lines, without their indentation, that Python's placeholders stand for
}

// notebookCell is one code cell.
type notebookCell struct {
	index    int  // among all cells, from 0
	span     Span // of the source's JSON value in raw
	elements []string
	rawElems []string // the elements as they are written
	rawAt    []int    // where in the source's JSON value each of them begins
	isList   bool
	open     string   // what stands between the bracket and the first element
	sep      string   // what stands between the elements, with the comma
	close    string   // what stands in front of the closing bracket
	skipped  bool     // a cell of another language
	lossy    bool     // it holds what is no Unicode, which could not be written again
	python   []string // its lines in Python
}

type cellLine struct{ cell, line int }

const (
	cellMark  = "# tfmigrate: cell "
	magicMark = "_tfmigrate_magic_"
)

var (
	helpLine    = regexp.MustCompile(`^%{0,2}[\pL_*][\w*]*(\.[\w*]+|\[-?[0-9]+\])*\?{1,2}\s*$`)
	placeholder = regexp.MustCompile(`^(\s*)` + magicMark + `(\d+)\s*$`)
)

// ParseNotebook reads a notebook of nbformat 4. The error says why raw is none.
func ParseNotebook(raw []byte) (*Notebook, error) {
	n := &Notebook{raw: raw}
	if err := n.readCells(); err != nil {
		return nil, err
	}
	for i := range n.cells {
		c := &n.cells[i]
		n.put(c.index, 1, cellMark+strconv.Itoa(c.index))
		if c.skipped {
			continue
		}
		start := len(n.Python)
		lines := splitLines(strings.Join(c.elements, ""))
		before := *n
		if open := n.mask(c.index, lines); open {
			*n = before
			n.putOpen(c.index, lines)
		}
		c.python = splitLines(string(n.Python[start:]))
	}
	return n, nil
}

func (n *Notebook) put(cell, line int, text string) {
	n.Python = append(append(n.Python, text...), '\n')
	n.lines = append(n.lines, cellLine{cell, line})
}

// mask puts the lines of a cell into Python with placeholders for those that are IPython's. As IPython does, it looks for
// them only where a statement can begin: not inside of strings and brackets, and not behind a backslash. open tells that the cell leaves
// a bracket or a string open.
func (n *Notebook) mask(cell int, lines []string) (open bool) {
	var state lexState
	for i := 0; i < len(lines); i++ {
		line, first := lines[i], i
		text := strings.TrimLeft(line, " \t")
		switch {
		case state.atStart() && isMagic(text):
			for strings.HasSuffix(strings.TrimRight(lines[i], "\r"), `\`) && i+1 < len(lines) {
				i++
				text += "\n" + lines[i]
			}
		case strings.HasPrefix(line, cellMark) || placeholder.MatchString(line):
			// The notebook's own text must not be taken for marks.
			state.scan(line)
		default:
			state.scan(line)
			n.put(cell, i+1, line)
			continue
		}
		n.magics = append(n.magics, text)
		line = line[:len(line)-len(strings.TrimLeft(line, " \t"))] + placeholderOf(len(n.magics)-1)
		if strings.HasSuffix(text, "\r") {
			line += "\r"
		}
		n.put(cell, first+1, line)
	}
	return !state.atStart()
}

func placeholderOf(magic int) string { return magicMark + strconv.Itoa(magic) }

// isMagic tells whether a line, without its indentation, that begins a statement is IPython's:
// https://ipython.readthedocs.io/en/stable/interactive/reference.html
func isMagic(text string) bool {
	if text == "" {
		return false
	}
	return strings.IndexByte("%!?,;/", text[0]) >= 0 || helpLine.MatchString(text) || isAutomagic(text) || assignsMagic(text)
}

// assignsMagic tells whether the first = of a statement is followed by a ! or a magic's name.
func assignsMagic(text string) bool {
	var state lexState
	for i := 0; i < len(text); i++ {
		if text[i] == '=' && state.atStart() {
			if i+1 < len(text) && text[i+1] == '=' {
				i++
				continue
			}
			if i > 0 && strings.IndexByte("!<>+-*/%&|^@:", text[i-1]) >= 0 {
				continue
			}
			value := strings.TrimLeft(text[i+1:], " \t")
			if len(value) < 2 {
				return false
			}
			return value[0] == '!' || value[0] == '%' && (value[1] == '_' || unicode.IsLetter(rune(value[1])))
		}
		i += state.step(text[i:]) - 1
		if state.comment {
			return false
		}
	}
	return false
}

// lexState is where a reader of Python is between two characters.
type lexState struct {
	quote     string // of the string it is in, or ""
	depth     int    // of brackets
	continued bool   // the line before ended in a backslash
	comment   bool
}

// atStart tells whether a line that begins here begins a statement.
func (s *lexState) atStart() bool { return s.quote == "" && s.depth == 0 && !s.continued }

// scan reads a line, without its newline.
func (s *lexState) scan(line string) {
	line = strings.TrimSuffix(line, "\r")
	s.continued, s.comment = false, false
	for line != "" && !s.comment {
		if line == `\` {
			s.continued = true
		}
		line = line[min(s.step(line), len(line)):]
	}
	if len(s.quote) == 1 && !s.continued { // a string that is not closed ends with its line
		s.quote = ""
	}
}

// step reads the token, or a piece of one, that text begins with, and gives its length.
func (s *lexState) step(text string) int {
	switch {
	case text[0] == '\\':
		return 2
	case s.quote != "":
		if strings.HasPrefix(text, s.quote) {
			n := len(s.quote)
			s.quote = ""
			return n
		}
	case strings.HasPrefix(text, `"""`), strings.HasPrefix(text, "'''"):
		s.quote = text[:3]
		return 3
	case text[0] == '"', text[0] == '\'':
		s.quote = text[:1]
	case strings.IndexByte("([{", text[0]) >= 0:
		s.depth++
	case strings.IndexByte(")]}", text[0]) >= 0:
		s.depth = max(s.depth-1, 0)
	case text[0] == '#':
		s.comment = true
	}
	return 1
}

// IsCellMark tells whether a line of a notebook's Python is the one that marks where a cell begins.
func IsCellMark(line string) bool { return strings.HasPrefix(line, cellMark) }

// splitLines splits text at newlines; a final newline does not open another line.
func splitLines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}

// Cell tells where a line of Python, from 1, is: the cell, from 0 over all cells, and the line in its source, from 1.
func (n *Notebook) Cell(line int) (cell, inCell int) {
	if line < 1 || line > len(n.lines) {
		return 0, 1
	}
	return n.lines[line-1].cell, n.lines[line-1].line
}

// Offset tells where in the notebook's own bytes a place of Python is, given by its line and its column in bytes, both from 1. A line of
// IPython's is where it begins.
func (n *Notebook) Offset(line, column int) int {
	index, inCell := n.Cell(line)
	for _, c := range n.cells {
		if c.index == index {
			return c.span.Start + c.offset(inCell, column-1)
		}
	}
	return 0
}

// offset tells where in the source's JSON value a byte of one of its lines is. What lies behind the line's end is its end.
func (c notebookCell) offset(line, at int) int {
	lines := splitLines(strings.Join(c.elements, ""))
	if len(lines) == 0 {
		return 0
	}
	line = min(line, len(lines))
	at = min(at, len(lines[line-1]))
	for _, l := range lines[:line-1] {
		at += len(l) + 1
	}
	for i, e := range c.elements {
		if at < len(e) || i == len(c.elements)-1 {
			return c.rawAt[i] + escapedOffset(c.rawElems[i], at)
		}
		at -= len(e)
	}
	return 0
}

// escapedOffset tells where in a JSON string, its quotes included, the byte at of its value is written.
func escapedOffset(raw string, at int) int {
	i := 1
	for at > 0 && i < len(raw)-1 {
		n, width := 1, 1
		if raw[i] == '\\' {
			n = 2
			if raw[i+1] == 'u' {
				n = 6
				r := hexRune(raw[i:])
				if pair := utf16.DecodeRune(r, hexRune(raw[i+6:])); utf16.IsSurrogate(r) && pair != unicode.ReplacementChar {
					n, r = 12, pair
				}
				width = len(string(r)) // a lone surrogate is read as U+FFFD, as encoding/json does
			}
		}
		i, at = i+n, at-width
	}
	return i
}

// hexRune is the code unit of the \uXXXX that text begins with; 0 if it does not.
func hexRune(text string) rune {
	if len(text) < 6 || text[:2] != `\u` {
		return 0
	}
	v, err := strconv.ParseUint(text[2:6], 16, 16)
	if err != nil {
		return 0
	}
	return rune(v)
}

// readCells finds the code cells and the bytes of their sources.
func (n *Notebook) readCells() error {
	format, cells, err := findCells(n.raw)
	switch {
	case err != nil:
		return fmt.Errorf("not a notebook: %w", err)
	case format != 0 && format < 4:
		return fmt.Errorf("nbformat %d is too old: `jupyter nbconvert --to notebook` makes it one of nbformat 4", format)
	case format > 4:
		return fmt.Errorf("nbformat %d is not known, only 4 is", format)
	case cells == nil:
		return errors.New("not a notebook: it has no cells")
	}
	for i, found := range cells {
		if found.kind != "code" || found.source == (Span{}) {
			continue
		}
		c, err := readSource(n.raw[found.source.Start:found.source.End])
		if err != nil {
			return fmt.Errorf("cell %d: %w", i, err)
		}
		if c.sep == "" {
			c.sep = ","
			switch {
			case c.open != "":
				c.sep += c.open
			case bytes.Contains(n.raw, []byte(`": `)):
				c.sep += " "
			}
		}
		c.index, c.span = i, found.source
		text := strings.TrimLeft(strings.Join(c.elements, ""), " \t\r\n")
		c.skipped = otherLanguage(text)
		n.cells = append(n.cells, c)
	}
	return nil
}

// foundCell is what a cell is and where its source stands; of a key that is there twice the last counts, as in Python.
type foundCell struct {
	kind   string
	source Span
}

// findCells finds the number of a notebook's format, 0 where it has none, and its cells, nil where it has no list of them. The error is for what is no JSON or has
// something else in the place of these.
func findCells(raw []byte) (format int, cells []foundCell, err error) {
	r := reader{raw, newDecoder(raw)}
	err = r.fields("whole", func(key string) error {
		switch key {
		case "nbformat":
			return r.into(&format)
		case "cells":
			cells = []foundCell{}
			return r.elements("list of cells", func() error {
				var c foundCell
				err := r.fields("cell", func(key string) (err error) {
					switch key {
					case "source":
						c.source, err = r.value()
					case "cell_type":
						err = r.into(&c.kind)
					default:
						err = r.d.SkipValue()
					}
					return err
				})
				cells = append(cells, c)
				return err
			})
		}
		return r.d.SkipValue()
	})
	if err == nil {
		if _, err = r.d.ReadToken(); err == nil {
			err = errors.New("more stands behind it")
		} else if err == io.EOF {
			err = nil
		}
	}
	return format, cells, err
}

// reader reads JSON with an eye to where it stands.
type reader struct {
	raw []byte
	d   *jsontext.Decoder
}

// newDecoder takes what Python takes: text that is no Unicode, and keys that are there twice.
func newDecoder(raw []byte) *jsontext.Decoder {
	return jsontext.NewDecoder(bytes.NewBuffer(raw), jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
}

// value is where the next value stands.
func (r reader) value() (Span, error) {
	v, err := r.d.ReadValue()
	end := int(r.d.InputOffset())
	return Span{end - len(v), end}, err
}

// into decodes the next value.
func (r reader) into(v any) error {
	at, err := r.value()
	if err != nil {
		return err
	}
	return json.Unmarshal(r.raw[at.Start:at.End], v)
}

func (r reader) open(kind jsontext.Kind, what string) error {
	t, err := r.d.ReadToken()
	if err == nil && t.Kind() != kind {
		err = fmt.Errorf("its %s is %v, and does not begin with %c", what, t, byte(kind))
	}
	return err
}

// fields visits the keys of an object. For each its value is to be read.
func (r reader) fields(what string, visit func(key string) error) error {
	if err := r.open('{', what); err != nil {
		return err
	}
	for r.d.PeekKind() != '}' {
		key, err := r.d.ReadToken()
		if err != nil {
			return err
		}
		if err := visit(key.String()); err != nil {
			return err
		}
	}
	_, err := r.d.ReadToken()
	return err
}

// elements visits the elements of a list, each of which is to be read.
func (r reader) elements(what string, visit func() error) error {
	if err := r.open('[', what); err != nil {
		return err
	}
	for r.d.PeekKind() != ']' {
		if err := visit(); err != nil {
			return err
		}
	}
	_, err := r.d.ReadToken()
	return err
}

// readSource reads the JSON value of a source: a string, or a list of lines.
func readSource(raw []byte) (notebookCell, error) {
	c := notebookCell{isList: len(raw) > 0 && raw[0] == '['}
	if !c.isList {
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return c, err
		}
		c.elements, c.rawElems, c.rawAt, c.lossy = []string{s}, []string{string(raw)}, []int{0}, lossy(s, raw)
		return c, nil
	}
	r := reader{raw, newDecoder(raw)}
	last := 1
	err := r.elements("source", func() error {
		at, err := r.value()
		if err != nil {
			return err
		}
		v := raw[at.Start:at.End]
		var s string
		if err := json.Unmarshal(v, &s); err != nil {
			return err
		}
		switch between := string(raw[last:at.Start]); len(c.elements) {
		case 0:
			c.open = between
		case 1:
			c.sep = between
		}
		c.lossy = c.lossy || lossy(s, v)
		c.elements, c.rawElems, c.rawAt = append(c.elements, s), append(c.rawElems, string(v)), append(c.rawAt, at.Start)
		last = at.End
		return nil
	})
	if err != nil {
		return c, err
	}
	c.close = string(raw[last : len(raw)-1])
	return c, nil
}

// lossy tells whether reading a JSON string replaced something that is no Unicode.
func lossy(s string, raw []byte) bool {
	return strings.ContainsRune(s, utf8.RuneError) && !bytes.ContainsRune(raw, utf8.RuneError) && !bytes.Contains(bytes.ToLower(raw), []byte(`\ufffd`)) ||
		!utf8.Valid(raw)
}

// Restore gives the notebook with python, an edited Python, in its cells. It is an error if a cell's mark or a line of
// IPython's is gone, moved to another cell or there twice.
func (n *Notebook) Restore(python []byte) ([]byte, error) {
	var texts [][]string // of n.cells
	for _, line := range splitLines(string(python)) {
		if strings.HasPrefix(line, cellMark) {
			if len(texts) == len(n.cells) || line != cellMark+strconv.Itoa(n.cells[len(texts)].index) {
				return nil, fmt.Errorf("the marks of the cells were changed: %q", line)
			}
			texts = append(texts, nil)
			continue
		}
		if len(texts) == 0 {
			return nil, errors.New("the rewritten source begins before the first cell")
		}
		texts[len(texts)-1] = append(texts[len(texts)-1], line)
	}
	if len(texts) < len(n.cells) {
		return nil, fmt.Errorf("cell %d was lost", n.cells[len(texts)].index)
	}
	var out bytes.Buffer
	at := 0
	for i, c := range n.cells {
		if slices.Equal(texts[i], c.python) {
			continue
		}
		text, err := n.unmask(c, texts[i])
		if err != nil {
			return nil, fmt.Errorf("cell %d: %w", c.index, err)
		}
		out.Write(n.raw[at:c.span.Start])
		out.WriteString(c.encode(text))
		at = c.span.End
	}
	out.Write(n.raw[at:])
	return out.Bytes(), nil
}

// unmask is the text of a changed cell.
func (n *Notebook) unmask(c notebookCell, lines []string) (string, error) {
	switch {
	case c.skipped:
		return "", errors.New("it is of another language and was changed")
	case c.lossy:
		return "", errors.New("it holds text that is no Unicode, which would be lost")
	}
	var missing []string
	for _, line := range c.python {
		if broken, ok := strings.CutSuffix(line, unread); ok && placeholder.MatchString(broken) {
			return "", errors.New("it could not be read and was changed")
		}
		if m := placeholder.FindStringSubmatch(line); m != nil {
			missing = append(missing, m[2])
		}
	}
	lines = slices.Clone(lines)
	for i, line := range lines {
		m := placeholder.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		k := slices.Index(missing, m[2])
		if k < 0 {
			return "", fmt.Errorf("a line of IPython's was changed: %q", line)
		}
		missing = slices.Delete(missing, k, k+1)
		number, err := strconv.Atoi(m[2])
		if err != nil {
			return "", err
		}
		lines[i] = m[1] + n.magics[number]
	}
	if len(missing) > 0 {
		return "", errors.New("a line of IPython's was lost")
	}
	text := strings.Join(lines, "\n")
	if old := strings.Join(c.elements, ""); strings.HasSuffix(old, "\n") && len(lines) > 0 {
		text += "\n"
	}
	return text, nil
}

// encode writes a cell's new text the way the old one was written, lines that were there before byte for byte.
func (c notebookCell) encode(text string) string {
	if !c.isList {
		return quoteJSON(text)
	}
	written := map[string]string{}
	for i, e := range c.elements {
		written[e] = c.rawElems[i]
	}
	var parts []string
	for _, line := range strings.SplitAfter(text, "\n") {
		if line == "" {
			continue
		}
		raw, ok := written[line]
		if !ok {
			raw = quoteJSON(line)
		}
		parts = append(parts, raw)
	}
	return "[" + c.open + strings.Join(parts, c.sep) + c.close + "]"
}

// quoteJSON writes a string as Jupyter does: characters beyond ASCII and < > & as they are.
func quoteJSON(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic(err) // a string always encodes
	}
	return strings.TrimSuffix(b.String(), "\n")
}
