package analyzer

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Trace is Value followed through functions: through what those in view return, and for a parameter through what the calls in view pass. An
// origin of another file of the project is a FromImport with that file as its Home. What a parameter holds stays open: there may
// be other callers.
func (f *File) Trace(e Expr) Value {
	w := f.walk()
	defer w.leave()
	t := &tracer{asking: f, seen: map[traced]bool{}}
	t.follow(w, e)
	return t.out
}

// MayBe is what a call that goes to a bound method may read the method from: the attributes that its callee evaluates to, None aside. ok is
// false where it may be something else than an attribute.
func (f *File) MayBe(fn Expr) (methods []*Attribute, ok bool) {
	if a, ok := fn.(*Attribute); ok {
		return []*Attribute{a}, true
	}
	for _, o := range f.Value(fn).Origins {
		a, isAttr := o.Expr.(*Attribute)
		switch {
		case isNone(o) && o.Kind == FromExpr:
		case isAttr && o.Kind == FromExpr && !o.Context:
			methods = append(methods, a)
		default:
			return nil, false
		}
	}
	return methods, len(methods) > 0
}

type tracer struct {
	asking *File
	seen   map[traced]bool
	out    Value
}

// traced is an origin in the terms of a file.
type traced struct {
	f *File
	o Origin
}

func (t *tracer) follow(w *walk, e Expr) {
	v := w.value(e)
	t.out.Open = t.out.Open || v.Open
	for _, o := range v.Origins {
		t.origin(w, o)
	}
}

func (t *tracer) origin(w *walk, o Origin) {
	if o.Kind == FromImport && o.Home != nil && o.Expr != nil && !o.Context { // an expression of another module, seen from there
		w, o = w.in(o.Home), Origin{Kind: FromExpr, Expr: o.Expr}
	}
	key := traced{w.f, o}
	if t.seen[key] {
		return
	}
	if len(t.seen) >= maxOrigins {
		t.out.Open = true
		return
	}
	t.seen[key] = true
	if c, ok := o.Expr.(*Call); ok && o.Kind == FromExpr && !o.Context && t.returns(w, c) {
		return
	}
	if c, ok := o.Expr.(*Call); ok && o.Kind == FromElement && !o.Context && t.returnsElement(w, c, o.at-1) {
		return
	}
	if p, ok := o.Node.(*Param); ok && o.Kind == FromParam && t.passed(w, p) {
		return
	}
	if w.f != t.asking {
		o = transferred(o, w.f, "", false)
	}
	if !slices.Contains(t.out.Origins, o) {
		t.out.Origins = append(t.out.Origins, o)
	}
}

// returns follows what the function that c calls returns.
func (t *tracer) returns(w *walk, c *Call) bool {
	f, exprs, ok := w.returned(c.Fn)
	if !ok {
		return false
	}
	in := w.in(f)
	for _, e := range exprs {
		v := in.value(e)
		t.out.Open = t.out.Open || v.Open && !onlyParams(v)
		for _, o := range v.Origins {
			if p, isParam := o.Node.(*Param); isParam && o.Kind == FromParam {
				if site, ok := w.f.siteOf(w, c); ok {
					if a, state := site.arg(f, p); state == Present {
						t.follow(w, a.Value)
						continue
					}
				}
				t.out.Open = true
			}
			t.origin(in, o)
		}
	}
	return true
}

// returnsElement follows element i of the tuples that the function which c calls returns.
func (t *tracer) returnsElement(w *walk, c *Call, i int) bool {
	f, exprs, ok := w.returned(c.Fn)
	if !ok || i < 0 {
		return false
	}
	for _, e := range exprs {
		if seq, isSeq := e.(*Seq); !isSeq || seq.Kind == SetSeq || i >= len(seq.Elems) || hasStar(seq.Elems) {
			return false
		}
	}
	for _, e := range exprs {
		t.follow(w.in(f), e.(*Seq).Elems[i])
	}
	return true
}

func onlyParams(v Value) bool {
	return len(v.Origins) == 1 && v.Origins[0].Kind == FromParam
}

// passed follows what the calls in view pass for a parameter.
func (t *tracer) passed(w *walk, p *Param) bool {
	if _, instance := w.f.selfOf(p); instance || p.Name == nil || p.Stars > 0 {
		return false
	}
	b := w.f.bindings[p.Name]
	if b == nil {
		return false
	}
	d, ok := b.Scope.Node.(*FuncDef)
	if !ok {
		return false
	}
	some := false
	for _, in := range append([]*File{w.f}, w.f.importers(w, d)...) {
		for _, site := range in.sitesOf(w)[defAt{filepath.Clean(w.f.Path), d.Span}] {
			if a, state := site.arg(w.f, p); state == Present {
				t.follow(w.in(in), a.Value)
				some = true
			}
		}
	}
	return some
}

