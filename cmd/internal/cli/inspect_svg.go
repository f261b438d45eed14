package cli

import (
	"cmp"
	"fmt"
	"html"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tfmigrate/tfmigrate/verify"
)

// writeDOT writes a picture in the language of Graphviz (https://graphviz.org/doc/info/lang.html).
func writeDOT(w io.Writer, p *verify.Picture) error {
	var b strings.Builder
	fmt.Fprintf(&b, "digraph %s {\n  rankdir=TB;\n  node [fontname=\"sans-serif\", fontsize=11];\n", dotQuote(p.Title))
	for i, n := range p.Nodes {
		label := n.Label
		if n.Detail != "" {
			label += "\n" + n.Detail
		}
		fmt.Fprintf(&b, "  n%d [label=%s, shape=%s", i, dotQuote(label), dotShapes[n.Kind])
		if n.Name != "" {
			fmt.Fprintf(&b, ", tooltip=%s", dotQuote(n.Name))
		}
		b.WriteString("];\n")
	}
	for _, e := range p.Edges {
		style := ""
		if e.Control {
			style = " [style=dashed]"
		}
		fmt.Fprintf(&b, "  n%d -> n%d%s;\n", e.From, e.To, style)
	}
	b.WriteString("}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

var dotShapes = map[verify.PictureKind]string{verify.PictureInput: "ellipse", verify.PictureOutput: "ellipse", verify.PictureConstant: "plaintext",
	verify.PictureVariable: "cylinder", verify.PictureTable: "folder", verify.PictureOp: "box"}

// dotQuote writes a quoted string, in which a line break of ours is one of the label's and a backslash of the model's is no escape.
func dotQuote(s string) string {
	s = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(visibleLines(s))
	return `"` + s + `"`
}

// visibleLines is visible for text of several lines.
func visibleLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = visible(l)
	}
	return strings.Join(lines, "\n")
}

// maxSVG bounds the nodes that are laid out: nobody reads a larger picture, and the work grows faster than the graph.
const maxSVG = 2000

// Measures of the picture, in pixels.
const (
	svgChar   = 6.6 // width of a character
	svgLine   = 15  // height of a line
	svgPad    = 10  // around a label
	svgGap    = 18  // between nodes of a layer
	svgLayer  = 44  // between layers
	svgMargin = 20
	svgLabel  = 44 // characters of a line of a label
	svgAround = 40 // how far an edge that closes a loop swings out
)

// box is a node of the layout: one of the picture, or a bend of an edge that crosses a layer.
type box struct {
	node       int // of the picture, -1 for a bend
	lines      []string
	layer      int
	x, w, h, y float64 // x and y of the centre
	up, down   []*box
}

// svgStyle follows the colours that the reader's system asks for.
const svgStyle = `svg{background:#fff;font:11px sans-serif}text{fill:#1b1f24}.n{fill:#f6f8fa;stroke:#57606a}.input{fill:#ddf4ff;stroke:#0969da}` +
	`.output{fill:#dafbe1;stroke:#1a7f37}.variable,.table{fill:#fff8c5;stroke:#9a6700}.constant{fill:none;stroke:none}` +
	`path{fill:none;stroke:#57606a}.c{stroke-dasharray:4 3}.a{fill:#57606a;stroke:none}` +
	`@media(prefers-color-scheme:dark){svg{background:#0d1117}text{fill:#e6edf3}.n{fill:#21262d;stroke:#8b949e}.input{fill:#0c2d6b;stroke:#58a6ff}` +
	`.output{fill:#033a16;stroke:#3fb950}.variable,.table{fill:#341a00;stroke:#d29922}.constant{fill:none;stroke:none}path{stroke:#8b949e}.a{fill:#8b949e}}`

