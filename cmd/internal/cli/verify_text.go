package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/verify"
)

// verdictStyles are the colours of the words.
var verdictStyles = map[verify.Verdict]string{verify.Proved: green, verify.Tested: green, verify.Different: red, verify.Unknown: yellow}

// verdictWord is the word in its colour, filled up to a width.
func verdictWord(t terminal, v verify.Verdict, width int) string {
	return t.paint(verdictStyles[v], v.String()) + strings.Repeat(" ", max(width-len(v.String()), 0))
}

// writeReport is the summary for people: a line for each signature, what shows a difference and how to see it again, and the verdict last.
func writeReport(w io.Writer, t terminal, r *verify.Report, again string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "old  %s\nnew  %s\n", visible(r.Old), visible(r.New))
	if r.Runtime != "" {
		fmt.Fprintf(&b, "run  %s\n", visible(r.Runtime))
	}
	b.WriteByte('\n')
	writeSignatures(&b, t, r, again)
	fmt.Fprintf(&b, "%s: %s\n", verdictWord(t, r.Verdict, 0), visible(r.Detail))
	_, err := io.WriteString(w, b.String())
	return err
}

// writeAll has a block for each model that there is something to say of, then a line for each, and the verdict last.
func writeAll(w io.Writer, t terminal, all *verify.AllReport, again func(verify.ModelReport) string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "old  %s\nnew  %s\n\n", visible(all.Old), visible(all.New))
	for _, m := range all.Models {
		if m.Report != nil && m.Verdict != verify.Proved {
			fmt.Fprintf(&b, "%s\n", t.paint(bold, modelName(m)))
			writeSignatures(&b, t, m.Report, again(m))
		}
	}
	width := 0
	for _, m := range all.Models {
		width = max(width, len([]rune(modelName(m))))
	}
	for _, m := range all.Models {
		fmt.Fprintf(&b, "%-*s  %s  %s\n", width, modelName(m), verdictWord(t, m.Verdict, len("DIFFERENT")), visible(m.Detail))
	}
	for _, n := range all.Notes {
		fmt.Fprintf(&b, "note: %s\n", visible(n))
	}
	fmt.Fprintf(&b, "\n%s: %s\n", verdictWord(t, all.Verdict, 0), visible(all.Detail))
	_, err := io.WriteString(w, b.String())
	return err
}

// modelName is a model's name with its versions: "ranker 3", "ranker 3 -> 7".
func modelName(m verify.ModelReport) string {
	name := m.Name
	switch {
	case m.OldVersion == m.NewVersion || m.New == "":
		name += " " + m.OldVersion
	case m.Old == "":
		name += " " + m.NewVersion
	default:
		name += fmt.Sprintf(" %s -> %s", orNone(m.OldVersion), orNone(m.NewVersion))
	}
	return visible(strings.TrimSpace(name))
}

func orNone(version string) string {
	if version == "" {
		return "(no version)"
	}
	return version
}

// writeSignatures has what there is to say of each signature.
func writeSignatures(b *strings.Builder, t terminal, r *verify.Report, again string) {
	width := 0
	for _, s := range r.Signatures {
		width = max(width, len([]rune(signatureName(r, s))))
	}
	for _, s := range r.Signatures {
		fmt.Fprintf(b, "  %-*s  %s  %s\n", width, signatureName(r, s), verdictWord(t, s.Verdict, len("DIFFERENT")), visible(headline(s)))
		for _, c := range s.Changes {
			if c.Breaking && headline(s) != s.Detail {
				fmt.Fprintf(b, "      breaks clients: %s\n", visible(c.Text))
			}
		}
		if c := s.Counterexample; c != nil {
			fmt.Fprintf(b, "      on this input (%s):\n", visible(c.Note))
			names := make([]string, 0, len(c.Inputs))
			for name := range c.Inputs {
				names = append(names, name)
			}
			slices.Sort(names)
			for _, name := range names {
				fmt.Fprintf(b, "        %s = %s\n", visible(name), visible(c.Inputs[name]))
			}
			what := "the model"
			if c.Output != "" {
				what = c.Output
			}
			fmt.Fprintf(b, "      old %s: %s\n      new %s: %s\n", visible(what), visible(c.Old), visible(what), visible(c.New))
			fmt.Fprintf(b, "      again: %s\n", again)
		}
		if s.NoProof != "" && (s.Verdict == verify.Tested || s.Verdict == verify.Unknown) {
			fmt.Fprintf(b, "      not proved: %s\n", visible(s.NoProof))
		}
		if s.Errors != nil {
			fmt.Fprintf(b, "      errors: %s\n", visible(s.Errors.String()))
		}
		for _, n := range s.Notes {
			fmt.Fprintf(b, "      note: %s\n", visible(n))
		}
	}
	for _, n := range r.Notes {
		fmt.Fprintf(b, "  note: %s\n", visible(n))
	}
	if len(r.Signatures)+len(r.Notes) > 0 {
		b.WriteByte('\n')
	}
}

// headline is the detail, but where that is a list: then what the lines below it say in full.
func headline(s verify.SignatureReport) string {
	n := 0
	for _, c := range s.Changes {
		if c.Breaking {
			n++
		}
	}
	if n > 1 {
		return fmt.Sprintf("%d differences in what is declared", n)
	}
	return s.Detail
}

// signatureName is the key, with the tag set where there are several.
func signatureName(r *verify.Report, s verify.SignatureReport) string {
	for _, other := range r.Signatures {
		if !slices.Equal(other.TagSet, s.TagSet) || s.Key == "" {
			return visible("[" + strings.Join(s.TagSet, ",") + "] " + s.Key)
		}
	}
	return visible(s.Key)
}
