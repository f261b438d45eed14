package rewrite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// pythonOps make ops that call a function of the process that built the graph: nothing that loads the model can run them.
var pythonOps = []string{"py_func", "py_function", "numpy_function"}

// changingTables are tables whose content is part of the model's state, and not made anew from constants and files when it is loaded.
var changingTables = []string{"lookup.experimental.MutableHashTable", "lookup.experimental.DenseHashTable"}

// unsaveable tells what of the file's graphs an export can't carry over; nil if there is nothing.
func (p *program) unsaveable(site rules.Site) *Refusal {
	if _, ok := site.(*rules.Export); !ok {
		return nil
	}
	for _, u := range p.uses {
		line, _ := p.f.Position(u.node.Pos().Start)
		switch {
		case slices.Contains(pythonOps, u.api.Name) && !p.inPipeline(u.node):
			return refuse(site, "compute that part with TensorFlow's own operations, or outside of the model",
				fmt.Sprintf("line %d puts a Python function into the graph, by tf.%s: it is called in the process that made it, and no saved model can hold it", line, u.api.Name))
		case slices.Contains(changingTables, u.api.Name):
			return refuse(site, "hold the table in a tf.Module, and save that", fmt.Sprintf("line %d makes a table that changes, tf.%s, which is not carried over yet", line, u.api.Name))
		}
	}
	return nil
}

// inPipeline tells whether code belongs to a function that a dataset maps over its elements: it builds a graph of its own, which no signature is part of.
func (p *program) inPipeline(n analyzer.Node) bool {
	for ; n != nil; n = p.f.Parent(n) {
		switch fn := n.(type) {
		case *analyzer.Lambda:
			if p.handedToDataset(fn) {
				return true
			}
		case *analyzer.FuncDef:
			if p.onlyMapped(fn) {
				return true
			}
		}
	}
	return false
}

// onlyMapped tells whether a function of the file is used for nothing but to be handed to what maps a dataset.
func (p *program) onlyMapped(fn *analyzer.FuncDef) bool {
	mapped, other := false, false
	analyzer.Walk(p.f.Module, func(n analyzer.Node) bool {
		switch e := n.(type) {
		case *analyzer.Name:
			if e.ID != fn.Name.ID || e == fn.Name {
				return true
			}
		case *analyzer.Attribute:
			if e.Attr != fn.Name.ID {
				return true
			}
		default:
			return true
		}
		if p.handedToDataset(n) {
			mapped = true
		} else {
			other = true
		}
		return true
	})
	return mapped && !other
}

// handedToDataset tells whether an expression stands in a statement inside the arguments of what maps a dataset.
func (p *program) handedToDataset(n analyzer.Node) bool {
	for n = p.f.Parent(n); n != nil; n = p.f.Parent(n) {
		if c, ok := n.(*analyzer.Call); ok && p.mapsDataset(c) {
			return true
		}
		if _, ok := n.(analyzer.Stmt); ok {
			return false
		}
	}
	return false
}

// datasetMethods are methods of tf.data.Dataset that take a function.
var datasetMethods = []string{"map", "flat_map", "interleave", "filter", "apply"}

func (p *program) mapsDataset(c *analyzer.Call) bool {
	a, ok := c.Fn.(*analyzer.Attribute)
	return ok && slices.Contains(datasetMethods, a.Attr) && p.isDataset(a.X, map[*analyzer.Binding]bool{})
}

// isDataset tells whether e can only be what tf.data made, or what a method of that gave.
func (p *program) isDataset(e analyzer.Expr, seen map[*analyzer.Binding]bool) bool {
	switch e := e.(type) {
	case *analyzer.Call:
		if api, ok := p.Callee(e); ok {
			return strings.HasPrefix(api.Name, "data.")
		}
		a, ok := e.Fn.(*analyzer.Attribute)
		return ok && p.isDataset(a.X, seen)
	case *analyzer.Name:
		bindings := p.f.Resolve(e).Bindings
		for _, b := range bindings {
			if seen[b] {
				continue
			}
			seen[b] = true
			st, ok := b.Node.(*analyzer.Assign)
			if !ok || st.Value == nil || len(st.Targets) != 1 || !p.isDataset(st.Value, seen) {
				return false
			}
		}
		return len(bindings) > 0
	}
	return false
}
