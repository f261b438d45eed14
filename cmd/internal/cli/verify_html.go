package cli

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"os"
	"slices"

	"github.com/tfmigrate/tfmigrate/verify"
)

// The page holds its style and loads nothing; html/template escapes whatever a model says by where it stands.
//
//go:embed verify.html.tmpl
var htmlText string

var htmlPage = template.Must(template.New("verify").Parse(htmlText))

// reportPage is what the template shows. Every string of a model's went through visible.
type reportPage struct {
	Old, New, Runtime, Tolerance string
	Seed                         uint64
	Verdict                      verify.Verdict
	Detail                       string
	Words                        []pageWord
	Models                       []pageModel
	Several                      bool // models: there is a table of contents
	Notes                        []string
}

// pageWord is a verdict and what it means.
type pageWord struct {
	Verdict verify.Verdict
	Means   string
}

type pageModel struct {
	ID, Name, Old, New string
	Runtime            string
	Verdict            verify.Verdict
	Detail             string
	Failed             bool
	Signatures         []pageSignature
	Changes            []pageChange
	Notes              []string
}

type pageSignature struct {
	Name           string
	Verdict        verify.Verdict
	Detail         string
	Rows           []pageRow
	Counterexample *pageCounterexample
	Errors         string
	Histograms     []pageHistogram
	NoProof        string
	Notes          []string
}

// pageRow is a line of a signature's table. Class says how it is coloured: "breaks", "changes" or "".
type pageRow struct {
	Part, Name, Old, New, Class string
	Changes                     []string
}

type pageChange struct {
	Breaking bool
	Text     string
}

type pageCounterexample struct {
	Note, Output, Old, New, Where, Again string
	Inputs                               []pageInput
}

type pageInput struct{ Name, Value string }

type pageHistogram struct {
	Title string
	Bars  []pageBar
}

type pageBar struct {
	Label   string
	Count   int
	Percent float64 // of the longest bar
}

// words say what the verdicts mean, in the order of strength.
var words = []pageWord{
	{verify.Proved, "Equal for every input: the graphs, constants, variables and assets are the same."},
	{verify.Tested, "The same on every input that was tried. No proof: an input that was not tried may tell them apart."},
	{verify.Different, "A client could notice: the declarations differ, or an input is shown for which the answers do."},
	{verify.Unknown, "It could not be told, for the reason given. This never means the same."},
}

// writePage writes a page to a file, where one is asked for.
func writePage(file string, page func(io.Writer) error) error {
	if file == "" {
		return nil
	}
	var b bytes.Buffer
	if err := page(&b); err != nil {
		return err
	}
	return os.WriteFile(file, b.Bytes(), 0o644)
}

func writeHTML(w io.Writer, p *reportPage) error { return htmlPage.Execute(w, p) }

// pageOf shows one comparison; again is the command that shows a difference once more.
func pageOf(r *verify.Report, again string) *reportPage {
	return &reportPage{Old: visible(r.Old), New: visible(r.New), Runtime: visible(r.Runtime), Tolerance: r.Tolerance.String(), Seed: r.Seed, Verdict: r.Verdict,
		Detail: visible(r.Detail), Words: words, Models: []pageModel{pageOfModel(r, again)}}
}

// pageOfAll shows all models.
func pageOfAll(all *verify.AllReport, again func(verify.ModelReport) string) *reportPage {
	p := &reportPage{Old: visible(all.Old), New: visible(all.New), Tolerance: all.Tolerance.String(), Seed: all.Seed, Verdict: all.Verdict,
		Detail: visible(all.Detail), Words: words, Several: true, Notes: eachVisible(all.Notes)}
	for i, m := range all.Models {
		shown := pageModel{}
		if m.Report != nil {
			shown = pageOfModel(m.Report, again(m))
		}
		shown.ID, shown.Name, shown.Old, shown.New = fmt.Sprintf("model-%d", i+1), modelName(m), visible(m.Old), visible(m.New)
		shown.Verdict, shown.Detail, shown.Failed = m.Verdict, visible(m.Detail), m.Failed
		p.Models = append(p.Models, shown)
	}
	return p
}

func pageOfModel(r *verify.Report, again string) pageModel {
	m := pageModel{Runtime: visible(r.Runtime), Verdict: r.Verdict, Detail: visible(r.Detail)}
	told := map[string]bool{}
	for _, c := range r.Changes {
		m.Changes = append(m.Changes, pageChange{c.Breaking, visible(c.Text)})
		told[c.Text] = true
	}
	for _, n := range r.Notes {
		if !told[n] {
			m.Notes = append(m.Notes, visible(n))
		}
	}
	for _, s := range r.Signatures {
		m.Signatures = append(m.Signatures, pageOfSignature(r, s, again))
	}
	return m
}

