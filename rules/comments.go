package rules

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

// Ignore is a comment that asks for findings to be left out: `# tfmigrate: ignore[TFM101] reason`, or ignore-file for the whole file.
type Ignore struct {
	Span  analyzer.Span // of the comment, from its mark on
	Rules []*Rule       // those that it names
	// Covers is what it is about: the statements of its line or the one below it, of which compound ones may be covered whole; the
	// file for ignore-file. It is empty where there is no statement.
	Covers []analyzer.Span

	names []string // what stands between the brackets
	wrong string   // why it says nothing; "" where it does
}

// hasRule tells whether the comment names a rule.
func (ig *Ignore) hasRule(r *Rule) bool { return slices.Contains(ig.Rules, r) }

// covers tells whether a place is one that the comment is about.
func (ig *Ignore) covers(s analyzer.Span) bool {
	return slices.ContainsFunc(ig.Covers, func(c analyzer.Span) bool { return c.Start <= s.Start && s.Start < c.End })
}

var (
	// commentMark finds the comment's mark at its beginning, or behind another comment: `# noqa  # tfmigrate: ...`.
	commentMark = regexp.MustCompile(`(?:^|\s)#+\s*tfmigrate:\s*`)
	directive   = regexp.MustCompile(`^([A-Za-z]+(?:[-_][A-Za-z]+)*)\s*(\[[^\]]*\]?)?`)
)

// ignores reads the comments of a file that speak to tfmigrate.
func ignores(f *analyzer.File) []*Ignore {
	var out []*Ignore
	var units []unit
	for _, span := range f.Comments {
		text := f.Text(span)
		if analyzer.IsCellMark(text) {
			continue
		}
		at := commentMark.FindStringIndex(text)
		if at == nil {
			continue
		}
		m := directive.FindStringSubmatch(text[at[1]:])
		if m == nil || !meansIgnore(m[1]) {
			continue // prose about tfmigrate
		}
		start := span.Start + at[0] + strings.IndexByte(text[at[0]:], '#')
		ig := &Ignore{Span: analyzer.Span{Start: start, End: span.End}}
		out = append(out, ig)
		if ig.read(m[1], m[2]); ig.wrong != "" {
			continue
		}
		if units == nil {
			units = unitsOf(f)
		}
		alone := strings.TrimSpace(string(f.Src[f.LineSpan(analyzer.Span{Start: span.Start, End: span.Start}).Start:span.Start])) == ""
		switch {
		case m[1] == "ignore" && alone:
			ig.Covers = coveredBelow(f, units, span)
		case m[1] == "ignore":
			ig.Covers = coveredBeside(f, units, span)
		case !alone:
			ig.wrong = "ignore-file is about the whole file and has to stand on a line of its own"
		default:
			ig.Covers = []analyzer.Span{{Start: 0, End: len(f.Src) + 1}}
		}
	}
	return out
}

// meansIgnore tells whether a word is ignore or ignore-file, or is near enough to have been meant for one.
func meansIgnore(word string) bool {
	word = strings.ToLower(word)
	return strings.HasPrefix(word, "ignore") || word == "noqa" || word == "disable" || word == "skip" || Near(word, []string{"ignore", "ignore-file"}) != ""
}

// read takes the comment's words apart.
func (ig *Ignore) read(word, codes string) {
	switch {
	case word != "ignore" && word != "ignore-file":
		ig.wrong = "`" + word + "` is not known: the words are ignore and ignore-file"
	case codes == "":
		ig.wrong = "it names no rule: write " + word + "[CODE]"
	case !strings.HasSuffix(codes, "]"):
		ig.wrong = "its bracket is not closed"
	}
	if ig.wrong != "" {
		return
	}
	for _, name := range strings.Split(strings.Trim(codes, "[]"), ",") {
		name = strings.TrimSpace(name)
		r, ok := ByCode(name)
		switch {
		case name == "":
			ig.wrong = "it names no rule: write " + word + "[CODE]"
		case !ok:
			ig.wrong = "there is no rule `" + name + "`"
			if near := Near(name, Names()); near != "" {
				ig.wrong += "; " + near + " is one"
			}
		case r == unusedIgnore || r == badIgnore:
			ig.wrong = r.Code + " can be ignored in the configuration only"
		default:
			ig.Rules, ig.names = append(ig.Rules, r), append(ig.names, name)
			continue
		}
		ig.Rules = nil
		return
	}
}

// unit is a piece of source that is covered as one: a simple statement, or the head of a compound one. whole is the statement.
type unit struct{ head, whole analyzer.Span }

