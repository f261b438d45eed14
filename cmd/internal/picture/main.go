// Command picture runs tfmigrate on a program in a terminal and draws what is to be seen there: docs/terminal.svg, which README.md shows. `make
// picture` runs it, with tfmigrate and a Python that has TensorFlow in PATH. A test holds that the commands still print what the picture says.
package main

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
)

// program is what the picture shows the migration of, as export.py.
//
//go:embed export.py
var program []byte

// commands are what is typed, in this order.
var commands = []string{
	"tfmigrate lint export.py",
	"tfmigrate fix --diff export.py",
	"tfmigrate fix --prove 'python export.py' export.py",
}

// columns is the width of the terminal. A line has to be readable where GitHub shows the picture some 850 pixels wide.
const columns = 100

func main() {
	if err := run(context.Background(), filepath.Join("docs", "terminal.svg")); err != nil {
		fmt.Fprintln(os.Stderr, "picture:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, path string) error {
	dir, err := os.MkdirTemp("", "picture-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var all []line
	for i, command := range commands {
		lines, err := show(ctx, dir, command)
		if err != nil {
			return err
		}
		if i > 0 {
			all = append(all, nil)
		}
		all = append(all, lines...)
	}
	return os.WriteFile(path, draw(all, columns), 0o666)
}

// show is a command, behind a prompt, and what it leaves on the terminal.
func show(ctx context.Context, dir, command string) ([]line, error) {
	if err := os.WriteFile(filepath.Join(dir, "export.py"), program, 0o666); err != nil {
		return nil, err
	}
	printed, err := record(ctx, dir, command)
	if err != nil {
		return nil, err
	}
	return screen("\x1b[32m$\x1b[0m \x1b[1m"+command+"\x1b[0m\r\n"+printed, columns)
}
