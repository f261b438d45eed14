package cli

import (
	"io"
	"strings"

	"github.com/tfmigrate/tfmigrate/verify"
)

// writeJUnit writes a report as JUnit's XML, a suite for the comparison and a case for each signature: what differs is a failure, and what
// could not be told an error, so neither passes. A comparison without signatures is one case.
func writeJUnit(w io.Writer, r *verify.Report) error {
	return writeSuites(w, []junitSuite{reportSuite("tfmigrate verify "+r.Old+" "+r.New, r)})
}

// writeAllJUnit has a suite for each model; one that was not compared is a case that does not pass.
func writeAllJUnit(w io.Writer, all *verify.AllReport) error {
	var suites []junitSuite
	for _, m := range all.Models {
		name := "tfmigrate verify " + modelName(m)
		if m.Report != nil {
			suites = append(suites, reportSuite(name, m.Report))
			continue
		}
		suite := junitSuite{Name: name}
		suite.add(verdictCase("model", nil, m.Verdict, m.Detail))
		suites = append(suites, suite)
	}
	return writeSuites(w, suites)
}

func reportSuite(name string, r *verify.Report) junitSuite {
	suite := junitSuite{Name: name}
	for _, s := range r.Signatures {
		key := s.Key
		if key == "" {
			key = "tag set"
		}
		suite.add(verdictCase(key, s.TagSet, s.Verdict, s.Detail))
	}
	if len(r.Signatures) == 0 {
		suite.add(verdictCase("signatures", nil, r.Verdict, r.Detail))
	}
	return suite
}

func verdictCase(name string, tags []string, v verify.Verdict, detail string) junitCase {
	c := junitCase{Name: name, Class: strings.Join(tags, ",")}
	problem := &junitProblem{Type: v.String(), Message: detail}
	switch {
	case v.Same():
		c.Out = v.String() + ": " + detail
	case v == verify.Different:
		c.Failure = problem
	default:
		c.Error = problem
	}
	return c
}
