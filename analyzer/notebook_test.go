package analyzer

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// notebook is a small notebook whose code cells have the given sources, as JSON values.
func notebook(sources ...string) string {
	var cells []string
	for _, s := range sources {
		cells = append(cells, `  {
   "cell_type": "code",
   "execution_count": null,
   "metadata": {"<&>": "é\u00e9"},
   "outputs": [],
   "source": `+s+`
  }`)
	}
	return "{\n \"cells\": [\n" + strings.Join(cells, ",\n") + "\n ],\n \"metadata\": {},\n \"nbformat\": 4,\n \"nbformat_minor\": 5\n}\n"
}

func parseNotebook(t *testing.T, raw string) *Notebook {
	t.Helper()
	n, err := ParseNotebook([]byte(raw))
	if err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	return n
}

// sourcesOf are the sources of the code cells, as a program that reads JSON sees them.
func sourcesOf(t *testing.T, raw []byte) []string {
	t.Helper()
	var nb struct {
		Cells []struct {
			Type   string          `json:"cell_type"`
			Source json.RawMessage `json:"source"`
		} `json:"cells"`
	}
	if err := json.Unmarshal(raw, &nb); err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	var out []string
	for _, c := range nb.Cells {
		if c.Type != "code" {
			continue
		}
		var s string
		var list []string
		if json.Unmarshal(c.Source, &s) != nil {
			if err := json.Unmarshal(c.Source, &list); err != nil {
				t.Fatal(err)
			}
			s = strings.Join(list, "")
		}
		out = append(out, s)
	}
	return out
}

// TestNotebookRoundTrip: with no edit not a byte changes, whatever is in the cells, and the source that the notebook
// stands for has no error where the cells have none.
func TestNotebookRoundTrip(t *testing.T) {
	for name, raw := range map[string]string{
		"string":                 notebook(`"import a\nb = 1"`),
		"string and newline":     notebook(`"import a\n"`),
		"list":                   notebook("[\n    \"import a\\n\",\n    \"b = 1\"\n   ]"),
		"list and newline":       notebook(`["import a\n", "b = 1\n"]`),
		"empty string":           notebook(`""`),
		"empty list":             notebook(`[]`),
		"list of nothing":        notebook(`["", ""]`),
		"newlines only":          notebook(`"\n\n"`, `["\n", "\n"]`, `"\n"`),
		"blank lines at the end": notebook(`"a\n\n\n"`, `"a\n\n"`, `["a\n", "\n"]`),
		"CRLF":                   notebook(`"a\r\nb\r\n"`, `["a\r\n", "b"]`),
		"escapes":                notebook(`"\u0061 = '\u00e9\/\"\t<&>'"`),
		"surrogates":             notebook(`"'\ud83d\ude00'"`, `"'\ud800'"`),
		"not UTF-8":              notebook("\"'\xff'\""),
		"not ASCII":              notebook(`"é = '日本'"`),
		"several lines a string": notebook(`["a\nb\n", "c"]`),
		"a line in two strings":  notebook(`["a = ", "1\n", "b"]`),
		"the mark of a cell":     notebook(`"# tfmigrate: cell 7\na"`, `"'''\n# tfmigrate: cell 0\n'''"`),
		"a placeholder":          notebook(`"_tfmigrate_magic_0\n%matplotlib"`, `"_tfmigrate_magic_99"`),
		"magics":                 notebook(`"%matplotlib inline\n!ls\n?x\nx?\nx = !ls\ny = %time f()\nif 1:\n    !ls\n    %cd x"`),
		"another language":       notebook(`"%%bash\necho 'a\n"`, `"%%html\n<b>"`),
		"timed":                  notebook(`"%%time\nimport a\n"`),
		"magic alone":            notebook(`"!ls"`, `"%%bash"`),
		"duplicate source":       notebook("\"a\",\n   \"source\": \"b\""),
		"one line":               `{"cells":[{"cell_type":"code","source":["a\n","b"],"metadata":{},"outputs":[],"execution_count":1}],"nbformat":4,"nbformat_minor":2,"metadata":{}}`,
		"tabs":                   strings.ReplaceAll(notebook("[\n\t\"a\\n\",\n\t\"b\"\n]"), " ", "\t"),
		"CRLF around":            strings.ReplaceAll(notebook("[\n\"a\\n\",\n\"b\"\n]"), "\n", "\r\n"),
		"no cells":               `{"cells": [], "nbformat": 4}`,
		"markdown":               `{"cells": [{"cell_type": "markdown", "source": "# a"}, {"cell_type": "raw", "source": []}], "nbformat": 4}`,
		"form feed and more":     notebook(`"a\fb\u2028c\u0085d\u000b"`),
		"lone CR":                notebook(`"a\rb"`, `"a\r"`),
	} {
		n := parseNotebook(t, raw)
		back, err := n.Restore(n.Python)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if string(back) != raw {
			t.Errorf("%s: changed to\n%s", name, back)
		}
	}
}

