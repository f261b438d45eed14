package cli

import (
	"context"
	"maps"
	"slices"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rewrite"
	"github.com/tfmigrate/tfmigrate/rules"
)

// support is what becomes of a file that runs together with fixed ones and has nothing to fix itself.
type support struct {
	rewrite.Support
	with string // one of the fixed ones
}

// outsider is a file of the project that was not among the paths, and is not written.
type outsider struct {
	path string
	support
}

// supportFixed gives the files that run together with fixed ones what they need on TensorFlow 2: those that import a fixed file, at whatever
// distance, and all that these and it import. Files that were not among the paths come back instead.
func supportFixed(ctx context.Context, src *sources, plans []fixed, sieve *analyzer.Sieve, opt *fixing) ([]outsider, error) {
	t := &together{src: src, fixed: map[string]*fixed{}, paths: map[string]string{}, under: map[string]source{}, edges: map[string]map[string]bool{}}
	given := map[string]*fixed{}
	var fixes, paths []string
	for i, s := range src.files {
		if s.path == stdinPath || plans[i].err != nil || opt.onlySaving {
			continue
		}
		key := realPath(s.path)
		given[key], t.paths[key], t.under[key] = &plans[i], s.path, s
		if plans[i].moved {
			t.fixed[key] = &plans[i]
			fixes, paths = append(fixes, key), append(paths, s.path)
		}
	}
	if len(fixes) == 0 {
		return nil, nil
	}
	var near []string
	for _, path := range sieve.Near(paths) {
		key := realPath(path)
		near = append(near, key)
		if t.paths[key] == "" {
			t.paths[key], t.under[key] = path, t.under[fixes[0]]
		}
	}
	if err := t.importAll(ctx, opt.jobs, near); err != nil {
		return nil, err
	}
	with := t.runWith(ctx, near, fixes)
	var out []outsider
	for _, key := range slices.Sorted(maps.Keys(with)) {
		if t.fixed[key] != nil {
			continue
		}
		d, res := t.survey(ctx, key)
		if res == nil || res.Moved() {
			continue
		}
		s, err := rewrite.SupportFixed(d, res, t.around(ctx, key, with[key]), rewrite.Options{Project: src.project})
		if err != nil {
			return nil, err
		}
		if s == nil {
			continue
		}
		done := support{*s, t.paths[with[key][0]]}
		if f := given[key]; f != nil {
			f.support = &done
			if f.res == nil {
				f.d, f.res = d, res
			}
			continue
		}
		if done.Raw != nil {
			done.Raw, done.Why = nil, "name it among the paths as well"
		}
		out = append(out, outsider{t.paths[key], done})
	}
	return out, nil
}

// together are the files of which some run in one program, by their real paths.
type together struct {
	src   *sources
	fixed map[string]*fixed // those in which a fix was made
	paths map[string]string // as the user would write them
	under map[string]source
	users map[string][]string        // a fixed file, and those that import it, at whatever distance
	edges map[string]map[string]bool // the modules that a file imports, and whether that is when it is imported itself
}

// runWith gives, for each file that may run in one program with fixed ones, these, in order. near has all that may import one of them.
func (t *together) runWith(ctx context.Context, near, fixes []string) map[string][]string {
	modules := func(key string) []string { return slices.Sorted(maps.Keys(t.imports(ctx, key))) }
	importers := map[string][]string{}
	for _, key := range closure(near, modules) {
		for _, module := range modules(key) {
			importers[module] = append(importers[module], key)
		}
	}
	out := map[string][]string{}
	t.users = map[string][]string{}
	for _, fix := range fixes {
		t.users[fix] = closure([]string{fix}, func(key string) []string { return importers[key] })
		for _, member := range closure(t.users[fix], modules) {
			out[member] = append(out[member], fix)
		}
	}
	return out
}

