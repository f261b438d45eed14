package verify

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Options say what to compare and how. The zero value compares everything, and runs nothing.
type Options struct {
	Runtime Runtime // nil: nothing is run
	// NewRuntime runs the new model where that is another TensorFlow than the old one's; nil for Runtime. Then nothing is proved: the same
	// graph may give other bits there.
	NewRuntime Runtime
	Seed       uint64
	Samples    int           // inputs to try for each signature, at least; 100 when 0
	Tolerance  Tolerance     // the zero value asks for equal bits
	TagSet     []string      // only the meta graph with these tags
	Signature  string        // only this signature key
	NoProof    bool          // only test
	AllowOps   []string      // ops to run though they are not on the list
	Requests   []Request     // inputs to try besides those that are made up
	Timeout    time.Duration // of one call; 30 s when 0
	Budget     time.Duration // for the inputs of one signature; a minute when 0
}

// setDefaults fills in what the user left open.
func (opt *Options) setDefaults() {
	if opt.Timeout == 0 {
		opt.Timeout = 30 * time.Second
	}
	if opt.Samples == 0 {
		opt.Samples = 100
	}
	if opt.Budget == 0 {
		opt.Budget = time.Minute
	}
}

// MissingError is a tag set or a signature that a model lacks.
type MissingError struct {
	Dir, What, Name string
	Has             []string
}

func (e *MissingError) Error() string {
	has := "none"
	if len(e.Has) > 0 {
		has = strings.Join(e.Has, "; ")
	}
	return fmt.Sprintf("%s: no %s %q; it has: %s", e.Dir, e.What, e.Name, has)
}

// Compare tells whether every signature of old is answered the same by new. An error means that one of the two could not be read, or
// that the context ended; everything else is in the report.
func Compare(ctx context.Context, old, new *SavedModel, opt Options) (*Report, error) {
	opt.setDefaults()
	twoRuntimes := opt.NewRuntime != nil
	if !twoRuntimes {
		opt.NewRuntime = opt.Runtime
	}
	c := &comparison{opt: opt, twoRuntimes: twoRuntimes, old: old, new: new, report: &Report{Old: old.Dir, New: new.Dir, Seed: opt.Seed, Tolerance: opt.Tolerance,
		Signatures: []SignatureReport{}, Changes: []Change{}, Notes: []string{}}}
	if err := c.check(); err != nil {
		return nil, err
	}
	if err := c.files(); err != nil {
		return nil, err
	}
	c.readWarmUps()
	for _, g := range old.MetaGraphs {
		if opt.TagSet != nil && !slices.Equal(g.Tags, slices.Sorted(slices.Values(opt.TagSet))) {
			continue
		}
		if err := c.metaGraph(ctx, g, new.Find(g.Tags)); err != nil {
			return nil, err
		}
	}
	if opt.TagSet == nil {
		for _, g := range new.MetaGraphs {
			if old.Find(g.Tags) == nil {
				c.change("tag set", tagSet(g.Tags), false, "the new model has one more tag set: %s", tagSet(g.Tags))
			}
		}
	}
	r := c.report
	var all []Verdict
	for _, s := range r.Signatures {
		all = append(all, s.Verdict)
	}
	r.Verdict = weakest(all)
	r.Detail = r.summary()
	if len(all) == 0 {
		r.Detail = "nothing was compared: the old model has no signature"
	}
	return r, nil
}

type comparison struct {
	opt      Options
	old, new *SavedModel
	report   *Report
	warmUps  []Request
	testers  map[string]*tester // of the meta graph at hand, by signature
	// The values that either model stores, and those of the checkpoints by their keys.
	contents             *contents
	oldStored, newStored map[string]digest
	// twoRuntimes: old and new run on different TensorFlows
	twoRuntimes bool
}

func (c *comparison) note(format string, args ...any) {
	c.report.Notes = append(c.report.Notes, fmt.Sprintf(format, args...))
}

// change notes a difference that belongs to no one signature.
func (c *comparison) change(part, name string, breaking bool, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	c.report.Changes = append(c.report.Changes, Change{part, name, breaking, text})
	c.report.Notes = append(c.report.Notes, text)
}

