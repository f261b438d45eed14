//go:build tensorflow

package docs

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tfmigrate/tfmigrate/cmd/internal/cli"
	"github.com/tfmigrate/tfmigrate/internal/behave"
)

const (
	migration  = "docs/migration.md"
	tableStart = "<!-- migration table: make docs fills it in -->\n"
	tableEnd   = "<!-- end of migration table -->\n"
)

// given are programs that write what the programs of the page read. Those of testdata/programs/fixtures do, and one of variables that are resources.
var given = []string{"models.py", "frozen.py", "linear_checkpoint.py"}

const metaGraph = `import tensorflow as tf

tf.enable_resource_variables()
with tf.Graph().as_default(), tf.Session() as sess:
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    with tf.variable_scope("scaled"):
        tf.matmul(x, tf.get_variable("w", initializer=[[1., 2.], [3., 4.]]), name="y")
    sess.run(tf.global_variables_initializer())
    tf.train.Saver().save(sess, "checkpoints/model")
`

// TestMigrations runs every program of docs/migration.md, as it is shown before and after the fix, verifies what it exports, and compares the page's
// table with what came out.
func TestMigrations(t *testing.T) {
	root := root(t) // the page's commands change the directory
	text, err := os.ReadFile(filepath.Join(root, migration))
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	dir := t.TempDir()
	before, after := filepath.Join(dir, "before"), filepath.Join(dir, "after")
	for _, d := range []string{before, after, filepath.Join(dir, "fixed")} {
		if err := os.Mkdir(d, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	python, err := behave.Python(root)
	if err != nil {
		t.Fatal(err)
	}
	servers := map[behave.Mode]*behave.Server{}
	for _, mode := range []behave.Mode{behave.TF1, behave.TF2} {
		s, err := behave.Start(context.Background(), python, root, mode)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		servers[mode] = s
	}
	run := func(mode behave.Mode, program, in string) string {
		t.Helper()
		r, err := servers[mode].Run(program, in, behave.Limit)
		if err == nil {
			err = r.Err()
		}
		if err != nil {
			t.Errorf("%s, %s: %v", filepath.Base(program), mode, err)
		}
		return r.Stdout
	}
	fixture := filepath.Join(dir, "meta_graph_fixture.py")
	if err := os.WriteFile(fixture, []byte(metaGraph), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{before, after} {
		for _, name := range given {
			run(behave.TF1, filepath.Join(root, "testdata", "programs", "fixtures", name), d)
		}
		run(behave.TF1, fixture, d)
	}

	// The page's own commands make what runs after the fixes, helpers included. They see no models, as they don't when the page is tested.
	fixing := newSession(t, migration, filepath.Join(dir, "fixed"))
	rewriteBlocks(page, func(b block) string {
		if b.name != "" && !b.becomes {
			if err := os.WriteFile(filepath.Join(before, b.name), []byte(b.text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		return fixing.block(t, b)
	})
	if err := os.CopyFS(after, os.DirFS(fixing.dir)); err != nil {
		t.Fatal(err)
	}

	t.Setenv("VIRTUAL_ENV", filepath.Join(root, ".venv"))
	t.Setenv("TF_CPP_MIN_LOG_LEVEL", "3")
	var table strings.Builder
	table.WriteString("| What you have | Strategy | Fix | Before and after |\n|---|---|---|---|\n")
	for _, s := range sections(page) {
		var shown []string
		if s.program != "" {
			start := time.Now()
			new := run(behave.TF2, filepath.Join(after, s.program), after)
			if s.contrib {
				shown = append(shown, "the fixed program runs; the other one needs `tf.contrib`")
			} else if old := run(behave.TF1, filepath.Join(before, s.program), before); old != new {
				t.Errorf("%s prints\n%s\nand after the fix\n%s", s.program, old, new)
			} else if old != "" {
				shown = append(shown, "prints the same")
			}
			for _, verdict := range verdictsSince(t, start, before, after) {
				shown = append(shown, "exports the same: "+verdict)
			}
			if len(shown) == 0 {
				t.Errorf("%s shows nothing: it prints nothing and exports nothing", s.program)
			}
		}
		table.WriteString(s.row(shown))
	}

	head, rest, _ := strings.Cut(page, tableStart)
	shown, foot, ok := strings.Cut(rest, tableEnd)
	if !ok {
		t.Fatalf("%s has no place for its table", migration)
	}
	if shown == table.String() {
		return
	}
	if *update {
		if err := os.WriteFile(filepath.Join(root, migration), []byte(head+tableStart+table.String()+tableEnd+foot), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("the table of %s is not what comes out; make docs fills it in:\n%s", migration, table.String())
}

// section is what a heading of the page stands over: one program, the last whose fixed form is shown, and what fix said of it.
type section struct {
	heading, program, said string
	contrib                bool // nothing that is installed here runs it as it was
}

// sections are those in which fix is run.
func sections(page string) []section {
	var all []section
	for _, text := range strings.Split(page, "\n## ")[1:] {
		s := section{}
		s.heading, _, _ = strings.Cut(text, "\n")
		rewriteBlocks(text, func(b block) string {
			if b.becomes {
				s.program = b.name
			} else if b.name != "" {
				s.contrib = strings.Contains(b.text, "tf.contrib")
			}
			if b.language == "console" {
				s.said += b.text
			}
			return b.text
		})
		if strings.Contains(s.said, "$ tfmigrate fix ") {
			all = append(all, s)
		}
	}
	return all
}

var fixedBy = regexp.MustCompile(` fixed \(([a-z ]+)(, unsafe)?\): `)

// row is the line of the table.
func (s section) row(shown []string) string {
	strategy, fix := "", "left"
	if m := fixedBy.FindStringSubmatch(s.said); m != nil {
		strategy, fix = m[1], "safe"
		if m[2] != "" {
			fix = "unsafe"
		}
	}
	return fmt.Sprintf("| [%s](#%s) | %s | %s | %s |\n", s.heading, anchors("## " + s.heading)[0], strategy, fix, strings.Join(shown, "; "))
}

// verdictsSince verifies the SavedModels that have been written since a moment, in pairs in the order of their paths, and gives each verdict once.
func verdictsSince(t *testing.T, start time.Time, before, after string) []string {
	t.Helper()
	old, new := modelsSince(t, start, before), modelsSince(t, start, after)
	if len(old) != len(new) {
		t.Errorf("before the fix it writes %v, and after it %v", old, new)
		return nil
	}
	var all []string
	for i := range old {
		var stdout, stderr bytes.Buffer
		cli.Run(t.Context(), []string{"verify", "--format", "json", old[i], new[i]}, strings.NewReader(""), &stdout, &stderr)
		var report struct{ Verdict string }
		if err := json.Unmarshal(stdout.Bytes(), &report); err != nil {
			t.Fatalf("verify %s %s: %v\n%s%s", old[i], new[i], err, &stdout, &stderr)
		}
		if report.Verdict != "PROVED" && report.Verdict != "TESTED" {
			t.Errorf("verify %s %s:\n%s", old[i], new[i], &stdout)
		}
		if !slices.Contains(all, report.Verdict) {
			all = append(all, report.Verdict)
		}
	}
	return all
}

func modelsSince(t *testing.T, start time.Time, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != "saved_model.pb" {
			return err
		}
		info, err := d.Info()
		if err == nil && info.ModTime().After(start) {
			all = append(all, filepath.Dir(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
