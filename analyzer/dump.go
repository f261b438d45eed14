package analyzer

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
)

// DumpScopes is the source with, below each line, what the names that it reads resolve to and what the scopes that open on it
// bind. Builtins that nothing binds are left out.
func (f *File) DumpScopes() string {
	d := &dump{f: f, notes: map[int][]note{}}
	var scopes func(s *Scope)
	scopes = func(s *Scope) {
		var names []string
		for name, v := range s.Vars {
			how := ""
			if v.foreign {
				how = " (bound elsewhere, too)"
			}
			names = append(names, name+how)
		}
		for name, home := range s.declared {
			names = append(names, fmt.Sprintf("%s (of the %s)", name, d.scope(home)))
		}
		sort.Strings(names)
		if s.Kind != ModuleScope && len(names) > 0 {
			d.note(d.start(s), "%s binds %s", d.scope(s), strings.Join(names, ", "))
		}
		for _, in := range s.Inner {
			scopes(in)
		}
	}
	scopes(f.scopes)
	for n := range f.readIn {
		r := f.resolved[n]
		var to []string
		for _, b := range r.Bindings {
			to = append(to, d.binding(b))
		}
		if r.Unbound && len(to) > 0 {
			to = append(to, "nothing")
		}
		if len(to) == 0 && !builtins[n.ID] {
			to = []string{"nothing"}
		}
		if len(to) > 0 {
			d.note(n.Start, "%s -> %s", n.ID, strings.Join(to, " | "))
		}
	}
	return d.String()
}

// DumpValues is the source with, below each line, what the calls on it call, what it assigns, and the constants among its
// arguments. known is as for Constant.
func (f *File) DumpValues(known func(path string) (any, bool)) string {
	d := &dump{f: f, notes: map[int][]note{}}
	constant := func(e Expr) (string, bool) {
		v, ok := f.Constant(e, known)
		return goPython(v), ok
	}
	Walk(f.Module, func(n Node) bool {
		switch n := n.(type) {
		case *Call:
			d.note(n.Fn.Pos().Start, "%s(): %s", d.short(n.Fn), d.value(f.Value(n.Fn)))
			for _, a := range n.Args {
				switch a.Value.(type) {
				case *Str, *Num, *Const:
				default:
					if text, ok := constant(a.Value); ok {
						d.note(a.Value.Pos().Start, "%s == %s", d.short(a.Value), text)
					}
				}
			}
		case *Assign:
			if n.Value == nil {
				break
			}
			if text, ok := constant(n.Value); ok {
				d.note(n.Value.Pos().Start, "= %s", text)
			} else {
				d.note(n.Value.Pos().Start, "= %s", d.value(f.Value(n.Value)))
			}
		}
		return true
	})
	return d.String()
}

type note struct {
	at   int
	text string
}

type dump struct {
	f     *File
	notes map[int][]note // by line
}

func (d *dump) note(at int, format string, args ...any) {
	line := d.line(at)
	d.notes[line] = append(d.notes[line], note{at, fmt.Sprintf(format, args...)})
}

func (d *dump) line(at int) int {
	line, _ := d.f.Position(at)
	return line
}

func (d *dump) String() string {
	var b strings.Builder
	for i, start := range d.f.lines {
		end := len(d.f.Src)
		if i+1 < len(d.f.lines) {
			end = d.f.lines[i+1]
		}
		text := strings.TrimRight(string(d.f.Src[start:end]), "\r\n")
		if i+1 == len(d.f.lines) && text == "" {
			break
		}
		b.WriteString(text + "\n")
		notes := d.notes[i+1]
		sort.Slice(notes, func(i, j int) bool {
			if notes[i].at != notes[j].at {
				return notes[i].at < notes[j].at
			}
			return notes[i].text < notes[j].text
		})
		indent := text[:len(text)-len(strings.TrimLeft(text, " \t\f"))]
		last := ""
		for _, n := range notes {
			if n.text != last { // the same name twice in a line
				b.WriteString(indent + "#> " + n.text + "\n")
			}
			last = n.text
		}
	}
	return b.String()
}

// start is where a scope opens: its name, if it has one.
func (d *dump) start(s *Scope) int {
	switch n := s.Node.(type) {
	case *FuncDef:
		return n.Name.Start
	case *ClassDef:
		return n.Name.Start
	}
	return s.Node.Pos().Start
}

func (d *dump) scope(s *Scope) string {
	switch n := s.Node.(type) {
	case *FuncDef:
		return "function " + n.Name.ID
	case *ClassDef:
		return "class " + n.Name.ID
	case *Lambda:
		return "lambda"
	case *Comp:
		return "comprehension"
	}
	return "module"
}

var bindWords = map[BindKind]string{
	BindImport: "import", BindStar: "star import", BindAssign: "assignment", BindAug: "augmented assignment", BindAnnotated: "annotation",
	BindFor: "for", BindWith: "with", BindExcept: "except", BindDef: "def", BindClass: "class", BindParam: "parameter", BindWalrus: "walrus",
	BindMatch: "case", BindDelete: "del",
}

// binding is what binds and the line on which it does.
func (d *dump) binding(b *Binding) string {
	what := bindWords[b.Kind]
	if b.Kind == BindImport {
		what += " " + b.Import
	}
	return fmt.Sprintf("%s@%d", what, d.line(b.At.Start))
}

func (d *dump) value(v Value) string {
	var out []string
	for _, o := range v.Origins {
		text := ""
		switch o.Kind {
		case FromImport:
			text = o.Import
		case FromExpr:
			text = fmt.Sprintf("%s@%d", d.short(o.Expr), d.line(o.Expr.Pos().Start))
		case FromElement:
			text = fmt.Sprintf("element of %s@%d", d.short(o.Expr), d.line(o.Expr.Pos().Start))
		case FromDef:
			switch n := o.Node.(type) {
			case *FuncDef:
				text = fmt.Sprintf("def %s@%d", n.Name.ID, d.line(n.Name.Start))
			case *ClassDef:
				text = fmt.Sprintf("class %s@%d", n.Name.ID, d.line(n.Name.Start))
			}
		case FromParam:
			text = fmt.Sprintf("parameter@%d", d.line(o.Node.Pos().Start))
		}
		if o.Context {
			text = "entered " + text
		}
		out = append(out, text)
	}
	if v.Open {
		out = append(out, "?")
	}
	return strings.Join(out, " | ")
}

// short is the source of an expression in one line that is not too long.
func (d *dump) short(e Expr) string {
	const most = 40
	text := strings.Join(strings.Fields(d.f.Text(e.Pos())), " ")
	if r := []rune(text); len(r) > most {
		text = string(r[:most-1]) + "…"
	}
	return text
}

// goPython writes what Constant gives as Python would.
func goPython(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case string:
		return strconv.Quote(v)
	case bool:
		return map[bool]string{true: "True", false: "False"}[v]
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case []any:
		var items []string
		for _, it := range v {
			items = append(items, goPython(it))
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	return fmt.Sprint(v)
}
