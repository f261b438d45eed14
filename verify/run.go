package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/graph_go_proto"
)

// Runtime runs graphs. Package tfrt has the one that uses TensorFlow; tests have others.
type Runtime interface {
	// Load makes a session of a graph with SessionConfig. It is not initialised: the caller runs the restore and init steps.
	Load(ctx context.Context, graph *graph_go_proto.GraphDef) (Model, error)
	// Name says what runs the graphs, for reports: "TensorFlow 2.15.1".
	Name() string
}

// Model is a loaded graph. Its errors are a *StatusError, a *CrashError, or the context's; any other means that the runtime itself
// failed. After a *CrashError, or when a context ended, the model is gone.
type Model interface {
	Run(ctx context.Context, step Step) ([]*Tensor, error)
	Close() error
}

// StatusError is TensorFlow's refusal of one call, the model being none the worse.
type StatusError struct {
	Code    int // tensorflow.error.Code (tsl/protobuf/error_codes.proto)
	Message string
}

func (e *StatusError) Error() string { return e.Message }

// resourceExhausted is the code for want of memory, which depends on the machine and not on the model.
const resourceExhausted = 8

// CrashError is the end of the process that ran the model.
type CrashError struct {
	Why    string // how it ended: "signal: aborted"
	Stderr string // the line of what it said that tells why
	Killed bool   // by the system, as for want of memory
}

func (e *CrashError) Error() string {
	if e.Stderr == "" {
		return "the runtime ended: " + e.Why
	}
	return fmt.Sprintf("the runtime ended: %s: %s", e.Why, e.Stderr)
}

// errTimeout is a call that took longer than the user allows.
var errTimeout = errors.New("no answer in time")

// ErrNoRuntime is returned by a Runtime that cannot run anything, wrapped in the sentence that says why and what to do.
var ErrNoRuntime = errors.New("no TensorFlow 2 to run models with")

// session is one meta graph in a runtime, loaded when first needed and again after a crash.
type session struct {
	rt      Runtime
	prog    *program
	exec    *execution
	model   Model
	timeout time.Duration
	loadErr error // a load that failed for a reason that will not go away
}

// loadPatience is how much longer than one call loading may take: it reads variables and starts TensorFlow.
const loadPatience = 10

func (s *session) run(ctx context.Context, limit time.Duration, step Step) ([]*Tensor, error) {
	if err := s.load(ctx); err != nil {
		return nil, err
	}
	return s.call(ctx, limit, step)
}

// call runs one step and gives up the model when it crashed or was too slow.
func (s *session) call(ctx context.Context, limit time.Duration, step Step) ([]*Tensor, error) {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	out, err := s.model.Run(limited, step)
	var status *StatusError
	if err == nil || errors.As(err, &status) {
		return out, err
	}
	s.close()
	if ctx.Err() == nil && limited.Err() != nil {
		return nil, fmt.Errorf("%w (%v)", errTimeout, limit)
	}
	return nil, err
}

// loadError is a model that a runtime does not load.
type loadError struct{ err error }

func (e *loadError) Error() string { return "does not load: " + e.err.Error() }
func (e *loadError) Unwrap() error { return e.err }

func (s *session) load(ctx context.Context) error {
	if s.model != nil || s.loadErr != nil {
		return s.loadErr
	}
	limit := s.timeout * loadPatience
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	m, err := s.rt.Load(limited, s.exec.withTurns())
	if err != nil && len(s.exec.turns) > 0 && limited.Err() == nil {
		s.exec.turns = nil
		m, err = s.rt.Load(limited, s.exec.graph)
	}
	if err != nil {
		m, err = s.loadLean(limited, err)
	}
	if err != nil {
		if ctx.Err() == nil && limited.Err() != nil {
			err = fmt.Errorf("%w (%v)", errTimeout, limit)
		}
		s.loadErr = &loadError{err}
		return s.loadErr
	}
	s.model = m
	for _, step := range s.exec.steps {
		if _, err := s.call(ctx, limit, step); err != nil {
			s.close()
			s.loadErr = &loadError{err}
			return s.loadErr
		}
	}
	return nil
}

func (s *session) close() {
	if s != nil && s.model != nil {
		s.model.Close()
		s.model = nil
	}
}