// check finds that what the user asked for is there, in either model.
func (c *comparison) check() error {
	for _, m := range []*SavedModel{c.old, c.new} {
		graphs := m.MetaGraphs
		if c.opt.TagSet != nil {
			g := m.Find(c.opt.TagSet)
			if g == nil {
				return &MissingError{m.Dir, "tag set", strings.Join(c.opt.TagSet, ","), m.TagSets()}
			}
			graphs = []*MetaGraph{g}
		}
		if c.opt.Signature == "" {
			continue
		}
		var has []string
		for _, g := range graphs {
			has = append(has, g.Keys()...)
		}
		if !slices.Contains(has, c.opt.Signature) {
			slices.Sort(has)
			return &MissingError{m.Dir, "signature", c.opt.Signature, slices.Compact(has)}
		}
	}
	return c.fits()
}

// fits finds that every request of the user's is one for some signature of the old model.
func (c *comparison) fits() error {
	for _, r := range c.opt.Requests {
		var why []string
		fits := false
		for _, g := range c.old.MetaGraphs {
			if c.opt.TagSet != nil && g != c.old.Find(c.opt.TagSet) {
				continue
			}
			for _, s := range g.Signatures {
				if c.opt.Signature != "" && s.Key != c.opt.Signature {
					continue
				}
				_, err := r.sample(s)
				if fits = fits || err == nil; err != nil {
					why = append(why, fmt.Sprintf("signature %q: %v", s.Key, err))
				}
			}
		}
		if !fits {
			return fmt.Errorf("%s: fits no signature of %s: %s", r.Note, c.old.Dir, strings.Join(why, "; "))
		}
	}
	return nil
}

// readWarmUps reads the warm-up requests of both models. They are not part of what a model answers: what cannot be read is a note.
func (c *comparison) readWarmUps() {
	old, skipped, err := c.old.warmUp()
	if err != nil {
		c.note("warm-up requests: %v", err)
	}
	new, more, err := c.new.warmUp()
	if err != nil {
		c.note("warm-up requests: %v", err)
	}
	if skipped+more > 0 {
		c.note("%s not tried: more than %d, or for more than one signature", plural(skipped+more, "warm-up request was", "warm-up requests were"), maxRequests)
	}
	if len(old) > 0 && len(new) == 0 {
		c.note("only the old model has warm-up requests (%s)", filepath.ToSlash(warmUpFile))
	}
	seen := map[string]bool{}
	for _, r := range slices.Concat(old, new) {
		key := fmt.Sprint(r.Signature)
		for _, name := range sortedKeys(r.values) {
			if t, ok := r.values[name].(*Tensor); ok {
				key += fmt.Sprintf(" %q %d %v %q %q", name, t.DType, t.Dims, t.Data, t.Strings)
			}
		}
		if !seen[key] {
			seen[key] = true
			c.warmUps = append(c.warmUps, r)
		}
	}
}

// files reads every variable and every asset of both models, so that a corrupt one is found whether or not a signature needs it, and
// notes where the contents differ. Names do not count: a migration changes them.
func (c *comparison) files() error {
	c.contents = newContents()
	var err error
	var oldVars, newVars map[[32]byte]string
	if c.oldStored, oldVars, err = c.contents.variables(c.old); err != nil {
		return err
	}
	if c.newStored, newVars, err = c.contents.variables(c.new); err != nil {
		return err
	}
	if err := c.contents.verify(); err != nil {
		return err
	}
	c.compareSets("variable", oldVars, newVars)
	oldAssets, err := assetDigests(c.old)
	if err != nil {
		return err
	}
	newAssets, err := assetDigests(c.new)
	if err != nil {
		return err
	}
	c.compareSets("asset", oldAssets, newAssets)
	return nil
}

// compareSets notes the contents that only one side has.
func (c *comparison) compareSets(what string, old, new map[[32]byte]string) {
	for _, side := range []struct {
		who  string
		a, b map[[32]byte]string
	}{{"old", old, new}, {"new", new, old}} {
		var only []string
		for sum, name := range side.a {
			if _, ok := side.b[sum]; !ok {
				only = append(only, name)
			}
		}
		slices.Sort(only)
		only = firstOf(only, 5)
		if len(only) > 0 {
			c.change(what, strings.Join(only, ", "), false, "only the %s model has a %s with the content of %s", side.who, what, strings.Join(only, ", "))
		}
	}
}

