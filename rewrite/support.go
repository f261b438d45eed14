package rewrite

import (
	"bytes"
	"fmt"
	"slices"
)

// Support is what becomes of a file in which no site is fixed, and which runs together with files in which some are: exactly one of Raw and
// Why is set.
type Support struct {
	Raw   []byte // the document with the names that TensorFlow 2 lacks moved
	Names int    // how many these are
	Why   string // why the file stays as it is
}

// Around says how the files run that a supporting file belongs to.
type Around struct {
	Graph bool // they keep TensorFlow 1's behaviour for the whole program
	First bool // one of them does so before this file builds anything when it is imported
	Eager bool // one of them calls functions for their values
}

// SupportFixed moves the names that TensorFlow 2 lacks in a document that Converge found nothing to fix in, so that it runs together with
// fixed ones. Nil: the file needs nothing.
func SupportFixed(d *Document, res *Result, around Around, opt Options) (*Support, error) {
	p := newProgram(res.Facts, opt)
	switch {
	case d.written || len(p.f.Errors) > 0 || !p.isV1:
		return nil, nil
	case len(p.Sites) > 0:
		return &Support{Why: "it saves or loads a model itself, and that is left"}, nil
	}
	if why := notPython3(p.f); why != "" {
		return &Support{Why: why}, nil
	}
	if u, ok := p.contrib(nil); ok {
		line, _ := p.f.Position(u.node.Pos().Start)
		return &Support{Why: fmt.Sprintf("line %d uses tf.%s, and TensorFlow 2 has no tf.contrib", line, u.api.Name)}, nil
	}
	outside := p.modeOutside(nil)
	if outside.graph && !outside.explicit && around.Eager {
		return &Support{Why: "it builds graphs in graph mode, and a fixed file that it runs with calls functions for their values"}, nil
	}
	var mode modePlan
	if outside.graph && !(around.Graph && (around.First || !p.graphAtImport())) {
		mode.lines = p.graphMode(outside, false)
	}
	patch := &Patch{}
	if err := p.assemble(patch, mode); err != nil {
		return nil, fmt.Errorf("%s: %w", p.f.Path, err)
	}
	raw, err := d.restore(patch.Result)
	if err != nil {
		return nil, err
	}
	if bytes.Equal(raw, d.Raw) {
		return nil, nil
	}
	return &Support{Raw: raw, Names: len(p.renames)}, nil
}

// graphAtImport tells whether the file builds graphs when it is imported, and not only in functions.
func (p *program) graphAtImport() bool {
	return slices.ContainsFunc(p.uses, func(u use) bool { return graphMakers[u.api.Name] && p.f.FuncOf(u.node) == nil })
}

// Moved tells whether a fix was made in the document, now or by an earlier run, which its helper shows.
func (r *Result) Moved() bool {
	if len(r.Applied) > 0 {
		return true
	}
	return slices.ContainsFunc(helperDocs(), func(doc string) bool { return bytes.Contains(r.File.Src, []byte(doc)) })
}

// KeepsV1 tells whether the document, with its fixes made, turns TensorFlow 1's behaviour on for the whole program.
func (r *Result) KeepsV1() bool {
	if len(r.Applied) > 0 {
		return r.graph
	}
	return newProgram(r.Facts, Options{}).keepsV1(modePlan{})
}

// Eager tells whether a fix of the document calls functions for their values.
func (r *Result) Eager() bool {
	return slices.ContainsFunc(r.Applied, func(f *Fix) bool { return f.Mode == EagerMode })
}
