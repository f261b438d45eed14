package behave

import (
	"slices"
	"strings"
	"testing"
)

func cell(n int) *int { return &n }

func TestNamed(t *testing.T) {
	site := Site{Line: 10, EndLine: 12, API: "builder.add"}
	inCell := Site{Cell: cell(3), Line: 1, EndLine: 1, API: "load"}
	tests := []struct {
		name     string
		site     Site
		findings []Finding
		want     bool
	}{
		{"nothing found", site, nil, false},
		{"first line", site, []Finding{{Line: 10}}, true},
		{"last line", site, []Finding{{Line: 2}, {Line: 12}}, true},
		{"line before", site, []Finding{{Line: 9}}, false},
		{"line after", site, []Finding{{Line: 13}}, false},
		{"related place", site, []Finding{{Line: 2, Related: []Finding{{Line: 5}, {Line: 11}}}}, true},
		{"same cell", inCell, []Finding{{Line: 1, Cell: cell(3)}}, true},
		{"other cell", inCell, []Finding{{Line: 1, Cell: cell(2)}}, false},
		{"no cell", inCell, []Finding{{Line: 1}}, false},
		{"cell of a related place", inCell, []Finding{{Line: 1, Cell: cell(2), Related: []Finding{{Line: 1, Cell: cell(3)}}}}, true},
	}
	for _, tt := range tests {
		if got := named(tt.site, tt.findings); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestStays(t *testing.T) {
	p := &Program{Sites: []Site{{Line: 1, EndLine: 1, API: "export_meta_graph", Stays: true}, {Line: 2, EndLine: 2, API: "import_meta_graph"}}}
	program := []byte("s = tf1.train.Saver()\ns.export_meta_graph('x')\ntf1.train.import_meta_graph('x')\n")
	for line, want := range map[int]bool{0: false, 1: false, 2: true, 3: false, 9: false} {
		if got := p.stays(Finding{Line: line}, program); got != want {
			t.Errorf("line %d stays: %v, want %v", line, got, want)
		}
	}
	notebook := []byte(`{"cells": [{"source": ["import tensorflow\n"]}, {"source": ["s = 1\n", "s.export_meta_graph('x')"]}]}`)
	for c, want := range map[int]bool{0: false, 1: true, 2: false} {
		if got := p.stays(Finding{Line: 2, Cell: cell(c)}, notebook); got != want {
			t.Errorf("cell %d stays: %v, want %v", c, got, want)
		}
	}
}

func TestProblems(t *testing.T) {
	program := &Program{Exports: []string{"export/x"}, SameStdout: true, Sites: []Site{{Line: 3, EndLine: 3, API: "simple_save"}}}
	good := func() *Outcome {
		return &Outcome{Program: program, Findings: []Finding{{Line: 3}}, Source: []byte("a"), Fixed: []byte("b"), Again: []byte("b"),
			Verdicts: []Verdict{{Export: "export/x", Verdict: "TESTED"}}}
	}
	if problems := good().Problems(); len(problems) > 0 {
		t.Errorf("a migrated program has problems: %q", problems)
	}
	tests := []struct {
		name  string
		spoil func(*Outcome)
		want  string
	}{
		{"missed site", func(o *Outcome) { o.Missed = program.Sites }, "no finding for simple_save"},
		{"finding left", func(o *Outcome) { o.Left = []Finding{{Code: "TFM000"}} }, "after the fix"},
		{"not settled", func(o *Outcome) { o.Again = []byte("c") }, "twice"},
		{"original fails", func(o *Outcome) { o.Old.Exit = 1 }, "under TensorFlow 1: exit code 1"},
		{"fixed program fails", func(o *Outcome) { o.New.Exit = 1 }, "under TensorFlow 2: exit code 1"},
		{"fixed program killed", func(o *Outcome) { o.New.Exit = -9; o.New.TimedOut = true }, "stopped"},
		{"prints otherwise", func(o *Outcome) { o.New.Stdout = "5.000001\n" }, "prints"},
		{"different", func(o *Outcome) { o.Verdicts[0] = Verdict{Verdict: "DIFFERENT", Exit: 1} }, "DIFFERENT"},
		{"unknown", func(o *Outcome) { o.Verdicts[0] = Verdict{Verdict: "UNKNOWN", Exit: 4} }, "UNKNOWN"},
		{"exit code against verdict", func(o *Outcome) { o.Verdicts[0].Exit = 1 }, "exit code 1"},
		{"no verdict", func(o *Outcome) { o.Verdicts = nil }, "nothing was verified"},
	}
	for _, tt := range tests {
		o := good()
		tt.spoil(o)
		if problems := o.Problems(); len(problems) != 1 || !strings.Contains(problems[0], tt.want) {
			t.Errorf("%s: %q, want one with %q", tt.name, problems, tt.want)
		}
	}
	silent := &Outcome{Program: &Program{}, Findings: []Finding{{Line: 1}}, Source: []byte("a"), Fixed: []byte("b"), Again: []byte("b")}
	if problems := silent.Problems(); len(problems) != 2 {
		t.Errorf("a program that must be left alone, found and changed: %q, want two problems", problems)
	}
}

func TestTable(t *testing.T) {
	sites := []Site{{Line: 1, EndLine: 1, API: "a"}, {Line: 2, EndLine: 2, API: "b"}}
	outcomes := []*Outcome{
		{Program: &Program{Name: "one", Guide: "One", Exports: []string{"x", "y"}, Sites: sites},
			Verdicts: []Verdict{{Verdict: "PROVED"}, {Verdict: "PROVED"}}},
		{Program: &Program{Name: "no_example"}},
		{Program: &Program{Name: "two", Guide: "Two", Exports: []string{"x"}, Sites: sites}, Missed: sites[:1], Left: []Finding{{}}, New: Result{Exit: 1}},
		{Program: &Program{Name: "three", Guide: "Three", Sites: sites[:1]}, New: Result{Stdout: "1"}},
	}
	want := `| Example of the guide | Sites found | Left after ` + "`fix`" + ` | Runs on 2.15.1 | Prints | ` + "`verify`" + ` |
|---|---|---|---|---|---|
| One (` + "`one`" + `) | 2 of 2 | 0 | yes | the same | PROVED (2 exports) |
| Two (` + "`two`" + `) | 1 of 2 | 1 | no | - | - |
| Three (` + "`three`" + `) | 1 of 1 | 0 | yes | other values | exports nothing |
`
	got := Table(outcomes, "2.15.1")
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	section, err := Section("# Title\n" + TableStart + got + TableEnd + "more\n")
	if err != nil || section != got {
		t.Errorf("Section gives %q, %v", section, err)
	}
	for _, broken := range []string{"# Title\n", TableStart + got} {
		if _, err := Section(broken); err == nil {
			t.Errorf("Section takes %q", broken)
		}
	}
}

// TestPrograms reads the project's own sidecars: each names a program, and each example of the guide is there once.
func TestPrograms(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	programs, err := Programs(root + "/testdata/programs")
	if err != nil {
		t.Fatal(err)
	}
	var guide []string
	silent := 0
	for _, p := range programs {
		if p.Guide != "" {
			guide = append(guide, p.Guide)
		}
		if len(p.Sites) == 0 {
			silent++
		}
	}
	slices.Sort(guide)
	if len(slices.Compact(guide)) != 7 || silent == 0 {
		t.Errorf("%d examples of the guide %q and %d programs to leave alone", len(guide), guide, silent)
	}
	if _, err := Programs(t.TempDir()); err == nil {
		t.Error("a directory without programs is no error")
	}
}

func TestPythonMissing(t *testing.T) {
	_, err := Python(t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "make venv") {
		t.Errorf("an environment that is not there: %v", err)
	}
}
