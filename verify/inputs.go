package verify

import "fmt"

// compareFeeds is about what the graphs say of the tensors that requests feed. TensorFlow Serving does not look there, and clients that run the
// model in a session of their own do: they may leave out a tensor that has a default, and cannot feed one that has another shape.
func compareFeeds(old, new *program, o, n *Signature) (changes []Change) {
	add := func(name string, breaking bool, format string, args ...any) {
		changes = append(changes, Change{"input", name, breaking, fmt.Sprintf(format, args...)})
	}
	for _, was := range o.Inputs {
		is := find(n.Inputs, was.Name)
		if is == nil || len(was.Tensors) != 1 || len(is.Tensors) != 1 {
			continue
		}
		a, b := old.fedNode(was.Tensors[0]), new.fedNode(is.Tensors[0])
		if takes := placeholderShape(b); !takes.accepts(was.Shape) && placeholderShape(a).accepts(was.Shape) {
			add(was.Name, true, "input %q accepted shape %v, and the placeholder of the new graph accepts only %v", was.Name, was.Shape, takes)
		}
		switch before, after := old.unfed(a), new.unfed(b); {
		case before == nil && after == nil:
		case after == nil:
			add(was.Name, false, "input %q could be left out in a session, and cannot any more", was.Name)
		case before == nil:
			add(was.Name, false, "input %q can be left out in a session", was.Name)
		case !sameDefault(before, after):
			add(was.Name, true, "input %q has another value where a session leaves it out", was.Name)
		}
	}
	return changes
}

// fedNode is the node of the main graph that a tensor belongs to, or nil.
func (p *program) fedNode(tensor string) *nodeDef {
	name, _, _ := tensorRef(tensor)
	return p.nodes[name]
}

// placeholderShape is what a placeholder can be fed; everything for other nodes. Before TensorFlow 1.0 no shape was written as that of a scalar.
func placeholderShape(n *nodeDef) Shape {
	shape := n.GetAttr()["shape"].GetShape()
	switch n.GetOp() {
	case "Placeholder":
		if len(shape.GetDim()) > 0 {
			return shapeOf(shape)
		}
	case "PlaceholderWithDefault":
		if shape != nil {
			return shapeOf(shape)
		}
	}
	return Shape{}
}

// unfed is what a placeholder is if it is not fed: its input, as a node; nil where it has to be fed.
func (p *program) unfed(n *nodeDef) *nodeDef {
	if n.GetOp() != "PlaceholderWithDefault" {
		return nil
	}
	for range maxDepth {
		if len(n.GetInput()) == 0 {
			return n
		}
		next := p.fedNode(n.GetInput()[0])
		if next == nil {
			return n
		}
		if n = next; n.GetOp() == "Const" {
			return n
		}
	}
	return n
}

// sameDefault compares two constants; what is no constant has no value that could be compared, and is taken for the same if the ops are.
func sameDefault(a, b *nodeDef) bool {
	x, y := constantOf(a), constantOf(b)
	if x == nil || y == nil {
		return x == nil && y == nil && a.GetOp() == b.GetOp()
	}
	return tensorDigest(x) == tensorDigest(y)
}

func constantOf(n *nodeDef) *Tensor {
	if n.GetOp() != "Const" {
		return nil
	}
	p := n.GetAttr()["value"].GetTensor()
	if size, ok := elements(shapeOf(p.GetTensorShape()).Dims); !ok || size > maxConstSize {
		return nil
	}
	t, err := TensorOf(p)
	if err != nil {
		return nil
	}
	return t
}