// bookkeeping are variables that a migration adds or drops without touching a signature.
func bookkeeping(key string) bool {
	return strings.HasPrefix(key, "save_counter/") || key == "global_step"
}

// variables reads a checkpoint: the digests of its entries by their keys, and for people the names of those that are variables. Slices of
// a partitioned variable have entries of their own.
func (c *contents) variables(m *SavedModel) (stored map[string]digest, names map[[32]byte]string, err error) {
	stored, names = map[string]digest{}, map[[32]byte]string{}
	prefix := m.MetaGraphs[0].VariablesPrefix()
	if prefix == "" {
		return stored, names, nil
	}
	b, err := OpenBundle(prefix)
	if err != nil {
		return nil, nil, err
	}
	for _, key := range b.Keys() {
		if b.Partitioned(key) {
			continue
		}
		if stored[key], err = c.entry(b, key); err != nil {
			return nil, nil, err
		}
	}
	for _, key := range b.variableKeys() {
		if sum, ok := stored[key]; ok && !bookkeeping(key) {
			d, shape, _ := b.Info(key)
			names[sum] = fmt.Sprintf("%q %s%v", strings.TrimSuffix(key, "/.ATTRIBUTES/VARIABLE_VALUE"), DTypeName(d), shape)
		}
	}
	return stored, names, nil
}

// maxAsset bounds an asset.
const maxAsset = 1 << 30

func assetDigests(m *SavedModel) (map[[32]byte]string, error) {
	sums := map[[32]byte]string{}
	for _, g := range m.MetaGraphs {
		for _, a := range g.Assets {
			path := filepath.Join(m.Dir, filepath.FromSlash(a.File))
			h := sha256.New()
			n, err := copyFile(h, path, maxAsset)
			if err != nil {
				return nil, err
			}
			sums[[32]byte(h.Sum(nil))] = fmt.Sprintf("%s (%s)", a.File, plural(int(n), "byte", "bytes"))
		}
	}
	return sums, nil
}

// program is a meta graph of either model, with what is known of the values that it stores.
func (c *comparison) program(g *MetaGraph) *program {
	p := newProgram(g)
	p.contents, p.stored = c.contents, c.oldStored
	if slices.Contains(c.new.MetaGraphs, g) {
		p.stored = c.newStored
	}
	return p
}

// side is one of the two meta graphs under comparison.
type side struct {
	who   string
	prog  *program
	sess  *session
	err   error               // why it cannot be run
	turn  map[string][]*turn  // what its signatures compare
	watch map[string][]*watch // what they have and those of the other model have not
}

func (c *comparison) side(who string, rt Runtime, prog *program, pairs []*pairing, new bool) *side {
	s := &side{who: who, prog: prog, turn: map[string][]*turn{}, watch: map[string][]*watch{}}
	if rt == nil {
		s.err = errors.New("nothing was run: no runtime was given")
		return s
	}
	var sigs []*Signature
	for _, p := range pairs {
		sigs = append(sigs, p.signature(new))
	}
	exec, err := s.prog.execution(sigs)
	if err == nil {
		err = s.prog.checkLoad(c.opt.AllowOps)
	}
	if err != nil {
		s.err = fmt.Errorf("the %s model: %w", who, err)
		return s
	}
	for i, p := range pairs {
		if sig := p.signature(new); !p.proved && len(texts(p.changes, true)) == 0 {
			s.turn[sig.Key], s.watch[sig.Key] = prog.addTurns(exec, sig, i, p.ways(new))
		}
	}
	s.sess = &session{rt: rt, prog: s.prog, exec: exec, timeout: c.opt.Timeout}
	return s
}

