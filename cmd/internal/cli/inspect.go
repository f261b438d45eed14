package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tfmigrate/tfmigrate/verify"
)

func newInspect() *cobra.Command {
	var format, tagSet string
	cmd := &cobra.Command{
		Use:   "inspect DIR",
		Short: "Show what a SavedModel holds, without TensorFlow",
		Args:  exactly("DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains([]string{"text", "json"}, format) {
				return usagef("--format %s: text or json", format)
			}
			m, err := verify.Read(args[0])
			if err != nil {
				return err
			}
			s, err := verify.Summarise(m, tagFlag(cmd, tagSet))
			if err != nil {
				return lacking(err)
			}
			if format == "json" {
				return writeJSON(cmd.OutOrStdout(), s)
			}
			return writeSummary(cmd.OutOrStdout(), s)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	cmd.Flags().StringVar(&tagSet, "tag-set", "", "show only the meta graph with these tags, separated by commas")
	return cmd
}

// writeSummary is the form for people.
func writeSummary(w io.Writer, s *verify.Summary) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", s.File)
	for _, g := range s.MetaGraphs {
		fmt.Fprintf(&b, "\nmeta graph  tags: %s  written by TensorFlow %s as a %s\n", strings.Join(g.Tags, ", "), g.Writer, g.Style)
		for _, sig := range g.Signatures {
			fmt.Fprintf(&b, "\n  signature %q  %s\n", sig.Key, sig.Method)
			writeParams(&b, "in ", sig.Inputs)
			writeParams(&b, "out", sig.Outputs)
		}
		if len(g.Signatures) == 0 {
			b.WriteString("\n  no signature\n")
		}
		if len(g.Variables) > 0 {
			fmt.Fprintf(&b, "\n  variables\n")
			rows := make([][]string, len(g.Variables))
			for i, v := range g.Variables {
				rows[i] = []string{v.Name, v.DType, v.Shape, v.Kind}
			}
			writeRows(&b, rows)
		}
		if len(g.Assets) > 0 {
			fmt.Fprintf(&b, "\n  assets\n")
			rows := make([][]string, len(g.Assets))
			for i, a := range g.Assets {
				rows[i] = []string{a.File, a.Tensor, a.Missing}
			}
			writeRows(&b, rows)
		}
		fmt.Fprintf(&b, "\n  ops  %d nodes, %d functions\n", g.Nodes, g.Functions)
		rows := make([][]string, len(g.Ops))
		for i, op := range g.Ops {
			rows[i] = []string{op.Name, fmt.Sprint(op.Count)}
		}
		writeRows(&b, rows)
	}
	if len(s.Checkpoint) > 0 {
		fmt.Fprintf(&b, "\ncheckpoint\n")
		rows := make([][]string, len(s.Checkpoint))
		for i, e := range s.Checkpoint {
			rows[i] = []string{e.Key, e.DType, e.Shape, fmt.Sprintf("%d bytes", e.Bytes)}
		}
		writeRows(&b, rows)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writeParams(b *strings.Builder, what string, params []verify.ParamSummary) {
	rows := make([][]string, len(params))
	for i, p := range params {
		rows[i] = []string{what, p.Name, p.DType, p.Shape, strings.Join(p.Tensors, " ")}
	}
	writeRows(b, rows)
}

// writeRows aligns columns.
func writeRows(b *strings.Builder, rows [][]string) {
	var width []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(width) {
				width = append(width, 0)
			}
			width[i] = max(width[i], len(cell))
		}
	}
	for _, row := range rows {
		line := "   "
		for i, cell := range row {
			line += fmt.Sprintf(" %-*s ", width[i], cell)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}
