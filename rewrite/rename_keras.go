package rewrite

import (
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
	"github.com/tfmigrate/tfmigrate/rules/symbols"
)

// kerasSessions are the functions that give or take Keras's session. TensorFlow 2 has them below tf.compat.v1 alone, also for the package keras of its
// own, which is the same code there.
var kerasSessions = []string{"get_session", "set_session"}

// renameKeras gives what is reached through a name for one of Keras's modules (K.get_session, layers.LSTM) the name it has in TensorFlow 2, spelled out
// from the module tensorflow. The module itself is left, since most of what is in it is the same there.
func (p *program) renameKeras(u use) (Edit, bool) {
	if u.api.Root != rules.Plain || u.api.Rest != "" || !strings.HasPrefix(u.api.Used, "keras.") || u.api.Symbol.Kind == symbols.Module {
		return Edit{}, false
	}
	a, ok := u.node.(*analyzer.Attribute)
	if !ok {
		return Edit{}, false
	}
	if paths, only := p.f.Names(a.X); !only || len(paths) != 1 || !strings.HasPrefix(paths[0], "tensorflow.") || strings.HasPrefix(paths[0], "tensorflow.compat.") {
		return Edit{}, false
	}
	return Edit{a.Pos(), p.v1(u.api.Used)}, true
}

// renameOwnKeras moves get_session and set_session of the package keras to tf.compat.v1.
func (p *program) renameOwnKeras() []Edit {
	var out []Edit
	for _, c := range p.f.Calls() {
		a, ok := c.Fn.(*analyzer.Attribute)
		if !ok || !slices.Contains(kerasSessions, a.Attr) {
			continue
		}
		if paths, only := p.f.Names(a); only && len(paths) == 1 && (paths[0] == "keras.backend."+a.Attr || paths[0] == "keras.backend.tensorflow_backend."+a.Attr) {
			out = append(out, Edit{a.Pos(), p.v1("keras.backend." + a.Attr)})
		}
	}
	return out
}

// kerasTables tells whether a name of Keras's makes lookup tables: layers for feature columns and for preprocessing, which TensorFlow 1 called
// experimental. A model in a file has none, for no file format of TensorFlow 1's Keras holds them.
func kerasTables(name string) bool {
	return strings.HasPrefix(name, "keras.experimental.") || strings.HasPrefix(name, "keras.layers.experimental.") ||
		strings.HasPrefix(name, "keras.layers.") && (strings.HasSuffix(name, "Features") || strings.HasSuffix(name, "Lookup") ||
			strings.HasSuffix(name, "TextVectorization"))
}
