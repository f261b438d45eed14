package cli

import (
	"encoding/json"
	"io"
)

// writeJSON writes v as people and programs can both read it.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
