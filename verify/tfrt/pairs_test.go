//go:build tensorflow

package tfrt

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tfmigrate/tfmigrate/internal/modeltest"
	"github.com/tfmigrate/tfmigrate/verify"
)

// onlyPairs picks labelled pairs, for work on one of them.
var onlyPairs = flag.String("pairs", "", "only labelled pairs whose name contains this")

// labelled is one pair that testdata/models/pairs/generate.py made and whose label it checked by running TensorFlow.
type labelled struct {
	Name  string
	Same  bool
	Proof bool // of the same ones: a proof is asked for
	About string

	dir     string
	proved  bool // where nothing is run
	run     bool // through TensorFlow
	verdict verify.Verdict
	detail  string
	err     error
	wrong   string
}

// labelledPairs makes the pairs, once for each version of the generator.
func labelledPairs(t *testing.T) []*labelled {
	t.Helper()
	root, err := filepath.Abs(filepath.Join(modeltest.Dir(t, "."), "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.New()
	generator := filepath.Join(root, "testdata", "models", "pairs", "generate.py")
	helpers, err := filepath.Glob(filepath.Join(root, "rewrite", "helpers", "*.py"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(helpers, generator) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sum.Write(data)
	}
	dir := filepath.Join(root, ".cache", fmt.Sprintf("pairs-%x", sum.Sum(nil)[:6]))
	list := filepath.Join(dir, "pairs.json")
	data, err := os.ReadFile(list)
	if errors.Is(err, os.ErrNotExist) {
		cmd := exec.Command(filepath.Join(root, ".venv", "bin", "python"), generator, dir)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s\n(make venv installs the TensorFlow that it needs)", cmd, err, out)
		}
		data, err = os.ReadFile(list)
	}
	if err != nil {
		t.Fatal(err)
	}
	var pairs []*labelled
	if err := json.Unmarshal(data, &pairs); err != nil {
		t.Fatal(err)
	}
	for _, p := range pairs {
		p.dir = filepath.Join(dir, p.Name)
	}
	return pairs
}

// everySo is how many of the pairs are run without -long, one of so many; a proof is tried for all.
const everySo = 8

// TestLabelledPairs holds verify against models that are known to answer alike or not. None that differ may be called the same, by the whole
// of verify or by the proof alone; those that are the same are to be proved where that is asked for, and tested else. Every proof is run.
func TestLabelledPairs(t *testing.T) {
	pairs := labelledPairs(t)
	if *onlyPairs != "" {
		pairs = slices.DeleteFunc(pairs, func(p *labelled) bool { return !strings.Contains(p.Name, *onlyPairs) })
	}
	work := make(chan *labelled)
	var wait sync.WaitGroup
	rt := tensorflow(t)
	for range 2 {
		wait.Go(func() {
			for p := range work {
				p.judge(t.Context(), rt)
			}
		})
	}
	for i, p := range pairs {
		p.run = *long || *onlyPairs != "" || i%everySo == 0
		work <- p
	}
	close(work)
	wait.Wait()
	count := map[bool]map[verify.Verdict]int{true: {}, false: {}}
	refused, asked, proved := 0, 0, 0
	for _, p := range pairs {
		if p.err != nil {
			refused++
		} else {
			if p.run {
				count[p.Same][p.verdict]++
			}
		}
		if p.Proof {
			asked++
			if p.proved {
				proved++
			}
		}
		switch {
		case p.wrong != "":
			t.Errorf("%s: %s", p.Name, p.wrong)
		case p.Same && p.err != nil:
			t.Errorf("%s: %v", p.Name, p.err)
		case !p.run:
		case p.Same && p.verdict != verify.Proved && p.verdict != verify.Tested:
			t.Errorf("%s answers alike and is called %v: %s", p.Name, p.verdict, p.detail)
		case p.Same && p.verdict == verify.Tested:
			t.Logf("%s: %v: %s", p.Name, p.verdict, p.detail)
		case !p.Same && p.err == nil && p.verdict != verify.Different:
			t.Logf("%s differs and is called %v: %s", p.Name, p.verdict, p.detail)
		}
	}
	t.Logf("labelled pairs: %d; of those that were run:\n          %8s %8s %10s %8s %8s\nsame      %8d %8d %10d %8d\ndifferent %8d %8d %10d %8d %8d\nproved of the %d for which a proof is asked: %d",
		len(pairs), "PROVED", "TESTED", "DIFFERENT", "UNKNOWN", "error",
		count[true][verify.Proved], count[true][verify.Tested], count[true][verify.Different], count[true][verify.Unknown],
		count[false][verify.Proved], count[false][verify.Tested], count[false][verify.Different], count[false][verify.Unknown], refused, asked, proved)
	if proved*10 < asked*8 {
		t.Errorf("%d of %d proved", proved, asked)
	}
	if *onlyPairs == "" && len(pairs) < 80 {
		t.Errorf("%d pairs", len(pairs))
	}
}

// judge compares a pair in three ways: as a user does, by the proof alone, and, where that succeeds, by tests alone.
func (p *labelled) judge(ctx context.Context, rt verify.Runtime) {
	with := func(opt verify.Options) (*verify.Report, error) {
		old, err := verify.Read(filepath.Join(p.dir, "old"))
		if err != nil {
			return nil, err
		}
		new, err := verify.Read(filepath.Join(p.dir, "new"))
		if err != nil {
			return nil, err
		}
		opt.Seed, opt.Timeout = 1, 10*time.Second
		return verify.Compare(ctx, old, new, opt)
	}
	same := func(v verify.Verdict) bool { return v == verify.Proved || v == verify.Tested }
	proof, err := with(verify.Options{})
	if err != nil {
		p.err = err
		return
	}
	p.proved = proof.Verdict == verify.Proved
	if p.proved && !p.Same {
		p.wrong = "differs and is proved the same where nothing is run"
		return
	}
	if !p.run {
		return
	}
	r, err := with(verify.Options{Runtime: rt})
	if err != nil {
		p.err = err
		return
	}
	p.verdict, p.detail = r.Verdict, details(r)
	if same(r.Verdict) && !p.Same {
		p.wrong = fmt.Sprintf("differs and is called %v: %s", r.Verdict, p.detail)
		return
	}
	if !p.proved {
		return
	}
	if tested, err := with(verify.Options{Runtime: rt, NoProof: true}); err != nil || tested.Verdict == verify.Different {
		p.wrong = fmt.Sprintf("is proved the same, and a run says otherwise: %v %s", err, details(tested))
	}
}

func details(r *verify.Report) string {
	var all []string
	for _, s := range r.Signatures {
		why := ""
		if s.NoProof != "" {
			why = " [no proof: " + s.NoProof + "]"
		}
		all = append(all, s.Key+": "+s.Detail+why)
	}
	return strings.Join(all, "; ")
}
