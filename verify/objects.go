package verify

import (
	"slices"
	"strings"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/attr_value_go_proto"
	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
	pb "github.com/galeone/tensorflow/tensorflow/go/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"
)

// ObjectSummary is what TensorFlow 2 saved beside the graph: Python's objects, their variables and functions, by the path of attributes
// that leads to them from the root (tensorflow/core/protobuf/saved_object_graph.proto).
type ObjectSummary struct {
	Count     int               `json:"count"` // of all objects
	Variables []ObjectVariable  `json:"variables"`
	Functions []ObjectFunction  `json:"functions"`
	Others    map[string]string `json:"others"` // tables, assets, constants and user objects: path to kind
}

// ObjectVariable is a variable of the object graph.
type ObjectVariable struct {
	Path      string `json:"path"`
	Name      string `json:"name"` // what Python calls it
	DType     string `json:"dtype"`
	Shape     string `json:"shape"`
	Trainable bool   `json:"trainable"`
	Key       string `json:"checkpoint_key,omitempty"`
}

// ObjectFunction is a function of the graph's library that can be called from Python.
type ObjectFunction struct {
	Name   string          `json:"name"`
	Paths  []string        `json:"paths"` // signatures.serving_default, __call__
	Inputs []FunctionInput `json:"inputs"`
}

// FunctionInput is an input of a function: an argument, or what it captured, which is fed by the loader.
type FunctionInput struct {
	Name     string `json:"name"`
	DType    string `json:"dtype"`
	Shape    string `json:"shape,omitempty"`
	Captures string `json:"captures,omitempty"` // the path of the object behind it; empty for an argument
}

// summariseObjects describes the object graph; nil where there is none. keys has the checkpoint's own object graph.
func summariseObjects(g *MetaGraph, checkpoint *pb.TrackableObjectGraph) *ObjectSummary {
	graph := g.Def.GetObjectGraphDef()
	nodes := graph.GetNodes()
	if len(nodes) == 0 {
		return nil
	}
	s := &ObjectSummary{Count: len(nodes), Variables: []ObjectVariable{}, Functions: []ObjectFunction{}, Others: map[string]string{}}
	paths := objectPaths(nodes)
	keys := checkpointKeys(nodes, checkpoint)
	at := map[string][]string{} // where a concrete function hangs
	for i, n := range nodes {
		switch {
		case n.GetVariable() != nil:
			v := n.GetVariable()
			s.Variables = append(s.Variables, ObjectVariable{paths[i], v.GetName(), DTypeName(v.GetDtype()), shapeOf(v.GetShape()).String(), v.GetTrainable(), keys[i]})
		case n.GetFunction() != nil:
			for _, f := range n.GetFunction().GetConcreteFunctions() {
				at[f] = append(at[f], paths[i])
			}
		case n.GetBareConcreteFunction() != nil:
			f := n.GetBareConcreteFunction().GetConcreteFunctionName()
			at[f] = append(at[f], paths[i])
		default:
			if kind := objectKind(n); kind != "" && paths[i] != "" {
				s.Others[paths[i]] = kind
			}
		}
	}
	library := map[string]*funcDef{}
	for _, f := range g.Def.GetGraphDef().GetLibrary().GetFunction() {
		library[f.GetSignature().GetName()] = f
	}
	for _, name := range sortedKeys(graph.GetConcreteFunctions()) {
		f := ObjectFunction{Name: name, Paths: at[name], Inputs: []FunctionInput{}}
		bound := graph.GetConcreteFunctions()[name].GetBoundInputs()
		args := library[name].GetSignature().GetInputArg()
		for i, arg := range args {
			in := FunctionInput{Name: arg.GetName(), DType: DTypeName(arg.GetType())}
			attrs := library[name].GetArgAttr()[uint32(i)].GetAttr()
			if user := attrs["_user_specified_name"].GetS(); len(user) > 0 {
				in.Name = string(user)
			}
			if arg.GetType() != types.DataType_DT_RESOURCE {
				in.Shape = firstShape(attrs)
			}
			if b := i - (len(args) - len(bound)); b >= 0 {
				in.Captures = "an object that is not there"
				if id := int(bound[b]); id >= 0 && id < len(paths) {
					in.Captures = captured(nodes[id], paths[id])
				}
			}
			f.Inputs = append(f.Inputs, in)
		}
		s.Functions = append(s.Functions, f)
	}
	slices.SortFunc(s.Variables, func(a, b ObjectVariable) int { return strings.Compare(a.Path, b.Path) })
	return s
}

