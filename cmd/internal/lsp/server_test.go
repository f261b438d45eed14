package lsp_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sourcegraph/jsonrpc2"
)

const simpleSave = `import tensorflow as tf

x = tf.compat.v1.placeholder(tf.float32, [None], name="x")
y = x * 2.0
with tf.compat.v1.Session() as sess:
    words = "😀é"; tf.compat.v1.saved_model.simple_save(sess, "export", {"x": x}, {"y": y})
`

// TestDiagnostics holds what a finding is in an editor: its place in UTF-16, its severity, its page, the other places of its site.
func TestDiagnostics(t *testing.T) {
	c := start(t)
	dir := t.TempDir()
	if got := c.initialize(dir, rich); got.Capabilities.PositionEncoding != "utf-16" {
		t.Errorf("encoding %s", got.Capabilities.PositionEncoding)
	}
	uri := uriOf(filepath.Join(dir, "a.py"))
	c.open(uri, "python", simpleSave)
	found := c.diagnostics(uri, 1)
	if len(found) != 1 {
		t.Fatalf("%+v", found)
	}
	d := found[0]
	if d.Code != "TFM102" || d.Severity != 2 || d.Source != "tfmigrate" || !slices.Equal(d.Tags, []int{2}) || !strings.HasSuffix(d.CodeDescription.Href, "/docs/rules/TFM102-simple-save.md") {
		t.Errorf("%+v", d)
	}
	// The emoji is two units of UTF-16 and the é one.
	if want := (span{pos{5, 19}, pos{5, 19 + len(`tf.compat.v1.saved_model.simple_save(sess, "export", {"x": x}, {"y": y})`)}}); d.Range != want {
		t.Errorf("at %+v, want %+v", d.Range, want)
	}
	if !strings.Contains(d.Message, "\nno fix: ") || !strings.Contains(d.Message, "\nby hand: ") {
		t.Errorf("message %q", d.Message)
	}

	builder := programs(t, "builder_add_two.py")[0]
	uri = uriOf(builder)
	c.open(uri, "python", readFile(t, builder))
	for _, d := range c.diagnostics(uri, 1) {
		if d.Code == "TFM101" && (len(d.Related) != 3 || !strings.Contains(d.Message, "\nsafe fix (function): ") || d.Related[0].Location.URI != uri || d.Related[0].Message == "") {
			t.Errorf("%+v", d)
		}
	}
	c.end()
}

// TestUTF8 holds that columns are bytes where the client offers that.
func TestUTF8(t *testing.T) {
	c := start(t)
	if got := c.initialize("", object{"general": object{"positionEncodings": []string{"utf-32", "utf-8", "utf-16"}}}); got.Capabilities.PositionEncoding != "utf-8" {
		t.Errorf("encoding %s", got.Capabilities.PositionEncoding)
	}
	uri := "untitled:Untitled-1"
	c.open(uri, "python", simpleSave)
	found := c.diagnostics(uri, 1)
	if len(found) != 1 || found[0].Range.Start != (pos{5, 22}) {
		t.Errorf("%+v", found)
	}
	if d := found[0]; d.Tags != nil || d.Related != nil || d.CodeDescription.Href != "" {
		t.Errorf("a client that can't show them got %+v", d)
	}
	c.end()
}

