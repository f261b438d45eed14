package rewrite

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// HelperModule is a module of the project that holds the helpers, where they are not to stand in each file that calls them.
type HelperModule struct {
	Name string // as the file imports it: "saving", "trainer.saving"; "" for helpers in the file itself
	// Doubt says what has to be true for that import to be found; "" where it is.
	Doubt string
}

// moduleLevels are the helpers that a module may hold: those of a level and of all before it. Those for Estimators are apart, since TensorFlow
// has none from 2.16 on.
var moduleLevels = [][]string{{"save_session", "save_signature_defs", "save_signatures", "export_session", "check_tags", "freeze_session", "load_predictor", "restore_meta_graph", "GraphSession", "read_meta_graph"}, {"export_estimator"}, {"SavedModelExporter"}}

// ErrNotHelpers is the error of HelperModuleText for a module that holds something else.
var ErrNotHelpers = errors.New("it holds something else than the helpers that fix writes")

// HelperModuleText is the source of a module with the helpers that calls names and those that it holds already; before is nil for a new
// one. A module that holds anything else is an error, and so is one that was changed.
func HelperModuleText(before []byte, calls []string) ([]byte, error) {
	level := 0
	for i, names := range moduleLevels {
		if slices.ContainsFunc(calls, func(name string) bool { return slices.Contains(names, name) }) {
			level = i
		}
	}
	if before == nil {
		return moduleText(level)
	}
	for i := range moduleLevels {
		text, err := moduleText(i)
		if err != nil {
			return nil, err
		}
		if bytes.Equal(text, before) {
			return moduleText(max(i, level))
		}
	}
	return nil, ErrNotHelpers
}

// moduleText is a module with the helpers up to a level, with all of their parts.
func moduleText(level int) ([]byte, error) {
	f, err := analyzer.Parse(context.Background(), "helpers.py", []byte("import tensorflow as tf\n"))
	if err != nil {
		return nil, err
	}
	p := newProgram(rules.Lift(f, rules.DefaultTarget), Options{})
	names := slices.Concat(moduleLevels[:level+1]...)
	with := parts{}
	for _, name := range names {
		for _, part := range helperPart.FindAllStringSubmatch(helperSource(name), -1) {
			with[part[1]] = true
		}
	}
	var functions strings.Builder
	imports := map[string]bool{}
	for _, name := range withNeeds(names, with) {
		for _, m := range loadHelper(name, with).imports {
			imports[m] = m != "tensorflow"
		}
		functions.WriteString("\n\n" + p.helperText(name, with))
	}
	var out strings.Builder
	out.WriteString("\"\"\"Writes what TensorFlow 1's graphs and sessions hold as TensorFlow 2 SavedModels.\"\"\"\n")
	for _, m := range []string{"os", "time"} {
		if imports[m] {
			out.WriteString("import " + m + "\n")
		}
	}
	if level > 0 {
		out.WriteString("\n")
	}
	out.WriteString("import tensorflow as tf\n" + functions.String())
	return []byte(out.String()), nil
}

// importedHelper is what the file calls a helper that it imports from the module of helpers.
func (p *program) importedHelper(name string) (as string, ok bool) {
	if p.opt.Helpers.Name == "" {
		return "", false
	}
	for ident, v := range p.f.Scope(p.f.Module).Vars {
		if len(v.Bindings) == 1 && v.Bindings[0].Kind == analyzer.BindImport && v.Bindings[0].Import == p.opt.Helpers.Name+"."+name {
			return ident, true
		}
	}
	return "", false
}

// helperImports are the lines that import helpers from their module.
func (p *program) helperImports(names []string) string {
	var list []string
	for _, name := range slices.Compact(slices.Sorted(slices.Values(names))) {
		switch h := p.placedHelper(name); {
		case h.imported:
		case h.name != name:
			list = append(list, name+" as "+h.name)
		default:
			list = append(list, name)
		}
	}
	if len(list) == 0 {
		return ""
	}
	return "from " + p.opt.Helpers.Name + " import " + strings.Join(list, ", ") + p.end
}