func TestNotebookMagics(t *testing.T) {
	for line, magic := range map[string]bool{
		"%matplotlib inline":      true,
		"  %cd x":                 true,
		"!pip install x":          true,
		"!!ls":                    true,
		"?x":                      true,
		"x?":                      true,
		"x.y??":                   true,
		"files = !ls":             true,
		"files = !./ls":           true,
		"t = %timeit -o f()":      true,
		"t = %%time":              false, // no Python either: an error of the file
		"a.b = %env X":            true,
		"a, b = !ls":              true,
		"x = y %timeit":           false, // a remainder
		"x = 5 % y":               false,
		"x != y":                  false,
		"if x != y: pass":         false,
		"assert a!=b":             false,
		"f(a=b!=c)":               false,
		"x = a == b":              false,
		"x = y != z":              false,
		"x = '!ls'":               false,
		"x = '%s' % y":            false,
		"x = 1  # !ls":            false,
		"x = 1  # why?":           false,
		"# %time":                 false,
		"print('a?')":             false,
		"x = {'a': 1}":            false,
		"d = dict(a=!1)":          false,
		"f'{x!r}'":                false,
		"y = f(x=%time)":          false,
		"x ==!y":                  false,
		"  result = %sql select":  true,
		"%%time":                  true,
		"!echo 'a' \\":            true,
		"display(x)":              false,
		"x: int = !ls":            true,
		"x = \"a = !ls\"":         false,
		"_tfmigrate_magic_0":      true,
		"  _tfmigrate_magic_12  ": true,
	} {
		source, err := json.Marshal("a = 1\n" + line + "\nb = 2")
		if strings.HasPrefix(line, " ") {
			source, err = json.Marshal("if a:\n" + line + "\nb = 2")
		}
		if err != nil {
			t.Fatal(err)
		}
		n := parseNotebook(t, notebook(string(source)))
		if masked := len(n.magics) == 1; masked != magic {
			t.Errorf("%q: taken for a magic: %v", line, masked)
		}
		f, err := Parse(t.Context(), "n.ipynb", n.Python)
		if err != nil {
			t.Fatal(err)
		}
		if magic && len(f.Errors) > 0 {
			t.Errorf("%q: errors in %q", line, n.Python)
		}
	}
}

// TestNotebookStrings: what looks like a magic inside a string of several lines, or in the middle of an expression, is Python.
func TestNotebookStrings(t *testing.T) {
	for _, text := range []string{
		"s = '''\n%matplotlib\n!ls\n?x\nx?\nx = !ls\n'''\nb = s",
		"s = \"\"\"a\n!ls \\\"\"\" x\n!ls\"\"\"\nb",
		"x = (a\n  % b)\ny = [\n  1\n  %2]",
		"x = a \\\n  % b",
		"x = a \\\n%b",
		"f(\n   a,\n   !x)", // broken, but no magic
		"# '''\nx = 1",
	} {
		source, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		n := parseNotebook(t, notebook(string(source)))
		if len(n.magics) > 0 {
			t.Errorf("%q: taken for magics: %q", text, n.magics)
		}
	}
	// A magic that its backslash continues is one.
	n := parseNotebook(t, notebook(`"!pip install \\\n    a \\\n    b\nx = 1"`))
	f, err := Parse(t.Context(), "n.ipynb", n.Python)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Errors) > 0 || strings.Contains(string(n.Python), "install") || strings.Contains(string(n.Python), "    a") {
		t.Errorf("a continued magic: %v in\n%s", f.Errors, n.Python)
	}
}

