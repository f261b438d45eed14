package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// corpus is what a directory holds.
type corpus struct {
	dir    string
	repos  []repo
	absent []repo // listed, and not checked out
	labels []label
	files  []string // Python files and notebooks, with slashes, below dir
	links  []string // symbolic links to such files, which are not followed
}

type repo struct {
	Name   string `json:"repo"`
	Commit string `json:"commit"`
}

// folder is where a repository is checked out.
func (r repo) folder() string { return strings.ReplaceAll(r.Name, "/", "+") }

// label is what one line is.
type label struct {
	Repo   string `json:"repo"`
	Commit string `json:"commit"`
	Path   string `json:"path"`
	Line   int    `json:"line"` // of the file; of the cell in a notebook
	Kind   string `json:"kind"`
	True   bool   `json:"true_positive"`
	Import string `json:"import_style"`
	Why    string `json:"why"`
}

// file is the labelled file's path below the corpus.
func (l label) file() string { return repo{Name: l.Repo}.folder() + "/" + l.Path }

// openCorpus lists what dir holds.
func openCorpus(dir string) (*corpus, error) {
	c := &corpus{dir: dir}
	raw, err := os.ReadFile(filepath.Join(dir, "repos.json"))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(raw, &c.repos); err != nil {
		return nil, fmt.Errorf("repos.json: %w", err)
	}
	if c.labels, err = readLines[label](filepath.Join(dir, "labels.jsonl")); err != nil {
		return nil, err
	}
	for _, r := range c.repos {
		if _, err := os.Stat(filepath.Join(dir, r.folder())); errors.Is(err, fs.ErrNotExist) {
			c.absent = append(c.absent, r)
			continue
		} else if err != nil {
			return nil, err
		}
		if err := c.list(r); err != nil {
			return nil, err
		}
	}
	slices.Sort(c.files)
	return c, nil
}

// list adds the sources of one repository.
func (c *corpus) list(r repo) error {
	return filepath.WalkDir(filepath.Join(c.dir, r.folder()), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".py") && !strings.HasSuffix(path, ".ipynb") {
			return err
		}
		below, err := filepath.Rel(c.dir, path)
		if err != nil {
			return err
		}
		if below = filepath.ToSlash(below); d.Type().IsRegular() {
			c.files = append(c.files, below)
		} else {
			c.links = append(c.links, below)
		}
		return nil
	})
}

// readLines reads a file of one JSON value a line.
func readLines[T any](path string) ([]T, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var out []T
	lines := bufio.NewScanner(bytes.NewReader(raw))
	lines.Buffer(nil, len(raw)+1)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var v T
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, n, err)
		}
		out = append(out, v)
	}
	return out, lines.Err()
}

// writeLines writes one JSON value a line.
func writeLines[T any](path string, values []T) error {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	for _, v := range values {
		if err := enc.Encode(v); err != nil {
			return err
		}
	}
	return os.WriteFile(path, buf.Bytes(), 0o666)
}
