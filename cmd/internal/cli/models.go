package cli

import (
	"path/filepath"

	"github.com/tfmigrate/tfmigrate/rewrite"
	"github.com/tfmigrate/tfmigrate/verify"
)

// modelsFor looks up the SavedModels that a source file loads: a relative directory is taken from where the tool runs, and from where the
// file is. What is not found there, or is loaded from a path that only the running program knows, is given, unless that is empty.
func modelsFor(source, given string) func(dir string, tags []string) (rewrite.Model, bool) {
	return func(dir string, tags []string) (rewrite.Model, bool) {
		var places []string
		if dir != "" {
			places = append(places, dir)
			if !filepath.IsAbs(dir) {
				places = append(places, filepath.Join(filepath.Dir(source), dir))
			}
		}
		if given != "" {
			places = append(places, given)
		}
		for _, place := range places {
			m, err := verify.Read(place)
			if err != nil {
				continue // not there, or not to be read: the fix does without
			}
			if g := m.Find(tags); g != nil {
				return describeModel(m, g), true
			}
		}
		return rewrite.Model{}, false
	}
}

func describeModel(m *verify.SavedModel, g *verify.MetaGraph) rewrite.Model {
	out := rewrite.Model{Prunable: true, Nodes: map[string]bool{}}
	for _, mg := range m.MetaGraphs {
		if mg.Def.GetObjectGraphDef() != nil { // only TensorFlow 2 writes one (tensorflow/python/saved_model/load.py)
			out.Prunable = false
		}
	}
	for _, n := range g.Def.GetGraphDef().GetNode() {
		out.Nodes[n.GetName()] = true
	}
	return out
}
