package baseline

import (
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// entriesOf are the entries of what is found in a source.
func entriesOf(t *testing.T, src string) []Entry {
	t.Helper()
	f, err := analyzer.Parse(t.Context(), "a.py", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	_, found := rules.Check(f, rules.DefaultTarget)
	var out []Entry
	n := Numbering{}
	for _, x := range found {
		out = append(out, n.Entry(f, "a.py", x))
	}
	return out
}

const plain = `import tensorflow as tf
def f(sess, x, y):
    tf.compat.v1.saved_model.simple_save(sess, "a", {"x": x}, {"y": y})
    tf.compat.v1.saved_model.simple_save(sess, "a", {"x": x}, {"y": y})
    if tf.compat.v1.saved_model.simple_save(sess, "b", {"x": x}, {"y": y}):
        pass
`

// TestEntries holds what leaves entries as they are, and what does not.
func TestEntries(t *testing.T) {
	want := entriesOf(t, plain)
	if len(want) != 3 || want[0].Ordinal != 1 || want[1].Ordinal != 2 || want[1].Fingerprint != want[0].Fingerprint || want[2].Fingerprint == want[0].Fingerprint {
		t.Fatalf("%+v", want)
	}
	for what, test := range map[string]struct {
		src  string
		same int // of the entries
	}{
		"lines above": {"# first\n\n\n" + plain, 3},
		"layout and comments of the statement": {`import tensorflow as tf
def f(sess, x, y):
    tf.compat.v1.saved_model.simple_save(
        sess,  # here
        "a", {"x": x},
        {"y": y},
    )
    tf.compat.v1.saved_model.simple_save(sess, "a", {"x": x}, {"y": y})  # there
    if tf.compat.v1.saved_model.simple_save(sess, "b", {"x": x}, {"y": y}):
        another(body)
`, 3},
		"one of two equal ones gone": {`import tensorflow as tf
def f(sess, x, y):
    tf.compat.v1.saved_model.simple_save(sess, "a", {"x": x}, {"y": y})
    if tf.compat.v1.saved_model.simple_save(sess, "b", {"x": x}, {"y": y}):
        pass
`, 2},
		"another directory": {`import tensorflow as tf
def f(sess, x, y):
    tf.compat.v1.saved_model.simple_save(sess, "c", {"x": x}, {"y": y})
`, 0},
	} {
		same := 0
		for _, e := range entriesOf(t, test.src) {
			if slices.ContainsFunc(want, func(w Entry) bool { return w.Key() == e.Key() }) {
				same++
			}
		}
		if same != test.same {
			t.Errorf("%s: %d entries are the same, not %d", what, same, test.same)
		}
	}
}

// TestEncode holds that what is written is read again, and does not depend on the order in which it was found.
func TestEncode(t *testing.T) {
	entries := entriesOf(t, plain)
	entries = append(entries, Entry{Path: `ü "<a>".py`, Code: "TFM101", Fingerprint: "00", Ordinal: 1, Text: "<&>\n"})
	want, err := Encode(entries)
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		rand.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
		if got, err := Encode(entries); err != nil || string(got) != string(want) {
			t.Fatalf("%v\n%s", err, got)
		}
	}
	file := filepath.Join(t.TempDir(), "base.json")
	if err := os.WriteFile(file, want, 0o666); err != nil {
		t.Fatal(err)
	}
	b, err := Read(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !b.Has(e) {
			t.Errorf("%+v was not read", e)
		}
	}
	if got, err := Encode(b.Entries); err != nil || string(got) != string(want) {
		t.Errorf("%v\n%s", err, got)
	}
	if left := b.Without(entries[1:]); len(left) != 1 || left[0] != entries[0] {
		t.Errorf("%+v", left)
	}
}

// TestReadRefuses holds that what is no baseline is none.
func TestReadRefuses(t *testing.T) {
	one := `{"path":"a","code":"TFM101","fingerprint":"00","ordinal":1,"text":""}`
	for _, text := range []string{
		``, `[]`, `{}`, `{"version": 1, "findings": [`, `{"version": 1, "findings": [{}]}`, `{"version": 1, "findings": [], "more": 1}`,
		`{"version": 1, "findings": []} x`, `{"version": 2, "findings": []}`, `{"version": 1, "findings": [` + one + `,` + one + `]}`, "\xff",
	} {
		file := filepath.Join(t.TempDir(), "base.json")
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if b, err := Read(file); err == nil {
			t.Errorf("%q is read as %+v", text, b)
		}
	}
}
