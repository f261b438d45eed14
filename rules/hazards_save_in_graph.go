package rules

import (
	"github.com/tfmigrate/tfmigrate/analyzer"
)

var saveInGraph = &Rule{
	Code: "TFM502",
	Name: "save-in-graph",
	Doc: Doc{
		What: "tf.saved_model.save called inside the context of a graph.",
		Why:  "tf.saved_model.save needs eager mode: inside `with tf.Graph().as_default()` it raises AssertionError, however the model was built.",
		Before: `import tensorflow as tf

with tf.Graph().as_default():
    tf.saved_model.save(tf.Module(), "export/module")
`,
		Link: "https://www.tensorflow.org/api_docs/python/tf/saved_model/save",
	},
	Find: func(p *Pass) {
		for _, c := range p.Calls("saved_model.save") {
			for n := p.File.Parent(c); n != nil; n = p.File.Parent(n) {
				if _, isDef := n.(*analyzer.FuncDef); isDef {
					break
				}
				if w, ok := n.(*analyzer.With); ok && p.entersGraph(w) {
					p.Report(Finding{Span: c.Span, Severity: Breaks,
						Message: "tf.saved_model.save needs eager mode, and raises inside a graph's context",
						Reason:  "move the call behind the with statement"})
					break
				}
			}
		}
	},
}

// entersGraph tells whether a with statement makes a graph the default.
func (x *Facts) entersGraph(w *analyzer.With) bool {
	for _, it := range w.Items {
		c, ok := it.X.(*analyzer.Call)
		if !ok {
			continue
		}
		if a, ok := c.Fn.(*analyzer.Attribute); ok && a.Attr == "as_default" {
			if _, ok := x.MadeBy(a.X, "Graph"); ok {
				return true
			}
		}
	}
	return false
}
