package rewrite

import (
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

const estimatorByHand = "build the model_fn in tf.compat.v1.wrap_function, restore the checkpoint and save with tf.saved_model.save"

// emitEstimator is the strategy for export_saved_model of an Estimator: a call of the helper export_estimator in its place, which builds
// the model_fn's graph as the Estimator does, restores the checkpoint and saves the session.
func emitEstimator(p *program, site rules.Site) (*Fix, *Refusal) {
	e, ok := site.(*rules.EstimatorExport)
	if !ok {
		return nil, nil
	}
	no := func(why string) (*Fix, *Refusal) { return nil, refuse(site, estimatorByHand, why) }
	if why, byHand := p.foreignModel(e.Classes); why != "" {
		return nil, refuse(site, byHand, why)
	}
	if e.Method != "export_saved_model" && e.Method != "export_savedmodel" {
		return no("it exports by mode, and tf.saved_model.save writes the graph of one mode; export_saved_model can be rewritten")
	}
	if e.Doubt != "" {
		return no(e.Doubt)
	}
	parameters := slices.Concat(exportParameters, []string{"experimental_mode"})
	if e.Method == "export_savedmodel" {
		parameters = slices.Concat(exportParameters, []string{"strip_default_attrs"})
	}
	c := &helperCall{p: p, call: e.Call, name: p.helper("export_estimator"), parameters: parameters, first: p.oneLine(e.Estimator)}
	edit, why := c.edit()
	if why != "" {
		return no(why)
	}
	fix := &Fix{Site: site, Strategy: "estimator", Applicability: Safe, Mode: AnyMode, Helpers: []need{{name: "export_estimator"}},
		Message: "the Estimator's model is saved by tf.saved_model.save, through the helper " + c.name + c.message}
	if e.Fallback != nil {
		st := p.f.StmtOf(e.Call)
		if !p.ownLines(e.Choice) || !p.ownLines(st) || p.multilineString(e.Call) {
			return no("the statement that chooses between the names of the method is laid out in a way that is not followed")
		}
		text := strings.ReplaceAll(p.spanText(st.Pos(), []Edit{edit}), "\n"+lineIndent(p.f, st.Pos().Start), "\n")
		edit = p.replaceStmt(e.Choice, text)
	}
	fix.Edits = []Edit{edit}
	if n, ok := e.Call.Fn.(*analyzer.Name); ok {
		fix.Edits = append(fix.Edits, p.unusedMethod(n)...)
	}
	if p.f.Value(e.Estimator).Open || len(e.Classes) == 0 {
		fix.Applicability = Unsafe
		fix.Message += ": right if every caller passes an Estimator that has a model_fn of its own"
	}
	p.qualify(fix)
	return fix, nil
}

// foreignModel tells why the model of an Estimator can't be rebuilt from what its program says; "" if it can.
func (p *program) foreignModel(classes []string) (why, byHand string) {
	if !p.Target.HasEstimator() {
		return "TensorFlow " + p.Target.String() + " has no Estimators", "train with Keras, or stay with TensorFlow 2.15"
	}
	for _, class := range classes {
		switch {
		case class == "estimator.Estimator":
		case strings.HasPrefix(class, "contrib."):
			return "the Estimator is tf." + class + ", and TensorFlow 2 has no tf.contrib", "use the class of tf.estimator first"
		case strings.Contains(class, "tpu."):
			return "the Estimator is a " + class[strings.LastIndexByte(class, '.')+1:] + ", which exports a graph for TPUs as well; tf.saved_model.save writes one graph",
				"export with export_to_tpu=False by a tf.estimator.Estimator of the same model_fn"
		case strings.HasPrefix(class, "keras."):
			return "the Estimator is made of a Keras model, which is saved more simply by itself", "train the Keras model with fit and save it with tf.saved_model.save"
		default:
			return "the Estimator is canned (tf." + class + "): its model and its signatures come from a head inside TensorFlow, and nothing in the program builds them",
				"write the model as a Keras model, or as a model_fn for tf.estimator.Estimator, whose export can be rewritten; up to TensorFlow 2.15 export_saved_model of a canned Estimator works as it is"
		}
	}
	if uses := p.ownInitOp(); uses != "" {
		return "the file uses " + uses + ", whose op would have to run whenever the model is loaded; tf.saved_model.save writes none", "move what the op does into the graph or into the variables"
	}
	return "", ""
}

// ownInitOp is how the file gives a Scaffold an op of its own that runs when an exported model is loaded; "" if it does not.
func (p *program) ownInitOp() string {
	for _, c := range p.Calls("train.Scaffold") {
		if a, state := c.Arg("local_init_op", -1); state == analyzer.Present && !rules.IsNone(a.Value) && !p.initialisesTables(a.Value) {
			return "a Scaffold with a local_init_op of its own"
		}
	}
	return ""
}

// unusedMethod deletes the assignment of a method to a name that nothing else uses.
func (p *program) unusedMethod(n *analyzer.Name) []Edit {
	var stmts []analyzer.Stmt
	for _, b := range p.f.Resolve(n).Bindings {
		st, ok := b.Node.(*analyzer.Assign)
		if !ok || !p.ownLines(st) || len(st.Targets) != 1 || len(p.f.Uses(b)) != 1 || p.f.Uses(b)[0] != n {
			return nil
		}
		if _, ok := st.Targets[0].(*analyzer.Name); !ok {
			return nil
		}
		stmts = append(stmts, st)
	}
	if len(stmts) != 1 {
		return nil
	}
	return p.deleteStmts(stmts)
}
