//go:build tensorflow

package behave

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestServer runs small programs in both modes: what they print, how they end, and what `import tensorflow` is to them.
func TestServer(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	python, err := Python(root)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, program string
		limit         time.Duration
		exit          int
		timedOut      bool
		tf1, tf2      string // what is printed in each mode
	}{
		{"which", "import tensorflow as tf\nprint(hasattr(tf, 'Session'), tf.executing_eagerly())\n", Limit, 0, false, "True False\n", "False True\n"},
		{"compat", "import tensorflow.compat.v1 as tf\nfrom tensorflow.python.client import session\nprint(tf.Session is session.Session)\n", Limit, 0, false, "True\n", "True\n"},
		{"arguments", "import sys\nprint(sys.argv[1:], __name__)\n", Limit, 0, false, "['a', 'b c'] __main__\n", "['a', 'b c'] __main__\n"},
		{"exit", "import sys\nprint('out')\nsys.exit(7)\n", Limit, 7, false, "out\n", "out\n"},
		{"raise", "raise ValueError('no')\n", Limit, 1, false, "", ""},
		{"message", "import sys\nsys.exit('no')\n", Limit, 1, false, "", ""},
		{"crash", "import os\nos.abort()\n", Limit, -6, false, "", ""},
		{"hang", "while True: pass\n", time.Second / 2, -9, true, "", ""},
		{"stdin", "import sys\nprint(repr(sys.stdin.read()))\n", Limit, 0, false, "''\n", "''\n"},
	}
	for _, mode := range []Mode{TF1, TF2} {
		s, err := Start(context.Background(), python, root, mode)
		if err != nil {
			t.Fatal(err)
		}
		if s.Version != "2.15.1" {
			t.Errorf("TensorFlow %s, want 2.15.1", s.Version)
		}
		for _, tt := range tests {
			t.Run(string(mode)+"/"+tt.name, func(t *testing.T) {
				dir := t.TempDir()
				path := filepath.Join(dir, "program.py")
				if err := os.WriteFile(path, []byte(tt.program), 0o666); err != nil {
					t.Fatal(err)
				}
				r, err := s.Run(path, dir, tt.limit, "a", "b c")
				if err != nil {
					t.Fatal(err)
				}
				want := tt.tf1
				if mode == TF2 {
					want = tt.tf2
				}
				if r.Exit != tt.exit || r.TimedOut != tt.timedOut || r.Stdout != want {
					t.Errorf("exit code %d, timed out %v, printed %q, want %d, %v, %q\n%s", r.Exit, r.TimedOut, r.Stdout, tt.exit, tt.timedOut, want, r.Stderr)
				}
				if (r.Err() == nil) != (tt.exit == 0) {
					t.Errorf("Err is %v", r.Err())
				}
			})
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestNotebook runs cells, shell lines and magics in order.
func TestNotebook(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	python, err := Python(root)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Start(context.Background(), python, root, TF2)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	dir := t.TempDir()
	path := filepath.Join(dir, "n.ipynb")
	notebook := `{"cells": [
 {"cell_type": "code", "source": ["%matplotlib inline\n", "x = 1\n", "!echo made > made.txt"]},
 {"cell_type": "markdown", "source": ["x = 2"]},
 {"cell_type": "code", "source": ["for line in open('made.txt'):\n", "  !mkdir inside\n", "  print(x, line.strip())"]}]}`
	if err := os.WriteFile(path, []byte(notebook), 0o666); err != nil {
		t.Fatal(err)
	}
	r, err := s.Run(path, dir, Limit)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "inside")); r.Stdout != "1 made\n" || err != nil {
		t.Errorf("printed %q, %v, %v\n%s", r.Stdout, r.Err(), err, r.Stderr)
	}
}

func TestStartFails(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Start(context.Background(), "/bin/false", root, TF1); err == nil || !strings.Contains(err.Error(), "start the program server") {
		t.Errorf("a Python that does not run: %v", err)
	}
}
