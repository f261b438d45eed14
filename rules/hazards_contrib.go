package rules

import (
	"fmt"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

var contribImport = &Rule{
	Code: "TFM504",
	Name: "contrib-import",
	Doc: Doc{
		What: "An import of tf.contrib, or the first use of tf.contrib by its name, in a file that saves or loads models.",
		Why: "No TensorFlow 2 has tf.contrib: the import raises ModuleNotFoundError before anything is saved or loaded. " +
			"An import that the file can do without, in a try statement that catches its failure, is not reported, nor are files that save and load nothing.",
		Before: `import tensorflow as tf
from tensorflow.contrib import layers


def load(sess, x):
    tf.saved_model.loader.load(sess, ["serve"], "models/1")
    return layers.fully_connected(x, 3)
`,
		Link: "https://www.tensorflow.org/guide/migrate/upgrade#additional_information",
	},
	Find: func(p *Pass) {
		if !p.savesOrLoads() {
			return
		}
		const byHand = "nothing is known that takes its place in every case; some of it moved to TensorFlow itself, to tensorflow_addons and to tf_slim"
		for _, s := range p.contribImports() {
			p.Report(Finding{Span: s.Pos(), Severity: Breaks,
				Message: "tf.contrib is imported here, and TensorFlow 2 has none", Reason: byHand})
		}
		if first, uses := p.contribUses(); first != nil {
			f := Finding{Span: first.Pos(), Severity: Breaks, Message: "tf.contrib is used here, and TensorFlow 2 has none", Reason: byHand}
			if uses > 1 {
				f.Message += fmt.Sprintf(" (the first of %d uses)", uses)
			}
			p.Report(f)
		}
	},
}

// savesOrLoads tells whether the file has anything to do with saved models.
func (x *Facts) savesOrLoads() bool {
	if len(x.Sites) > 0 {
		return true
	}
	for _, c := range x.File.Calls() {
		if api, ok := x.Callee(c); ok && (strings.HasPrefix(api.Name, "contrib.predictor.") || strings.HasPrefix(api.Name, "contrib.saved_model.")) {
			return true
		}
	}
	return x.exportsModels() || len(x.Calls("saved_model.save", "saved_model.load_v2", "estimator.BestExporter", "estimator.LatestExporter", "estimator.FinalExporter")) > 0
}

// contribImports are the import statements of something below tensorflow.contrib that nothing catches the failure of.
func (x *Facts) contribImports() []analyzer.Stmt {
	var out []analyzer.Stmt
	analyzer.Walk(x.File.Module, func(n analyzer.Node) bool {
		switch n := n.(type) {
		case *analyzer.Import:
			for _, in := range n.Names {
				if isContrib(in.Name) && !x.caught(n) {
					out = append(out, n)
					break
				}
			}
		case *analyzer.ImportFrom:
			if n.Level > 0 {
				break
			}
			found := isContrib(n.Module)
			for _, in := range n.Names {
				found = found || n.Module == "tensorflow" && in.Name == "contrib"
			}
			if found && !x.caught(n) {
				out = append(out, n)
			}
		}
		return true
	})
	return out
}

func isContrib(module string) bool {
	return module == "tensorflow.contrib" || strings.HasPrefix(module, "tensorflow.contrib.")
}

// contribUses finds tf.contrib as an attribute of TensorFlow: the first use that no other rule speaks about, and how many there are.
func (x *Facts) contribUses() (first analyzer.Expr, uses int) {
	analyzer.Walk(x.File.Module, func(n analyzer.Node) bool {
		a, ok := n.(*analyzer.Attribute)
		if !ok || a.Attr != "contrib" || x.caught(a) {
			return true
		}
		paths, only := x.File.Names(a)
		if !only || len(paths) == 0 {
			return true
		}
		for _, path := range paths {
			if strings.Replace(path, "compat.v1.", "", 1) != "tensorflow.contrib" {
				return true
			}
		}
		if x.spokenOf(a) {
			return true
		}
		if uses++; first == nil {
			first = x.wholeName(a)
		}
		return true
	})
	return first, uses
}

// wholeName is the longest dotted name that starts with e.
func (x *Facts) wholeName(e analyzer.Expr) analyzer.Expr {
	for {
		a, ok := x.File.Parent(e).(*analyzer.Attribute)
		if !ok {
			return e
		}
		e = a
	}
}

// spokenOf tells whether a use of tf.contrib is one that another rule reports: a predictor, or Keras's functions.
func (x *Facts) spokenOf(a *analyzer.Attribute) bool {
	parent, ok := x.File.Parent(a).(*analyzer.Attribute)
	return ok && (parent.Attr == "predictor" || parent.Attr == "saved_model")
}

// caught tells whether a node stands in the body of a try statement that has a handler.
func (x *Facts) caught(n analyzer.Node) bool {
	for child, n := n, x.File.Parent(n); n != nil; child, n = n, x.File.Parent(n) {
		if t, ok := n.(*analyzer.Try); ok && child == analyzer.Node(t.Body) && len(t.Handlers) > 0 {
			return true
		}
		if _, ok := n.(*analyzer.FuncDef); ok {
			return false
		}
	}
	return false
}
