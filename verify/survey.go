package verify

import (
	"context"
	"time"
)

// measure adds up how far two answers are apart.
func (t *tester) measure(s Sample, a, b []*Tensor) {
	if t.result.Errors == nil {
		t.result.Errors = newErrors()
	}
	i := 0
	for _, out := range t.oldSig.Outputs {
		for range out.Tensors {
			t.result.Errors.add(out.Name, s.Note, a[i], b[i])
			i++
		}
	}
}

// Once a difference is known, so many more inputs are tried to see how large differences are, if that takes no longer.
const (
	surveyed   = 40
	surveyTime = 10 * time.Second
)

// survey tells how far apart the answers are, once they are known to differ: one input shows only one of the differences. It changes
// nothing about the verdict.
func (t *tester) survey(ctx context.Context, h *hints) error {
	r := t.result
	if r.Errors == nil {
		return nil
	}
	if r.Errors.Equal == r.Errors.Numbers && t.opt.Tolerance == (Tolerance{}) {
		r.Errors = nil
		return nil
	}
	if r.Verdict != Different || t.random || t.writes {
		return nil
	}
	end := time.Now().Add(surveyTime)
	g := newGenerator(t.oldSig, h, t.opt.Seed)
	layouts := g.layouts()
	for i := 0; i < surveyed && time.Now().Before(end); i++ {
		s, ok := g.sample(layouts[i/2%min(len(layouts), wantLayouts)], []valueKind{kindBenign, kindRamp}[i%2], "")
		if !ok {
			continue
		}
		a, b, errA, errB := t.askBoth(ctx, min(t.opt.Timeout, quick), s)
		if err := ctx.Err(); err != nil {
			return err
		}
		if errA == nil && errB == nil {
			t.measure(s, a, b)
		}
	}
	return nil
}
