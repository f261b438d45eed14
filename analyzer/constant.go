package analyzer

import (
	"bytes"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-python/gpython/parser"
	"github.com/go-python/gpython/py"
)

// Limits of the evaluator: beyond them an expression is not a constant.
const (
	maxConstSize  = 1 << 16 // bytes of strings, and elemSize for every element, nested ones counted as often as they show
	elemSize      = 16
	maxConstSteps = 1 << 14
	maxLiteral    = 400     // characters of a number
	maxConstBits  = 4096    // of an int on the way
	maxExactFloat = 1 << 53 // ints beyond it are not all floats
)

// Constant evaluates e, following names, with gpython's arithmetic. The answer is a string, bool, int64, float64, nil, or a []any
// of these for a tuple or a list; bytes are a string of the same bytes. A list that has a name is a constant only if nothing in
// the file may change it. known gives the values of imported names by their dotted path; it may be nil.
//
// The evaluator is sealed: it calls no code of the program, imports nothing, and takes one operation at a time so that
// nothing larger than the limits above is ever made. What it can't evaluate is not a constant; it never guesses.
func (f *File) Constant(e Expr, known func(path string) (any, bool)) (v any, ok bool) {
	ev := &evaluator{f: f, known: known}
	o := ev.eval(e, 0)
	if o == nil {
		return nil, false
	}
	return fromPy(o)
}

// ConstString is Constant where that is a string.
func (f *File) ConstString(e Expr, known func(path string) (any, bool)) (string, bool) {
	v, ok := f.Constant(e, known)
	s, isString := v.(string)
	return s, ok && isString
}

type evaluator struct {
	f     *File
	known func(string) (any, bool)
	steps int
	env   map[*Binding]py.Object // what the targets of the loops around hold
}

// alike is what is known of all the dotted paths that e may evaluate to, if that is the same constant: one name of a module that is imported by
// different ways. nil if it is not.
func (ev *evaluator) alike(e Expr) py.Object {
	paths, only := ev.f.Names(e)
	if !only || ev.known == nil {
		return nil
	}
	var first any
	for i, path := range paths {
		v, ok := ev.known(path)
		if s, isString := v.(string); !ok || !isString || i > 0 && first != any(s) {
			return nil
		}
		first = v
	}
	if first == nil {
		return nil
	}
	return toPy(first)
}

// eval is the value of e, nil if it is no constant.
func (ev *evaluator) eval(e Expr, depth int) py.Object {
	if ev.steps++; ev.steps > maxConstSteps || depth > maxDepth {
		return nil
	}
	switch e := e.(type) {
	case *Str:
		switch {
		case len(e.Parts) > 0 || e.Opaque:
			return nil
		case e.Bytes:
			return bounded(py.Bytes(e.Value))
		}
		return bounded(py.String(e.Value))
	case *Num:
		return number(e.Text)
	case *Const:
		switch e.Text {
		case "True":
			return py.True
		case "False":
			return py.False
		case "None":
			return py.None
		}
	case *Seq:
		if e.Kind == SetSeq || len(e.Elems) > maxConstSize/elemSize {
			return nil
		}
		var items []py.Object
		for _, x := range e.Elems {
			o := ev.eval(x, depth+1)
			if o == nil {
				return nil
			}
			items = append(items, o)
		}
		if e.Kind == TupleSeq {
			return bounded(py.Tuple(items))
		}
		return bounded(py.NewListFromItems(items))
	case *Name, *Attribute:
		if n, ok := e.(*Name); ok {
			if r := ev.f.Resolve(n); len(r.Bindings) == 1 && ev.env[r.Bindings[0]] != nil {
				return ev.env[r.Bindings[0]]
			}
		}
		o, ok := ev.f.Only(e)
		switch {
		case !ok:
			return ev.alike(e)
		case o.Kind == FromImport && o.Home != nil && o.Expr != nil && !o.Context: // another module's
			there := &evaluator{f: o.Home, known: ev.known, steps: ev.steps}
			v := there.eval(o.Expr, depth+1)
			if ev.steps = there.steps; v != nil && mutable(v) {
				return nil
			}
			return v
		case o.Kind == FromImport && ev.known != nil:
			if v, ok := ev.known(o.Import); ok {
				return toPy(v)
			}
		case o.Kind == FromExpr && !o.Context && o.Expr != Expr(e):
			v := ev.eval(o.Expr, depth+1)
			if v != nil && mutable(v) && (nested(v) || !ev.f.Unchanged(o.Expr)) {
				if seq, ok := o.Expr.(*Seq); ok && !nested(v) {
					return ev.grown(seq, e, depth)
				}
				return nil
			}
			return v
		}
	case *Binary:
		return ev.binary(e, depth)
	case *Unary:
		x := ev.eval(e.X, depth+1)
		if x == nil {
			return nil
		}
		switch e.Op {
		case "-", "+":
			if !isNumber(x) {
				return nil
			}
			if b, ok := x.(py.Bool); ok {
				x = toInt(b)
			}
			if n := bigInt(x); n != nil && e.Op == "-" {
				return integer("-", new(big.Int), n)
			} else if e.Op == "-" {
				return must(py.Neg(x))
			}
			return x
		case "not":
			if truth, ok := truth(x); ok {
				return py.NewBool(!truth)
			}
		}
	case *Cond:
		if t := ev.eval(e.Test, depth+1); t != nil {
			if truth, ok := truth(t); ok && truth {
				return ev.eval(e.Then, depth+1)
			} else if ok {
				return ev.eval(e.Else, depth+1)
			}
		}
	case *Subscript:
		if len(e.Index) != 1 {
			return nil
		}
		if o, isDict := ev.item(e, depth); isDict {
			return o
		}
		x, i := ev.eval(e.X, depth+1), ev.eval(e.Index[0], depth+1)
		if x != nil && i != nil {
			return index(x, i)
		}
	case *Comp:
		if e.Kind == ListSeq {
			return ev.comp(e, depth)
		}
	case *Call:
		return ev.call(e, depth)
	}
	return nil
}

