package rewrite

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// WriteFile puts data in the place of a file whole, or leaves it as it is: the bytes go to a new file in the same directory, which is
// synced and then renamed over the old one. A symbolic link stays one; its target is written. Mode bits are kept, and the owner where the
// system allows it; another hard link to the old file keeps the old bytes. before is what was read: a file that holds something
// else by now is not touched. After an error the file is as it was, and nothing new is beside it.
func WriteFile(path string, before, data []byte) error {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return notWritten(path, "", err)
	}
	info, err := os.Stat(target)
	if err != nil {
		return notWritten(path, "", err)
	}
	if err := unchanged(path, target, before); err != nil {
		return err
	}
	if err := writable(target, info); err != nil {
		return notWritten(path, "", err)
	}
	// Not named after the file: its name may be as long as names can be.
	tmp, err := os.CreateTemp(filepath.Dir(target), ".tfmigrate-*.tmp")
	if err != nil {
		return notWritten(path, "no new file can be made in its directory: ", err)
	}
	defer os.Remove(tmp.Name()) // gone already once it is renamed
	if err := fill(tmp, data, info); err != nil {
		return notWritten(path, "", err)
	}
	if err := unchanged(path, target, before); err != nil { // an editor may have saved since
		return err
	}
	if err := os.Rename(tmp.Name(), target); err != nil {
		return notWritten(path, "", err)
	}
	return nil
}

// unchanged tells a file that holds something else than what was read.
func unchanged(path, target string, before []byte) error {
	now, err := os.ReadFile(target)
	if err != nil {
		return notWritten(path, "", err)
	}
	if !bytes.Equal(now, before) {
		return fmt.Errorf("write %s: it was changed while it was looked at; nothing was written", path)
	}
	return nil
}

// writable tells whether the file itself may be written, which replacing it would not ask. Its mode bits count for the superuser too.
func writable(target string, info fs.FileInfo) error {
	if info.Mode().Perm()&0o222 == 0 {
		return errors.New("it is read-only")
	}
	f, err := os.OpenFile(target, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return f.Close()
}

// fill writes, syncs and closes the new file, with the mode and the owner of the old one.
func fill(tmp *os.File, data []byte, old fs.FileInfo) error {
	_, err := tmp.Write(data)
	if err == nil {
		err = keepOwner(tmp, old)
	}
	if err == nil { // after the owner, for a change of owner clears the setuid bits
		err = tmp.Chmod(old.Mode() & (fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky))
	}
	if err == nil {
		err = tmp.Sync()
	}
	if closeErr := tmp.Close(); err == nil {
		err = closeErr
	}
	return err
}

// notWritten says which file was not written, and why, without the names of other files.
func notWritten(path, what string, err error) error {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		err = p.Err
	case errors.As(err, &l):
		err = l.Err
	}
	return fmt.Errorf("write %s: %s%w; nothing was written", path, what, err)
}
