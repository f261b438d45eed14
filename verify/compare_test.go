package verify

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/graph_go_proto"
	pb "github.com/galeone/tensorflow/tensorflow/go/core/protobuf/for_core_protos_go_proto"

	"github.com/tfmigrate/tfmigrate/internal/modeltest"
)

// answer is how a fake model answers the n-th request.
type answer func(n int, step Step) ([]*Tensor, error)

// fakeRuntime runs Go functions instead of graphs. A graph with functions is the new model: only TensorFlow 2 writes them.
type fakeRuntime struct{ old, new answer }

func (r fakeRuntime) Name() string { return "fake" }

func (r fakeRuntime) Load(_ context.Context, g *graph_go_proto.GraphDef) (Model, error) {
	if len(g.GetLibrary().GetFunction()) > 0 {
		return &fakeModel{answer: r.new}, nil
	}
	return &fakeModel{answer: r.old}, nil
}

type fakeModel struct {
	mu     sync.Mutex
	n      int
	answer answer
}

func (m *fakeModel) Close() error { return nil }

func (m *fakeModel) Run(ctx context.Context, step Step) ([]*Tensor, error) {
	if len(step.Fetches) == 0 { // restore and init
		return nil, nil
	}
	m.mu.Lock()
	m.n++
	n := m.n
	m.mu.Unlock()
	out, err := m.answer(n, step)
	if err == errTimeout { // a call that never ends
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return out, err
}

func same(_ int, step Step) ([]*Tensor, error) {
	v := step.Feeds[0].Value
	return []*Tensor{v, v}, nil
}

func refuse(int, Step) ([]*Tensor, error) {
	return nil, &StatusError{Code: 3, Message: "bad input"}
}

// on answers requests differently from when pick says so.
func on(pick func(n int, v *Tensor) bool, then, otherwise answer) answer {
	return func(n int, step Step) ([]*Tensor, error) {
		if pick(n, step.Feeds[0].Value) {
			return then(n, step)
		}
		return otherwise(n, step)
	}
}

func batch(size int64) func(int, *Tensor) bool {
	return func(_ int, v *Tensor) bool { return v.Dims[0] == size }
}

func TestVerdicts(t *testing.T) {
	zeros := func(_ int, step Step) ([]*Tensor, error) {
		v := *step.Feeds[0].Value
		v.Data = make([]byte, len(v.Data))
		return []*Tensor{&v, &v}, nil
	}
	counting := func(n int, step Step) ([]*Tensor, error) { return []*Tensor{ints(int64(n)), ints(int64(n))}, nil }
	crash := func(int, Step) ([]*Tensor, error) { return nil, &CrashError{Why: "signal: aborted"} }
	killed := func(int, Step) ([]*Tensor, error) { return nil, &CrashError{Why: "signal: killed", Killed: true} }
	exhausted := func(int, Step) ([]*Tensor, error) {
		return nil, &StatusError{Code: resourceExhausted, Message: "out of memory"}
	}
	hang := func(int, Step) ([]*Tensor, error) { return nil, errTimeout }
	broken := func(int, Step) ([]*Tensor, error) { return nil, errors.New("unexpected bytes") }
	tests := []struct {
		name     string
		old, new answer
		want     Verdict
		detail   string
	}{
		{"the same", same, same, Tested, "bit-equal on"},
		{"different", same, zeros, Different, `output "logits" differs`},
		{"only an empty batch differs in shape", same, on(batch(0), func(int, Step) ([]*Tensor, error) { return []*Tensor{ints(), ints()}, nil }, same), Different, "became"},
		{"only one batch size fails", same, on(batch(7), refuse, same), Different, "the new model fails where the other answers: bad input"},
		{"the old one fails where the new one answers", on(batch(7), refuse, same), same, Different, "the old model fails where"},
		{"some inputs fail on both", on(batch(7), refuse, same), on(batch(7), refuse, same), Tested, "more failed on both"},
		{"all inputs fail on both", refuse, refuse, Unknown, "no input that was tried ran on both: bad input"},
		{"the old one is random", counting, counting, Unknown, "answers the same request differently"},
		{"the new one is random", same, counting, Different, "differs"},
		{"crash of the new one", same, on(batch(7), crash, same), Different, "the runtime ended: signal: aborted"},
		{"killed by the system", same, on(batch(7), killed, same), Unknown, "for want of time or memory"},
		{"out of memory", same, on(batch(7), exhausted, same), Unknown, "for want of time or memory"},
		{"the new one hangs", same, on(batch(7), hang, same), Unknown, "no answer in time"},
		{"both hang always", hang, hang, Unknown, "given up"},
		{"fails once", same, on(func(n int, _ *Tensor) bool { return n == 20 }, refuse, same), Unknown, "failed once and then answered"},
		{"the runtime itself fails", broken, same, Unknown, "the runtime failed: unexpected bytes"},
	}
	old, new := read(t, modeltest.Dir(t, "softmax_v1")), read(t, modeltest.Dir(t, "softmax_v2"))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, err := Compare(context.Background(), old, new, Options{Runtime: fakeRuntime{test.old, test.new}, NoProof: true, Seed: 5, Samples: 60, Timeout: 20 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			s := r.Signatures[0]
			if r.Verdict != test.want || s.Verdict != test.want || !strings.Contains(s.Detail, test.detail) {
				t.Errorf("%v: %v %q, want %v %q", r.Verdict, s.Verdict, s.Detail, test.want, test.detail)
			}
			if (s.Verdict == Tested) != (s.Inputs >= 60) && s.Failed == 0 {
				t.Errorf("%v after %d inputs", s.Verdict, s.Inputs)
			}
			if (s.Verdict == Different) != (s.Counterexample != nil) {
				t.Errorf("%v with counterexample %v", s.Verdict, s.Counterexample)
			}
		})
	}
}

