package rewrite

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
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
	Graph  bool // they keep TensorFlow 1's behaviour for the whole program
	First  bool // one of them does so when this file is imported, before anything else in it runs
	Before bool // they do so before a function of this file is called
	Eager  bool // one of them calls functions for their values
	V1     bool // one of them was written for TensorFlow 1, and fixed now
	// Estimator tells that one of them exports an Estimator, whose graph may be built here, out of names of any kind.
	Estimator bool
	// Wrapped are the functions and classes of this file that one of them has in a function that wrap_function takes.
	Wrapped []analyzer.Span
}

// SupportFixed moves the names that TensorFlow 2 lacks in a document that Converge found nothing to fix in, so that it runs together with
// fixed ones. Nil: the file needs nothing.
func SupportFixed(d *Document, res *Result, around Around, opt Options) (*Support, error) {
	opt.v1 = around.V1
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
	wrapped := &Fix{}
	for _, s := range around.Wrapped {
		wrapped.Wrapped = append(wrapped.Wrapped, s)
	}
	outside := p.modeOutside([]*Fix{wrapped})
	if outside.graph && !outside.explicit && around.Eager {
		return &Support{Why: "it builds graphs in graph mode, and a fixed file that it runs with calls functions for their values"}, nil
	}
	var mode modePlan
	if (outside.graph || around.Estimator && p.v1RemainsOutside(nil)) && !(around.Graph && (around.First || around.Before && !p.graphAtImport())) {
		mode.lines = p.graphMode(outside, false)
	}
	patch := &Patch{}
	if err := p.assemble(patch, mode); err != nil {
		return nil, fmt.Errorf("%s: %w", p.f.Path, err)
	}
	raw, err := d.Restore(patch.Result)
	if err != nil {
		return nil, err
	}
	if bytes.Equal(raw, d.Raw) {
		return nil, nil
	}
	return &Support{Raw: raw, Names: len(p.renames)}, nil
}

// brokenImport looks for a module of the project that is imported with the file and does not run on TensorFlow 2, whatever is renamed in it. whole
// tells that it can't even be imported there; else only a function of it can't be called, and why is what has to be so. why is "" if none is known to be
// like that.
func (p *program) brokenImport() (why string, whole bool) {
	for m := range p.f.ImportedWith() {
		if old := notPython3(m); old != "" {
			return fmt.Sprintf("it imports %s: %s", m.Path, old), true
		}
		if !m.Mentions("contrib") {
			continue
		}
		other := &program{Facts: &rules.Facts{File: m, Target: p.Target}, f: m}
		for _, u := range other.tensorFlowNames() {
			if !strings.HasPrefix(u.api.Name, "contrib.") || other.guarded(u.node) {
				continue
			}
			line, _ := m.Position(u.node.Pos().Start)
			paths, _ := m.Names(rootOf(u.node)) // what is imported from there can't be, wherever it is used
			if other.asProgram(u.node) {
				continue
			}
			whole = m.FuncOf(u.node) == nil || slices.ContainsFunc(paths, func(path string) bool { return strings.HasPrefix(path, "tensorflow.contrib") })
			if whole {
				return fmt.Sprintf("line %d of %s, which it imports, uses tf.%s, and TensorFlow 2 has no tf.contrib", line, m.Path, u.api.Name), true
			}
			if why == "" {
				why = fmt.Sprintf("right if line %d of %s, which it imports, is not reached, for it uses tf.%s", line, m.Path, u.api.Name)
			}
		}
	}
	return why, false
}

// Suspect tells whether a source may have what brokenImport looks for: tf.contrib, or a statement or backquotes of Python 2. It is for an analyzer.Project
// to know which modules matter.
func Suspect(src []byte) bool {
	return bytes.Contains(src, []byte("contrib")) || bytes.IndexByte(src, '`') >= 0 || mayBeStatement(src, "print") || mayBeStatement(src, "exec")
}

// mayBeStatement tells whether a word stands somewhere that is not called, nor spoken of otherwise than by its name.
func mayBeStatement(src []byte, word string) bool {
	for at := 0; ; {
		i := bytes.Index(src[at:], []byte(word))
		if i < 0 {
			return false
		}
		at += i + len(word)
		behind := bytes.TrimLeft(src[at:], " \t\f")
		if len(behind) == 0 || !bytes.ContainsRune([]byte("(=.,:)]}"), rune(behind[0])) {
			return true
		}
	}
}

// rootOf is the name that a dotted expression begins with.
func rootOf(e analyzer.Expr) analyzer.Expr {
	for {
		a, ok := e.(*analyzer.Attribute)
		if !ok {
			return e
		}
		e = a.X
	}
}

// graphAtImport tells whether the file builds graphs when it is imported or run, and not only in functions.
func (p *program) graphAtImport() bool {
	return slices.ContainsFunc(p.uses, func(u use) bool { return graphMakers[u.api.Name] && p.f.FuncOf(u.node) == nil })
}

// asProgram tells whether code runs only where the file is the program, and not where it is imported: below a condition about __name__.
func (p *program) asProgram(n analyzer.Node) bool {
	for child := n; ; {
		parent := p.f.Parent(child)
		if parent == nil {
			return false
		}
		if s, ok := parent.(*analyzer.If); ok && analyzer.Node(s.Body) == child {
			if c, ok := s.Test.(*analyzer.Compare); ok && len(c.Operands) == 2 && len(c.Ops) == 1 && c.Ops[0] == "==" {
				for _, e := range c.Operands {
					if name, ok := e.(*analyzer.Name); ok && name.ID == "__name__" {
						return true
					}
				}
			}
		}
		child = parent
	}
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

// V1 tells whether a fix was made now in a document that was written for TensorFlow 1.
func (r *Result) V1() bool { return r.v1 }

// Estimator tells whether a fix of the document exports an Estimator.
func (r *Result) Estimator() bool {
	return slices.ContainsFunc(r.Applied, func(f *Fix) bool { return f.Strategy == "estimator" })
}
