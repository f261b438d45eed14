package rules

import (
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

// Facts is what is known of a file before any rule speaks: the calls of TensorFlow's API, and the sites.
type Facts struct {
	File   *analyzer.File
	Target Version
	Sites  []Site
	// Ignored counts the findings that comments ignore.
	Ignored int

	ignores []*Ignore
	left    map[Site]string             // why a site is not to be rewritten
	apis    map[*analyzer.Call]API      // of the calls that were asked for; the zero value for those of nothing of TensorFlow's
	calls   map[string][]*analyzer.Call // what Calls answered, by the names
	of      map[*analyzer.Call]Site
	changed *[]change              // see changes
	wrapped map[analyzer.Node]bool // the functions and lambdas that are passed to wrap_function
}

// Check lifts the sites of a file and lets every rule look at them. The findings come in the order of the source, without those that
// comments ignore.
func Check(f *analyzer.File, target Version) (*Facts, []Finding) {
	facts := Lift(f, target)
	var out []Finding
	for _, r := range All {
		r.Find(&Pass{Facts: facts, rule: r, findings: &out})
	}
	sortFindings(out)
	return facts, facts.leaveIgnored(out)
}

// Lift gathers the facts of a file.
func Lift(f *analyzer.File, target Version) *Facts {
	x := &Facts{File: f, Target: target, ignores: ignores(f), left: map[Site]string{}, apis: map[*analyzer.Call]API{}, calls: map[string][]*analyzer.Call{}, of: map[*analyzer.Call]Site{}}
	x.findWrapped()
	for _, lift := range []func(*Facts) []Site{liftBuilders, liftSimpleSaves, liftEstimatorExports, liftExporters, liftLoads, liftPredictors, liftDirectoryChecks, liftMetaGraphs, liftFrozen, liftFreezes} {
		for _, s := range lift(x) {
			x.Sites = append(x.Sites, s)
			for _, p := range s.Places() {
				if p.Call != nil {
					x.of[p.Call] = s
				}
			}
		}
	}
	return x
}

// API is the TensorFlow name that e surely is: all that it may evaluate to is TensorFlow's, and is the same thing there. That it may be
// None as well does not count: a name that is None where TensorFlow could not be imported is not used then.
func (x *Facts) API(e analyzer.Expr) (API, bool) {
	v := x.File.Value(e)
	if v.Open {
		return API{}, false
	}
	api, ok := oneAPI(v.Origins)
	if !ok && len(v.Origins) > 1 {
		return x.tried(e)
	}
	return api, ok
}

func oneAPI(origins []analyzer.Origin) (API, bool) {
	var first API
	found := false
	for _, o := range origins {
		if IsNone(o.Expr) {
			continue
		}
		api, ok := Lookup(o.Import)
		if !ok || o.Kind != analyzer.FromImport || o.Context || found && (api.Name != first.Name || api.Rest != first.Rest) {
			return API{}, false
		}
		either := found && (first.Either || first.Root == Compat || api.Root == Compat)
		if !found || first.Root != Plain { // if one way leads through plain tensorflow, that is what may be installed
			first, found = api, true
		}
		first.Either = either && first.Root == Plain
	}
	return first, found
}

// Callee is the TensorFlow function that c surely calls.
func (x *Facts) Callee(c *analyzer.Call) (API, bool) {
	a, asked := x.apis[c]
	if !asked {
		if !x.File.DefinedElsewhere(c.Fn) {
			a, _ = x.API(c.Fn)
		}
		x.apis[c] = a
	}
	return a, a.Name != ""
}

// Is tells whether c surely calls one of the named functions (canonical names).
func (x *Facts) Is(c *analyzer.Call, names ...string) bool {
	ends, all := soughtEnds(names)
	return (!all || x.File.MayEndIn(c.Fn, ends...)) && x.is(c, names)
}

func (x *Facts) is(c *analyzer.Call, names []string) bool {
	a, ok := x.Callee(c)
	return ok && a.Rest == "" && slices.Contains(names, a.Name)
}

// Calls are the calls that surely call one of the named functions, in source order.
func (x *Facts) Calls(names ...string) []*analyzer.Call {
	key := strings.Join(names, " ")
	out, asked := x.calls[key]
	if !asked {
		for _, c := range x.mayCall(names) {
			if x.is(c, names) {
				out = append(out, c)
			}
		}
		out = slices.Clip(out)
		x.calls[key] = out
	}
	return out
}

// mayCall are the calls that may call one of the named functions, as far as a glance goes.
func (x *Facts) mayCall(names []string) []*analyzer.Call {
	ends, all := soughtEnds(names)
	if !all {
		return x.File.Calls()
	}
	return x.File.CallsTo(ends...)
}

// Methods are the calls recv.name(...) whose receiver surely is what made returned, or what entering it gave.
func (x *Facts) Methods(made *analyzer.Call, names ...string) []*analyzer.Call {
	var out []*analyzer.Call
	for _, c := range x.File.Calls() {
		a, ok := c.Fn.(*analyzer.Attribute)
		if !ok {
			continue
		}
		for _, n := range names {
			if a.Attr != n {
				continue
			}
			if m, ok := x.File.OnlyCall(a.X); ok && m == made {
				out = append(out, c)
			}
		}
	}
	return out
}

// MadeBy is the call of one of the named functions that surely made e's value.
func (x *Facts) MadeBy(e analyzer.Expr, names ...string) (*analyzer.Call, bool) {
	c, ok := x.File.OnlyCall(e)
	if !ok || !x.Is(c, names...) {
		return nil, false
	}
	return c, true
}

// SiteOf is the site that a call is a place of, or nil.
func (x *Facts) SiteOf(c *analyzer.Call) Site { return x.of[c] }

// String is the value of a constant string, TensorFlow's own constants included.
func (x *Facts) String(e analyzer.Expr) (string, bool) { return x.File.ConstString(e, Known) }

// Strings is the value of a constant list or tuple of strings.
func (x *Facts) Strings(e analyzer.Expr) ([]string, bool) {
	v, ok := x.File.Constant(e, Known)
	list, isList := v.([]any)
	if !ok || !isList {
		return nil, false
	}
	var out []string
	for _, it := range list {
		s, ok := it.(string)
		if !ok {
			return nil, false
		}
		out = append(out, s)
	}
	return out, true
}
