package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// root is the work tree, as the tests of a package run in the package's directory.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// pages are README.md and the pages of docs, by their paths in the work tree.
func pages(t *testing.T) map[string]string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(root(t), "docs", "*.md"))
	if err != nil || len(found) == 0 {
		t.Fatalf("%d pages in docs: %v", len(found), err)
	}
	all := map[string]string{}
	for _, path := range append(found, filepath.Join(root(t), "README.md")) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name, err := filepath.Rel(root(t), path)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.ToSlash(name)] = string(text)
	}
	return all
}

// block is a fenced block of a page.
type block struct {
	name     string // of the file that it shows
	becomes  bool   // it shows what the file is by then, and does not make it
	language string
	text     string // each line with its end
}

var fenced = regexp.MustCompile("(?ms)(?:^`([^`\n]+)`( becomes)?:\n\n)?^```(\\w*)\n(.*?)^```$")

// rewriteBlocks hands each block of a page to a function, and puts what it returns in the place of the block's text.
func rewriteBlocks(page string, text func(block) string) string {
	var out strings.Builder
	end := 0
	for _, m := range fenced.FindAllStringSubmatchIndex(page, -1) {
		group := func(i int) string {
			if m[2*i] < 0 {
				return ""
			}
			return page[m[2*i]:m[2*i+1]]
		}
		out.WriteString(page[end:m[8]])
		out.WriteString(text(block{name: group(1), becomes: group(2) != "", language: group(3), text: group(4)}))
		end = m[9]
	}
	return out.String() + page[end:]
}

// prose is a page without its fenced blocks.
func prose(page string) string { return fenced.ReplaceAllString(page, "") }

// spans are the pieces of code in running text, without their marks.
func spans(page string) []string {
	var all []string
	for _, m := range regexp.MustCompile("`([^`\n]+)`").FindAllStringSubmatch(prose(page), -1) {
		all = append(all, m[1])
	}
	return all
}

func TestRewriteBlocks(t *testing.T) {
	const page = "# A page\n\n`a.py`:\n\n```python\nx = 1\n```\n\n```console\n$ b\nc\n```\n\n`a.py` becomes:\n\n```python\nx = 2\n```\nThe `end`.\n"
	var got []block
	out := rewriteBlocks(page, func(b block) string {
		got = append(got, b)
		return strings.ToUpper(b.text)
	})
	want := []block{{"a.py", false, "python", "x = 1\n"}, {"", false, "console", "$ b\nc\n"}, {"a.py", true, "python", "x = 2\n"}}
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%+v, want %+v", got[i], want[i])
		}
	}
	if want := "# A page\n\n`a.py`:\n\n```python\nX = 1\n```\n\n```console\n$ B\nC\n```\n\n`a.py` becomes:\n\n```python\nX = 2\n```\nThe `end`.\n"; out != want {
		t.Errorf("it becomes\n%s", out)
	}
	if got := spans(page); len(got) != 1 || got[0] != "end" {
		t.Errorf("the spans are %q", got)
	}
}