// metaGraph compares the signatures of two meta graphs with the same tags; new is nil where there is none.
func (c *comparison) metaGraph(ctx context.Context, old, new *MetaGraph) error {
	if new == nil {
		text := fmt.Sprintf("the tag set %s is missing; the new model has: %s", tagSet(old.Tags), strings.Join(c.new.TagSets(), "; "))
		c.report.Signatures = append(c.report.Signatures, SignatureReport{TagSet: old.Tags, Verdict: Different, Detail: text,
			Changes: []Change{{"tag set", tagSet(old.Tags), true, text}}})
		return nil
	}
	c.loading(old, new)
	var pairs []*pairing
	for _, o := range old.Signatures {
		if c.opt.Signature != "" && o.Key != c.opt.Signature {
			continue
		}
		n := new.Signature(o.Key)
		if n == nil {
			text := fmt.Sprintf("signature %q is missing; the new model has: %s", o.Key, strings.Join(new.Keys(), ", "))
			c.report.Signatures = append(c.report.Signatures, SignatureReport{TagSet: old.Tags, Key: o.Key, Verdict: Different, Detail: text,
				Changes: []Change{{"signature", o.Key, true, text}}, Old: summariseSignature(o)})
			continue
		}
		pairs = append(pairs, &pairing{old: o, new: n, changes: compareSignatures(o, n)})
	}
	if c.opt.Signature == "" {
		c.extra(old, new)
	}
	oldProg, newProg := c.program(old), c.program(new)
	pr := newProver(oldProg, newProg)
	for _, p := range pairs {
		c.prove(pr, p)
	}
	a, b := c.side("old", c.opt.Runtime, oldProg, pairs, false), c.side("new", c.opt.NewRuntime, newProg, pairs, true)
	defer a.sess.close()
	defer b.sess.close()
	c.testers = map[string]*tester{}
	for _, p := range pairs {
		r := SignatureReport{TagSet: old.Tags, Key: p.old.Key, Changes: []Change{}, Old: summariseSignature(p.old), New: summariseSignature(p.new)}
		if err := c.signature(ctx, a, b, pr, p, &r); err != nil {
			return err
		}
		c.report.Signatures = append(c.report.Signatures, r)
	}
	return c.inTurn(ctx, a, b, c.report.Signatures[len(c.report.Signatures)-len(pairs):])
}

// pairing is one signature of both models, and what was found out without running them.
type pairing struct {
	old, new     *Signature
	changes      []Change
	proved       bool
	noProof      string
	unlike       *unlike         // nil where the signature is proved
	inOld, inNew map[string]bool // branches that the other model has just so
}

func (p *pairing) signature(new bool) *Signature {
	if new {
		return p.new
	}
	return p.old
}

// ways tell what of one model has to be seen at work.
type ways struct {
	matched map[string]bool // branches that the other model has just so
	unlike  map[int]bool    // ops that it lacks
	above   map[int]bool    // ops that those take their inputs from: which of them a model joins makes the difference
	foreign map[int]bool    // of those, ops that look up what it does not store, or convert as none of its does
}

func (p *pairing) ways(new bool) ways {
	w := ways{matched: p.inOld, unlike: map[int]bool{}, above: map[int]bool{}, foreign: map[int]bool{}}
	if new {
		w.matched = p.inNew
	}
	if p.unlike == nil {
		return w
	}
	part := p.unlike.old
	if new {
		part = p.unlike.new
	}
	for _, o := range part.ops {
		if part.needed[o] {
			w.unlike[o.id] = true
			w.foreign[o.id] = p.unlike.foreign(o, new)
			for _, in := range o.in {
				w.above[part.c.plain(in).op.id] = true
			}
		}
	}
	return w
}

// prove tries a proof, and looks for what the signatures have different where there is none.
func (c *comparison) prove(pr *prover, p *pairing) {
	p.changes = append(p.changes, compareFeeds(pr.old, pr.new, p.old, p.new)...)
	if len(texts(p.changes, true)) > 0 {
		return
	}
	switch {
	case c.twoRuntimes:
		p.noProof = "the models run on two TensorFlows, which may compute the same graph differently"
	case !c.opt.NoProof:
		err := pr.prove(p.old, p.new)
		if p.proved = err == nil; p.proved {
			return
		}
		p.noProof = proofFailure(err)
	}
	if c.opt.Runtime != nil {
		p.inOld, p.inNew = pr.matchedBranches(p.old, p.new)
		p.unlike = pr.unlike(p.old, p.new)
	}
}

// rounds is how often all signatures of a model that keeps state are asked, one after the other.
const rounds = 3

