package analyzer

import (
	"bytes"
	"slices"
)

// CallsTo are the calls of the file whose callee may evaluate to an imported path, or to an attribute of something, whose last name is one of some names, in
// source order. It is quick, and gives all calls where a glance does not tell, and for names that are not among Project.Ends.
//
// For such a path the name is the last one of the callee as it is written, or something else in view has it as its value, which the callee leads to. There it
// stands in the code as a value, and is not called. Most files call what they name, so most callees need not be evaluated.
func (f *File) CallsTo(names ...string) []*Call {
	if slices.ContainsFunc(names, f.HasAsValue) {
		return f.calls
	}
	return f.CallsNamed(names...)
}

// CallsNamed are the calls of the file whose callee is written with one of some names as its last, in source order.
func (f *File) CallsNamed(names ...string) []*Call {
	var at []int
	for _, name := range names {
		at = append(at, f.callsTo[name]...)
	}
	slices.Sort(at)
	var out []*Call
	for _, i := range slices.Compact(at) {
		out = append(out, f.calls[i])
	}
	return out
}

// MayEndIn tells whether an expression is one that CallsTo speaks of.
func (f *File) MayEndIn(e Expr, names ...string) bool {
	return slices.Contains(names, lastName(e)) || slices.ContainsFunc(names, f.HasAsValue)
}

// lastName is the name that an expression ends with, if it is a name or an attribute.
func lastName(e Expr) string {
	switch e := e.(type) {
	case *Name:
		return e.ID
	case *Attribute:
		return e.Attr
	}
	return ""
}

// HasAsValue tells whether one of Project.Ends may stand as a value in the file or in a module that it may import, at whatever distance: anywhere in the
// code but where it is called, an attribute of it is read, or it is bound. Other names may.
func (f *File) HasAsValue(name string) bool { return f.endIs(name, true) }

// Mentions tells whether one of Project.Ends may stand in the code of the file or of a module that it may import, at whatever distance. Other names may.
func (f *File) Mentions(name string) bool { return f.endIs(name, false) }

func (f *File) endIs(name string, asValue bool) bool {
	p := f.project
	if p == nil || p.Ends == nil || !p.Ends.has(name) {
		return true
	}
	found := f.ends.Load()
	if found == nil {
		below := p.endsBelow(f)
		found = &below
		f.ends.Store(found)
	}
	isValue, mentioned := (*found)[name]
	return *found == nil || isValue || mentioned && !asValue
}

// ends are those of some words that a source mentions, and whether as a value.
type ends map[string]bool

func (e ends) add(other ends) {
	for word, asValue := range other {
		e[word] = e[word] || asValue
	}
}

// maxGlances bounds how many modules are read to tell what one file may end in. Beyond that it is quicker to follow its calls.
const maxGlances = 32

// endsBelow are those of Project.Ends in a file and in the modules that it may import; nil where these are too many.
func (p *Project) endsBelow(f *File) ends {
	text := readable(f.Src)
	out := ends{}
	out.add(p.endsIn(text))
	p.mu.Lock()
	defer p.mu.Unlock()
	glances := 0
	modules := reach(p.importsOf(f.Path, text), func(path string) []string {
		if isModule(path) && p.glances[path] == nil {
			glances++
		}
		if glances > maxGlances {
			return nil
		}
		return p.mayImport(path)
	})
	if glances > maxGlances {
		return nil
	}
	for _, path := range modules {
		if isModule(path) {
			out.add(p.endsOf(path))
		}
	}
	return out
}

// endsOf are those of Project.Ends in a module. The caller holds mu, which is let go while the module is read.
func (p *Project) endsOf(path string) ends {
	g := p.glance(path)
	if g.ends == nil {
		p.mu.Unlock()
		text, _ := sourceText(path, contents(path))
		found := p.endsIn(text)
		p.mu.Lock()
		g.ends = found
	}
	return g.ends
}

// endsIn are those of Project.Ends in the code of a source.
func (p *Project) endsIn(text []byte) ends {
	out := p.endsInText(text)
	for _, asValue := range out {
		if asValue { // or in a comment or a string
			return p.endsInText(codeOf(text))
		}
	}
	return out
}

func (p *Project) endsInText(text []byte) ends {
	out := ends{}
	p.Ends.each(text, func(at int, word []byte) bool {
		if isWhole(text, at, word) {
			before, behind := text[:at], text[at+len(word):]
			asValue := !goesOn(behind) && !isAssigned(behind) && !isImported(before, behind)
			out[string(word)] = out[string(word)] || asValue
		}
		return true
	})
	return out
}

// goesOn tells whether a text begins with the bracket of a call or the dot of an attribute: what is in front is no whole value.
func goesOn(text []byte) bool { return len(text) > 0 && (text[0] == '(' || text[0] == '.') }

// isAssigned tells whether a text begins with the sign that gives a name or a keyword its value.
func isAssigned(text []byte) bool {
	text = bytes.TrimLeft(text, " \t")
	return len(text) > 0 && text[0] == '=' && (len(text) == 1 || text[1] != '=')
}

// isImported tells whether what stands between two texts surely is imported there under its own name, or is a part of what is.
func isImported(before, behind []byte) bool {
	line := bytes.TrimLeft(before[bytes.LastIndexAny(before, "\r\n")+1:], " \t")
	if !bytes.HasPrefix(line, []byte("from ")) && !bytes.HasPrefix(line, []byte("import ")) || bytes.ContainsAny(line, ";\"'") {
		return false
	}
	behind = bytes.TrimLeft(behind, " \t")
	return len(behind) == 0 || isEOL(behind[0]) || behind[0] == ',' || behind[0] == ')' || behind[0] == '.' || bytes.HasPrefix(behind, importWord)
}
