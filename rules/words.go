package rules

import (
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

// words are the words of which every file has one in which a rule finds anything, unless the file has it under a name that another module of
// the project gave it. An analyzer.Sieve goes by them. A new rule adds what its findings can't be without; its tests fail where that is missing.
var words = []string{
	"saved_model", "savedmodel", "SavedModelBuilder", "add_meta_graph", "simple_save", // exports, loads and all that goes with them
	"signature_def", "tensor_info", "valid_signature",
	"BestExporter", "LatestExporter", "FinalExporter", // Estimators
	"PredictOutput", "ClassificationOutput", "RegressionOutput", "EvalOutput",
	"save_format", "save_keras_model", // Keras
	"from_estimator", "from_contrib_estimator", // tf.contrib.predictor
	"export_meta_graph", "import_meta_graph", "import_graph_def", "freeze_graph", // graphs
	"convert_variables_to_constants", "extract_sub_graph", "remove_training_nodes",
}

// commentWords are those that a comment to ignore findings can't be without.
var commentWords = []string{"tfmigrate"}

// words3 are those that matter as well from Keras 3 on, with which the Estimators went.
var words3 = []string{"load_model", "keras", "serving_input_receiver", "ServingInputReceiver"}

// Sieve passes over the files of a project in which no rule finds anything for any of the targets.
func Sieve(p *analyzer.Project, targets ...Version) *analyzer.Sieve {
	all := slices.Concat(words, commentWords)
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