// writeSVG lays a picture out in layers, inputs on top, and writes it as SVG that needs nothing else.
func writeSVG(w io.Writer, p *verify.Picture) error {
	if len(p.Nodes) > maxSVG {
		return usagef("the graph of %s has %d nodes, more than the %d that --svg lays out; --dot has no limit", visible(p.Title), len(p.Nodes), maxSVG)
	}
	boxes, chains := layOut(p)
	var width, height float64
	for _, b := range boxes {
		width, height = max(width, b.x+b.w/2), max(height, b.y+b.h/2)
	}
	if slices.ContainsFunc(chains, func(c []*box) bool { return c[len(c)-1].layer <= c[0].layer }) {
		width, height = width+svgAround, height+svgAround
	}
	var s strings.Builder
	fmt.Fprintf(&s, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img"><title>%s</title><style>%s</style>`,
		width+svgMargin, height+svgMargin, width+svgMargin, height+svgMargin, svgText(p.Title), svgStyle)
	s.WriteString(`<defs><marker id="a" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="a" d="M0 0L8 4L0 8z"/></marker></defs>` + "\n")
	for i, chain := range chains {
		fmt.Fprintf(&s, `<path%s marker-end="url(#a)" d="%s"/>`+"\n", map[bool]string{true: ` class="c"`}[p.Edges[i].Control], svgPath(chain))
	}
	for _, b := range boxes {
		if b.node < 0 {
			continue
		}
		n := p.Nodes[b.node]
		fmt.Fprintf(&s, `<g><title>%s</title><rect class="n %s" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="%d"/>`, svgText(n.Name), n.Kind,
			b.x-b.w/2, b.y-b.h/2, b.w, b.h, map[bool]int{true: 12, false: 3}[n.Kind == verify.PictureInput || n.Kind == verify.PictureOutput])
		for i, line := range b.lines {
			weight := ""
			if i == 0 && n.Kind != verify.PictureConstant {
				weight = ` font-weight="bold"`
			}
			fmt.Fprintf(&s, `<text x="%.1f" y="%.1f" text-anchor="middle"%s>%s</text>`, b.x, b.y-b.h/2+svgPad/2+svgLine*(float64(i)+0.75), weight, svgText(line))
		}
		s.WriteString("</g>\n")
	}
	s.WriteString("</svg>\n")
	_, err := io.WriteString(w, s.String())
	return err
}

func svgText(s string) string { return html.EscapeString(strings.ToValidUTF8(visible(s), "\uFFFD")) }

// svgPath draws an edge through its bends, from the lower side of the first box to the upper side of the last; one that closes a loop goes
// around on the right.
func svgPath(chain []*box) string {
	from, to := chain[0], chain[len(chain)-1]
	x, y := from.x, from.y+from.h/2
	if to.layer <= from.layer {
		side, end := max(from.x+from.w/2, to.x+to.w/2)+svgAround, to.y-to.h/2
		return fmt.Sprintf("M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f", x, y, x, y+svgAround, side, y+svgAround, side, (y+end)/2,
			side, end-svgAround, to.x, end-svgAround, to.x, end)
	}
	var s strings.Builder
	fmt.Fprintf(&s, "M%.1f %.1f", x, y)
	for _, b := range chain[1:] {
		end := b.y
		if b == to {
			end -= b.h / 2
		}
		bend := (end - y) / 2
		fmt.Fprintf(&s, "C%.1f %.1f %.1f %.1f %.1f %.1f", x, y+bend, b.x, end-bend, b.x, end)
		x, y = b.x, end
	}
	return s.String()
}

// layOut places the nodes: layers by the longest path, bends where edges cross layers, an order within the layers by the mean of the
// neighbours, and then places that pull towards the neighbours. Every edge has the chain of boxes that it goes through.
func layOut(p *verify.Picture) (all []*box, chains [][]*box) {
	nodes := make([]*box, len(p.Nodes))
	for i, n := range p.Nodes {
		b := &box{node: i, lines: []string{shorten(n.Label)}}
		if n.Detail != "" {
			b.lines = append(b.lines, shorten(n.Detail))
		}
		longest := 0
		for _, l := range b.lines {
			longest = max(longest, utf8.RuneCountInString(l))
		}
		b.w, b.h = float64(longest)*svgChar+2*svgPad, float64(len(b.lines))*svgLine+svgPad
		nodes[i] = b
	}
	layers := assignLayers(p, nodes)
	rows := make([][]*box, layers)
	for _, b := range nodes {
		rows[b.layer] = append(rows[b.layer], b)
	}
	for _, e := range p.Edges {
		from, to := nodes[e.From], nodes[e.To]
		chain := []*box{from}
		for l := from.layer + 1; l < to.layer; l++ {
			bend := &box{node: -1, layer: l, w: 4}
			rows[l] = append(rows[l], bend)
			chain = append(chain, bend)
		}
		chain = append(chain, to)
		if from.layer < to.layer {
			for i := range len(chain) - 1 {
				chain[i].down, chain[i+1].up = append(chain[i].down, chain[i+1]), append(chain[i+1].up, chain[i])
			}
		}
		chains = append(chains, chain)
	}
	for _, row := range rows {
		pack(row)
	}
	const sweeps = 12
	for sweep := range sweeps {
		for i := range rows {
			row, near := rows[i], func(b *box) []*box { return b.up }
			if sweep%2 == 1 {
				row, near = rows[len(rows)-1-i], func(b *box) []*box { return b.down }
			}
			slices.SortStableFunc(row, func(a, b *box) int { return cmp.Compare(mean(a, near), mean(b, near)) })
			pack(row)
		}
	}
	for sweep := range sweeps {
		for i := range rows {
			if sweep%2 == 0 {
				pull(rows[i], func(b *box) []*box { return b.up })
			} else {
				pull(rows[len(rows)-1-i], func(b *box) []*box { return b.down })
			}
		}
	}
	left := 0.0
	for _, row := range rows {
		for _, b := range row {
			left = min(left, b.x-b.w/2)
		}
	}
	y := float64(svgMargin)
	for _, row := range rows {
		tall := 0.0
		for _, b := range row {
			tall = max(tall, b.h)
		}
		for _, b := range row {
			b.x += svgMargin - left
			b.y = y + tall/2
		}
		y += tall + svgLayer
		all = append(all, row...)
	}
	return all, chains
}