// tester compares one signature by running it.
type tester struct {
	old, new       *session
	oldSig, newSig *Signature
	opt            Options
	random, writes bool     // either signature reaches random ops, or ops that change state
	twin           string   // what one model has that is almost what the other has
	alike          bool     // if random, both compute the same of the same random numbers
	requests       []Sample // tried first, whatever the limits
	tested, failed int
	answered       bool // some answer was more than nothing
	firstFailure   string
	doubt          string // why the result is not to be trusted, though nothing differed
	slow           int
	oldTurns       []*turn // what the models compare
	newTurns       []*turn
	oldWatches     []*watch // what one model has and the other has not
	newWatches     []*watch
	works          Sample             // the first that both answered
	most           int                // stop after so many inputs; 0 for no limit
	skip           map[valueKind]bool // kinds that both sides could not cope with in time
	result         *SignatureReport
}

const (
	maxSlow      = 3               // inputs that crash or do not end before the extreme ones are left out; twice that, and the signature is given up
	maxLayouts   = 48              // input shapes that are tried
	wantLayouts  = 3               // of those that work, how many are tested with every kind of value
	quick        = 2 * time.Second // for extreme inputs, unless one side alone needs more
	alwaysRepeat = 5               // inputs that are always run twice on either side
)

// maxSingles bounds the inputs that are given a batch of their own, and maxLeft the features that are left out one by one.
const (
	maxSingles = 8
	maxLeft    = 100
)

// run makes the inputs and fills in the result.
func (t *tester) run(ctx context.Context, h *hints) error {
	for _, s := range t.requests {
		if done, err := t.trySample(ctx, s, kindRequest); done || err != nil {
			return err
		}
	}
	t.result.Requests = t.tested
	if t.most > 0 {
		t.most += t.tested
	}
	g := newGenerator(t.oldSig, h, t.opt.Seed)
	end := time.Now().Add(t.opt.Budget)
	var works []layout
	layouts := g.layouts()
	for i, l := range layouts[:min(len(layouts), maxLayouts)] {
		if t.enough() {
			break
		}
		before := t.tested
		for _, k := range []valueKind{kindBenign, kindZero} {
			if done, err := t.try(ctx, g, l, k, ""); done || err != nil {
				return err
			}
			if t.tested > before {
				break
			}
		}
		if t.tested > before {
			works = append(works, l)
		}
		if len(works) >= wantLayouts && i >= 12 {
			break
		}
	}
	if len(works) == 0 {
		works = layouts[:1]
	}
	works = works[:min(len(works), wantLayouts)]
	var plan []func() (bool, error)
	add := func(l layout, k valueKind, only string) {
		plan = append(plan, func() (bool, error) { return t.try(ctx, g, l, k, only) })
	}
	for i, l := range works {
		for _, b := range g.batches() {
			with := l
			with.batch = b
			add(with, kindBenign, "")
			add(with, kindRamp, "")
		}
		for _, k := range kinds {
			add(l, k, "")
			if len(t.oldSig.Inputs) > 1 && i == 0 {
				for _, in := range t.oldSig.Inputs {
					add(l, k, in.Name)
				}
			}
		}
	}
	for _, skew := range g.skews() {
		for _, inner := range []int64{3, 1, 6} {
			with := works[0]
			with.inner, with.skew, with.hinted = inner, skew, false
			add(with, kindBenign, "")
			add(with, kindRamp, "")
		}
	}
	// Inputs of unlike batches: what is broadcast, and what is not.
	if len(t.oldSig.Inputs) > 1 && g.batches() != nil {
		for _, in := range t.oldSig.Inputs[:min(len(t.oldSig.Inputs), maxSingles)] {
			with := works[0]
			with.batch, with.single = 3, in.Name
			add(with, kindBenign, "")
		}
	}
	for _, name := range sortedKeys(h.inputs) {
		in := h.inputs[name]
		if in.example == nil {
			continue
		}
		with := works[0]
		with.batch = 1
		for range min(len(in.example.features)+1, maxLeft) {
			add(with, kindLeave, "")
		}
		for range g.sizes(maxInner) {
			add(with, kindLength, "")
		}
	}
	// What only one of the models counts to.
	if g.open() {
		for _, n := range g.sizes(maxInner) {
			with := works[0]
			with.batch, with.inner, with.hinted = 1, n, false
			add(with, kindBenign, "")
		}
	}
	if g.text() {
		with := works[0]
		for range max(len(oddStrings), len(oddNumbers)) / int(max(with.batch, 1)) {
			add(with, kindOdd, "")
		}
		with.batch = 1
		for range len(g.sizes(maxLength)) + 1 {
			add(with, kindLength, "")
		}
	}
	// Every id of a table, every line of a vocabulary, every constant of the graph.
	span := int64(len(h.words))
	for _, in := range h.inputs {
		span = max(span, in.limit)
	}
	walk := works[0]
	walk.batch = 1
	if g.batches() != nil {
		walk.batch = 33
	}
	for range min(span/max(walk.batch, 1), 200) {
		add(walk, kindRamp, "")
	}
	for range min(int64(h.turns())/max(walk.batch, 1), 100) {
		add(walk, kindConstant, "")
	}
	if g.batches() != nil {
		plan = append(plan, t.large(ctx, g, works[0])...)
	}
	for len(plan) < t.opt.Samples {
		l := works[g.rng.IntN(len(works))]
		if b := g.batches(); b != nil {
			l.batch = b[g.rng.IntN(len(b))]
		}
		add(l, kinds[g.rng.IntN(len(kinds))], "")
	}
	if t.most == 0 {
		if done, err := t.turnsOf(ctx, g, works[0], end); done || err != nil {
			return err
		}
	}
	for _, next := range plan {
		if t.enough() {
			break
		}
		if done, err := next(); done || err != nil {
			return err
		}
		if time.Now().After(end) && t.tested > 0 {
			t.result.Notes = append(t.result.Notes, fmt.Sprintf("stopped after %v, with %d of %d inputs tried", t.opt.Budget, t.tested+t.failed, len(plan)))
			break
		}
	}
	t.conclude()
	return nil
}