// TestChanges holds that diagnostics follow the text: edits of ranges, whole texts, and both in one message.
func TestChanges(t *testing.T) {
	c := start(t)
	dir := t.TempDir()
	c.initialize(dir, rich)
	uri := uriOf(filepath.Join(dir, "a.py"))
	c.open(uri, "python", "")
	if found := c.diagnostics(uri, 1); len(found) != 0 {
		t.Errorf("%+v", found)
	}
	change := func(version int, changes ...object) {
		c.notify("textDocument/didChange", object{"textDocument": object{"uri": uri, "version": version}, "contentChanges": changes})
	}
	at := func(line, start, end int, text string) object {
		return object{"range": object{"start": object{"line": line, "character": start}, "end": object{"line": line, "character": end}}, "text": text}
	}
	change(2, object{"text": simpleSave})
	if found := c.diagnostics(uri, 2); len(found) != 1 {
		t.Errorf("%+v", found)
	}
	// `words = "😀é"; ` goes, and then a word comes in front of what is left.
	change(3, at(5, 4, 19, ""), at(5, 4, 4, "_ = "))
	found := c.diagnostics(uri, 3)
	if len(found) != 1 || found[0].Range.Start != (pos{5, 8}) {
		t.Errorf("%+v", found)
	}
	change(4, at(0, 0, 6, "import"), at(4, 0, 0, "\n# "), object{"text": "x = 1\n"})
	if found := c.diagnostics(uri, 4); len(found) != 0 {
		t.Errorf("%+v", found)
	}
	change(5, object{"text": "def f(:\n"})
	if found := c.diagnostics(uri, 5); len(found) != 1 || found[0].Severity != 1 || found[0].Code != "" || !strings.Contains(found[0].Message, "not Python") {
		t.Errorf("%+v", found)
	}
	c.notify("textDocument/didClose", object{"textDocument": object{"uri": uri}})
	c.wait(uri, func(d diags) bool { return len(d.Diagnostics) == 0 && d.Version == 0 })
	c.end()
}

// TestFixAll holds that the safe fixes make of a file what fix makes of it, for programs of each strategy, and for a notebook's JSON.
func TestFixAll(t *testing.T) {
	c := start(t)
	c.initialize("", rich)
	compared := 0
	for _, path := range programs(t, "b*.py", "estimator_p*.py", "frozen_t*.py", "function_d*.py", "keras_la*.py", "load_b*.py", "meta*.py", "session_by*.py", "silent*.py", "simple*.py",
		"variables_h*.py", "wrapped_c*.py", "*.ipynb") {
		source := readFile(t, path)
		want := tfmigrate(t, source, "fix", "--stdin-filename", path, "-")
		uri := uriOf(path)
		language := "python"
		if strings.HasSuffix(path, ".ipynb") {
			language = "json"
		}
		c.open(uri, language, source)
		c.diagnostics(uri, 1)
		actions := c.actions(uri, span{}, "source.fixAll")
		got := source
		for _, a := range actions {
			if a.Kind != "source.fixAll.tfmigrate" {
				t.Errorf("%s: %+v", path, a)
			}
			got = apply(t, c.resolve(a), map[string]string{uri: source})[uri]
			compared++
		}
		if got != want {
			t.Errorf("%s: fixed in the editor it is\n%s\nand by fix\n%s", path, got, want)
		}
	}
	if compared < 10 {
		t.Errorf("only %d programs have safe fixes", compared)
	}
	c.end()
}

