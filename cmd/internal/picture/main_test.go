package main

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/tfmigrate/tfmigrate/cmd/internal/cli"
)

// TestMain is tfmigrate for the commands of the picture, and for verify, which starts its own program again to run models.
func TestMain(m *testing.M) {
	tfmigrate := func() { os.Exit(cli.Run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
	if len(os.Args) > 1 && os.Args[1] == "runtime" {
		tfmigrate()
	}
	testscript.Main(m, map[string]func(){"tfmigrate": tfmigrate})
}

// TestPictureIsCurrent holds that docs/terminal.svg shows what the commands print, but for how long a program ran. Without the build tag tensorflow
// the last one, which runs programs, is left out.
func TestPictureIsCurrent(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	picture, err := os.ReadFile(filepath.Join(root, "docs", "terminal.svg"))
	if err != nil {
		t.Fatal(err)
	}
	shown := texts(t, picture)
	venv := filepath.Join(root, ".venv")
	program, rest, _ := strings.Cut(os.Getenv("PATH"), string(filepath.ListSeparator)) // testscript.Main has put tfmigrate first
	t.Setenv("PATH", strings.Join([]string{program, filepath.Join(venv, "bin"), rest}, string(filepath.ListSeparator)))
	t.Setenv("VIRTUAL_ENV", venv)
	t.Setenv("TF_ENABLE_ONEDNN_OPTS", "0")
	dir := t.TempDir()
	for _, command := range commands {
		if !tensorFlow && strings.Contains(command, "--prove") {
			continue
		}
		printed, err := show(t.Context(), dir, command)
		if err != nil {
			t.Fatal(err)
		}
		var want strings.Builder
		for _, l := range printed {
			want.WriteString(l.text() + "\n")
		}
		at := slices.Index(shown, "$ "+command)
		if at < 0 {
			t.Errorf("make picture has to be run: docs/terminal.svg does not show %s", command)
			continue
		}
		end := at + 1
		for end < len(shown) && !strings.HasPrefix(shown[end], "$ ") {
			end++
		}
		if got := strings.Join(shown[at:end], "\n"); timeless(got) != timeless(want.String()) {
			t.Errorf("make picture has to be run: there is now\n%s\nand docs/terminal.svg shows\n%s", &want, got)
		}
	}
}

// timeless is a text without the times that programs took, and without blanks and line ends, which a longer time moves.
func timeless(text string) string {
	return regexp.MustCompile(`(\d+m)?\d+(\.\d+)?s`).ReplaceAllString(strings.Join(strings.Fields(text), ""), "a time")
}

// texts are the texts of a picture, from the top.
func texts(t *testing.T, picture []byte) []string {
	t.Helper()
	var all []string
	within := false
	for d := xml.NewDecoder(strings.NewReader(string(picture))); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if token.Name.Local == "text" {
				within, all = true, append(all, "")
			}
		case xml.EndElement:
			within = within && token.Name.Local != "text"
		case xml.CharData:
			if within {
				all[len(all)-1] += string(token)
			}
		}
	}
}

func TestScreen(t *testing.T) {
	for _, test := range []struct {
		name, written string
		want          []string
	}{
		{"nothing", "", nil},
		{"lines", "one\r\n\r\ntwo\r\n", []string{"one", "", "two"}},
		{"no end of the last line", "one\r\ntwo", []string{"one", "two"}},
		{"broken", "0123456789abc\r\n", []string{"0123456789", "abc"}},
		{"just full", "0123456789\r\nabc\r\n", []string{"0123456789", "abc"}},
		{"styles take no room", "\x1b[1m01234\x1b[0m\x1b[31m56789\x1b[0ma\r\n", []string{"0123456789", "a"}},
		{"what was taken back", "\r\x1b[K1 of 2\r\x1b[Kdone\r\n", []string{"done"}},
		{"beyond ASCII", "ééééééééééü\r\n", []string{"éééééééééé", "ü"}},
	} {
		lines, err := screen(test.written, 10)
		var got []string
		for _, l := range lines {
			got = append(got, l.text())
		}
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, %v, want %q", test.name, got, err, test.want)
		}
	}
	if _, err := screen("\x1b[2J", 10); err == nil {
		t.Error("a control sequence that is not drawn is no error")
	}
}

// TestDraw holds that what is drawn is well formed, has the text that was there, and has a class for each style.
func TestDraw(t *testing.T) {
	lines, err := screen("\x1b[1;31ma <b> & \"c\"\x1b[0m  d\r\n\r\n  e\r\n", 80)
	if err != nil {
		t.Fatal(err)
	}
	picture := draw(lines, 80)
	if got, want := texts(t, picture), []string{`a <b> & "c"  d`, "  e"}; !slices.Equal(got, want) {
		t.Errorf("its texts are %q, want %q", got, want)
	}
	if !strings.Contains(string(picture), `<tspan class="b r">a &lt;b&gt;`) {
		t.Errorf("%s", picture)
	}
}
