package cli

import (
	"slices"
	"testing"
)

func TestPairExports(t *testing.T) {
	pair := func(old, new string) exportPair { return exportPair{old, new} }
	tests := []struct {
		name     string
		old, new []string
		want     []exportPair
	}{
		{"nothing", nil, nil, nil},
		{"the same names", []string{"a", "b/1"}, []string{"a", "b/1"}, []exportPair{pair("a", "a"), pair("b/1", "b/1")}},
		{"named by the time", []string{"m/1700000001", "m/1700000005"}, []string{"m/1700000101", "m/1700000105"},
			[]exportPair{pair("m/1700000001", "m/1700000101"), pair("m/1700000005", "m/1700000105")}},
		{"one of them twice", []string{"m/1", "m/1700000005"}, []string{"m/1", "m/1700000105"},
			[]exportPair{pair("m/1", "m/1"), pair("m/1700000005", "m/1700000105")}},
		{"not as many", []string{"m/10"}, []string{"m/20", "m/30"}, []exportPair{pair("m/10", ""), pair("", "m/20"), pair("", "m/30")}},
		{"other places", []string{"m/10"}, []string{"n/10"}, []exportPair{pair("m/10", ""), pair("", "n/10")}},
		{"other names", []string{"a"}, []string{"b"}, []exportPair{pair("a", ""), pair("", "b")}},
	}
	for _, tt := range tests {
		if got := pairExports(tt.old, tt.new); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