// large tries batches that grow, until one takes so long, or so much longer than the one before, that the next would take too long.
func (t *tester) large(ctx context.Context, g *generator, l layout) []func() (bool, error) {
	var plan []func() (bool, error)
	var before time.Duration
	stop := false
	for _, n := range []int64{500, 1001, 4099, 40009} {
		with := l
		with.batch = n
		plan = append(plan, func() (bool, error) {
			if stop {
				return false, nil
			}
			start := time.Now()
			done, err := t.try(ctx, g, with, kindBenign, "")
			took := time.Since(start)
			stop = took > 300*time.Millisecond || took > 20*time.Millisecond && before > 0 && took > 6*before
			before = took
			return done, err
		})
	}
	return plan
}

// enough tells that a few inputs were all that was wanted, and are done, or that they are not to be had.
func (t *tester) enough() bool {
	return t.most > 0 && (t.tested >= t.most || t.tested+t.failed >= 5*t.most)
}

func (t *tester) conclude() {
	r := t.result
	switch {
	case t.doubt != "":
		r.Verdict, r.Detail = Unknown, t.doubt
	case t.tested == 0:
		r.Verdict, r.Detail = Unknown, "no input that was tried ran on both: "+t.firstFailure
		if t.failed == 0 && t.firstFailure == "" {
			r.Detail = "no input of the shapes that the signature asks for could be made"
		}
	case t.most == 0 && !t.answered:
		r.Verdict, r.Detail = Unknown, "only inputs that have no answer but nothing ran on both: "+t.firstFailure
	case t.doubtful() != "":
		r.Verdict = Unknown
		r.Detail = fmt.Sprintf("%s; the %s that were answered alike do not settle it", t.doubtful(), plural(t.tested, "input", "inputs"))
	default:
		of := ""
		if r.Requests > 0 {
			of = fmt.Sprintf(", %d of them requests", r.Requests)
		}
		r.Verdict, r.Detail = Tested, fmt.Sprintf("%v on %s%s, seed %d", t.opt.Tolerance, plural(t.tested, "input", "inputs"), of, t.opt.Seed)
		if t.failed > 0 {
			r.Detail += fmt.Sprintf(" (%d more failed on both)", t.failed)
		}
	}
}

// doubtful tells why equal answers are not enough to call two models the same, or "".
func (t *tester) doubtful() string {
	switch old, new := uncovered(t.oldTurns), uncovered(t.newTurns); {
	case t.random && !t.alike:
		return "random ops are used, and the models do not compute the same of the same random numbers"
	case t.random: // only chance keeps them from a proof
		return ""
	case t.twin != "":
		return t.twin
	case t.most > 0: // proved
		return ""
	case old != "":
		return fmt.Sprintf("no input was found that takes both ways at the branch %s of the old model", old)
	case new != "":
		return fmt.Sprintf("no input was found that takes both ways at the branch %s of the new model", new)
	case t.opt.Tolerance != (Tolerance{}), t.writes:
		return ""
	}
	return cmp.Or(idle("old", t.oldWatches), idle("new", t.newWatches))
}

