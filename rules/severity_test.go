package rules

import (
	"context"
	"strings"
	"testing"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

// severities is what a rule says of one way to reach what it is about, on TensorFlow 2.4, 2.15 and 2.21: a letter for each, b breaks, w works, h hazard, - nothing.
// TestSeveritiesRun runs the rows on the last two: what breaks there raises, and what does not, does not.
var severities = []struct {
	code, want string
	source     string
}{
	{"TFM101", "bbb", `tf.saved_model.Builder("builder_a")`},
	{"TFM101", "bbb", `tf.saved_model.builder.SavedModelBuilder("builder_b")`},
	{"TFM101", "www", `tf.compat.v1.saved_model.Builder("builder_c")`},
	{"TFM101", "www", "from tensorflow.python.saved_model import builder\nbuilder.SavedModelBuilder(\"builder_d\")"},
	{"TFM102", "bbb", inSession(`tf.saved_model.simple_save(sess, "simple_a", {"x": x}, {"y": y})`)},
	{"TFM102", "www", inSession(`tf.compat.v1.saved_model.simple_save(sess, "simple_b", {"x": x}, {"y": y})`)},
	{"TFM102", "www", inSession("from tensorflow.python.saved_model.simple_save import simple_save\n    simple_save(sess, \"simple_c\", {\"x\": x}, {\"y\": y})")},
	{"TFM103", "wwb", estimator + "est = tf.estimator.Estimator(model_fn, \"est_a\")\nest.train(input_fn, steps=1)\nest.export_saved_model(\"est_a_out\", receiver_fn)"},
	{"TFM103", "bbb", estimator + "est = tf.estimator.Estimator(model_fn, \"est_b\")\nest.train(input_fn, steps=1)\nest.export_savedmodel(\"est_b_out\", receiver_fn)"},
	{"TFM103", "wwb", estimator + "est = tf.compat.v1.estimator.Estimator(model_fn, \"est_c\")\nest.train(input_fn, steps=1)\nest.export_savedmodel(\"est_c_out\", receiver_fn)"},
	{"TFM103", "wwb", estimator + "est = tf.estimator.Estimator(model_fn, \"est_d\")\nest.train(input_fn, steps=1)\n" +
		"est.experimental_export_all_saved_models(\"est_d_out\", {\"infer\": receiver_fn})"},
	{"TFM104", "bbb", "with tf.Graph().as_default():\n    sess = tf.keras.backend.get_session()\n    " + exportSession},
	{"TFM104", "wwb", "with tf.Graph().as_default():\n    sess = tf.compat.v1.keras.backend.get_session()\n    " + exportSession},
	{"TFM105", "wwb", keras + `model.save("keras_a", save_format="tf")`},
	{"TFM105", "--b", keras + `model.save("keras_b")`},
	{"TFM105", "--b", keras + `tf.keras.models.save_model(model, "keras_c")`},
	{"TFM105", "---", keras + `model.save("keras_d.h5")`},
	{"TFM106", "bbb", keras + `tf.keras.experimental.export_saved_model(model, "keras_e")`},
	{"TFM106", "wbb", keras + `tf.compat.v1.keras.experimental.export_saved_model(model, "keras_f")`},
	{"TFM106", "bbb", keras + `tf.contrib.saved_model.save_keras_model(model, "keras_g")`},
	{"TFM107", "wwb", `tf.estimator.FinalExporter("e", None)`},
	{"TFM107", "wwb", `tf.compat.v1.estimator.FinalExporter("e", None)`},
	{"TFM107", "wwb", "from tensorflow.python.estimator import exporter\nexporter.FinalExporter(\"e\", None)"},
	{"TFM108", "--b", `tf.estimator.export.build_raw_serving_input_receiver_fn({})`},
	{"TFM201", "bbb", loading(`tf.saved_model.loader.load(sess, ["serve"], "model_v1")`)},
	{"TFM201", "bbb", loading(`tf.saved_model.load(sess, ["serve"], "model_v1")`)},
	{"TFM201", "www", loading(`tf.compat.v1.saved_model.load(sess, ["serve"], "model_v1")`)},
	{"TFM201", "www", loading("from tensorflow.python.saved_model import loader\n    loader.load(sess, [\"serve\"], \"model_v1\")")},
	{"TFM201", "---", `tf.saved_model.load("model_v1", ["serve"])`},
	{"TFM202", "bbb", `tf.saved_model.loader.maybe_saved_model_directory("model_v1")`},
	{"TFM202", "www", `tf.compat.v1.saved_model.maybe_saved_model_directory("model_v1")`},
	{"TFM202", "www", "from tensorflow.python.saved_model import loader\nloader.maybe_saved_model_directory(\"model_v1\")"},
	{"TFM203", "bbb", `tf.contrib.predictor.from_saved_model("model_v1")`},
	{"TFM204", "www", loading("tf.compat.v1.saved_model.load(sess, [\"serve\"], \"model_v1\")\n    sess.run(\"y:0\", {\"x:0\": 1.})")},
	{"TFM205", "--b", `tf.keras.models.load_model("model_v2")`},
	{"TFM205", "--b", `tf.keras.models.load_model(filepath="model_v2/")`},
	{"TFM206", "bbb", `tf.saved_model.load_v2("model_v1")`},
	{"TFM206", "---", `tf.compat.v1.saved_model.load_v2("model_v1")`},
	{"TFM301", "bbb", inSession(`tf.saved_model.predict_signature_def({"x": x}, {"y": y})`)},
	{"TFM301", "www", inSession(`tf.compat.v1.saved_model.predict_signature_def({"x": x}, {"y": y})`)},
	{"TFM301", "www", inSession("from tensorflow.python.saved_model import signature_def_utils\n    signature_def_utils.build_signature_def({}, {}, \"m\")")},
	{"TFM302", "bbb", inSession(`tf.saved_model.utils.build_tensor_info(x)`)},
	{"TFM302", "www", inSession(`tf.compat.v1.saved_model.build_tensor_info(x)`)},
	{"TFM302", "www", inSession("from tensorflow.python.saved_model.utils import build_tensor_info\n    build_tensor_info(x)")},
	{"TFM303", "bbb", inSession(`tf.saved_model.is_valid_signature(tf.compat.v1.saved_model.predict_signature_def({"x": x}, {"y": y}))`)},
	{"TFM303", "---", inSession(`tf.compat.v1.saved_model.is_valid_signature(tf.compat.v1.saved_model.predict_signature_def({"x": x}, {"y": y}))`)},
	{"TFM306", "--b", `tf.estimator.export.PredictOutput({"y": tf.constant(1.)})`},
	{"TFM306", "--b", `tf.compat.v1.estimator.export.RegressionOutput(tf.constant(1.))`},
	{"TFM401", "bbb", inSession(`tf.train.export_meta_graph("a.meta")`)},
	{"TFM401", "www", inSession(`tf.compat.v1.train.export_meta_graph("a.meta")`)},
	{"TFM401", "bbb", inSession(`tf.train.Saver().export_meta_graph("a.meta")`)},
	{"TFM401", "www", inSession("v = tf.compat.v1.get_variable(\"v\", [])\n    tf.compat.v1.train.Saver().export_meta_graph(\"a.meta\")")},
	{"TFM402", "bbb", loading(`tf.train.import_meta_graph("graph.meta")`)},
	{"TFM402", "www", loading(`tf.compat.v1.train.import_meta_graph("graph.meta")`)},
	{"TFM402", "www", loading("from tensorflow.python.training import saver\n    saver.import_meta_graph(\"graph.meta\")")},
	{"TFM403", "bbb", inSession(`tf.graph_util.convert_variables_to_constants(sess, sess.graph_def, ["y"])`)},
	{"TFM403", "www", inSession(`tf.compat.v1.graph_util.convert_variables_to_constants(sess, sess.graph_def, ["y"])`)},
	{"TFM403", "bbb", inSession("from tensorflow.python.framework import graph_util\n    graph_util.convert_variables_to_constants(sess, sess.graph_def, [\"y\"])")},
	{"TFM404", "www", "from tensorflow.python.tools import freeze_graph\nfreeze_graph.freeze_graph_with_def_protos(tf.compat.v1.GraphDef.FromString(" +
		"open(\"graph.pb\", \"rb\").read()), None, \"ckpt\", \"y\", \"\", \"\", \"frozen_by_tool.pb\", False, \"\")"},
	{"TFM405", "bbb", inSession(`tf.graph_util.extract_sub_graph(sess.graph_def, ["y"])`)},
	{"TFM405", "www", inSession(`tf.compat.v1.graph_util.extract_sub_graph(sess.graph_def, ["y"])`)},
	{"TFM405", "www", inSession("from tensorflow.python.framework import graph_util\n    graph_util.extract_sub_graph(sess.graph_def, [\"y\"])")},
	{"TFM406", "bbb", inSession("g = tf.compat.v1.graph_util.extract_sub_graph(sess.graph_def, [\"y\"])\n    tf.train.write_graph(g, \".\", \"a.pb\")")},
	{"TFM406", "www", inSession("g = tf.compat.v1.graph_util.extract_sub_graph(sess.graph_def, [\"y\"])\n    tf.io.write_graph(g, \".\", \"a.pb\")")},
	{"TFM407", "bbb", "d = tf.GraphDef()\nd.ParseFromString(open(\"graph.pb\", \"rb\").read())\nwith tf.Graph().as_default():\n    tf.import_graph_def(d)"},
	{"TFM407", "www", "d = tf.compat.v1.GraphDef()\nd.ParseFromString(open(\"graph.pb\", \"rb\").read())\nwith tf.Graph().as_default():\n    tf.import_graph_def(d)"},
	{"TFM501", "hhh", "loaded = tf.saved_model.load(\"model_v1\")\ntf.saved_model.save(loaded, \"resaved\", signatures=loaded.signatures)"},
	{"TFM502", "bbb", "m = tf.Module()\nm.v = tf.Variable(1.)\nm.f = tf.function(lambda: m.v * 2, input_signature=[])\n" +
		"with tf.Graph().as_default():\n    tf.saved_model.save(m, \"in_graph\")"},
	{"TFM502", "bbb", "@tf.function\ndef export():\n    tf.saved_model.save(tf.Module(), \"in_function\")\nexport()"},
	{"TFM502", "---", "with tf.Graph().as_default(), tf.compat.v1.Session():\n    tf.saved_model.save(tf.Module(), \"in_session\")"},
	{"TFM504", "bbb", "import tensorflow.contrib\ntf.saved_model.save(tf.Module(), \"contrib\")"},
}

const exportSession = `x = tf.compat.v1.placeholder(tf.float32, [])
    tf.compat.v1.saved_model.simple_save(sess, "keras_session_" + tf.__version__, {"x": x}, {"y": x + 1})`

const keras = "model = tf.keras.Sequential([tf.keras.layers.InputLayer((2,)), tf.keras.layers.Dense(1)])\n"

const estimator = `def model_fn(features, labels, mode):
    y = features["x"] + 2.
    step = tf.compat.v1.train.get_global_step().assign_add(1)
    outputs = {"serving_default": tf.estimator.export.PredictOutput({"y": y})}
    return tf.estimator.EstimatorSpec(mode, predictions=y, loss=tf.constant(0.), train_op=step, export_outputs=outputs)
input_fn = lambda: tf.data.Dataset.from_tensors({"x": 3.})
receiver_fn = lambda: tf.estimator.export.build_raw_serving_input_receiver_fn({"x": tf.compat.v1.placeholder(tf.float32, [None])})()
`

// inSession is a statement in a session of a graph from x to y.
func inSession(statement string) string {
	return "with tf.compat.v1.Session(graph=tf.Graph()) as sess:\n    x = tf.compat.v1.placeholder(tf.float32, [], name=\"x\")\n    y = tf.add(x, 1., name=\"y\")\n    " +
		statement
}

// loading is a statement in a session of an empty graph.
func loading(statement string) string {
	return "with tf.compat.v1.Session(graph=tf.Graph()) as sess:\n    " + statement
}

// severityTargets are the targets of the letters.
var severityTargets = []Version{{2, 4}, {2, 15}, {2, 21}}

func TestSeverities(t *testing.T) {
	rows := map[string]int{}
	for _, row := range severities {
		r, ok := ByCode(row.code)
		if !ok {
			t.Fatalf("there is no %s", row.code)
		}
		rows[row.code]++
		f, err := analyzer.Parse(context.Background(), "test.py", []byte("import tensorflow as tf\n"+row.source+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, target := range severityTargets {
			letter := "-"
			_, findings := Check(f, target)
			for _, finding := range findings {
				if finding.Rule == r {
					letter = finding.Severity.String()[:1]
				}
			}
			got += letter
		}
		if got != row.want {
			t.Errorf("%s: %s, want %s:\n%s", row.code, got, row.want, row.source)
		}
	}
	for _, r := range All {
		if rows[r.Code] == 0 && !strings.Contains("TFM304 TFM305 TFM503 TFM505 TFM901 TFM902", r.Code) { // hazards on every target
			t.Errorf("%s has no row", r.Code)
		}
	}
}
