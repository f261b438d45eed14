package cli

import (
	"context"
	"errors"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/tfmigrate/tfmigrate/cmd/internal/config"
	"github.com/tfmigrate/tfmigrate/cmd/internal/gitignore"
	"github.com/tfmigrate/tfmigrate/cmd/internal/lsp"
	"github.com/tfmigrate/tfmigrate/rewrite"
	"github.com/tfmigrate/tfmigrate/rules"
)

func newLSP() *cobra.Command {
	var opt options
	var stdio bool
	cmd := &cobra.Command{
		Use:   "lsp",
		Short: "Serve an editor: findings, fixes and explanations while you type",
		Long: "Serve an editor that speaks the Language Server Protocol, on standard input and output: what lint finds, the fixes to choose from, and what\n" +
			"explain says. An editor starts it; docs/editor.md says how. No file is written: the editor makes the changes.\n\n" +
			"Each file is under its nearest configuration, as for lint; what git ignores and what is excluded has no findings.\n\n" +
			"Exit code 0: the editor has ended the session; 1: it went away without; 2: usage.",
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := opt.lookup(cmd); err != nil {
				return err
			}
			err := lsp.Serve(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr(), opt.tool(cmd))
			if errors.Is(err, lsp.ErrNotShutDown) { // 1 is the protocol's
				return &exitError{code: exitFindings, err: err}
			}
			return err
		},
	}
	opt.configuring(cmd)
	cmd.Flags().BoolVar(&stdio, "stdio", false, "what is done anyway; some editors ask for it")
	return cmd
}

// tool is what the server asks of this package.
func (o *options) tool(cmd *cobra.Command) lsp.Tool {
	t := lsp.Tool{
		Look:    func(roots []string) (lsp.Settings, error) { return o.settings(cmd, roots) },
		Sources: func(roots []string) []string { return o.workspace(cmd, roots) },
		Explain: func(ctx context.Context, r *rules.Rule, markdown bool) (string, error) {
			p, err := newPage(ctx, r)
			if err != nil {
				return "", err
			}
			if markdown {
				return p.markdown(), nil
			}
			return p.text(terminal{}), nil
		},
		Page: func(r *rules.Rule) string { return rulePage(r.Code, r.Name) },
		Model: func(source string) func(string, []string) (rewrite.Model, bool) {
			return modelsFor(source, "")
		},
		Version: release,
	}
	return t
}

// newWorkspace are sources to which nothing was added. Configurations are read anew.
func (o *options) newWorkspace(cmd *cobra.Command) (*sources, error) {
	lookup, err := o.lookup(cmd)
	if err != nil {
		return nil, err
	}
	return &sources{lookup: lookup, passed: map[string]int{}, seen: map[string]bool{}}, nil
}

// settings gives what an open file is under. Below a root it is passed over where lint of the root would do that, and outside of all of them, where
// editors lead to libraries, if it is excluded. Without a root it was named, so to speak, by whoever opened it.
func (o *options) settings(cmd *cobra.Command, roots []string) (lsp.Settings, error) {
	s, err := o.newWorkspace(cmd)
	if err != nil {
		return nil, err
	}
	trees := map[string]*gitignore.Tree{}
	return func(path string) (*config.Settings, error) {
		root := innermost(roots, path)
		if root != "" && trees[root] == nil {
			trees[root] = gitignore.New(root)
		}
		if root == "" && len(roots) > 0 {
			for _, at := range between(filepath.VolumeName(path)+string(filepath.Separator), path) {
				under, err := s.lookup.For(filepath.Dir(at))
				if err != nil || under.Excludes(at, at != path) {
					return nil, err
				}
			}
		}
		for _, at := range between(root, path) {
			if why, err := s.passOver(trees[root], at, at != path); why != "" || err != nil {
				return nil, err
			}
		}
		return s.lookup.For(filepath.Dir(path))
	}, nil
}

// innermost is the longest of the directories that a path is below; "" if it is below none.
func innermost(roots []string, path string) string {
	found := ""
	for _, root := range roots {
		if rel, err := filepath.Rel(root, path); err == nil && filepath.IsLocal(rel) && len(root) > len(found) {
			found = root
		}
	}
	return found
}

// between are the directories below a root that lead to a path, from the top, and the path.
func between(root, path string) []string {
	var out []string
	for at := path; root != "" && at != root && at != filepath.Dir(at); at = filepath.Dir(at) {
		out = append(out, at)
	}
	slices.Reverse(out)
	return out
}

// workspace lists the sources below directories, as far as they can be listed: what is wrong with a configuration is said where a file is under it.
func (o *options) workspace(cmd *cobra.Command, roots []string) []string {
	s, err := o.newWorkspace(cmd)
	if err != nil {
		return nil
	}
	for _, root := range roots {
		if err := s.walk(root); err != nil {
			continue
		}
	}
	return s.known
}
