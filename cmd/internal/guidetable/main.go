// Command guidetable prints README's table of the examples of TensorFlow's guide: each is run, linted, fixed, run again and
// verified. With -w it writes the table into README.md as well, as `make guide-table` does.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/tfmigrate/tfmigrate/internal/behave"
)

func main() {
	write := flag.Bool("w", false, "write the table into README.md too")
	flag.Parse()
	if err := run(context.Background(), *write); err != nil {
		fmt.Fprintln(os.Stderr, "guidetable:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, write bool) error {
	root, err := behave.Root()
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "guidetable-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	bin, err := behave.Build(ctx, root, scratch)
	if err != nil {
		return err
	}
	bench, err := behave.Open(ctx, root, behave.Binary(bin, root))
	if err != nil {
		return err
	}
	defer bench.Close()
	programs, err := behave.Programs(filepath.Join(root, "testdata", "programs"))
	if err != nil {
		return err
	}
	var outcomes []*behave.Outcome
	for _, p := range programs {
		if p.Guide == "" {
			continue
		}
		o, err := bench.Check(ctx, p, filepath.Join(scratch, p.Name))
		if err != nil {
			return err
		}
		for _, problem := range o.Problems() {
			fmt.Fprintf(os.Stderr, "%s %s\n", p.Name, problem)
		}
		outcomes = append(outcomes, o)
	}
	table := behave.Table(outcomes, bench.TF2.Version)
	fmt.Print(table)
	if !write {
		return nil
	}
	path := filepath.Join(root, "README.md")
	readme, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	old, err := behave.Section(string(readme))
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	updated := strings.Replace(string(readme), behave.TableStart+old, behave.TableStart+table, 1)
	return os.WriteFile(path, []byte(updated), 0o666)
}
