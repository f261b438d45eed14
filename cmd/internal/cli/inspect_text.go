package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tfmigrate/tfmigrate/verify"
)

// writeSummary is the form for people.
func writeSummary(w io.Writer, s *verify.Summary) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", visible(s.File))
	if len(s.Problems) > 0 {
		b.WriteString("INCOMPLETE: this is what could be read\n")
	}
	fmt.Fprintf(&b, "%s: graph %s, variables %s, assets %s", size(s.Sizes.Model+s.Sizes.Variables+s.Sizes.Assets+s.Sizes.Extra),
		size(s.Sizes.Model), size(s.Sizes.Variables), size(s.Sizes.Assets))
	if s.Sizes.Extra > 0 {
		fmt.Fprintf(&b, ", other files %s", size(s.Sizes.Extra))
	}
	b.WriteByte('\n')
	for _, g := range s.MetaGraphs {
		writeGraph(&b, g)
	}
	if len(s.Checkpoint)+len(s.Shards) > 0 {
		b.WriteString("\ncheckpoint\n")
		rows := make([][]string, len(s.Checkpoint))
		for i, e := range s.Checkpoint {
			rows[i] = []string{e.Key, e.DType, e.Shape, fmt.Sprintf("%d bytes", e.Bytes)}
			if len(s.Shards) > 1 {
				rows[i] = append(rows[i], fmt.Sprintf("shard %d", e.Shard))
			}
			if e.Slices > 0 {
				rows[i] = append(rows[i], fmt.Sprintf("in %d slices", e.Slices))
			}
		}
		writeRows(&b, rows)
		writeFiles(&b, s.Shards)
	}
	if len(s.Extra) > 0 {
		b.WriteString("\nother files\n")
		writeFiles(&b, s.Extra)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writeGraph(b *strings.Builder, g verify.MetaGraphSummary) {
	fmt.Fprintf(b, "\nmeta graph  tags: %s  written by TensorFlow %s as a %s\n", visible(strings.Join(g.Tags, ", ")), visible(g.Writer), g.Style)
	for _, sig := range g.Signatures {
		fmt.Fprintf(b, "\n  signature %q  %s\n", sig.Key, visible(sig.Method))
		writeParams(b, "in ", sig.Inputs)
		writeParams(b, "out", sig.Outputs)
	}
	if len(g.Signatures) == 0 {
		b.WriteString("\n  no signature\n")
	}
	section := func(title string, rows [][]string) {
		if len(rows) > 0 {
			fmt.Fprintf(b, "\n  %s\n", title)
			writeRows(b, rows)
		}
	}
	var rows [][]string
	var total int64
	for _, v := range g.Variables {
		rows = append(rows, []string{v.Name, v.DType, v.Shape, v.Kind, fmt.Sprintf("%d bytes", v.Bytes)})
		total += v.Bytes
	}
	section("variables  "+size(total), rows)
	rows = nil
	for _, a := range g.Assets {
		state := fmt.Sprintf("%d bytes", a.Bytes)
		if a.Missing != "" {
			state = a.Missing
		}
		rows = append(rows, []string{a.File, a.Tensor, state})
	}
	section("assets", rows)
	rows = nil
	if g.RestoreOp != "" {
		rows = append(rows, []string{"restore", g.RestoreOp})
	}
	if g.InitOp != "" {
		rows = append(rows, []string{"init", g.InitOp})
	}
	section("run when it is loaded", rows)
	if g.Objects != nil {
		writeObjects(b, g.Objects, section)
	}
	rows = nil
	for _, op := range g.Ops {
		rows = append(rows, []string{op.Name, fmt.Sprint(op.Count)})
	}
	section(fmt.Sprintf("ops  %d nodes, %d functions, %s", g.Nodes, g.Functions, size(g.GraphBytes)), rows)
	rows = nil
	for _, r := range g.Refused {
		rows = append(rows, []string{r})
	}
	section("ops that may do more than compute, or are not known: verify runs them only when told to", rows)
	rows = nil
	for _, r := range g.Releases {
		row := []string{"TensorFlow " + r.Release, "knows all of it"}
		if !r.Knows {
			row[1] = "does not know " + some(r.Unknown)
		}
		if len(r.Defaults) > 0 {
			row[1] += "; only loaders in Python leave out what it does not know and is a default: " + some(r.Defaults)
		}
		rows = append(rows, row)
	}
	for _, l := range g.Loaders {
		word := "no:"
		if l.Takes {
			word = "yes:"
		}
		rows = append(rows, []string{l.Loader, word + " " + l.Why})
	}
	section(fmt.Sprintf("what can load it, by its ops and attributes (GraphDef version %d, readers from %d)", g.Producer, g.MinConsumer), rows)
}

// some lists a few of many.
func some(all []string) string {
	const few = 5
	if len(all) <= few {
		return strings.Join(all, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(all[:few], ", "), len(all)-few)
}

func writeObjects(b *strings.Builder, o *verify.ObjectSummary, section func(string, [][]string)) {
	var rows [][]string
	for _, v := range o.Variables {
		trainable := "trainable"
		if !v.Trainable {
			trainable = "not trainable"
		}
		path := v.Path
		if path == "" {
			path = "(no attribute)"
		}
		rows = append(rows, []string{path, v.DType, v.Shape, trainable, v.Name, v.Key})
	}
	for _, path := range sortedNames(o.Others) {
		rows = append(rows, []string{path, o.Others[path]})
	}
	section(fmt.Sprintf("objects  %d", o.Count), rows)
	for _, f := range o.Functions {
		rows = nil
		for _, in := range f.Inputs {
			what := in.Captures
			if what == "" {
				what = "argument"
			}
			rows = append(rows, []string{in.Name, in.DType, in.Shape, what})
		}
		at := strings.Join(f.Paths, ", ")
		if at == "" {
			at = "(no attribute)"
		}
		fmt.Fprintf(b, "\n  function %s  at %s\n", visible(f.Name), visible(at))
		writeRows(b, rows)
	}
}

func sortedNames(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func writeFiles(b *strings.Builder, files []verify.FileSummary) {
	rows := make([][]string, len(files))
	for i, f := range files {
		rows[i] = []string{f.File, fmt.Sprintf("%d bytes", f.Bytes)}
		if f.Missing {
			rows[i][1] = "missing"
		}
	}
	writeRows(b, rows)
}

func writeParams(b *strings.Builder, what string, params []verify.ParamSummary) {
	rows := make([][]string, len(params))
	for i, p := range params {
		rows[i] = []string{what, p.Name, p.DType, p.Shape, strings.Join(p.Tensors, " ")}
		if p.Default {
			rows[i] = append(rows[i], "has a default")
		}
	}
	writeRows(b, rows)
}

// writeRows aligns columns. Cells hold what a model says, and may say anything.
func writeRows(b *strings.Builder, rows [][]string) {
	var width []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(width) {
				width = append(width, 0)
			}
			row[i] = visible(cell)
			width[i] = max(width[i], utf8.RuneCountInString(row[i]))
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

// size writes a number of bytes as people read it.
func size(n int64) string {
	switch {
	case n < 10_000:
		return fmt.Sprintf("%d bytes", n)
	case n < 10_000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	case n < 10_000_000_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}