func TestWeakest(t *testing.T) {
	tests := []struct {
		parts []Verdict
		want  Verdict
	}{
		{nil, Unknown},
		{[]Verdict{Proved}, Proved},
		{[]Verdict{Proved, Tested}, Tested},
		{[]Verdict{Tested, Unknown, Proved}, Unknown},
		{[]Verdict{Unknown, Different, Proved}, Different},
	}
	for _, test := range tests {
		if got := weakest(test.parts); got != test.want {
			t.Errorf("%v: %v, want %v", test.parts, got, test.want)
		}
	}
	var zero Verdict
	if zero != Unknown || zero.Same() {
		t.Error("the zero verdict says something")
	}
}

// TestStatic changes one thing of what a model declares. Everything would run alike, and is not asked to.
func TestStatic(t *testing.T) {
	sig := func(m *pb.SavedModel) *pb.SignatureDef { return m.MetaGraphs[0].SignatureDef["serving_default"] }
	tests := []struct {
		name   string
		edit   func(*pb.SavedModel)
		want   Verdict
		detail string
	}{
		{"nothing", func(*pb.SavedModel) {}, Tested, "bit-equal"},
		{"key", func(m *pb.SavedModel) {
			m.MetaGraphs[0].SignatureDef["other"] = sig(m)
			delete(m.MetaGraphs[0].SignatureDef, "serving_default")
		}, Different, `signature "serving_default" is missing; the new model has: other`},
		{"one more key", func(m *pb.SavedModel) { m.MetaGraphs[0].SignatureDef["other"] = sig(m) }, Different, `signature "other" is only in the new model`},
		{"Keras' serve", func(m *pb.SavedModel) { m.MetaGraphs[0].SignatureDef["serve"] = sig(m) }, Tested, ""},
		{"init op", func(m *pb.SavedModel) { delete(m.MetaGraphs[0].SignatureDef, "__saved_model_init_op") }, Tested, ""},
		{"method", func(m *pb.SavedModel) { sig(m).MethodName = "tensorflow/serving/regress" }, Different, "method name"},
		{"tags", func(m *pb.SavedModel) { m.MetaGraphs[0].MetaInfoDef.Tags = []string{"serve", "gpu"} }, Different, "the tag set serve is missing; the new model has: gpu,serve"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			old, new := read(t, modeltest.Dir(t, "softmax_v1")), read(t, modeltest.Edit(t, "softmax_v2", test.edit))
			r, err := Compare(context.Background(), old, new, Options{Runtime: fakeRuntime{same, same}, NoProof: true})
			if err != nil {
				t.Fatal(err)
			}
			var details []string
			for _, s := range r.Signatures {
				details = append(details, s.Detail)
			}
			if all := strings.Join(details, "; "); r.Verdict != test.want || !strings.Contains(all, test.detail) {
				t.Errorf("%v %q, want %v %q", r.Verdict, all, test.want, test.detail)
			}
		})
	}
}

