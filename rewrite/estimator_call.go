package rewrite

import (
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// exportParameters are the parameters that an Estimator's exports have in common, in order; exporterParameters those of the exporters, and of BestExporter.
var (
	exportParameters   = []string{"export_dir_base", "serving_input_receiver_fn", "assets_extra", "as_text", "checkpoint_path"}
	exporterParameters = []string{"name", "serving_input_receiver_fn", "assets_extra", "as_text"}
	bestParameters     = []string{"name", "serving_input_receiver_fn", "event_file_pattern", "compare_fn", "assets_extra", "as_text", "exports_to_keep"}
)

// samePlace is how many of these parameters a helper has in the same place; it takes the others by name.
const samePlace = 3

// helperCall turns the call of an export into one of a helper, with the arguments where they stand.
type helperCall struct {
	p          *program
	call       *analyzer.Call
	name       string   // what the file calls the helper
	parameters []string // of the call
	first      string   // an argument in front of the others, if there is one
	last       string   // an argument behind them, if there is one

	message string // what gets lost
}

// edit replaces the call. why says what can't be carried over.
func (h *helperCall) edit() (out Edit, why string) {
	p, args := h.p, h.call.Args
	for i, name := range h.parameters[:2] {
		_, state := h.call.Arg(name, i)
		if _, older := h.call.Arg("serving_input_fn", -1); state == analyzer.Absent && (i == 0 && bestDefault[name] == "" || i > 0 && older != analyzer.Present) {
			return out, "the argument " + name + " is missing"
		}
	}
	var edits []Edit
	end := args[0].Value.Pos().Start
	for i, a := range args {
		if a.Stars > 0 {
			return out, "some arguments come from * or **"
		}
		name := a.Name
		if name == "" && i < len(h.parameters) {
			name = h.parameters[i]
		}
		keep, why := h.argument(name, a.Value)
		switch {
		case why != "":
			return out, why
		case !keep:
			edits = append(edits, h.remove(analyzer.Span{Start: end, End: a.Value.Pos().End}))
		case a.Name == "" && i >= samePlace:
			edits = append(edits, Edit{analyzer.Span{Start: a.Value.Pos().Start, End: a.Value.Pos().Start}, name + "="})
		case name == "serving_input_fn":
			edits = append(edits, Edit{analyzer.Span{Start: a.Start, End: a.Start + len(name)}, "serving_input_receiver_fn"})
		}
		end = a.Value.Pos().End
	}
	if h.last != "" {
		if n := len(edits); n > 0 && edits[n-1].Span.End == end { // the last argument is taken out
			edits[n-1].Text = ", " + h.last + edits[n-1].Text
		} else {
			edits = append(edits, Edit{analyzer.Span{Start: end, End: end}, ", " + h.last})
		}
	}
	open := h.call.Fn.Pos().End
	for p.f.Src[open] != '(' {
		open++
	}
	front, hangs := h.name+"(", p.f.LineSpan(args[0].Span).Start > open
	if h.first != "" && hangs {
		edits = append(edits, Edit{analyzer.Span{Start: args[0].Start, End: args[0].Start}, h.first + "," + p.end + lineIndent(p.f, args[0].Start)})
	} else if h.first != "" {
		front += h.first + ", "
	}
	text := p.spanText(analyzer.Span{Start: open + 1, End: h.call.End}, edits)
	if !hangs && !p.multilineString(h.call) {
		text = h.align(text)
	}
	return Edit{h.call.Pos(), front + text}, ""
}

// argument tells whether an argument is kept, or why it can't be carried over.
func (h *helperCall) argument(name string, value analyzer.Expr) (keep bool, why string) {
	switch name {
	case "event_file_pattern":
		return false, ""
	case "as_text":
		if c, ok := value.(*analyzer.Const); !ok || c.Text != "False" {
			h.message = " (as saved_model.pb: tf.saved_model.save writes no text)"
		}
		return false, ""
	case "strip_default_attrs":
		return false, ""
	case "experimental_mode":
		if mode, ok := h.p.String(value); !ok || mode != "infer" {
			return false, "it exports another mode than PREDICT"
		}
		return false, ""
	case "serving_input_fn", "exports_to_keep", "compare_fn", "checkpoint_path", "assets_extra":
		return true, ""
	case h.parameters[0], h.parameters[1]:
		return true, ""
	}
	if rules.IsNone(value) || rules.IsFalse(value) {
		return false, ""
	}
	return false, "it passes " + name + ", which is not carried over"
}

// remove takes an argument out, with the comma in front of it. The comments in between stay.
func (h *helperCall) remove(s analyzer.Span) Edit {
	text := ""
	for _, c := range h.p.commentsIn(s) {
		text += "  " + h.p.f.Text(c) + h.p.end + lineIndent(h.p.f, s.End)
	}
	return Edit{s, text}
}

// align moves lines that were aligned with the first argument to where the first one is now.
func (h *helperCall) align(text string) string {
	start := h.p.f.LineSpan(h.call.Pos()).Start
	first := h.call.Args[0].Start - start
	bracket := h.call.Start - start + len(h.name) + 1
	if strings.ContainsAny(h.p.f.Text(analyzer.Span{Start: h.call.Start, End: h.call.Args[0].Start}), "\r\n") {
		return text
	}
	return strings.ReplaceAll(text, "\n"+strings.Repeat(" ", first), "\n"+strings.Repeat(" ", bracket))
}
