package analyzer

import (
	"regexp"
	"slices"
	"strings"
)

// writesPython are the cell magics below which there is Python that the notebook's own interpreter does not run: a file that is written,
// or another interpreter's program.
var writesPython = regexp.MustCompile(`^%%?(?:(?:writefile|file)\s+(?:(?:-a|--append)\s+)?["']?[^"'\n]*\.py["']?\s*$|python[23]?\b|pypy3?\b)`)

// writesNamed is a cell magic that writes a file whose name a variable of the notebook has: `%%writefile {module_file}`.
var writesNamed = regexp.MustCompile(`^%%?(?:writefile|file)\s+(?:(?:-a|--append)\s+)?["']?(?:\$|\{)(\w+)\}?["']?\s*$`)

// namesPython finds an assignment of a Python file's name.
var namesPython = regexp.MustCompile(`(?m)^[ \t]*(\w+)[ \t]*=[^=\n][^\n]*\.py["'][ \t)]*(?:#.*)?$`)

// holdsPython tells whether what is below a cell's magic is Python for others to run.
func (n *Notebook) holdsPython(magic string) bool {
	if writesPython.MatchString(magic) {
		return true
	}
	named := writesNamed.FindStringSubmatch(magic)
	return named != nil && slices.ContainsFunc(n.cells, func(c notebookCell) bool {
		return !c.skipped && slices.ContainsFunc(namesPython.FindAllStringSubmatch(strings.Join(c.elements, ""), -1), func(m []string) bool { return m[1] == named[1] })
	})
}

// Written are the cells of another language that hold Python all the same, `%%writefile x.py` and `%%python`: each a Notebook of one cell's
// lines below the magic. They have their places in the notebook and can't be restored.
func (n *Notebook) Written() []*Notebook {
	var out []*Notebook
	for _, c := range n.cells {
		magic, body, line := c.magic()
		if !c.skipped || !n.holdsPython(magic) {
			continue
		}
		w := &Notebook{raw: n.raw, cells: []notebookCell{c}}
		for i, text := range splitLines(body) {
			w.put(c.index, line+1+i, text)
		}
		out = append(out, w)
	}
	return out
}

// Foreign counts the cells that are passed over: they are of another language, and hold no Python.
func (n *Notebook) Foreign() int {
	count := 0
	for _, c := range n.cells {
		if magic, _, _ := c.magic(); c.skipped && !n.holdsPython(magic) {
			count++
		}
	}
	return count
}

// magic is the first line of a cell of another language that is neither blank nor a comment nor a magic of Python's, what is below it, and the number of that line.
func (c notebookCell) magic() (magic, body string, line int) {
	body = strings.Join(c.elements, "")
	for line = 1; ; line++ {
		var more bool
		magic, body, more = strings.Cut(body, "\n")
		magic = strings.TrimSpace(magic)
		if magic != "" && magic[0] != '#' && !pythonMagic.MatchString(magic) || !more {
			return magic, body, line
		}
	}
}

// CellIn tells where an offset of python, an edited Python, is: the cell, from 0 over all cells, and the line, from 1, as far as lines of
// IPython's that go on over several lines are not above it.
func (n *Notebook) CellIn(python []byte, offset int) (cell, line int) {
	mark := -1
	for i, text := range strings.Split(string(python[:offset]), "\n") {
		if IsCellMark(text) {
			cell, mark = cell+1, i
		}
		line = i - mark
	}
	if 0 < cell && cell <= len(n.cells) {
		cell = n.cells[cell-1].index
	}
	return cell, line
}
