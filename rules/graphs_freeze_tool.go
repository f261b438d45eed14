package rules

import (
	"slices"
	"strings"
)

var freezeTool = &Rule{
	Code: "TFM404",
	Name: "freeze-graph-tool",
	Doc: Doc{
		What: "A graph and a checkpoint frozen by TensorFlow's own tool, tensorflow.python.tools.freeze_graph.",
		Why: "The tool is a private module. It still runs on TensorFlow 2, where nothing else does with its result than tf.compat.v1.import_graph_def: " +
			"a frozen GraphDef has no signatures, and TensorFlow Serving does not load it. A SavedModel has both the graph and the values.",
		Before: `from tensorflow.python.tools import freeze_graph

freeze_graph.freeze_graph("graph.pbtxt", "", False, "model.ckpt", "y", "save/restore_all", "save/Const:0", "frozen.pb", True, "")
`,
		Silent: `from tensorflow.python.tools import optimize_for_inference_lib
from tf2onnx.tools import freeze_graph

freeze_graph.freeze_graph("graph.pb")  # another library's
optimize_for_inference_lib.optimize_for_inference(None, ["x"], ["y"], 1)  # another tool, for a graph that is frozen already
`,
		Link: "https://www.tensorflow.org/guide/migrate/saved_model#graphdef_and_metagraphdef",
	},
	Find: func(p *Pass) {
		for _, c := range p.File.CallsTo(freezeTools...) {
			paths, only := p.File.Names(c.Fn)
			if !only || len(paths) != 1 {
				continue
			}
			if name, ok := strings.CutPrefix(paths[0], "tensorflow.python.tools.freeze_graph."); ok && slices.Contains(freezeTools, name) {
				p.Report(Finding{Span: c.Span, Severity: Works,
					Message: "a graph is frozen into a GraphDef here; TensorFlow 2 writes a SavedModel, with signatures, by tf.saved_model.save",
					Reason:  "what reads the frozen graph is not in view"})
			}
		}
	},
}

// freezeTools are the functions of tensorflow/python/tools/freeze_graph.py.
var freezeTools = []string{"freeze_graph", "freeze_graph_with_def_protos"}
