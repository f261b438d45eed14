package rewrite

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

const (
	fuzzedSize = 1 << 15 // bytes; longer sources only take longer
	fuzzedTime = 30 * time.Second
)

// fuzzSources are the sources that fuzzers begin with: the programs, and the inputs of the goldens and of the rules.
func fuzzSources(f *testing.F) [][]byte {
	f.Helper()
	var out [][]byte
	for _, pattern := range []string{"../testdata/programs/*.py", "../testdata/rewrite/*.txtar", "../testdata/rules/*.txtar"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			f.Fatalf("%s: no sources, %v", pattern, err)
		}
		for _, path := range paths {
			if strings.HasSuffix(path, ".py") {
				src, err := os.ReadFile(path)
				if err != nil {
					f.Fatal(err)
				}
				out = append(out, src)
				continue
			}
			archive, err := txtar.ParseFile(path)
			if err != nil {
				f.Fatal(err)
			}
			for _, file := range archive.Files {
				if strings.HasSuffix(file.Name, ".py") && file.Name != "out.py" {
					out = append(out, file.Data)
				}
			}
		}
	}
	return out
}

// mutate changes a source line by line, for most of what single bytes change is no Python any more. Each operation is three bytes of ops: what, and two lines.
func mutate(src, ops []byte) []byte {
	lines := slices.Collect(strings.Lines(string(src)))
	for ; len(ops) >= 3 && len(lines) > 0; ops = ops[3:] {
		a, b := int(ops[1])%len(lines), int(ops[2])%len(lines)
		indent := lines[b][:len(lines[b])-len(strings.TrimLeft(lines[b], " \t"))]
		switch ops[0] % 8 {
		case 0:
			lines = slices.Delete(lines, a, a+1)
		case 1:
			lines = slices.Insert(lines, b, lines[a])
		case 2:
			lines[a], lines[b] = lines[b], lines[a]
		case 3: // as deep as the other
			lines = slices.Insert(lines, b, indent+strings.TrimLeft(lines[a], " \t"))
		case 4:
			lines = slices.Insert(lines, b, indent+"if some():\n", indent+"    "+strings.TrimLeft(lines[a], " \t"))
		case 5:
			lines = slices.Insert(lines, b, indent+"# a comment\n")
		case 6: // a name for another
			from, to := word(lines[a]), word(lines[b])
			if from != "" && to != "" {
				lines[b] = strings.Replace(lines[b], to, from, 1)
			}
		case 7:
			lines[a] = strings.TrimRight(lines[a], "\n") + "  # kept\n"
		}
	}
	return []byte(strings.Join(lines, ""))
}

// word is the last name in a line, or "".
func word(line string) string {
	words := strings.FieldsFunc(line, func(r rune) bool {
		return r != '_' && (r < '0' || '9' < r) && (r < 'A' || 'Z' < r) && (r < 'a' || 'z' < r)
	})
	if len(words) == 0 {
		return ""
	}
	return words[len(words)-1]
}

// fuzzPython runs a fuzzer over Python sources.
func fuzzPython(f *testing.F, test func(ctx context.Context, t *testing.T, src []byte)) {
	f.Helper()
	for i, src := range fuzzSources(f) {
		f.Add(src, []byte{})
		f.Add(src, []byte{byte(i), byte(7 * i), byte(11 * i), byte(i / 8), byte(13 * i), byte(3 * i)})
	}
	f.Fuzz(func(t *testing.T, src, ops []byte) {
		if len(src) > fuzzedSize || len(ops) > 24 {
			return
		}
		ctx, cancel := context.WithTimeout(t.Context(), fuzzedTime)
		defer cancel()
		start := time.Now()
		test(ctx, t, mutate(src, ops))
		if took := time.Since(start); took > fuzzedTime {
			t.Errorf("it took %v", took)
		}
	})
}

// FuzzFix holds that whatever stands in a source, fixing it ends and keeps the edit laws: what comes out can be read, fixing it again changes nothing, no comment is
// lost, and a source in which nothing is found, or that can't be read, is untouched.
func FuzzFix(f *testing.F) {
	fuzzPython(f, func(ctx context.Context, t *testing.T, src []byte) {
		for _, unsafe := range []bool{true, false} {
			d, err := ReadDocument("in.py", src)
			if err != nil {
				return
			}
			res, err := Converge(ctx, d, rules.DefaultTarget, Options{Unsafe: unsafe})
			if err != nil {
				t.Fatal(err)
			}
			changed := !bytes.Equal(res.Raw, src)
			if changed && (len(res.Findings) == 0 || len(res.Applied) == 0 || len(res.File.Errors) > 0) {
				t.Fatalf("it was changed with %d findings, %d fixes and %d errors:\n%s", len(res.Findings), len(res.Applied), len(res.File.Errors), UnifiedDiff("in.py", src, res.Raw))
			}
			if !changed {
				continue
			}
			after, err := analyzer.Parse(ctx, "out.py", bytes.TrimPrefix(res.Raw, utf8BOM))
			if err != nil || len(after.Errors) > 0 {
				t.Fatalf("it does not parse any more (%v):\n%s", err, res.Raw)
			}
			if unsafe {
				checkLaws(t, src, res)
			}
		}
	})
}

