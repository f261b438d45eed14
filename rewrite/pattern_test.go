package rewrite

import "testing"

// TestPatterns holds that the patterns which are compiled late are regular expressions.
func TestPatterns(t *testing.T) {
	for _, p := range []pattern{sameKeras, sameBeside, constantInitializers, randomAPI, statelessAPI, statefulAPI, graphFreeAPI, wrappedAPI, unwrappable, loopAPI} {
		if p.MatchString("\x00") {
			t.Errorf("%v takes everything", p.compiled())
		}
	}
}
