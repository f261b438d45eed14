package analyzer

import (
	"regexp"
	"strings"
)

// cellMagic finds a magic that takes the whole cell: of IPython, and of Google's Datalab, which wrote some of them with a single %.
var cellMagic = regexp.MustCompile(`^(%%|%(bash|sh|bq|sql|gcs|html|javascript|js|latex|writefile|chart|monitoring|storage|ml|mlalpha|perl|ruby|script)\b[^\n]*\n)`)

// pythonMagic finds a magic that runs the rest of its cell as the Python that it is: IPython's, those of profilers, of ipyparallel and sparkmagic (local),
// and those of exporters of notebooks, which leave such a cell out.
var pythonMagic = regexp.MustCompile(`^%%(time|timeit|capture|prun|debug|memit|mprun|lprun|snakeviz|scalene|heat|notify|wandb|px|local|with_globals|skip_for_export)\b`)

// otherLanguage tells whether a cell, without the blanks that it begins with, is passed over as no Python.
func otherLanguage(text string) bool {
	text = belowComments(text)
	if rest, more := belowPythonMagic(text); more {
		return strings.HasPrefix(rest, "%%") && otherLanguage(rest)
	}
	return cellMagic.MatchString(text)
}

// belowComments is a cell's text without the comments in front of a magic that takes the whole cell: Colab allows them there.
func belowComments(text string) string {
	for rest := text; strings.HasPrefix(rest, "#"); {
		_, rest, _ = strings.Cut(rest, "\n")
		if rest = strings.TrimLeft(rest, " \t\r\n"); strings.HasPrefix(rest, "%%") {
			return rest
		}
	}
	return text
}

// belowPythonMagic is what is below the magic that a cell's text begins with, where the rest is Python or has a magic of its own.
func belowPythonMagic(text string) (rest string, ok bool) {
	if !pythonMagic.MatchString(text) {
		return "", false
	}
	_, rest, _ = strings.Cut(text, "\n")
	return strings.TrimLeft(rest, " \t\r\n"), true
}

// automagic finds a line that IPython takes for a magic although it has no %: a command's name, and behind it what is not Python. (automagic in
// https://ipython.readthedocs.io/en/stable/interactive/magics.html)
var automagic = regexp.MustCompile(`^(?:ls|ll|cat|cd|cp|mv|mkdir|rmdir|rm|man|less|more|pip|conda|pwd)[ \t]+(-{1,2}[A-Za-z]|\.{0,2}/|[~$"'*]|[\w.][\w.:/-]*)`)

// isAutomagic tells whether a line is one. Where a word stands behind the name, it must be none of Python's.
func isAutomagic(text string) bool {
	m := automagic.FindStringSubmatch(text)
	return m != nil && !operators[m[1]]
}

// operators are the words that may stand between two expressions.
var operators = wordSet("in is and or if else for not as async")

// unread is a placeholder that is no Python, so that the cell that it stands for counts as one that could not be read.
const unread = " ?"

// putOpen puts a placeholder for all of a cell that leaves a bracket or a string open. Python refuses such a cell by itself; laid out as one
// source with the others it would swallow the next.
func (n *Notebook) putOpen(cell int, lines []string) {
	n.magics = append(n.magics, strings.Join(lines, "\n"))
	n.put(cell, len(lines), placeholderOf(len(n.magics)-1)+unread)
}
