package analyzer

// Span is a half-open range of bytes of File.Src.
type Span struct{ Start, End int }

// Pos is the span itself: every syntax node embeds one.
func (s Span) Pos() Span { return s }

// Contains tells whether t lies within s.
func (s Span) Contains(t Span) bool { return s.Start <= t.Start && t.End <= s.End }

// Overlaps tells whether s and t share a byte.
func (s Span) Overlaps(t Span) bool { return s.Start < t.End && t.Start < s.End }

// Node is a piece of syntax. The concrete types below are all there are; they mirror CPython's ast module, where
// the same constructs have the same names.
type Node interface{ Pos() Span }

// Expr is an expression.
type Expr interface {
	Node
	expr()
}

// Stmt is a statement.
type Stmt interface {
	Node
	stmt()
}

type exprNode struct{ Span }

func (*exprNode) expr() {}

type stmtNode struct{ Span }

func (*stmtNode) stmt() {}

// Expressions.
type (
	// Name is an identifier, read or bound.
	Name struct {
		exprNode
		ID string
	}
	// Attribute is X.Attr.
	Attribute struct {
		exprNode
		X        Expr
		Attr     string
		AttrSpan Span
	}
	// Call is Fn(Args...).
	Call struct {
		exprNode
		Fn       Expr
		Args     []*Arg
		ArgsSpan Span // with the parentheses
	}
	// Subscript is X[Index...].
	Subscript struct {
		exprNode
		X     Expr
		Index []Expr
	}
	// Slice is lower:upper:step inside a Subscript; the parts may be nil.
	Slice struct {
		exprNode
		Parts []Expr
	}
	// Str is a string literal, or several side by side. Value is decoded; it is meaningless if Parts is not empty, and for
	// one that is Opaque: a string that UTF-8 can't hold, one with names of characters, or one that Python refuses.
	Str struct {
		exprNode
		Value  string
		Bytes  bool
		Opaque bool
		Parts  []Expr // what an f-string interpolates
	}
	// Num is a number as written.
	Num struct {
		exprNode
		Text string
	}
	// Const is True, False, None or the ellipsis.
	Const struct {
		exprNode
		Text string
	}
	// Seq is a tuple, list or set display.
	Seq struct {
		exprNode
		Kind  SeqKind
		Elems []Expr
	}
	// Dict is a dict display.
	Dict struct {
		exprNode
		Items []DictItem
	}
	// Comp is a comprehension or a generator expression. Value is set for a dict comprehension only.
	Comp struct {
		exprNode
		Kind    SeqKind
		Elt     Expr
		Value   Expr
		Clauses []CompClause
	}
	// Lambda is an anonymous function.
	Lambda struct {
		exprNode
		Params []*Param
		Body   Expr
	}
	// Binary is an arithmetic or a boolean operation.
	Binary struct {
		exprNode
		Op   string
		L, R Expr
	}
	// Unary is -x, +x, ~x or not x.
	Unary struct {
		exprNode
		Op string
		X  Expr
	}
	// Compare is a chain of comparisons.
	Compare struct {
		exprNode
		Operands []Expr
		Ops      []string
	}
	// Cond is Then if Test else Else.
	Cond struct {
		exprNode
		Test, Then, Else Expr
	}
	// Starred is *X or **X where a display or an argument allows it.
	Starred struct {
		exprNode
		X Expr
	}
	// Walrus is (Target := Value).
	Walrus struct {
		exprNode
		Target *Name
		Value  Expr
	}
	// Other is an expression that needs no type of its own: await, yield, and whatever the grammar could not parse.
	Other struct {
		exprNode
		Kind  string // the grammar's word
		Elems []Expr
	}
)

// SeqKind tells the displays and comprehensions apart.
type SeqKind uint8

// The kinds of Seq and Comp; DictSeq and Generator are kinds of Comp only.
const (
	TupleSeq SeqKind = iota
	ListSeq
	SetSeq
	DictSeq
	Generator
)

// DictItem is Key: Value, or **Value where Key is nil.
type DictItem struct {
	Span
	Key, Value Expr
}

// CompClause is `for Target in Iter`, or `if Test` where Target is nil.
type CompClause struct {
	Target, Iter, Test Expr
}

// Arg is one argument of a call: positional, Name=Value, *Value (Stars 1) or **Value (Stars 2).
type Arg struct {
	Span
	Name  string
	Value Expr
	Stars int
}

// Param is one parameter of a function.
type Param struct {
	Span
	Name       *Name
	Default    Expr
	Annotation Expr
	Stars      int // 1 for *args, 2 for **kwargs
}

// Statements.
type (
	// ExprStmt is an expression on a line of its own.
	ExprStmt struct {
		stmtNode
		X Expr
	}
	// Assign is T1 = T2 = Value, or T1: Annotation = Value, or T1: Annotation with a nil Value.
	Assign struct {
		stmtNode
		Targets    []Expr
		Annotation Expr
		Value      Expr
	}
	// AugAssign is Target Op= Value.
	AugAssign struct {
		stmtNode
		Target Expr
		Op     string
		Value  Expr
	}
	// Import is `import a.b as c, d`.
	Import struct {
		stmtNode
		Names []ImportName
	}
	// ImportFrom is `from ..m import a as b`; Level counts the leading dots, Star is `import *`.
	ImportFrom struct {
		stmtNode
		Module string
		Level  int
		Names  []ImportName
		Star   bool
	}
	// FuncDef is a function.
	FuncDef struct {
		stmtNode
		Name       *Name
		Params     []*Param
		Returns    Expr
		Decorators []Expr
		Body       *Block
	}
	// ClassDef is a class.
	ClassDef struct {
		stmtNode
		Name       *Name
		Bases      []*Arg
		Decorators []Expr
		Body       *Block
	}
	// If is an if; an elif is an If alone in Else.
	If struct {
		stmtNode
		Test Expr
		Body *Block
		Else *Block // or nil
	}
	// For is a for loop.
	For struct {
		stmtNode
		Target, Iter Expr
		Body         *Block
		Else         *Block // or nil
	}
	// While is a while loop.
	While struct {
		stmtNode
		Test Expr
		Body *Block
		Else *Block // or nil
	}
	// With is a with statement.
	With struct {
		stmtNode
		Items []WithItem
		Body  *Block
	}
	// Try is a try statement.
	Try struct {
		stmtNode
		Body     *Block
		Handlers []*Handler
		Else     *Block // or nil
		Finally  *Block // or nil
	}
	// Return is a return; X may be nil.
	Return struct {
		stmtNode
		X Expr
	}
	// Raise is a raise, with what it evaluates.
	Raise struct {
		stmtNode
		Elems []Expr
	}
	// Assert is an assert; Msg may be nil.
	Assert struct {
		stmtNode
		Test, Msg Expr
	}
	// Delete is a del.
	Delete struct {
		stmtNode
		Targets []Expr
	}
	// Global is a global or, with Nonlocal, a nonlocal declaration.
	Global struct {
		stmtNode
		Names    []*Name
		Nonlocal bool
	}
	// Match is a match statement.
	Match struct {
		stmtNode
		Subject Expr
		Cases   []*Case
	}
	// Simple is pass, break or continue.
	Simple struct {
		stmtNode
		Kind string
	}
	// OldStmt is a Python 2 print or exec statement.
	OldStmt struct {
		stmtNode
		Kind  string
		Elems []Expr
	}
	// BadStmt is what the grammar could not parse; its expressions are kept as far as they could be read.
	BadStmt struct {
		stmtNode
		Elems []Expr
	}
)

// Block is the body of a compound statement or a module. Its span runs from the first statement to the last.
type Block struct {
	Span
	Stmts []Stmt
}

// ImportName is one `Name as As` of an import; As is nil where there is none.
type ImportName struct {
	Span
	Name string // dotted
	As   *Name
}

// WithItem is `X as Target`; Target may be nil.
type WithItem struct {
	Span
	X, Target Expr
}

// Handler is an except clause; Type and Target may be nil.
type Handler struct {
	Span
	Type, Target Expr
	Body         *Block
}

// Case is one case of a match; Binds are the names that its pattern captures, Elems the values that it evaluates.
type Case struct {
	Span
	Binds []*Name
	Elems []Expr
	Guard Expr
	Body  *Block
}

// Children calls visit for each direct child expression, statement or block of n, in source order.
func Children(n Node, visit func(Node)) {
	expr := func(es ...Expr) {
		for _, e := range es {
			if e != nil {
				visit(e)
			}
		}
	}
	block := func(bs ...*Block) {
		for _, b := range bs {
			if b != nil {
				visit(b)
			}
		}
	}
	args := func(as []*Arg) {
		for _, a := range as {
			expr(a.Value)
		}
	}
	params := func(ps []*Param) {
		for _, p := range ps {
			expr(p.Annotation, p.Default)
		}
	}
	switch n := n.(type) {
	case *Block:
		for _, s := range n.Stmts {
			visit(s)
		}
	case *Attribute:
		expr(n.X)
	case *Call:
		expr(n.Fn)
		args(n.Args)
	case *Subscript:
		expr(n.X)
		expr(n.Index...)
	case *Slice:
		expr(n.Parts...)
	case *Str:
		expr(n.Parts...)
	case *Seq:
		expr(n.Elems...)
	case *Dict:
		for _, it := range n.Items {
			expr(it.Key, it.Value)
		}
	case *Comp:
		expr(n.Elt, n.Value)
		for _, c := range n.Clauses {
			expr(c.Target, c.Iter, c.Test)
		}
	case *Lambda:
		params(n.Params)
		expr(n.Body)
	case *Binary:
		expr(n.L, n.R)
	case *Unary:
		expr(n.X)
	case *Compare:
		expr(n.Operands...)
	case *Cond:
		expr(n.Then, n.Test, n.Else)
	case *Starred:
		expr(n.X)
	case *Walrus:
		visit(n.Target)
		expr(n.Value)
	case *Other:
		expr(n.Elems...)
	case *ExprStmt:
		expr(n.X)
	case *Assign:
		expr(n.Targets...)
		expr(n.Annotation, n.Value)
	case *AugAssign:
		expr(n.Target, n.Value)
	case *FuncDef:
		expr(n.Decorators...)
		params(n.Params)
		expr(n.Returns)
		block(n.Body)
	case *ClassDef:
		expr(n.Decorators...)
		args(n.Bases)
		block(n.Body)
	case *If:
		expr(n.Test)
		block(n.Body, n.Else)
	case *For:
		expr(n.Target, n.Iter)
		block(n.Body, n.Else)
	case *While:
		expr(n.Test)
		block(n.Body, n.Else)
	case *With:
		for _, it := range n.Items {
			expr(it.X, it.Target)
		}
		block(n.Body)
	case *Try:
		block(n.Body)
		for _, h := range n.Handlers {
			expr(h.Type, h.Target)
			block(h.Body)
		}
		block(n.Else, n.Finally)
	case *Return:
		expr(n.X)
	case *Raise:
		expr(n.Elems...)
	case *Assert:
		expr(n.Test, n.Msg)
	case *Delete:
		expr(n.Targets...)
	case *Match:
		expr(n.Subject)
		for _, c := range n.Cases {
			expr(c.Elems...)
			expr(c.Guard)
			block(c.Body)
		}
	case *OldStmt:
		expr(n.Elems...)
	case *BadStmt:
		expr(n.Elems...)
	}
}

// Walk calls visit for n and, where that returns true, for everything below it, in source order.
func Walk(n Node, visit func(Node) bool) {
	if !visit(n) {
		return
	}
	Children(n, func(c Node) { Walk(c, visit) })
}
