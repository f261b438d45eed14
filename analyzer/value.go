package analyzer

import (
	"slices"
	"strings"
)

// Value is what an expression may evaluate to: a set, never one. Open tells that there may be others than those listed.
type Value struct {
	Origins []Origin
	Open    bool
}

// Origin is one thing a value may have come from.
type Origin struct {
	Kind   OriginKind
	Import string // FromImport: the dotted path, attributes included
	Expr   Expr   // FromExpr, FromElement: the call, display, literal ... that made it
	Node   Node   // FromDef: the FuncDef or ClassDef; FromParam: the Param
	// Home is for FromImport alone: the file in whose terms the path is, if that is not the file that was asked. Where the path ends in
	// the project, Home is the module that has it and Node (the module's block, a FuncDef, a ClassDef) or Expr is what it is there.
	Home *File
	// Context tells that a with statement bound the value: it is what entering that thing gives.
	Context bool
	at      int // FromElement: which element of Expr, from 1; 0 where that is not known, or it is one of an element
}

// OriginKind tells origins apart.
type OriginKind uint8

// The kinds of Origin.
const (
	FromImport  OriginKind = iota // a dotted path that starts at an import
	FromExpr                      // the value of Expr itself, which nothing in the file resolves further
	FromElement                   // an element of Expr
	FromDef                       // a function or a class of the file
	FromParam                     // whatever a caller passes
)

// Limits of following a value: real chains are short, and hostile ones must end. Past them a value is open.
const (
	maxDepth      = 200
	maxValueSteps = 2000
	maxOrigins    = 64
)

// Value follows names, attributes and conditional expressions to what e may evaluate to.
func (f *File) Value(e Expr) Value {
	w := f.walk()
	defer w.leave()
	return w.kept(e)
}

// kept is the value of an expression of the file itself, which is asked for once.
func (w *walk) kept(e Expr) Value {
	if v, ok := w.f.values[e]; ok {
		return v
	}
	v := w.value(e)
	v.Origins = v.Origins[:len(v.Origins):len(v.Origins)]
	w.f.values[e] = v
	return v
}

// Names are the dotted paths that e may evaluate to; only tells that it can't be anything else.
func (f *File) Names(e Expr) (paths []string, only bool) {
	v := f.Value(e)
	only = !v.Open
	for _, o := range v.Origins {
		if o.Kind == FromImport && !o.Context {
			paths = append(paths, o.Import)
		} else {
			only = false
		}
	}
	return paths, only
}

// Only is the single thing that e evaluates to; ok is false where there may be another.
func (f *File) Only(e Expr) (o Origin, ok bool) {
	v := f.Value(e)
	if len(v.Origins) != 1 || v.Open {
		return Origin{}, false
	}
	return v.Origins[0], true
}

// OnlyExpr is the single expression that made e's value, e itself where nothing resolves it further. ok is false if it may
// have been made by another as well, by an import, a definition or a caller.
func (f *File) OnlyExpr(e Expr) (x Expr, ok bool) {
	o, ok := f.Only(e)
	if !ok || o.Kind != FromExpr {
		return nil, false
	}
	return o.Expr, true
}

// OnlyCall is OnlyExpr where that is a call.
func (f *File) OnlyCall(e Expr) (*Call, bool) {
	x, ok := f.OnlyExpr(e)
	if !ok {
		return nil, false
	}
	c, ok := x.(*Call)
	return c, ok
}

// walk is one question for a value, with the questions that it leads to. It stands in one file and goes on to others.
type walk struct {
	f *File
	*budget
}

// budget is what all of one question shares.
type budget struct {
	steps  int
	depth  int
	active []Expr // the expressions whose values are being asked for, one for the other
	// returning are the expressions that functions return whose values are being asked for.
	returning []Expr
	held      *Project // whose lock the question has taken
}

// walk begins a question. It has to leave in the end.
func (f *File) walk() *walk {
	w := &walk{f, &budget{}}
	if f.module {
		w.enter(f.project)
	}
	return w
}

// enter takes the lock of a project, once for a question.
func (b *budget) enter(p *Project) {
	if b.held == nil {
		p.mu.Lock()
		b.held = p
	}
}