// TestQuickFixes holds, for programs of each strategy, that the titles say what a fix is, that only safe ones are preferred, that unsafe ones ask, and that
// a client which does not resolve actions gets the same edits at once. Each edit takes its finding away.
func TestQuickFixes(t *testing.T) {
	lazy, eager := start(t), start(t)
	lazy.initialize("", rich)
	eager.initialize("", object{})
	titles := map[string]int{}
	for _, path := range programs(t, "builder*.py", "load_by*.py", "load_o*.py", "estimator_p*.py", "frozen_t*.py") {
		source, uri := readFile(t, path), uriOf(path)
		texts := map[string]string{uri: source}
		lazy.open(uri, "python", source)
		eager.open(uri, "python", source)
		found := lazy.diagnostics(uri, 1)
		eager.diagnostics(uri, 1)
		for _, d := range found {
			first, second := lazy.actions(uri, d.Range, "quickfix"), eager.actions(uri, d.Range, "quickfix")
			if len(first) != len(second) {
				t.Errorf("%s: %d actions and %d", path, len(first), len(second))
				continue
			}
			for i, a := range first {
				if a.Edit != nil || second[i].Edit == nil || second[i].Data != nil {
					t.Fatalf("%s: %+v and %+v", path, a, second[i])
				}
				a.Edit = lazy.resolve(a).Edit
				after, same := apply(t, a, texts), apply(t, second[i], texts)
				if after[uri] != same[uri] || after[uri] == source {
					t.Errorf("%s: %s: resolved it makes\n%s\nand at once\n%s", path, a.Title, after[uri], same[uri])
				}
				if len(a.Diagnostics) == 0 {
					t.Errorf("%s: %s is for no diagnostic", path, a.Title)
				}
				if before, left := findings(t, path, source), findings(t, path, after[uri]); left >= before {
					t.Errorf("%s: %s: %d findings before, %d after", path, a.Title, before, left)
				}
				safe, unsafe := strings.HasSuffix(a.Title, ", safe)"), strings.HasSuffix(a.Title, ", unsafe)")
				if a.IsPreferred != safe {
					t.Errorf("%s: %s: preferred is %t", path, a.Title, a.IsPreferred)
				}
				if note := a.Edit.ChangeAnnotations["unsafe"]; unsafe != note.NeedsConfirmation || unsafe && (!strings.Contains(note.Description, "right if") || a.Edit.DocumentChanges[0].Edits[0].AnnotationID != "unsafe") {
					t.Errorf("%s: %s: %+v", path, a.Title, note)
				}
				titles[a.Title]++
			}
		}
	}
	for _, want := range []string{"Rewrite to TensorFlow 2 (function, safe)", "Rewrite to TensorFlow 2 (load, unsafe)", "Ignore TFM101 here (# tfmigrate: ignore[TFM101])"} {
		if titles[want] == 0 {
			t.Errorf("no action is called %q: %v", want, titles)
		}
	}
	lazy.end()
	eager.end()
}

// findings counts what lint finds.
func findings(t *testing.T, path, source string) int {
	t.Helper()
	var out struct{ Findings []any }
	if err := json.Unmarshal([]byte(tfmigrate(t, source, "lint", "--format", "json", "--stdin-filename", path, "-")), &out); err != nil {
		t.Fatal(err)
	}
	return len(out.Findings)
}

// TestIgnore holds that the comment stands where it is one: beside other comments, in a list, above what has no room beside it.
func TestIgnore(t *testing.T) {
	c := start(t)
	dir := t.TempDir()
	c.initialize(dir, rich)
	const head = "import tensorflow as tf\nimport tensorflow.compat.v1 as v1\ndef f(sess, x, y):\n"
	for i, test := range []struct{ before, after string }{
		{"    v1.saved_model.simple_save(sess, 'd', {'x': x}, {'y': y})\n", "    v1.saved_model.simple_save(sess, 'd', {'x': x}, {'y': y})  # tfmigrate: ignore[TFM102]\n"},
		{"    v1.saved_model.simple_save(sess, 'd', {'x': x}, {'y': y})  # noqa\n", "    v1.saved_model.simple_save(sess, 'd', {'x': x}, {'y': y})  # noqa  # tfmigrate: ignore[TFM102]\n"},
		{"    v1.saved_model.simple_save(sess, '''d\n  d''', {'x': x}, {'y': y})\n", "    v1.saved_model.simple_save(sess, '''d\n  d''', {'x': x}, {'y': y})  # tfmigrate: ignore[TFM102]\n"},
		{"    v1.saved_model.simple_save \\\n    (sess, 'd', {'x': x}, {'y': y}); z = '''\n'''\n", "    # tfmigrate: ignore[TFM102]\n    v1.saved_model.simple_save \\\n    (sess, 'd', {'x': x}, {'y': y}); z = '''\n'''\n"},
		{"    v1.saved_model.simple_save(sess, 'd', {'x': x}, {'y': y})", "    v1.saved_model.simple_save(sess, 'd', {'x': x}, {'y': y})  # tfmigrate: ignore[TFM102]"},
	} {
		for _, newline := range []string{"\n", "\r\n"} {
			before, after := strings.ReplaceAll(head+test.before, "\n", newline), strings.ReplaceAll(head+test.after, "\n", newline)
			uri := uriOf(filepath.Join(dir, fmt.Sprintf("a%d%d.py", i, len(newline))))
			c.open(uri, "python", before)
			found := c.diagnostics(uri, 1)
			if len(found) != 1 {
				t.Fatalf("%s: %+v", before, found)
			}
			for _, a := range c.actions(uri, found[0].Range, "quickfix") {
				if strings.HasPrefix(a.Title, "Ignore") {
					if got := apply(t, c.resolve(a), map[string]string{uri: before})[uri]; got != after {
						t.Errorf("%q became %q, want %q", before, got, after)
					}
				}
			}
		}
	}
	c.end()
}