// extreme are the kinds that ask for the impossible when an input is a size or a number of steps.
var extreme = []valueKind{kindMax, kindInf, kindMin, kindNegInf, kindOdd, kindHuge, kindFull, kindMixed}

// try runs one made-up sample on both sides. done is true when the result stands.
func (t *tester) try(ctx context.Context, g *generator, l layout, k valueKind, only string) (done bool, err error) {
	if t.skip[k] {
		return false, nil
	}
	s, ok := g.sample(l, k, only)
	if !ok {
		return false, nil
	}
	return t.trySample(ctx, s, k)
}

// trySample runs one sample on both sides.
func (t *tester) trySample(ctx context.Context, s Sample, k valueKind) (done bool, err error) {
	defer func() { t.result.Inputs, t.result.Failed = t.tested, t.failed }()
	limit := t.opt.Timeout
	if slices.Contains(extreme, k) {
		limit = min(limit, quick)
	}
	a, b, errA, errB := t.askBoth(ctx, limit, s)
	if limit < t.opt.Timeout && errors.Is(errA, errTimeout) != errors.Is(errB, errTimeout) {
		// One of the two may only be slow: it gets all its time before anything is said.
		a, b, errA, errB = t.askBoth(ctx, t.opt.Timeout, s)
	}
	if err := ctx.Err(); err != nil {
		return true, err
	}
	if why := unavailable(errA, errB); why != "" {
		t.result.Verdict, t.result.Detail = Unknown, why
		return true, nil
	}
	switch {
	case errA == nil && errB == nil:
		return t.judge(ctx, s, a, b)
	case errA != nil && errB != nil:
		t.failed++
		if t.firstFailure == "" {
			t.firstFailure = oneLine(errA.Error())
		}
		if isLoad(errA) || isLoad(errB) {
			t.result.Verdict, t.result.Detail = Unknown, "neither answers: the old model: "+oneLine(errA.Error())
			t.result.unloadable = isLoad(errA) && isLoad(errB) && !machine(errA) && !machine(errB)
			return true, nil
		}
		return t.tooSlow(k, errA, errB), nil
	}
	return t.oneFailed(ctx, s, k, errA, errB)
}

// oneFailed handles an input on which one side answers and the other does not.
func (t *tester) oneFailed(ctx context.Context, s Sample, k valueKind, errA, errB error) (bool, error) {
	side, who, sig, err := t.new, "new", t.newSig, errB
	if errA != nil {
		side, who, sig, err = t.old, "old", t.oldSig, errA
	}
	if machine(err) {
		t.doubt = fmt.Sprintf("the %s model failed where the other answered, for want of time or memory (%s; %s)", who, s.Note, oneLine(err.Error()))
		return t.tooSlow(k, err), nil
	}
	if isLoad(err) && who == "old" {
		t.result.Verdict, t.result.Detail = Unknown, "the old model "+oneLine(err.Error())
		return true, nil
	}
	if !isLoad(err) {
		if _, again := t.ask(ctx, t.opt.Timeout, side, sig, s); again == nil {
			t.doubt = fmt.Sprintf("the %s model failed once and then answered the same request", who)
			t.conclude()
			return true, ctx.Err()
		}
	}
	if ctx.Err() != nil {
		return true, ctx.Err()
	}
	if !isLoad(err) {
		s = t.shrink(ctx, s, func(_, _ []*Tensor, errA, errB error) bool {
			failed, other := errB, errA
			if who == "old" {
				failed, other = errA, errB
			}
			if failed == nil || other != nil || machine(failed) {
				return false
			}
			err = failed
			return true
		})
	}
	c := t.counterexample(s)
	c.Old, c.New = "an answer", "an answer"
	if who == "old" {
		c.Old = oneLine(err.Error())
	} else {
		c.New = oneLine(err.Error())
	}
	t.result.Verdict, t.result.Counterexample = Different, c
	t.result.Detail = fmt.Sprintf("the %s model fails where the other answers: %s", who, oneLine(err.Error()))
	return true, nil
}

