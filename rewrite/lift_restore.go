package rewrite

import (
	"slices"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// restored is a session whose variables all come from a checkpoint: the Saver of all variables, and the one call that restores them.
type restored struct {
	made    *analyzer.Call // what made the session
	binding *analyzer.Binding
	around  analyzer.Stmt // the statement that made it
	saver   *analyzer.Call
	holder  *analyzer.Assign // the statement that assigns the Saver; nil where it is used at once
	call    *analyzer.Call   // Saver.restore
	path    analyzer.Expr
	// inits are the statements that go with the session: they configure it, close it, or initialise variables, which restoring makes void.
	inits []analyzer.Stmt
}

// liftRestored finds how the session of an export gets its values. why says what keeps it from being from a checkpoint alone.
func (p *program) liftRestored(e *rules.Export, add analyzer.Stmt) (r restored, why string) {
	name, ok := e.MetaGraphs[0].Session.(*analyzer.Name)
	if !ok {
		return r, "the session is not held by a plain variable"
	}
	if r.made, ok = p.MadeBy(name, "Session", "InteractiveSession"); !ok {
		return r, "the session is made out of view"
	}
	if r.inits, ok = p.configOf(r.made); !ok {
		return r, "the session is made with options of its own"
	}
	bs := p.f.Resolve(name).Bindings
	if len(bs) != 1 || len(bs[0].Scope.Vars[bs[0].Ident].Bindings) != 1 {
		return r, "the session's variable has several values"
	}
	r.binding = bs[0]
	if r.around, ok = r.binding.Node.(analyzer.Stmt); !ok {
		return r, "the session is made elsewhere"
	}
	for _, made := range p.Calls("Session", "InteractiveSession") {
		if made != r.made && p.f.FuncOf(made) == p.f.FuncOf(add) {
			return r, "the function makes several sessions"
		}
	}
	for _, c := range p.Calls("train.Saver") {
		for _, m := range p.Methods(c, "restore") {
			sess, state := m.Arg("sess", 0)
			if state != analyzer.Present {
				continue
			}
			if made, ok := p.f.OnlyCall(sess.Value); !ok || made != r.made {
				continue
			}
			if r.call != nil {
				return r, "variables are restored in several places"
			}
			r.saver, r.call = c, m
		}
	}
	if r.call == nil {
		return r, "no variables are restored from a checkpoint in view"
	}
	path, state := r.call.Arg("save_path", 1)
	if state != analyzer.Present || p.f.FuncOf(r.call) != p.f.FuncOf(add) || r.call.Start > add.Pos().Start {
		return r, "the variables are restored elsewhere"
	}
	r.path = path.Value
	if st, ok := p.f.StmtOf(r.call).(*analyzer.ExprStmt); !ok || st.X != analyzer.Expr(r.call) || !p.ownLines(st) {
		return r, "the variables are restored inside a larger statement"
	}
	if !p.surelyBefore(p.f.StmtOf(r.call), add) {
		return r, "the variables are restored only under a condition"
	}
	if p.f.StmtOf(r.saver) != p.f.StmtOf(r.call) {
		st, ok := p.f.StmtOf(r.saver).(*analyzer.Assign)
		if !ok || st.Value != analyzer.Expr(r.saver) || len(st.Targets) != 1 || !p.ownLines(st) || p.f.FuncOf(st) != p.f.FuncOf(add) {
			return r, "the Saver is made inside a larger statement"
		}
		target, ok := st.Targets[0].(*analyzer.Name)
		if !ok {
			return r, "the Saver is not held by a plain variable"
		}
		for _, u := range p.f.Uses(p.f.BindingOf(target)) {
			if p.f.StmtOf(u) != p.f.StmtOf(r.call) {
				return r, "the Saver is used for something else as well"
			}
		}
		r.holder = st
	}
	return r, r.restoresAll(p)
}

// uses looks at every use of the session: it may be made the default, initialise variables, restore them, be saved and closed.
func (r *restored) uses(p *program, add analyzer.Stmt) string {
	for _, u := range p.f.Uses(r.binding) {
		st := p.f.StmtOf(u)
		if st == add || r.call.Contains(u.Pos()) {
			continue
		}
		a, ok := p.f.Parent(u).(*analyzer.Attribute)
		if !ok {
			if with, isWith := st.(*analyzer.With); isWith && p.isContext(with) {
				continue
			}
			return "the session is used for something else as well"
		}
		c, ok := p.f.Parent(a).(*analyzer.Call)
		x, isExpr := st.(*analyzer.ExprStmt)
		whole := ok && isExpr && x.X == analyzer.Expr(c) && p.ownLines(st)
		switch {
		case ok && a.Attr == "as_default":
		case whole && a.Attr == "close":
			r.inits = append(r.inits, st)
		case whole && a.Attr == "run" && len(c.Args) == 1 && p.initialises(c.Args[0].Value):
			if c.Start > r.call.Start {
				return "variables are initialised after they are restored"
			}
			r.inits = append(r.inits, st)
			r.inits = append(r.inits, p.makersOf(c.Args[0].Value)...)
		default:
			return "the session is used for something else as well"
		}
	}
	return ""
}

// initialises tells whether an op, or a list of ops, only gives variables and tables their first values.
func (p *program) initialises(e analyzer.Expr) bool {
	return p.initialisesOnly(e, map[analyzer.Expr]bool{})
}

// initialisesOnly is initialises. told is what was said of an op before: of one that is being asked, which in a loop may be made of itself, that it does more.
func (p *program) initialisesOnly(e analyzer.Expr, told map[analyzer.Expr]bool) bool {
	x, ok := p.f.OnlyExpr(e)
	if !ok {
		return false
	}
	if only, ok := told[x]; ok {
		return only
	}
	told[x] = false
	switch x := x.(type) {
	case *analyzer.Seq:
		told[x] = len(x.Elems) > 0 && !slices.ContainsFunc(x.Elems, func(e analyzer.Expr) bool { return !p.initialisesOnly(e, told) })
	case *analyzer.Call:
		if p.Is(x, "group") {
			told[x] = len(x.Args) > 0 && !slices.ContainsFunc(x.Args, func(a *analyzer.Arg) bool {
				return a.Stars > 0 || a.Name != "name" && !p.initialisesOnly(a.Value, told)
			})
		} else {
			told[x] = p.Is(x, "global_variables_initializer", "initialize_all_variables", "local_variables_initializer", "initialize_local_variables", "tables_initializer")
		}
	}
	return told[x]
}

// makersOf are the statements that assign what initialises names.
func (p *program) makersOf(e analyzer.Expr) []analyzer.Stmt {
	var out []analyzer.Stmt
	for todo := names(e); len(todo) > 0; todo = todo[1:] {
		bs := p.f.Resolve(todo[0]).Bindings
		if len(bs) != 1 {
			continue
		}
		s, ok := bs[0].Node.(*analyzer.Assign)
		if ok && p.ownLines(s) && len(s.Targets) == 1 && p.initialises(s.Value) && !slices.Contains(out, analyzer.Stmt(s)) {
			out = append(out, s)
			todo = append(todo, names(s.Value)...)
		}
	}
	return out
}

// restoresAll tells why some variables may get their values from elsewhere than the checkpoint; "" if none may.
func (r *restored) restoresAll(p *program) string {
	for i, a := range r.saver.Args {
		switch {
		case a.Stars > 0:
			return "the Saver's arguments are not all in view"
		case a.Name == "max_to_keep", a.Name == "write_version", a.Name == "save_relative_paths", a.Name == "pad_step_number":
		case a.Name == "var_list" || a.Name == "" && i == 0:
			if _, ok := p.MadeBy(a.Value, "global_variables", "all_variables"); !ok && !rules.IsNone(a.Value) {
				return "the Saver restores some variables only, or under other names"
			}
		default:
			return "the Saver has options of its own"
		}
	}
	return ""
}

// surelyBefore tells whether one statement runs before another that is further down in the same function, whenever that runs: on the way up
// from it there are only with statements and conditions whose other branch leaves.
func (p *program) surelyBefore(first, then analyzer.Stmt) bool {
	for {
		b, _ := p.f.BlockOf(first)
		if b == nil {
			return false
		}
		if b.Contains(then.Pos()) {
			return true
		}
		switch s := p.f.Parent(b).(type) {
		case *analyzer.With:
			first = s
		case *analyzer.If:
			other := s.Else
			if other == b {
				other = s.Body
			}
			if other == nil || !p.leaves(other) {
				return false
			}
			first = s
		default:
			return false
		}
	}
}

// leaves tells whether a block ends by leaving the function or the program.
func (p *program) leaves(b *analyzer.Block) bool {
	if len(b.Stmts) == 0 {
		return false
	}
	switch s := b.Stmts[len(b.Stmts)-1].(type) {
	case *analyzer.Return, *analyzer.Raise:
		return true
	case *analyzer.ExprStmt:
		if c, ok := s.X.(*analyzer.Call); ok {
			paths, only := p.f.Names(c.Fn)
			return only && len(paths) == 1 && (paths[0] == "sys.exit" || paths[0] == "os._exit")
		}
	}
	return false
}
