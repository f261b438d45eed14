package cli

import (
	"errors"
	"io"
	"os"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// terminal is what the text formats know of where they write to. The zero value is a file or a pipe: no colour, no line broken.
type terminal struct {
	colour bool
	width  int // in columns; 0 where lines are not broken
}

// colourMode is when there is colour: auto, always or never.
type colourMode string

const (
	colourAuto   colourMode = "auto"
	colourAlways colourMode = "always"
	colourNever  colourMode = "never"
)

// The methods of pflag.Value.
func (c *colourMode) String() string { return string(*c) }
func (c *colourMode) Type() string   { return "WHEN" }
func (c *colourMode) Set(s string) error {
	switch colourMode(s) {
	case colourAuto, colourAlways, colourNever:
		*c = colourMode(s)
		return nil
	}
	return errors.New("it is auto, always or never")
}

// colourFlag adds --color.
func colourFlag(cmd *cobra.Command, c *colourMode) {
	*c = colourAuto
	cmd.Flags().Var(c, "color", "auto, always or never: auto is on a terminal only")
	offer(cmd, "color", "auto", "always", "never")
}

// newTerminal looks at a writer. Unless it is asked for, colour is for a terminal only, and not where NO_COLOR is set
// (https://no-color.org) or TERM says that there is none.
func newTerminal(w io.Writer, colour colourMode) terminal {
	if o, ok := w.(*output); ok {
		w = o.Writer
	}
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return terminal{colour: colour == colourAlways}
	}
	t := terminal{colour: colour == colourAlways || colour != colourNever && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
	if width, _, err := term.GetSize(int(f.Fd())); err == nil && width >= minWidth {
		t.width = width
	}
	return t
}

// minWidth is the narrowest terminal that lines are broken for.
const minWidth = 40

// The styles, as the parameters of the SGR control sequence (ECMA-48, 8.3.117).
const (
	bold   = "1"
	faint  = "2"
	red    = "1;31"
	green  = "32"
	yellow = "33"
	blue   = "34"
	cyan   = "36"

	removed = "31"
)

// paint gives text a style.
func (t terminal) paint(style, text string) string {
	if !t.colour || text == "" {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}

// wrap breaks text at blanks into lines that fit beside a margin of so many columns. There is always a line.
func (t terminal) wrap(text string, margin int) []string {
	room := t.width - margin
	if t.width == 0 || room < 20 {
		return []string{text}
	}
	var lines []string
	line, used := "", 0
	for _, word := range strings.Fields(text) {
		n := len([]rune(word))
		switch {
		case line == "":
			line, used = word, n
		case used+1+n > room:
			lines = append(lines, line)
			line, used = word, n
		default:
			line, used = line+" "+word, used+1+n
		}
	}
	return append(lines, line)
}

// hang breaks what follows a head, which is painted already and otherwise reads plain, into lines that fit; those after the first begin indented.
func (t terminal) hang(head, plain, text string, indent int) string {
	stand := strings.Repeat("x", len([]rune(plain))) // one word, as wide as the head
	lines := t.wrap(stand+" "+text, indent)
	lines[0] = head + strings.TrimPrefix(lines[0], stand)
	return strings.Join(lines, "\n"+strings.Repeat(" ", indent))
}

// visible is text with every control character but the tab replaced by its picture, so that neither a file's name nor a line of its source
// breaks a line or steers the terminal.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return r
		case r < 0x20:
			return 0x2400 + r
		case r == 0x7f:
			return 0x2421
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