// tooSlow counts the inputs that cost a time limit or a process. The kind of input is not tried again, after some of them no extreme
// kind is, and after more the signature is given up.
func (t *tester) tooSlow(k valueKind, errs ...error) bool {
	var crash *CrashError
	if !slices.ContainsFunc(errs, func(err error) bool { return errors.Is(err, errTimeout) || errors.As(err, &crash) }) {
		return false
	}
	if t.skip == nil {
		t.skip = map[valueKind]bool{}
	}
	t.slow++
	t.skip[k] = true
	if t.slow == maxSlow {
		for _, e := range extreme {
			t.skip[e] = true
		}
		t.result.Notes = append(t.result.Notes, "extreme values were left out after some that crashed or did not end: "+oneLine(errs[0].Error()))
	}
	if t.slow < 2*maxSlow {
		return false
	}
	if t.doubt == "" {
		t.doubt = fmt.Sprintf("given up after %d inputs that crashed or did not end; the last: %s", t.slow, oneLine(errs[0].Error()))
	}
	t.conclude()
	return true
}

// judge compares two answers, and asks twice where chance or state could have a hand in them.
func (t *tester) judge(ctx context.Context, s Sample, a, b []*Tensor) (bool, error) {
	at, where := t.compare(a, b)
	if at >= 0 || t.random || t.writes || t.tested < alwaysRepeat {
		a2, b2, errA, errB := t.askBoth(ctx, t.opt.Timeout, s)
		if err := ctx.Err(); err != nil {
			return true, err
		}
		if errA != nil || errB != nil {
			t.doubt = "a model answered a request once and then failed on the same"
			t.conclude()
			return true, nil
		}
		if i, why := difference2(a, a2); i >= 0 {
			if !t.writes || t.random {
				t.doubt = fmt.Sprintf("the old model answers the same request differently (output %q: %s): it is random or keeps state", t.oldSig.Outputs[i].Name, why)
				t.conclude()
				return true, nil
			}
			// It keeps state: both sides were stepped alike, so answers in the same place are to be the same.
			if j, why := t.compare(a2, b2); at < 0 && j >= 0 {
				at, where, a, b = j, why+", at the second of two equal requests", a2, b2
			}
		} else if j, why := t.compare(a2, b2); at < 0 && j >= 0 {
			at, where, a, b = j, why+", at the second of two equal requests", a2, b2
		}
	}
	t.measure(s, a, b)
	t.tested++
	t.answered = t.answered || slices.ContainsFunc(a, func(out *Tensor) bool { return out.Len() > 0 })
	if at < 0 {
		if t.works.Values == nil {
			t.works = s
		}
		return false, t.observe(ctx, s)
	}
	s = t.shrink(ctx, s, func(x, y []*Tensor, errA, errB error) bool {
		if errA != nil || errB != nil {
			return false
		}
		i, why := t.compare(x, y)
		if i >= 0 {
			a, b, at, where = x, y, i, why
		}
		return i >= 0
	})
	c := t.counterexample(s)
	c.Output = t.oldSig.Outputs[at].Name
	c.Old, c.New, c.Where = a[at].String(), b[at].String(), where
	t.result.Verdict, t.result.Counterexample = Different, c
	t.result.Detail = fmt.Sprintf("output %q differs: %s", c.Output, where)
	return true, nil
}

// shrink makes a sample smaller while what both answer still shows the difference. Of models that keep state or are random no second
// answer says anything about the first.
func (t *tester) shrink(ctx context.Context, s Sample, shows func(a, b []*Tensor, errA, errB error) bool) Sample {
	if t.random || t.writes {
		return s
	}
	return shrink(ctx, t.oldSig, s, func(smaller Sample) bool {
		return shows(t.askBoth(ctx, min(t.opt.Timeout, quick), smaller))
	})
}

func (t *tester) compare(a, b []*Tensor) (int, string) {
	for i := range a {
		if at, why := difference(a[i], b[i], t.opt.Tolerance); at >= 0 {
			return i, fmt.Sprintf("element %d: %s", at, why)
		}
	}
	return -1, ""
}

func difference2(a, b []*Tensor) (int, string) {
	for i := range a {
		if at, why := difference(a[i], b[i], Tolerance{}); at >= 0 {
			return i, why
		}
	}
	return -1, ""
}

