package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

var contribImport = &Rule{
	Code: "TFM504",
	Name: "contrib-import",
	Doc: Doc{
		What: "tf.contrib in a file that saves or loads models: its first import or use, once for each file.",
		Why: "No TensorFlow 2 has tf.contrib: the import raises ModuleNotFoundError before anything is saved or loaded. " +
			"An import that the file can do without, in a try statement that catches its failure, is not reported, nor are files that save and load nothing.",
		Before: `import tensorflow as tf
from tensorflow.contrib import layers


def load(sess, x):
    tf.saved_model.loader.load(sess, ["serve"], "models/1")
    return layers.fully_connected(x, 3)
`,
		Silent: `import tensorflow as tf
try:
    from tensorflow.contrib import layers
except ImportError:  # the file can do without
    layers = None
from mylib import contrib  # another library's


def load(sess, x):
    tf.compat.v1.saved_model.load(sess, ["serve"], "models/1")
    return contrib.layers.fully_connected(x, 3)
`,
		Link: "https://www.tensorflow.org/guide/migrate/upgrade#additional_information",
	},
	Find: func(p *Pass) {
		imports, uses := p.contribImports(), p.contribUses()
		if len(imports)+len(uses) == 0 || !p.savesOrLoads() {
			return
		}
		f := Finding{Severity: Breaks, Message: "tf.contrib is imported here, and TensorFlow 2 has none",
			Reason: "nothing takes the place of all of tf.contrib; parts moved to TensorFlow itself, to tensorflow_addons and to tf_slim"}
		switch {
		case len(uses) == 0 || len(imports) > 0 && imports[0].Start < uses[0].Start:
			f.Span = imports[0]
		default:
			f.Span, f.Message = uses[0], "tf.contrib is used here, and TensorFlow 2 has none"
		}
		if more := len(imports) + len(uses) - 1; more > 0 {
			f.Message += fmt.Sprintf(" (%d more in the file)", more)
		}
		p.Report(f)
	},
}

// savesOrLoads tells whether the file has anything to do with saved models.
func (x *Facts) savesOrLoads() bool {
	if len(x.Sites) > 0 {
		return true
	}
	if x.exportsModels() || len(x.Calls("saved_model.save", "saved_model.load_v2", "estimator.BestExporter", "estimator.LatestExporter", "estimator.FinalExporter")) > 0 {
		return true
	}
	return slices.ContainsFunc(x.File.Calls(), func(c *analyzer.Call) bool {
		api, ok := x.Callee(c)
		return ok && strings.HasPrefix(api.Name, "contrib.saved_model.")
	})
}

// contribImports are the import statements of something below tensorflow.contrib that nothing catches the failure of. Those of the predictor alone are
// left to the rule about it.
func (x *Facts) contribImports() []analyzer.Span {
	var out []analyzer.Span
	contrib := func(n analyzer.Node, paths ...string) {
		for _, path := range paths {
			if strings.HasPrefix(path+".", contribRoot) && !strings.HasPrefix(path+".", contribRoot+"predictor.") && !x.caught(n) {
				out = append(out, n.Pos())
				return
			}
		}
	}
	analyzer.Walk(x.File.Module, func(n analyzer.Node) bool {
		switch n := n.(type) {
		case *analyzer.Import:
			for _, in := range n.Names {
				contrib(n, in.Name)
			}
		case *analyzer.ImportFrom:
			if n.Star && n.Level == 0 {
				contrib(n, n.Module)
			}
			var paths []string
			for _, in := range n.Names {
				if n.Level == 0 {
					paths = append(paths, n.Module+"."+in.Name)
				}
			}
			contrib(n, paths...)
		}
		return true
	})
	return out
}

// contribRoot is what the path of everything in tf.contrib starts with.
const contribRoot = "tensorflow.contrib."

// contribUses are the uses of tf.contrib as an attribute of TensorFlow that no other rule speaks about.
func (x *Facts) contribUses() []analyzer.Span {
	var out []analyzer.Span
	analyzer.Walk(x.File.Module, func(n analyzer.Node) bool {
		a, ok := n.(*analyzer.Attribute)
		if !ok || a.Attr != "contrib" {
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
		if whole, name := x.wholeName(a); !strings.HasPrefix(name, "predictor.") && !kerasExports["contrib."+name] && !x.caught(a) {
			out = append(out, whole.Pos())
		}
		return true
	})
	return out
}

// wholeName is the longest dotted name that starts with e, and what of it is behind e.
func (x *Facts) wholeName(e analyzer.Expr) (whole analyzer.Expr, name string) {
	var parts []string
	for {
		a, ok := x.File.Parent(e).(*analyzer.Attribute)
		if !ok {
			return e, strings.Join(parts, ".")
		}
		e = a
		parts = append(parts, a.Attr)
	}
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
