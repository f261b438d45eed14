package lsp

import (
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// document is a file or a notebook that the editor has open.
type document struct {
	uri   string
	path  string // what it is called where it is looked at; absolute
	cells bool   // it is a notebook of which each cell is a part
	parts []*part

	revision int         // counts the changes
	checked  *checked    // what was found in the text that it has now; nil if that was not looked at
	waiting  *time.Timer // until it is looked at
}

// part is a text that has a URI of its own: a file, or a cell of a notebook.
type part struct {
	uri     string
	version int
	python  bool
	text    *text
}

// changed takes note that a text is not what it was.
func (d *document) changed() { d.revision, d.checked = d.revision+1, nil }

// part is the document's part with a URI.
func (d *document) part(uri string) *part {
	for _, p := range d.parts {
		if p.uri == uri {
			return p
		}
	}
	return nil
}

// bytes is the document as a file would be: of cells a notebook of nbformat 4.
func (d *document) bytes() ([]byte, error) {
	if !d.cells {
		return []byte(d.parts[0].text.string), nil
	}
	type cell struct {
		Kind     string         `json:"cell_type"`
		Source   string         `json:"source"`
		Metadata map[string]any `json:"metadata"`
	}
	cells := []cell{}
	for _, p := range d.parts {
		c := cell{"raw", p.text.string, map[string]any{}}
		if p.python {
			c.Kind = "code"
		}
		cells = append(cells, c)
	}
	return json.Marshal(map[string]any{"nbformat": 4, "nbformat_minor": 5, "metadata": map[string]any{}, "cells": cells})
}

// cellsOf are the sources of the cells of a notebook that bytes has made.
func cellsOf(raw []byte) ([]string, error) {
	var nb struct {
		Cells []struct {
			Source json.RawMessage `json:"source"`
		} `json:"cells"`
	}
	if err := json.Unmarshal(raw, &nb); err != nil {
		return nil, err
	}
	var out []string
	for i, c := range nb.Cells {
		var s string
		if err := json.Unmarshal(c.Source, &s); err != nil {
			return nil, fmt.Errorf("cell %d: %w", i, err)
		}
		out = append(out, s)
	}
	return out, nil
}

// pathOf is the file that a URI names. A document that is no file has a name below a root, so that it is under that root's configuration.
func pathOf(uri string, roots []string) string {
	u, err := url.Parse(uri)
	if err != nil {
		u = &url.URL{Opaque: uri}
	}
	if u.Scheme == "file" {
		return filepath.Clean(filepath.FromSlash(u.Path))
	}
	path := u.Path
	if path == "" {
		path = u.Opaque
	}
	if filepath.IsAbs(path) { // a cell, or a file that another scheme shows
		return filepath.Clean(path)
	}
	root := "."
	if len(roots) > 0 {
		root = roots[0]
	}
	abs, err := filepath.Abs(filepath.Join(root, filepath.Base(filepath.Clean("/"+path))))
	if err != nil {
		return path
	}
	return abs
}

// open takes a file that was opened; nil for one that is of no interest.
func (s *server) open(item textDocumentItem) *document {
	path := pathOf(item.URI, s.roots)
	switch python := strings.EqualFold(item.LanguageID, "python"); {
	case strings.HasSuffix(path, ".ipynb") && !python: // its JSON
	case python || strings.HasSuffix(path, ".py"):
		if !strings.HasSuffix(path, ".py") {
			path += ".py"
		}
	default:
		return nil
	}
	return &document{uri: item.URI, path: path, parts: []*part{s.newPart(item, true)}}
}

func (s *server) newPart(item textDocumentItem, python bool) *part {
	return &part{uri: item.URI, version: item.Version, python: python, text: newText(item.Text, s.utf8)}
}

// openNotebook takes a notebook that was opened cell by cell.
func (s *server) openNotebook(p didOpenNotebookParams) *document {
	path := pathOf(p.NotebookDocument.URI, s.roots)
	if !strings.HasSuffix(path, ".ipynb") {
		path += ".ipynb"
	}
	return &document{uri: p.NotebookDocument.URI, path: path, cells: true, parts: s.newCells(p.NotebookDocument.Cells, p.CellTextDocuments)}
}

// newCells are the parts of cells, whose texts are among items.
func (s *server) newCells(cells []notebookCell, items []textDocumentItem) []*part {
	var out []*part
	for _, c := range cells {
		item := textDocumentItem{URI: c.Document}
		if i := slices.IndexFunc(items, func(t textDocumentItem) bool { return t.URI == c.Document }); i >= 0 {
			item = items[i]
		}
		out = append(out, s.newPart(item, c.Kind == codeCell && strings.EqualFold(item.LanguageID, "python")))
	}
	return out
}

// changeNotebook makes the changes of a notification, and gives the URIs of the cells that are gone.
func (s *server) changeNotebook(d *document, p didChangeNotebookParams) (gone []string, err error) {
	c := p.Change.Cells
	if c == nil {
		return nil, nil
	}
	if c.Structure != nil {
		a := c.Structure.Array
		if a.Start < 0 || a.DeleteCount < 0 || a.Start+a.DeleteCount > len(d.parts) {
			return nil, fmt.Errorf("cells %d to %d of %d are replaced", a.Start, a.Start+a.DeleteCount, len(d.parts))
		}
		old := slices.Clone(d.parts)
		added := s.newCells(a.Cells, c.Structure.DidOpen)
		for i, n := range added { // a cell that moves is not opened anew
			if was := d.part(n.uri); was != nil && !slices.ContainsFunc(c.Structure.DidOpen, func(t textDocumentItem) bool { return t.URI == n.uri }) {
				added[i] = was
			}
		}
		d.parts = slices.Replace(slices.Clone(d.parts), a.Start, a.Start+a.DeleteCount, added...)
		for _, was := range old {
			if d.part(was.uri) == nil {
				gone = append(gone, was.uri)
			}
		}
	}
	for _, data := range c.Data {
		if was := d.part(data.Document); was != nil && data.Kind != codeCell {
			was.python = false
		}
	}
	for _, t := range c.TextContent {
		was := d.part(t.Document.URI)
		if was == nil {
			return gone, fmt.Errorf("%s is no cell of the notebook", t.Document.URI)
		}
		was.text, was.version = was.text.change(t.Changes), t.Document.Version
	}
	return gone, nil
}
