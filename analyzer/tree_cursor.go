package analyzer

import (
	"slices"

	sitter "github.com/smacker/go-tree-sitter"
)

// takeOverSlowly is takeOver by what the package offers, node by node, for systems on which a linker can't leave the rest for later.
func takeOverSlowly(root *sitter.Node) []record {
	fields := grammar().fields
	var out []record
	var above []int
	c := sitter.NewTreeCursor(root)
	defer c.Close()
	for {
		n := c.CurrentNode()
		r := record{start: n.StartByte(), end: n.EndByte(), symbol: uint16(n.Symbol()), next: uint32(len(out) + 1)}
		r.field = uint16(max(slices.Index(fields, c.CurrentFieldName()), 0))
		for flag, is := range map[uint32]bool{isNamed: n.IsNamed(), isMissing: n.IsMissing(), hasError: n.HasError()} {
			if is {
				r.flags |= flag
			}
		}
		out = append(out, r)
		if c.GoToFirstChild() {
			above = append(above, len(out)-1)
			continue
		}
		for len(above) > 0 && !c.GoToNextSibling() {
			c.GoToParent()
			out[above[len(above)-1]].next = uint32(len(out))
			above = above[:len(above)-1]
		}
		if len(above) == 0 {
			return out
		}
	}
}
