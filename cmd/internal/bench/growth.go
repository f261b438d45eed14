//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// growing measures shapes at some sizes with lint, and at the last one with fix --diff and ruff too.
type growing struct {
	shapes []shape
	sizes  []int
	unit   func(n int) string // how the page calls a size
	suffix string
	wrap   func(string) string
}

// run gives the lines of a table, and the worst exponent with the shape that has it.
func (g growing) run(ctx context.Context, b *bench) (rows string, worst float64, what string, err error) {
	var s strings.Builder
	for _, shape := range g.shapes {
		var lint []time.Duration
		var memory int64
		row := "| " + shape.what
		largest := filepath.Join(b.scratch, "generated"+g.suffix)
		read := true
		for _, n := range g.sizes {
			src := site + shape.write(n)
			if g.wrap != nil {
				src = g.wrap(src)
			}
			if err := os.WriteFile(largest, []byte(src), 0o666); err != nil {
				return "", 0, "", err
			}
			m, said, err := b.least(ctx, 3, command{args: b.tools.lint(largest), dir: b.scratch})
			if err != nil {
				return "", 0, "", err
			}
			read = !strings.Contains(said, "is not Python")
			lint = append(lint, m.cpu)
			memory = m.resident
			row += " | " + b.limited(m.cpu)
		}
		fix, _, err := b.least(ctx, 1, command{args: []string{b.tools.tfmigrate, "fix", "--diff", "--unsafe-fixes", "--isolated", largest}, dir: b.scratch})
		if err != nil {
			return "", 0, "", err
		}
		ruff, _, err := b.least(ctx, 1, command{args: b.tools.check("AIR", largest), dir: b.scratch})
		if err != nil {
			return "", 0, "", err
		}
		e := b.growthOf(lint, g.sizes)
		if e > worst {
			worst, what = e, shape.what
		}
		answer := ""
		if !read {
			answer = "refused"
		}
		fmt.Fprintf(&s, "%s | %.2f | %s | %s | %s | %s |\n", row, e, megabytes(memory), b.limited(fix.cpu), b.limited(ruff.cpu), answer)
	}
	return s.String(), worst, what, nil
}

// least is the run of least processor time, the only one where that takes more than a second. What goes on for longer than the limit has its time, and crashes
// of others have none.
func (b *bench) least(ctx context.Context, runs int, c command) (least sample, said string, err error) {
	for i := range runs {
		limited, cancel := context.WithTimeout(ctx, b.limit)
		m, says, err := c.run(limited)
		over := errors.Is(limited.Err(), context.DeadlineExceeded)
		cancel()
		switch {
		case over:
			return sample{wall: b.limit, cpu: b.limit}, "", nil
		case err != nil && c.args[0] == b.tools.tfmigrate:
			return m, "", err
		case err != nil:
			return sample{}, "", ctx.Err()
		}
		if i == 0 || m.cpu < least.cpu {
			least, said = m, says
		}
		if m.wall > time.Second {
			break
		}
	}
	return least, said, nil
}

func (b *bench) limited(d time.Duration) string {
	switch {
	case d == 0:
		return "crashes"
	case d >= b.limit:
		return fmt.Sprintf("**over %.0f s**", b.limit.Seconds())
	}
	return seconds(d)
}

// growthOf is the exponent from the first size to the last, without what it takes to start.
func (b *bench) growthOf(times []time.Duration, sizes []int) float64 {
	const start = 15 * time.Millisecond
	first, last := times[0]-start, times[len(times)-1]-start
	if last < 100*time.Millisecond {
		return 0 // too little to tell
	}
	return exponent(max(first, 5*time.Millisecond), last, float64(sizes[len(sizes)-1])/float64(sizes[0]))
}

func (g growing) head(first string) string {
	s := "| " + first
	line := "|---"
	for _, n := range g.sizes {
		s += " | " + g.unit(n)
		line += "|---:"
	}
	return s + " | Exponent | Memory | fix --diff | ruff | |\n" + line + "|---:|---:|---:|---:|---|\n"
}

func (b *bench) sizesPart(ctx context.Context) (string, error) {
	g := growing{shapes: generated, sizes: []int{625_000, 1_250_000, 2_500_000, 5_000_000}, unit: megas, suffix: ".py"}
	rows, worst, what, err := g.run(ctx, b)
	if err != nil {
		return "", err
	}
	book := g
	book.suffix, book.wrap = ".ipynb", notebook
	book.shapes = []shape{{"the first, as a notebook", generated[0].write}}
	more, of, _, err := book.run(ctx, b)
	if err != nil {
		return "", err
	}
	if of > worst {
		worst, what = of, "a notebook"
	}
	b.grows("time that grows with a file and no faster", worst, what)
	return "## Files that grow\n\nGenerated files. Processor seconds of lint, and the exponent e of time = size^e from the smallest to the largest; then memory, and fix --diff\nand ruff on the largest.\n\n" +
		g.head("File") + rows + more, nil
}

func (b *bench) linesPart(ctx context.Context) (string, error) {
	g := growing{shapes: lines, sizes: []int{250_000, 1_000_000}, unit: megas, suffix: ".py"}
	rows, worst, what, err := g.run(ctx, b)
	if err != nil {
		return "", err
	}
	b.grows("time that grows with a line and no faster", worst, what)
	return "## Long lines\n\nFiles with one line of so many bytes.\n\n" + g.head("Line") + rows, nil
}

func (b *bench) nestingPart(ctx context.Context) (string, error) {
	g := growing{shapes: nested, sizes: []int{12_500, 50_000}, unit: thousands, suffix: ".py"}
	rows, worst, what, err := g.run(ctx, b)
	if err != nil {
		return "", err
	}
	in := growing{shapes: blocks, sizes: []int{500, 2_000}, unit: thousands, suffix: ".py"}
	more, _, _, err := in.run(ctx, b)
	if err != nil {
		return "", err
	}
	b.grows("time that grows with what is nested or repeated and no faster", worst, what)
	return "## Deep nesting and long rows\n\nFiles with so many of a thing in each other, or one after the other. \"refused\": nested deeper than Python itself reads, which is said, and the file is checked\nonly in part and never rewritten.\n\n" +
		g.head("What") + rows + "\nEach block is a column further in than the one around it, so the text grows with the square:\n\n" + in.head("What") + more, nil
}

func (b *bench) grows(what string, worst float64, of string) {
	b.aims = append(b.aims, aim{what, fmt.Sprintf("at worst size^%.2f, %s", worst, of), worst < 1.25})
}
