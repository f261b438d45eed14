package analyzer

import (
	"bytes"
	"slices"
	"sort"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// maxNesting bounds how deep expressions and statements may lie in each other; what is deeper is an error of the file.
// CPython itself refuses more than 200 brackets, but sums of some thousand terms are real.
const maxNesting = 10000

// lower turns tree-sitter's tree into the types of ast.go, so that no tree-sitter node leaves this file.
func lower(f *File, t *tree) {
	l := &lowerer{f: f, src: f.Src, whole: string(f.Src)}
	l.survey(t)
	f.Module = l.block(t.root())
	l.alignedModule()
	sort.Slice(f.Errors, func(i, j int) bool { return f.Errors[i].Start < f.Errors[j].Start })
}

type lowerer struct {
	f     *File
	src   []byte
	whole string // src, of which all names and literals are parts
	depth int
}

// id is an identifier as Python reads it: two spellings that look alike are one name
// (https://docs.python.org/3/reference/lexical_analysis.html#identifiers).
func (l *lowerer) id(n *node) string { return norm.NFKC.String(l.text(n)) }

func (l *lowerer) text(n *node) string { return l.whole[n.start:n.end] }

// maskTypeCalls works around a mistake of the grammar: it takes `type(x).y = z` for the statement that makes y a type's alias.
// It gives src with those words replaced by a name of the same length, to be parsed in its place.
func maskTypeCalls(t *tree, src []byte) (masked []byte, found bool) {
	if !beginsWithType(src) {
		return nil, false
	}
	for i := range t.nodes {
		n := &t.nodes[i]
		if n.kind() != "type_alias_statement" {
			continue
		}
		word := n.firstChild()
		left := n.nextChild(word)
		if word.kind() != "type" || left == nil {
			continue
		}
		if c := src[left.start]; c != '(' && c != '[' && word.end != left.start {
			continue
		}
		if !found {
			masked, found = bytes.Clone(src), true
		}
		copy(masked[word.start:], "Type")
	}
	return masked, found
}

// beginsWithType tells whether a statement may begin with the word type, and something else than a name behind it.
func beginsWithType(src []byte) bool {
	word := []byte("type")
	for i := bytes.Index(src, word); i >= 0; {
		before := bytes.TrimRight(src[:i], " \t\f")
		after := i + len(word)
		if (len(before) == 0 || bytes.IndexByte([]byte("\n\r:;"), before[len(before)-1]) >= 0) && after < len(src) && !isWordByte(src[after]) {
			return true
		}
		next := bytes.Index(src[after:], word)
		if next < 0 {
			break
		}
		i = after + next
	}
	return false
}

// survey collects the comments of the whole tree, and its outermost ERROR and missing nodes. Where a node has an error that is none of its
// children's, it is a hidden one that is missing, the end of a line for example, and the node counts.
func (l *lowerer) survey(t *tree) {
	broken := -1 // where the last error ends: those inside are part of it
	add := func(at Span) {
		if at.Start >= broken || at.End > broken {
			l.f.Errors = append(l.f.Errors, at)
			broken = at.End
		}
	}
	for i := range t.nodes {
		switch n := &t.nodes[i]; {
		case n.symbol == errorSymbol || n.is(isMissing) || n.is(hasError) && !n.errorBelow():
			add(n.span())
		case n.kind() == "comment":
			at := n.span()
			if i := bytes.IndexByte(l.src[at.Start:at.End], '\r'); i >= 0 { // a line may end so, to Python, and what follows is none of the comment's
				if rest := (Span{at.Start + i, at.End}); isCode(l.src[rest.Start:rest.End]) {
					add(rest)
				}
				at.End = at.Start + i
			}
			l.f.Comments = append(l.f.Comments, at)
		}
	}
}

// isCode tells whether there is anything but comments in lines that end in carriage returns.
func isCode(text []byte) bool {
	return slices.ContainsFunc(bytes.Split(text, []byte{'\r'}), func(line []byte) bool {
		line = bytes.TrimLeft(line, " \t\f")
		return len(line) > 0 && line[0] != '#'
	})
}

// enter counts the nesting; it is false where that is too deep, which the file's errors then say.
func (l *lowerer) enter(n *node) bool {
	if l.depth == maxNesting {
		l.f.Errors = append(l.f.Errors, n.span())
		return false
	}
	l.depth++
	return true
}

func (l *lowerer) leave() { l.depth-- }

// need is the expression of a field; where the source lacks it, something that means nothing.
func (l *lowerer) need(n *node, name string) Expr {
	if c := n.part(name); c != nil {
		return l.expr(c)
	}
	return missing(n)
}

func missing(n *node) Expr {
	at := int(n.end)
	return &Other{exprNode: exprNode{Span{at, at}}, Kind: "missing"}
}

func (l *lowerer) block(n *node) *Block {
	b := &Block{Span: n.span()}
	if n.is(isMissing) {
		return b
	}
	for _, c := range n.named() {
		b.Stmts = append(b.Stmts, l.stmt(c)...)
	}
	if len(b.Stmts) > 0 {
		b.Span = Span{b.Stmts[0].Pos().Start, b.Stmts[len(b.Stmts)-1].Pos().End}
		if column := l.column(b.Stmts[0].Pos()); n.kind() == "block" && column >= 0 {
			l.aligned(b, column)
		}
	}
	return b
}

// aligned counts as errors the statements of a block that begin in another column, which Python refuses and the grammar lets pass: to it
// a deeper line is only the begin of what hangs on it.
func (l *lowerer) aligned(b *Block, column int) {
	for _, s := range b.Stmts {
		if at := l.column(s.Pos()); at >= 0 && at != column {
			l.f.Errors = append(l.f.Errors, s.Pos())
		}
	}
}

// alignedModule is aligned for the module. IPython takes away what the first line of a notebook's cell is indented by.
func (l *lowerer) alignedModule() {
	for _, s := range l.f.Module.Stmts {
		if at := l.column(s.Pos()); at > 0 && at != l.cellColumn(s) {
			l.f.Errors = append(l.f.Errors, s.Pos())
		}
	}
}

// cellColumn is how far the first line of the cell is indented that a statement is in; 0 outside of notebooks.
func (l *lowerer) cellColumn(s Stmt) int {
	first := -1
	line, _ := l.f.Position(s.Pos().Start)
	for ; line > 0; line-- {
		text := l.src[l.f.lines[line-1]:]
		if IsCellMark(string(text[:min(len(text), len(cellMark))])) {
			return max(first, 0)
		}
		if indented := bytes.TrimLeft(text, " \t"); len(indented) > 0 && !isEOL(indented[0]) {
			first = len(text) - len(indented)
		}
	}
	return 0
}

// column is how far what stands at a span is indented if it is the first of its line, with tabs as Python counts them
// (https://docs.python.org/3/reference/lexical_analysis.html#indentation), and -1 if it is not, or its line goes on from another.
func (l *lowerer) column(s Span) int {
	start := s.Start
	line, _ := l.f.Position(start)
	first := l.f.lines[line-1]
	if first > 0 && bytes.HasSuffix(bytes.TrimRight(l.src[:first], "\r\n"), []byte{'\\'}) {
		return -1
	}
	column := 0
	for _, c := range l.src[first:start] {
		switch c {
		case ' ':
			column++
		case '\t':
			column += 8 - column%8
		case '\f':
			column = 0
		default:
			return -1
		}
	}
	return column
}

// body is the block below n. An empty one, which the grammar lets pass and Python does not, counts as an error.
func (l *lowerer) body(n *node) *Block {
	at := n.span()
	body := &Block{Span: Span{at.End, at.End}}
	if b := n.child("block"); b != nil {
		body = l.block(b)
		if len(body.Stmts) > 0 {
			if column := l.column(body.Stmts[0].Pos()); column >= 0 && column <= l.column(at) {
				l.f.Errors = append(l.f.Errors, body.Stmts[0].Pos())
			}
		}
	}
	if len(body.Stmts) == 0 && !slices.ContainsFunc(l.f.Errors, func(e Span) bool { return e.Start <= at.End && at.Start <= e.End }) {
		i, _ := slices.BinarySearchFunc(l.f.Errors, at.End, func(e Span, end int) int { return e.Start - end })
		l.f.Errors = slices.Insert(l.f.Errors, i, Span{at.End, at.End})
	}
	return body
}

func (l *lowerer) stmt(n *node) []Stmt {
	s := stmtNode{n.span()}
	if !l.enter(n) {
		return []Stmt{&BadStmt{s, nil}}
	}
	defer l.leave()
	one := func(st Stmt) []Stmt { return []Stmt{st} }
	switch n.kind() {
	case "expression_statement":
		return one(l.exprStmt(n))
	case "import_statement":
		return one(&Import{s, l.importNames(n)})
	case "future_import_statement":
		return one(&ImportFrom{stmtNode: s, Module: "__future__", Names: l.importNames(n)})
	case "import_from_statement":
		return one(l.importFrom(n))
	case "if_statement":
		return one(l.ifStmt(n))
	case "for_statement":
		st := &For{stmtNode: s, Target: l.need(n, "left"), Iter: l.need(n, "right"), Body: l.body(n)}
		st.Else = l.clause(n, "else_clause")
		return one(st)
	case "while_statement":
		st := &While{stmtNode: s, Test: l.need(n, "condition"), Body: l.body(n)}
		st.Else = l.clause(n, "else_clause")
		return one(st)
	case "with_statement":
		return one(l.withStmt(n))
	case "try_statement":
		return one(l.tryStmt(n))
	case "function_definition":
		return one(l.funcDef(n, s, nil))
	case "class_definition":
		return one(l.classDef(n, s, nil))
	case "decorated_definition":
		var decorators []Expr
		for _, c := range n.named() {
			if c.kind() == "decorator" {
				decorators = append(decorators, l.exprs(c.named())...)
			}
		}
		switch d := n.part("definition"); {
		case d == nil:
		case d.kind() == "class_definition":
			return one(l.classDef(d, s, decorators))
		case d.kind() == "function_definition":
			return one(l.funcDef(d, s, decorators))
		}
		return one(&BadStmt{s, decorators})
	case "return_statement":
		st := &Return{stmtNode: s}
		if cs := n.named(); len(cs) > 0 {
			st.X = l.expr(cs[0])
		}
		return one(st)
	case "raise_statement":
		return one(&Raise{s, l.exprs(n.named())})
	case "assert_statement":
		st := &Assert{stmtNode: s}
		for i, e := range l.exprs(n.named()) {
			if i == 0 {
				st.Test = e
			} else {
				st.Msg = e
			}
		}
		return one(st)
	case "delete_statement":
		st := &Delete{stmtNode: s}
		for _, e := range l.exprs(n.named()) {
			if seq, ok := e.(*Seq); ok && seq.Kind == TupleSeq {
				st.Targets = append(st.Targets, seq.Elems...)
			} else {
				st.Targets = append(st.Targets, e)
			}
		}
		return one(st)
	case "global_statement", "nonlocal_statement":
		st := &Global{stmtNode: s, Nonlocal: n.kind() == "nonlocal_statement"}
		for _, c := range n.named() {
			if name, ok := l.expr(c).(*Name); ok {
				st.Names = append(st.Names, name)
			}
		}
		return one(st)
	case "pass_statement", "break_statement", "continue_statement":
		return one(&Simple{s, strings.TrimSuffix(n.kind(), "_statement")})
	case "print_statement", "exec_statement":
		st := &OldStmt{stmtNode: s, Kind: strings.TrimSuffix(n.kind(), "_statement")}
		for _, c := range n.named() {
			if c.kind() == "chevron" {
				st.Elems = append(st.Elems, l.exprs(c.named())...)
			} else {
				st.Elems = append(st.Elems, l.expr(c))
			}
		}
		return one(st)
	case "match_statement":
		return one(l.matchStmt(n))
	case "type_alias_statement":
		if cs := n.named(); len(cs) == 2 {
			return one(&Assign{stmtNode: s, Targets: []Expr{l.expr(cs[0])}, Value: &Other{exprNode{cs[1].span()}, "type", []Expr{l.expr(cs[1])}}})
		}
	}
	// The grammar has no other statements; an expression in a statement's place is broken source.
	return one(&BadStmt{s, l.loose(n)})
}

// loose reads whatever expressions are below a broken node.
func (l *lowerer) loose(n *node) []Expr {
	var out []Expr
	for _, c := range n.named() {
		switch {
		case c.kind() == "ERROR" || strings.HasSuffix(c.kind(), "_statement") || c.kind() == "block":
			out = append(out, l.loose(c)...)
		default:
			out = append(out, l.expr(c))
		}
	}
	return out
}

func (l *lowerer) exprStmt(n *node) Stmt {
	s := stmtNode{n.span()}
	cs := n.named()
	if len(cs) == 1 {
		switch c := cs[0]; c.kind() {
		case "assignment":
			st := &Assign{stmtNode: s}
			for {
				st.Targets = append(st.Targets, l.need(c, "left"))
				if t := c.part("type"); t != nil {
					st.Annotation = l.typeExpr(t)
				}
				r := c.part("right")
				if r == nil {
					return st
				}
				if r.kind() != "assignment" {
					st.Value = l.expr(r)
					return st
				}
				c = r
			}
		case "augmented_assignment":
			op := ""
			if o := c.token("operator"); o != nil {
				op = strings.TrimSuffix(l.text(o), "=")
			}
			return &AugAssign{s, l.need(c, "left"), op, l.need(c, "right")}
		}
		return &ExprStmt{s, l.expr(cs[0])}
	}
	return &ExprStmt{s, &Seq{exprNode(s), TupleSeq, l.exprs(cs)}}
}

func (l *lowerer) typeExpr(n *node) Expr {
	if cs := n.named(); len(cs) > 0 {
		return l.expr(cs[0])
	}
	return nil
}

func (l *lowerer) importNames(n *node) []ImportName {
	var out []ImportName
	module := n.token("module_name")
	for _, c := range n.named() {
		if c == module {
			continue
		}
		in := ImportName{Span: c.span()}
		switch c.kind() {
		case "dotted_name":
			in.Name = l.dotted(c)
		case "aliased_import":
			in.Name = l.dotted(c.part("name"))
			if a := c.part("alias"); a != nil {
				in.As = &Name{exprNode{a.span()}, l.id(a)}
			}
		default:
			continue
		}
		out = append(out, in)
	}
	return out
}

// dotted is a dotted name without the blanks that Python allows around the dots.
func (l *lowerer) dotted(n *node) string {
	if n == nil {
		return ""
	}
	if n.kind() == "identifier" {
		return l.id(n)
	}
	var parts []string
	for _, c := range n.named() {
		parts = append(parts, l.id(c))
	}
	return strings.Join(parts, ".")
}

func (l *lowerer) importFrom(n *node) Stmt {
	st := &ImportFrom{stmtNode: stmtNode{n.span()}, Names: l.importNames(n), Star: n.child("wildcard_import") != nil}
	m := n.token("module_name")
	switch {
	case m == nil:
	case m.kind() == "relative_import":
		if p := m.child("import_prefix"); p != nil {
			st.Level = strings.Count(l.text(p), ".")
		}
		if d := m.child("dotted_name"); d != nil {
			st.Module = l.dotted(d)
		}
	default:
		st.Module = l.dotted(m)
	}
	return st
}

func (l *lowerer) ifStmt(n *node) Stmt {
	first := &If{stmtNode: stmtNode{n.span()}, Test: l.need(n, "condition"), Body: l.body(n)}
	last := first
	for _, c := range n.named() {
		switch c.kind() {
		case "elif_clause":
			// An elif reaches from its keyword to the end of the whole statement, as an if in an else would.
			next := &If{stmtNode: stmtNode{Span{int(c.start), first.End}}, Test: l.need(c, "condition"), Body: l.body(c)}
			last.Else = &Block{Span: next.Span, Stmts: []Stmt{next}}
			last = next
		case "else_clause":
			last.Else = l.body(c)
		}
	}
	return first
}

// clause is the body of the clause of that kind, or nil.
func (l *lowerer) clause(n *node, kind string) *Block {
	c := n.child(kind)
	if c == nil {
		return nil
	}
	return l.body(c)
}

func (l *lowerer) withStmt(n *node) Stmt {
	st := &With{stmtNode: stmtNode{n.span()}}
	if clause := n.child("with_clause"); clause != nil {
		for _, c := range clause.named() {
			if c.kind() != "with_item" {
				continue
			}
			v := c.part("value")
			if v == nil {
				continue
			}
			st.Items = append(st.Items, l.withItems(v)...)
		}
	}
	st.Body = l.body(n)
	return st
}

// withItems reads one item; `with (a as b, c as d):` comes as a single one that holds a tuple.
func (l *lowerer) withItems(v *node) []WithItem {
	switch v.kind() {
	case "as_pattern":
		x, target := l.asPattern(v)
		return []WithItem{{v.span(), x, target}}
	case "tuple", "parenthesized_expression":
		var out []WithItem
		as := false
		for _, c := range v.named() {
			as = as || c.kind() == "as_pattern"
			out = append(out, l.withItems(c)...)
		}
		if as {
			return out
		}
	}
	return []WithItem{{v.span(), l.expr(v), nil}}
}

// asPattern reads `X as target` of a with item or an except clause.
func (l *lowerer) asPattern(n *node) (x, target Expr) {
	cs := n.named()
	if len(cs) > 0 {
		x = l.expr(cs[0])
	}
	if t := n.child("as_pattern_target"); t != nil {
		if ts := t.named(); len(ts) > 0 {
			target = l.expr(ts[0])
		}
	}
	return x, target
}

func (l *lowerer) tryStmt(n *node) Stmt {
	st := &Try{stmtNode: stmtNode{n.span()}, Body: l.body(n)}
	for _, c := range n.named() {
		switch c.kind() {
		case "except_clause", "except_group_clause":
			h := &Handler{Span: c.span(), Body: l.body(c)}
			var heads []*node
			for _, e := range c.named() {
				if e.kind() != "block" {
					heads = append(heads, e)
				}
			}
			switch {
			case len(heads) == 0:
			case heads[0].kind() == "as_pattern":
				h.Type, h.Target = l.asPattern(heads[0])
			default:
				h.Type = l.expr(heads[0])
				if len(heads) > 1 { // Python 2: except E, e
					h.Target = l.expr(heads[1])
				}
			}
			st.Handlers = append(st.Handlers, h)
		case "else_clause":
			st.Else = l.body(c)
		case "finally_clause":
			st.Finally = l.body(c)
		}
	}
	return st
}

func (l *lowerer) funcDef(n *node, s stmtNode, decorators []Expr) Stmt {
	d := &FuncDef{stmtNode: s, Decorators: decorators, Name: &Name{exprNode{Span{s.Start, s.Start}}, ""}}
	if name := n.part("name"); name != nil {
		d.Name = &Name{exprNode{name.span()}, l.id(name)}
	}
	if ps := n.part("parameters"); ps != nil {
		d.Params = l.params(ps)
	}
	if r := n.part("return_type"); r != nil {
		d.Returns = l.typeExpr(r)
	}
	d.Body = l.body(n)
	return d
}

func (l *lowerer) classDef(n *node, s stmtNode, decorators []Expr) Stmt {
	d := &ClassDef{stmtNode: s, Decorators: decorators, Name: &Name{exprNode{Span{s.Start, s.Start}}, ""}}
	if name := n.part("name"); name != nil {
		d.Name = &Name{exprNode{name.span()}, l.id(name)}
	}
	if b := n.part("superclasses"); b != nil {
		d.Bases = l.args(b)
	}
	d.Body = l.body(n)
	return d
}

func (l *lowerer) params(n *node) []*Param {
	var out []*Param
	name := func(c *node) *Name { return &Name{exprNode{c.span()}, l.id(c)} }
	for _, c := range n.named() {
		p := &Param{Span: c.span()}
		switch c.kind() {
		case "identifier":
			p.Name = name(c)
		case "default_parameter", "typed_default_parameter":
			nm := c.part("name")
			if nm == nil {
				continue
			}
			if nm.kind() == "tuple_pattern" { // Python 2
				out = append(out, l.params(nm)...)
				out = append(out, &Param{Span: p.Span, Default: l.need(c, "value")})
				continue
			}
			p.Name = name(nm)
			p.Default = l.need(c, "value")
			if t := c.part("type"); t != nil {
				p.Annotation = l.typeExpr(t)
			}
		case "typed_parameter":
			cs := c.named()
			if len(cs) == 0 {
				continue
			}
			inner := cs[0]
			p.Stars = stars(inner)
			if p.Stars > 0 {
				if cs = inner.named(); len(cs) == 0 {
					continue
				}
				inner = cs[0]
			}
			p.Name = name(inner)
			if t := c.part("type"); t != nil {
				p.Annotation = l.typeExpr(t)
			}
		case "list_splat_pattern", "dictionary_splat_pattern":
			p.Stars = stars(c)
			cs := c.named()
			if len(cs) == 0 {
				continue
			}
			p.Name = name(cs[0])
		case "tuple_pattern": // Python 2
			out = append(out, l.params(c)...)
			continue
		default:
			continue
		}
		out = append(out, p)
	}
	return out
}

func stars(n *node) int {
	switch n.kind() {
	case "list_splat_pattern", "list_splat":
		return 1
	case "dictionary_splat_pattern", "dictionary_splat":
		return 2
	}
	return 0
}

func (l *lowerer) matchStmt(n *node) Stmt {
	st := &Match{stmtNode: stmtNode{n.span()}}
	if s := n.part("subject"); s != nil {
		st.Subject = l.expr(s)
	}
	body := n.child("block")
	if body == nil {
		return st
	}
	for _, c := range body.named() {
		if c.kind() != "case_clause" {
			continue
		}
		k := &Case{Span: c.span(), Body: l.body(c)}
		for _, p := range c.named() {
			switch p.kind() {
			case "if_clause":
				if cs := p.named(); len(cs) > 0 {
					k.Guard = l.expr(cs[0])
				}
			case "block":
			default:
				l.pattern(p, k)
			}
		}
		st.Cases = append(st.Cases, k)
	}
	return st
}

// pattern collects what a case's pattern binds and what it evaluates.
func (l *lowerer) pattern(n *node, k *Case) {
	if !l.enter(n) {
		return
	}
	defer l.leave()
	cs := n.named()
	switch n.kind() {
	case "dotted_name":
		if len(cs) == 1 {
			l.capture(cs[0], k)
		} else {
			k.Elems = append(k.Elems, l.chain(cs))
		}
		return
	case "identifier":
		l.capture(n, k)
		return
	case "class_pattern":
		if len(cs) > 0 && cs[0].kind() == "dotted_name" {
			k.Elems = append(k.Elems, l.chain(cs[0].named()))
			cs = cs[1:]
		}
	case "keyword_pattern":
		if len(cs) > 0 {
			cs = cs[1:]
		}
	}
	for _, c := range cs {
		l.pattern(c, k)
	}
}

func (l *lowerer) capture(n *node, k *Case) {
	if id := l.id(n); id != "_" {
		k.Binds = append(k.Binds, &Name{exprNode{n.span()}, id})
	}
}

// chain is the name and the attributes that the parts of a dotted name are in a pattern.
func (l *lowerer) chain(parts []*node) Expr {
	var x Expr
	for _, c := range parts {
		if x == nil {
			x = &Name{exprNode{c.span()}, l.id(c)}
		} else {
			x = &Attribute{exprNode{Span{x.Pos().Start, int(c.end)}}, x, l.id(c), c.span()}
		}
	}
	return x
}

func (l *lowerer) exprs(ns []*node) []Expr {
	var out []Expr
	for _, n := range ns {
		out = append(out, l.expr(n))
	}
	return out
}

func (l *lowerer) expr(n *node) Expr {
	s := exprNode{n.span()}
	if !l.enter(n) {
		return &Other{s, "nested too deep", nil}
	}
	defer l.leave()
	switch n.kind() {
	case "identifier":
		return &Name{s, l.id(n)}
	case "attribute":
		a := n.part("attribute")
		if a == nil {
			break
		}
		return &Attribute{s, l.need(n, "object"), l.id(a), a.span()}
	case "call":
		c := &Call{exprNode: s, Fn: l.need(n, "function")}
		if as := n.part("arguments"); as != nil {
			c.ArgsSpan = as.span()
			if as.kind() == "generator_expression" {
				c.Args = []*Arg{{Span: as.span(), Value: l.expr(as)}}
			} else {
				c.Args = l.args(as)
			}
		}
		return c
	case "subscript":
		sub := &Subscript{exprNode: s}
		for i, c := range n.named() {
			if i == 0 {
				sub.X = l.expr(c)
			} else {
				sub.Index = append(sub.Index, l.expr(c))
			}
		}
		if c := n.lastButOne(); len(sub.Index) == 1 && c != nil && c.kind() == "," { // x[i,]
			sub.Index = []Expr{&Seq{exprNode{Span{sub.Index[0].Pos().Start, int(c.end)}}, TupleSeq, sub.Index}}
		}
		if sub.X != nil {
			return sub
		}
	case "slice":
		sl := &Slice{exprNode: s, Parts: []Expr{nil}}
		for _, c := range n.children() {
			switch {
			case c.kind() == ":":
				sl.Parts = append(sl.Parts, nil)
			case c.isPart():
				sl.Parts[len(sl.Parts)-1] = l.expr(c)
			}
		}
		return sl
	case "string", "concatenated_string":
		return l.str(n)
	case "integer", "float":
		return &Num{s, l.text(n)}
	case "true", "false", "none", "ellipsis":
		return &Const{s, l.text(n)}
	case "tuple_pattern": // (x) = y, too
		if cs := n.named(); len(cs) == 1 && n.lastButOne().kind() != "," {
			return l.expr(cs[0])
		}
		return &Seq{s, TupleSeq, l.exprs(n.named())}
	case "tuple", "expression_list", "pattern_list":
		return &Seq{s, TupleSeq, l.exprs(n.named())}
	case "list", "list_pattern":
		return &Seq{s, ListSeq, l.exprs(n.named())}
	case "set":
		return &Seq{s, SetSeq, l.exprs(n.named())}
	case "dictionary":
		d := &Dict{exprNode: s}
		for _, c := range n.named() {
			switch c.kind() {
			case "pair":
				d.Items = append(d.Items, DictItem{c.span(), l.need(c, "key"), l.need(c, "value")})
			case "dictionary_splat":
				if cs := c.named(); len(cs) > 0 {
					d.Items = append(d.Items, DictItem{c.span(), nil, l.expr(cs[0])})
				}
			default:
				d.Items = append(d.Items, DictItem{c.span(), nil, &Other{exprNode{c.span()}, c.kind(), l.loose(c)}})
			}
		}
		return d
	case "list_comprehension":
		return l.comp(n, ListSeq)
	case "set_comprehension":
		return l.comp(n, SetSeq)
	case "dictionary_comprehension":
		return l.comp(n, DictSeq)
	case "generator_expression":
		return l.comp(n, Generator)
	case "parenthesized_expression":
		if cs := n.named(); len(cs) == 1 {
			return l.expr(cs[0])
		}
	case "lambda":
		lam := &Lambda{exprNode: s}
		if ps := n.part("parameters"); ps != nil {
			lam.Params = l.params(ps)
		}
		lam.Body = l.need(n, "body")
		return lam
	case "binary_operator", "boolean_operator":
		op := ""
		if o := n.token("operator"); o != nil {
			op = l.text(o)
		}
		return &Binary{s, op, l.need(n, "left"), l.need(n, "right")}
	case "not_operator":
		return &Unary{s, "not", l.need(n, "argument")}
	case "unary_operator":
		op := ""
		if o := n.token("operator"); o != nil {
			op = l.text(o)
		}
		return &Unary{s, op, l.need(n, "argument")}
	case "comparison_operator":
		c := &Compare{exprNode: s, Operands: l.exprs(n.named())}
		for _, o := range n.children() {
			if !o.is(isNamed) {
				c.Ops = append(c.Ops, l.text(o))
			}
		}
		return c
	case "conditional_expression":
		if cs := n.named(); len(cs) == 3 {
			return &Cond{s, l.expr(cs[1]), l.expr(cs[0]), l.expr(cs[2])}
		}
	case "list_splat", "dictionary_splat", "list_splat_pattern", "dictionary_splat_pattern":
		if cs := n.named(); len(cs) == 1 {
			return &Starred{s, l.expr(cs[0])}
		}
	case "named_expression":
		if name, ok := l.need(n, "name").(*Name); ok {
			return &Walrus{s, name, l.need(n, "value")}
		}
	case "as_pattern_target":
		if cs := n.named(); len(cs) == 1 {
			return l.expr(cs[0])
		}
	case "print": // `print` used as a name by a Python 3 program
		return &Name{s, "print"}
	case "type":
		if e := l.typeExpr(n); e != nil {
			return e
		}
	}
	return &Other{s, n.kind(), l.looseExprs(n)}
}

// looseExprs reads the expressions below a node that has no type of its own.
func (l *lowerer) looseExprs(n *node) []Expr {
	return l.loose(n)
}

func (l *lowerer) args(n *node) []*Arg {
	var out []*Arg
	for _, c := range n.named() {
		a := &Arg{Span: c.span()}
		switch {
		case c.kind() == "keyword_argument":
			if nm := c.part("name"); nm != nil {
				a.Name = l.id(nm)
			}
			a.Value = l.need(c, "value")
		case stars(c) > 0:
			a.Stars = stars(c)
			if cs := c.named(); len(cs) > 0 {
				a.Value = l.expr(cs[0])
			} else {
				a.Value = missing(c)
			}
		default:
			a.Value = l.expr(c)
		}
		out = append(out, a)
	}
	return out
}

func (l *lowerer) comp(n *node, kind SeqKind) Expr {
	c := &Comp{exprNode: exprNode{n.span()}, Kind: kind}
	if b := n.part("body"); b != nil {
		if b.kind() == "pair" {
			c.Elt, c.Value = l.need(b, "key"), l.need(b, "value")
		} else {
			c.Elt = l.expr(b)
		}
	} else {
		c.Elt = missing(n)
	}
	for _, k := range n.named() {
		switch k.kind() {
		case "for_in_clause":
			c.Clauses = append(c.Clauses, CompClause{Target: l.need(k, "left"), Iter: l.need(k, "right")})
		case "if_clause":
			if cs := k.named(); len(cs) > 0 {
				c.Clauses = append(c.Clauses, CompClause{Test: l.expr(cs[0])})
			}
		}
	}
	return c
}

// str reads a string, or several side by side.
func (l *lowerer) str(n *node) Expr {
	out := &Str{exprNode: exprNode{n.span()}}
	if n.kind() == "concatenated_string" {
		for i, c := range n.named() {
			part, ok := l.expr(c).(*Str)
			if !ok {
				out.Opaque = true
				continue
			}
			out.Opaque = out.Opaque || part.Opaque || i > 0 && part.Bytes != out.Bytes
			out.Bytes = part.Bytes
			out.Value += part.Value
			out.Parts = append(out.Parts, part.Parts...)
		}
		return out
	}
	text := l.text(n)
	if strings.HasPrefix(text, "`") { // Python 2's repr: no string at all
		return &Other{out.exprNode, "repr", nil}
	}
	format := false
	for _, c := range n.named() {
		if c.kind() == "interpolation" {
			format = true
			out.Parts = append(out.Parts, l.interpolated(c)...)
		}
	}
	if !format && hasOpenLine(text) {
		l.f.Errors = append(l.f.Errors, n.span())
	}
	var ok bool
	out.Value, out.Bytes, ok = decodeLiteral(text)
	out.Opaque = !ok
	return out
}

// hasOpenLine tells whether a line ends in a string with single quotes and no backslash, which Python refuses and the grammar lets pass.
func hasOpenLine(text string) bool {
	text = strings.TrimLeft(text, "rRbBuUfFtT")
	if len(text) >= 6 && text[0] == text[1] && text[0] == text[2] {
		return false
	}
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			if i++; strings.HasPrefix(text[i:], "\r\n") {
				i++
			}
		case '\n', '\r':
			return true
		}
	}
	return false
}

// interpolated are the expressions of one {} of an f-string, those in its format included.
func (l *lowerer) interpolated(n *node) []Expr {
	var out []Expr
	for _, c := range n.named() {
		switch c.kind() {
		case "type_conversion":
		case "format_specifier", "format_expression", "interpolation":
			out = append(out, l.interpolated(c)...)
		default:
			out = append(out, l.expr(c))
		}
	}
	return out
}
