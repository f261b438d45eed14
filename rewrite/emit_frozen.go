package rewrite

import "github.com/tfmigrate/tfmigrate/rules"

// emitFrozen says what to do about a graph that is read from a file, which nothing here rewrites.
func emitFrozen(_ *program, site rules.Site) (*Fix, *Refusal) {
	if _, ok := site.(*rules.FrozenImport); !ok {
		return nil, nil
	}
	return nil, refuse(site,
		"wrapped = tf.compat.v1.wrap_function(lambda: tf.compat.v1.import_graph_def(graph_def, name=\"\"), []), and call wrapped.prune(feeds, fetches)",
		"graphs that are read from a file are not rewritten yet")
}
