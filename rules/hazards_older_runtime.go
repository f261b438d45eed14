package rules

import (
	"regexp"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

var olderRuntime = &Rule{
	Code: "TFM505",
	Name: "older-runtime",
	Doc: Doc{
		What: "A runtime of TensorFlow 1 named in a file that exports models: an image of TensorFlow Serving 1.x, or a runtime version 1.x of a cloud service.",
		Why: "TensorFlow 1 loads a model that TensorFlow 2 wrote only if it has no variables. Their operation, VarHandleOp, has gained the attributes allowed_devices " +
			"and debug_name, and a runtime refuses a graph with attributes that it does not know; stripping default values does not help, since " +
			"debug_name is set. The servers have to move to TensorFlow 2 before the program that exports does: they still load what TensorFlow 1 wrote.",
		Before: `import tensorflow as tf

IMAGE = "tensorflow/serving:1.15.0"


def export(model):
    tf.saved_model.save(model, "export/1")
`,
		Silent: `"""Once served by tensorflow/serving:1.15.0."""
import tensorflow as tf

IMAGE = "tensorflow/serving:2.15.1"
API = {"version": "1.15"}  # of something else


def export(model):
    tf.saved_model.save(model, "export/1")
`,
		Link: "https://www.tensorflow.org/guide/versions#compatibility_of_savedmodels_graphs_and_checkpoints",
	},
	Find: func(p *Pass) {
		if !p.exportsModels() && len(p.Calls("saved_model.save")) == 0 {
			return
		}
		for _, e := range p.oldRuntimes() {
			p.Report(Finding{Span: e.Pos(), Severity: Hazard,
				Message: "this is a runtime of TensorFlow 1, which cannot load the variables of a model that TensorFlow 2 exports",
				Reason:  "move the servers to TensorFlow 2 first; they load what TensorFlow 1 exported"})
		}
	},
}

var (
	oldVersion = regexp.MustCompile(`^1\.\d+(\.\d+)*$`)
	// A version number that ends there, or in a suffix of the image.
	oldImage = regexp.MustCompile(`(?:^|[\s"'=/])tensorflow/serving:1\.\d+(\.\d+)*(-\w+)*(?:$|[\s"'])|--runtime[-_]version[= ]1\.\d+(?:$|[\s"'])`)
)

// oldRuntimes are the constants that name a runtime of TensorFlow 1: runtime_version="1.15" as an argument or an item of a dict, and strings with
// --runtime-version 1.15 or an image of TensorFlow Serving.
func (x *Facts) oldRuntimes() []analyzer.Expr {
	var out []analyzer.Expr
	version := func(name string, value analyzer.Expr) {
		if name != "runtime_version" && name != "runtimeVersion" && name != "runtime-version" {
			return
		}
		if s, ok := x.String(value); ok && oldVersion.MatchString(s) {
			out = append(out, value)
		}
	}
	analyzer.Walk(x.File.Module, func(n analyzer.Node) bool {
		switch n := n.(type) {
		case *analyzer.ExprStmt:
			if _, isDoc := n.X.(*analyzer.Str); isDoc {
				return false
			}
		case *analyzer.Call:
			for _, a := range n.Args {
				version(a.Name, a.Value)
			}
		case *analyzer.Dict:
			for _, it := range n.Items {
				if key, ok := it.Key.(*analyzer.Str); ok {
					version(key.Value, it.Value)
				}
			}
		case *analyzer.Str:
			if oldImage.MatchString(n.Value) {
				out = append(out, n)
			}
		}
		return true
	})
	return out
}