// TestHover holds that the cursor on a finding gets what explain says, one in a comment that ignores a rule too, and one elsewhere nothing.
func TestHover(t *testing.T) {
	for format, capabilities := range map[string]object{"markdown": rich, "text": {}} {
		c := start(t)
		dir := t.TempDir()
		c.initialize(dir, capabilities)
		uri := uriOf(filepath.Join(dir, "a.py"))
		c.open(uri, "python", simpleSave+"# tfmigrate: ignore[TFM101]\n")
		var got struct {
			Contents struct{ Kind, Value string }
			Range    span
		}
		ask := func(line, character int) bool {
			var raw json.RawMessage
			c.must("textDocument/hover", object{"textDocument": object{"uri": uri}, "position": object{"line": line, "character": character}}, &raw)
			if string(raw) == "null" {
				return false
			}
			if err := json.Unmarshal(raw, &got); err != nil {
				t.Fatal(err)
			}
			return true
		}
		if !ask(5, 30) || !strings.HasSuffix(got.Contents.Value, tfmigrate(t, "", "explain", "--format", format, "TFM102")) || !strings.Contains(got.Contents.Value, "no fix: the call") {
			t.Errorf("%+v", got)
		}
		if want := map[string]string{"markdown": "markdown", "text": "plaintext"}[format]; got.Contents.Kind != want || got.Range.Start != (pos{5, 19}) {
			t.Errorf("%+v", got)
		}
		// The comment ignores nothing, which is a finding of its own.
		if !ask(6, 22) || !strings.HasSuffix(got.Contents.Value, tfmigrate(t, "", "explain", "--format", format, "TFM101")) || got.Range != (span{pos{6, 20}, pos{6, 26}}) {
			t.Errorf("%+v", got)
		}
		for _, at := range []pos{{0, 3}, {5, 6}, {99, 99}} {
			if ask(at.Line, at.Character) {
				t.Errorf("%+v: %+v", at, got)
			}
		}
		c.end()
	}
}

