package verify

import (
	"slices"
	"testing"

	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
)

// bytesOf is a tensor of the numbers from 0 on.
func bytesOf(dims ...int64) *Tensor {
	t := &Tensor{DType: types.DataType_DT_UINT8, Dims: dims}
	n, _ := elements(dims)
	for i := range n {
		t.Data = append(t.Data, byte(i))
	}
	return t
}

func TestMove(t *testing.T) {
	if got := transpose(bytesOf(2, 3), []int64{1, 0}); !slices.Equal(got.Data, []byte{0, 3, 1, 4, 2, 5}) || !slices.Equal(got.Dims, []int64{3, 2}) {
		t.Errorf("transposed: %v %v", got.Dims, got.Data)
	}
	if got := transpose(bytesOf(2, 1, 3), []int64{2, 0, -2}); !slices.Equal(got.Data, []byte{0, 3, 1, 4, 2, 5}) || !slices.Equal(got.Dims, []int64{3, 2, 1}) {
		t.Errorf("three dimensions: %v %v", got.Dims, got.Data)
	}
	if got := concat([]*Tensor{bytesOf(1, 2), bytesOf(1, 1)}, -1); !slices.Equal(got.Data, []byte{0, 1, 0}) || !slices.Equal(got.Dims, []int64{1, 3}) {
		t.Errorf("columns: %v %v", got.Dims, got.Data)
	}
	if got := concat([]*Tensor{bytesOf(2, 2), bytesOf(1, 2)}, 0); !slices.Equal(got.Data, []byte{0, 1, 2, 3, 0, 1}) {
		t.Errorf("rows: %v", got.Data)
	}
	for _, bad := range []*Tensor{transpose(bytesOf(2, 3), []int64{0, 0}), transpose(bytesOf(2, 3), []int64{0}), concat([]*Tensor{bytesOf(2, 2), bytesOf(1, 3)}, 0),
		concat([]*Tensor{bytesOf(2), bytesOf(2, 1)}, 0), concat([]*Tensor{bytesOf(2)}, 1), concat(nil, 0)} {
		if bad != nil {
			t.Errorf("made %v of what TensorFlow refuses", bad.Dims)
		}
	}
}

func TestMatching(t *testing.T) {
	for pattern, want := range map[string]string{"inv-[0-9]{6}": "inv-000000", "^(a|b)+$": "a", "x.?y": "xy", "[": "", "[^\\n]*z": "z"} {
		got := matching(pattern)
		if want == "" && len(got) != 0 || want != "" && !slices.Contains(got, want) {
			t.Errorf("%s: %q", pattern, got)
		}
	}
}
