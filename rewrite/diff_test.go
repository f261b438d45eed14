package rewrite

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// applyPatch applies a patch with patch -p1 in a directory where the file holds before, and gives what it holds then.
func applyPatch(t *testing.T, name, diff string, before []byte) []byte {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, before, 0o666); err != nil {
		t.Fatal(err)
	}
	// --binary: CRLF stays as it is, on every system.
	cmd := exec.Command("patch", "--binary", "--batch", "--fuzz=0", "-p1")
	cmd.Dir = dir
	cmd.Stdin = strings.NewReader(diff)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("patch: %v\n%s\n%s", err, said, diff)
	}
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v\n%s", err, diff)
	}
	return after
}

// TestUnifiedDiffApplies takes random pairs of texts through patch: what comes out is the second one, byte for byte. Half of the pairs
// are a text and its edit; lines repeat, so that the diff has something to be wrong about.
func TestUnifiedDiffApplies(t *testing.T) {
	if _, err := exec.LookPath("patch"); err != nil {
		t.Fatal("this test needs patch(1):", err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 300 {
		before := randomText(r)
		after := randomText(r)
		if i%2 == 0 {
			after = randomEdit(r, before)
		}
		diff := UnifiedDiff("dir/x.py", []byte(before), []byte(after))
		if before == after {
			if diff != "" {
				t.Fatalf("a diff of %q with itself:\n%s", before, diff)
			}
			continue
		}
		if got := applyPatch(t, "dir/x.py", diff, []byte(before)); !bytes.Equal(got, []byte(after)) {
			t.Fatalf("%q -> %q became %q with\n%s", before, after, got, diff)
		}
	}
}

var diffTestLines = []string{"a", "b", "", "    return x", "\tif y:", "é 界", "-- a/x", "++ b/x", "@@ -1 +1 @@", "\\ No newline at end of file", "form\ffeed", "lone\rreturn"}

func randomText(r *rand.Rand) string {
	end := []string{"\n", "\r\n"}[r.IntN(2)]
	var out strings.Builder
	for range r.IntN(30) {
		out.WriteString(diffTestLines[r.IntN(len(diffTestLines))] + end)
	}
	text := out.String()
	if r.IntN(2) == 0 {
		text = strings.TrimSuffix(text, end)
	}
	return text
}

func randomEdit(r *rand.Rand, text string) string {
	var out strings.Builder
	for line := range strings.SplitAfterSeq(text, "\n") {
		switch r.IntN(12) {
		case 0: // deleted
		case 1:
			out.WriteString(fmt.Sprintf("new %d\n", r.IntN(3)) + line)
		case 2:
			out.WriteString(strings.ReplaceAll(line, "\r\n", "\n"))
		default:
			out.WriteString(line)
		}
	}
	text = out.String()
	if r.IntN(4) == 0 {
		text = strings.TrimSuffix(text, "\n")
	}
	return text
}

// TestUnifiedDiffNames holds that patch finds the file whatever its name.
func TestUnifiedDiffNames(t *testing.T) {
	for _, name := range []string{"plain.py", "with blank.py", " lead.py", "trail ", "in /side.py", "quo\"te.py", "back\\slash.py", "tab\there.py", "new\nline.py", "é 界.py", "not\xffutf8.py", "d e/f.py"} {
		diff := UnifiedDiff(name, []byte("x\n"), []byte("y\n"))
		if got := applyPatch(t, name, diff, []byte("x\n")); string(got) != "y\n" {
			t.Errorf("%q holds %q after\n%s", name, got, diff)
		}
	}
	// An absolute path is named from the root, for patch refuses absolute names.
	if diff := UnifiedDiff("/src/x.py", nil, []byte("y\n")); !strings.HasPrefix(diff, "--- a/src/x.py\n+++ b/src/x.py\n@@ -0,0 +1 @@\n") {
		t.Error(diff)
	}
}

// TestLongDiffs holds that the diff of texts which are compared piece by piece is one of these texts, and finds what is the same.
func TestLongDiffs(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		var before, after []string
		same := 0
		for i := range maxDiff {
			line := fmt.Sprintf("x_%d = %d\n", i, i)
			if r.IntN(3) == 0 {
				line = "\n"
			}
			switch r.IntN(20) {
			case 0:
				before = append(before, line)
			case 1:
				after = append(after, line)
			case 2: // it goes to another place
				before = append(before, line)
				after = slices.Insert(after, r.IntN(len(after)+1), line)
			default:
				before, after = append(before, line), append(after, line)
				same++
			}
		}
		var old, current []string
		kept := 0
		for _, l := range diffLines(strings.Join(before, ""), strings.Join(after, "")) {
			if l.kind != '+' {
				old = append(old, l.text)
			}
			if l.kind != '-' {
				current = append(current, l.text)
			}
			if l.kind == ' ' {
				kept++
			}
		}
		if !slices.Equal(old, before) || !slices.Equal(current, after) {
			t.Fatal("the diff is not one of the two texts")
		}
		if kept < same*9/10 {
			t.Errorf("%d lines are kept, of %d that stayed where they were", kept, same)
		}
	}
}