func (b *budget) leave() {
	if b.held != nil {
		b.held.mu.Unlock()
		b.held = nil
	}
}

// in is the same question in another file.
func (w *walk) in(f *File) *walk {
	if f == w.f {
		return w
	}
	return &walk{f, w.budget}
}

// valuer gathers one value.
type valuer struct {
	*walk
	seen []*Name
	out  Value
}

// value is the value of e; one that needs itself (x = x.next() in a loop) is open.
func (w *walk) value(e Expr) Value {
	if slices.Contains(w.active, e) {
		return Value{Open: true}
	}
	w.active = append(w.active, e)
	v := newValuer(w)
	v.expr(e, false)
	w.active = w.active[:len(w.active)-1]
	return v.out
}

func newValuer(w *walk) *valuer { return &valuer{walk: w} }

// only is the single thing that e evaluates to.
func (w *walk) only(e Expr) (Origin, bool) {
	v := w.value(e)
	if len(v.Origins) != 1 || v.Open {
		return Origin{}, false
	}
	return v.Origins[0], true
}

func (v *valuer) add(o Origin) {
	switch {
	case slices.Contains(v.out.Origins, o):
	case len(v.out.Origins) == maxOrigins:
		v.out.Open = true
	default:
		v.out.Origins = append(v.out.Origins, o)
	}
}

func (v *valuer) expr(e Expr, context bool) {
	if v.steps++; v.depth >= maxDepth || v.steps > maxValueSteps {
		v.out.Open = true
		return
	}
	v.depth++
	defer func() { v.depth-- }()
	switch e := e.(type) {
	case *Name:
		if slices.Contains(v.seen, e) {
			return // around a loop: what it adds is in the set already
		}
		v.seen = append(v.seen, e)
		r := v.f.Resolve(e)
		// Being unbound is an error when the program runs, and so no other value, unless the name is a builtin as well, or
		// a star import may have brought it.
		if len(r.Bindings) == 0 || r.Unbound && !r.Bindings[0].Scope.isFunction() {
			v.star(e, len(r.Bindings) == 0)
		}
		for i, b := range r.Bindings {
			if i == maxOrigins || v.steps > maxValueSteps {
				v.out.Open = true
				break
			}
			v.binding(b, context)
		}
	case *Attribute:
		v.attribute(e, context)
	case *Call:
		v.call(e, context)
	case *Cond:
		v.expr(e.Then, context)
		v.expr(e.Else, context)
	case *Walrus:
		v.expr(e.Value, context)
	case *Binary:
		if e.Op == "or" || e.Op == "and" {
			v.expr(e.L, context)
			v.expr(e.R, context)
			return
		}
		v.add(Origin{Kind: FromExpr, Expr: e, Context: context})
	case *Other, *Starred:
		v.add(Origin{Kind: FromExpr, Expr: e, Context: context})
		v.out.Open = true
	default:
		v.add(Origin{Kind: FromExpr, Expr: e, Context: context})
	}
}

// star gives a name that nothing may have bound to the star imports of the module, the last of which that has it brought it.
func (v *valuer) star(n *Name, surely bool) {
	stars := v.f.scopes.Stars
	for i := len(stars) - 1; i >= 0; i-- {
		path := dotted(stars[i].Import, n.ID)
		has, known := v.f.project.knows(stars[i].Import, n.ID)
		if module := v.moduleAt(stars[i].Import); module != nil {
			has, known = module.offers(n.ID)
		}
		switch {
		case known && !has:
			continue
		case !known:
			v.add(Origin{Kind: FromImport, Import: path})
			v.out.Open = true
			continue
		}
		v.imported(path, false)
		return
	}
	if surely || builtins[n.ID] {
		v.out.Open = true
	}
}

// dotted is name in a module, which may be a relative import that has dots already.
func dotted(module, name string) string {
	if strings.HasSuffix(module, ".") {
		return module + name
	}
	return module + "." + name
}

