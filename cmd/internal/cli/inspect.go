package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tfmigrate/tfmigrate/verify"
)

func newInspect() *cobra.Command {
	var (
		format, tagSet, signature, on string
		dot, svg                      bool
	)
	cmd := &cobra.Command{
		Use:   "inspect DIR",
		Short: "Show what a SavedModel holds, without TensorFlow",
		Long: `Show everything that a SavedModel holds: meta graphs, signatures, variables, assets, objects, ops, sizes, and what can load it.

Of a damaged SavedModel it shows what can be read, says what cannot, and exits with 3. --dot and --svg draw the graph of a
signature instead, with calls inlined.`,
		Args:              exactly("DIR"),
		ValidArgsFunction: directories,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case !slices.Contains([]string{"text", "json"}, format):
				return usagef("--format %s: text or json", format)
			case dot && svg:
				return usagef("--dot and --svg are two pictures; ask for one")
			case (dot || svg) && cmd.Flags().Changed("format"):
				return usagef("--format is for the description, not for a picture")
			case cmd.Flags().Changed("signature") && !dot && !svg:
				return usagef("--signature says what --dot and --svg draw")
			}
			m, problems := verify.Salvage(args[0])
			if m == nil {
				return errors.Join(problems...)
			}
			out := cmd.OutOrStdout()
			tags := tagFlag(cmd, tagSet)
			if dot || svg {
				p, err := draw(m, tags, signature)
				if err != nil {
					return errors.Join(append(problems, err)...)
				}
				write := writeDOT
				if svg {
					write = writeSVG
				}
				return errors.Join(append(problems, write(out, p))...)
			}
			s, err := verify.Summarise(m, tags, problems...)
			if err != nil {
				return lacking(err)
			}
			if on != "" && len(problems) == 0 {
				if s.LoadsOn, err = loadsOn(cmd.Context(), m, on, verify.Options{TagSet: tags}); err != nil {
					return err
				}
			}
			if format == "json" {
				err = writeJSON(out, s)
			} else {
				if err = writeSummary(out, s); err == nil && s.LoadsOn != nil {
					_, err = fmt.Fprintf(out, "\ntried\n    %s", strings.Join(strings.SplitAfter(loadsText(terminal{}, []modelLoads{{args[0], s.LoadsOn}}), "\n"), "    "))
				}
			}
			if err == nil && len(s.Problems) > 0 {
				err = errors.New(strings.Join(s.Problems, "\n"))
			}
			return err
		},
	}
	f := cmd.Flags()
	f.StringVar(&format, "format", "text", "text or json")
	f.StringVar(&tagSet, "tag-set", "", "show only the meta graph with these tags, separated by commas")
	f.BoolVar(&dot, "dot", false, "draw the graph of a signature, for Graphviz")
	f.BoolVar(&svg, "svg", false, "draw the graph of a signature, as SVG")
	f.StringVar(&on, "loads-on", "", "and try whether it loads on the TensorFlow in this directory")
	f.StringVar(&signature, "signature", "", "key of the signature to draw (default: serving_default, or the only one)")
	offer(cmd, "format", "text", "json")
	offerDirectories(cmd, "loads-on")
	return cmd
}

// draw finds the signature and draws it.
func draw(m *verify.SavedModel, tags []string, key string) (*verify.Picture, error) {
	g := m.MetaGraphs[0]
	if tags != nil {
		if g = m.Find(tags); g == nil {
			return nil, lacking(&verify.MissingError{Dir: m.Dir, What: "tag set", Name: strings.Join(tags, ","), Has: m.TagSets()})
		}
	}
	switch {
	case key != "":
	case g.Signature("serving_default") != nil:
		key = "serving_default"
	case len(g.Signatures) == 1:
		key = g.Signatures[0].Key
	default:
		return nil, usagef("name one with --signature; there are: %s", strings.Join(g.Keys(), "; "))
	}
	s := g.Signature(key)
	if s == nil {
		return nil, lacking(&verify.MissingError{Dir: m.Dir, What: "signature", Name: key, Has: g.Keys()})
	}
	return g.Draw(s)
}