// askBoth asks both at the same time: each has a process and a thread of its own.
func (t *tester) askBoth(ctx context.Context, limit time.Duration, s Sample) (a, b []*Tensor, errA, errB error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		b, errB = t.ask(ctx, limit, t.new, t.newSig, s)
	}()
	a, errA = t.ask(ctx, limit, t.old, t.oldSig, s)
	<-done
	return a, b, errA, errB
}

// ask runs a request. The outputs come in the order of the old signature.
func (t *tester) ask(ctx context.Context, limit time.Duration, s *session, sig *Signature, sample Sample) ([]*Tensor, error) {
	step := Step{Feeds: sample.feeds(sig)}
	for _, out := range t.oldSig.Outputs {
		step.Fetches = append(step.Fetches, find(sig.Outputs, out.Name).Tensors...)
	}
	out, err := s.run(ctx, limit, step)
	if err != nil {
		return nil, err
	}
	if len(out) != len(step.Fetches) {
		return nil, fmt.Errorf("the runtime answered %d tensors of %d", len(out), len(step.Fetches))
	}
	return out, nil
}

func (t *tester) counterexample(s Sample) *Counterexample {
	c := &Counterexample{Note: s.Note, Inputs: map[string]string{}, signature: t.oldSig.Key, values: s.Values}
	for name, v := range s.Values {
		c.Inputs[name] = v.String()
	}
	return c
}

// machine tells whether an error may be the machine's and not the model's.
func machine(err error) bool {
	var crash *CrashError
	var status *StatusError
	return errors.Is(err, errTimeout) || errors.As(err, &crash) && crash.Killed ||
		errors.As(err, &status) && status.Code == resourceExhausted || errors.Is(err, context.DeadlineExceeded)
}

// unavailable is the reason why nothing can be run at all: no runtime, or one that failed by itself.
func unavailable(errs ...error) string {
	for _, err := range errs {
		var status *StatusError
		var crash *CrashError
		switch {
		case err == nil, errors.As(err, &crash), errors.Is(err, errTimeout):
		case errors.As(err, &status):
			if strings.Contains(status.Message, "Op type not registered") {
				return oneLine(status.Message)
			}
		case errors.Is(err, ErrNoRuntime):
			return strings.TrimPrefix(err.Error(), "does not load: ")
		default:
			return "the runtime failed: " + err.Error()
		}
	}
	return ""
}

func isLoad(err error) bool {
	var e *loadError
	return errors.As(err, &e)
}

// traced is what TensorFlow puts before a message, once for each call that leads to the op.
var traced = regexp.MustCompile(`^(\{\{function_node [^}]*\}\} ?)+`)

// oneLine shortens TensorFlow's messages, which come with stack traces.
func oneLine(s string) string {
	s, _, _ = strings.Cut(traced.ReplaceAllString(strings.TrimSpace(s), ""), "\n")
	if len(s) > 300 {
		s = s[:300] + "..."
	}
	return s
}

// writeOps change variables or other state when a request runs.
func changesState(ops map[string]string) bool {
	for op := range ops {
		for _, verb := range []string{"Assign", "Scatter", "CountUpTo", "Insert", "Import", "Push", "Write"} {
			if opTable()[op].class == opState && strings.Contains(op, verb) && !strings.HasPrefix(op, "TensorArray") {
				return true
			}
		}
	}
	return false
}

// usesChance tells whether a signature's answer may be random. The side of a branch that is never taken does not count.
func (p *program) usesChance(s *Signature, touched *reach) bool {
	f, err := p.flatten(s)
	if err != nil || !hasRandom(touched.ops) {
		return hasRandom(touched.ops)
	}
	f.choose()
	return slices.ContainsFunc(f.ops, func(o *op) bool { return hasRandom(p.reachableFrom(o)) })
}

func hasRandom(ops map[string]string) bool {
	for op := range ops {
		if opTable()[op].class == opRandom {
			return true
		}
	}
	return false
}

// fetchable tells why a signature cannot be run, or "".
func fetchable(s *Signature) string {
	if len(s.Outputs) == 0 {
		return "the signature has no outputs"
	}
	for _, p := range slices.Concat(s.Inputs, s.Outputs) {
		if p.Composite {
			return fmt.Sprintf("%q is a composite tensor, which cannot be fed or fetched yet", p.Name)
		}
		for _, t := range p.Tensors {
			if t == "" {
				return fmt.Sprintf("%q names no tensor", p.Name)
			}
		}
	}
	return ""
}
