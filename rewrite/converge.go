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
	codec    *codec // that the source is in; nil for UTF-8
	written  bool   // it is what a cell of a notebook writes to a file, or hands to another interpreter
}

var utf8BOM = []byte("\xef\xbb\xbf")

// ReadDocument makes a Document of a file's bytes, which are UTF-8 or what the source declares (PEP 263). Others, and a notebook that is none, are an error.
func ReadDocument(path string, raw []byte) (*Document, error) {
	text, codec, err := readEncoding(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return newDocument(&Document{Path: path, Raw: raw, codec: codec}, text)
}

// ReadText makes a Document of a file's text as an editor has it: UTF-8, whatever the source declares for the disk.
func ReadText(path string, text []byte) (*Document, error) {
	if err := checkText(text); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return newDocument(&Document{Path: path, Raw: text}, text)
}

func newDocument(d *Document, text []byte) (*Document, error) {
	if strings.HasSuffix(d.Path, ".ipynb") {
		nb, err := analyzer.ParseNotebook(d.Raw)
		var shape *json.UnmarshalTypeError
		if errors.As(err, &shape) {
			return nil, fmt.Errorf("%s: not a notebook of nbformat 4: there is JSON of type %s where it does not belong", d.Path, shape.Value)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.Path, err)
		}
		d.Notebook, d.Python = nb, nb.Python
		return d, nil
	}
	d.Python, d.bom = bytes.CutPrefix(text, utf8BOM)
	return d, nil
}

// Text is the file in UTF-8, without its byte order mark. Lines and columns are told in it.
func (d *Document) Text() []byte {
	if d.Notebook != nil {
		return bytes.TrimPrefix(d.Raw, utf8BOM)
	}
	return d.Python
}

// Written are the documents that cells of a notebook write (%%writefile x.py) or hand to another Python (%%python). They are looked at, and
// never rewritten.
func (d *Document) Written() []*Document {
	if d.Notebook == nil || d.written {
		return nil
	}
	var out []*Document
	for _, nb := range d.Notebook.Written() {
		out = append(out, &Document{Path: d.Path, Raw: d.Raw, Python: nb.Python, Notebook: nb, written: true})
	}
	return out
}

// Restore is the document's bytes with another Python source in them, in the encoding that they were in.
func (d *Document) Restore(python []byte) ([]byte, error) {
	switch {
	case d.Notebook != nil:
		out, err := d.Notebook.Restore(python)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.Path, err)
		}
		return out, nil
	case d.codec != nil:
		out, err := d.codec.encode(python)
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
	Patch    *Patch   // what becomes of each site, as seen in the first round
	Applied  []*Fix   // the fixes of all rounds
	Rounds   [][]Edit // the edits of each round, of the source that the one before has made
	Raw      []byte   // the document with them made; its own bytes where there are none
	Kept     int      // as in the Patch, after the last of them
	Stale    []Stale
	Imports  []string // helpers that the fixes import from the module of helpers, by name
	graph    bool     // the same
	v1       bool     // as in the Patch, of any of them
}

// Stale is a comment in the rewritten document that ignores what is not there any more, because the fixes took it away.
type Stale struct {
	Cell    int // of a notebook, from 0; -1 for a Python source
	Line    int // from 1; in a notebook within the cell
	Finding rules.Finding
}

// maxRounds bounds how often a file is planned again: fixes that wait for others to be made are rare, and two rounds settle all
// that are known.
const maxRounds = 5

// Survey finds what there is in a document, and what would become of each site. It makes no fix: the Patch has Outcomes only.
func Survey(ctx context.Context, d *Document, target rules.Version, opt Options) (*Result, error) {
	res, err := look(ctx, d, d.Python, target, opt)
	if err != nil || res.Patch != nil {
		return res, err
	}
	_, patch, _, err := choose(res.Facts, opt)
	if err != nil {
		return nil, err
	}
	res.Patch = &Patch{Outcomes: patch.Outcomes}
	return res, nil
}

