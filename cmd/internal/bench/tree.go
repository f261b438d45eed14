package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// tree is a number of directories with Python code that are looked at together.
type tree struct {
	what     string // what it is, for the page
	roots    []string
	projects bool // each directory in the roots is a project of its own
	files    []file
}

// file is a Python file or a notebook.
type file struct {
	path, root string
	bytes      int64
}

func isSource(path string) bool {
	return strings.HasSuffix(path, ".py") || strings.HasSuffix(path, ".ipynb")
}

// readTree lists the files of a tree. Symbolic links are not followed.
func readTree(what string, projects bool, roots ...string) (*tree, error) {
	t := &tree{what: what, projects: projects}
	for _, root := range roots {
		root, err := filepath.Abs(root)
		if err != nil {
			return nil, err
		}
		t.roots = append(t.roots, root)
		err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() || !isSource(path) {
				return err
			}
			info, err := d.Info()
			if err == nil {
				t.files = append(t.files, file{path, root, info.Size()})
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if len(t.files) == 0 {
		return nil, fmt.Errorf("%s: no Python files", strings.Join(roots, " "))
	}
	return t, nil
}

func (t *tree) bytes() (n int64) {
	for _, f := range t.files {
		n += f.bytes
	}
	return n
}

// project is the root of the work tree that a file would be in.
func (t *tree) project(f file) string {
	if !t.projects {
		return f.root
	}
	return filepath.Join(f.root, firstDir(f))
}

// firstDir is the directory of its root that a file is in, empty for a file of the root itself.
func firstDir(f file) string {
	rel, err := filepath.Rel(f.root, f.path)
	if first, _, in := strings.Cut(rel, string(filepath.Separator)); err == nil && in {
		return first
	}
	return ""
}

// name is how the page calls a file.
func (t *tree) name(f file) string {
	rel, err := filepath.Rel(f.root, f.path)
	if err != nil {
		return filepath.Base(f.path)
	}
	return filepath.ToSlash(rel)
}

// found are the files in which lint finds something.
func (t *tree) found(ctx context.Context, tools *tools) (map[string]bool, error) {
	args := append(slices.DeleteFunc(tools.lint(), func(a string) bool { return a == "concise" || a == "--format" }), "--format", "json")
	cmd := exec.CommandContext(ctx, args[0], append(args[1:], t.roots...)...)
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && (exit.ExitCode() == 1 || exit.ExitCode() == 3)) {
		return nil, fmt.Errorf("%s: %w", strings.Join(args, " "), err)
	}
	var report struct {
		Findings []struct{ Path string }
	}
	if err := json.Unmarshal(out, &report); err != nil {
		return nil, fmt.Errorf("%s: %w", strings.Join(args, " "), err)
	}
	found := map[string]bool{}
	for _, f := range report.Findings {
		path, err := filepath.Abs(f.Path)
		if err != nil {
			return nil, err
		}
		found[path] = true
	}
	return found, nil
}

// choice is a file to measure alone.
type choice struct {
	what string
	file file
}

// choose takes three Python files: one of middling size that does not say tensorflow, one of middling size in which lint finds something,
// and the largest of those in the directory with the most files.
func (t *tree) choose(found map[string]bool) ([]choice, error) {
	var without, with []file
	sizes := map[string]int{}
	for _, f := range t.files {
		sizes[firstDir(f)]++
		if !strings.HasSuffix(f.path, ".py") || f.bytes < 1000 {
			continue
		}
		if found[f.path] {
			with = append(with, f)
			continue
		}
		src, err := os.ReadFile(f.path)
		if err != nil {
			return nil, err
		}
		if !strings.Contains(string(src), "tensorflow") {
			without = append(without, f)
		}
	}
	bySize := func(a, b file) int { return int(a.bytes - b.bytes) }
	slices.SortStableFunc(without, bySize)
	slices.SortStableFunc(with, bySize)
	var choices []choice
	if len(without) > 0 {
		choices = append(choices, choice{"no TensorFlow", without[len(without)/2]})
	}
	if len(with) > 0 {
		choices = append(choices, choice{"with a finding", with[len(with)/2]})
		large := with[0]
		for _, f := range with {
			if sizes[firstDir(f)] >= sizes[firstDir(large)] {
				large = f
			}
		}
		choices = append(choices, choice{"with a finding, the largest in the largest directory", large})
	}
	return choices, nil
}

// copyTo puts copies of the files into a directory, as hard links where that is possible.
func (t *tree) copyTo(dir string) error {
	for _, f := range t.files {
		rel, err := filepath.Rel(f.root, f.path)
		if err != nil {
			return err
		}
		to := filepath.Join(dir, rel)
		if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
			return err
		}
		if err := os.Link(f.path, to); err == nil || errors.Is(err, fs.ErrExist) {
			continue
		}
		src, err := os.ReadFile(f.path)
		if err != nil {
			return err
		}
		if err := os.WriteFile(to, src, 0o666); err != nil {
			return err
		}
	}
	return nil
}