// TestConfiguration holds that a file is under the configuration that lint would take, that what lint passes over has no findings, that a configuration
// which is wrong is said, and that saving it is enough to have it read again.
func TestConfiguration(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "tfmigrate.toml"), "extend-exclude = [\"third/\"]\n[per-file-ignores]\n\"legacy\" = [\"TFM102\"]\n")
	write(t, filepath.Join(dir, "old", "tfmigrate.toml"), "ignor = 1\n")
	write(t, filepath.Join(dir, ".gitignore"), "build/\n")
	write(t, filepath.Join(dir, ".git", "HEAD"), "ref: refs/heads/main\n")
	c := start(t)
	c.initialize(dir, rich)
	for path, want := range map[string]int{"a.py": 1, "legacy/a.py": 0, "third/a.py": 0, "build/a.py": 0, ".venv/lib/site-packages/a.py": 0, "old/a.py": -1, "b.py": 1} {
		uri := uriOf(filepath.Join(dir, path))
		c.open(uri, "python", simpleSave)
		found := c.diagnostics(uri, 1)
		switch {
		case want < 0:
			if len(found) != 1 || found[0].Code != "" || !strings.Contains(found[0].Message, "did you mean ignore?") {
				t.Errorf("%s: %+v", path, found)
			}
		case len(found) != want:
			t.Errorf("%s: %+v", path, found)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "tfmigrate.toml"), []byte("ignore = [\"simple-save\"]\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	uri := uriOf(filepath.Join(dir, "a.py"))
	c.notify("textDocument/didSave", object{"textDocument": object{"uri": uriOf(filepath.Join(dir, "tfmigrate.toml"))}})
	c.wait(uri, func(d diags) bool { return len(d.Diagnostics) == 0 })
	c.end()

	c = start(t, "--isolated", "--ignore", "TFM1")
	c.initialize(dir, rich)
	c.open(uri, "python", simpleSave)
	if found := c.diagnostics(uri, 1); len(found) != 0 {
		t.Errorf("%+v", found)
	}
	c.end()
}

// TestBaseline holds that what a project knows of is not shown.
func TestBaseline(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.py")
	write(t, path, simpleSave)
	tfmigrate(t, "", "lint", "--write-baseline", filepath.Join(dir, "known.json"), path)
	write(t, filepath.Join(dir, "tfmigrate.toml"), "baseline = \"known.json\"\n")
	c := start(t)
	c.initialize(dir, rich)
	c.open(uriOf(path), "python", simpleSave)
	if found := c.diagnostics(uriOf(path), 1); len(found) != 0 {
		t.Errorf("%+v", found)
	}
	other := simpleSave + "    tf.compat.v1.saved_model.simple_save(sess, 'other', {'x': x}, {'y': y})\n"
	c.notify("textDocument/didChange", object{"textDocument": object{"uri": uriOf(path), "version": 2}, "contentChanges": []object{{"text": other}}})
	if found := c.diagnostics(uriOf(path), 2); len(found) != 1 || found[0].Range.Start.Line != 6 {
		t.Errorf("%+v", found)
	}
	c.end()
}

// TestModules holds that a buffer is understood by the modules that it imports, as they are on disk, and anew when one is saved.
func TestModules(t *testing.T) {
	dir := t.TempDir()
	helper := filepath.Join(dir, "helper.py")
	write(t, helper, "import tensorflow.compat.v1 as tf1\nsave = tf1.saved_model.simple_save\n")
	c := start(t)
	c.initialize(dir, rich)
	uri := uriOf(filepath.Join(dir, "main.py"))
	c.open(uri, "python", "import helper\ndef f(sess, x, y):\n    helper.save(sess, 'd', {'x': x}, {'y': y})\n")
	c.wait(uri, func(d diags) bool { return len(d.Diagnostics) == 1 })
	write(t, helper, "def save(*args):\n    pass\n")
	c.notify("textDocument/didSave", object{"textDocument": object{"uri": uriOf(helper)}})
	c.wait(uri, func(d diags) bool { return len(d.Diagnostics) == 0 })
	c.end()
}

// TestNotebook holds that a notebook that comes cell by cell has its findings and its fixes in its cells, and follows their changes.
func TestNotebook(t *testing.T) {
	dir := t.TempDir()
	c := start(t)
	c.initialize(dir, rich)
	path := programs(t, "guide.ipynb")[0]
	source := readFile(t, path)
	var nb struct {
		Cells []struct {
			Kind   string `json:"cell_type"`
			Source any    `json:"source"`
		}
	}
	if err := json.Unmarshal([]byte(source), &nb); err != nil {
		t.Fatal(err)
	}
	var cells, items []object
	texts := map[string]string{}
	uriOfCell := func(i int) string { return fmt.Sprintf("vscode-notebook-cell:%s#C%d", path, i) }
	for i, cell := range nb.Cells {
		text := ""
		switch s := cell.Source.(type) {
		case string:
			text = s
		case []any:
			for _, line := range s {
				text += line.(string)
			}
		}
		kind, language := 2, "python"
		if cell.Kind != "code" {
			kind, language = 1, "markdown"
		}
		uri := uriOfCell(i)
		texts[uri] = text
		cells = append(cells, object{"kind": kind, "document": uri})
		items = append(items, object{"uri": uri, "languageId": language, "version": 1, "text": text})
	}
	uri := uriOf(path)
	c.notify("notebookDocument/didOpen", object{"notebookDocument": object{"uri": uri, "notebookType": "jupyter-notebook", "version": 1, "cells": cells}, "cellTextDocuments": items})
	total, with := 0, -1
	for i := range nb.Cells {
		found := c.diagnostics(uriOfCell(i), 1)
		if total += len(found); len(found) > 0 && with < 0 {
			with = i
		}
		for _, d := range found {
			if lines := strings.Split(texts[uriOfCell(i)], "\n"); d.Range.End.Line >= len(lines) || d.Range.End.Character > len(lines[d.Range.End.Line]) {
				t.Errorf("cell %d has no %+v", i, d.Range)
			}
		}
	}
	if want := findings(t, path, source); total != want || with < 0 {
		t.Errorf("%d findings, want %d", total, want)
	}

	// What fix makes of the file is what the edits make of its cells.
	all := c.actions(uriOfCell(with), span{}, "source.fixAll.tfmigrate")
	if len(all) != 1 {
		t.Fatalf("%+v", all)
	}
	fixed := apply(t, c.resolve(all[0]), texts)
	var after struct{ Cells []struct{ Source any } }
	if err := json.Unmarshal([]byte(tfmigrate(t, source, "fix", "--stdin-filename", path, "-")), &after); err != nil {
		t.Fatal(err)
	}
	for i, cell := range after.Cells {
		want, ok := cell.Source.(string)
		if !ok {
			for _, line := range cell.Source.([]any) {
				want += line.(string)
			}
		}
		if got := fixed[uriOfCell(i)]; got != want {
			t.Errorf("cell %d is\n%s\nand by fix\n%s", i, got, want)
		}
	}

	// A cell in front moves the others; one that goes takes its diagnostics along.
	c.notify("notebookDocument/didChange", object{"notebookDocument": object{"uri": uri, "version": 2}, "change": object{"cells": object{"structure": object{
		"array":   object{"start": 0, "deleteCount": 0, "cells": []object{{"kind": 2, "document": "cell:new"}}},
		"didOpen": []object{{"uri": "cell:new", "languageId": "python", "version": 7, "text": "%matplotlib inline\n" + simpleSave}},
	}}}})
	if found := c.diagnostics("cell:new", 7); len(found) != 1 || found[0].Range.Start != (pos{6, 19}) {
		t.Errorf("%+v", found)
	}
	c.notify("notebookDocument/didChange", object{"notebookDocument": object{"uri": uri, "version": 3}, "change": object{"cells": object{"textContent": []object{
		{"document": object{"uri": "cell:new", "version": 8}, "changes": []object{{"range": object{"start": object{"line": 1, "character": 0}, "end": object{"line": 1, "character": 0}}, "text": "\n"}}},
	}}}})
	if found := c.diagnostics("cell:new", 8); len(found) != 1 || found[0].Range.Start != (pos{7, 19}) {
		t.Errorf("%+v", found)
	}
	c.notify("notebookDocument/didChange", object{"notebookDocument": object{"uri": uri, "version": 4}, "change": object{"cells": object{"structure": object{
		"array": object{"start": 0, "deleteCount": 1}, "didClose": []object{{"uri": "cell:new"}},
	}}}})
	c.wait("cell:new", func(d diags) bool { return len(d.Diagnostics) == 0 && d.Version == 0 })
	c.notify("notebookDocument/didClose", object{"notebookDocument": object{"uri": uri}, "cellTextDocuments": []object{}})
	c.wait(uriOfCell(with), func(d diags) bool { return len(d.Diagnostics) == 0 && d.Version == 0 })
	c.end()
}

// TestProtocol holds that what is wrong is answered with the protocol's errors, and that the server goes on.
func TestProtocol(t *testing.T) {
	c := start(t)
	code := func(err error) int64 {
		var e *jsonrpc2.Error
		if !errors.As(err, &e) {
			t.Errorf("no error of JSON-RPC: %v", err)
			return 0
		}
		return e.Code
	}
	if got := code(c.call("textDocument/hover", object{}, nil)); got != -32002 {
		t.Errorf("before initialize: %d", got)
	}
	c.initialize(t.TempDir(), rich)
	for _, test := range []struct {
		method string
		params any
		code   int64
	}{
		{"initialize", object{}, -32600},
		{"textDocument/formatting", object{}, -32601},
		{"textDocument/hover", []int{1}, -32602},
		{"textDocument/hover", nil, -32602},
		{"textDocument/codeAction", "x", -32602},
		{"codeAction/resolve", object{"title": "x"}, -32602},
		{"codeAction/resolve", object{"title": "x", "data": object{"uri": "file:///nowhere"}}, -32801},
	} {
		if got := code(c.call(test.method, test.params, nil)); got != test.code {
			t.Errorf("%s %v: %d, want %d", test.method, test.params, got, test.code)
		}
	}
	for _, method := range []string{"textDocument/didOpen", "textDocument/didChange", "textDocument/didClose", "notebookDocument/didChange", "workspace/didChangeWorkspaceFolders", "$/setTrace"} {
		c.notify(method, "not an object")
		c.notify(method, object{})
	}
	// A document that is not open, or is no Python, has nothing to offer and nothing to say.
	if got := c.actions("file:///nowhere.py", span{}); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	c.open("file:///a.toml", "toml", simpleSave)
	if got := c.actions("file:///a.toml", span{}); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	for _, raw := range []string{
		"Content-Length: 3\r\n\r\n{]}", "Content-Length: 2\r\n\r\n{}", "Content-Length: 4\r\n\r\nnull", "Content-Length: -1\r\n\r\n", "\r\n", "Content-Length: x\r\nFoo\r\n\r\n",
	} {
		if _, err := c.in.Write([]byte(raw)); err != nil {
			t.Fatal(err)
		}
	}
	uri := "file:///a.py"
	c.open(uri, "python", simpleSave)
	if found := c.diagnostics(uri, 1); len(found) != 1 {
		t.Errorf("%+v", found)
	}
	action := c.actions(uri, c.published[uri].Diagnostics[0].Range)[0]
	c.notify("textDocument/didChange", object{"textDocument": object{"uri": uri, "version": 2}, "contentChanges": []object{{"text": "\n" + simpleSave}}})
	if got := code(c.call("codeAction/resolve", object{"title": action.Title, "data": action.Data}, nil)); got != -32801 {
		t.Errorf("resolved for another text: %d", got)
	}
	c.must("shutdown", nil, nil)
	if got := code(c.call("textDocument/hover", object{}, nil)); got != -32600 {
		t.Errorf("after shutdown: %d", got)
	}
	c.notify("exit", nil)
	if got := c.exited(); got != 0 {
		t.Errorf("exit code %d", got)
	}
}

// TestEnd holds how the server ends: 0 after shutdown and 1 without, by exit and by the end of its input.
func TestEnd(t *testing.T) {
	for _, test := range []struct {
		shutDown, exit bool
		code           int
	}{{true, true, 0}, {false, true, 1}, {true, false, 0}, {false, false, 1}} {
		c := start(t)
		c.initialize("", rich)
		if test.shutDown {
			c.must("shutdown", nil, nil)
		}
		if test.exit {
			c.notify("exit", nil)
		} else {
			c.in.Close()
		}
		if got := c.exited(); got != test.code {
			t.Errorf("%+v: exit code %d", test, got)
		}
	}
}
