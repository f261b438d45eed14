package rules

import (
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

// words are the identifiers of which every file has one in which a rule finds anything, unless the file has it under a name that another module of
// the project gave it: besides what the rules seek. An analyzer.Sieve goes by them. A new rule adds what its findings can't be without; its tests fail where
// that is missing.
var words = slices.Concat(exportMethods, kerasExportEnds, freezeTools, []string{
	"saved_model", "add_meta_graph", "add_meta_graph_and_variables", // exports, loads and all that goes with them
	"from_saved_model", "from_estimator", "from_contrib_estimator", // tf.contrib.predictor
	"save_format",
})

// generalEnds are last names of what rules seek that many other things have, too. A file that has it has one of words besides.
var generalEnds = []string{"Builder", "load", "save", "load_v2", "wrap_function", "write_graph", "get_session"}

// commentWords are those that a comment to ignore findings can't be without.
var commentWords = []string{"tfmigrate"}

// words3 are those that matter as well from Keras 3 on, with which the Estimators went.
var words3 = slices.Concat([]string{"load_model", "keras", "tf_keras"}, receiverEnds)

// receiverEnds are the names of what makes a serving input receiver; only Keras 3's targets lack them.
var receiverEnds = []string{"build_raw_serving_input_receiver_fn", "build_parsing_serving_input_receiver_fn", "ServingInputReceiver", "TensorServingInputReceiver"}

// Sieve passes over the files of a project in which no rule finds anything for any of the targets.
func Sieve(p *analyzer.Project, targets ...Version) *analyzer.Sieve {
	all := slices.Clone(words)
	for _, end := range endsOf(sought...) {
		if !slices.Contains(generalEnds, end) && !slices.Contains(receiverEnds, end) {
			all = append(all, end)
		}
	}
	for _, t := range targets {
		if t.HasKeras3() {
			all = append(all, words3...)
			break
		}
	}
	return &analyzer.Sieve{Project: p, Words: analyzer.NewWords(all), Comments: analyzer.NewWords(commentWords), Path: leads}
}

// leads tells whether an import path is TensorFlow's, Keras's or of a module between TensorFlow and the project.
func leads(path string) bool {
	top, _, _ := strings.Cut(path, ".")
	switch top {
	case "tensorflow", "tensorflow_estimator", "keras", "tf_keras":
		return true
	}
	return false
}