func (ev *evaluator) binary(e *Binary, depth int) py.Object {
	l, r := ev.eval(e.L, depth+1), ev.eval(e.R, depth+1)
	if l == nil || r == nil {
		return nil
	}
	if format, ok := l.(py.String); ok && e.Op == "%" {
		return percent(format, r)
	}
	if isNumber(l) && isNumber(r) {
		return arithmetic(e.Op, l, r)
	}
	switch e.Op {
	case "+":
		return concat(l, r)
	case "*":
		if isNumber(l) {
			l, r = r, l
		}
		return repeat(l, r)
	}
	return nil
}

func isNumber(o py.Object) bool {
	switch o.(type) {
	case py.Bool, py.Int, *py.BigInt, py.Float:
		return true
	}
	return false
}

func toInt(b py.Bool) py.Int {
	if b {
		return 1
	}
	return 0
}

// arithmetic computes floats with gpython, and ints of any size here: gpython's wrap around in 9223372036854775807 - -1. It
// leaves to CPython what is rounded otherwise: an int that has no exact float where a float is needed, and // and % of
// floats.
func arithmetic(op string, l, r py.Object) py.Object {
	if b, ok := l.(py.Bool); ok {
		l = toInt(b)
	}
	if b, ok := r.(py.Bool); ok {
		r = toInt(b)
	}
	x, y := bigInt(l), bigInt(r)
	if x != nil && y != nil && op != "/" {
		return integer(op, x, y)
	}
	if !exactFloat(l) || !exactFloat(r) {
		return nil
	}
	switch op {
	case "+":
		return must(py.Add(l, r))
	case "-":
		return must(py.Sub(l, r))
	case "*":
		return must(py.Mul(l, r))
	case "/":
		if f, err := py.FloatAsFloat64(r); err == nil && f != 0 {
			return must(py.TrueDiv(l, r))
		}
	}
	return nil
}

// integer is exact; // rounds down, and % has the sign of the divisor.
func integer(op string, x, y *big.Int) py.Object {
	out := new(big.Int)
	switch op {
	case "+":
		out.Add(x, y)
	case "-":
		out.Sub(x, y)
	case "*":
		out.Mul(x, y)
	case "//", "%":
		if y.Sign() == 0 {
			return nil
		}
		m := new(big.Int)
		out.QuoRem(x, y, m)
		if m.Sign() != 0 && m.Sign() != y.Sign() {
			m.Add(m, y)
			out.Sub(out, big.NewInt(1))
		}
		if op == "%" {
			out = m
		}
	default:
		return nil
	}
	return bounded((*py.BigInt)(out).MaybeInt())
}

func bigInt(o py.Object) *big.Int {
	switch o := o.(type) {
	case py.Int:
		return big.NewInt(int64(o))
	case *py.BigInt:
		return (*big.Int)(o)
	}
	return nil
}

