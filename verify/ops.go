package verify

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/attr_value_go_proto"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/op_def_go_proto"
	"google.golang.org/protobuf/proto"
)

// opClass says what running an op may do; opdefs.py gives every class its meaning. The zero value is an op that is refused.
type opClass uint8

const (
	opRefused opClass = iota
	opPure
	opCall
	opState
	opRandom
	opLoad
)

var opClasses = map[string]opClass{"pure": opPure, "call": opCall, "state": opState, "random": opRandom, "load": opLoad}

//go:embed ops.txt
var opsText string

//go:embed opdefs.pb
var opDefsData []byte

// opInfo is what is known of one op.
type opInfo struct {
	class opClass
	def   *op_def_go_proto.OpDef
}

// opTable is read once, when the first model is looked at. Its two files are made by opdefs.py and held by a test.
var opTable = sync.OnceValue(func() map[string]opInfo {
	list := new(op_def_go_proto.OpList)
	if err := proto.Unmarshal(opDefsData, list); err != nil {
		panic(fmt.Sprintf("opdefs.pb: %v", err))
	}
	table := map[string]opInfo{}
	for _, def := range list.GetOp() {
		table[def.GetName()] = opInfo{def: def}
	}
	for line := range strings.Lines(opsText) {
		name, class, _ := strings.Cut(strings.TrimSpace(line), "\t")
		table[name] = opInfo{class: opClasses[class], def: table[name].def}
	}
	return table
})

// outputStart is the index of the first value of a named output of a node, and how many values that output has.
func outputStart(def *op_def_go_proto.OpDef, attrs map[string]*attr_value_go_proto.AttrValue, name string) (start, count int, ok bool) {
	for _, arg := range def.GetOutputArg() {
		n := argLen(def, arg, attrs)
		if arg.GetName() == name {
			return start, n, true
		}
		start += n
	}
	return 0, 0, false
}

// argLen is the number of values that one declared argument stands for.
func argLen(def *op_def_go_proto.OpDef, arg *op_def_go_proto.OpDef_ArgDef, attrs map[string]*attr_value_go_proto.AttrValue) int {
	switch {
	case arg.GetNumberAttr() != "":
		return int(attrOf(def, attrs, arg.GetNumberAttr()).GetI())
	case arg.GetTypeListAttr() != "":
		return len(attrOf(def, attrs, arg.GetTypeListAttr()).GetList().GetType())
	}
	return 1
}

// attrOf is a node's attribute, or the op's default for it.
func attrOf(def *op_def_go_proto.OpDef, attrs map[string]*attr_value_go_proto.AttrValue, name string) *attr_value_go_proto.AttrValue {
	if v := attrs[name]; v != nil {
		return v
	}
	for _, a := range def.GetAttr() {
		if a.GetName() == name {
			return a.GetDefaultValue()
		}
	}
	return nil
}
