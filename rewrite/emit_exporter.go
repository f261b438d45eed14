package rewrite

import (
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// emitExporter is the strategy for the exporters of an EvalSpec: an exporter of the file's own, whose exports are those of the helper
// export_estimator.
func emitExporter(p *program, site rules.Site) (*Fix, *Refusal) {
	e, ok := site.(*rules.Exporter)
	if !ok {
		return nil, nil
	}
	no := func(why string) (*Fix, *Refusal) {
		return nil, refuse(site, "export after training with export_saved_model, which can be rewritten", why)
	}
	if why, byHand := p.foreignModel(e.Classes); why != "" {
		return nil, refuse(site, byHand, why)
	}
	api, _ := p.Callee(e.Call)
	parameters, extra, helper := exporterParameters, "", need{name: "SavedModelExporter"}
	switch api.Name {
	case "estimator.FinalExporter":
		extra = "final_only=True"
	case "estimator.LatestExporter":
		parameters = slices.Concat(exporterParameters, []string{"exports_to_keep"})
		if _, state := e.Call.Arg("exports_to_keep", 4); state == analyzer.Absent {
			extra = "exports_to_keep=5"
		}
	case "estimator.BestExporter":
		parameters, helper.parts = bestParameters, []string{"best"}
		extra = p.bestDefaults(e.Call)
	default:
		return no("the export strategies of tf.contrib.learn belong to its Experiment, and TensorFlow 2 has neither")
	}
	c := &helperCall{p: p, call: e.Call, name: p.helper("SavedModelExporter"), parameters: parameters, last: extra}
	edit, why := c.edit()
	if why != "" {
		return no(why)
	}
	if slices.Contains(helper.parts, "best") {
		c.message = ", which compares the evaluations of one training" + c.message
	}
	fix := &Fix{Site: site, Strategy: "estimator", Applicability: Safe, Mode: AnyMode, Helpers: []need{helper},
		Message: "train_and_evaluate exports by tf.saved_model.save, through the helper " + c.name + c.message,
		Edits:   []Edit{edit}}
	if e.Open || len(e.Classes) == 0 {
		fix.Applicability = Unsafe
		fix.Message += ": right if the Estimator that is trained with it has a model_fn of its own"
	}
	p.qualify(fix)
	return fix, nil
}

// bestDefaults are the arguments that a BestExporter has without being given them, for a helper that has not. The event files of earlier trainings that it
// looks through are left out: the first evaluation is exported in any case, and is the best so far from then on.
func (p *program) bestDefaults(c *analyzer.Call) string {
	var out []string
	for i, name := range bestParameters {
		if _, state := c.Arg(name, i); state == analyzer.Absent && bestDefault[name] != "" {
			out = append(out, name+"="+bestDefault[name])
		}
	}
	return strings.ReplaceAll(strings.Join(out, ", "), `"`, p.quote("")[:1])
}

// bestDefault are the defaults of a BestExporter. Source: tensorflow_estimator/python/estimator/exporter.py of 2.15.
var bestDefault = map[string]string{
	"name":            `"best_exporter"`,
	"compare_fn":      `lambda best_eval_result, current_eval_result: best_eval_result["loss"] > current_eval_result["loss"]`,
	"exports_to_keep": "5",
}