func exactFloat(o py.Object) bool {
	switch o := o.(type) {
	case py.Float:
		return true
	case py.Int:
		return -maxExactFloat <= o && o <= maxExactFloat
	}
	return false
}

// concat is + of two sequences of one kind.
func concat(l, r py.Object) py.Object {
	switch l := l.(type) {
	case py.String:
		if r, ok := r.(py.String); ok {
			return bounded(l + r)
		}
	case py.Bytes:
		if r, ok := r.(py.Bytes); ok {
			return bounded(append(l[:len(l):len(l)], r...))
		}
	case py.Tuple:
		if r, ok := r.(py.Tuple); ok {
			return bounded(append(l[:len(l):len(l)], r...))
		}
	case *py.List:
		if r, ok := r.(*py.List); ok {
			return bounded(py.NewListFromItems(append(l.Items[:len(l.Items):len(l.Items)], r.Items...)))
		}
	}
	return nil
}

// repeat is * of a sequence and an int; nothing is made that passes the limits.
func repeat(x, count py.Object) py.Object {
	if b, ok := count.(py.Bool); ok {
		count = toInt(b)
	}
	n, ok := count.(py.Int)
	if !ok {
		return nil
	}
	n = max(n, 0)
	if each := size(x, maxConstSize); n > maxConstSize || int64(each)*int64(n) > maxConstSize {
		return nil
	}
	switch x := x.(type) {
	case py.String:
		return py.String(strings.Repeat(string(x), int(n)))
	case py.Bytes:
		return py.Bytes(bytes.Repeat(x, int(n)))
	case py.Tuple:
		return py.Tuple(slices.Repeat(x, int(n)))
	case *py.List:
		return py.NewListFromItems(slices.Repeat(x.Items, int(n)))
	}
	return nil
}

// size is how large a value is in the measure of maxConstSize; it stops counting beyond limit.
func size(o py.Object, limit int) int {
	var items []py.Object
	switch o := o.(type) {
	case py.String:
		return len(o)
	case py.Bytes:
		return len(o)
	case py.Tuple:
		items = o
	case *py.List:
		items = o.Items
	}
	n := 0
	for _, it := range items {
		if n += elemSize; n <= limit {
			n += size(it, limit-n)
		}
		if n > limit {
			break
		}
	}
	return n
}

func bounded(o py.Object) py.Object {
	if b, ok := o.(*py.BigInt); ok && (*big.Int)(b).BitLen() > maxConstBits || o == nil || size(o, maxConstSize) > maxConstSize {
		return nil
	}
	return o
}

// mutable tells whether a value is a list or has one in it.
func mutable(o py.Object) bool {
	switch o := o.(type) {
	case *py.List:
		return true
	case py.Tuple:
		return slices.ContainsFunc(o, mutable)
	}
	return false
}

// nested tells whether there is a list inside: one that can be changed through what holds it.
func nested(o py.Object) bool {
	l, ok := o.(*py.List)
	return !ok || slices.ContainsFunc(l.Items, mutable)
}

// truth is bool(o).
func truth(o py.Object) (value, ok bool) {
	switch o := o.(type) {
	case py.Bool:
		return bool(o), true
	case py.Int:
		return o != 0, true
	case *py.BigInt:
		return true, true
	case py.Float:
		return o != 0, true
	case py.NoneType:
		return false, true
	}
	switch o.(type) {
	case py.String, py.Bytes, py.Tuple, *py.List:
		return size(o, 0) > 0, true
	}
	return false, false
}

// index is x[i] for an int. An element of bytes is an int in Python 3 and bytes in 2, so it is none.
func index(x, i py.Object) py.Object {
	if b, ok := i.(py.Bool); ok {
		i = toInt(b)
	}
	at, ok := i.(py.Int)
	if !ok {
		return nil
	}
	var items []py.Object
	switch x := x.(type) {
	case py.String:
		for _, r := range string(x) {
			items = append(items, py.String(string(r)))
		}
	case py.Tuple:
		items = x
	case *py.List:
		items = x.Items
	default:
		return nil
	}
	if at < 0 {
		at += py.Int(len(items))
	}
	if at < 0 || int(at) >= len(items) {
		return nil
	}
	return items[at]
}

