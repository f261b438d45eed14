package verify

import (
	"testing"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/attr_value_go_proto"
)

// TestAnonymousVariables holds that variables which TensorFlow makes anew at every execution are never taken for one another.
func TestAnonymousVariables(t *testing.T) {
	handle := func(name string) *op {
		return &op{name: "v", kind: "VarHandleOp", attrs: attrMap{
			"shared_name": {Value: &attr_value_go_proto.AttrValue_S{S: []byte(name)}},
		}}
	}
	// context.anonymous_name() of tensorflow/python/eager/context.py
	for _, name := range []string{"", "cd2c89b7-88b7-44c8-ad83-06c2a9158347"} {
		if key, err := resourceKey(handle(name)); err == nil {
			t.Errorf("a variable named %q is found by %s", name, key)
		}
	}
	a, errA := resourceKey(handle("a"))
	b, errB := resourceKey(handle("b"))
	if errA != nil || errB != nil || a == b {
		t.Errorf("named variables: %s %v, %s %v", a, errA, b, errB)
	}
}