// FuzzFindings holds that the findings depend on neither the line ends, nor a byte order mark, nor blanks at the ends of lines.
func FuzzFindings(f *testing.F) {
	fuzzPython(f, func(ctx context.Context, t *testing.T, src []byte) {
		if bytes.IndexByte(src, '\r') >= 0 || bytes.HasPrefix(src, utf8BOM) {
			return
		}
		file, plain, err := foundIn(ctx, src)
		if err != nil || len(file.Errors) > 0 { // what is read of a broken source is a guess
			return
		}
		for what, other := range map[string][]byte{
			"CRLF":              bytes.ReplaceAll(src, []byte("\n"), []byte("\r\n")),
			"a byte order mark": append(bytes.Clone(utf8BOM), src...),
			"trailing blanks":   padded(file),
		} {
			_, found, err := foundIn(ctx, other)
			if err != nil {
				t.Fatal(err)
			}
			if found != plain {
				t.Errorf("with %s this is found:\n%s\nand without:\n%s", what, found, plain)
			}
		}
	})
}

// foundIn is a line for each finding of a source.
func foundIn(ctx context.Context, raw []byte) (*analyzer.File, string, error) {
	d, err := ReadDocument("in.py", raw)
	if err != nil {
		return nil, "", err
	}
	file, err := (&analyzer.Project{Knows: rules.Knows}).Parse(ctx, "in.py", d.Python)
	if err != nil {
		return nil, "", err
	}
	_, findings := rules.Check(file, rules.DefaultTarget)
	var out strings.Builder
	for _, x := range findings {
		line, column := file.Position(x.Span.Start)
		fmt.Fprintf(&out, "%d:%d: %s %v %s\n%s\n", line, column, x.Rule.Code, x.Severity, x.Message, x.Reason)
	}
	return file, out.String(), nil
}

// padded is a source with a blank at the end of each line, but for those that end in a string or with a backslash.
func padded(file *analyzer.File) []byte {
	inString := make([]bool, len(file.Src)+1)
	analyzer.Walk(file.Module, func(n analyzer.Node) bool {
		if s, ok := n.(*analyzer.Str); ok {
			for i := s.Start; i < s.End; i++ {
				inString[i] = true
			}
		}
		return true
	})
	var out []byte
	for i, c := range file.Src {
		if c == '\n' && !inString[i] && (i == 0 || file.Src[i-1] != '\\') {
			out = append(out, ' ')
		}
		out = append(out, c)
	}
	return out
}

// FuzzNotebook holds the same of notebooks as FuzzFix does of sources, and that a notebook stays one.
func FuzzNotebook(f *testing.F) {
	paths, err := filepath.Glob("../testdata/*/*.ipynb")
	if err != nil || len(paths) == 0 {
		f.Fatalf("no notebooks, %v", err)
	}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > fuzzedSize {
			return
		}
		ctx, cancel := context.WithTimeout(t.Context(), fuzzedTime)
		defer cancel()
		fixNotebook(ctx, t, raw)
	})
}

// fixNotebook holds a notebook against the laws.
func fixNotebook(ctx context.Context, t *testing.T, raw []byte) {
	t.Helper()
	d, err := ReadDocument("in.ipynb", raw)
	if err != nil {
		return
	}
	for _, d := range append([]*Document{d}, d.Written()...) {
		res, err := Converge(ctx, d, rules.DefaultTarget, Options{Unsafe: true})
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(res.Raw, raw) {
			continue
		}
		if len(res.Findings) == 0 || len(res.Applied) == 0 || len(res.File.Errors) > 0 || !json.Valid(bytes.TrimPrefix(res.Raw, utf8BOM)) {
			t.Fatalf("by %d fixes it became\n%s", len(res.Applied), res.Raw)
		}
		if again := converge(t, "in.ipynb", res.Raw, Options{Unsafe: true}); !bytes.Equal(again.Raw, res.Raw) {
			t.Errorf("fixing again changes it:\n%s", UnifiedDiff("in.ipynb", res.Raw, again.Raw))
		}
	}
}

// FuzzCells holds the same of notebooks that are made of sources, a cell for each piece between blank lines, that are lists of lines or one string.
func FuzzCells(f *testing.F) {
	fuzzPython(f, func(ctx context.Context, t *testing.T, src []byte) {
		var cells []any
		for i, text := range strings.Split(string(src), "\n\n\n") {
			var source any = text
			if i%2 == 0 {
				source = strings.SplitAfter(text, "\n")
			}
			cells = append(cells, map[string]any{"cell_type": "code", "execution_count": nil, "metadata": map[string]any{}, "outputs": []any{}, "source": source})
		}
		raw, err := json.Marshal(map[string]any{"cells": cells, "metadata": map[string]any{}, "nbformat": 4, "nbformat_minor": 5})
		if err != nil {
			t.Fatal(err)
		}
		fixNotebook(ctx, t, raw)
	})
}

// FuzzLineEdits holds that the edits between two texts make the one of the other, and that a patch has its lines.
func FuzzLineEdits(f *testing.F) {
	f.Add("a\nb\nc\n", "a\nc\nd")
	f.Add("", "x")
	f.Add("\r\na\x00\r\n", "a\n\n\n")
	f.Fuzz(func(t *testing.T, before, after string) {
		if len(before)+len(after) > 1<<12 {
			return
		}
		lines := slices.Collect(strings.Lines(before))
		edits := LineEdits([]byte(before), []byte(after))
		for _, e := range slices.Backward(edits) {
			lines = slices.Replace(lines, e.First-1, e.Last, e.Text)
		}
		if got := strings.Join(lines, ""); got != after {
			t.Errorf("%q became %q, want %q: %+v", before, got, after, edits)
		}
		if patch := UnifiedDiff("x.py", []byte(before), []byte(after)); (patch == "") != (before == after) {
			t.Errorf("from %q to %q the patch is %q", before, after, patch)
		}
	})
}
