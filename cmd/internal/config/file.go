package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
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
	Select           *[]Selector           `toml:"select"`
	ExtendSelect     []Selector            `toml:"extend-select"`
	Ignore           []Selector            `toml:"ignore"`
	PerFileIgnores   map[string][]Selector `toml:"per-file-ignores"`
	Exclude          *[]Glob               `toml:"exclude"`
	ExtendExclude    []Glob                `toml:"extend-exclude"`
	TargetVersion    *target               `toml:"target-version"`
	UnsafeFixes      bool                  `toml:"unsafe-fixes"`
	RespectGitignore *bool                 `toml:"respect-gitignore"`
	Baseline         string                `toml:"baseline"`
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
		if err := explain(shown, nil, d.Decode(t)); err != nil {
			return nil, err
		}
		return t.check(shown, text)
	}
	if !bytes.Contains(text, []byte("tfmigrate")) {
		return nil, nil
	}
	var project struct {
		Tool struct {
			Tfmigrate *table `toml:"tfmigrate"`
		} `toml:"tool"`
	}
	if err := explain(shown, []string{"tool", "tfmigrate"}, d.Decode(&project)); err != nil {
		return nil, err
	}
	return project.Tool.Tfmigrate.check(shown, text)
}

// check holds what go-toml can't: that the keys of per-file-ignores are globs, and that a run under the table can find something.
func (t *table) check(shown string, text []byte) (*table, error) {
	if t == nil {
		return nil, nil
	}
	if t.Select != nil && len(*t.Select) == 0 {
		return nil, fmt.Errorf("%s%s: select: it names no rule, so that nothing would ever be found", shown, lineOf(text, `(?m)^[^#\n]*\bselect\b`))
	}
	for _, key := range slices.Sorted(maps.Keys(t.PerFileIgnores)) {
		if _, err := ParseGlob(key); err != nil {
			return nil, fmt.Errorf("%s%s: per-file-ignores: %w", shown, lineOf(text, `["']`+regexp.QuoteMeta(key)+`["']`), err)
		}
	}
	return t, nil
}

// lineOf is :LINE for the end of the first match of an expression, or "" where there is none.
func lineOf(text []byte, expr string) string {
	at := regexp.MustCompile(expr).FindIndex(text)
	if at == nil {
		return ""
	}
	return fmt.Sprintf(":%d", 1+bytes.Count(text[:at[1]], []byte("\n")))
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
			if strings.HasPrefix(message, "cannot ") { // go-toml speaks of Go's types
				message = "it has to be " + shape(key[len(table)])
			}
			message = strings.Join(key[len(table):], ".") + ": " + message
		}
		return fmt.Errorf("%s:%d:%d: %s", file, line, column, message)
	case err != nil:
		return fmt.Errorf("%s: %s", file, strings.TrimPrefix(err.Error(), "toml: "))
	}
	return nil
}

// shape is what the value of a key has to be.
func shape(key string) string {
	for i := range reflect.TypeFor[table]().NumField() {
		f := reflect.TypeFor[table]().Field(i)
		if f.Tag.Get("toml") != key {
			continue
		}
		kind := f.Type
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		switch kind.Kind() {
		case reflect.Slice:
			return "a list of strings"
		case reflect.Map:
			return "a table of lists of strings"
		case reflect.Bool:
			return "true or false"
		}
	}
	return "a string"
}
