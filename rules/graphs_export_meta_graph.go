package rules

import (
	"slices"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

var exportMetaGraph = &Rule{
	Code: "TFM401",
	Name: "export-meta-graph",
	Doc: Doc{
		What: "A MetaGraphDef made by export_meta_graph, in a file or in memory.",
		Why: "TensorFlow 2 has no function that writes a MetaGraphDef, and no tf.train.Saver. tf.compat.v1 still has both, for use inside a " +
			"graph, and what they wrote can be imported by tf.compat.v1.wrap_function; a SavedModel is the format to move to.",
		Before: `import tensorflow as tf

with tf.Graph().as_default():
    v = tf.Variable(3.0, name="v")
    tf.train.Saver().export_meta_graph("model.meta")
`,
		Silent: `import tensorflow as tf
from exporters import export_meta_graph

export_meta_graph("model.meta")  # another function of that name


def export(saver):
    saver.export_meta_graph("model.meta")  # nothing here says what the parameter is


tf.io.write_graph(tf.Graph(), ".", "graph.pb")  # a GraphDef, and no MetaGraphDef
`,
		Link: "https://www.tensorflow.org/guide/migrate/saved_model#graphdef_and_metagraphdef",
	},
	Find: func(p *Pass) {
		for _, s := range p.Sites {
			m, ok := s.(*MetaGraphExport)
			if !ok {
				continue
			}
			verb := "written"
			if m.InMemory {
				verb = "made"
			}
			p.Report(Finding{Span: m.Call.Span, Site: m, Severity: p.metaGraphSeverity(m.Call),
				Message: "a MetaGraphDef is " + verb + " here; TensorFlow 2 can do that only through tf.compat.v1, inside a graph"})
		}
	},
}

// metaGraphSeverity is the severity of an export: of the function, or of what made the Saver whose method is called. A Saver that is made elsewhere
// breaks there or not at all.
func (p *Pass) metaGraphSeverity(c *analyzer.Call) Severity {
	a, ok := c.Fn.(*analyzer.Attribute)
	if !ok || p.Is(c, "train.export_meta_graph") {
		return p.severity(c)
	}
	_, made := p.receiver(a.X, p.makes(saverMakers...))
	if slices.ContainsFunc(made, func(saver *analyzer.Call) bool { return p.Is(saver, saverMakers...) && p.severity(saver) == Breaks }) {
		return Breaks
	}
	return Works
}