// inTurn asks the signatures one after the other where one of them changes state, which another may read.
func (c *comparison) inTurn(ctx context.Context, a, b *side, reports []SignatureReport) error {
	writes := false
	for _, t := range c.testers {
		writes = writes || t.writes
	}
	if !writes || len(c.testers) < 2 {
		return nil
	}
	a.sess.close()
	b.sess.close()
	for round := range rounds {
		for i := range reports {
			if round == 1 {
				i = len(reports) - 1 - i
			}
			r := &reports[i]
			t := c.testers[r.Key]
			if t == nil || t.works.Values == nil || r.Verdict != Tested && r.Verdict != Proved {
				continue
			}
			x, y, errX, errY := t.askBoth(ctx, c.opt.Timeout, t.works)
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case errX != nil || errY != nil:
				if (errX == nil) != (errY == nil) {
					r.Verdict, r.Detail = Unknown, "one of the models failed when the signatures were asked in turn: "+oneLine(errors.Join(errX, errY).Error())
				}
				continue
			}
			if at, why := t.compare(x, y); at >= 0 {
				r.Verdict = Different
				r.Detail = fmt.Sprintf("output %q differs after requests to other signatures: %s", t.oldSig.Outputs[at].Name, why)
			}
		}
	}
	return nil
}

// loading notes what is different about bringing two meta graphs into a session. Whether a client notices is the signatures' to tell.
func (c *comparison) loading(old, new *MetaGraph) {
	was, _ := initOp(old.Def)
	is, from := initOp(new.Def)
	switch {
	case was != "" && is == "":
		c.change("init op", was, false, "[%s] the old model runs an init op when it is loaded, %s, and the new one none", tagSet(old.Tags), was)
	case was == "" && is != "" && len(new.initialises()) > 0:
		c.change("init op", is, false, "[%s] the new model runs an init op when it is loaded, %s (%s), and the old one none", tagSet(old.Tags), is, from)
	}
	if old.VariablesPrefix() != "" && new.VariablesPrefix() == "" {
		c.change("variables", "", false, "only the old model has variables; those of the new one are constants, or lost")
	}
	var had, has []string
	for _, a := range old.Assets {
		had = append(had, a.File)
	}
	for _, a := range new.Assets {
		has = append(has, a.File)
	}
	slices.Sort(had)
	slices.Sort(has)
	if had, has = slices.Compact(had), slices.Compact(has); !slices.Equal(had, has) {
		c.change("asset", "", false, "[%s] the files of the assets are %s, were %s", tagSet(old.Tags), listed(has), listed(had))
	}
}

// initialises are the nodes that the init op waits for: TensorFlow 2 writes one that has nothing to do.
func (g *MetaGraph) initialises() []string {
	op, _ := initOp(g.Def)
	for _, n := range g.Def.GetGraphDef().GetNode() {
		if n.GetName() == op {
			if n.GetOp() != "NoOp" {
				return []string{op}
			}
			return n.GetInput()
		}
	}
	return nil
}

func listed(all []string) string {
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, ", ")
}

// extra reports signatures that only the new model has. Keras' export adds "serve", another name for the default signature.
func (c *comparison) extra(old, new *MetaGraph) {
	for _, n := range new.Signatures {
		if old.Signature(n.Key) != nil {
			continue
		}
		if main := new.Signature("serving_default"); n.Key == "serve" && main != nil {
			if len(texts(compareSignatures(main, n), true)) == 0 {
				c.change("signature", n.Key, false, "the new model has one more signature, %q, as Keras' export adds it", n.Key)
				continue
			}
		}
		text := fmt.Sprintf("signature %q is only in the new model", n.Key)
		c.report.Signatures = append(c.report.Signatures, SignatureReport{TagSet: new.Tags, Key: n.Key, Verdict: Different, Detail: text,
			Changes: []Change{{"signature", n.Key, true, text}}, New: summariseSignature(n)})
	}
}

// signature compares one signature: what it declares, then what it computes, by proof if there is one and by running it otherwise.
func (c *comparison) signature(ctx context.Context, a, b *side, pr *prover, p *pairing, r *SignatureReport) error {
	r.Changes = append(r.Changes, p.changes...)
	r.Notes = texts(r.Changes, false)
	if breaks := texts(r.Changes, true); len(breaks) > 0 {
		r.Verdict, r.Detail = Different, strings.Join(breaks, "; ")
		return nil
	}
	for _, s := range []*Signature{p.old, p.new} {
		if why := fetchable(s); why != "" {
			r.Detail = why
			return nil
		}
	}
	r.NoProof = p.noProof
	err := c.test(ctx, a, b, pr, p, r)
	if r.Verdict == Different && strings.HasPrefix(r.NoProof, "the new model: ") && strings.HasSuffix(r.NoProof, notInitialised) {
		r.Notes = append(r.Notes, r.NoProof+": no op that loading runs restores it, as TensorFlow Serving would need; a model of Keras 3 that tf.saved_model.save wrote is like that, and what model.export writes is not")
	}
	if p.proved && err == nil {
		c.confirm(r)
	}
	return err
}

