package rewrite

import (
	"maps"
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

const exportByHand = "write the model as a tf.Module with one tf.function per signature and save it with tf.saved_model.save"

// checkExport tells why an export can't be written as functions by tf.saved_model.save; "" if it can.
func (p *program) checkExport(e *rules.Export) string {
	if e.Doubt != "" {
		return e.Doubt
	}
	if why := p.checkMetaGraph(e); why != "" {
		return why
	}
	if e.Passed || p.builderApart(e) {
		return builderApart
	}
	return ""
}

const builderApart = "the Builder is made, filled and saved in different functions"

// checkMetaGraph tells what of an export tf.saved_model.save has no place for, whatever the strategy and whether or not its signatures are in view;
// "" if there is nothing.
func (p *program) checkMetaGraph(e *rules.Export) string {
	if len(e.MetaGraphs) != 1 {
		return p.severalMetaGraphs(e)
	}
	mg := e.MetaGraphs[0]
	if !mg.Variables {
		return "it adds a meta graph without variables"
	}
	if mg.Tags != nil {
		tags, ok := p.Strings(mg.Tags)
		if !ok {
			return "its tags are not constant; tf.saved_model.save writes the tag serve"
		}
		if len(tags) != 1 || tags[0] != "serve" {
			return "its tags are [" + strings.Join(tags, ", ") + "]; tf.saved_model.save writes the tag serve"
		}
	}
	for _, name := range slices.Sorted(maps.Keys(mg.Options)) {
		op := mg.Options[name]
		switch name {
		case "clear_devices", "strip_default_attrs":
		case "saver": // what it names in the checkpoint gets its value from the session all the same
		case "legacy_init_op", "main_op":
			if !p.initialisesTables(op) {
				return "it runs an op of its own (" + name + ") when the model is loaded"
			}
		case "assets_collection":
			if !p.isAssetPaths(op) {
				return "it collects assets of its own"
			}
		case "train_op":
			return "it exports a train_op, for which tf.saved_model.save has no place"
		default:
			return "it passes " + name + ", which is not carried over yet"
		}
	}
	if len(mg.Signatures) == 0 && mg.Unseen == "" {
		return "it has no signature"
	}
	for _, s := range mg.Signatures {
		for _, it := range s.Inputs.Items {
			if it.Name != "" && !rules.InputKey(it.Name) {
				return "its input " + p.quote(it.Name) + " is no key that tf.saved_model.save can write: it has to be a Python identifier that starts with a letter, and not self"
			}
			if p.isSparse(it.Tensor) {
				return "its input " + p.keyText(it) + " is a SparseTensor, which a signature that tf.saved_model.save writes cannot take"
			}
		}
	}
	return ""
}

// severalMetaGraphs names the meta graphs of an export that has more than one.
func (p *program) severalMetaGraphs(e *rules.Export) string {
	var sets []string
	for _, mg := range e.MetaGraphs {
		tags := "not constant"
		if mg.Tags != nil {
			if t, ok := p.Strings(mg.Tags); ok {
				tags = strings.Join(t, ", ")
			}
		}
		sets = append(sets, "["+tags+"]")
	}
	return "it has several meta graphs, with the tags " + strings.Join(sets, " and ") + "; tf.saved_model.save writes one"
}

// isSparse tells whether e can only be a SparseTensor.
func (p *program) isSparse(e analyzer.Expr) bool {
	_, ok := p.MadeBy(e, "sparse_placeholder", "SparseTensor", "SparseTensorValue", "sparse.SparseTensor", "sparse.placeholder")
	return ok
}

// initialisesTables tells whether an op does nothing when the model is loaded but what the saved model does itself: initialise its tables, or restore its
// variables. Local variables may be initialised besides: save_session refuses a signature that needs one.
func (p *program) initialisesTables(e analyzer.Expr) bool {
	return p.onlyInitialises(e, 3, map[*analyzer.Call]bool{})
}

// onlyInitialises is initialisesTables, through so many functions of the file. told is what was said of an op before: of one that is being asked, which in a
// loop may be made of itself, that it does more.
func (p *program) onlyInitialises(e analyzer.Expr, depth int, told map[*analyzer.Call]bool) bool {
	c, ok := p.f.OnlyCall(e)
	if !ok {
		return false
	}
	if only, ok := told[c]; ok {
		return only
	}
	told[c] = false
	told[c] = p.callInitialises(c, depth, told)
	return told[c]
}

func (p *program) callInitialises(c *analyzer.Call, depth int, told map[*analyzer.Call]bool) bool {
	if p.Is(c, "tables_initializer", "initializers.tables_initializer", "saved_model.main_op_with_restore", "local_variables_initializer", "initialize_local_variables") {
		return true
	}
	if def, ok := p.f.Only(c.Fn); ok && def.Kind == analyzer.FromDef && depth > 0 {
		if op := onlyReturn(def.Node); op != nil {
			return p.onlyInitialises(op, depth-1, told)
		}
	}
	if !p.Is(c, "group") {
		return false
	}
	for _, a := range c.Args {
		if a.Name != "name" && (a.Stars > 0 || !p.onlyInitialises(a.Value, depth, told)) {
			return false
		}
	}
	return true
}

// onlyReturn is the value of a function that returns at its end and nowhere else; nil for any other.
func onlyReturn(n analyzer.Node) analyzer.Expr {
	def, ok := n.(*analyzer.FuncDef)
	if !ok {
		return nil
	}
	returns := 0
	analyzer.Walk(def.Body, func(n analyzer.Node) bool {
		if _, ok := n.(*analyzer.Return); ok {
			returns++
		}
		return true
	})
	last, ok := def.Body.Stmts[len(def.Body.Stmts)-1].(*analyzer.Return)
	if !ok || returns != 1 {
		return nil
	}
	return last.X
}

// isAssetPaths tells whether e is the collection of asset files that the graph keeps itself.
func (p *program) isAssetPaths(e analyzer.Expr) bool {
	c, ok := p.f.OnlyCall(e)
	if !ok || len(c.Args) != 1 {
		return false
	}
	name := ""
	if api, ok := p.Callee(c); ok {
		name = api.Name
	} else if a, ok := c.Fn.(*analyzer.Attribute); ok {
		name = a.Attr
	}
	if name != "get_collection" {
		return false
	}
	if api, ok := p.API(c.Args[0].Value); ok {
		return api.Name == "GraphKeys" && api.Rest == "ASSET_FILEPATHS"
	}
	s, ok := p.String(c.Args[0].Value)
	return ok && s == "asset_filepaths"
}

// mayHaveTables tells whether a graph of the file may hold lookup tables: the file names something that makes or initialises them, or code that
// is out of view builds part of the graph.
func (p *program) mayHaveTables() bool {
	if p.graphOutOfView() {
		return true
	}
	for _, u := range p.uses {
		if kerasTables(u.api.Name) {
			return true
		}
		for _, prefix := range []string{"lookup.", "contrib.", "feature_column.", "tables_initializer", "initializers.tables_initializer", "estimator.", "raw_ops."} {
			if strings.HasPrefix(u.api.Name, prefix) && u.api.Name != "estimator.Estimator" && !harmlessEstimator[u.api.Name] {
				return true
			}
		}
	}
	mentioned := false
	analyzer.Walk(p.f.Module, func(n analyzer.Node) bool {
		switch n := n.(type) {
		case *analyzer.Import:
			for _, in := range n.Names {
				mentioned = mentioned || strings.Contains(in.Name, "lookup")
			}
		case *analyzer.ImportFrom:
			mentioned = mentioned || strings.Contains(n.Module, "lookup")
			for _, in := range n.Names {
				mentioned = mentioned || strings.Contains(in.Name, "lookup")
			}
		}
		return !mentioned
	})
	return mentioned
}

// mayHaveStrays tells whether a graph of the file may use variables that are not among the global ones: the file names local variables or
// something that makes them, or chooses collections for a variable, or code that is out of view builds part of the graph.
func (p *program) mayHaveStrays() bool {
	for _, u := range p.uses {
		if u.api.Name == "GraphKeys" && strings.Contains(u.api.Rest, "_VARIABLES") && u.api.Rest != "GLOBAL_VARIABLES" && u.api.Rest != "TRAINABLE_VARIABLES" ||
			strings.Contains(u.api.Name, "local_variables") || strings.HasPrefix(u.api.Name, "metrics.") {
			return true
		}
	}
	for _, c := range p.f.Calls() {
		if _, state := c.Arg("collections", -1); state == analyzer.Present {
			return true
		}
	}
	return p.graphOutOfView()
}

// mayUpdate tells whether what computes a signature may change a variable: the file has something that does, and hands the op on or has something by which an
// operation waits for another one or chooses between two, or code that is out of view builds part of the graph. A session that callers hand in has the
// graph of this file, if the file builds one.
func (p *program) mayUpdate() bool {
	builds := slices.ContainsFunc(p.uses, func(u use) bool { return strings.HasPrefix(u.api.Name, "placeholder") })
	if p.outOfView() != "" || p.importsGraph() || p.graphOutOfView() && !builds {
		return true
	}
	var updates []*analyzer.Call
	orders := false
	for _, u := range p.uses {
		switch {
		case strings.HasPrefix(u.api.Name, "assign"), strings.HasPrefix(u.api.Name, "scatter_"), strings.HasSuffix(u.api.Name, "assign_moving_average"):
			c, ok := p.f.Parent(u.node).(*analyzer.Call)
			if !ok || c.Fn != u.node {
				return true
			}
			updates = append(updates, c)
		case u.api.Name == "control_dependencies", u.api.Name == "cond", u.api.Name == "case", u.api.Name == "while_loop":
			orders = true
		}
	}
	updates = append(updates, p.f.CallsNamed("assign", "assign_add", "assign_sub", "scatter_add", "scatter_sub", "scatter_update", "count_up_to", "apply")...)
	return orders && len(updates) > 0 || slices.ContainsFunc(updates, func(c *analyzer.Call) bool { return !p.onlyRun(c, 3) })
}

// onlyRun tells whether a session runs what an expression gives, and nothing else gets it, through so many names.
func (p *program) onlyRun(e analyzer.Expr, depth int) bool {
	switch up := p.f.Parent(e).(type) {
	case *analyzer.ExprStmt:
		return true
	case *analyzer.Seq, *analyzer.Comp, *analyzer.Binary: // lists, and their sum
		return p.onlyRun(up.(analyzer.Expr), depth)
	case *analyzer.Attribute:
		return up.Attr == "run" || up.Attr == "eval" || up.Attr == "op" && p.onlyRun(up, depth)
	case *analyzer.Call:
		if slices.ContainsFunc(up.Args, func(a *analyzer.Arg) bool { return a.Name == "train_op" && a.Value == e }) { // of an EstimatorSpec
			return true
		}
		a, ok := up.Fn.(*analyzer.Attribute)
		return ok && a.Attr == "run" && up.Fn != e
	case *analyzer.Assign:
		if len(up.Targets) != 1 || up.Value != e || depth == 0 {
			return false
		}
		n, ok := up.Targets[0].(*analyzer.Name)
		return ok && p.f.BindingOf(n) != nil && !slices.ContainsFunc(p.f.Uses(p.f.BindingOf(n)), func(u *analyzer.Name) bool { return !p.onlyRun(u, depth-1) })
	}
	return false
}

// mayHaveDefaults tells whether an input of a signature may be a placeholder that has a default.
func (p *program) mayHaveDefaults() bool {
	return slices.ContainsFunc(p.uses, func(u use) bool {
		return u.api.Name == "placeholder_with_default" || strings.HasSuffix(u.api.Name, "learning_phase") || strings.HasPrefix(u.api.Name, "raw_ops.")
	}) || p.graphOutOfView()
}

// graphOutOfView tells whether part of a graph of the file may be built elsewhere: in another module, by whoever made the session, or by a program
// that wrote a graph to a file.
func (p *program) graphOutOfView() bool {
	for _, s := range p.Sites {
		if e, ok := s.(*rules.Export); ok {
			for _, mg := range e.MetaGraphs {
				if mg.Session != nil && p.sessionOfCaller(mg.Session) {
					return true
				}
			}
		}
	}
	return p.importsGraph() || p.outOfView() != ""
}

// importsGraph tells whether the file reads a graph that a program wrote.
func (p *program) importsGraph() bool {
	return slices.ContainsFunc(p.Sites, func(s rules.Site) bool {
		switch s.(type) {
		case *rules.MetaGraphImport, *rules.Load, *rules.FrozenImport:
			return true
		}
		return false
	})
}

// sessionOfCaller tells whether a session, and the graph in it, may be made outside the file.
func (p *program) sessionOfCaller(e analyzer.Expr) bool {
	v := p.f.Trace(e)
	return v.Open || len(v.Origins) == 0 || slices.ContainsFunc(v.Origins, func(o analyzer.Origin) bool {
		return o.Kind == analyzer.FromParam && !o.Context
	})
}

// harmlessEstimator are names of tf.estimator that make no tables.
var harmlessEstimator = map[string]bool{
	"estimator.EstimatorSpec": true, "estimator.ModeKeys": true, "estimator.RunConfig": true, "estimator.TrainSpec": true, "estimator.EvalSpec": true,
	"estimator.train_and_evaluate": true, "estimator.FinalExporter": true, "estimator.LatestExporter": true, "estimator.Exporter": true,
	"estimator.export.PredictOutput": true, "estimator.export.ClassificationOutput": true,
	"estimator.export.RegressionOutput": true, "estimator.export.ServingInputReceiver": true, "estimator.export.TensorServingInputReceiver": true,
	"estimator.export.build_raw_serving_input_receiver_fn": true, "estimator.export.build_parsing_serving_input_receiver_fn": true,
}

// outOfView is a module that the file imports and that may build part of its graphs: any that is not the standard library's, TensorFlow's or
// a well-known one that builds none. "" if there is none.
func (p *program) outOfView() string {
	for _, b := range p.f.Bindings() {
		if b.Kind == analyzer.BindImport || b.Kind == analyzer.BindStar {
			if !p.buildsNone(b.Import) {
				return strings.TrimLeft(b.Import, ".")
			}
		}
	}
	return ""
}

// mappingText is a dict of tensors as source.
func (p *program) mappingText(m rules.Mapping) string {
	if m.Whole != nil {
		return p.oneLine(m.Whole)
	}
	var parts []string
	for _, it := range m.Items {
		parts = append(parts, p.keyText(it)+": "+p.oneLine(it.Tensor))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func (p *program) keyText(it rules.Item) string {
	if it.Key == nil {
		return p.quote(it.Name)
	}
	return p.oneLine(it.Key)
}

func (p *program) signatureKey(s rules.Signature) string {
	if s.Key == nil {
		return p.quote("serving_default")
	}
	return p.oneLine(s.Key)
}

// methodNames are the lines that give signatures back the method names that tf.saved_model.save has no argument for; "" where none needs them.
func (p *program) methodNames(sigs []rules.Signature, dir string) string {
	others := slices.DeleteFunc(slices.Clone(sigs), func(s rules.Signature) bool { return s.Method == rules.PredictMethod })
	if len(others) == 0 {
		return ""
	}
	updater := p.fresh("updater")
	lines := []string{"", updater + " = " + p.v1("saved_model.signature_def_utils.MethodNameUpdater") + "(" + dir + ")"}
	for _, s := range others {
		lines = append(lines, updater+".replace_method_name(signature_key="+p.signatureKey(s)+", method_name="+p.methodText(s.Method)+")")
	}
	return strings.Join(append(lines, updater+".save()"), "\n")
}

// leftovers are the statements that only serve the export and go with it: those that make the Builder, the signatures, the
// TensorInfos, and the dicts that hold them, as far as nothing else uses what they bind. replaced are the statements that
// the fix writes anew.
func (p *program) leftovers(e *rules.Export, replaced ...analyzer.Stmt) []analyzer.Stmt {
	candidates := map[analyzer.Stmt]bool{}
	addCandidate := func(n analyzer.Node) {
		if s := p.f.StmtOf(n); s != nil {
			if _, ok := s.(*analyzer.Assign); ok && p.ownLines(s) {
				candidates[s] = true
			}
		}
	}
	for _, pl := range e.Places() {
		if pl.Role != rules.RoleSave {
			addCandidate(pl.Call)
		}
	}
	for _, mg := range e.MetaGraphs {
		for _, a := range mg.Call.Args {
			p.dictsOf(a.Value, addCandidate)
		}
		for _, s := range mg.Signatures {
			if s.Call != nil {
				for _, a := range s.Call.Args {
					p.dictsOf(a.Value, addCandidate)
				}
			}
		}
	}
	for _, mg := range e.MetaGraphs {
		for _, op := range mg.Options {
			if c, ok := p.f.OnlyCall(op); ok && p.initialisesTables(op) {
				addCandidate(c)
			}
		}
	}
	for _, s := range replaced {
		delete(candidates, s)
	}
	// What another statement still uses stays; that may keep what it is made from, so repeat until nothing changes.
	for changed := true; changed; {
		changed = false
		for s := range candidates {
			if p.usedElsewhere(s.(*analyzer.Assign), candidates, replaced) {
				delete(candidates, s)
				changed = true
			}
		}
	}
	var out []analyzer.Stmt
	for s := range candidates {
		out = append(out, s)
	}
	slices.SortFunc(out, byPosition)
	return out
}

// dictsOf visits the dict display that e names, if it is one.
func (p *program) dictsOf(e analyzer.Expr, visit func(analyzer.Node)) {
	if _, isName := e.(*analyzer.Name); !isName {
		return
	}
	if x, ok := p.f.OnlyExpr(e); ok {
		if d, ok := x.(*analyzer.Dict); ok {
			visit(d)
		}
	}
}

// usedElsewhere tells whether a name that s binds is read outside the given statements.
func (p *program) usedElsewhere(s *analyzer.Assign, gone map[analyzer.Stmt]bool, replaced []analyzer.Stmt) bool {
	for _, t := range s.Targets {
		switch t := t.(type) {
		case *analyzer.Name:
			b := p.f.BindingOf(t)
			if b == nil {
				return true
			}
			for _, u := range p.f.Uses(b) {
				if !p.inside(u, gone, replaced) {
					return true
				}
			}
		case *analyzer.Subscript: // an item of a dict that is used for nothing but what goes
			n, ok := t.X.(*analyzer.Name)
			if !ok || len(p.f.Resolve(n).Bindings) != 1 {
				return true
			}
			for _, u := range p.f.Uses(p.f.Resolve(n).Bindings[0]) {
				if !p.inside(u, gone, replaced) {
					return true
				}
			}
		case *analyzer.Attribute:
			used := false
			analyzer.Walk(p.f.Module, func(n analyzer.Node) bool {
				if a, ok := n.(*analyzer.Attribute); ok && a != t && a.Attr == t.Attr && !p.inside(a, gone, replaced) {
					used = true
				}
				return !used
			})
			if used {
				return true
			}
		default:
			return true
		}
	}
	return false
}

func (p *program) inside(n analyzer.Node, gone map[analyzer.Stmt]bool, replaced []analyzer.Stmt) bool {
	s := p.f.StmtOf(n)
	if gone[s] {
		return true
	}
	for _, r := range replaced {
		if r == s {
			return true
		}
	}
	return false
}

// byPosition orders nodes as they stand in the source.
func byPosition[N analyzer.Node](a, b N) int { return a.Pos().Start - b.Pos().Start }