func (v *valuer) binding(b *Binding, context bool) {
	switch b.Kind {
	case BindImport:
		v.imported(b.Import, context)
	case BindDef, BindClass:
		v.add(Origin{Kind: FromDef, Node: b.Node, Context: context})
		if d, ok := b.Node.(*FuncDef); ok && replaces(d) {
			v.out.Open = true
		}
	case BindParam:
		v.add(Origin{Kind: FromParam, Node: b.Node, Context: context})
		if b.Value != nil {
			v.expr(b.Value, context)
		}
		v.out.Open = true
	case BindAssign, BindWalrus, BindWith:
		v.element(b.Value, b.Path, context || b.Kind == BindWith)
	case BindFor:
		v.iterated(b)
	default:
		v.out.Open = true
	}
}

// replaces tells whether a decorator may have put something else in the function's place.
func replaces(d *FuncDef) bool {
	for _, e := range d.Decorators {
		if n, ok := e.(*Name); !ok || n.ID != "staticmethod" && n.ID != "classmethod" {
			return true
		}
	}
	return false
}

// element is what element path[0] of e, then path[1] of that, and so on may be.
func (v *valuer) element(e Expr, path []int, context bool) {
	if context && len(path) > 0 { // an element of what __enter__ gives
		v.add(Origin{Kind: FromElement, Expr: e, Context: true})
		v.out.Open = true
		return
	}
	for len(path) > 0 {
		o, ok := v.only(e)
		if ok && v.returnedElement(o, path, context) {
			return
		}
		seq, isSeq := o.Expr.(*Seq)
		if !ok || o.Kind != FromExpr || o.Context || !isSeq || seq.Kind == SetSeq || path[0] < 0 || path[0] >= len(seq.Elems) || hasStar(seq.Elems) {
			o := Origin{Kind: FromElement, Expr: e}
			if len(path) == 1 {
				o.at = path[0] + 1
			}
			v.add(o)
			v.out.Open = true
			return
		}
		e, path = seq.Elems[path[0]], path[1:]
	}
	v.expr(e, context)
}

// iterated is what a for loop's target may be: any element of a display, unknown otherwise.
func (v *valuer) iterated(b *Binding) {
	if o, ok := v.only(b.Value); ok && o.Kind == FromExpr && !o.Context {
		if seq, ok := o.Expr.(*Seq); ok && !hasStar(seq.Elems) {
			for _, e := range seq.Elems {
				v.element(e, b.Path, false)
			}
			return
		}
	}
	v.add(Origin{Kind: FromElement, Expr: b.Value})
	v.out.Open = true
}

func hasStar(es []Expr) bool {
	for _, e := range es {
		if _, ok := e.(*Starred); ok {
			return true
		}
	}
	return false
}

func (v *valuer) attribute(e *Attribute, context bool) {
	base := v.value(e.X)
	open := base.Open
	given := 0
	for _, o := range base.Origins {
		switch {
		case isNone(o) && len(base.Origins) > 1: // None has no attributes: the program would have ended
			continue
		case !o.Context && v.member(o, e.Attr, context):
			// What self is stays open, as a parameter's value does; what the class gives its attribute is in view.
			open = open && !(o.Kind == FromParam && len(base.Origins) == 1)
		case o.Kind == FromImport && !o.Context && o.isModule():
			v.moduleMember(o, e.Attr, context)
		case o.Kind == FromImport && !o.Context && o.Expr == nil && o.Node == nil:
			w := v.walk
			if o.Home != nil {
				w = v.in(o.Home)
			}
			v.moved(w, o.Home, func(sub *valuer) { sub.imported(dotted(o.Import, e.Attr), context) })
		default:
			v.add(Origin{Kind: FromExpr, Expr: e, Context: context})
		}
		given++
	}
	if given == 0 {
		v.add(Origin{Kind: FromExpr, Expr: e, Context: context})
	}
	v.out.Open = v.out.Open || open
}

// isModule tells whether an origin is a module of the project.
func (o Origin) isModule() bool {
	return o.Home != nil && o.Node == Node(o.Home.Module) && o.Node != nil
}

// isNone tells whether an origin is None.
func isNone(o Origin) bool {
	c, ok := o.Expr.(*Const)
	return ok && c.Text == "None"
}

// classRef is a class, and the file that defines it.
type classRef struct {
	f   *File
	def *ClassDef
}

