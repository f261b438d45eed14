// Command ruledocs writes docs/rules: a page for each rule, which is what `tfmigrate explain --format markdown` prints, and an index. Pages
// of rules that are no more are removed. `make rule-docs` runs it.
package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/tfmigrate/tfmigrate/cmd/internal/cli"
	"github.com/tfmigrate/tfmigrate/rules"
)

func main() {
	if err := run(context.Background(), filepath.Join("docs", "rules")); err != nil {
		fmt.Fprintln(os.Stderr, "ruledocs:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, dir string) error {
	pages, err := generate(ctx)
	if err != nil {
		return err
	}
	there, err := filepath.Glob(filepath.Join(dir, "*.md"))
	if err != nil {
		return err
	}
	for _, path := range there {
		if _, ok := pages[filepath.Base(path)]; !ok {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	for name, text := range pages {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// generate gives the pages by file name.
func generate(ctx context.Context) (map[string][]byte, error) {
	index, err := tfmigrate(ctx, "rules", "--format", "markdown")
	if err != nil {
		return nil, err
	}
	pages := map[string][]byte{"README.md": index}
	for _, r := range rules.All {
		if pages[r.Code+"-"+r.Name+".md"], err = tfmigrate(ctx, "explain", "--format", "markdown", r.Code); err != nil {
			return nil, err
		}
	}
	return pages, nil
}

// tfmigrate is what a command prints.
func tfmigrate(ctx context.Context, args ...string) ([]byte, error) {
	var stdout, stderr bytes.Buffer
	if code := cli.Run(ctx, args, strings.NewReader(""), &stdout, &stderr); code != 0 {
		return nil, fmt.Errorf("tfmigrate %s: exit code %d: %s", strings.Join(args, " "), code, stderr.String())
	}
	return stdout.Bytes(), nil
}
