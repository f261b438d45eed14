package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// refuseDirty tells whether git has changes that are not committed in a file that would be written: they could not be told from the
// tool's own any more. A file that git does not know is like one outside of any work tree.
func refuseDirty(ctx context.Context, src *sources, plans []fixed) error {
	byTree := map[string][]string{}
	var trees []string
	for i, s := range src.files {
		if s.path == stdinPath || !plans[i].changes() {
			continue
		}
		file := realPath(s.path)
		tree := workTree(filepath.Dir(file))
		if tree == "" {
			continue
		}
		if byTree[tree] == nil {
			trees = append(trees, tree)
		}
		byTree[tree] = append(byTree[tree], file)
	}
	var dirty []string
	for _, tree := range trees {
		changed, err := uncommitted(ctx, tree, byTree[tree])
		if err != nil {
			return fmt.Errorf("nothing was written: whether there are changes that are not committed can't be told: %w; --allow-dirty writes without asking", err)
		}
		dirty = append(dirty, changed...)
	}
	if len(dirty) == 0 {
		return nil
	}
	for i, file := range dirty {
		dirty[i] = visible(patchName(file))
	}
	return fmt.Errorf("nothing was written: git has changes that are not committed in %s; commit or stash them, or write all the same with --allow-dirty",
		strings.Join(dirty, ", "))
}

// workTree is the directory of the git work tree that holds a directory; "" if none does.
func workTree(dir string) string {
	for {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

// uncommitted are those of the files, absolute paths below the work tree, that differ from the last commit.
func uncommitted(ctx context.Context, tree string, files []string) ([]string, error) {
	args := []string{"--literal-pathspecs", "status", "--porcelain=v1", "-z", "--untracked-files=no", "--ignore-submodules", "--no-renames", "--"}
	cmd := exec.CommandContext(ctx, "git", append(args, files...)...)
	cmd.Dir = tree
	cmd.Env = append(os.Environ(), "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C") // only ask
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if first, _, _ := strings.Cut(stderr.String(), "\n"); errors.As(err, &exit) && first != "" {
			return nil, fmt.Errorf("git says: %s", first)
		}
		return nil, err
	}
	var dirty []string
	for entry := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if len(entry) > 3 { // two letters and a blank
			dirty = append(dirty, filepath.Join(tree, filepath.FromSlash(entry[3:])))
		}
	}
	return dirty, nil
}