// percent is the % of strings, for the plain conversions whose result gpython and CPython agree on.
func percent(format py.String, values py.Object) py.Object {
	args, ok := values.(py.Tuple)
	if !ok {
		args = py.Tuple{values}
	}
	var out strings.Builder
	s := string(format)
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			out.WriteByte(s[i])
			continue
		}
		if i++; i == len(s) {
			return nil
		}
		switch s[i] {
		case '%':
			out.WriteByte('%')
		case 's', 'd':
			if len(args) == 0 {
				return nil
			}
			if _, isInt := args[0].(py.Int); s[i] == 'd' && !isInt {
				return nil
			}
			text, ok := str(args[0])
			if !ok {
				return nil
			}
			if out.WriteString(text); out.Len() > maxConstSize {
				return nil
			}
			args = args[1:]
		default:
			return nil
		}
	}
	if len(args) > 0 {
		return nil
	}
	return bounded(py.String(out.String()))
}

// str is str(o) for strings and ints; the text of a float is left to CPython.
func str(o py.Object) (string, bool) {
	switch o.(type) {
	case py.String, py.Int:
		s, err := py.StrAsString(o)
		return s, err == nil
	}
	return "", false
}

// call evaluates the few calls that paths, tags and keys are built with.
func (ev *evaluator) call(c *Call, depth int) py.Object {
	var args []py.Object
	for _, a := range c.Args {
		if a.Stars > 0 || a.Name != "" {
			return nil
		}
		o := ev.eval(a.Value, depth+1)
		if k, ok := a.Value.(*Comp); ok && k.Kind == Generator && len(c.Args) == 1 { // join and tuple run it to its end
			o = ev.comp(k, depth)
		}
		if o == nil {
			return nil
		}
		args = append(args, o)
	}
	if paths, only := ev.f.Names(c.Fn); only && len(paths) == 1 {
		switch paths[0] {
		case "os.path.join":
			return joinPath(args)
		case "tensorflow.compat.as_bytes", "tensorflow.compat.as_text", "tensorflow.compat.as_str":
			return text(paths[0], args)
		}
		return nil
	}
	if n, ok := c.Fn.(*Name); ok && len(args) == 1 && ev.isBuiltin(n) {
		switch n.ID {
		case "str":
			if s, ok := str(args[0]); ok {
				return py.String(s)
			}
		case "tuple":
			if items, ok := elements(args[0]); ok {
				return py.Tuple(items)
			}
		case "list":
			if items, ok := elements(args[0]); ok {
				return py.NewListFromItems(slices.Clone(items))
			}
		}
		return nil
	}
	a, ok := c.Fn.(*Attribute)
	if !ok {
		return nil
	}
	recv, ok := ev.eval(a.X, depth+1).(py.String)
	if !ok {
		return nil
	}
	switch {
	case a.Attr == "format":
		return braces(recv, args)
	case a.Attr == "join" && len(args) == 1:
		return join(recv, args[0])
	case a.Attr == "replace":
		return replace(string(recv), args)
	case a.Attr == "strip" || a.Attr == "lstrip" || a.Attr == "rstrip":
		return strip(string(recv), a.Attr, args)
	}
	return nil
}

// text is TensorFlow's as_bytes, as_text or as_str.
func text(fn string, args []py.Object) py.Object {
	if len(args) != 1 {
		return nil
	}
	var s string
	switch x := args[0].(type) {
	case py.String:
		s = string(x)
	case py.Bytes:
		s = string(x)
	default:
		return nil
	}
	if !utf8.ValidString(s) {
		return nil
	}
	if strings.HasSuffix(fn, "as_bytes") {
		return py.Bytes(s)
	}
	return py.String(s)
}

// replace is str.replace(old, new[, count]).
func replace(s string, args []py.Object) py.Object {
	if len(args) != 2 && len(args) != 3 {
		return nil
	}
	from, ok1 := args[0].(py.String)
	to, ok2 := args[1].(py.String)
	n := py.Int(-1)
	ok3 := true
	if len(args) == 3 {
		n, ok3 = args[2].(py.Int)
	}
	if !ok1 || !ok2 || !ok3 || len(s)+strings.Count(s, string(from))*len(to) > maxConstSize {
		return nil
	}
	return py.String(strings.Replace(s, string(from), string(to), int(max(-1, min(n, maxConstSize)))))
}

// strip is str.strip, lstrip or rstrip.
func strip(s, how string, args []py.Object) py.Object {
	drop := func(r rune) bool { return unicode.IsSpace(r) || 0x1c <= r && r <= 0x1f }
	if len(args) > 1 {
		return nil
	}
	if len(args) == 1 && args[0] != py.None {
		chars, ok := args[0].(py.String)
		if !ok {
			return nil
		}
		drop = func(r rune) bool { return strings.ContainsRune(string(chars), r) }
	}
	if how != "rstrip" {
		s = strings.TrimLeftFunc(s, drop)
	}
	if how != "lstrip" {
		s = strings.TrimRightFunc(s, drop)
	}
	return py.String(s)
}