// look finds what there is in a document with some Python in it. It has a Patch only where none can be planned.
func look(ctx context.Context, d *Document, python []byte, target rules.Version, opt Options) (*Result, error) {
	project := opt.Project
	if project == nil {
		project = &analyzer.Project{Knows: rules.Knows}
	}
	f, err := project.Parse(ctx, d.Path, python)
	if err != nil {
		return nil, err
	}
	res := &Result{File: f, Raw: d.Raw}
	res.Facts, res.Findings = rules.Check(f, target)
	if opt.PredictOnly {
		predictOnly(res.Facts)
	}
	if opt.Wants != nil {
		res.Findings = res.Facts.Select(res.Findings, opt.Wants)
	}
	if d.written {
		why := refuse(nil, "fix the file that it makes, and put the result into the cell", "it is in a cell that the notebook does not run itself, which is not rewritten")
		res.Patch = refuseAll(res.Facts, why)
	}
	return res, nil
}

// Converge finds what there is in a document, and applies fixes until none is left to apply.
func Converge(ctx context.Context, d *Document, target rules.Version, opt Options) (*Result, error) {
	var res *Result
	python := d.Python
	for range maxRounds {
		now, err := look(ctx, d, python, target, opt)
		if err != nil || now.Patch != nil {
			return now, err
		}
		patch, err := Plan(now.Facts, opt)
		if err != nil {
			return nil, err
		}
		if res == nil {
			res = now
			res.Patch = patch
		} else {
			res.Stale = stale(d, res, now.File, now.Findings)
		}
		if patch.Result == nil || bytes.Equal(patch.Result, python) {
			break
		}
		res.Applied = append(res.Applied, patch.Applied...)
		res.Rounds = append(res.Rounds, patch.Edits)
		res.graph, res.Kept = patch.graph, patch.Kept
		res.v1 = res.v1 || patch.v1
		res.Imports = append(res.Imports, patch.imports...)
		python = patch.Result
	}
	raw, err := d.Restore(python)
	if err != nil {
		return nil, err
	}
	res.Raw = raw
	return res, nil
}

// predictOnly gives every signature that is exported the method name that tf.saved_model.save writes.
func predictOnly(facts *rules.Facts) {
	for _, s := range facts.Sites {
		e, ok := s.(*rules.Export)
		if !ok {
			continue
		}
		for _, mg := range e.MetaGraphs {
			for i := range mg.Signatures {
				mg.Signatures[i].Method = rules.PredictMethod
			}
		}
	}
}

// stale finds the comments that ignored something before the fixes and nothing after them.
func stale(d *Document, res *Result, f *analyzer.File, findings []rules.Finding) []Stale {
	unused := func(f *analyzer.File, x rules.Finding) string {
		if x.Rule.Name != "unused-ignore" {
			return ""
		}
		return f.Text(x.Span) + "\n" + x.Reason
	}
	before := map[string]int{}
	for _, x := range res.Findings {
		before[unused(res.File, x)]++
	}
	var out []Stale
	for _, x := range findings {
		key := unused(f, x)
		if key == "" {
			continue
		}
		if before[key]--; before[key] >= 0 {
			continue
		}
		s := Stale{Cell: -1, Finding: x}
		s.Line, _ = f.Position(x.Span.Start)
		if d.Notebook != nil {
			s.Cell, s.Line = d.Notebook.CellIn(f.Src, x.Span.Start)
		}
		out = append(out, s)
	}
	return out
}

// FixOne makes the fix of one site of a document that Converge looked at, with what the file needs for it, and nothing else. It gives the
// document's Text with the fix made; fix is nil where there is none to make.
func FixOne(d *Document, res *Result, site rules.Site, opt Options) (fix *Fix, text []byte, err error) {
	opt.Only = site
	patch, err := Plan(res.Facts, opt)
	if err != nil || patch.Result == nil {
		return nil, nil, err
	}
	raw, err := d.Restore(patch.Result)
	if err != nil {
		return nil, nil, err
	}
	if d.Notebook == nil {
		return patch.Applied[0], patch.Result, nil
	}
	return patch.Applied[0], bytes.TrimPrefix(raw, utf8BOM), nil
}
