package cli

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rewrite"
)

// region is a place in a file's text, which for a notebook is its JSON. Lines and columns are from 1, a byte order mark not
// counted; the end is behind the last character.
type region struct {
	line, column, endLine, endColumn int // columns in characters
	byteColumn, byteEndColumn        int
}

// regionOf is where a span of a document's Python is in its file.
func regionOf(d *rewrite.Document, file *analyzer.File, s analyzer.Span) region {
	src := file.Src
	if d.Notebook != nil {
		src = d.Raw
		line, column := file.Position(s.Start)
		start := d.Notebook.Offset(line, column)
		line, column = file.Position(s.End)
		s = analyzer.Span{Start: start, End: max(start, d.Notebook.Offset(line, column))}
	}
	var r region
	r.line, r.column, r.byteColumn = position(src, s.Start)
	r.endLine, r.endColumn, r.byteEndColumn = position(src, s.End)
	return r
}

func position(src []byte, at int) (line, column, byteColumn int) {
	start := bytes.LastIndexByte(src[:at], '\n') + 1
	return bytes.Count(src[:at], []byte("\n")) + 1, utf8.RuneCount(src[start:at]) + 1, at - start + 1
}

// change is what the fix of one site would do to its file, and to nothing else.
type change struct {
	description string
	unsafe      bool
	lines       []string // of the file's text, with their newlines
	edits       []rewrite.LineEdit
}

// addChanges gives the first finding of every site that has a fix the text of that fix.
func addChanges(found []finding, d *rewrite.Document, res *rewrite.Result, opt rewrite.Options) error {
	before := d.Text()
	lines := slices.Collect(strings.Lines(string(before)))
	for i := range found {
		if found[i].secondary || found[i].Fixable == rewrite.Display.String() {
			continue
		}
		fix, after, err := rewrite.FixOne(d, res, found[i].site, opt)
		if err != nil {
			return err
		}
		if fix == nil || bytes.Equal(before, after) {
			continue
		}
		found[i].change = &change{fix.Message, fix.Applicability == rewrite.Unsafe, lines, rewrite.LineEdits(before, after)}
	}
	return nil
}

// span is the region of whole lines, first to last. Where the file ends without a newline, so does its last line.
func (c *change) span(first, last int) region {
	r := region{line: first, column: 1, endLine: last + 1, endColumn: 1, byteColumn: 1, byteEndColumn: 1}
	if last == len(c.lines) && last >= first {
		if line := c.lines[last-1]; !strings.HasSuffix(line, "\n") {
			r.endLine, r.endColumn, r.byteEndColumn = last, utf8.RuneCountInString(line)+1, len(line)+1
		}
	}
	return r
}