func joinPath(args []py.Object) py.Object {
	var parts []string
	for _, a := range args {
		s, ok := a.(py.String)
		if !ok {
			return nil
		}
		if strings.HasPrefix(string(s), "/") {
			parts = nil
		}
		parts = append(parts, string(s))
	}
	if len(parts) == 0 {
		return nil
	}
	out := ""
	for i, p := range parts {
		if i > 0 && out != "" && !strings.HasSuffix(out, "/") {
			out += "/"
		}
		if out += p; len(out) > maxConstSize {
			return nil
		}
	}
	return py.String(out)
}

// braces is str.format for plain {} fields.
func braces(format py.String, args []py.Object) py.Object {
	pieces := strings.Split(string(format), "{}")
	if strings.ContainsAny(strings.Join(pieces, ""), "{}") || len(pieces)-1 > len(args) {
		return nil
	}
	out := pieces[0]
	for i, p := range pieces[1:] {
		s, ok := str(args[i])
		if !ok {
			return nil
		}
		if out += s + p; len(out) > maxConstSize {
			return nil
		}
	}
	return bounded(py.String(out))
}

func join(sep py.String, list py.Object) py.Object {
	var items []py.Object
	switch l := list.(type) {
	case py.Tuple:
		items = l
	case *py.List:
		items = l.Items
	default:
		return nil
	}
	var parts []string
	total := 0
	for _, o := range items {
		s, ok := o.(py.String)
		if total += len(s) + len(sep); !ok || total > maxConstSize+len(sep) {
			return nil
		}
		parts = append(parts, string(s))
	}
	return bounded(py.String(strings.Join(parts, string(sep))))
}

func must(o py.Object, err error) py.Object {
	if err != nil {
		return nil
	}
	return o
}

func number(text string) py.Object {
	lower := strings.ToLower(strings.ReplaceAll(text, "_", ""))
	prefixed := len(lower) > 1 && lower[0] == '0' && strings.IndexByte("xob", lower[1]) >= 0
	switch {
	case len(text) > maxLiteral || strings.HasSuffix(lower, "j") || strings.Contains(text, "__") || strings.HasSuffix(text, "_"):
		return nil
	case !prefixed && strings.ContainsAny(lower, ".e"):
		f, err := strconv.ParseFloat(lower, 64)
		if err != nil && !math.IsInf(f, 0) {
			return nil
		}
		return py.Float(f)
	case !prefixed && len(lower) > 1 && lower[0] == '0' && strings.Trim(lower, "0l") != "":
		return nil // Python 2's octal, which 3 refuses
	}
	lower = strings.TrimSuffix(lower, "l") // Python 2's long
	base := 10
	if prefixed {
		base = map[byte]int{'x': 16, 'o': 8, 'b': 2}[lower[1]]
		lower = lower[2:]
	}
	n, ok := new(big.Int).SetString(lower, base)
	if !ok {
		return nil
	}
	return (*py.BigInt)(n).MaybeInt()
}

func fromPy(o py.Object) (any, bool) {
	switch o := o.(type) {
	case py.String:
		return string(o), true
	case py.Bytes:
		return string(o), true
	case py.Bool:
		return bool(o), true
	case py.Int:
		return int64(o), true
	case py.Float:
		return float64(o), true
	case py.NoneType:
		return nil, true
	case py.Tuple:
		return fromPyAll(o)
	case *py.List:
		return fromPyAll(o.Items)
	}
	return nil, false
}

func fromPyAll(items []py.Object) (any, bool) {
	out := []any{}
	for _, it := range items {
		v, ok := fromPy(it)
		if !ok {
			return nil, false
		}
		out = append(out, v)
	}
	return out, true
}

func toPy(v any) py.Object {
	switch v := v.(type) {
	case string:
		return py.String(v)
	case int64:
		return py.Int(v)
	case bool:
		return py.NewBool(v)
	}
	return nil
}

// GpythonAccepts tells whether gpython's parser, which knows Python 3.4, takes src. It is a check by difference: what it took
// before an edit it must take after.
func GpythonAccepts(src []byte) (ok bool) {
	defer func() {
		if recover() != nil { // its lexer panics on some input that it does not know
			ok = false
		}
	}()
	_, err := parser.ParseString(string(src)+"\n", py.ExecMode)
	return err == nil
}