// member adds what an attribute of a class in view, or of an instance of one, may be. It is false where the class
// does not say.
func (v *valuer) member(o Origin, attr string, context bool) bool {
	class, instance := v.classOf(o)
	if class.def == nil {
		return false
	}
	found := false
	for _, c := range v.family(class) {
		if cv := c.f.scopeOf[c.def].Vars[attr]; cv != nil {
			for _, b := range cv.live {
				if instance && v.property(c.f, b, context) {
					found = true
					continue
				}
				v.moved(v.in(c.f), c.f, func(sub *valuer) { sub.binding(b, context) })
				found = true
			}
		}
	}
	if instance || found {
		for _, st := range v.assignedTo(class, attr) {
			v.moved(v.in(st.f), st.f, func(sub *valuer) { sub.binding(st.binding, context) })
			found = true
		}
	}
	return found
}

// property adds what a property gives: what its function returns. That stays open, as the function does more than name a value.
func (v *valuer) property(f *File, b *Binding, context bool) bool {
	d, ok := b.Node.(*FuncDef)
	if !ok || b.Kind != BindDef || len(d.Decorators) != 1 || !properties[lastName(d.Decorators[0])] {
		return false
	}
	returns, ok := f.returns(d)
	if !ok || len(returns) == 0 || len(returns) > maxReturns {
		return false
	}
	for _, e := range returns {
		if slices.Contains(v.returning, e) {
			continue
		}
		v.returning = append(v.returning, e)
		v.moved(v.in(f), f, func(sub *valuer) { sub.expr(e, context) })
		v.returning = v.returning[:len(v.returning)-1]
	}
	v.out.Open = true
	return true
}

// properties are the decorators that make a method an attribute.
var properties = map[string]bool{"property": true, "cached_property": true, "lazy_property": true}

