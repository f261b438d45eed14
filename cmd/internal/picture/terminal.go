package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"

	"github.com/creack/pty"
)

// record runs a command of the shell on a terminal and gives what it writes there.
func record(ctx context.Context, dir, command string) (string, error) {
	cmd := exec.CommandContext(ctx, "sh", "-c", command)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TERM=xterm", "NO_COLOR=", "CUDA_VISIBLE_DEVICES=-1", "TF_CPP_MIN_LOG_LEVEL=3", "PYTHONWARNINGS=ignore")
	f, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 50, Cols: columns})
	if err != nil {
		return "", fmt.Errorf("%s: %w", command, err)
	}
	defer f.Close()
	out, err := io.ReadAll(f)
	if err != nil && !errors.Is(err, syscall.EIO) { // which Linux says at the end of a terminal
		return "", fmt.Errorf("%s: %w", command, err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); errors.As(err, &exit) && exit.ExitCode() > 1 || err != nil && exit == nil { // 1: there are findings
		return "", fmt.Errorf("%s: %w\n%s", command, err, out)
	}
	return string(out), nil
}

// line is what a line of the screen shows, from its left end.
type line []span

// span is text of one style. The styles are the parameters of the SGR control sequence.
type span struct {
	style, text string
}

var control = regexp.MustCompile("\x1b\\[([0-9;]*)([a-zA-Z])|\r\n|\r|[\x00-\x1f\x7f]")

// screen is what a terminal of so many columns shows of what was written to it: lines that are too long are broken, and a line that was taken back
// is gone. The error is a control sequence or a style that the picture has not.
func screen(written string, columns int) ([]line, error) {
	var lines []line
	var now line
	style, used := "", 0
	end := func() {
		lines, now, used = append(lines, now), nil, 0
	}
	write := func(text string) {
		for text != "" {
			if used == columns {
				end()
			}
			runes := []rune(text)
			n := min(len(runes), columns-used)
			now = append(now, span{style, string(runes[:n])})
			used, text = used+n, string(runes[n:])
		}
	}
	at := 0
	for _, m := range control.FindAllStringSubmatchIndex(written, -1) {
		write(written[at:m[0]])
		at = m[1]
		switch code := written[m[0]:m[1]]; {
		case code == "\r\n":
			end()
		case code == "\r":
			now, used = nil, 0
		case strings.HasSuffix(code, "m"):
			style = strings.Trim(written[m[2]:m[3]], "0;")
			if _, ok := classes[style]; !ok && style != "" {
				return nil, fmt.Errorf("the picture has no style %s", style)
			}
		case code == "\x1b[K":
		default:
			return nil, fmt.Errorf("no picture is made of the control sequence %q", code)
		}
	}
	write(written[at:])
	if now != nil {
		end()
	}
	return lines, nil
}

// text is a line without its styles.
func (l line) text() string {
	var b strings.Builder
	for _, r := range l {
		b.WriteString(r.text)
	}
	return b.String()
}
