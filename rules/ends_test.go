package rules

import (
	"slices"
	"testing"

	"github.com/tfmigrate/tfmigrate/rules/symbols"
)

// TestEnds holds that what is sought is found by every name that TensorFlow has for it.
func TestEnds(t *testing.T) {
	ends := map[string][]string{}
	for s := range symbols.All() {
		ends[s.Canonical] = append(ends[s.Canonical], lastOf(s.Name))
	}
	for path := range symbols.Paths() {
		s, _ := symbols.FromPython(path)
		ends[s.Canonical] = append(ends[s.Canonical], lastOf(path))
	}
	for _, name := range sought {
		for _, end := range ends[name] {
			if !slices.Contains(endsOf(name), end) {
				t.Errorf("%s is called %s as well", name, end)
			}
		}
	}
	for name := range otherEnds {
		if !isSought[name] {
			t.Errorf("%s is not sought", name)
		}
	}
	for name := range kerasExports {
		if !slices.Contains(kerasExportEnds, lastOf(name)) {
			t.Errorf("%s does not end in one of %v", name, kerasExportEnds)
		}
	}
}
