package cli

import (
	"encoding/xml"
	"io"
	"strings"

	"github.com/tfmigrate/tfmigrate/verify"
)

// The elements of JUnit's XML that CI systems read (https://github.com/testmoapp/junitxml): a suite for the comparison, a case for each
// signature.
type junitSuites struct {
	XMLName  xml.Name   `xml:"testsuites"`
	Tests    int        `xml:"tests,attr"`
	Failures int        `xml:"failures,attr"`
	Errors   int        `xml:"errors,attr"`
	Suite    junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	Failure *junitProblem `xml:"failure"`
	Error   *junitProblem `xml:"error"`
	Out     string        `xml:"system-out,omitempty"`
}

type junitProblem struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
}

// writeJUnit writes a report as JUnit's XML: what differs is a failure, and what could not be told an error, so neither passes. A
// comparison without signatures is one case.
func writeJUnit(w io.Writer, r *verify.Report) error {
	suite := junitSuite{Name: "tfmigrate verify " + r.Old + " " + r.New}
	add := func(name string, tags []string, v verify.Verdict, detail string) {
		c := junitCase{Name: name, Class: strings.Join(tags, ",")}
		problem := &junitProblem{v.String(), detail}
		switch {
		case v.Same():
			c.Out = v.String() + ": " + detail
		case v == verify.Different:
			c.Failure = problem
			suite.Failures++
		default:
			c.Error = problem
			suite.Errors++
		}
		suite.Cases = append(suite.Cases, c)
		suite.Tests++
	}
	for _, s := range r.Signatures {
		name := s.Key
		if name == "" {
			name = "tag set"
		}
		add(name, s.TagSet, s.Verdict, s.Detail)
	}
	if len(r.Signatures) == 0 {
		add("signatures", nil, r.Verdict, r.Detail)
	}
	b, err := xml.MarshalIndent(junitSuites{Tests: suite.Tests, Failures: suite.Failures, Errors: suite.Errors, Suite: suite}, "", "  ")
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, xml.Header+string(b)+"\n")
	return err
}
