package verify

import (
	"regexp/syntax"
	"slices"
	"strings"
)

// matching makes strings that a regular expression matches: the shortest and longer ones, from one end of its classes and from the other.
// TensorFlow's expressions are RE2's, as are Go's. None where it cannot be parsed, or repeats too much.
func matching(pattern string) []string {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil
	}
	var all []string
	for variant := range 3 {
		var b strings.Builder
		if !match(&b, re.Simplify(), variant) {
			continue
		}
		if s := b.String(); !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

// maxMatch bounds the length of such a string.
const maxMatch = 1 << 12

func match(b *strings.Builder, re *syntax.Regexp, variant int) bool {
	if b.Len() > maxMatch {
		return false
	}
	switch re.Op {
	case syntax.OpNoMatch:
		return false
	case syntax.OpLiteral:
		b.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		if len(re.Rune) == 0 {
			return false
		}
		switch variant {
		case 0:
			b.WriteRune(re.Rune[0])
		case 1:
			b.WriteRune(re.Rune[0] + min(1, re.Rune[1]-re.Rune[0]))
		default: // the end of the first range: the last one may be all of Unicode
			b.WriteRune(re.Rune[1])
		}
	case syntax.OpAnyCharNotNL, syntax.OpAnyChar:
		b.WriteByte('a' + byte(variant))
	case syntax.OpCapture:
		return match(b, re.Sub[0], variant)
	case syntax.OpPlus:
		return match(b, re.Sub[0], variant) && (variant < 2 || match(b, re.Sub[0], variant))
	case syntax.OpStar, syntax.OpQuest:
		if variant > 0 {
			return match(b, re.Sub[0], variant)
		}
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if !match(b, sub, variant) {
				return false
			}
		}
	case syntax.OpAlternate:
		return match(b, re.Sub[min(variant, len(re.Sub)-1)], variant)
	}
	return true
}
