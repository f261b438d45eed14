package behave

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// Program is a runnable program of testdata/programs with its sidecar, NAME.json beside NAME.py or NAME.ipynb.
type Program struct {
	Name string `json:"-"`
	Path string `json:"-"` // of the .py or .ipynb file

	Exports    []string `json:"exports"`     // what it writes, relative to its working directory; globs where a directory is named by the time
	RunsOn     []string `json:"runs_on"`     // the TensorFlows that it runs on once it is fixed
	Fixtures   []string `json:"fixtures"`    // programs below fixtures/ that run before it, in the same directory and under TF1
	Guide      string   `json:"guide"`       // the example of TensorFlow's guide that it is
	Auto       bool     `json:"auto"`        // fix can do all of it
	Unsafe     bool     `json:"unsafe"`      // fix needs --unsafe-fixes for it
	SameStdout bool     `json:"same_stdout"` // the fixed program prints the same
	Sites      []Site   `json:"sites"`       // what lint has to find; none for a program that must be left alone
}

// Site is a statement that saves, loads or describes a model the TensorFlow 1 way.
type Site struct {
	Cell    *int   `json:"cell"` // in a notebook, from 0 over all cells
	Line    int    `json:"line"`
	EndLine int    `json:"end_line"`
	API     string `json:"api"`
	Stays   bool   `json:"stays"` // TensorFlow 2 has nothing for it: a fix may keep it through compat.v1
}

// Programs reads all programs of a directory, sorted by name.
func Programs(dir string) ([]*Program, error) {
	sidecars, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	sort.Strings(sidecars)
	var programs []*Program
	for _, sidecar := range sidecars {
		base := strings.TrimSuffix(sidecar, ".json")
		p := &Program{Name: filepath.Base(base), Path: base + ".py"}
		if _, err := os.Stat(p.Path); err != nil {
			p.Path = base + ".ipynb"
		}
		if _, err := os.Stat(p.Path); err != nil {
			return nil, fmt.Errorf("%s is the sidecar of no program: %w", sidecar, err)
		}
		text, err := os.ReadFile(sidecar)
		if err != nil {
			return nil, err
		}
		d := json.NewDecoder(bytes.NewReader(text))
		d.DisallowUnknownFields()
		if err := d.Decode(p); err != nil {
			return nil, fmt.Errorf("%s: %w", sidecar, err)
		}
		for _, s := range p.Sites {
			if s.Line < 1 || s.EndLine < s.Line || s.API == "" {
				return nil, fmt.Errorf("%s: site %+v has no lines or no api", sidecar, s)
			}
		}
		programs = append(programs, p)
	}
	if len(programs) == 0 {
		return nil, fmt.Errorf("%s holds no programs", dir)
	}
	return programs, nil
}