func TestNotebookEdits(t *testing.T) {
	for name, c := range map[string]struct {
		raw      string
		old, new string
		want     []string
		keep     []string // bytes that stay
	}{
		"string":            {notebook(`"a\nb"`), "a\n", "c\nd\n", []string{"c\nd\nb"}, nil},
		"string, newline":   {notebook(`"a\nb\n"`), "a\n", "c\n", []string{"c\nb\n"}, nil},
		"list":              {notebook("[\n    \"\\u0061\\n\",\n    \"b\"\n   ]"), "b\n", "c\nd\n", []string{"a\nc\nd"}, []string{"[\n    \"\\u0061\\n\",\n    \"c\\n\",\n    \"d\"\n   ]"}},
		"list on one line":  {notebook(`["a\n", "b"]`), "b\n", "c\nd\n", []string{"a\nc\nd"}, []string{`["a\n", "c\n", "d"]`}},
		"list of one":       {notebook(`["a"]`), "a\n", "c\nd\n", []string{"c\nd"}, nil},
		"an empty cell":     {notebook(`""`, `"b"`), "cell 0\n", "cell 0\na\n", []string{"a", "b"}, nil},
		"an empty list":     {notebook(`[]`, `"b"`), "cell 0\n", "cell 0\na\n", []string{"a", "b"}, nil},
		"other cells":       {notebook(`"\u0061"`, `"b"`), "b\n", "c\n", []string{"a", "c"}, []string{`"\u0061"`}},
		"a cell made empty": {notebook(`"a"`, `"b"`), "a\n", "", []string{"", "b"}, nil},
		"CRLF":              {notebook(`"a\r\nb\r\n"`), "b\r\n", "c\r\nd\r\n", []string{"a\r\nc\r\nd\r\n"}, nil},
		"CRLF, no end":      {notebook(`"a\r\nb"`), "a\r\n", "c\r\n", []string{"c\r\nb"}, nil},
		"magics":            {notebook(`"!ls\na\n%cd"`), "a\n", "b\n", []string{"!ls\nb\n%cd"}, nil},
		"moved magics":      {notebook(`"if x:\n    !ls\na"`), "    _tfmigrate_magic_0\na\n", "    a\n    _tfmigrate_magic_0\n", []string{"if x:\n    a\n    !ls"}, nil},
		"not ASCII":         {notebook(`"é\nb"`), "b\n", "'<日本>&'\n", []string{"é\n'<日本>&'"}, []string{"'<日本>&'"}},
		"a duplicate key":   {notebook("\"a\",\n   \"source\": \"b\""), "b\n", "c\n", []string{"c"}, []string{`"source": "a"`}},
		"the mark in it":    {notebook(`"# tfmigrate: cell 1\na"`, `"b"`), "b\n", "c\n", []string{"# tfmigrate: cell 1\na", "c"}, nil},
		"blank lines":       {notebook(`"a\n\n"`), "a\n", "b\n", []string{"b\n\n"}, nil},
		"two in a string":   {notebook(`["a\nb\n", "c"]`), "c\n", "d\n", []string{"a\nb\nd"}, nil},
		"a line in two":     {notebook(`["a = ", "1\n", "b"]`), "b\n", "c\n", []string{"a = 1\nc"}, nil},
	} {
		n := parseNotebook(t, c.raw)
		if strings.Count(string(n.Python), c.old) != 1 {
			t.Errorf("%s: %q is not once in %q", name, c.old, n.Python)
			continue
		}
		back, err := n.Restore([]byte(strings.Replace(string(n.Python), c.old, c.new, 1)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := sourcesOf(t, back); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		for _, keep := range append(c.keep, `"metadata": {"<&>": "é\u00e9"}`) {
			if !strings.Contains(string(back), keep) {
				t.Errorf("%s: %q is gone from\n%s", name, keep, back)
			}
		}
	}
}

// TestNotebookLost: an edit that takes a cell's mark or a placeholder away is refused.
func TestNotebookLost(t *testing.T) {
	n := parseNotebook(t, notebook(`"!ls\na"`, `"b"`))
	for _, edit := range []struct{ old, new string }{
		{"# tfmigrate: cell 1\n", ""},
		{"# tfmigrate: cell 0\n", ""},
		{"# tfmigrate: cell 1\n", "# tfmigrate: cell one\n"},
		{"# tfmigrate: cell 1\n", "# tfmigrate: cell 0\n"},
		{"_tfmigrate_magic_0\n", ""},
		{"_tfmigrate_magic_0\n", "_tfmigrate_magic_0\n_tfmigrate_magic_0\n"},
		{"_tfmigrate_magic_0\n", "_tfmigrate_magic_7\n"},
	} {
		if strings.Count(string(n.Python), edit.old) != 1 {
			t.Errorf("%q is not in\n%s", edit.old, n.Python)
		}
		edited := strings.Replace(string(n.Python), edit.old, edit.new, 1)
		if back, err := n.Restore([]byte(edited)); err == nil {
			t.Errorf("%q for %q gave\n%s", edit.new, edit.old, back)
		}
	}
}

func TestNotebookCells(t *testing.T) {
	n := parseNotebook(t, `{"cells": [{"cell_type": "markdown", "source": "x"}, {"cell_type": "code", "source": "%%time\na\nb"},
 {"cell_type": "code", "source": ""}, {"cell_type": "code", "source": "!pip \\\n x\nc"}], "nbformat": 4}`)
	for text, want := range map[string][2]int{"a": {1, 2}, "b": {1, 3}, "c": {3, 3}} {
		for i, line := range strings.Split(string(n.Python), "\n") {
			if line == text {
				if cell, at := n.Cell(i + 1); cell != want[0] || at != want[1] {
					t.Errorf("%s is in cell %d, line %d; want %v", text, cell, at, want)
				}
			}
		}
	}
}

func TestNotNotebooks(t *testing.T) {
	for raw, say := range map[string]string{
		"\ufeff" + `{"cells": [], "nbformat": 4}`: "not a notebook", // Jupyter takes none, either
		``:                "not a notebook",
		`[]`:              "not a notebook",
		`{"cells": 3}`:    "not a notebook",
		`{"cells": [3]}`:  "not a notebook",
		`{"cells": null}`: "list of cells",
		`{"worksheets": [{"cells": []}], "nbformat": 3}`:                   "nbformat 3",
		`{"cells": [], "nbformat": 5}`:                                     "nbformat 5",
		`{"cells": [{"cell_type": "code", "source": 3}], "nbformat": 4}`:   "cell 0",
		`{"cells": [{"cell_type": "code", "source": [3]}], "nbformat": 4}`: "cell 0",
		`{"cells": [], "nbformat": 4} x`:                                   "not a notebook",
	} {
		_, err := ParseNotebook([]byte(raw))
		if err == nil || !strings.Contains(err.Error(), say) {
			t.Errorf("%s: %v; want %q", raw, err, say)
		}
	}
}

func TestNotebooksOfTestdata(t *testing.T) {
	paths, err := filepath.Glob("../testdata/*/*.ipynb")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no notebooks: %v", err)
	}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		n := parseNotebook(t, string(raw))
		if back, err := n.Restore(n.Python); err != nil || string(back) != string(raw) {
			t.Errorf("%s: changed, %v", path, err)
		}
	}
}