func TestNothingToCompare(t *testing.T) {
	bare := modeltest.Edit(t, "add_v1", func(m *pb.SavedModel) { m.MetaGraphs[0].SignatureDef = nil })
	r, err := Compare(context.Background(), read(t, bare), read(t, bare), Options{Runtime: fakeRuntime{same, same}, NoProof: true})
	if err != nil || r.Verdict != Unknown || !strings.Contains(r.Detail, "nothing was compared") {
		t.Errorf("%v, %v", r, err)
	}
}

func TestNoRuntime(t *testing.T) {
	m := read(t, modeltest.Dir(t, "noise_v1"))
	r, err := Compare(context.Background(), m, m, Options{})
	if err != nil || r.Verdict != Unknown || !strings.Contains(r.Signatures[0].Detail, "nothing was run") {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestRefusedOps(t *testing.T) {
	m := read(t, modeltest.Dir(t, "readfile_v1"))
	r, err := Compare(context.Background(), m, m, Options{Runtime: fakeRuntime{same, same}, NoProof: true})
	if err != nil {
		t.Fatal(err)
	}
	if d := r.Signatures[0].Detail; r.Verdict != Unknown || !strings.Contains(d, "uses ReadFile (node ReadFile)") || !strings.Contains(d, "--allow-ops ReadFile") {
		t.Errorf("%v %q", r.Verdict, d)
	}
	r, err = Compare(context.Background(), m, m, Options{AllowOps: []string{"ReadFile"}, Runtime: fakeRuntime{same, same}})
	if err != nil || r.Verdict != Unknown { // the fake answers two tensors where one is asked for
		t.Errorf("%v, %v", r, err)
	}
	if d := r.Signatures[0].Detail; !strings.Contains(d, "the runtime failed") {
		t.Errorf("the allowed op was not run: %q", d)
	}
}

// TestRefusedInFunction hides an op in a function of the library, and in the init op.
func TestRefusedInFunction(t *testing.T) {
	inFunction := modeltest.Edit(t, "softmax_v2", func(m *pb.SavedModel) {
		for _, f := range m.MetaGraphs[0].GraphDef.Library.Function {
			if strings.HasPrefix(f.Signature.Name, "__inference_serve") {
				f.NodeDef = append(f.NodeDef, &nodeDef{Name: "evil", Op: "WriteFile"})
			}
		}
	})
	inInit := modeltest.Edit(t, "lookup_v2", func(m *pb.SavedModel) {
		for _, n := range m.MetaGraphs[0].GraphDef.Node {
			if n.Name == "NoOp" {
				n.Input = append(n.Input, "^evil")
			}
		}
		m.MetaGraphs[0].GraphDef.Node = append(m.MetaGraphs[0].GraphDef.Node, &nodeDef{Name: "evil", Op: "PyFunc"})
	})
	for dir, want := range map[string]string{inFunction: "WriteFile (node evil)", inInit: "PyFunc (node evil)"} {
		m := read(t, dir)
		r, err := Compare(context.Background(), m, m, Options{Runtime: fakeRuntime{same, same}, NoProof: true})
		if err != nil || r.Verdict != Unknown || !strings.Contains(r.Signatures[0].Detail, want) {
			t.Errorf("%s: %+v, %v", want, r, err)
		}
	}
}

func TestMissingNames(t *testing.T) {
	m := read(t, modeltest.Dir(t, "two_tags"))
	tests := []struct {
		opt  Options
		want string
	}{
		{Options{TagSet: []string{"gpu"}}, `no tag set "gpu"; it has: serve; half,serve`},
		{Options{Signature: "nope"}, `no signature "nope"; it has: serving_default`},
	}
	for _, test := range tests {
		_, err := Compare(context.Background(), m, m, test.opt)
		var missing *MissingError
		if !errors.As(err, &missing) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("got %v, want %q", err, test.want)
		}
	}
	r, err := Compare(context.Background(), m, m, Options{TagSet: []string{"serve", "half"}, Signature: "serving_default"})
	if err != nil || len(r.Signatures) != 1 || strings.Join(r.Signatures[0].TagSet, ",") != "half,serve" {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestCorruptFilesAreErrors(t *testing.T) {
	asset := modeltest.Copy(t, "lookup_v2")
	if err := os.Remove(filepath.Join(asset, "assets", "vocab.txt")); err != nil {
		t.Fatal(err)
	}
	weight := modeltest.Copy(t, "softmax_v2")
	shard := filepath.Join(weight, "variables", "variables.data-00000-of-00001")
	data, err := os.ReadFile(shard)
	if err != nil {
		t.Fatal(err)
	}
	data[0] ^= 1
	modeltest.Write(t, shard, data)
	for dir, want := range map[string]string{asset: filepath.Join("assets", "vocab.txt") + ": no such file", weight: "checksum of"} {
		m := read(t, dir)
		if _, err := Compare(context.Background(), m, m, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	m := read(t, modeltest.Dir(t, "softmax_v1"))
	if _, err := Compare(ctx, m, m, Options{Runtime: fakeRuntime{same, same}, NoProof: true}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestReportJSON holds the names that other programs read.
func TestReportJSON(t *testing.T) {
	old, new := read(t, modeltest.Dir(t, "softmax_v1")), read(t, modeltest.Dir(t, "softmax_v2"))
	r, err := Compare(context.Background(), old, new, Options{Runtime: fakeRuntime{same, same}, NoProof: true, Seed: 9})
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Verdict, Detail string
		Seed            uint64
		Signatures      []struct{ Key, Verdict, Detail string }
	}
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if got.Verdict != "TESTED" || got.Detail == "" || got.Seed != 9 || len(got.Signatures) != 1 || got.Signatures[0].Key != "serving_default" || got.Signatures[0].Verdict != "TESTED" {
		t.Errorf("%s", data)
	}
}

// TestProofAndRun holds what becomes of a proof when the models are run as well.
func TestProofAndRun(t *testing.T) {
	zeros := func(_ int, step Step) ([]*Tensor, error) { return []*Tensor{ints(0), ints(0)}, nil }
	tests := []struct {
		name   string
		rt     Runtime
		want   Verdict
		detail string
	}{
		{"confirmed", fakeRuntime{same, same}, Proved, "confirmed on 10 inputs"},
		{"nothing was run", nil, Proved, "are the same"},
		{"no input works", fakeRuntime{refuse, refuse}, Proved, "are the same"},
		{"refuted", fakeRuntime{same, zeros}, Different, "differs"},
		{"the new model fails", fakeRuntime{same, refuse}, Different, "the new model fails"},
	}
	old, new := read(t, modeltest.Dir(t, "softmax_v1")), read(t, modeltest.Dir(t, "softmax_v2"))
	for _, test := range tests {
		r, err := Compare(context.Background(), old, new, Options{Runtime: test.rt})
		if err != nil {
			t.Fatal(err)
		}
		if s := r.Signatures[0]; r.Verdict != test.want || !strings.Contains(s.Detail, test.detail) {
			t.Errorf("%s: %v %q, want %v %q", test.name, r.Verdict, s.Detail, test.want, test.detail)
		}
	}
}

// TestTwoRuntimes holds that a model which runs on another TensorFlow is run there, and that nothing is proved then.
func TestTwoRuntimes(t *testing.T) {
	m := read(t, modeltest.Dir(t, "softmax_v1"))
	wrong := func(_ int, step Step) ([]*Tensor, error) { return []*Tensor{ints(1), ints(1)}, nil }
	for _, test := range []struct {
		opt  Options
		want Verdict
		run  string
	}{
		{Options{Runtime: fakeRuntime{same, same}}, Proved, "fake"},
		{Options{Runtime: fakeRuntime{same, same}, NewRuntime: fakeRuntime{same, same}}, Tested, "fake (old), fake (new)"},
		{Options{Runtime: fakeRuntime{same, same}, NewRuntime: fakeRuntime{wrong, wrong}}, Different, "fake (old), fake (new)"},
	} {
		r, err := Compare(context.Background(), m, m, test.opt)
		if err != nil || r.Verdict != test.want || r.Runtime != test.run {
			t.Errorf("%v on %q, %v; want %v on %q", r.Verdict, r.Runtime, err, test.want, test.run)
		}
		if (r.Verdict == Proved) != (r.Signatures[0].NoProof == "") {
			t.Errorf("%v, and no proof for %q", r.Verdict, r.Signatures[0].NoProof)
		}
	}
}