// confirm joins a proof with what a few runs said. Runs that say nothing leave the proof as it is; a difference refutes it, whatever
// was taken for granted. A proof is one of models that TensorFlow loads.
func (c *comparison) confirm(r *SignatureReport) {
	if r.unloadable {
		r.Notes = append(r.Notes, "the graphs are the same, of models that do not load")
		return
	}
	switch r.Verdict {
	case Different:
		r.Notes = append(r.Notes, "the graphs were proved equal, and yet a run differs: please report this")
		return
	case Tested:
		r.Detail = "equal for every input: the graphs, constants, variables and assets are the same; confirmed on " + plural(r.Inputs, "input", "inputs")
	default:
		r.Notes = append(r.Notes, "not confirmed by a run: "+r.Detail)
		r.Detail = "equal for every input: the graphs, constants, variables and assets are the same"
	}
	r.Verdict = Proved
}

// confirmSamples is how many inputs a proved signature is run on.
const confirmSamples = 10

// test runs both models and fills in the result.
func (c *comparison) test(ctx context.Context, a, b *side, pr *prover, p *pairing, r *SignatureReport) error {
	old, new := p.old, p.new
	before, err := a.prog.checkSignature(old, c.opt.AllowOps)
	var after *reach
	if err == nil {
		after, err = b.prog.checkSignature(new, c.opt.AllowOps)
	}
	if err == nil {
		err = errors.Join(a.err, b.err)
	}
	if err != nil {
		r.Detail = strings.ReplaceAll(err.Error(), "\n", "; ")
		return nil
	}
	graph, err := a.prog.flatten(old)
	if err != nil {
		r.Notes = append(r.Notes, "the inputs were made without the graph's help: "+err.Error())
	}
	t := &tester{old: a.sess, new: b.sess, oldSig: old, newSig: new, opt: c.opt, result: r,
		random: a.prog.usesChance(old, before) || b.prog.usesChance(new, after), writes: changesState(before.ops) || changesState(after.ops),
		oldTurns: a.turn[old.Key], newTurns: b.turn[new.Key], oldWatches: a.watch[old.Key], newWatches: b.watch[new.Key]}
	if p.proved {
		t.most = confirmSamples
	}
	if t.random {
		t.alike = pr.sameButChance(old, new)
	}
	if !p.proved && c.opt.Tolerance == (Tolerance{}) {
		t.twin = cmp.Or(pr.twin(old, new), p.unlike.doubt())
		if t.writes {
			t.twin = cmp.Or(t.twin, p.unlike.changes())
		}
	}
	c.testers[old.Key] = t
	for _, request := range slices.Concat(c.opt.Requests, c.warmUps) {
		if s, err := request.sample(old); err == nil {
			t.requests = append(t.requests, s)
		}
	}
	h := a.prog.readHints(old, graph)
	if decodesImages(before.ops) || decodesImages(after.ops) {
		h.words = append(h.words, images()...)
	}
	if after, err := b.prog.flatten(new); err == nil && !p.proved {
		h.add(b.prog.readHints(new, after))
		h.sizes = p.unlike.sizes()
		h.backwards()
	}
	if err := t.run(ctx, h); err != nil {
		return err
	}
	if err := t.survey(ctx, h); err != nil {
		return err
	}
	if r, ok := c.opt.Runtime.(interface{ Unconfined() string }); ok && r.Unconfined() != "" && !slices.Contains(c.report.Notes, r.Unconfined()) {
		c.note("%s", r.Unconfined())
	}
	c.report.Runtime = c.opt.Runtime.Name()
	if c.twoRuntimes && c.report.Runtime != "" && c.opt.NewRuntime.Name() != "" {
		c.report.Runtime = fmt.Sprintf("%s (old), %s (new)", c.opt.Runtime.Name(), c.opt.NewRuntime.Name())
	}
	return nil
}
