package cli

import (
	"path/filepath"
	"strings"

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
	out := rewrite.Model{Prunable: true, Nodes: map[string]bool{}, Signatures: map[string]rewrite.ModelSignature{}}
	for _, mg := range m.MetaGraphs {
		if mg.Def.GetObjectGraphDef() != nil { // only TensorFlow 2 writes one (tensorflow/python/saved_model/load.py)
			out.Prunable = false
		}
	}
	for _, n := range g.Def.GetGraphDef().GetNode() {
		out.Nodes[n.GetName()] = true
	}
	for _, s := range g.Signatures {
		inputs, dense := tensorNames(s.Inputs)
		outputs, also := tensorNames(s.Outputs)
		if dense && also {
			out.Signatures[s.Key] = rewrite.ModelSignature{Inputs: inputs, Outputs: outputs}
		}
	}
	return out
}

// tensorNames are the names of the tensors of a signature's side, by their keys. dense is false where one of them is made of several tensors.
func tensorNames(params []verify.Param) (names map[string]string, dense bool) {
	names, dense = map[string]string{}, true
	for _, p := range params {
		dense = dense && len(p.Tensors) == 1
		names[p.Name] = strings.Join(p.Tensors, " ")
	}
	return names, dense
}