func pageOfSignature(r *verify.Report, s verify.SignatureReport, again string) pageSignature {
	p := pageSignature{Name: signatureName(r, s), Verdict: s.Verdict, Detail: visible(s.Detail), Rows: signatureRows(s)}
	told := map[string]bool{}
	for _, c := range s.Changes {
		told[c.Text] = true
	}
	for _, n := range s.Notes {
		if !told[n] {
			p.Notes = append(p.Notes, visible(n))
		}
	}
	if s.Verdict == verify.Tested || s.Verdict == verify.Unknown {
		p.NoProof = visible(s.NoProof)
	}
	if c := s.Counterexample; c != nil {
		p.Counterexample = &pageCounterexample{Note: visible(c.Note), Output: visible(c.Output), Old: visible(c.Old), New: visible(c.New), Where: visible(c.Where),
			Again: visible(again)}
		for _, name := range sortedNames(c.Inputs) {
			p.Counterexample.Inputs = append(p.Counterexample.Inputs, pageInput{visible(name), visible(c.Inputs[name])})
		}
	}
	if e := s.Errors; e != nil {
		p.Errors = visible(e.String())
		p.Histograms = histograms(e)
	}
	return p
}

// signatureRows lines the two declarations up: the method name, the inputs, the outputs.
func signatureRows(s verify.SignatureReport) []pageRow {
	if s.Old == nil && s.New == nil {
		return nil
	}
	old, new := s.Old, s.New
	if old == nil {
		old = &verify.SignatureSummary{}
	}
	if new == nil {
		new = &verify.SignatureSummary{}
	}
	rows := []pageRow{{Part: "method name", Old: visible(old.Method), New: visible(new.Method)}}
	add := func(part string, old, new []verify.ParamSummary) {
		var names []string
		for _, p := range slices.Concat(old, new) {
			names = append(names, p.Name)
		}
		slices.Sort(names)
		for _, name := range slices.Compact(names) {
			rows = append(rows, pageRow{Part: part, Name: name, Old: paramText(old, name), New: paramText(new, name)})
		}
	}
	add("input", old.Inputs, new.Inputs)
	add("output", old.Outputs, new.Outputs)
	for i := range rows {
		r := &rows[i]
		for _, c := range s.Changes {
			if c.Part != r.Part || c.Name != r.Name {
				continue
			}
			r.Changes = append(r.Changes, visible(c.Text))
			if c.Breaking {
				r.Class = "breaks"
			} else if r.Class == "" {
				r.Class = "changes"
			}
		}
		r.Name = visible(r.Name)
	}
	return rows
}

func paramText(params []verify.ParamSummary, name string) string {
	for _, p := range params {
		if p.Name == name {
			text := p.DType + " " + p.Shape
			if p.Default {
				text += ", has a default"
			}
			return visible(text)
		}
	}
	return ""
}

// histograms leaves out the empty bars at both ends.
func histograms(e *verify.Errors) []pageHistogram {
	var all []pageHistogram
	add := func(title string, bars []pageBar) {
		filled := func(b pageBar) bool { return b.Count > 0 }
		first := slices.IndexFunc(bars, filled)
		if first < 0 {
			return
		}
		bars = bars[first:]
		for !filled(bars[len(bars)-1]) {
			bars = bars[:len(bars)-1]
		}
		most := 0
		for _, b := range bars {
			most = max(most, b.Count)
		}
		for i := range bars {
			bars[i].Percent = math.Round(1000*float64(bars[i].Count)/float64(most)) / 10
		}
		all = append(all, pageHistogram{title, bars})
	}
	decades := func(bins []verify.Bin) (bars []pageBar) {
		for i, b := range bins {
			label := fmt.Sprintf("≤ %g", b.Most)
			if b.Most == math.MaxFloat64 {
				label = fmt.Sprintf("> %g", bins[i-1].Most)
			}
			bars = append(bars, pageBar{Label: label, Count: b.Count})
		}
		return bars
	}
	add("absolute error, |old - new|", decades(e.Absolute))
	add("relative error, |old - new| / |old|", decades(e.Relative))
	var steps []pageBar
	for i, s := range e.Steps {
		label := fmt.Sprintf("≤ %d", s.ULP)
		if s.ULP == math.MaxUint64 {
			label = fmt.Sprintf("> %d", e.Steps[i-1].ULP)
		}
		steps = append(steps, pageBar{Label: label, Count: s.Count})
	}
	add("units in the last place", steps)
	return all
}

func eachVisible(all []string) (shown []string) {
	for _, s := range all {
		shown = append(shown, visible(s))
	}
	return shown
}