func shorten(s string) string {
	if r := []rune(s); len(r) > svgLabel {
		return string(r[:svgLabel-1]) + "…"
	}
	return s
}

// assignLayers puts every node below all that it depends on, loops aside, and what has no inputs right above the first that takes it.
func assignLayers(p *verify.Picture, nodes []*box) (layers int) {
	next, degree := make([][]int, len(nodes)), make([]int, len(nodes))
	for _, e := range forward(p) {
		next[e.From] = append(next[e.From], e.To)
		degree[e.To]++
	}
	var work, order []int
	sources := make([]bool, len(nodes))
	for i, d := range degree {
		if d == 0 {
			work = append(work, i)
			sources[i] = true
		}
	}
	for len(work) > 0 {
		at := work[0]
		work = work[1:]
		order = append(order, at)
		for _, to := range next[at] {
			nodes[to].layer = max(nodes[to].layer, nodes[at].layer+1)
			if degree[to]--; degree[to] == 0 {
				work = append(work, to)
			}
		}
	}
	for _, at := range order {
		layers = max(layers, nodes[at].layer+1)
	}
	for _, at := range order {
		if !sources[at] || p.Nodes[at].Kind == verify.PictureInput || len(next[at]) == 0 {
			continue
		}
		nodes[at].layer = layers
		for _, to := range next[at] {
			nodes[at].layer = min(nodes[at].layer, nodes[to].layer-1)
		}
	}
	return max(layers, 1)
}

// forward leaves out the edges that close a loop: those behind a NextIteration of TensorFlow 1, and any that lead back all the same.
func forward(p *verify.Picture) []verify.PictureEdge {
	out := make([][]int, len(p.Nodes)) // numbers of edges
	for i, e := range p.Edges {
		if !strings.HasSuffix(p.Nodes[e.From].Label, "NextIteration") {
			out[e.From] = append(out[e.From], i)
		}
	}
	const open, done = 1, 2
	state := make([]int, len(p.Nodes))
	var kept []verify.PictureEdge
	for root := range p.Nodes {
		if state[root] != 0 {
			continue
		}
		state[root] = open
		for stack := []int{root}; len(stack) > 0; {
			at := stack[len(stack)-1]
			if len(out[at]) == 0 {
				state[at] = done
				stack = stack[:len(stack)-1]
				continue
			}
			e := p.Edges[out[at][0]]
			out[at] = out[at][1:]
			if state[e.To] == open {
				continue
			}
			kept = append(kept, e)
			if state[e.To] == 0 {
				state[e.To] = open
				stack = append(stack, e.To)
			}
		}
	}
	return kept
}

// pack places a row from the left without gaps.
func pack(row []*box) {
	x := 0.0
	for _, b := range row {
		b.x = x + b.w/2
		x += b.w + svgGap
	}
}

// mean is the middle of the neighbours, or where a box without any is.
func mean(b *box, near func(*box) []*box) float64 {
	others := near(b)
	if len(others) == 0 {
		return b.x
	}
	sum := 0.0
	for _, o := range others {
		sum += o.x
	}
	return sum / float64(len(others))
}

// pull moves the boxes of a row towards the middle of their neighbours and keeps their order and distance: the mean of the places that a
// pass from the left and one from the right find.
func pull(row []*box, near func(*box) []*box) {
	want, right := make([]float64, len(row)), make([]float64, len(row))
	for i, b := range row {
		want[i] = mean(b, near)
		right[i] = want[i]
	}
	gap := func(a, b *box) float64 { return (a.w+b.w)/2 + svgGap }
	for i := 1; i < len(row); i++ {
		want[i] = max(want[i], want[i-1]+gap(row[i-1], row[i]))
	}
	for i := len(row) - 2; i >= 0; i-- {
		right[i] = min(right[i], right[i+1]-gap(row[i], row[i+1]))
	}
	for i, b := range row {
		b.x = (want[i] + right[i]) / 2
	}
}
