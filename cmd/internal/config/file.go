package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/tfmigrate/tfmigrate/rules"
)

// The names of the files that hold a configuration.
const (
	ownName     = "tfmigrate.toml"
	projectName = "pyproject.toml"
)

// table is what tfmigrate.toml holds, or [tool.tfmigrate] of pyproject.toml. docs/configuration.md tells users about each key.
type table struct {
	Select           *[]Selector         `toml:"select"`
	ExtendSelect     []Selector          `toml:"extend-select"`
	Ignore           []Selector          `toml:"ignore"`
	PerFileIgnores   map[Glob][]Selector `toml:"per-file-ignores"`
	Exclude          *[]Glob             `toml:"exclude"`
	ExtendExclude    []Glob              `toml:"extend-exclude"`
	TargetVersion    *target             `toml:"target-version"`
	UnsafeFixes      bool                `toml:"unsafe-fixes"`
	RespectGitignore *bool               `toml:"respect-gitignore"`
	Baseline         string              `toml:"baseline"`
}

// target is a version that checks itself.
type target rules.Version

// UnmarshalText reads a target version.
func (v *target) UnmarshalText(text []byte) error {
	parsed, err := rules.ParseVersion(string(text))
	*v = target(parsed)
	return err
}

// keys are those of table.
func keys() []string {
	var out []string
	for i := range reflect.TypeFor[table]().NumField() {
		out = append(out, reflect.TypeFor[table]().Field(i).Tag.Get("toml"))
	}
	return out
}

// readDir reads the configuration of one directory: nil where there is none.
func readDir(dir string, shown func(file string) string) (*table, string, error) {
	for _, name := range []string{ownName, projectName} {
		file := filepath.Join(dir, name)
		if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() {
			continue
		}
		t, err := readFile(file, shown(file))
		if t != nil || err != nil {
			return t, shown(file), err
		}
	}
	return nil, "", nil
}

// readFile reads a configuration; errors call it what it is shown as. It is nil for a pyproject.toml that has no table for tfmigrate.
func readFile(file, shown string) (*table, error) {
	text, err := os.ReadFile(file)
	var p *fs.PathError
	if errors.As(err, &p) {
		return nil, fmt.Errorf("%s: %w", shown, p.Err)
	}
	if err != nil {
		return nil, err
	}
	d := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields()
	if filepath.Base(file) != projectName {
		t := &table{}
		return t, explain(shown, nil, d.Decode(t))
	}
	if !bytes.Contains(text, []byte("tfmigrate")) {
		return nil, nil
	}
	var project struct {
		Tool struct {
			Tfmigrate *table `toml:"tfmigrate"`
		} `toml:"tool"`
	}
	err = explain(shown, []string{"tool", "tfmigrate"}, d.Decode(&project))
	return project.Tool.Tfmigrate, err
}

// explain says what is wrong with a file, where, and what may have been meant. Keys outside of the table are not ours.
func explain(file string, table []string, err error) error {
	var unknown *toml.StrictMissingError
	var wrong *toml.DecodeError
	switch {
	case errors.As(err, &unknown):
		for _, e := range unknown.Errors {
			key := e.Key()
			if len(key) <= len(table) || !slices.Equal(key[:len(table)], table) {
				continue
			}
			line, column := e.Position()
			name := key[len(table)]
			text := fmt.Sprintf("%s:%d:%d: there is no key %q", file, line, column, name)
			if near := rules.Near(name, keys()); near != "" {
				return fmt.Errorf("%s; did you mean %s?", text, near)
			}
			return fmt.Errorf("%s; the keys are %s", text, strings.Join(keys(), ", "))
		}
		return nil
	case errors.As(err, &wrong):
		line, column := wrong.Position()
		message := strings.TrimPrefix(wrong.Error(), "toml: ")
		if key := wrong.Key(); len(key) > len(table) && slices.Equal(key[:len(table)], table) {
			message = strings.Join(key[len(table):], ".") + ": " + message
		}
		return fmt.Errorf("%s:%d:%d: %s", file, line, column, message)
	case err != nil:
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}
