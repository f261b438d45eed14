package docs

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tfmigrate/tfmigrate/cmd/internal/cli"
)

var option = regexp.MustCompile(`--[a-z][a-z-]*`)

// options are the options of a command, "" for all commands together.
func options(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	help := func(args ...string) string {
		var out bytes.Buffer
		if code := cli.Run(t.Context(), append(args, "--help"), strings.NewReader(""), &out, &out); code != 0 {
			t.Fatalf("%v --help: exit code %d\n%s", args, code, &out)
		}
		return out.String()
	}
	// The last three are hidden.
	_, commands, _ := strings.Cut(help(), "Available Commands:\n")
	commands, flags, _ := strings.Cut(commands, "\n\n")
	all[""] = option.FindAllString(flags, -1)
	for line := range strings.Lines(commands + "\nman\ndump\nruntime\n") {
		name, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name == "" {
			continue
		}
		all[name] = option.FindAllString(help(name), -1)
		all[""] = append(all[""], all[name]...)
	}
	if len(all) < 8 {
		t.Fatalf("the commands are %v", all)
	}
	return all
}

// TestNames holds that the commands, options and targets of the Makefile that running text names are there.
func TestNames(t *testing.T) {
	known := options(t)
	makefile, err := os.ReadFile(filepath.Join(root(t), "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for page, text := range pages(t) {
		for _, span := range spans(text) {
			words := strings.Fields(span)
			if len(words) == 0 {
				continue
			}
			of := ""
			switch {
			case words[0] == "tfmigrate" && len(words) > 1 && !strings.HasPrefix(words[1], "-"):
				of = words[1]
				if known[of] == nil {
					t.Errorf("%s: `%s`: there is no command %s", page, span, of)
					continue
				}
			case words[0] == "make" && len(words) > 1:
				named++
				if !regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(words[1]) + `:`).Match(makefile) {
					t.Errorf("%s: `%s`: the Makefile has no such target", page, span)
				}
				continue
			case words[0] != "tfmigrate" && !strings.HasPrefix(words[0], "--") && known[words[0]] == nil:
				continue
			case known[words[0]] != nil:
				of = words[0]
			}
			for _, name := range option.FindAllString(span, -1) {
				named++
				if !slices.Contains(known[of], name) {
					t.Errorf("%s: `%s`: tfmigrate %s has no %s", page, span, of, name)
				}
			}
		}
	}
	if named < 50 {
		t.Errorf("the pages name only %d options and targets", named)
	}
}

// TestNoOtherCommands holds that every command is in a block that is executed: not in one that is only indented, nor in one without a language.
func TestNoOtherCommands(t *testing.T) {
	command := regexp.MustCompile(`(?m)^(    (\$ )?|\$ )((sudo )?(tfmigrate|pip3?|python3?|go|make|git|docker|apt(-get)?|npm|curl|bin/tfmigrate) [a-z./-])`)
	for page, text := range pages(t) {
		if line := command.FindString(prose(text)); line != "" {
			t.Errorf("%s: %q is in no block of the language sh or console", page, line)
		}
		rewriteBlocks(text, func(b block) string {
			if b.language == "" || b.language != "console" && b.language != "sh" && command.MatchString(b.text) {
				t.Errorf("%s: a block of the language %q\n%s", page, b.language, b.text)
			}
			return b.text
		})
	}
}

// TestElsewhere holds that the tests which execute what the pages do not are there.
func TestElsewhere(t *testing.T) {
	var tests bytes.Buffer
	for _, dir := range []string{"cmd/internal/*", "verify/*", "."} {
		files, err := filepath.Glob(filepath.Join(root(t), filepath.FromSlash(dir), "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range files {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			tests.Write(text)
		}
	}
	for command, where := range elsewhere {
		for _, name := range regexp.MustCompile(`\bTest\w+`).FindAllString(where, -1) {
			if !strings.Contains(tests.String(), "\nfunc "+name+"(") {
				t.Errorf("%s: there is no %s", command, name)
			}
		}
	}
}

// TestLinks holds that what pages link to in the work tree is there, headings included.
func TestLinks(t *testing.T) {
	links := 0
	for page, text := range pages(t) {
		for _, m := range regexp.MustCompile(`\]\(([^)\s]+)\)`).FindAllStringSubmatch(prose(text), -1) {
			path, heading, _ := strings.Cut(m[1], "#")
			if strings.Contains(path, "://") {
				continue
			}
			links++
			target := filepath.Join(root(t), filepath.Dir(page), filepath.FromSlash(path))
			if path == "" {
				target = filepath.Join(root(t), page)
			}
			there, err := os.ReadFile(target)
			if err != nil {
				t.Errorf("%s links to %s: %v", page, m[1], err)
			} else if heading != "" && !slices.Contains(anchors(string(there)), heading) {
				t.Errorf("%s links to %s, which has no such heading: %v", page, m[1], anchors(string(there)))
			}
		}
	}
	if links < 20 {
		t.Errorf("only %d links", links)
	}
}

// anchors are what GitHub calls the headings of a page (https://github.com/gjtorikian/html-pipeline, TableOfContentsFilter).
func anchors(page string) []string {
	var all []string
	for _, m := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(prose(page), -1) {
		text := regexp.MustCompile(`[^\p{L}\p{N}\p{M}_\- ]`).ReplaceAllString(strings.ToLower(m[1]), "")
		all = append(all, strings.ReplaceAll(text, " ", "-"))
	}
	return all
}
