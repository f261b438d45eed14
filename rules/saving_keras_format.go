package rules

import (
	"bytes"
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

var kerasTFFormat = &Rule{
	Code: "TFM105",
	Name: "keras-save-format",
	Doc: Doc{
		What: "A Keras model saved with save_format=\"tf\" and, on a target with Keras 3, one saved to a path that Keras 3 does not take.",
		Why: "Keras 3, which comes with TensorFlow 2.16, knows no save_format, and model.save raises ValueError for a path that ends neither in .keras nor " +
			"in .h5. model.export(dir) writes a SavedModel there, model.save(\"model.keras\") a file that Keras loads.",
		Before: `import tensorflow as tf

model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(3,))])
model.save("export/dense", save_format="tf")
`,
		Silent: `import tensorflow as tf

model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
model.save("model.keras")
model.save("model.h5", save_format="h5")


def save(model, save_format):
    model.save("model", save_format=save_format)  # which format is not in view
`,
		Link: "https://keras.io/guides/migrating_to_keras_3/",
	},
	Find: func(p *Pass) {
		if !p.Target.HasKeras3() && !bytes.Contains(p.File.Src, []byte("save_format")) {
			return
		}
		for _, c := range p.File.Calls() {
			path, ok := p.kerasSave(c)
			if !ok {
				continue
			}
			f := Finding{Span: c.Span, Severity: Works, Reason: "it still works with TensorFlow " + p.Target.String(),
				Message: `a Keras model is saved as a SavedModel by save_format="tf", which ends with TensorFlow 2.15`}
			if p.Target.HasKeras3() && !p.legacyKeras() {
				f.Severity, f.Reason = Breaks, "whether model.export or a .keras file is meant depends on what loads it"
			}
			if format, state := c.Arg("save_format", -1); state == analyzer.Present {
				if s, ok := p.String(format.Value); ok && s == "tf" {
					p.Report(f)
				}
				continue
			}
			if f.Severity == Breaks && path != nil && p.surelyKeras(c) && p.noKeras3File(path) {
				f.Message = "Keras 3 saves to .keras and .h5 files alone; model.export writes a SavedModel"
				p.Report(f)
			}
		}
	},
}

// kerasSave tells whether c may save a Keras model, and gives the path: save_model(model, path), or save(path) of anything that is not known to
// be something else.
func (x *Facts) kerasSave(c *analyzer.Call) (path analyzer.Expr, ok bool) {
	pos := 0
	if x.isKeras(c, "models.save_model", "saving.save_model") {
		pos = 1
	} else if a, isMethod := c.Fn.(*analyzer.Attribute); !isMethod || a.Attr != "save" || !x.maybeKeras(a.X) {
		return nil, false
	}
	if arg, state := c.Arg("filepath", pos); state == analyzer.Present {
		path = arg.Value
	}
	return path, true
}

// surelyKeras tells whether a call that may save a Keras model surely does: it is save_model, or its receiver is made by Keras in view.
func (x *Facts) surelyKeras(c *analyzer.Call) bool {
	if x.isKeras(c, "models.save_model", "saving.save_model") {
		return true
	}
	a, ok := c.Fn.(*analyzer.Attribute)
	if !ok {
		return false
	}
	made, ok := x.File.OnlyCall(a.X)
	return ok && x.isKeras(made, kerasModels...)
}

// kerasModels are what makes a Keras model, below keras.
var kerasModels = []string{"Sequential", "Model", "models.Sequential", "models.Model", "models.load_model", "models.clone_model", "saving.load_model"}

// maybeKeras tells whether a value may be a Keras model: nothing that it may be is of this file or of a library that is not Keras.
func (x *Facts) maybeKeras(e analyzer.Expr) bool {
	for _, o := range x.File.Value(e).Origins {
		switch o.Kind {
		case analyzer.FromImport:
			if !strings.HasPrefix(o.Import, ".") && !isKerasPath(o.Import) {
				return false
			}
		case analyzer.FromDef:
			return false
		case analyzer.FromExpr:
			c, ok := o.Expr.(*analyzer.Call)
			if !ok {
				continue
			}
			made, only := x.File.Only(c.Fn)
			if only && made.Kind == analyzer.FromDef {
				if class, ok := made.Node.(*analyzer.ClassDef); ok && !x.kerasClass(class) {
					return false
				}
			}
			if only && made.Kind == analyzer.FromImport && !strings.HasPrefix(made.Import, ".") && isForeign(made.Import) {
				return false
			}
		}
	}
	return true
}

// kerasClass tells whether a class of the file may be one of Keras models: a base of it, or of a class of the file that is one, may be.
func (x *Facts) kerasClass(class *analyzer.ClassDef) bool {
	return x.mayInherit(class, map[*analyzer.ClassDef]bool{})
}

func (x *Facts) mayInherit(class *analyzer.ClassDef, seen map[*analyzer.ClassDef]bool) bool {
	if seen[class] {
		return false
	}
	seen[class] = true
	for _, b := range class.Bases {
		if n, ok := b.Value.(*analyzer.Name); ok && n.ID == "object" && len(x.File.Resolve(n).Bindings) == 0 {
			continue
		}
		o, ok := x.File.Only(b.Value)
		if up, isClass := o.Node.(*analyzer.ClassDef); ok && isClass {
			if x.mayInherit(up, seen) {
				return true
			}
			continue
		}
		if !ok || o.Kind != analyzer.FromImport || !isForeign(o.Import) {
			return true
		}
	}
	return false
}

// foreign are libraries whose objects have a save method of their own.
var foreign = []string{"torch", "joblib", "numpy", "pandas", "sklearn", "PIL", "matplotlib", "gensim", "spacy", "onnx", "xgboost", "lightgbm", "io", "zipfile", "h5py", "django"}

func isForeign(path string) bool {
	root, _, _ := strings.Cut(path, ".")
	return slices.Contains(foreign, root)
}

func isKerasPath(path string) bool {
	return strings.HasPrefix(path, "tensorflow.") || strings.HasPrefix(path, "keras.") || strings.HasPrefix(path, "tf_keras.")
}

// isKeras tells whether c surely calls one of the names below keras: that of tf.keras, of tf.compat.v1.keras, or of the package of its own.
func (x *Facts) isKeras(c *analyzer.Call, names ...string) bool {
	if !x.File.MayEndIn(c.Fn, endsOf(names...)...) {
		return false
	}
	paths, only := x.File.Names(c.Fn)
	if !only || len(paths) == 0 {
		return false
	}
	for _, path := range paths {
		path = strings.TrimPrefix(strings.TrimPrefix(path, "tensorflow."), "compat.v1.")
		name, ok := strings.CutPrefix(path, "keras.")
		if !ok || !slices.Contains(names, name) {
			return false
		}
	}
	return true
}
