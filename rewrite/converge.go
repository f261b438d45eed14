package rewrite

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// Document is a file as people keep it: a Python source, or a notebook of which the code cells are one.
type Document struct {
	Path     string
	Raw      []byte
	Python   []byte             // what is analysed
	Notebook *analyzer.Notebook // nil for a Python source
	bom      bool
}

var utf8BOM = []byte("\xef\xbb\xbf")

// ReadDocument makes a Document of a file's bytes. Bytes that are no UTF-8, and a notebook that is none, are an error.
func ReadDocument(path string, raw []byte) (*Document, error) {
	d := &Document{Path: path, Raw: raw}
	if err := checkEncoding(raw); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if strings.HasSuffix(path, ".ipynb") {
		nb, err := analyzer.ParseNotebook(raw)
		var shape *json.UnmarshalTypeError
		if errors.As(err, &shape) {
			return nil, fmt.Errorf("%s: not a notebook of nbformat 4: there is JSON of type %s where it does not belong", path, shape.Value)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		d.Notebook, d.Python = nb, nb.Python
		return d, nil
	}
	d.Python, d.bom = bytes.CutPrefix(raw, utf8BOM)
	return d, nil
}

// restore is the document's bytes with another Python source in them.
func (d *Document) restore(python []byte) ([]byte, error) {
	switch {
	case d.Notebook != nil:
		out, err := d.Notebook.Restore(python)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.Path, err)
		}
		return out, nil
	case d.bom:
		return append(bytes.Clone(utf8BOM), python...), nil
	}
	return python, nil
}

// Result is a document that was looked at.
type Result struct {
	File     *analyzer.File
	Facts    *rules.Facts
	Findings []rules.Finding
	Patch    *Patch // what becomes of each site, as seen in the first round
	Applied  []*Fix // the fixes of all rounds
	Raw      []byte // the document with them made; its own bytes where there are none
}

// maxRounds bounds how often a file is planned again: fixes that wait for others to be made are rare, and two rounds settle all
// that are known.
const maxRounds = 5

// Converge finds what there is in a document, and applies fixes until none is left to apply.
func Converge(ctx context.Context, d *Document, target rules.Version, opt Options) (*Result, error) {
	project := opt.Project
	if project == nil {
		project = &analyzer.Project{Knows: rules.Knows}
	}
	var res *Result
	python := d.Python
	for range maxRounds {
		f, err := project.Parse(ctx, d.Path, python)
		if err != nil {
			return nil, err
		}
		facts, findings := rules.Check(f, target)
		patch, err := Plan(facts, opt)
		if err != nil {
			return nil, err
		}
		if res == nil {
			res = &Result{File: f, Facts: facts, Findings: findings, Patch: patch}
		}
		if patch.Result == nil || bytes.Equal(patch.Result, python) {
			break
		}
		res.Applied = append(res.Applied, patch.Applied...)
		python = patch.Result
	}
	raw, err := d.restore(python)
	if err != nil {
		return nil, err
	}
	res.Raw = raw
	return res, nil
}

// FixOne makes the fix of one site of a document that Converge looked at, with what the file needs for it, and nothing else. It gives the
// document's bytes with the fix made, without its byte order mark; fix is nil where there is none to make.
func FixOne(d *Document, res *Result, site rules.Site, opt Options) (fix *Fix, raw []byte, err error) {
	opt.Only = site
	patch, err := Plan(res.Facts, opt)
	if err != nil || patch.Result == nil {
		return nil, nil, err
	}
	if raw, err = d.restore(patch.Result); err != nil {
		return nil, nil, err
	}
	return patch.Applied[0], bytes.TrimPrefix(raw, utf8BOM), nil
}
