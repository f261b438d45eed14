package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/tfmigrate/tfmigrate/rewrite"
	"github.com/tfmigrate/tfmigrate/rules"
)

// fixReport says what became of each site, and adds up.
type fixReport struct {
	w     io.Writer
	t     terminal
	would bool // nothing is written

	changed, left, unsafe int
	sites                 int            // that are left; left counts findings
	fixes                 map[string]int // by strategy
}

// done is a verb in the tense of what is done to the files.
func (r *fixReport) done(verb string) string {
	if r.would {
		return "would be " + verb
	}
	return verb
}

// file says what became of each site of a file.
func (r *fixReport) file(f *fixed) {
	applied := map[rules.Site]*rewrite.Fix{}
	for _, fix := range f.res.Applied {
		applied[fix.Site] = fix
		for _, site := range fix.Covers {
			applied[site] = fix
		}
	}
	for _, x := range findings(f.d, f.res) {
		var fix *rewrite.Fix
		if x.site != nil {
			fix = applied[x.site]
		}
		if fix == nil || f.held != "" {
			r.left++
		}
		if x.secondary {
			continue
		}
		switch {
		case fix == nil:
			r.leave(x)
		case f.held != "":
			r.sites++
			r.say(x.where(), x.Code, yellow, "left", f.held)
		default:
			r.fixed(x, fix)
		}
	}
	for _, s := range f.res.Stale {
		r.left++
		r.sites++
		where := fmt.Sprintf("%s:%d", visible(f.d.Path), s.Line)
		if s.Cell >= 0 {
			where = fmt.Sprintf("%s:cell %d:%d", visible(f.d.Path), s.Cell, s.Line)
		}
		r.say(where, s.Finding.Rule.Code, yellow, "left", fmt.Sprintf("in the rewritten file %s; %s", s.Finding.Message, s.Finding.Reason))
	}
	path := visible(f.d.Path)
	if f.res.Kept > 0 {
		r.say(path, "", yellow, "left", fmt.Sprintf("%s outside of the saving code that TensorFlow 2 lacks or means otherwise", count(f.res.Kept, "name")))
	}
	if s := f.support; s != nil {
		switch {
		case f.held != "":
			r.left++
			r.sites++
			r.say(path, "", yellow, "left", f.held)
		case s.Raw != nil:
			r.say(path, "", green, r.done("changed"), fmt.Sprintf("%s of TensorFlow 1 moved, for it runs together with %s", count(s.Names, "name"), visible(s.with)))
		default:
			r.leaveSupport(path, s)
		}
	}
}

// say writes a line: where, a code if there is one, a verdict, and why.
func (r *fixReport) say(where, code, style, verdict, why string) {
	if code != "" {
		code += " "
	}
	head := r.t.paint(bold, where) + ": " + code + r.t.paint(style, verdict) + ":"
	fmt.Fprintln(r.w, r.t.hang(head, where+": "+code+verdict+":", visible(why), 2))
}

func (r *fixReport) fixed(x finding, fix *rewrite.Fix) {
	if r.fixes == nil {
		r.fixes = map[string]int{}
	}
	r.fixes[fix.Strategy]++
	how := fix.Strategy
	if fix.Applicability == rewrite.Unsafe {
		r.unsafe++
		how += ", unsafe"
	}
	r.say(x.where(), x.Code, green, fmt.Sprintf("%s (%s)", r.done("fixed"), how), fix.Message)
}

func (r *fixReport) leave(x finding) {
	r.sites++
	switch {
	case x.Fixable == "unsafe":
		r.say(x.where(), x.Code, yellow, "left", fmt.Sprintf("--unsafe-fixes would fix it (%s): %s", x.Strategy, x.Fix))
	case x.Fixable == "safe":
		r.say(x.where(), x.Code, yellow, "left", "it waits for another fix; run again")
	default:
		r.say(x.where(), x.Code, yellow, "left", x.Reason)
		if x.ByHand != "" {
			fmt.Fprintln(r.w, r.t.hang("  by hand:", "  by hand:", visible(x.ByHand), 4))
		}
	}
}

// leaveSupport says why a file that runs with a fixed one stays as it is.
func (r *fixReport) leaveSupport(path string, s *support) {
	r.left++
	r.sites++
	r.say(path, "", yellow, "left", fmt.Sprintf("it runs together with %s, and uses names that TensorFlow 2 lacks: %s", visible(s.with), s.Why))
}

// outside says which files that were not among the paths run together with fixed ones, and need what TensorFlow 2 lacks.
func (r *fixReport) outside(all []outsider) {
	for _, o := range all {
		r.leaveSupport(visible(o.path), &o.support)
	}
}

// summary adds up; nothing where nothing was said.
func (r *fixReport) summary() {
	n := 0
	var by []string
	for _, s := range byCount(r.fixes) {
		n += r.fixes[s]
		by = append(by, fmt.Sprintf("%s %d", s, r.fixes[s]))
	}
	if n+r.sites+r.changed == 0 {
		return
	}
	text := fmt.Sprintf("%s %s", count(n, "site"), r.done("fixed"))
	if n > 0 {
		text += " (" + strings.Join(by, ", ")
		if r.unsafe > 0 {
			text += fmt.Sprintf("; %d unsafe", r.unsafe)
		}
		text += ")"
	}
	fmt.Fprintf(r.w, "%s, %d left; %s %s\n", r.t.paint(bold, text), r.sites, count(r.changed, "file"), r.done("changed"))
}

// paintDiff colours a patch as git does, with control characters made visible; without colour it stays the patch that it is.
func (t terminal) paintDiff(diff string) string {
	if !t.colour {
		return diff
	}
	var out strings.Builder
	for line := range strings.Lines(diff) {
		style := ""
		switch {
		case strings.HasPrefix(line, "--- "), strings.HasPrefix(line, "+++ "):
			style = bold
		case strings.HasPrefix(line, "@@"):
			style = cyan
		case strings.HasPrefix(line, "-"):
			style = removed
		case strings.HasPrefix(line, "+"):
			style = green
		}
		text := visible(strings.TrimRight(line, "\r\n"))
		if style != "" {
			text = t.paint(style, text)
		}
		out.WriteString(text + "\n")
	}
	return out.String()
}
