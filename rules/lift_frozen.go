package rules

import (
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

// liftFreezes lifts convert_variables_to_constants.
func liftFreezes(x *Facts) []Site {
	var out []Site
	for _, c := range x.Calls("graph_util.convert_variables_to_constants") {
		f := &Freeze{Call: c}
		for i, name := range []string{"sess", "input_graph_def", "output_node_names"} {
			if a, state := c.Arg(name, i); state == analyzer.Present {
				*[]*analyzer.Expr{&f.Session, &f.Graph, &f.Outputs}[i] = a.Value
			}
		}
		out = append(out, f)
	}
	return out
}

// liftFrozen lifts import_graph_def of a GraphDef that was read from a file in view. Inside a function that wrap_function takes, the import is
// TensorFlow 2's own form, and no site.
func liftFrozen(x *Facts) []Site {
	var out []Site
	for _, c := range x.Calls("import_graph_def") {
		def, state := c.Arg("graph_def", 0)
		if state != analyzer.Present || x.InWrapFunction(c) {
			continue
		}
		if made, parse := x.frozenGraphDef(def.Value, map[analyzer.Node]bool{}); parse != nil {
			out = append(out, &FrozenImport{Call: c, GraphDef: made, Parse: parse})
		}
	}
	x.graphsOfImports(out)
	return out
}

// IsGraphOf tells whether graph surely is the graph of a session in view.
func (x *Facts) IsGraphOf(graph analyzer.Expr, session *analyzer.Call) bool {
	c, ok := x.File.OnlyCall(graph)
	if !ok {
		return false
	}
	of := x.graphOfSession(session)
	if x.Is(c, "get_default_graph") {
		return x.graphAround(c) == of && (of != nil || x.sameFunction(c, session))
	}
	made := x.graphMade(c)
	return made != nil && made == of
}

// graphsOfImports finds the sessions of the graphs that are imported into, and whether these hold anything else that is loaded.
func (x *Facts) graphsOfImports(imports []Site) {
	into := func(a, b *analyzer.Call) bool { // whether both calls mean one graph
		g := x.graphAround(a)
		return g == x.graphAround(b) && (g != nil || x.sameFunction(a, b))
	}
	for _, s := range imports {
		f := s.(*FrozenImport)
		f.Alone = true
		for _, c := range x.Calls("import_graph_def", "train.import_meta_graph", "saved_model.load") {
			f.Alone = f.Alone && (c == f.Call || !into(c, f.Call))
		}
		graph := x.graphAround(f.Call)
		for _, c := range x.Calls(sessionMakers...) {
			if x.graphOfSession(c) == graph && (graph != nil || x.sameFunction(c, f.Call)) {
				f.Sessions = append(f.Sessions, c)
			}
		}
	}
}

// frozenGraphDef is the call that made the GraphDef that e is, and the call that read it from a file; nil where that is not in view. seen holds the
// functions of the file that are being asked for what they return.
func (x *Facts) frozenGraphDef(e analyzer.Expr, seen map[analyzer.Node]bool) (made, parse *analyzer.Call) {
	c, ok := x.File.OnlyCall(e)
	if !ok {
		return nil, nil
	}
	if x.makesGraphDef(c) {
		return c, x.parseOf(c)
	}
	if paths, only := x.File.Names(c.Fn); only && len(paths) == 1 && paths[0] == "google.protobuf.text_format.Parse" && len(c.Args) > 1 && x.isRead(c.Args[0].Value) {
		if made, ok := x.File.OnlyCall(c.Args[1].Value); ok && x.makesGraphDef(made) {
			return made, c
		}
		return nil, nil
	}
	if a, ok := c.Fn.(*analyzer.Attribute); ok && a.Attr == "FromString" && x.isGraphDef(a.X) && len(c.Args) == 1 && x.isRead(c.Args[0].Value) {
		return c, c
	}
	o, ok := x.File.Only(c.Fn)
	d, isDef := o.Node.(*analyzer.FuncDef)
	if !ok || o.Kind != analyzer.FromDef || !isDef || seen[d] {
		return nil, nil
	}
	seen[d] = true
	for i, r := range returnsOf(d) {
		m, p := x.frozenGraphDef(r, seen)
		if p == nil || i > 0 && p != parse {
			return nil, nil
		}
		made, parse = m, p
	}
	return made, parse
}

// returnsOf are the values that a function returns.
func returnsOf(d *analyzer.FuncDef) []analyzer.Expr {
	var out []analyzer.Expr
	analyzer.Walk(d.Body, func(n analyzer.Node) bool {
		switch n := n.(type) {
		case *analyzer.FuncDef, *analyzer.ClassDef, *analyzer.Lambda:
			return false
		case *analyzer.Return:
			if n.X != nil {
				out = append(out, n.X)
			}
		}
		return true
	})
	return out
}

// makesGraphDef tells whether c constructs a GraphDef.
func (x *Facts) makesGraphDef(c *analyzer.Call) bool { return x.isGraphDef(c.Fn) }

func (x *Facts) isGraphDef(class analyzer.Expr) bool {
	if api, ok := x.API(class); ok {
		return api.Name == "GraphDef" && api.Rest == ""
	}
	paths, only := x.File.Names(class)
	return only && len(paths) == 1 && paths[0] == "tensorflow.core.framework.graph_pb2.GraphDef"
}

// parseOf is the call that fills a GraphDef with what was read from a file.
func (x *Facts) parseOf(made *analyzer.Call) *analyzer.Call {
	for _, c := range x.Methods(made, "ParseFromString", "MergeFromString") {
		if len(c.Args) == 1 && x.isRead(c.Args[0].Value) {
			return c
		}
	}
	for _, c := range x.File.Calls() {
		paths, only := x.File.Names(c.Fn)
		if !only || len(paths) != 1 || !strings.HasPrefix(paths[0], "google.protobuf.text_format.") || len(c.Args) < 2 || !x.isRead(c.Args[0].Value) {
			continue
		}
		if m, ok := x.File.OnlyCall(c.Args[1].Value); ok && m == made {
			return c
		}
	}
	return nil
}

// isRead tells whether e is what reading a file gave: f.read() of what open or a function of gfile opened.
func (x *Facts) isRead(e analyzer.Expr) bool {
	c, ok := x.File.OnlyCall(e)
	if !ok {
		return false
	}
	a, ok := c.Fn.(*analyzer.Attribute)
	if !ok || a.Attr != "read" && a.Attr != "read_bytes" {
		return false
	}
	made, ok := x.File.OnlyCall(a.X)
	if !ok {
		return false
	}
	if x.Is(made, "gfile.Open", "gfile.FastGFile", "io.gfile.GFile") {
		return true
	}
	if n, isName := made.Fn.(*analyzer.Name); isName && n.ID == "open" && len(x.File.Resolve(n).Bindings) == 0 {
		return true
	}
	paths, only := x.File.Names(made.Fn)
	if !only || len(paths) != 1 {
		return false
	}
	switch paths[0] {
	case "io.open", "codecs.open", "pathlib.Path", "tensorflow.io.gfile.GFile", "tensorflow.compat.v2.io.gfile.GFile", "tensorflow.python.platform.gfile.FastGFile",
		"tensorflow.python.platform.gfile.GFile", "tensorflow.python.platform.gfile.Open", "tensorflow.python.lib.io.file_io.FileIO":
		return true
	}
	return false
}
