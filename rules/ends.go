package rules

import (
	"slices"
	"strings"
	"sync"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

// sought are the functions and classes of TensorFlow's that the rules ask every call for. Their last names, and those of methods, are what
// analyzer.File.CallsTo tells from a glance; without that all calls of a file would be followed to what they call.
var sought = slices.Concat(freezers, signatureCalls, exporters, []string{
	"saved_model.Builder", "saved_model.simple_save", "saved_model.load", "saved_model.save", "saved_model.load_v2",
	"saved_model.is_valid_signature", "saved_model.build_tensor_info", "saved_model.contains_saved_model",
	"estimator.export.PredictOutput", "estimator.export.ClassificationOutput", "estimator.export.RegressionOutput", "estimator.export.EvalOutput",
	"estimator.export.build_raw_serving_input_receiver_fn", "estimator.export.build_parsing_serving_input_receiver_fn",
	"estimator.export.ServingInputReceiver", "estimator.export.TensorServingInputReceiver",
	"contrib.estimator.export_saved_model_for_mode", "contrib.estimator.export_all_saved_models",
	"import_graph_def", "train.import_meta_graph", "train.export_meta_graph", "io.write_graph", "wrap_function", "keras.backend.get_session",
})

// otherEnds are the last names that functions have elsewhere in TensorFlow, besides that by which they are called here.
var otherEnds = map[string][]string{
	"saved_model.Builder":              {"SavedModelBuilder"},
	"saved_model.contains_saved_model": {"maybe_saved_model_directory"},
	"saved_model.load_v2":              {"load"},
}

var isSought = func() map[string]bool {
	out := map[string]bool{}
	for _, name := range sought {
		out[name] = true
	}
	return out
}()

// Ends are the words that the rules ask analyzer.File.CallsTo for: what an analyzer.Project needs.
var Ends = sync.OnceValue(func() *analyzer.Words {
	words := slices.Concat(builderMethods, exportMethods, kerasExportEnds, freezeTools, []string{"save_model", "load_model", "predictor", "contrib"})
	for _, name := range sought {
		words = append(words, endsOf(name)...)
	}
	slices.Sort(words)
	return analyzer.NewWords(slices.Compact(words))
})

// soughtEnds are endsOf functions that all are sought; all is false where one is not.
func soughtEnds(names []string) (ends []string, all bool) {
	if slices.ContainsFunc(names, func(name string) bool { return !isSought[name] }) {
		return nil, false
	}
	return endsOf(names...), true
}

// endsOf are the last names that functions may have where they are imported.
func endsOf(names ...string) []string {
	var out []string
	for _, name := range names {
		out = append(append(out, lastOf(name)), otherEnds[name]...)
	}
	return out
}

func lastOf(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }
