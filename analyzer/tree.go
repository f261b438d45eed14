package analyzer

import (
	"context"
	"fmt"
	"sync"

	sitter "github.com/smacker/go-tree-sitter"
	"github.com/smacker/go-tree-sitter/python"
)

// node is a node of the tree that tree-sitter makes of a source, brought over from C with all the others at once. The nodes of a tree lie
// one behind the other as a walk meets them, each in front of those below it.
type node struct {
	tree *tree
	at   int32 // its own index
	record
}

// record is what is taken over of a node. C fills it in, in an array: the order and the sizes are known there (tree_bulk.go).
type record struct {
	start, end uint32 // in bytes
	next       uint32 // the index of the first node that is not below it
	symbol     uint16 // of its kind, in the grammar
	field      uint16 // that it is in its parent; 0 for none
	flags      uint32
}

const (
	isNamed   = 1 << iota // and not a token alone
	isMissing             // put in by tree-sitter to go on
	hasError              // it is an error, or has one below it
)

// errorSymbol is the symbol of an ERROR node (ts_builtin_sym_error, tree_sitter/parser.h).
const errorSymbol = 0xffff

// tree is a whole tree; the root is its first node.
type tree struct {
	nodes   []node
	records []record // room for them on their way from C
}

// trees are those that were released.
var trees = sync.Pool{New: func() any { return new(tree) }}

// maxKeptNodes bounds how large a tree is kept to be used again.
const maxKeptNodes = 1 << 18

// release gives a tree back that is not used any more.
func (t *tree) release() {
	if cap(t.nodes) <= maxKeptNodes {
		trees.Put(t)
	}
}

// parseTree makes the tree of a source. The error is for a cancelled context. Each source has a parser of its own: what cancels one may come late, and
// would meet the next source of the same parser. The tree is to be released.
func parseTree(ctx context.Context, path string, src []byte) (*tree, error) {
	p := sitter.NewParser()
	defer p.Close()
	p.SetLanguage(python.GetLanguage())
	made, err := p.ParseCtx(ctx, nil, src)
	if err != nil {
		return nil, fmt.Errorf("parse %s: %w", path, err)
	}
	defer made.Close()
	t := trees.Get().(*tree)
	t.records = takeOver(made.RootNode(), t.records)
	if cap(t.nodes) < len(t.records) {
		t.nodes = make([]node, len(t.records))
	}
	t.nodes = t.nodes[:len(t.records)]
	for i, r := range t.records {
		t.nodes[i] = node{t, int32(i), r}
	}
	return t, nil
}

func (t *tree) root() *node { return &t.nodes[0] }

// grammarNames are the names of the grammar's kinds and fields, by their numbers.
type grammarNames struct{ kinds, fields []string }

var grammar = sync.OnceValue(func() grammarNames {
	lang := python.GetLanguage()
	var g grammarNames
	for i := range lang.SymbolCount() {
		g.kinds = append(g.kinds, lang.SymbolName(sitter.Symbol(i)))
	}
	g.fields = []string{""}
	for name := lang.FieldName(1); name != ""; name = lang.FieldName(len(g.fields)) {
		g.fields = append(g.fields, name)
	}
	return g
})

// kind is the name that the grammar has for such nodes.
func (n *node) kind() string {
	if n.symbol == errorSymbol {
		return "ERROR"
	}
	return grammar().kinds[n.symbol]
}

func (n *node) span() Span { return Span{int(n.start), int(n.end)} }

func (n *node) is(flag uint32) bool { return n.flags&flag != 0 }

// errorBelow tells whether a child has an error or is missing.
func (n *node) errorBelow() bool {
	for c := n.firstChild(); c != nil; c = n.nextChild(c) {
		if c.is(hasError) || c.is(isMissing) || c.symbol == errorSymbol {
			return true
		}
	}
	return false
}

// firstChild is nil for a node without any.
func (n *node) firstChild() *node {
	if n.at+1 == int32(n.next) {
		return nil
	}
	return &n.tree.nodes[n.at+1]
}

// nextChild is the child of n behind c, nil for the last.
func (n *node) nextChild(c *node) *node {
	if c.next == n.next {
		return nil
	}
	return &n.tree.nodes[c.next]
}

// children are all children, tokens and comments too.
func (n *node) children() []*node {
	var out []*node
	for c := n.firstChild(); c != nil; c = n.nextChild(c) {
		out = append(out, c)
	}
	return out
}

// lastButOne is the child before the last, nil for a node with fewer than two.
func (n *node) lastButOne() *node {
	var last, before *node
	for c := n.firstChild(); c != nil; c = n.nextChild(c) {
		last, before = c, last
	}
	return before
}

// named are the named children without comments.
func (n *node) named() []*node {
	count := 0
	for c := n.firstChild(); c != nil; c = n.nextChild(c) {
		if c.isPart() {
			count++
		}
	}
	if count == 0 {
		return nil
	}
	out := make([]*node, 0, count)
	for c := n.firstChild(); c != nil; c = n.nextChild(c) {
		if c.isPart() {
			out = append(out, c)
		}
	}
	return out
}

// isPart tells whether a node is named and no comment, which may stand anywhere.
func (n *node) isPart() bool {
	if !n.is(isNamed) {
		return false
	}
	kind := n.kind()
	return kind != "comment" && kind != "line_continuation"
}

// child is the first child of a kind, or nil.
func (n *node) child(kind string) *node {
	for c := n.firstChild(); c != nil; c = n.nextChild(c) {
		if c.is(isNamed) && c.kind() == kind {
			return c
		}
	}
	return nil
}

// part is the child that a field names, nil where there is none. A comment or a token in the field's place is no answer (it happens to the body of a
// function that starts with a comment).
func (n *node) part(field string) *node {
	for c := n.firstChild(); c != nil; c = n.nextChild(c) {
		if c.field != 0 && grammar().fields[c.field] == field && c.isPart() {
			return c
		}
	}
	return nil
}

// token is the child that a field names, whatever it is.
func (n *node) token(field string) *node {
	for c := n.firstChild(); c != nil; c = n.nextChild(c) {
		if c.field != 0 && grammar().fields[c.field] == field {
			return c
		}
	}
	return nil
}
