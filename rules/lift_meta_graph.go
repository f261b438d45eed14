package rules

import (
	"slices"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

// saverMakers are the calls that make a Saver.
var saverMakers = []string{"train.Saver", "train.import_meta_graph"}

// liftMetaGraphs lifts export_meta_graph and import_meta_graph. Inside a function that wrap_function takes, an import is what TensorFlow 2's
// guide asks for, and no site; nor is the export in memory of what such an import takes.
func liftMetaGraphs(x *Facts) []Site {
	var out []Site
	for _, c := range x.File.Calls() {
		switch {
		case x.Is(c, "train.export_meta_graph") || x.exportsMetaGraph(c):
			a, state := c.Arg("filename", 0)
			inMemory := state == analyzer.Absent || state == analyzer.Present && IsNone(a.Value)
			if inMemory && x.importedInFunction("train.import_meta_graph", "meta_graph_or_file", c) {
				continue
			}
			out = append(out, &MetaGraphExport{Call: c, InMemory: inMemory})
		case x.Is(c, "train.import_meta_graph") && !x.InWrapFunction(c):
			m := &MetaGraphImport{Call: c}
			if a, state := c.Arg("meta_graph_or_file", 0); state == analyzer.Present {
				m.File = a.Value
			}
			m.Restores = x.Methods(c, "restore")
			out = append(out, m)
		}
	}
	return out
}

// importedInFunction tells whether a function that wrap_function takes imports the graph that a call makes: calls importer with it.
func (x *Facts) importedInFunction(importer, arg string, made *analyzer.Call) bool {
	for _, c := range x.Calls(importer) {
		if a, state := c.Arg(arg, 0); state == analyzer.Present && x.InWrapFunction(c) {
			if m, ok := x.File.OnlyCall(a.Value); ok && m == made {
				return true
			}
		}
	}
	return false
}

// exportsMetaGraph tells whether c calls the export_meta_graph of a tf.train.Saver: of one in view, wherever it was made, or of something
// unknown, with arguments that nothing else takes.
func (x *Facts) exportsMetaGraph(c *analyzer.Call) bool {
	a, ok := c.Fn.(*analyzer.Attribute)
	if !ok || a.Attr != "export_meta_graph" {
		return false
	}
	k, _ := x.receiver(a.X, x.makes(saverMakers...))
	return k == isSuch || k == isUnknown && slices.ContainsFunc(metaGraphParameters, func(name string) bool {
		_, state := c.Arg(name, -1)
		return state == analyzer.Present
	})
}

// metaGraphParameters are parameters of a Saver's export_meta_graph, without the first.
var metaGraphParameters = []string{"collection_list", "export_scope", "clear_devices", "clear_extraneous_savers", "strip_default_attrs", "save_debug_info"}

// InWrapFunction tells whether n stands in a function or a lambda that is passed to wrap_function, or in a function or a class that only such
// code uses.
func (x *Facts) InWrapFunction(n analyzer.Node) bool {
	return len(x.wrapped) > 0 && x.inWrapFunction(n, map[analyzer.Node]bool{})
}

// findWrapped gathers the functions and lambdas that are passed to wrap_function.
func (x *Facts) findWrapped() {
	x.wrapped = map[analyzer.Node]bool{}
	for _, c := range x.Calls("wrap_function") {
		for _, a := range c.Args {
			if l, ok := a.Value.(*analyzer.Lambda); ok {
				x.wrapped[l] = true
			}
		}
		if a, state := c.Arg("fn", 0); state == analyzer.Present {
			if o, ok := x.File.Only(a.Value); ok && o.Kind == analyzer.FromDef {
				x.wrapped[o.Node] = true
			}
		}
	}
}

func (x *Facts) inWrapFunction(n analyzer.Node, asking map[analyzer.Node]bool) bool {
	for ; n != nil; n = x.File.Parent(n) {
		if x.wrapped[n] {
			return true
		}
		var name *analyzer.Name
		switch d := n.(type) {
		case *analyzer.FuncDef:
			name = d.Name
		case *analyzer.ClassDef:
			name = d.Name
		}
		if name != nil && !asking[n] {
			asking[n] = true
			if x.OnlyUsedIn(name, func(u analyzer.Node) bool { return x.inWrapFunction(u, asking) }) {
				return true
			}
		}
	}
	return false
}

// OnlyUsedIn tells whether the function or the class that name defines is used, and only where in holds, other uses inside itself apart.
func (x *Facts) OnlyUsedIn(name *analyzer.Name, in func(analyzer.Node) bool) bool {
	b := x.File.BindingOf(name)
	if b == nil {
		return false
	}
	found := false
	for _, u := range x.File.Uses(b) {
		if b.Node.Pos().Contains(u.Pos()) {
			continue
		}
		if !in(u) {
			return false
		}
		found = true
	}
	return found
}
