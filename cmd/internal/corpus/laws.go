package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/tfmigrate/tfmigrate/rewrite"
)

// holdLaws holds a result against what has to be true of every one.
func (r *checked) holdLaws(d *rewrite.Document, res *rewrite.Result, which string) {
	if why := outsideEdits(d, res); why != "" {
		r.bug(outside, which+": "+why)
	}
	again, err := rewrite.ReadDocument(r.Path, res.Raw)
	if err != nil {
		return // another law
	}
	after := string(again.Python)
	for _, c := range res.File.Comments {
		if text := strings.TrimSpace(res.File.Text(c)); !strings.Contains(after, text) {
			r.bug(lost, which+": "+text)
		}
	}
}

// outsideEdits tells how a result differs from the file outside of the edits, of which it is put together once more; "" if it does not.
func outsideEdits(d *rewrite.Document, res *rewrite.Result) string {
	python := d.Python
	for round, edits := range res.Rounds {
		var out []byte
		at := 0
		for _, e := range edits {
			if e.Span.Start < at || e.Span.End > len(python) {
				return fmt.Sprintf("in round %d the edit of bytes %d to %d overlaps one before it", round+1, e.Span.Start, e.Span.End)
			}
			out = append(append(out, python[at:e.Span.Start]...), e.Text...)
			at = e.Span.End
		}
		python = append(out, python[at:]...)
	}
	if d.Notebook == nil {
		if raw, err := d.Restore(python); err != nil || !bytes.Equal(raw, res.Raw) {
			return "the file is not what the edits make of it"
		}
		return ""
	}
	before, err := aroundCode(d.Raw)
	if err != nil {
		return err.Error()
	}
	after, err := aroundCode(res.Raw)
	if err != nil {
		return err.Error()
	}
	if !reflect.DeepEqual(before, after) {
		return "the notebook has changed outside of its code"
	}
	return ""
}

// aroundCode is a notebook without the source of its code cells.
func aroundCode(raw []byte) (map[string]any, error) {
	var nb map[string]any
	if err := json.Unmarshal(bytes.TrimPrefix(raw, []byte("\ufeff")), &nb); err != nil {
		return nil, err
	}
	cells, _ := nb["cells"].([]any)
	for _, c := range cells {
		if cell, ok := c.(map[string]any); ok && cell["cell_type"] == "code" {
			delete(cell, "source")
		}
	}
	return nb, nil
}
