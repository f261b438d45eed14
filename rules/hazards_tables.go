package rules

import (
	"strings"
)

var tablesWithoutInit = &Rule{
	Code: "TFM503",
	Name: "tables-without-init",
	Doc: Doc{
		What: "A model with lookup tables that is exported without an op to initialise them.",
		Why:  "A Builder or simple_save writes the op that initialises tables only if it is passed as main_op or legacy_init_op. Without it the model loads, and the first request fails: \"Table not initialized\".",
		Before: `import tensorflow as tf


def export(sess, words, ids):
    table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a"], [1]), -1)
    tf.saved_model.simple_save(sess, "export/lookup", {"words": words}, {"ids": table.lookup(words)})
`,
		Link: "https://www.tensorflow.org/api_docs/python/tf/compat/v1/saved_model/Builder#add_meta_graph_and_variables",
	},
	Find: func(p *Pass) {
		if !p.makesTables() {
			return
		}
		for _, s := range p.Sites {
			e, ok := s.(*Export)
			if !ok || e.Doubt != "" {
				continue
			}
			for _, mg := range e.MetaGraphs {
				if mg.Variables && mg.Options["main_op"] == nil && mg.Options["legacy_init_op"] == nil {
					p.Report(Finding{Span: mg.Call.Span, Site: e, Severity: Hazard,
						Message: "the file makes lookup tables, and this export passes no op that initialises them"})
				}
			}
		}
	},
}

// makesTables tells whether the file calls a function that makes lookup tables.
func (x *Facts) makesTables() bool {
	for _, c := range x.File.Calls() {
		if api, ok := x.Callee(c); ok && (strings.HasPrefix(api.Name, "lookup.") || strings.HasPrefix(api.Name, "contrib.lookup.")) {
			return true
		}
	}
	return false
}
