package cli

import (
	"fmt"
	"io"
	"strings"
)

// writeLintGitHub writes workflow commands, of which GitHub makes annotations beside the code:
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
func writeLintGitHub(w io.Writer, _ terminal, r *report) error {
	for _, p := range r.located() {
		where := ""
		if p.path != "" {
			where = "file=" + escapeProperty(reportPath(p.path)) + fmt.Sprintf(",line=%d,", max(1, p.at.line))
		}
		fmt.Fprintf(w, "::error %stitle=tfmigrate not checked::%s\n", where, escapeCommand(p.err.Error()))
	}
	for _, f := range r.findings {
		level := "warning"
		if f.Severity == "breaks" {
			level = "error"
		}
		where := fmt.Sprintf("line=%d,endLine=%d", f.at.line, f.at.endLine)
		if f.at.line == f.at.endLine { // columns are refused for an annotation of several lines
			where += fmt.Sprintf(",col=%d,endColumn=%d", f.at.column, f.at.endColumn)
		}
		title := fmt.Sprintf("tfmigrate %s %s", f.Code, f.Name)
		fmt.Fprintf(w, "::%s file=%s,%s,title=%s::%s\n", level, escapeProperty(reportPath(f.Path)), where, escapeProperty(title), escapeCommand(f.said()))
	}
	if r.checked == 0 && len(r.problems) == 0 {
		fmt.Fprintf(w, "::notice title=tfmigrate::%s\n", nothingChecked)
	}
	return nil
}

// The escapes of @actions/core (toolkit, packages/core/src/command.ts); a name's line breaks and control characters stay what they are.
var (
	commandEscapes  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// Only a file's name can hold what is no UTF-8.
func escapeCommand(s string) string { return commandEscapes.Replace(strings.ToValidUTF8(s, "\ufffd")) }
func escapeProperty(s string) string {
	return propertyEscapes.Replace(strings.ToValidUTF8(s, "\ufffd"))
}
