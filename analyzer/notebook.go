package analyzer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
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
	magics []string   // the lines that Python's placeholders stand for
}

// notebookCell is one code cell.
type notebookCell struct {
	index    int  // among all cells, from 0
	span     Span // of the source's JSON value in raw
	elements []string
	rawElems []string // the elements as they are written
	isList   bool
	open     string // what stands between the bracket and the first element, and between elements behind the comma
	close    string // what stands in front of the closing bracket
	skipped  bool   // a cell of another language
}

type cellLine struct{ cell, line int }

const (
	cellMark  = "# tfmigrate: cell "
	magicMark = "_tfmigrate_magic_"
)

var (
	magicLine   = regexp.MustCompile(`^\s*(%|!|\?)|^[^#'"]*=\s*(!|%)[a-zA-Z]|^\s*[\w.]+\?{1,2}\s*$`)
	pythonMagic = regexp.MustCompile(`^%%(time|timeit|capture|prun|debug)\b`)
	placeholder = regexp.MustCompile(`^\s*` + magicMark + `(\d+)\s*$`)
)

// ParseNotebook reads a notebook of format 3's successors (nbformat 4). The error says why raw is none.
func ParseNotebook(raw []byte) (*Notebook, error) {
	n := &Notebook{raw: raw}
	if err := n.readCells(); err != nil {
		return nil, err
	}
	var py strings.Builder
	mark := func(cell, line int, text string) {
		py.WriteString(text + "\n")
		n.lines = append(n.lines, cellLine{cell, line})
	}
	for _, c := range n.cells {
		mark(c.index, 1, cellMark+strconv.Itoa(c.index))
		if c.skipped {
			continue
		}
		for i, line := range splitLines(strings.Join(c.elements, "")) {
			if magicLine.MatchString(line) {
				n.magics = append(n.magics, line)
				indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
				line = indent + magicMark + strconv.Itoa(len(n.magics)-1)
			}
			mark(c.index, i+1, line)
		}
	}
	n.Python = []byte(py.String())
	return n, nil
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

// readCells finds the code cells and the bytes of their sources.
func (n *Notebook) readCells() error {
	var nb struct {
		Cells []struct {
			Type   string          `json:"cell_type"`
			Source json.RawMessage `json:"source"`
		} `json:"cells"`
	}
	if err := json.Unmarshal(n.raw, &nb); err != nil {
		return fmt.Errorf("not a notebook: %w", err)
	}
	if nb.Cells == nil {
		return fmt.Errorf("not a notebook of nbformat 4: it has no cells")
	}
	spans, err := sourceSpans(n.raw)
	if err != nil {
		return fmt.Errorf("not a notebook: %w", err)
	}
	for i, c := range nb.Cells {
		if c.Type != "code" || len(c.Source) == 0 {
			continue
		}
		span, ok := spans[i]
		if !ok {
			continue
		}
		cell, err := readSource(n.raw[span.Start:span.End])
		if err != nil {
			return fmt.Errorf("cell %d: %w", i, err)
		}
		cell.index, cell.span = i, span
		text := strings.Join(cell.elements, "")
		cell.skipped = strings.HasPrefix(text, "%%") && !pythonMagic.MatchString(text)
		n.cells = append(n.cells, cell)
	}
	return nil
}

// sourceSpans finds the bytes of cells[i].source for each i.
func sourceSpans(raw []byte) (map[int]Span, error) {
	out := map[int]Span{}
	d := json.NewDecoder(bytes.NewReader(raw))
	// after skips the white space and the separator in front of a value.
	after := func() int {
		at := int(d.InputOffset())
		for at < len(raw) && bytes.IndexByte([]byte(" \t\r\n:,"), raw[at]) >= 0 {
			at++
		}
		return at
	}
	skip := func() error {
		var v json.RawMessage
		return d.Decode(&v)
	}
	fields := func(visit func(key string) error) error {
		if _, err := d.Token(); err != nil { // {
			return err
		}
		for d.More() {
			t, err := d.Token()
			if err != nil {
				return err
			}
			key, _ := t.(string)
			if err := visit(key); err != nil {
				return err
			}
		}
		_, err := d.Token() // }
		return err
	}
	err := fields(func(key string) error {
		if key != "cells" {
			return skip()
		}
		if _, err := d.Token(); err != nil { // [
			return err
		}
		for i := 0; d.More(); i++ {
			err := fields(func(key string) error {
				start := after()
				if err := skip(); err != nil {
					return err
				}
				if key == "source" {
					out[i] = Span{start, int(d.InputOffset())}
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		_, err := d.Token() // ]
		return err
	})
	return out, err
}

// readSource reads the JSON value of a source: a string, or a list of lines.
func readSource(raw []byte) (notebookCell, error) {
	c := notebookCell{isList: len(raw) > 0 && raw[0] == '['}
	if !c.isList {
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return c, err
		}
		c.elements = []string{s}
		return c, nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	if _, err := d.Token(); err != nil {
		return c, err
	}
	last := int(d.InputOffset())
	for d.More() {
		var v json.RawMessage
		if err := d.Decode(&v); err != nil {
			return c, err
		}
		var s string
		if err := json.Unmarshal(v, &s); err != nil {
			return c, err
		}
		end := int(d.InputOffset())
		if len(c.elements) == 0 {
			c.open = string(raw[last : end-len(v)])
		}
		c.elements, c.rawElems = append(c.elements, s), append(c.rawElems, string(v))
		last = end
	}
	c.close = string(raw[last : len(raw)-1])
	return c, nil
}

// Restore gives the notebook with python, an edited Python, in its cells.
func (n *Notebook) Restore(python []byte) ([]byte, error) {
	texts := map[int][]string{}
	cell := -1
	for _, line := range splitLines(string(python)) {
		if rest, ok := strings.CutPrefix(line, cellMark); ok {
			i, err := strconv.Atoi(rest)
			if err != nil {
				return nil, fmt.Errorf("the mark of a cell was changed to %q", line)
			}
			cell = i
			texts[cell] = []string{}
			continue
		}
		if cell < 0 {
			return nil, fmt.Errorf("the rewritten source begins before the first cell")
		}
		if m := placeholder.FindStringSubmatch(line); m != nil {
			i, err := strconv.Atoi(m[1])
			if err != nil || i >= len(n.magics) {
				return nil, fmt.Errorf("a line of IPython's was changed to %q", line)
			}
			line = n.magics[i]
		}
		texts[cell] = append(texts[cell], line)
	}
	var out bytes.Buffer
	at := 0
	for _, c := range n.cells {
		lines, ok := texts[c.index]
		if !ok {
			return nil, fmt.Errorf("cell %d was lost", c.index)
		}
		text := strings.Join(lines, "\n")
		old := strings.Join(c.elements, "")
		if strings.HasSuffix(old, "\n") && text != "" {
			text += "\n"
		}
		if c.skipped || text == old {
			continue
		}
		out.Write(n.raw[at:c.span.Start])
		out.WriteString(c.encode(text))
		at = c.span.End
	}
	out.Write(n.raw[at:])
	return out.Bytes(), nil
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
	return "[" + c.open + strings.Join(parts, ","+c.open) + c.close + "]"
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