// around says how the fixed files run that a file runs with.
func (t *together) around(ctx context.Context, key string, fixes []string) rewrite.Around {
	a := rewrite.Around{Graph: true, Before: true}
	atOnce := t.loads(ctx, key)
	for _, fix := range fixes {
		f := t.fixed[fix]
		keeps := f.keepsV1
		a.Graph = a.Graph && keeps
		a.First = a.First || keeps && slices.Contains(atOnce, fix)
		a.Eager = a.Eager || f.res.Eager()
		a.V1 = a.V1 || f.res.V1()
		a.Estimator = a.Estimator || f.res.Estimator()
		for _, user := range t.users[fix] { // who may call the file, and has not run the fixed one before
			a.Before = a.Before && slices.Contains(t.loads(ctx, user), fix)
		}
		for _, made := range f.res.Applied {
			for path, spans := range made.Elsewhere {
				if realPath(path) == key {
					a.Wrapped = append(a.Wrapped, spans...)
				}
			}
		}
	}
	return a
}

// loads are a file and the modules that are imported when it is.
func (t *together) loads(ctx context.Context, key string) []string {
	return closure([]string{key}, func(key string) []string {
		var out []string
		for module, at := range t.imports(ctx, key) {
			if at {
				out = append(out, module)
			}
		}
		return out
	})
}

// closure is what can be reached, in the order in which it was.
func closure(from []string, next func(string) []string) []string {
	out, seen := []string{}, map[string]bool{}
	for todo := from; len(todo) > 0; todo = todo[1:] {
		if key := todo[0]; !seen[key] {
			seen[key] = true
			out = append(out, key)
			todo = append(todo, next(key)...)
		}
	}
	return out
}

// imports are the modules of the project that a file imports.
func (t *together) imports(ctx context.Context, key string) map[string]bool {
	if _, ok := t.edges[key]; !ok {
		t.keep(key, t.importsOf(ctx, t.paths[key]))
	}
	return t.edges[key]
}

// importAll looks at what some files import, with so many workers. The error is for a context that ended.
func (t *together) importAll(ctx context.Context, workers int, keys []string) error {
	var paths []string
	for _, key := range keys {
		paths = append(paths, t.paths[key])
	}
	taken := inOrder(ctx, workers, len(keys), func(i int) map[string]bool { return t.importsOf(ctx, paths[i]) },
		func(i int, modules map[string]bool) { t.keep(keys[i], modules) })
	if taken < len(keys) {
		return ctx.Err()
	}
	return nil
}

// importsOf are the modules that the file at a path imports.
func (t *together) importsOf(ctx context.Context, path string) map[string]bool {
	d, err := t.src.read(path)
	if err != nil {
		return nil
	}
	file, err := t.src.project.Parse(ctx, d.Path, d.Python)
	if err != nil {
		return nil
	}
	return file.Imports()
}

// keep keeps what a file imports.
func (t *together) keep(key string, modules map[string]bool) {
	edges := map[string]bool{}
	for path, atOnce := range modules {
		module := realPath(path)
		edges[module] = edges[module] || atOnce
		if t.paths[module] == "" {
			t.paths[module], t.under[module] = path, t.under[key]
		}
	}
	t.edges[key] = edges
}

// read reads a file; nil for one that can't be.
func (t *together) read(key string) *rewrite.Document {
	d, err := t.src.read(t.paths[key])
	if err != nil {
		return nil
	}
	return d
}

// survey looks at a file of which nothing is to be fixed; nil for one that can't be looked at.
func (t *together) survey(ctx context.Context, key string) (*rewrite.Document, *rewrite.Result) {
	d := t.read(key)
	if d == nil {
		return nil, nil
	}
	none := func(*rules.Rule) bool { return false }
	res, err := rewrite.Survey(ctx, d, t.under[key].under.Target, rewrite.Options{Project: t.src.project, Wants: none})
	if err != nil {
		return nil, nil
	}
	return d, res
}
