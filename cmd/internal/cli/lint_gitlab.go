package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"
)

// gitlabIssue is one entry of GitLab's Code Quality report: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
type gitlabIssue struct {
	Description string         `json:"description"`
	CheckName   string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"` // has to be unique in a report; GitLab compares branches by it
	Severity    string         `json:"severity"`
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string      `json:"path"`
	Lines gitlabLines `json:"lines"`
}

type gitlabLines struct {
	Begin int `json:"begin"`
	End   int `json:"end"`
}

// gitlabSeverity is the severity in GitLab's words.
var gitlabSeverity = map[string]string{"breaks": "critical", "hazard": "major", "works": "minor"}

// writeLintGitLab writes a Code Quality report. What could not be checked is an issue of the worst severity.
func writeLintGitLab(w io.Writer, _ terminal, r *report) error {
	issues := []gitlabIssue{}
	for _, p := range r.located() {
		sum := sha256.Sum256([]byte("not checked\x00" + reportPath(p.path) + "\x00" + p.message()))
		line := max(1, p.at.line)
		issues = append(issues, gitlabIssue{
			Description: "not checked: " + p.message(),
			CheckName:   "not-checked",
			Fingerprint: hex.EncodeToString(sum[:16]),
			Severity:    "blocker",
			Location:    gitlabLocation{reportPath(p.path), gitlabLines{line, line}},
		})
	}
	for _, f := range r.findings {
		issues = append(issues, gitlabIssue{
			Description: f.Code + " " + strings.ReplaceAll(f.said(), "\n", "; "),
			CheckName:   f.Name,
			Fingerprint: f.Fingerprint,
			Severity:    gitlabSeverity[f.Severity],
			Location:    gitlabLocation{reportPath(f.Path), gitlabLines{f.at.line, f.at.endLine}},
		})
	}
	return writeJSON(w, issues)
}
