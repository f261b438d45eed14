package rules

import (
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

// noKeras3File tells whether a path surely is none that Keras 3 saves to or loads from: its end is in view, and is none of the three that
// Keras 3 takes. (keras/src/saving/saving_api.py looks at the end of the path alone, and never at the disk.)
func (x *Facts) noKeras3File(path analyzer.Expr) bool {
	s, ok := x.String(path)
	if !ok {
		// os.path.join(base, "end"): the base does not matter.
		made, isCall := x.File.OnlyCall(path)
		if !isCall || len(made.Args) == 0 {
			return false
		}
		if paths, only := x.File.Names(made.Fn); !only || len(paths) != 1 || paths[0] != "os.path.join" {
			return false
		}
		last := made.Args[len(made.Args)-1]
		if s, ok = x.String(last.Value); !ok || last.Stars > 0 {
			return false
		}
	}
	for _, end := range []string{".keras", ".h5", ".hdf5"} {
		if strings.HasSuffix(s, end) {
			return false
		}
	}
	return !strings.HasPrefix(s, "hf://")
}

// legacyKeras tells whether the file speaks of TF_USE_LEGACY_KERAS, with which tf.keras is Keras 2 also from TensorFlow 2.16 on.
func (x *Facts) legacyKeras() bool {
	found := false
	analyzer.Walk(x.File.Module, func(n analyzer.Node) bool {
		if s, ok := n.(*analyzer.Str); ok && s.Value == "TF_USE_LEGACY_KERAS" {
			found = true
		}
		return !found
	})
	return found
}
