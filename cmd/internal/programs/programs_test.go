//go:build tensorflow

package programs

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tfmigrate/tfmigrate/cmd/internal/cli"
	"github.com/tfmigrate/tfmigrate/internal/behave"
)

var update = flag.Bool("update", false, "write what fix makes of each program to testdata/programs/fixed")

// inProcess runs everything but verify inside the test, so that the race detector sees it. verify starts its own program again
// as a child, which a test's binary is not.
func inProcess(binary behave.Tool) behave.Tool {
	return func(ctx context.Context, args ...string) (int, string, string) {
		if args[0] == "verify" {
			return binary(ctx, args...)
		}
		var stdout, stderr bytes.Buffer
		exit := cli.Run(ctx, args, strings.NewReader(""), &stdout, &stderr)
		return exit, stdout.String(), stderr.String()
	}
}

var (
	bench    *behave.Bench // one for all tests, for TensorFlow takes seconds to start
	programs []*behave.Program
)

func TestMain(m *testing.M) {
	code, err := withBench(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func withBench(run func() int) (code int, err error) {
	root, err := behave.Root()
	if err != nil {
		return 0, err
	}
	if programs, err = behave.Programs(filepath.Join(root, "testdata", "programs")); err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "tfmigrate-programs-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	bin, err := behave.Build(context.Background(), root, dir)
	if err != nil {
		return 0, err
	}
	if bench, err = behave.Open(context.Background(), root, inProcess(behave.Binary(bin, root))); err != nil {
		return 0, err
	}
	code = run()
	return code, bench.Close()
}

func TestPrograms(t *testing.T) {
	var newer *behave.Server
	if python := os.Getenv("TFMIGRATE_PYTHON_2_21"); python != "" {
		var err error
		if newer, err = behave.Start(context.Background(), python, bench.Root, behave.TF2); err != nil {
			t.Fatal(err)
		}
		defer newer.Close()
	}
	var guide []*behave.Outcome
	whole := true // whether every example of the guide was run, and not only those that -run names
	for _, p := range programs {
		ran := false
		t.Run(p.Name, func(t *testing.T) {
			ran = true
			dir := t.TempDir()
			o, err := bench.Check(t.Context(), p, dir)
			if err != nil {
				t.Fatal(err)
			}
			for _, problem := range o.Problems() {
				t.Error(problem)
			}
			if p.Guide != "" {
				guide = append(guide, o)
			}
			golden(t, bench.Root, o)
			if newer != nil {
				onNewer(t, bench, newer, o, filepath.Join(dir, "newer"))
			}
		})
		whole = whole && (ran || p.Guide == "")
	}
	if !whole {
		return
	}
	t.Run("README", func(t *testing.T) {
		readme, err := os.ReadFile(filepath.Join(bench.Root, "README.md"))
		if err != nil {
			t.Fatal(err)
		}
		section, err := behave.Section(string(readme))
		if err != nil {
			t.Fatalf("README.md: %v", err)
		}
		if want := behave.Table(guide, bench.TF2.Version); section != want {
			t.Errorf("README.md has a table that is not today's; run `make guide-table`. It has\n%sand the table is\n%s", section, want)
		}
	})
}

// golden compares what fix wrote with the file kept of it, so that a change of the rewrite is read by a person.
func golden(t *testing.T, root string, o *behave.Outcome) {
	t.Helper()
	if len(o.Program.Sites) == 0 {
		return
	}
	path := filepath.Join(root, "testdata", "programs", "fixed", filepath.Base(o.Program.Path))
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, o.Fixed, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Errorf("%v; go test -update writes it", err)
		return
	}
	if !bytes.Equal(want, o.Fixed) {
		t.Errorf("fix wrote something else than %s, which -update writes:\n%s", path, o.Fixed)
	}
}

// onNewer runs the fixed program on the TensorFlow named by TFMIGRATE_PYTHON_2_21, where the program can run at all.
func onNewer(t *testing.T, bench *behave.Bench, newer *behave.Server, o *behave.Outcome, dir string) {
	t.Helper()
	runs := false
	for _, version := range o.Program.RunsOn {
		runs = runs || version == newer.Version
	}
	if !runs || len(o.Program.Sites) == 0 {
		return
	}
	if err := bench.Prepare(o.Program, dir); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, filepath.Base(o.Program.Path))
	if err := os.WriteFile(path, o.Fixed, 0o666); err != nil {
		t.Fatal(err)
	}
	r, err := newer.Run(path, dir, behave.Limit)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Err(); err != nil {
		t.Errorf("after the fix, on TensorFlow %s: %v", newer.Version, err)
	}
}

// TestGone shows that the TensorFlow 2 server lets no TensorFlow 1 saving or loading call through, although TensorFlow would.
func TestGone(t *testing.T) {
	calls := map[string]string{
		"Builder":            "tf.compat.v1.saved_model.Builder('export')",
		"SavedModelBuilder":  "tf.compat.v1.saved_model.builder.SavedModelBuilder('export')",
		"simple_save":        "tf.compat.v1.saved_model.simple_save(None, 'export', {}, {})",
		"load":               "tf.compat.v1.saved_model.load(None, ['serve'], 'export')",
		"loader.load":        "tf.compat.v1.saved_model.loader.load(None, ['serve'], 'export')",
		"signature":          "tf.compat.v1.saved_model.predict_signature_def({}, {})",
		"signature_utils":    "tf.compat.v1.saved_model.signature_def_utils.predict_signature_def({}, {})",
		"build_tensor_info":  "tf.compat.v1.saved_model.utils.build_tensor_info(None)",
		"export_saved_model": "tf.estimator.Estimator(lambda features: None).export_saved_model('export', None)",
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "program.py")
			if err := os.WriteFile(path, fmt.Appendf(nil, "import tensorflow as tf\n%s\n", call), 0o666); err != nil {
				t.Fatal(err)
			}
			r, err := bench.TF2.Run(path, dir, behave.Limit)
			if err != nil {
				t.Fatal(err)
			}
			if r.Exit != 1 || !strings.Contains(r.Stderr, "is a TensorFlow 1 saving or loading call") {
				t.Errorf("%s: exit code %d\n%s", call, r.Exit, r.Stderr)
			}
		})
	}
}