// callSite is a call of a function in view.
type callSite struct {
	call  *Call
	def   *FuncDef
	shift int // 1 where the function's first parameter is not among the arguments
}

// defAt is a function of the project: a file looked at and the project's own copy of it have the same.
type defAt struct {
	path string
	at   Span
}

// arg is the argument for a parameter of the function, which is of file f.
func (s callSite) arg(f *File, p *Param) (*Arg, ArgState) {
	at := slices.IndexFunc(s.def.Params, func(q *Param) bool { return q.Pos() == p.Pos() })
	if at < 0 || p.Name == nil {
		return nil, Unknowable
	}
	return s.call.Arg(p.Name.ID, at-s.shift)
}

// siteOf tells which function in view a call calls.
func (f *File) siteOf(w *walk, c *Call) (callSite, bool) {
	in := w.in(f)
	o, ok := in.only(c.Fn)
	if !ok || o.Context || o.Kind != FromDef && (o.Kind != FromImport || o.Home == nil) {
		return callSite{}, false
	}
	home := f
	if o.Home != nil {
		home = o.Home
	}
	switch d := o.Node.(type) {
	case *ClassDef:
		if v := home.scopeOf[d].Vars["__init__"]; v != nil && len(v.live) == 1 {
			if init, ok := v.live[0].Node.(*FuncDef); ok {
				return callSite{c, init, 1}, true
			}
		}
	case *FuncDef:
		site := callSite{call: c, def: d}
		if scope := home.scopeOf[d]; scope.Parent.Kind == ClassScope && len(d.Params) > 0 {
			class, instance := home.selfOf(d.Params[0])
			a, isAttr := c.Fn.(*Attribute)
			switch {
			case class == nil: // a static method
			case !instance:
				site.shift = 1
			case isAttr:
				if on, ok := in.only(a.X); ok {
					if _, isInstance := in.classOf(on); isInstance {
						site.shift = 1
					}
				} else {
					site.shift = 1 // self, which stays open
				}
			default:
				return callSite{}, false
			}
		}
		return site, true
	}
	return callSite{}, false
}

// sitesOf are the calls of the file that surely go to a function in view, by the function.
func (f *File) sitesOf(w *walk) map[defAt][]callSite {
	if f.sites != nil {
		return f.sites
	}
	sites := map[defAt][]callSite{}
	for _, c := range f.calls {
		// Each is a question of its own, under the lock that this one has.
		one := &walk{f, &budget{}}
		one.held = w.held
		site, ok := f.siteOf(one, c)
		w.held = one.held
		if !ok {
			continue
		}
		path := f.Path
		if o, ok := one.only(c.Fn); ok && o.Home != nil {
			path = o.Home.Path
		}
		key := defAt{filepath.Clean(path), site.def.Span}
		sites[key] = append(sites[key], site)
	}
	f.sites = sites // only now: others may ask while a module is parsed
	return sites
}

// maxImporters bounds in how many files callers are looked for.
const maxImporters = 64

// importers are the modules of the project that may call a function of f.
func (f *File) importers(w *walk, d *FuncDef) []*File {
	p := f.project
	if p == nil || len(p.Files) == 0 {
		return nil
	}
	w.enter(p)
	name := d.Name.ID
	if class := f.ClassOf(d); class != nil && name == "__init__" {
		name = class.Name.ID
	}
	var out []*File
	for _, path := range p.mentions(name, f.Path) {
		if g := p.module(path); g != nil && filepath.Clean(path) != filepath.Clean(f.Path) && len(out) < maxImporters {
			out = append(out, g)
		}
	}
	return out
}

// mentions are the Python files of the project that have a word somewhere, and may import a file if that is known. The caller holds mu.
func (p *Project) mentions(word, from string) []string {
	key := word
	if p.importers != nil {
		key += "\n" + from
	}
	if out, ok := p.words[key]; ok {
		return out
	}
	if p.words == nil {
		p.words = map[string][]string{}
	}
	paths := p.Files
	if p.importers != nil {
		if p.fileAt == nil {
			p.fileAt = make(map[string]int, len(p.Files))
			for i, path := range p.Files {
				p.fileAt[filepath.Clean(path)] = i
			}
		}
		var near []int
		for _, path := range reach([]string{filepath.Clean(from)}, func(path string) []string { return p.importers[path] }) {
			if i, ok := p.fileAt[path]; ok {
				near = append(near, i)
			}
		}
		slices.Sort(near)
		paths = make([]string, len(near))
		for k, i := range near {
			paths[k] = p.Files[i]
		}
	}
	var out []string
	for _, path := range paths {
		if !strings.HasSuffix(path, ".py") || p.kind(path) != isFile {
			continue
		}
		if src, err := os.ReadFile(path); err == nil && len(src) <= maxModuleSize && bytes.Contains(src, []byte(word)) {
			out = append(out, path)
		}
	}
	p.words[key] = out
	return out
}