// family are a class, the classes in view that it inherits from, and those of its file that inherit from it: an instance of the
// class may be one of any of them as far as its attributes go.
func (w *walk) family(class classRef) []classRef {
	if out, ok := class.f.families[class.def]; ok {
		return out
	}
	out := []classRef{class}
	for i := 0; i < len(out); i++ {
		for _, c := range w.bases(out[i]) {
			if !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	for _, def := range class.f.classes {
		c := classRef{class.f, def}
		for up, i := []classRef{c}, 0; i < len(up) && !slices.Contains(out, c); i++ {
			for _, b := range w.bases(up[i]) {
				if b == class {
					out = append(out, c)
				}
				if !slices.Contains(up, b) {
					up = append(up, b)
				}
			}
		}
	}
	class.f.families[class.def] = out
	return out
}

// bases are the classes in view that a class names as its bases.
func (w *walk) bases(class classRef) []classRef {
	var out []classRef
	for _, a := range class.def.Bases {
		if a.Name != "" {
			continue
		}
		in := w.in(class.f)
		if n, ok := a.Value.(*Name); ok && in.inFile(n) {
			for _, b := range class.f.Resolve(n).Bindings {
				if c, ok := b.Node.(*ClassDef); ok && b.Kind == BindClass {
					out = append(out, classRef{class.f, c})
				}
			}
			continue
		}
		for _, o := range in.value(a.Value).Origins {
			if c, ok := o.Node.(*ClassDef); ok && o.Kind == FromImport && o.Home != nil {
				out = append(out, classRef{o.Home, c})
			}
		}
	}
	return out
}

// inFile tells whether some class of the file is what a name may be bound to.
func (w *walk) inFile(n *Name) bool {
	return slices.ContainsFunc(w.f.Resolve(n).Bindings, func(b *Binding) bool { return b.Kind == BindClass })
}

// storeRef is a place that gives an attribute a value, and its file.
type storeRef struct {
	f       *File
	binding *Binding
}

// assignedTo are the places that may give attribute attr of an instance of the class a value: those on self in the
// classes of its family, and those on anything else that may be such an instance.
func (w *walk) assignedTo(class classRef, attr string) []storeRef {
	var files []*File
	family := w.family(class)
	stores := 0
	for _, c := range family {
		if !slices.Contains(files, c.f) {
			files = append(files, c.f)
			stores += len(c.f.stores[attr])
		}
	}
	if stores == 0 {
		return nil
	}
	var out []storeRef
	for _, f := range files {
		in := w.in(f)
		for _, st := range f.stores[attr] {
			if st.binding.Kind == BindDelete || st.binding.Kind == BindAnnotated {
				continue
			}
			if w.steps > maxValueSteps { // it may be this one; that ends the question as an open one
				return append(out, storeRef{f, st.binding})
			}
			if self := f.selfClass(st.target.X); self != nil { // nearly always; nothing else has to be asked then
				w.steps++
				if slices.Contains(family, classRef{f, self}) {
					out = append(out, storeRef{f, st.binding})
				}
				continue
			}
			on := in.value(st.target.X)
			may := on.Open
			for _, o := range on.Origins {
				c, _ := in.classOf(o)
				if c.def != nil {
					may = slices.Contains(family, c)
					break
				}
				may = may || o.Kind == FromParam
			}
			if may {
				out = append(out, storeRef{f, st.binding})
			}
		}
	}
	return out
}

// classOf is the class in view that o is, or is an instance of.
func (w *walk) classOf(o Origin) (class classRef, instance bool) {
	switch {
	case o.Context:
	case o.Kind == FromDef:
		c, _ := o.Node.(*ClassDef)
		return classRef{w.f, c}, false
	case o.Kind == FromParam:
		c, instance := w.f.selfOf(o.Node.(*Param))
		return classRef{w.f, c}, instance
	case o.Kind == FromImport && o.Home != nil && o.Node != nil:
		c, _ := o.Node.(*ClassDef)
		return classRef{o.Home, c}, false
	case o.Kind == FromImport && o.Home != nil && o.Expr != nil:
		if call, ok := o.Expr.(*Call); ok {
			return w.in(o.Home).madeBy(call)
		}
	case o.Kind == FromExpr:
		if call, ok := o.Expr.(*Call); ok {
			return w.madeBy(call)
		}
	}
	return classRef{}, false
}

// madeBy is the class in view that a call makes an instance of.
func (w *walk) madeBy(call *Call) (class classRef, instance bool) {
	callee, ok := w.only(call.Fn)
	if !ok || callee.Context {
		return classRef{}, false
	}
	c, _ := callee.Node.(*ClassDef)
	switch {
	case callee.Kind == FromDef:
		return classRef{w.f, c}, true
	case callee.Kind == FromImport && c != nil:
		return classRef{callee.Home, c}, true
	}
	return classRef{}, false
}

// SelfOf is the class of the file whose method has p as its self, nil where p is nothing of the kind.
func (f *File) SelfOf(p *Param) *ClassDef {
	class, instance := f.selfOf(p)
	if !instance {
		return nil
	}
	return class
}

// selfOf is the class whose method has p as its self or, with instance false, as the cls of a class method.
func (f *File) selfOf(p *Param) (class *ClassDef, instance bool) {
	if p.Name == nil || f.bindings[p.Name] == nil || p.Stars > 0 {
		return nil, false
	}
	scope := f.bindings[p.Name].Scope
	d, ok := scope.Node.(*FuncDef)
	if !ok || d.Params[0] != p || scope.Parent.Kind != ClassScope {
		return nil, false
	}
	instance = true
	for _, e := range d.Decorators {
		if n, ok := e.(*Name); ok {
			switch n.ID {
			case "staticmethod":
				return nil, false
			case "classmethod":
				instance = false
			}
		}
	}
	if d.Name.ID == "__new__" {
		instance = false
	}
	return scope.Parent.Node.(*ClassDef), instance
}

// selfClass is the class whose method's first parameter an expression surely is; nil for anything else.
func (f *File) selfClass(e Expr) *ClassDef {
	n, ok := e.(*Name)
	if !ok {
		return nil
	}
	r := f.Resolve(n)
	if len(r.Bindings) != 1 || r.Unbound || r.Bindings[0].Kind != BindParam || r.Bindings[0].Value != nil {
		return nil
	}
	p, ok := r.Bindings[0].Node.(*Param)
	if !ok {
		return nil
	}
	class, _ := f.selfOf(p)
	return class
}

// SelfAssignments are the values that the methods of a class give to attribute attr of their first parameter.
func (f *File) SelfAssignments(class *ClassDef, attr string) []Expr {
	var out []Expr
	for _, st := range f.stores[attr] {
		n, ok := st.target.X.(*Name)
		if !ok {
			continue
		}
		for _, b := range f.Resolve(n).Bindings {
			p, ok := b.Node.(*Param)
			if !ok {
				continue
			}
			if c, _ := f.selfOf(p); c != class {
				continue
			}
			switch e, rest := displayed(st.binding.Value, st.binding.Path); {
			case st.binding.Kind == BindDelete || st.binding.Kind == BindAnnotated:
			case st.binding.Kind == BindAssign && len(rest) == 0:
				out = append(out, e)
			default: // something that comes of it: an element, an item, what a context manager gives
				var elems []Expr
				if st.binding.Value != nil {
					elems = []Expr{st.binding.Value}
				}
				out = append(out, &Other{exprNode{st.binding.At}, "element", elems})
			}
			break
		}
	}
	return out
}

// displayed follows a path into a display as far as it is written out.
func displayed(e Expr, path []int) (Expr, []int) {
	for len(path) > 0 {
		seq, ok := e.(*Seq)
		if !ok || path[0] < 0 || path[0] >= len(seq.Elems) || hasStar(seq.Elems) {
			break
		}
		e, path = seq.Elems[path[0]], path[1:]
	}
	return e, path
}

// builtins are names that mean something where nothing binds them, in Python 2 or 3.
var builtins = wordSet(`abs aiter all anext any apply ascii basestring bin bool breakpoint buffer bytearray bytes callable
	chr classmethod cmp coerce compile complex copyright credits delattr dict dir divmod enumerate eval exec execfile exit
	file filter float format frozenset getattr globals hasattr hash help hex id input int intern isinstance issubclass iter
	len license list locals long map max memoryview min next object oct open ord pow print property quit range raw_input
	reduce reload repr reversed round set setattr slice sorted staticmethod str sum super tuple type unichr unicode vars
	xrange zip __import__ __name__ __file__ __doc__ __builtins__ __debug__ __loader__ __package__ __spec__
	ArithmeticError AssertionError AttributeError BaseException BlockingIOError BrokenPipeError BufferError BytesWarning
	ChildProcessError ConnectionError DeprecationWarning EOFError EnvironmentError Exception FileExistsError
	FileNotFoundError FloatingPointError FutureWarning GeneratorExit IOError ImportError ImportWarning IndentationError
	IndexError InterruptedError IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError ModuleNotFoundError
	NameError NotADirectoryError NotImplemented NotImplementedError OSError OverflowError PendingDeprecationWarning
	PermissionError ProcessLookupError RecursionError ReferenceError ResourceWarning RuntimeError RuntimeWarning
	StandardError StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError SystemExit TabError TimeoutError
	TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError UnicodeWarning
	UserWarning ValueError Warning ZeroDivisionError`)

func wordSet(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

// Dotted is the text of a chain of names and attributes, "" for anything else.
func Dotted(e Expr) string {
	var parts []string
	for {
		switch x := e.(type) {
		case *Name:
			parts = append(parts, x.ID)
			for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
				parts[i], parts[j] = parts[j], parts[i]
			}
			return strings.Join(parts, ".")
		case *Attribute:
			parts = append(parts, x.Attr)
			e = x.X
		default:
			return ""
		}
	}
}

// ArgState tells what is known of an argument of a call.
type ArgState uint8

// What is known of an argument.
const (
	Absent     ArgState = iota // surely not given
	Present                    // given, and here it is
	Unknowable                 // *args or **kwargs may give it
)

// Arg is the argument called name, or number pos from 0 if it is given by position; pos -1 for one that has no position.
func (c *Call) Arg(name string, pos int) (*Arg, ArgState) {
	unknown := false
	at := 0
	for _, a := range c.Args {
		switch {
		case a.Stars > 0:
			unknown = true
		case a.Name != "":
			if a.Name == name {
				return a, Present
			}
		default:
			if at == pos && !unknown {
				return a, Present
			}
			at++
		}
	}
	if unknown {
		return nil, Unknowable
	}
	return nil, Absent
}