func firstShape(attrs attrMap) string {
	for _, v := range attrs["_output_shapes"].GetList().GetShape() {
		return shapeOf(v).String()
	}
	if v, ok := attrs["_output_shapes"].GetValue().(*attr_value_go_proto.AttrValue_Shape); ok {
		return shapeOf(v.Shape).String()
	}
	return ""
}

// captured names what a function holds on to; a variable that no attribute leads to has its own name.
func captured(n *pb.SavedObject, path string) string {
	if v := n.GetVariable(); v != nil {
		if path == "" {
			path = v.GetName()
		}
		return "variable " + path
	}
	return strings.TrimSpace(objectKind(n) + " " + path)
}

func objectKind(n *pb.SavedObject) string {
	switch {
	case n.GetAsset() != nil:
		return "asset"
	case n.GetConstant() != nil:
		return "constant"
	case n.GetResource() != nil:
		return "resource"
	case n.GetCapturedTensor() != nil:
		return "captured tensor"
	case n.GetUserObject() != nil:
		return n.GetUserObject().GetIdentifier()
	}
	return ""
}

// objectPaths gives every object the shortest path of names that leads to it from the root, by breadth; "" for the root, and for an
// object that is only referred to by number.
func objectPaths(nodes []*pb.SavedObject) []string {
	paths := make([]string, len(nodes))
	seen := make([]bool, len(nodes))
	seen[0] = true
	for work := []int{0}; len(work) > 0; work = work[1:] {
		at := work[0]
		for _, c := range nodes[at].GetChildren() {
			id := int(c.GetNodeId())
			if id < 0 || id >= len(nodes) || seen[id] {
				continue
			}
			seen[id] = true
			paths[id] = strings.TrimPrefix(paths[at]+"."+c.GetLocalName(), ".")
			work = append(work, id)
		}
	}
	return paths
}

// checkpointKeys finds the key of every variable in the checkpoint, whose object graph numbers objects in its own way: the two graphs
// are walked side by side, by the names of the edges.
func checkpointKeys(nodes []*pb.SavedObject, checkpoint *pb.TrackableObjectGraph) []string {
	keys := make([]string, len(nodes))
	there := checkpoint.GetNodes()
	if len(there) == 0 {
		return keys
	}
	seen := make([]bool, len(nodes))
	seen[0] = true
	for work := [][2]int{{0, 0}}; len(work) > 0; work = work[1:] {
		at, twin := work[0][0], there[work[0][1]]
		for _, a := range twin.GetAttributes() {
			if a.GetName() == "VARIABLE_VALUE" {
				keys[at] = a.GetCheckpointKey()
			}
		}
		twins := map[string]int{}
		for _, c := range twin.GetChildren() {
			twins[c.GetLocalName()] = int(c.GetNodeId())
		}
		for _, c := range nodes[at].GetChildren() {
			id := int(c.GetNodeId())
			twin, ok := twins[c.GetLocalName()]
			if !ok || id < 0 || id >= len(nodes) || seen[id] || twin < 0 || twin >= len(there) {
				continue
			}
			seen[id] = true
			work = append(work, [2]int{id, twin})
		}
	}
	return keys
}

// objectGraphKey is the entry of a checkpoint that holds its object graph.
const objectGraphKey = "_CHECKPOINTABLE_OBJECT_GRAPH"

// objectGraph reads the checkpoint's object graph; nil where TensorFlow 1 wrote the checkpoint.
func (b *Bundle) objectGraph() (*pb.TrackableObjectGraph, error) {
	if !b.Has(objectGraphKey) {
		return nil, nil
	}
	t, err := b.Tensor(objectGraphKey)
	if err != nil {
		return nil, err
	}
	graph := new(pb.TrackableObjectGraph)
	if len(t.Strings) != 1 {
		return nil, nil
	}
	return graph, proto.Unmarshal([]byte(t.Strings[0]), graph)
}
