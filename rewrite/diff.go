package rewrite

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// contextLines is how many unchanged lines a hunk shows around its changes.
const contextLines = 3

// diffLine is one line of a diff: ' ' kept, '-' deleted, '+' inserted.
type diffLine struct {
	kind byte
	text string // with its newline, if it has one
}

// UnifiedDiff shows the change from before to after as `patch -p1` and `git apply` take it; "" if there is none. path is relative to
// where the patch will be applied; an absolute one is named from the root.
func UnifiedDiff(path string, before, after []byte) string {
	lines := diffLines(string(before), string(after))
	path = strings.TrimPrefix(strings.TrimPrefix(path, "./"), "/")
	var out strings.Builder
	oldAt, newAt := 1, 1
	for i := 0; i < len(lines); {
		if lines[i].kind == ' ' {
			oldAt, newAt, i = oldAt+1, newAt+1, i+1
			continue
		}
		start := max(0, i-contextLines)
		for j := start; j < i; j++ {
			oldAt, newAt = oldAt-1, newAt-1
		}
		end := hunkEnd(lines, i)
		if out.Len() == 0 {
			fmt.Fprintf(&out, "--- %s\n+++ %s\n", diffName("a/"+path), diffName("b/"+path))
		}
		oldAt, newAt = writeHunk(&out, lines[start:end], oldAt, newAt)
		i = end
	}
	return out.String()
}

// LineEdit replaces the lines from First up to Last, both from 1 and Last included, by Text. Where Last is First-1 it inserts in front of
// First.
type LineEdit struct {
	First, Last int
	Text        string // whole lines
}

// LineEdits are the changes from before to after, as few lines as they take, in order and disjoint.
func LineEdits(before, after []byte) []LineEdit {
	var out []LineEdit
	at, open := 1, false
	for _, l := range diffLines(string(before), string(after)) {
		if l.kind == ' ' {
			at, open = at+1, false
			continue
		}
		if !open {
			out, open = append(out, LineEdit{First: at, Last: at - 1}), true
		}
		e := &out[len(out)-1]
		if l.kind == '-' {
			e.Last, at = at, at+1
		} else {
			e.Text += l.text
		}
	}
	return out
}

// diffName writes a file's name as GNU diff and git do: behind one with a blank goes a tab, where patch ends the name, and one that has
// characters which would end the line or the name, or a blank at its end, is quoted as in C.
func diffName(name string) string {
	special := func(r rune) bool { return r < ' ' || r == '"' || r == '\\' || r == 0x7f }
	if strings.IndexFunc(name, special) < 0 && utf8.ValidString(name) && !strings.HasSuffix(name, " ") {
		if strings.Contains(name, " ") {
			name += "\t"
		}
		return name
	}
	var out strings.Builder
	out.WriteByte('"')
	for i := range len(name) {
		switch c := name[i]; {
		case c == '"' || c == '\\':
			out.WriteByte('\\')
			out.WriteByte(c)
		case c < ' ' || c >= 0x7f:
			fmt.Fprintf(&out, "\\%03o", c)
		default:
			out.WriteByte(c)
		}
	}
	out.WriteByte('"')
	return out.String()
}

// hunkEnd is the end of the hunk whose first change is at i: changes closer than twice the context are one hunk.
func hunkEnd(lines []diffLine, i int) int {
	last := i
	for j := i; j < len(lines) && j-last <= 2*contextLines; j++ {
		if lines[j].kind != ' ' {
			last = j
		}
	}
	return min(len(lines), last+1+contextLines)
}

func writeHunk(out *strings.Builder, lines []diffLine, oldAt, newAt int) (int, int) {
	oldN, newN := 0, 0
	for _, l := range lines {
		if l.kind != '+' {
			oldN++
		}
		if l.kind != '-' {
			newN++
		}
	}
	fmt.Fprintf(out, "@@ -%s +%s @@\n", hunkRange(oldAt, oldN), hunkRange(newAt, newN))
	for _, l := range lines {
		out.WriteByte(l.kind)
		out.WriteString(l.text)
		if !strings.HasSuffix(l.text, "\n") {
			out.WriteString("\n\\ No newline at end of file\n")
		}
	}
	return oldAt + oldN, newAt + newN
}

// hunkRange is start,count as diff writes it: an empty range names the line before it.
func hunkRange(at, n int) string {
	switch n {
	case 0:
		return fmt.Sprintf("%d,0", at-1)
	case 1:
		return fmt.Sprint(at)
	}
	return fmt.Sprintf("%d,%d", at, n)
}

// maxDiff bounds how many lines are compared at once: the time that takes grows with the square of the changes.
const maxDiff = 4096

// diffLines are the lines of two texts, each once where it is in both. Long texts are compared piece by piece, between lines that surely are the same.
func diffLines(before, after string) []diffLine {
	if strings.Count(before, "\n")+strings.Count(after, "\n") <= maxDiff {
		return diffPiece(before, after)
	}
	a, b := slices.Collect(strings.Lines(before)), slices.Collect(strings.Lines(after))
	var out []diffLine
	i, j := 0, 0
	for _, at := range anchors(a, b) {
		if i < at[0] || j < at[1] {
			out = append(out, diffPiece(strings.Join(a[i:at[0]], ""), strings.Join(b[j:at[1]], ""))...)
		}
		out = append(out, diffLine{' ', a[at[0]]})
		i, j = at[0]+1, at[1]+1
	}
	return append(out, diffPiece(strings.Join(a[i:], ""), strings.Join(b[j:], ""))...)
}

// anchors are where lines are that both texts have once, as far as they have them in the same order: the longest such row (Bram Cohen's patience diff).
func anchors(a, b []string) [][2]int {
	inA, inB := linesOnce(a), linesOnce(b)
	var piles [][2]int        // the last pair of the best row of each length
	above := map[int][2]int{} // in front of a pair, by its place in a
	for i, line := range a {
		at, once := inB[line]
		if _, too := inA[line]; !once || !too {
			continue
		}
		n, _ := slices.BinarySearchFunc(piles, at, func(pair [2]int, at int) int { return cmp.Compare(pair[1], at) })
		if n > 0 {
			above[i] = piles[n-1]
		}
		if n == len(piles) {
			piles = append(piles, [2]int{})
		}
		piles[n] = [2]int{i, at}
	}
	out := make([][2]int, len(piles))
	for n := len(piles) - 1; n >= 0; n-- {
		if n == len(piles)-1 {
			out[n] = piles[n]
		} else {
			out[n] = above[out[n+1][0]]
		}
	}
	return out
}

// linesOnce are the lines that are there once, with their places.
func linesOnce(lines []string) map[string]int {
	count := make(map[string]int, len(lines))
	for _, line := range lines {
		count[line]++
	}
	out := map[string]int{}
	for i, line := range lines {
		if count[line] == 1 {
			out[line] = i
		}
	}
	return out
}

func diffPiece(before, after string) []diffLine {
	dmp := diffmatchpatch.New()
	dmp.DiffTimeout = 0 // a diff that depends on the machine's speed is no use in a test
	a, b, table := dmp.DiffLinesToRunes(before, after)
	var out []diffLine
	for _, d := range dmp.DiffCharsToLines(dmp.DiffMainRunes(a, b, false), table) {
		kind := map[diffmatchpatch.Operation]byte{diffmatchpatch.DiffEqual: ' ', diffmatchpatch.DiffDelete: '-', diffmatchpatch.DiffInsert: '+'}[d.Type]
		for line := range strings.Lines(d.Text) {
			out = append(out, diffLine{kind, line})
		}
	}
	return out
}
