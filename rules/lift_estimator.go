package rules

import (
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules/symbols"
)

// liftEstimatorExports lifts export_saved_model and export_savedmodel of objects that are Estimators: whatever is known of the receiver
// is one, also where it comes from a function or from callers in view. Where nothing is known of it, what is passed can tell: only an
// Estimator takes a function that gives a ServingInputReceiver.
func liftEstimatorExports(x *Facts) []Site {
	var out []Site
	for _, m := range x.methodCalls("export_saved_model", "export_savedmodel") {
		e := &EstimatorExport{Call: m.call, Estimator: m.on, Method: m.method}
		switch k, _ := x.receiver(m.on, x.estimatorClass); {
		case k == isSuch:
		case k == isUnknown && x.takesReceiver(m.call):
			e.Doubt = "nothing in view says which Estimator it is"
		default:
			continue
		}
		if m.alias {
			e.Doubt = "the method is called by another name"
		}
		out = append(out, e)
	}
	return out
}

// takesReceiver tells whether a call passes a serving input receiver function.
func (x *Facts) takesReceiver(c *analyzer.Call) bool {
	for _, name := range []string{"serving_input_receiver_fn", "serving_input_fn", "export_dir_base"} {
		if _, state := c.Arg(name, -1); state == analyzer.Present {
			return true
		}
	}
	a, state := c.Arg("serving_input_receiver_fn", 1)
	return state == analyzer.Present && x.givesReceiver(a.Value)
}

// receiverMakers are what a serving input receiver comes from.
var receiverMakers = []string{
	"estimator.export.ServingInputReceiver", "estimator.export.TensorServingInputReceiver",
	"contrib.learn.InputFnOps", "contrib.learn.utils.input_fn_utils.InputFnOps",
}

// receiverFunctions make a serving input receiver function.
var receiverFunctions = []string{
	"estimator.export.build_raw_serving_input_receiver_fn", "estimator.export.build_parsing_serving_input_receiver_fn",
	"contrib.learn.build_parsing_serving_input_fn", "contrib.learn.utils.build_parsing_serving_input_fn",
	"contrib.learn.utils.input_fn_utils.build_parsing_serving_input_fn",
}

// givesReceiver tells whether e is a function that gives a ServingInputReceiver.
func (x *Facts) givesReceiver(e analyzer.Expr) bool {
	for _, o := range x.File.Trace(e).Origins {
		f := x.File
		if o.Home != nil {
			f = o.Home
		}
		switch n := o.Expr.(type) {
		case *analyzer.Call:
			if api, ok := x.apiIn(n.Fn, f); ok && slices.Contains(receiverFunctions, api.Name) {
				return true
			}
		case *analyzer.Lambda:
			if c, ok := n.Body.(*analyzer.Call); ok && x.makesReceiver(c, f) {
				return true
			}
		}
		if d, ok := o.Node.(*analyzer.FuncDef); ok {
			for _, r := range f.Returns(d) {
				for _, o := range f.Value(r).Origins {
					if c, ok := o.Expr.(*analyzer.Call); ok && x.makesReceiver(c, f) {
						return true
					}
				}
			}
		}
	}
	return false
}

func (x *Facts) makesReceiver(c *analyzer.Call, f *analyzer.File) bool {
	api, ok := x.apiIn(c.Fn, f)
	return ok && slices.Contains(receiverMakers, api.Name)
}

// estimatorClass tells whether calling fn makes an Estimator, one of tf.contrib's included.
func (x *Facts) estimatorClass(fn analyzer.Expr, f *analyzer.File) bool {
	api, ok := x.apiIn(fn, f)
	if !ok {
		return false
	}
	if api.Name == "keras.estimator.model_to_estimator" {
		return true
	}
	class := api.Name[strings.LastIndexByte(api.Name, '.')+1:]
	switch {
	case strings.HasPrefix(api.Name, "contrib."):
	case api.Name == "estimator."+class && api.Symbol.Kind == symbols.Class:
	default:
		return false
	}
	for _, suffix := range []string{"Estimator", "Classifier", "Regressor"} {
		if strings.HasSuffix(class, suffix) {
			return true
		}
	}
	return false
}
