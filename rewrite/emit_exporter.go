package rewrite

import (
	"slices"

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
	parameters, extra := exporterParameters, ""
	switch api.Name {
	case "estimator.FinalExporter":
		extra = "final_only=True"
	case "estimator.LatestExporter":
		parameters = slices.Concat(exporterParameters, []string{"exports_to_keep"})
		if _, state := e.Call.Arg("exports_to_keep", 4); state == analyzer.Absent {
			extra = "exports_to_keep=5"
		}
	case "estimator.BestExporter":
		return no("a BestExporter looks in event files for the best result so far, and exports what is better")
	default:
		return no("the export strategies of tf.contrib.learn belong to its Experiment, and TensorFlow 2 has neither")
	}
	c := &helperCall{p: p, call: e.Call, name: p.helper("SavedModelExporter"), parameters: parameters, last: extra}
	edit, why := c.edit()
	if why != "" {
		return no(why)
	}
	fix := &Fix{Site: site, Strategy: "estimator", Applicability: Safe, Mode: AnyMode, Helpers: []need{{name: "SavedModelExporter"}},
		Message: "train_and_evaluate exports by tf.saved_model.save, through the helper " + c.name + c.message,
		Edits:   []Edit{edit}}
	if e.Open || len(e.Classes) == 0 {
		fix.Applicability = Unsafe
		fix.Message += ": right if the Estimator that is trained with it has a model_fn of its own"
	}
	p.qualify(fix)
	return fix, nil
}
