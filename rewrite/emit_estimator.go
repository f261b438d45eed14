package rewrite

import (
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// emitEstimator is the strategy for export_saved_model of an Estimator: a call of the helper export_estimator in its place, which builds
// the model_fn's graph as the Estimator does, restores the checkpoint and saves the session.
func emitEstimator(p *program, site rules.Site) (*Fix, *Refusal) {
	e, ok := site.(*rules.EstimatorExport)
	if !ok {
		return nil, nil
	}
	byHand := "build the model_fn in tf.compat.v1.wrap_function, restore the checkpoint and save with tf.saved_model.save"
	if !p.Target.HasEstimator() {
		return nil, refuse(site, byHand, "TensorFlow "+p.Target.String()+" has no Estimators; train with Keras there")
	}
	args := []string{p.oneLine(e.Estimator)}
	for i, name := range []string{"export_dir_base", "serving_input_receiver_fn", "assets_extra", "as_text", "checkpoint_path"} {
		a, state := e.Call.Arg(name, i)
		if name == "serving_input_receiver_fn" && state == analyzer.Absent {
			a, state = e.Call.Arg("serving_input_fn", -1)
		}
		switch {
		case state == analyzer.Unknowable:
			return nil, refuse(site, byHand, "some arguments come from * or **")
		case state == analyzer.Absent || isNoneOrFalse(a.Value) && i >= 2:
			if i < 2 {
				return nil, refuse(site, byHand, "the argument "+name+" is missing")
			}
		case name == "assets_extra" || name == "as_text":
			return nil, refuse(site, byHand, "it passes "+name+", which is not carried over yet")
		case name == "checkpoint_path":
			args = append(args, name+"="+p.oneLine(a.Value))
		default:
			args = append(args, p.oneLine(a.Value))
		}
	}
	for _, a := range e.Call.Args {
		switch a.Name {
		case "", "export_dir_base", "serving_input_receiver_fn", "serving_input_fn", "assets_extra", "as_text", "checkpoint_path":
		default:
			if !isNoneOrFalse(a.Value) {
				return nil, refuse(site, byHand, "it passes "+a.Name+", which is not carried over yet")
			}
		}
	}
	if e.Doubt != "" {
		return nil, refuse(site, byHand, e.Doubt)
	}
	fix := &Fix{Site: site, Strategy: "estimator", Applicability: Safe, Mode: AnyMode, Helpers: []string{"export_estimator"},
		Message: "the Estimator's model is saved by tf.saved_model.save, through the helper " + p.helper("export_estimator"),
		Edits:   []Edit{{e.Call.Pos(), p.helper("export_estimator") + "(" + strings.Join(args, ", ") + ")"}}}
	if p.f.Value(e.Estimator).Open {
		fix.Applicability = Unsafe
		fix.Message += ": right if every caller passes an Estimator"
	}
	p.qualify(fix)
	return fix, nil
}

func isNoneOrFalse(e analyzer.Expr) bool { return rules.IsNone(e) || rules.IsFalse(e) }
