package cli

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	for _, test := range []struct {
		width, margin int
		text          string
		want          []string
	}{
		{0, 2, strings.Repeat("word ", 40) + "end", []string{strings.Repeat("word ", 40) + "end"}},
		{40, 10, "", []string{""}},
		{40, 10, "short", []string{"short"}},
		{40, 10, "exactly thirty characters here", []string{"exactly thirty characters here"}},
		{40, 10, "one more than thirty characters", []string{"one more than thirty", "characters"}},
		{40, 10, "a " + strings.Repeat("x", 35) + " b", []string{"a", strings.Repeat("x", 35), "b"}},
		{40, 30, "no room: the margin takes nearly all of it", []string{"no room: the margin takes nearly all of it"}},
	} {
		if got := (terminal{width: test.width}).wrap(test.text, test.margin); !slices.Equal(got, test.want) {
			t.Errorf("%d-%d %q: %q, want %q", test.width, test.margin, test.text, got, test.want)
		}
	}
}

func TestHang(t *testing.T) {
	for _, test := range []struct {
		width int
		text  string
		want  string
	}{
		{0, strings.Repeat("word ", 20) + "end", "<head>: " + strings.Repeat("word ", 20) + "end"},
		{40, "", "<head>:"},
		{40, "as it is", "<head>: as it is"},
		{40, "text that goes on behind its head, and on", "<head>: text that goes on behind its\n  head, and on"},
	} {
		if got := (terminal{width: test.width}).hang("<head>:", "head:", test.text, 2); got != test.want {
			t.Errorf("%d %q: %q, want %q", test.width, test.text, got, test.want)
		}
	}
}

func TestVisible(t *testing.T) {
	for text, want := range map[string]string{
		"a\tb é 界":           "a\tb é 界",
		"a\nb\r\x1b[31m\x7f": "a␊b␍␛[31m␡",
		"\u009b31m\u202e":    "\ufffd31m\ufffd",
	} {
		if got := visible(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// TestTextFitsTerminal holds that on a terminal no line is longer than it is wide, that the marks stand below what they mark, and that
// without its control sequences the text is the same in black and white.
func TestTextFitsTerminal(t *testing.T) {
	long := strings.Repeat("deep(", 60) + "call" + strings.Repeat(")", 60) + "  # and a comment"
	at := func(line, column, end int) finding {
		return finding{Code: "TFM101", Severity: "breaks", Path: "src/x.py", Line: line, EndLine: line, Column: column, EndColumn: end, source: long,
			Message: "a message that takes more than one line of a terminal of eighty columns, because it has much to say", Fixable: "no",
			Reason: "a reason that takes more than one line of a terminal of eighty columns, because it has much to say",
			ByHand: "do something that takes more than one line of a terminal of eighty columns, because it is much"}
	}
	head := at(7, 301, 305)
	head.Related = []finding{at(123, 1, 6), at(9, 280, 420)}
	for _, width := range []int{40, 80, 120} {
		var plain, coloured bytes.Buffer
		writeText(&plain, terminal{width: width}, []finding{head})
		writeText(&coloured, terminal{width: width, colour: true}, []finding{head})
		if got := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(coloured.String(), ""); got != plain.String() {
			t.Errorf("width %d: with colour it is\n%s\nand without\n%s", width, got, plain.String())
		}
		lines := strings.Split(plain.String(), "\n")
		for i, line := range lines {
			if n := len([]rune(line)); n > width {
				t.Errorf("width %d: a line of %d: %s", width, n, line)
			}
			if at := strings.Index(line, "^"); at >= 0 {
				source, marks := []rune(lines[i-1]), []rune(line)
				start, end := slices.Index(marks, '^'), len(marks)
				if got := string(source[start:end]); got != "call" {
					t.Errorf("width %d: what is marked is %q\n%s\n%s", width, got, lines[i-1], line)
				}
			}
		}
		if !strings.Contains(plain.String(), "^^^^") {
			t.Errorf("width %d: no marks\n%s", width, plain.String())
		}
	}
}

// TestCounts holds the summary.
func TestCounts(t *testing.T) {
	all := []finding{
		{Path: "a.py", Fixable: "safe"}, {Path: "a.py", Fixable: "safe", secondary: true}, {Path: "b.py", Fixable: "unsafe"},
		{Path: "b.py", Fixable: "no", Reason: "rare"}, {Path: "c.py", Fixable: "no", Reason: "often"}, {Path: "c.py", Fixable: "no", Reason: "often"},
	}
	var out bytes.Buffer
	writeCounts(&out, terminal{}, all, 9, 1, 0)
	const want = `5 sites in 3 of 9 files: 1 fixable now, 1 with --unsafe-fixes, 3 by hand
    2  by hand: often
    1  by hand: rare
1 path could not be checked, or only in part
`
	if out.String() != want {
		t.Errorf("%s\nwant\n%s", out.String(), want)
	}
}
