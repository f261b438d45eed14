package cli

import (
	"io"
	"strings"

	"github.com/tfmigrate/tfmigrate/verify"
)

// writeJUnit writes a report as JUnit's XML, a suite for the comparison and a case for each signature: what differs is a failure, and what
// could not be told an error, so neither passes. A comparison without signatures is one case.
func writeJUnit(w io.Writer, r *verify.Report) error {
	suite := junitSuite{Name: "tfmigrate verify " + r.Old + " " + r.New}
	add := func(name string, tags []string, v verify.Verdict, detail string) {
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
		suite.add(c)
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
	return writeSuites(w, []junitSuite{suite})
}
