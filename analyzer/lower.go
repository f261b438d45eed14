package analyzer

import (
	"bytes"
	"slices"
	"sort"
	"strings"
	"sync"

	sitter "github.com/smacker/go-tree-sitter"
	"github.com/smacker/go-tree-sitter/python"
	"golang.org/x/text/unicode/norm"
)

// maxNesting bounds how deep expressions and statements may lie in each other; what is deeper is an error of the file.
// CPython itself refuses more than 200 brackets, but sums of some thousand terms are real.
const maxNesting = 10000

// lower turns tree-sitter's tree into the types of ast.go, so that no tree-sitter node leaves this file.
func lower(f *File, root *sitter.Node) {
	l := &lowerer{f: f, src: f.Src}
	l.survey(root)
	f.Module = l.block(root)
	l.aligned(f.Module, 0)
	sort.Slice(f.Errors, func(i, j int) bool { return f.Errors[i].Start < f.Errors[j].Start })
}

type lowerer struct {
	f     *File
	src   []byte
	depth int
}

func span(n *sitter.Node) Span { return Span{int(n.StartByte()), int(n.EndByte())} }

// id is an identifier as Python reads it: two spellings that look alike are one name
// (https://docs.python.org/3/reference/lexical_analysis.html#identifiers).
func (l *lowerer) id(n *sitter.Node) string { return norm.NFKC.String(l.text(n)) }

func (l *lowerer) text(n *sitter.Node) string { return n.Content(l.src) }