// unitsOf lists the units of a file in the order of the source, outer before inner.
func unitsOf(f *analyzer.File) []unit {
	var out []unit
	analyzer.Walk(f.Module, func(n analyzer.Node) bool {
		s, ok := n.(analyzer.Stmt)
		if !ok {
			return true
		}
		u := unit{s.Pos(), s.Pos()}
		body := -1
		analyzer.Children(s, func(c analyzer.Node) {
			if b, ok := c.(*analyzer.Block); ok && body < 0 {
				body = b.Start
			}
		})
		if body >= 0 {
			u.head.End = headEnd(f, u.head.Start, body)
		}
		out = append(out, u)
		return true
	})
	return out
}

// headEnd is where the colon in front of a body ends: nothing but blanks, line ends and comments stand between the two.
func headEnd(f *analyzer.File, start, body int) int {
	at := body
	for i := len(f.Comments) - 1; ; {
		for at > start && strings.IndexByte(" \t\r\n\f\\", f.Src[at-1]) >= 0 {
			at--
		}
		for i >= 0 && f.Comments[i].Start >= at {
			i--
		}
		if i < 0 || f.Comments[i].End < at || f.Comments[i].Start < start {
			return at
		}
		at = f.Comments[i].Start
	}
}

// coveredBeside are the units that a comment at the end of a line is about: those with a piece on that line.
func coveredBeside(f *analyzer.File, units []unit, comment analyzer.Span) []analyzer.Span {
	line := f.LineSpan(analyzer.Span{Start: comment.Start, End: comment.Start})
	var out []analyzer.Span
	for _, u := range units {
		if u.head.Start < line.End && line.Start < u.head.End {
			out = append(out, u.head)
		}
	}
	return out
}

// coveredBelow is what a comment on a line of its own is about: the unit that it stands in, or the statements that begin on the
// next line. Other comments may stand between.
func coveredBelow(f *analyzer.File, units []unit, comment analyzer.Span) []analyzer.Span {
	var out []analyzer.Span
	for _, u := range units {
		if u.head.Start < comment.Start && comment.End < u.head.End {
			out = []analyzer.Span{u.head} // the innermost comes last
		}
	}
	if out != nil {
		return out
	}
	line := f.LineSpan(comment)
	for line.End < len(f.Src) {
		line = f.LineSpan(analyzer.Span{Start: line.End, End: line.End})
		text := strings.TrimSpace(f.Text(line))
		if analyzer.IsCellMark(text) || !strings.HasPrefix(text, "#") {
			break
		}
	}
	for _, u := range units {
		if line.Start <= u.whole.Start && u.whole.Start < line.End && u.whole.Start > comment.End {
			out = append(out, u.whole)
		}
	}
	return out
}

// ignored tells for each finding whether a comment ignores it. A site is shown as one, so a comment at one of its places ignores what
// the same rules say at the others.
func ignored(list []*Ignore, findings []Finding) []bool {
	out := make([]bool, len(findings))
	for _, ig := range list {
		met := map[Site]bool{}
		for i, f := range findings {
			if ig.covers(f.Span) && ig.hasRule(f.Rule) {
				out[i] = true
				if f.Site != nil {
					met[f.Site] = true
				}
			}
		}
		if len(met) == 0 {
			continue
		}
		for i, f := range findings {
			out[i] = out[i] || met[f.Site] && ig.hasRule(f.Rule)
		}
	}
	return out
}

// leaveIgnored takes the ignored findings out, and keeps their sites from being rewritten: all but those of which only a hazard is
// ignored, which is to say that the hazard is known.
func (x *Facts) leaveIgnored(findings []Finding) []Finding {
	var left []Finding
	out := ignored(x.ignores, findings)
	for i, f := range findings {
		switch {
		case !out[i]:
			left = append(left, f)
		case f.Site != nil && f.Severity != Hazard:
			x.leave(f.Site, "a comment asks for "+f.Rule.Code+" to be ignored here")
		}
	}
	x.Ignored = len(findings) - len(left)
	x.leaveUnfound(left, findings, "comments ask for all that is found here to be ignored")
	return left
}

// Select takes out the findings of rules that are not wanted. Sites at which nothing else was found are left.
func (x *Facts) Select(findings []Finding, wanted func(*Rule) bool) []Finding {
	var left []Finding
	for _, f := range findings {
		if wanted(f.Rule) {
			left = append(left, f)
		}
	}
	x.leaveUnfound(left, findings, "no rule that was asked for finds it")
	return left
}

// leaveUnfound leaves the sites that findings were about and none of left is.
func (x *Facts) leaveUnfound(left, findings []Finding, why string) {
	found := map[Site]bool{}
	for _, f := range left {
		found[f.Site] = true
	}
	for _, f := range findings {
		if f.Site != nil && !found[f.Site] {
			x.leave(f.Site, why)
		}
	}
}

func (x *Facts) leave(s Site, why string) {
	if x.left[s] == "" {
		x.left[s] = why
	}
}

// Left is why a site is not to be rewritten although it could be; "" where there is nothing against it.
func (x *Facts) Left(s Site) string { return x.left[s] }
