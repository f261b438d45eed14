package prove

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// copyTree copies what is below root to a new directory. Links that lead to somewhere in the tree lead to the same place in the copy, others
// to where they led.
func copyTree(root, to string) error {
	real, err := filepath.EvalSymlinks(root)
	if err != nil {
		return err
	}
	return filepath.WalkDir(real, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(real, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		switch {
		case d.IsDir() && rel != "." && leftOut(d.Name()):
			return filepath.SkipDir
		case d.IsDir() && rel != "." && isEnvironment(path):
			if err := os.Symlink(path, target); err != nil {
				return err
			}
			return filepath.SkipDir
		case d.IsDir():
			return os.MkdirAll(target, 0o777)
		case d.Name() == ".git": // a work tree's pointer to its repository
			return nil
		case d.Type()&fs.ModeSymlink != 0:
			return copyLink(real, path, target)
		case d.Type().IsRegular():
			return copyFile(path, target)
		}
		return nil // pipes and sockets
	})
}

// leftOut tells whether a directory is left out of copies: what it holds is none of the program's, or is made again.
func leftOut(name string) bool { return name == ".git" || name == "__pycache__" }

func isEnvironment(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "pyvenv.cfg"))
	return err == nil || filepath.Base(dir) == "node_modules"
}

func copyLink(root, path, target string) error {
	to, err := os.Readlink(path)
	if err != nil {
		return err
	}
	at := to
	if !filepath.IsAbs(at) {
		at = filepath.Join(filepath.Dir(path), at)
	}
	rel, err := filepath.Rel(root, at)
	inside := err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
	switch {
	case !inside:
		to = at
	case filepath.IsAbs(to):
		if to, err = filepath.Rel(filepath.Dir(path), at); err != nil {
			return err
		}
	}
	return os.Symlink(to, target)
}

func copyFile(path, target string) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	out, err := os.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_EXCL, info.Mode().Perm()|0o200)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err := errors.Join(err, out.Close()); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// stamp is how a file is known to be the same one as before.
type stamp struct {
	size int64
	time int64
}

// models are the directories of the SavedModels below root, from there.
func models(root string) (map[string]stamp, error) {
	out := map[string]stamp{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() != "saved_model.pb" && d.Name() != "saved_model.pbtxt" {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		out[rel] = stamp{info.Size(), info.ModTime().UnixNano()}
		return nil
	})
	return out, err
}
