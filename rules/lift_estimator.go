package rules

import (
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules/symbols"
)

// liftEstimatorExports lifts export_saved_model and export_savedmodel of objects that surely are Estimators.
func liftEstimatorExports(x *Facts) []Site {
	var out []Site
	for _, c := range x.File.Calls() {
		a, ok := c.Fn.(*analyzer.Attribute)
		if !ok || a.Attr != "export_saved_model" && a.Attr != "export_savedmodel" {
			continue
		}
		made, ok := x.File.OnlyCall(a.X)
		if !ok || !x.makesEstimator(made) {
			continue
		}
		out = append(out, &EstimatorExport{Call: c, Estimator: a.X, Method: a.Attr})
	}
	return out
}

// makesEstimator tells whether a call constructs an Estimator.
func (x *Facts) makesEstimator(c *analyzer.Call) bool {
	api, ok := x.Callee(c)
	if !ok {
		return false
	}
	if api.Name == "keras.estimator.model_to_estimator" {
		return true
	}
	class, ok := strings.CutPrefix(api.Name, "estimator.")
	if !ok || api.Symbol.Kind != symbols.Class || strings.Contains(class, ".") {
		return false
	}
	for _, suffix := range []string{"Estimator", "Classifier", "Regressor"} {
		if strings.HasSuffix(class, suffix) {
			return true
		}
	}
	return false
}
