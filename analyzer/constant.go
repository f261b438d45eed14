package analyzer

import (
	"strings"

	"github.com/go-python/gpython/parser"
	"github.com/go-python/gpython/py"
)

// Limits of the evaluator: beyond them an expression is not a constant.
const (
	maxConstString = 1 << 16
	maxConstElems  = 1 << 12
	maxConstSteps  = 1 << 14
)

// Constant evaluates e, following names, with gpython's arithmetic. The answer is a string, bool, int64, float64, nil, or a []any
// of these for a tuple or a list. known gives the values of imported names by their dotted path; it may be nil.
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
}

// eval is the value of e, nil if it is no constant.
func (ev *evaluator) eval(e Expr, depth int) py.Object {
	if ev.steps++; ev.steps > maxConstSteps || depth > maxDepth {
		return nil
	}
	switch e := e.(type) {
	case *Str:
		if len(e.Parts) > 0 || len(e.Value) > maxConstString {
			return nil
		}
		return py.String(e.Value)
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
		if e.Kind == SetSeq || len(e.Elems) > maxConstElems {
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
			return py.Tuple(items)
		}
		return py.NewListFromItems(items)
	case *Name, *Attribute:
		o, ok := ev.f.Only(e)
		switch {
		case !ok:
		case o.Kind == FromImport && ev.known != nil:
			if v, ok := ev.known(o.Import); ok {
				return toPy(v)
			}
		case o.Kind == FromExpr && !o.Context && o.Expr != Expr(e):
			return ev.eval(o.Expr, depth+1)
		}
	case *Binary:
		return ev.binary(e, depth)
	case *Unary:
		x := ev.eval(e.X, depth+1)
		if x == nil {
			return nil
		}
		switch e.Op {
		case "-":
			return must(py.Neg(x))
		case "+":
			return must(py.Pos(x))
		case "not":
			return must(py.Not(x))
		}
	case *Cond:
		if t := ev.eval(e.Test, depth+1); t != nil {
			if truth, err := py.MakeBool(t); err == nil {
				if truth == py.True {
					return ev.eval(e.Then, depth+1)
				}
				return ev.eval(e.Else, depth+1)
			}
		}
	case *Subscript:
		if len(e.Index) != 1 {
			return nil
		}
		x, i := ev.eval(e.X, depth+1), ev.eval(e.Index[0], depth+1)
		if x != nil && i != nil {
			return must(py.GetItem(x, i))
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
	switch e.Op {
	case "+":
		return bounded(must(py.Add(l, r)))
	case "-":
		return must(py.Sub(l, r))
	case "*":
		if tooLarge(l, r) || tooLarge(r, l) {
			return nil
		}
		return must(py.Mul(l, r))
	case "/":
		return must(py.TrueDiv(l, r))
	case "//":
		return must(py.FloorDiv(l, r))
	case "%":
		if s, ok := l.(py.String); ok {
			return percent(s, r)
		}
		return must(py.Mod(l, r))
	}
	return nil
}

// tooLarge tells whether repeating x count times passes the limits; it does for a count that is no small int.
func tooLarge(x, count py.Object) bool {
	size := 0
	switch x := x.(type) {
	case py.String:
		size = len(x)
	case py.Tuple:
		size = len(x) * (maxConstString / maxConstElems)
	case *py.List:
		size = len(x.Items) * (maxConstString / maxConstElems)
	default:
		return false
	}
	n, ok := count.(py.Int)
	return !ok || size > 0 && int(n) > maxConstString/size
}

func bounded(o py.Object) py.Object {
	switch o := o.(type) {
	case py.String:
		if len(o) > maxConstString {
			return nil
		}
	case py.Tuple:
		if len(o) > maxConstElems {
			return nil
		}
	case *py.List:
		if len(o.Items) > maxConstElems {
			return nil
		}
	}
	return o
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
			out.WriteString(text)
			args = args[1:]
		default:
			return nil
		}
	}
	if len(args) > 0 || out.Len() > maxConstString {
		return nil
	}
	return py.String(out.String())
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
			if len(args) == 1 {
				return args[0] // as far as a path or a key goes, bytes and text are the same
			}
		}
		return nil
	}
	if n, ok := c.Fn.(*Name); ok && n.ID == "str" && len(ev.f.Resolve(n).Bindings) == 0 && len(args) == 1 {
		if s, ok := str(args[0]); ok {
			return py.String(s)
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
	case (a.Attr == "strip" || a.Attr == "lstrip" || a.Attr == "rstrip" || a.Attr == "replace") && len(args) <= 2:
		m := must(py.GetAttrString(recv, a.Attr))
		if m == nil {
			return nil
		}
		return bounded(must(py.Call(m, args, nil)))
	}
	return nil
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
	out := ""
	for i, p := range parts {
		if i > 0 && out != "" && !strings.HasSuffix(out, "/") {
			out += "/"
		}
		out += p
	}
	return bounded(py.String(out))
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
		out += s + p
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
	for _, o := range items {
		s, ok := o.(py.String)
		if !ok {
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
	text = strings.ReplaceAll(strings.TrimRight(text, "lL"), "_", "")
	if strings.ContainsAny(text, "jJ") {
		return nil
	}
	if strings.ContainsAny(text, ".eE") && !strings.HasPrefix(strings.ToLower(text), "0x") {
		return must(py.FloatFromString(text))
	}
	return must(py.IntFromString(text, 0))
}

func fromPy(o py.Object) (any, bool) {
	switch o := o.(type) {
	case py.String:
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
