package cli

import (
	"fmt"
	"io"
)

// writeLintJUnit writes JUnit's XML: a suite for each file with something to say, a failure for each finding, and an error for what could
// not be checked. Files in which nothing was found are one case that passes.
func writeLintJUnit(w io.Writer, _ terminal, r *report) error {
	var suites []junitSuite
	suiteOf := func(path string) *junitSuite {
		for i := range suites {
			if suites[i].Name == path {
				return &suites[i]
			}
		}
		suites = append(suites, junitSuite{Name: path})
		return &suites[len(suites)-1]
	}
	for _, p := range r.located() {
		path := reportPath(p.path)
		c := junitCase{Name: "not checked", Class: path, File: path, Line: p.at.line}
		c.Error = &junitProblem{Type: "not checked", Message: p.message()}
		suiteOf(path).add(c)
	}
	dirty := map[string]bool{}
	for _, f := range r.findings {
		path := reportPath(f.Path)
		dirty[path] = true
		c := junitCase{Name: fmt.Sprintf("%s %s at %s", f.Code, f.Name, f.lineAndColumn()), Class: path, File: path, Line: f.at.line}
		c.Failure = &junitProblem{Type: f.Severity, Message: f.Message, Text: f.said()}
		suiteOf(path).add(c)
	}
	partly := 0 // files with a problem in a part of them count as checked, and not as clean
	for _, p := range r.located() {
		if p.at.line > 0 && !dirty[reportPath(p.path)] {
			partly++
		}
	}
	if clean := r.checked - len(dirty) - partly; clean > 0 {
		suiteOf("tfmigrate lint").add(junitCase{Name: count(clean, "file") + " checked, nothing found", Class: "tfmigrate lint"})
	}
	if len(suites) == 0 {
		suiteOf("tfmigrate lint").add(junitCase{Name: "files", Class: "tfmigrate lint", Skipped: &junitProblem{Message: nothingChecked}})
	}
	return writeSuites(w, suites)
}

// lineAndColumn is where a finding is, in a notebook with its cell.
func (f finding) lineAndColumn() string {
	if f.Cell != nil {
		return fmt.Sprintf("cell %d:%d:%d", *f.Cell, f.Line, f.Column)
	}
	return fmt.Sprintf("%d:%d", f.Line, f.Column)
}