// TestWrittenUnderAName holds that a cell which writes to the file that a variable names is Python if the file is.
func TestWrittenUnderAName(t *testing.T) {
	for source, want := range map[string]int{
		`module_file = 'a/x.py'`: 1,
		`  module_file = os.path.join(ROOT, \"x.py\")  # the trainer`: 1,
		`module_file = 'x.txt'`:       0,
		`other_file = 'x.py'`:         0,
		`module_file == 'x.py'`:       0,
		`print('module_file = x.py')`: 0,
		`%%bash\nmodule_file='x.py'`:  0,
	} {
		for _, magic := range []string{"%%writefile {module_file}", "%%writefile -a $module_file", `%%file \"{module_file}\"`} {
			n, err := ParseNotebook([]byte(`{"nbformat": 4, "cells": [{"cell_type": "code", "source": "` + source + `"}, {"cell_type": "code", "source": "` + magic + `\na = 1\n"}]}`))
			if err != nil {
				t.Fatal(err)
			}
			if got := len(n.Written()); got != want {
				t.Errorf("%s, %s: %d, want %d", source, magic, got, want)
			}
		}
	}
}

// TestWritten holds which cells of another language hold Python, and where their lines are.
func TestWritten(t *testing.T) {
	for source, want := range map[string]string{
		`"%%writefile x.py\na\nb"`:              "a\nb\n at 0:2",
		`"\n \n%%file x.py\r\na"`:               "a\n at 0:4",
		`["%%writefile -a 'd e/x.py'\n", "a"]`:  "a\n at 0:2",
		`"%%python\na"`:                         "a\n at 0:2",
		`"%%python3 --bg\na"`:                   "a\n at 0:2",
		`"%%writefile x.py"`:                    "",
		`"%%writefile x.pyc\na"`:                "foreign",
		`"%%writefile x.py.txt\na"`:             "foreign",
		`"%%bash\npython x.py"`:                 "foreign",
		`"%bash\npython x.py"`:                  "foreign",
		`"%bq query\nSELECT 1"`:                 "foreign",
		`"%writefile x.py\na\nb"`:               "a\nb\n at 0:2",
		`"%bash ls"`:                            "own",
		`"%bashful\na"`:                         "own",
		`"%%pythonic\na"`:                       "foreign",
		`"%%time\na"`:                           "own",
		`"# a\n\n # b\n%%writefile x.py\na"`:    "a\n at 0:5",
		`"# a\n%%bash\na"`:                      "foreign",
		`"# a\n%%time\n%%bash\na"`:              "foreign",
		`"# a\n%%time\na"`:                      "own",
		`"# a\na\n%%bash\na"`:                   "own",
		`"# a"`:                                 "own",
		`"%%skip_for_export\n\n%%file x.py\na"`: "a\n at 0:4",
		`"%%skip_for_export\na"`:                "own",
		`"%%time\n%%bash\npython x.py"`:         "foreign",
		`"%%time\n%sh ls\na"`:                   "own",
		`"%%timed\n%%writefile x.py\na"`:        "foreign",
		`"a\n%%writefile x.py"`:                 "own",
		`"'''\n%%writefile x.py\n'''"`:          "own",
	} {
		n, err := ParseNotebook([]byte(`{"nbformat": 4, "cells": [{"cell_type": "code", "source": ` + source + `}]}`))
		if err != nil {
			t.Fatal(err)
		}
		got := "own"
		if n.Foreign() == 1 {
			got = "foreign"
		}
		for _, w := range n.Written() {
			got = string(w.Python)
			if got != "" {
				cell, line := w.Cell(1)
				got += fmt.Sprintf(" at %d:%d", cell, line)
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
}

// TestNotebookOffset holds that what the notebook's bytes say between the beginning and the end of a line is that line.
func TestNotebookOffset(t *testing.T) {
	raws := []string{notebook(
		`["a = 1\n", "b = '\u00e9\ud83d\ude00\ud83d\"' + x\n",   "\ttail"]`,
		`"one = 'é'\ntwo = \"\\n\"\r\n\n%magic\nlast"`,
		`["x = 1\ny = 2\n", "", "z = 3"]`, `""`, `[]`, `["%%bash\n", "ls"]`)}
	files, err := filepath.Glob("../testdata/programs/*.ipynb")
	if err != nil || len(files) == 0 {
		t.Fatalf("no notebooks: %v", err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		raws = append(raws, string(raw))
	}
	for _, raw := range raws {
		n := parseNotebook(t, raw)
		held := 0
		for i, line := range splitLines(string(n.Python)) {
			if IsCellMark(line) || placeholder.MatchString(line) {
				continue
			}
			from, to := n.Offset(i+1, 1), n.Offset(i+1, len(line)+1)
			var got string
			if err := json.Unmarshal([]byte(`"`+raw[from:to]+`"`), &got); err != nil || got != line {
				t.Errorf("line %d is %q, and %q in the notebook: %v", i+1, line, raw[from:to], err)
			}
			held++
		}
		if held < 5 {
			t.Errorf("only %d lines", held)
		}
	}
}

// TestBrokenCell holds that a cell that leaves something open does not hide the next one, and that the notebook counts as not read in whole.
func TestBrokenCell(t *testing.T) {
	for source, broken := range map[string]bool{
		`"x = f(# to do\ny = 1"`: true,
		`"x = '''never closed"`:  true,
		`"x = 1 + \\"`:           true,
		`"!echo ( \"\nx = 1"`:    false,
		`"x = f(\n)"`:            false,
		`"ls -l (data"`:          false,
		`"ls = 1\nls - 1"`:       false,
		`"pip install a b"`:      false,
		`"cat data/x.txt"`:       false,
		`"cat in dogs"`:          false,
		`"pip freeze | grep x"`:  false,
	} {
		n := parseNotebook(t, notebook(source, `"after()"`))
		f, err := Parse(t.Context(), "x.ipynb", n.Python)
		if err != nil {
			t.Fatal(err)
		}
		if (len(f.Errors) > 0) != broken {
			t.Errorf("%s: errors at %v of %q, want some: %v", source, f.Errors, n.Python, broken)
		}
		last := f.Calls()[len(f.Calls())-1]
		line, _ := f.Position(last.Start)
		if cell, _ := n.Cell(line); Dotted(last.Fn) != "after" || cell != 1 {
			t.Errorf("%s: the next cell was not read", source)
		}
		if broken && len(f.Errors) > 0 {
			line, _ := f.Position(f.Errors[0].Start)
			if cell, _ := n.Cell(line); cell != 0 {
				t.Errorf("%s: the error is said to be in cell %d", source, cell)
			}
		}
		out, err := n.Restore(n.Python)
		if err != nil || string(out) != string(n.raw) {
			t.Errorf("%s: not restored: %v", source, err)
		}
	}
}
