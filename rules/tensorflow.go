package rules

import (
	"strings"

	"github.com/tfmigrate/tfmigrate/rules/symbols"
)

// API is a name of TensorFlow's that a program uses.
type API struct {
	Name string // canonical below tf.compat.v1: "saved_model.Builder"; "contrib.x.y" for what has no successor there
	Used string // below the namespace it was reached by: "saved_model.builder.SavedModelBuilder"
	Rest string // attributes behind the public name: "GLOBAL_VARIABLES" of GraphKeys
	Root Root
	// Either tells that another way leads to the name through tf.compat.v1, where Root is Plain: which of them a program takes depends on the
	// TensorFlow that is installed, and on TensorFlow 2 it is that one.
	Either bool
	Symbol symbols.Symbol // the zero value for contrib
}

// Root is the namespace that a name was reached by.
type Root uint8

// The namespaces.
const (
	Plain   Root = iota // tensorflow.x: TensorFlow 1's or 2's API, whichever is installed
	Compat              // tensorflow.compat.v1.x
	Private             // tensorflow.python.x.y.z
)

// Lookup finds the public name that a dotted import path stands for. ok is false for what is not TensorFlow's, is nowhere exported, or
// belongs to TensorFlow 2 alone.
func Lookup(path string) (API, bool) {
	name, ok := strings.CutPrefix(path, "tensorflow.")
	if strings.HasPrefix(path, "tensorflow_estimator.") {
		return private(path)
	}
	if !ok {
		return API{}, false
	}
	if strings.HasPrefix(name, "python.") {
		return private(path)
	}
	api := API{Root: Plain}
	for { // each of the two has both below it
		below, v1 := strings.CutPrefix(name, "compat.v1.")
		if v1 {
			api.Root = Compat
		} else if below, ok = strings.CutPrefix(name, "compat.v2."); ok {
			api.Root = Plain
		} else {
			break
		}
		name = below
	}
	if strings.HasPrefix(name, "python.") { // tensorflow.compat.v1.python is nowhere, and is written all the same
		return private("tensorflow." + name)
	}
	api.Used = name
	if strings.HasPrefix(name, "contrib.") {
		api.Name = name
		return api, true
	}
	s, rest, ok := symbols.Find(name)
	if !ok {
		return API{}, false
	}
	api.Symbol, api.Name, api.Rest = s, s.Canonical, rest
	api.Used = s.Name
	return api, true
}

// Knows tells whether a module of TensorFlow's has a name, as far as its public API and the table of private names go: what an
// analyzer.Project asks. An empty name asks whether the module is TensorFlow's at all.
func Knows(module, name string) (has, known bool) {
	top, _, _ := strings.Cut(module, ".")
	if top != "tensorflow" && top != "tensorflow_estimator" {
		return false, false
	}
	if name == "" {
		return true, true
	}
	if _, has = Lookup(module + "." + name); has {
		return true, true
	}
	if wholeModules[module] {
		return false, true
	}
	return false, !strings.HasPrefix(module, "tensorflow.python.") && !strings.HasPrefix(module, "tensorflow.contrib") && top == "tensorflow"
}

// wholeModules are the private modules of which every name that a program may mean is public too: those of nothing but constants, which programs import with a star.
var wholeModules = map[string]bool{
	"tensorflow.python.saved_model.constants": true, "tensorflow.python.saved_model.signature_constants": true, "tensorflow.python.saved_model.tag_constants": true,
}

func private(path string) (API, bool) {
	for prefix := path; ; {
		if s, ok := symbols.FromPython(prefix); ok {
			return API{Root: Private, Symbol: s, Name: s.Canonical, Used: s.Name, Rest: strings.TrimPrefix(path[len(prefix):], ".")}, true
		}
		dot := strings.LastIndexByte(prefix, '.')
		if dot < 0 {
			return API{}, false
		}
		prefix = prefix[:dot]
	}
}

// OnlyV1 tells that the name is surely TensorFlow 1's: reached through compat.v1, or missing from TensorFlow 2.
func (a API) OnlyV1() bool {
	return a.Root == Compat || a.Symbol.In215 == symbols.Missing || strings.HasPrefix(a.Name, "contrib.")
}

// Method names of signatures, and the constants of tf.saved_model that stand for them and for keys and tags.
// Source: tensorflow/python/saved_model/signature_constants.py and tag_constants.py.
const (
	PredictMethod  = "tensorflow/serving/predict"
	ClassifyMethod = "tensorflow/serving/classify"
	RegressMethod  = "tensorflow/serving/regress"
)

var constants = map[string]string{
	"saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY": "serving_default",
	"saved_model.PREDICT_METHOD_NAME":               PredictMethod,
	"saved_model.PREDICT_INPUTS":                    "inputs",
	"saved_model.PREDICT_OUTPUTS":                   "outputs",
	"saved_model.CLASSIFY_METHOD_NAME":              ClassifyMethod,
	"saved_model.CLASSIFY_INPUTS":                   "inputs",
	"saved_model.CLASSIFY_OUTPUT_CLASSES":           "classes",
	"saved_model.CLASSIFY_OUTPUT_SCORES":            "scores",
	"saved_model.REGRESS_METHOD_NAME":               RegressMethod,
	"saved_model.REGRESS_INPUTS":                    "inputs",
	"saved_model.REGRESS_OUTPUTS":                   "outputs",
	"saved_model.SERVING":                           "serve",
	"saved_model.TRAINING":                          "train",
	"saved_model.GPU":                               "gpu",
	"saved_model.TPU":                               "tpu",
	"saved_model.ASSETS_DIRECTORY":                  "assets",
	"saved_model.ASSETS_KEY":                        "saved_model_assets",
	"saved_model.SAVED_MODEL_FILENAME_PB":           "saved_model.pb",
	"saved_model.SAVED_MODEL_FILENAME_PBTXT":        "saved_model.pbtxt",
	"saved_model.VARIABLES_DIRECTORY":               "variables",
	"saved_model.VARIABLES_FILENAME":                "variables",
	"saved_model.LEGACY_INIT_OP_KEY":                "legacy_init_op",
	"saved_model.MAIN_OP_KEY":                       "saved_model_main_op",
	"estimator.ModeKeys.TRAIN":                      "train",
	"estimator.ModeKeys.EVAL":                       "eval",
	"estimator.ModeKeys.PREDICT":                    "infer",
}

// Known gives the evaluator the value of TensorFlow's constants by their dotted path.
func Known(path string) (any, bool) {
	api, ok := Lookup(path)
	if !ok {
		return nil, false
	}
	name := api.Name
	if api.Rest != "" {
		name += "." + api.Rest
	}
	v, ok := constants[name]
	return v, ok
}
