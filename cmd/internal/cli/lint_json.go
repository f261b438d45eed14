package cli

import "io"

// writeLintJSON is all that is known of each finding.
func writeLintJSON(w io.Writer, _ terminal, r *report) error {
	return writeJSON(w, map[string]any{"findings": r.findings, "checked": r.checked, "errors": messages(r.problems)})
}