// maskTypeCalls works around a mistake of the grammar: it takes `type(x).y = z` for the statement that makes y a type's alias.
// It gives src with those words replaced by a name of the same length, to be parsed in its place.
func maskTypeCalls(root *sitter.Node, src []byte) (masked []byte, found bool) {
	if !beginsWithType(src) {
		return nil, false
	}
	visit(root, func(n *sitter.Node) {
		if n.Type() != "type_alias_statement" || n.ChildCount() < 2 {
			return
		}
		word, left := n.Child(0), n.Child(1)
		if c := src[left.StartByte()]; word.Type() != "type" || c != '(' && c != '[' && word.EndByte() != left.StartByte() {
			return
		}
		if !found {
			masked, found = bytes.Clone(src), true
		}
		copy(masked[word.StartByte():], "Type")
	})
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

// visit calls each for every node of the tree, without recursion.
func visit(root *sitter.Node, each func(n *sitter.Node)) {
	c := sitter.NewTreeCursor(root)
	defer c.Close()
	for {
		each(c.CurrentNode())
		if c.GoToFirstChild() {
			continue
		}
		for !c.GoToNextSibling() {
			if !c.GoToParent() {
				return
			}
		}
	}
}

// survey collects the comments of the whole tree, and its outermost ERROR and missing nodes.
func (l *lowerer) survey(root *sitter.Node) {
	if bytes.IndexByte(l.src, '#') >= 0 {
		l.comments(root)
	}
	if !root.HasError() {
		return
	}
	broken := -1 // where the last error ends: those inside are part of it
	visit(root, func(n *sitter.Node) {
		if at := span(n); (n.IsError() || n.IsMissing()) && (at.Start >= broken || at.End > broken) {
			l.f.Errors = append(l.f.Errors, at)
			broken = at.End
		}
	})
}

var commentQuery = sync.OnceValue(func() *sitter.Query {
	query, err := sitter.NewQuery([]byte("(comment) @comment"), python.GetLanguage())
	if err != nil { // the grammar has comments
		panic(err)
	}
	return query
})

// comments asks tree-sitter itself for the comments: that crosses into C once for each of them, and not for each node of the tree.
func (l *lowerer) comments(root *sitter.Node) {
	c := sitter.NewQueryCursor()
	defer c.Close()
	c.Exec(commentQuery(), root)
	for m, ok := c.NextMatch(); ok; m, ok = c.NextMatch() {
		for _, capture := range m.Captures {
			at := span(capture.Node)
			if i := bytes.IndexByte(l.src[at.Start:at.End], '\r'); i >= 0 { // a line may end so, to Python
				at.End = at.Start + i
			}
			l.f.Comments = append(l.f.Comments, at)
		}
	}
}

// enter counts the nesting; it is false where that is too deep, which the file's errors then say.
func (l *lowerer) enter(n *sitter.Node) bool {
	if l.depth == maxNesting {
		l.f.Errors = append(l.f.Errors, span(n))
		return false
	}
	l.depth++
	return true
}

func (l *lowerer) leave() { l.depth-- }

// named are the named children without comments. A cursor goes from child to child; to ask for the i-th counts from the first again.
func (l *lowerer) named(n *sitter.Node) []*sitter.Node {
	if n.NamedChildCount() == 0 {
		return nil
	}
	var out []*sitter.Node
	c := sitter.NewTreeCursor(n)
	defer c.Close()
	for ok := c.GoToFirstChild(); ok; ok = c.GoToNextSibling() {
		child := c.CurrentNode()
		if !child.IsNamed() {
			continue
		}
		switch child.Type() {
		case "comment", "line_continuation":
		default:
			out = append(out, child)
		}
	}
	return out
}

// field is the child of that name. A comment that the grammar put in the field's place is no answer (it happens to the
// body of a function that starts with a comment).
func (l *lowerer) field(n *sitter.Node, name string) *sitter.Node {
	if c := n.ChildByFieldName(name); c != nil && c.Type() != "comment" {
		return c
	}
	for i := range int(n.ChildCount()) {
		if n.FieldNameForChild(i) == name && n.Child(i).IsNamed() && n.Child(i).Type() != "comment" {
			return n.Child(i)
		}
	}
	return nil
}

// need is the expression of a field; where the source lacks it, something that means nothing.
func (l *lowerer) need(n *sitter.Node, name string) Expr {
	if c := l.field(n, name); c != nil {
		return l.expr(c)
	}
	return missing(n)
}

func missing(n *sitter.Node) Expr {
	at := int(n.EndByte())
	return &Other{exprNode: exprNode{Span{at, at}}, Kind: "missing"}
}

func (l *lowerer) child(n *sitter.Node, kind string) *sitter.Node {
	for i := range int(n.NamedChildCount()) {
		if c := n.NamedChild(i); c.Type() == kind {
			return c
		}
	}
	return nil
}

func (l *lowerer) block(n *sitter.Node) *Block {
	b := &Block{Span: span(n)}
	if n.IsMissing() {
		return b
	}
	for _, c := range l.named(n) {
		b.Stmts = append(b.Stmts, l.stmt(c)...)
	}
	if len(b.Stmts) > 0 {
		b.Span = Span{b.Stmts[0].Pos().Start, b.Stmts[len(b.Stmts)-1].Pos().End}
		if column := l.column(b.Stmts[0]); n.Type() == "block" && column >= 0 {
			l.aligned(b, column)
		}
	}
	return b
}

// aligned counts as errors the statements of a block that begin in another column, which Python refuses and the grammar lets pass: to it
// a deeper line is only the begin of what hangs on it.
func (l *lowerer) aligned(b *Block, column int) {
	for _, s := range b.Stmts {
		if at := l.column(s); at >= 0 && at != column {
			l.f.Errors = append(l.f.Errors, s.Pos())
		}
	}
}

// column is how far a statement is indented that is the first of its line, with tabs as Python counts them
// (https://docs.python.org/3/reference/lexical_analysis.html#indentation), and -1 for one that is not, or whose line goes on from another.
func (l *lowerer) column(s Stmt) int {
	start := s.Pos().Start
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
func (l *lowerer) body(n *sitter.Node) *Block {
	at := span(n)
	body := &Block{Span: Span{at.End, at.End}}
	if b := l.child(n, "block"); b != nil {
		body = l.block(b)
	}
	if len(body.Stmts) == 0 && !slices.ContainsFunc(l.f.Errors, func(e Span) bool { return e.Start <= at.End && at.Start <= e.End }) {
		i, _ := slices.BinarySearchFunc(l.f.Errors, at.End, func(e Span, end int) int { return e.Start - end })
		l.f.Errors = slices.Insert(l.f.Errors, i, Span{at.End, at.End})
	}
	return body
}

func (l *lowerer) stmt(n *sitter.Node) []Stmt {
	s := stmtNode{span(n)}
	if !l.enter(n) {
		return []Stmt{&BadStmt{s, nil}}
	}
	defer l.leave()
	one := func(st Stmt) []Stmt { return []Stmt{st} }
	switch n.Type() {
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
		for _, c := range l.named(n) {
			if c.Type() == "decorator" {
				decorators = append(decorators, l.exprs(l.named(c))...)
			}
		}
		switch d := l.field(n, "definition"); {
		case d == nil:
		case d.Type() == "class_definition":
			return one(l.classDef(d, s, decorators))
		case d.Type() == "function_definition":
			return one(l.funcDef(d, s, decorators))
		}
		return one(&BadStmt{s, decorators})
	case "return_statement":
		st := &Return{stmtNode: s}
		if cs := l.named(n); len(cs) > 0 {
			st.X = l.expr(cs[0])
		}
		return one(st)
	case "raise_statement":
		return one(&Raise{s, l.exprs(l.named(n))})
	case "assert_statement":
		st := &Assert{stmtNode: s}
		for i, e := range l.exprs(l.named(n)) {
			if i == 0 {
				st.Test = e
			} else {
				st.Msg = e
			}
		}
		return one(st)
	case "delete_statement":
		st := &Delete{stmtNode: s}
		for _, e := range l.exprs(l.named(n)) {
			if seq, ok := e.(*Seq); ok && seq.Kind == TupleSeq {
				st.Targets = append(st.Targets, seq.Elems...)
			} else {
				st.Targets = append(st.Targets, e)
			}
		}
		return one(st)
	case "global_statement", "nonlocal_statement":
		st := &Global{stmtNode: s, Nonlocal: n.Type() == "nonlocal_statement"}
		for _, c := range l.named(n) {
			if name, ok := l.expr(c).(*Name); ok {
				st.Names = append(st.Names, name)
			}
		}
		return one(st)
	case "pass_statement", "break_statement", "continue_statement":
		return one(&Simple{s, strings.TrimSuffix(n.Type(), "_statement")})
	case "print_statement", "exec_statement":
		st := &OldStmt{stmtNode: s, Kind: strings.TrimSuffix(n.Type(), "_statement")}
		for _, c := range l.named(n) {
			if c.Type() == "chevron" {
				st.Elems = append(st.Elems, l.exprs(l.named(c))...)
			} else {
				st.Elems = append(st.Elems, l.expr(c))
			}
		}
		return one(st)
	case "match_statement":
		return one(l.matchStmt(n))
	case "type_alias_statement":
		if cs := l.named(n); len(cs) == 2 {
			return one(&Assign{stmtNode: s, Targets: []Expr{l.expr(cs[0])}, Value: &Other{exprNode{span(cs[1])}, "type", []Expr{l.expr(cs[1])}}})
		}
	}
	// The grammar has no other statements; an expression in a statement's place is broken source.
	return one(&BadStmt{s, l.loose(n)})
}

// loose reads whatever expressions are below a broken node.
func (l *lowerer) loose(n *sitter.Node) []Expr {
	var out []Expr
	for _, c := range l.named(n) {
		switch {
		case c.Type() == "ERROR" || strings.HasSuffix(c.Type(), "_statement") || c.Type() == "block":
			out = append(out, l.loose(c)...)
		default:
			out = append(out, l.expr(c))
		}
	}
	return out
}

func (l *lowerer) exprStmt(n *sitter.Node) Stmt {
	s := stmtNode{span(n)}
	cs := l.named(n)
	if len(cs) == 1 {
		switch c := cs[0]; c.Type() {
		case "assignment":
			st := &Assign{stmtNode: s}
			for {
				st.Targets = append(st.Targets, l.need(c, "left"))
				if t := l.field(c, "type"); t != nil {
					st.Annotation = l.typeExpr(t)
				}
				r := l.field(c, "right")
				if r == nil {
					return st
				}
				if r.Type() != "assignment" {
					st.Value = l.expr(r)
					return st
				}
				c = r
			}
		case "augmented_assignment":
			op := ""
			if o := c.ChildByFieldName("operator"); o != nil {
				op = strings.TrimSuffix(l.text(o), "=")
			}
			return &AugAssign{s, l.need(c, "left"), op, l.need(c, "right")}
		}
		return &ExprStmt{s, l.expr(cs[0])}
	}
	return &ExprStmt{s, &Seq{exprNode(s), TupleSeq, l.exprs(cs)}}
}

func (l *lowerer) typeExpr(n *sitter.Node) Expr {
	if cs := l.named(n); len(cs) > 0 {
		return l.expr(cs[0])
	}
	return nil
}

func (l *lowerer) importNames(n *sitter.Node) []ImportName {
	var out []ImportName
	module := n.ChildByFieldName("module_name")
	for _, c := range l.named(n) {
		if module != nil && c.Equal(module) {
			continue
		}
		in := ImportName{Span: span(c)}
		switch c.Type() {
		case "dotted_name":
			in.Name = l.dotted(c)
		case "aliased_import":
			in.Name = l.dotted(l.field(c, "name"))
			if a := l.field(c, "alias"); a != nil {
				in.As = &Name{exprNode{span(a)}, l.id(a)}
			}
		default:
			continue
		}
		out = append(out, in)
	}
	return out
}

// dotted is a dotted name without the blanks that Python allows around the dots.
func (l *lowerer) dotted(n *sitter.Node) string {
	if n == nil {
		return ""
	}
	if n.Type() == "identifier" {
		return l.id(n)
	}
	var parts []string
	for i := range int(n.NamedChildCount()) {
		parts = append(parts, l.id(n.NamedChild(i)))
	}
	return strings.Join(parts, ".")
}

func (l *lowerer) importFrom(n *sitter.Node) Stmt {
	st := &ImportFrom{stmtNode: stmtNode{span(n)}, Names: l.importNames(n), Star: l.child(n, "wildcard_import") != nil}
	m := n.ChildByFieldName("module_name")
	switch {
	case m == nil:
	case m.Type() == "relative_import":
		if p := l.child(m, "import_prefix"); p != nil {
			st.Level = strings.Count(l.text(p), ".")
		}
		if d := l.child(m, "dotted_name"); d != nil {
			st.Module = l.dotted(d)
		}
	default:
		st.Module = l.dotted(m)
	}
	return st
}

func (l *lowerer) ifStmt(n *sitter.Node) Stmt {
	first := &If{stmtNode: stmtNode{span(n)}, Test: l.need(n, "condition"), Body: l.body(n)}
	last := first
	for i := range int(n.NamedChildCount()) {
		switch c := n.NamedChild(i); c.Type() {
		case "elif_clause":
			// An elif reaches from its keyword to the end of the whole statement, as an if in an else would.
			next := &If{stmtNode: stmtNode{Span{int(c.StartByte()), first.End}}, Test: l.need(c, "condition"), Body: l.body(c)}
			last.Else = &Block{Span: next.Span, Stmts: []Stmt{next}}
			last = next
		case "else_clause":
			last.Else = l.body(c)
		}
	}
	return first
}

// clause is the body of the clause of that kind, or nil.
func (l *lowerer) clause(n *sitter.Node, kind string) *Block {
	c := l.child(n, kind)
	if c == nil {
		return nil
	}
	return l.body(c)
}

func (l *lowerer) withStmt(n *sitter.Node) Stmt {
	st := &With{stmtNode: stmtNode{span(n)}}
	if clause := l.child(n, "with_clause"); clause != nil {
		for _, c := range l.named(clause) {
			if c.Type() != "with_item" {
				continue
			}
			v := l.field(c, "value")
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
func (l *lowerer) withItems(v *sitter.Node) []WithItem {
	switch v.Type() {
	case "as_pattern":
		x, target := l.asPattern(v)
		return []WithItem{{span(v), x, target}}
	case "tuple", "parenthesized_expression":
		var out []WithItem
		as := false
		for _, c := range l.named(v) {
			as = as || c.Type() == "as_pattern"
			out = append(out, l.withItems(c)...)
		}
		if as {
			return out
		}
	}
	return []WithItem{{span(v), l.expr(v), nil}}
}

// asPattern reads `X as target` of a with item or an except clause.
func (l *lowerer) asPattern(n *sitter.Node) (x, target Expr) {
	cs := l.named(n)
	if len(cs) > 0 {
		x = l.expr(cs[0])
	}
	if t := l.child(n, "as_pattern_target"); t != nil {
		if ts := l.named(t); len(ts) > 0 {
			target = l.expr(ts[0])
		}
	}
	return x, target
}

func (l *lowerer) tryStmt(n *sitter.Node) Stmt {
	st := &Try{stmtNode: stmtNode{span(n)}, Body: l.body(n)}
	for i := range int(n.NamedChildCount()) {
		c := n.NamedChild(i)
		switch c.Type() {
		case "except_clause", "except_group_clause":
			h := &Handler{Span: span(c), Body: l.body(c)}
			var heads []*sitter.Node
			for _, e := range l.named(c) {
				if e.Type() != "block" {
					heads = append(heads, e)
				}
			}
			switch {
			case len(heads) == 0:
			case heads[0].Type() == "as_pattern":
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

func (l *lowerer) funcDef(n *sitter.Node, s stmtNode, decorators []Expr) Stmt {
	d := &FuncDef{stmtNode: s, Decorators: decorators, Name: &Name{exprNode{Span{s.Start, s.Start}}, ""}}
	if name := l.field(n, "name"); name != nil {
		d.Name = &Name{exprNode{span(name)}, l.id(name)}
	}
	if ps := l.field(n, "parameters"); ps != nil {
		d.Params = l.params(ps)
	}
	if r := l.field(n, "return_type"); r != nil {
		d.Returns = l.typeExpr(r)
	}
	d.Body = l.body(n)
	return d
}

func (l *lowerer) classDef(n *sitter.Node, s stmtNode, decorators []Expr) Stmt {
	d := &ClassDef{stmtNode: s, Decorators: decorators, Name: &Name{exprNode{Span{s.Start, s.Start}}, ""}}
	if name := l.field(n, "name"); name != nil {
		d.Name = &Name{exprNode{span(name)}, l.id(name)}
	}
	if b := l.field(n, "superclasses"); b != nil {
		d.Bases = l.args(b)
	}
	d.Body = l.body(n)
	return d
}

func (l *lowerer) params(n *sitter.Node) []*Param {
	var out []*Param
	name := func(c *sitter.Node) *Name { return &Name{exprNode{span(c)}, l.id(c)} }
	for _, c := range l.named(n) {
		p := &Param{Span: span(c)}
		switch c.Type() {
		case "identifier":
			p.Name = name(c)
		case "default_parameter", "typed_default_parameter":
			nm := l.field(c, "name")
			if nm == nil {
				continue
			}
			if nm.Type() == "tuple_pattern" { // Python 2
				out = append(out, l.params(nm)...)
				out = append(out, &Param{Span: p.Span, Default: l.need(c, "value")})
				continue
			}
			p.Name = name(nm)
			p.Default = l.need(c, "value")
			if t := l.field(c, "type"); t != nil {
				p.Annotation = l.typeExpr(t)
			}
		case "typed_parameter":
			cs := l.named(c)
			if len(cs) == 0 {
				continue
			}
			inner := cs[0]
			p.Stars = stars(inner)
			if p.Stars > 0 {
				if inner = inner.NamedChild(0); inner == nil {
					continue
				}
			}
			p.Name = name(inner)
			if t := l.field(c, "type"); t != nil {
				p.Annotation = l.typeExpr(t)
			}
		case "list_splat_pattern", "dictionary_splat_pattern":
			p.Stars = stars(c)
			if c.NamedChildCount() == 0 {
				continue
			}
			p.Name = name(c.NamedChild(0))
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

func stars(n *sitter.Node) int {
	switch n.Type() {
	case "list_splat_pattern", "list_splat":
		return 1
	case "dictionary_splat_pattern", "dictionary_splat":
		return 2
	}
	return 0
}

func (l *lowerer) matchStmt(n *sitter.Node) Stmt {
	st := &Match{stmtNode: stmtNode{span(n)}}
	if s := l.field(n, "subject"); s != nil {
		st.Subject = l.expr(s)
	}
	body := l.child(n, "block")
	if body == nil {
		return st
	}
	for _, c := range l.named(body) {
		if c.Type() != "case_clause" {
			continue
		}
		k := &Case{Span: span(c), Body: l.body(c)}
		for _, p := range l.named(c) {
			switch p.Type() {
			case "if_clause":
				if cs := l.named(p); len(cs) > 0 {
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
func (l *lowerer) pattern(n *sitter.Node, k *Case) {
	if !l.enter(n) {
		return
	}
	defer l.leave()
	cs := l.named(n)
	switch n.Type() {
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
		if len(cs) > 0 && cs[0].Type() == "dotted_name" {
			k.Elems = append(k.Elems, l.chain(l.named(cs[0])))
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

func (l *lowerer) capture(n *sitter.Node, k *Case) {
	if id := l.id(n); id != "_" {
		k.Binds = append(k.Binds, &Name{exprNode{span(n)}, id})
	}
}

// chain is the name and the attributes that the parts of a dotted name are in a pattern.
func (l *lowerer) chain(parts []*sitter.Node) Expr {
	var x Expr
	for _, c := range parts {
		if x == nil {
			x = &Name{exprNode{span(c)}, l.id(c)}
		} else {
			x = &Attribute{exprNode{Span{x.Pos().Start, int(c.EndByte())}}, x, l.id(c), span(c)}
		}
	}
	return x
}

func (l *lowerer) exprs(ns []*sitter.Node) []Expr {
	var out []Expr
	for _, n := range ns {
		out = append(out, l.expr(n))
	}
	return out
}

func (l *lowerer) expr(n *sitter.Node) Expr {
	s := exprNode{span(n)}
	if !l.enter(n) {
		return &Other{s, "nested too deep", nil}
	}
	defer l.leave()
	switch n.Type() {
	case "identifier":
		return &Name{s, l.id(n)}
	case "attribute":
		a := l.field(n, "attribute")
		if a == nil {
			break
		}
		return &Attribute{s, l.need(n, "object"), l.id(a), span(a)}
	case "call":
		c := &Call{exprNode: s, Fn: l.need(n, "function")}
		if as := l.field(n, "arguments"); as != nil {
			c.ArgsSpan = span(as)
			if as.Type() == "generator_expression" {
				c.Args = []*Arg{{Span: span(as), Value: l.expr(as)}}
			} else {
				c.Args = l.args(as)
			}
		}
		return c
	case "subscript":
		sub := &Subscript{exprNode: s}
		for i, c := range l.named(n) {
			if i == 0 {
				sub.X = l.expr(c)
			} else {
				sub.Index = append(sub.Index, l.expr(c))
			}
		}
		if c := n.Child(int(n.ChildCount()) - 2); len(sub.Index) == 1 && c != nil && c.Type() == "," { // x[i,]
			sub.Index = []Expr{&Seq{exprNode{Span{sub.Index[0].Pos().Start, int(c.EndByte())}}, TupleSeq, sub.Index}}
		}
		if sub.X != nil {
			return sub
		}
	case "slice":
		sl := &Slice{exprNode: s, Parts: []Expr{nil}}
		for i := range int(n.ChildCount()) {
			switch c := n.Child(i); {
			case c.Type() == ":":
				sl.Parts = append(sl.Parts, nil)
			case c.IsNamed() && c.Type() != "comment" && c.Type() != "line_continuation":
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
		if cs := l.named(n); len(cs) == 1 && n.Child(int(n.ChildCount())-2).Type() != "," {
			return l.expr(cs[0])
		}
		return &Seq{s, TupleSeq, l.exprs(l.named(n))}
	case "tuple", "expression_list", "pattern_list":
		return &Seq{s, TupleSeq, l.exprs(l.named(n))}
	case "list", "list_pattern":
		return &Seq{s, ListSeq, l.exprs(l.named(n))}
	case "set":
		return &Seq{s, SetSeq, l.exprs(l.named(n))}
	case "dictionary":
		d := &Dict{exprNode: s}
		for _, c := range l.named(n) {
			switch c.Type() {
			case "pair":
				d.Items = append(d.Items, DictItem{span(c), l.need(c, "key"), l.need(c, "value")})
			case "dictionary_splat":
				if cs := l.named(c); len(cs) > 0 {
					d.Items = append(d.Items, DictItem{span(c), nil, l.expr(cs[0])})
				}
			default:
				d.Items = append(d.Items, DictItem{span(c), nil, &Other{exprNode{span(c)}, c.Type(), l.loose(c)}})
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
		if cs := l.named(n); len(cs) == 1 {
			return l.expr(cs[0])
		}
	case "lambda":
		lam := &Lambda{exprNode: s}
		if ps := l.field(n, "parameters"); ps != nil {
			lam.Params = l.params(ps)
		}
		lam.Body = l.need(n, "body")
		return lam
	case "binary_operator", "boolean_operator":
		op := ""
		if o := n.ChildByFieldName("operator"); o != nil {
			op = l.text(o)
		}
		return &Binary{s, op, l.need(n, "left"), l.need(n, "right")}
	case "not_operator":
		return &Unary{s, "not", l.need(n, "argument")}
	case "unary_operator":
		op := ""
		if o := n.ChildByFieldName("operator"); o != nil {
			op = l.text(o)
		}
		return &Unary{s, op, l.need(n, "argument")}
	case "comparison_operator":
		c := &Compare{exprNode: s, Operands: l.exprs(l.named(n))}
		for i := range int(n.ChildCount()) {
			if o := n.Child(i); !o.IsNamed() {
				c.Ops = append(c.Ops, l.text(o))
			}
		}
		return c
	case "conditional_expression":
		if cs := l.named(n); len(cs) == 3 {
			return &Cond{s, l.expr(cs[1]), l.expr(cs[0]), l.expr(cs[2])}
		}
	case "list_splat", "dictionary_splat", "list_splat_pattern", "dictionary_splat_pattern":
		if cs := l.named(n); len(cs) == 1 {
			return &Starred{s, l.expr(cs[0])}
		}
	case "named_expression":
		if name, ok := l.need(n, "name").(*Name); ok {
			return &Walrus{s, name, l.need(n, "value")}
		}
	case "as_pattern_target":
		if cs := l.named(n); len(cs) == 1 {
			return l.expr(cs[0])
		}
	case "print": // `print` used as a name by a Python 3 program
		return &Name{s, "print"}
	case "type":
		if e := l.typeExpr(n); e != nil {
			return e
		}
	}
	return &Other{s, n.Type(), l.looseExprs(n)}
}

// looseExprs reads the expressions below a node that has no type of its own.
func (l *lowerer) looseExprs(n *sitter.Node) []Expr {
	if n.NamedChildCount() == 0 {
		return nil
	}
	return l.loose(n)
}

func (l *lowerer) args(n *sitter.Node) []*Arg {
	var out []*Arg
	for _, c := range l.named(n) {
		a := &Arg{Span: span(c)}
		switch {
		case c.Type() == "keyword_argument":
			if nm := l.field(c, "name"); nm != nil {
				a.Name = l.id(nm)
			}
			a.Value = l.need(c, "value")
		case stars(c) > 0:
			a.Stars = stars(c)
			if cs := l.named(c); len(cs) > 0 {
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

func (l *lowerer) comp(n *sitter.Node, kind SeqKind) Expr {
	c := &Comp{exprNode: exprNode{span(n)}, Kind: kind}
	if b := l.field(n, "body"); b != nil {
		if b.Type() == "pair" {
			c.Elt, c.Value = l.need(b, "key"), l.need(b, "value")
		} else {
			c.Elt = l.expr(b)
		}
	} else {
		c.Elt = missing(n)
	}
	for _, k := range l.named(n) {
		switch k.Type() {
		case "for_in_clause":
			c.Clauses = append(c.Clauses, CompClause{Target: l.need(k, "left"), Iter: l.need(k, "right")})
		case "if_clause":
			if cs := l.named(k); len(cs) > 0 {
				c.Clauses = append(c.Clauses, CompClause{Test: l.expr(cs[0])})
			}
		}
	}
	return c
}

// str reads a string, or several side by side.
func (l *lowerer) str(n *sitter.Node) Expr {
	out := &Str{exprNode: exprNode{span(n)}}
	if n.Type() == "concatenated_string" {
		for i, c := range l.named(n) {
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
	for _, c := range l.named(n) {
		if c.Type() == "interpolation" {
			out.Parts = append(out.Parts, l.interpolated(c)...)
		}
	}
	var ok bool
	out.Value, out.Bytes, ok = decodeLiteral(text)
	out.Opaque = !ok
	return out
}

// interpolated are the expressions of one {} of an f-string, those in its format included.
func (l *lowerer) interpolated(n *sitter.Node) []Expr {
	var out []Expr
	for _, c := range l.named(n) {
		switch c.Type() {
		case "type_conversion":
		case "format_specifier", "format_expression", "interpolation":
			out = append(out, l.interpolated(c)...)
		default:
			out = append(out, l.expr(c))
		}
	}
	return out
}
