package rewrite

import (
	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

const predictorByHand = "load with tf.saved_model.load(dir) and call loaded.signatures[key] with tensors by name"

// emitPredictor is the strategy for predictor.from_saved_model: the helper load_predictor gives a function of the same interface, so that what calls the
// predictor stays as it is.
func emitPredictor(p *program, site rules.Site) (*Fix, *Refusal) {
	s, ok := site.(*rules.Predictor)
	if !ok {
		return nil, nil
	}
	no := func(why string) (*Fix, *Refusal) { return nil, refuse(site, predictorByHand, why) }
	if s.Name != "from_saved_model" {
		return no("it predicts with an Estimator's model, which TensorFlow 2 has no predictor for")
	}
	args := map[string]analyzer.Expr{}
	for i, name := range []string{"export_dir", "signature_def_key", "signature_def", "input_names", "output_names", "tags", "graph", "config"} {
		a, state := s.Call.Arg(name, i)
		if state == analyzer.Unknowable {
			return no("its arguments are not all in view")
		}
		if state == analyzer.Present && !rules.IsNone(a.Value) {
			args[name] = a.Value
		}
	}
	for _, name := range []string{"signature_def", "input_names", "output_names", "graph", "config"} {
		if args[name] != nil {
			return no("it passes " + name + ", which a loaded signature has no place for")
		}
	}
	if args["export_dir"] == nil {
		return no("its arguments are not all in view")
	}
	if tags := args["tags"]; tags != nil {
		if tag, ok := p.String(tags); !ok || tag != "serve" {
			return no("its tags are not serve")
		}
	}
	fix := &Fix{Site: site, Strategy: "predictor", Applicability: Safe, Mode: EagerMode, Helpers: []need{{name: "load_predictor"}},
		Message: "a signature is loaded by tf.saved_model.load and called with what the predictor was, through the helper " + p.helper("load_predictor")}
	switch why, known := p.onlyCalled(s.Call); {
	case why != "":
		return no(why)
	case !known:
		fix.Applicability = Unsafe
		fix.Message += ": right if what gets the predictor only calls it"
	}
	text := p.helper("load_predictor") + "(" + p.oneLine(args["export_dir"])
	if key := args["signature_def_key"]; key != nil {
		text += ", " + p.oneLine(key)
	}
	fix.Edits = []Edit{{s.Call.Pos(), text + ")"}}
	return fix, nil
}

// onlyCalled tells why what a call gives is used for more than to be called; known is false where not every use is in view.
func (p *program) onlyCalled(made *analyzer.Call) (why string, known bool) {
	const other = "its session, its graph or its tensors are asked for"
	switch parent := p.f.Parent(made).(type) {
	case *analyzer.Call:
		return "", parent.Fn == analyzer.Expr(made)
	case *analyzer.Attribute:
		return other, false
	case *analyzer.Assign:
		if len(parent.Targets) != 1 || parent.Value != analyzer.Expr(made) {
			return "", false
		}
		n, ok := parent.Targets[0].(*analyzer.Name)
		if !ok {
			return "", false
		}
		known = true
		for _, u := range p.f.Uses(p.f.BindingOf(n)) {
			switch use := p.f.Parent(u).(type) {
			case *analyzer.Attribute:
				return other, false
			case *analyzer.Call:
				known = known && use.Fn == analyzer.Expr(u)
			case *analyzer.Compare:
			default:
				known = false
			}
		}
		return "", known
	}
	return "", false
}
