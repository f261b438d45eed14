package symbols

import (
	"slices"
	"strings"
	"testing"
)

func TestLookup(t *testing.T) {
	tests := []struct {
		name         string
		in215, in221 Status
		canonical    string
		v2           string
	}{
		{"Session", Missing, Missing, "Session", ""},
		{"placeholder", Missing, Missing, "placeholder", ""},
		{"matmul", Same, Same, "matmul", "matmul"},
		{"constant", Differs, Differs, "constant", ""},
		{"Variable", Differs, Differs, "Variable", ""},
		{"Graph", Same, Same, "Graph", "Graph"},
		{"log", Missing, Missing, "log", "math.log"},
		{"nn.softmax", Differs, Differs, "nn.softmax", ""},
		{"image.resize_bilinear", Missing, Missing, "image.resize_bilinear", ""},
		{"flags.DEFINE_string", Missing, Missing, "flags.DEFINE_string", ""},
		{"app.flags.DEFINE_string", Missing, Missing, "flags.DEFINE_string", ""},
		{"layers.dense", Missing, Gone, "layers.dense", ""},
		{"estimator.Estimator", Differs, Gone, "estimator.Estimator", ""},
		{"train.Saver", Missing, Missing, "train.Saver", ""},
		{"gfile.GFile", Missing, Missing, "gfile.Open", "io.gfile.GFile"},
		{"saved_model.save", Same, Same, "saved_model.save", "saved_model.save"},
		{"saved_model.load", Differs, Differs, "saved_model.load", ""},
		{"saved_model.load_v2", Missing, Missing, "saved_model.load_v2", "saved_model.load"},
		{"saved_model.loader.load", Missing, Missing, "saved_model.load", ""},
		{"saved_model.Builder", Missing, Missing, "saved_model.Builder", ""},
		{"saved_model.builder.SavedModelBuilder", Missing, Missing, "saved_model.Builder", ""},
		{"saved_model.tag_constants.SERVING", Missing, Missing, "saved_model.SERVING", "saved_model.SERVING"},
		{"saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY", Same, Same, "saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY", "saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY"},
	}
	for _, tt := range tests {
		s, ok := Lookup(tt.name)
		if !ok {
			t.Errorf("%s is not in the table", tt.name)
			continue
		}
		if s.In215 != tt.in215 || s.In221 != tt.in221 || s.Canonical != tt.canonical || s.V2Name != tt.v2 {
			t.Errorf("%s: %c %c, canonical %q, v2 %q; want %c %c, %q, %q", tt.name,
				s.In215, s.In221, s.Canonical, s.V2Name, tt.in215, tt.in221, tt.canonical, tt.v2)
		}
	}
	for _, name := range []string{"", "Sesion", "tf.Session", "saved_model.", "contrib.predictor", "GraphKeys.GLOBAL_VARIABLES"} {
		if s, ok := Lookup(name); ok {
			t.Errorf("Lookup(%q) = %+v, want nothing", name, s)
		}
	}
}

func TestFind(t *testing.T) {
	tests := []struct {
		name, symbol, rest string
		ok                 bool
	}{
		{"GraphKeys.GLOBAL_VARIABLES", "GraphKeys", "GLOBAL_VARIABLES", true},
		{"train.Example.FromString", "train.Example", "FromString", true},
		{"train.Saver", "train.Saver", "", true},
		{"saved_model", "saved_model", "", true},
		{"saved_model.no_such_name", "", "", false},
		{"contrib.predictor.from_saved_model", "", "", false},
		{"", "", "", false},
	}
	for _, tt := range tests {
		s, rest, ok := Find(tt.name)
		if s.Name != tt.symbol || rest != tt.rest || ok != tt.ok {
			t.Errorf("Find(%q) = %q, %q, %v; want %q, %q, %v", tt.name, s.Name, rest, ok, tt.symbol, tt.rest, tt.ok)
		}
	}
}

func TestFromPython(t *testing.T) {
	tests := map[string]string{
		"tensorflow.python.saved_model.builder.SavedModelBuilder":                    "saved_model.Builder",
		"tensorflow.python.saved_model.builder_impl.SavedModelBuilder":               "saved_model.Builder",
		"tensorflow.python.saved_model.signature_def_utils.predict_signature_def":    "saved_model.predict_signature_def",
		"tensorflow.python.saved_model.signature_def_utils_impl.build_signature_def": "saved_model.build_signature_def",
		"tensorflow.python.saved_model.tag_constants.SERVING":                        "saved_model.SERVING",
		"tensorflow.python.saved_model.signature_constants.PREDICT_METHOD_NAME":      "saved_model.PREDICT_METHOD_NAME",
		"tensorflow.python.saved_model.utils.build_tensor_info":                      "saved_model.build_tensor_info",
		"tensorflow.python.saved_model.loader.load":                                  "saved_model.load",
		"tensorflow.python.saved_model.loader_impl.load":                             "saved_model.load",
		"tensorflow.python.saved_model.load.load":                                    "saved_model.load_v2",
		"tensorflow.python.saved_model.simple_save.simple_save":                      "saved_model.simple_save",
		"tensorflow.python.saved_model.main_op.main_op":                              "saved_model.main_op.main_op",
		"tensorflow.python.training.saver.Saver":                                     "train.Saver",
		"tensorflow.python.client.session.Session":                                   "Session",
		"tensorflow.python.framework.ops.Graph":                                      "Graph",
		"tensorflow.python.platform.gfile.Exists":                                    "gfile.Exists",
		"tensorflow.python.estimator.estimator.Estimator":                            "estimator.Estimator",
		"tensorflow.python.estimator.export.export_output.PredictOutput":             "estimator.export.PredictOutput",
		"tensorflow.python.framework.graph_util.convert_variables_to_constants":      "graph_util.convert_variables_to_constants",
		"tensorflow_estimator.python.estimator.estimator.Estimator":                  "estimator.Estimator",
	}
	for path, want := range tests {
		if s, ok := FromPython(path); !ok || s.Name != want {
			t.Errorf("FromPython(%q) = %q, %v; want %q", path, s.Name, ok, want)
		}
	}
	for _, path := range []string{"", "tensorflow.saved_model.Builder", "tensorflow.python.saved_model.builder", "os.path.join"} {
		if s, ok := FromPython(path); ok {
			t.Errorf("FromPython(%q) = %q, want nothing", path, s.Name)
		}
	}
}

// TestTableHolds checks what every line must satisfy, whichever wheels it was made from.
func TestTableHolds(t *testing.T) {
	var names []string
	for s := range All() {
		names = append(names, s.Name)
		c, ok := Lookup(s.Canonical)
		if !ok || c.Canonical != s.Canonical {
			t.Errorf("%s: canonical name %q is not canonical itself", s.Name, s.Canonical)
		}
		if s.In215 == Gone {
			t.Errorf("%s is in the table of 2.15.1 and gone from it", s.Name)
		}
	}
	if !slices.IsSorted(names) {
		t.Error("api.txt is not sorted")
	}
	if len(names) < 4000 {
		t.Errorf("%d names; the wheel has more than 4,000", len(names))
	}
	for _, path := range python().names {
		name, _, _ := strings.Cut(python().columns[path], "\t")
		s, ok := FromPython(path)
		if !ok || s.Canonical != name || s.Private.Path != path {
			t.Errorf("%s stands for %q, which is no canonical name", path, name)
		}
	}
}
