package rewrite

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// WriteFile puts data in the place of a file whole, or leaves it as it is, as a Batch of one file does.
func WriteFile(path string, before, data []byte) error {
	return alone(func(b *Batch) (*Staged, error) { return b.Replace(path, before, data) })
}

// CreateFile makes a file that is not there yet, whole or not at all, as a Batch of one file does.
func CreateFile(path string, data []byte) error {
	return alone(func(b *Batch) (*Staged, error) { return b.Create(path, data) })
}

func alone(stage func(*Batch) (*Staged, error)) error {
	var b Batch
	defer b.Close()
	s, err := stage(&b)
	if err != nil {
		return err
	}
	return s.Commit()
}

// Batch writes files that belong together: the bytes of all of them go to the disk beside the files first, where a full disk shows, and then one
// after the other is renamed to its place. Whoever is stopped in between leaves every file whole, as it was or as it is to be, and no more than
// temporary files beside them, which RemoveLeftover knows. The zero value is empty. A Batch holds a file open for each that is staged.
type Batch struct{ staged []*Staged }

// Staged is a file of which the new bytes are on the disk, and not in its place yet.
type Staged struct {
	path, target string
	before       []byte // what was read; a file that holds something else by now is not touched
	isNew        bool
	tmp          *os.File // locked, so that no other run takes it for a leftover; nil once there is none
}

// Replace stages new bytes for a file. A symbolic link stays one; its target is written. Mode bits are kept, and the owner where the system allows
// it; access lists and other attributes are those of a new file, and another hard link to the old file keeps the old bytes. before is what was read.
func (b *Batch) Replace(path string, before, data []byte) (*Staged, error) {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, notWritten(path, "", err)
	}
	info, err := os.Stat(target)
	if err != nil {
		return nil, notWritten(path, "", err)
	}
	s := &Staged{path: path, target: target, before: before}
	if err := s.unchanged(); err != nil {
		return nil, err
	}
	if err := writable(target, info); err != nil {
		return nil, notWritten(path, "", err)
	}
	return s, b.stage(s, data, info)
}

// Create stages a file that is not there yet, with the mode and the owner that any new file gets.
func (b *Batch) Create(path string, data []byte) (*Staged, error) {
	s := &Staged{path: path, target: path, isNew: true}
	return s, b.stage(s, data, nil)
}

func (b *Batch) stage(s *Staged, data []byte, old fs.FileInfo) error {
	var err error
	if s.tmp, err = createTemp(filepath.Dir(s.target), old == nil); err != nil {
		return notWritten(s.path, "no new file can be made in its directory: ", err)
	}
	b.staged = append(b.staged, s)
	if err := fill(s.tmp, data, old); err != nil {
		s.discard()
		return notWritten(s.path, "", err)
	}
	return nil
}

// Close takes away what was staged and not committed.
func (b *Batch) Close() {
	for _, s := range b.staged {
		s.discard()
	}
	b.staged = nil
}

func (s *Staged) discard() {
	if s.tmp != nil {
		os.Remove(s.tmp.Name())
		s.tmp.Close()
		s.tmp = nil
	}
}

// Commit puts the file in its place, and the directory that says so on the disk. After an error the file is as it was, unless the error says
// otherwise, and nothing new is beside it.
func (s *Staged) Commit() error {
	defer s.discard()
	if s.isNew {
		if err := publish(s.tmp.Name(), s.target); err != nil {
			return notWritten(s.path, "", err)
		}
	} else if err := s.replace(); err != nil {
		return err
	}
	if err := syncDir(filepath.Dir(s.target)); err != nil {
		return fmt.Errorf("write %s: it is written, but may be the old file again after a crash of the system: %w", s.path, cause(err))
	}
	return nil
}

// replace renames the new file over the old one, which is locked while it is compared, so that of two runs at once the second sees what the first
// has written.
func (s *Staged) replace() error {
	old, err := os.Open(s.target)
	if err != nil {
		return notWritten(s.path, "", err)
	}
	defer old.Close()
	if err := lockSoon(old); err != nil {
		return notWritten(s.path, "", err)
	}
	if err := s.unchanged(); err != nil { // an editor may have saved since
		return err
	}
	if err := os.Rename(s.tmp.Name(), s.target); err != nil {
		return notWritten(s.path, "", err)
	}
	s.tmp.Close()
	s.tmp = nil
	return nil
}

// publish gives a new file its name, if nothing else has it. Where the system knows no hard links the file is renamed.
func publish(tmp, target string) error {
	err := os.Link(tmp, target)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, err := os.Lstat(target); err == nil {
		return fs.ErrExist
	}
	return os.Rename(tmp, target)
}

// unchanged tells a file that holds something else than what was read.
func (s *Staged) unchanged() error {
	now, err := os.ReadFile(s.target)
	if err != nil {
		return notWritten(s.path, "", err)
	}
	if !bytes.Equal(now, s.before) {
		return fmt.Errorf("write %s: it was changed while it was looked at; nothing was written", s.path)
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

// The name of a temporary file: not made of the file's own, which may be as long as names can be.
const tempPrefix, tempSuffix = ".tfmigrate-", ".tmp"

// createTemp makes and locks a temporary file, readable for others only if it is to be a new one.
func createTemp(dir string, isNew bool) (*os.File, error) {
	mode := fs.FileMode(0o600)
	if isNew {
		mode = 0o666 // less what the user masks
	}
	for {
		name := filepath.Join(dir, fmt.Sprintf("%s%016x%s", tempPrefix, rand.Uint64(), tempSuffix))
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		// Another run may have come upon the file before it was locked, and have taken it away.
		if err = lockSoon(f); err == nil {
			_, err = os.Lstat(name)
		}
		if err == nil {
			return f, nil
		}
		f.Close()
		os.Remove(name)
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
}

// IsLeftover tells whether a file's name is one that the temporary files of this package have.
func IsLeftover(name string) bool {
	name = filepath.Base(name)
	return strings.HasPrefix(name, tempPrefix) && strings.HasSuffix(name, tempSuffix)
}

// RemoveLeftover takes away a temporary file that a run has left because it was killed. One that a run is at work on stays, and so does every one
// where the system has no locks to tell.
func RemoveLeftover(path string) (removed bool, err error) {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || !IsLeftover(path) {
		return false, ignoreGone(err)
	}
	f, err := os.OpenFile(path, os.O_RDONLY, 0)
	if err != nil {
		return false, ignoreGone(err)
	}
	defer f.Close()
	ours, err := tryLock(f)
	if errors.Is(err, errors.ErrUnsupported) {
		return false, nil
	}
	if err != nil || !ours {
		return false, err
	}
	if err := os.Remove(path); err != nil {
		return false, ignoreGone(err)
	}
	return true, nil
}

func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// lockTime is how long a file may be locked by another run, which compares it and renames another one over it.
const lockTime = 10 * time.Second

// lockSoon locks a file, or goes without where the system has no locks.
func lockSoon(f *os.File) error {
	for start := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		ours, err := tryLock(f)
		if ours || errors.Is(err, errors.ErrUnsupported) {
			return nil
		}
		if err != nil {
			return err
		}
		if time.Since(start) > lockTime {
			return errors.New("another program has it locked")
		}
	}
}

// fill writes and syncs the new file, with the mode and the owner of the old one if there is one.
func fill(tmp *os.File, data []byte, old fs.FileInfo) error {
	if _, err := tmp.Write(data); err != nil {
		return err
	}
	if old != nil {
		if err := keepOwner(tmp, old); err != nil {
			return err
		}
		// After the owner, for a change of owner clears the setuid bits.
		if err := tmp.Chmod(old.Mode() & (fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky)); err != nil {
			return err
		}
	}
	return tmp.Sync()
}

// notWritten says which file was not written, and why, without the names of other files.
func notWritten(path, what string, err error) error {
	return fmt.Errorf("write %s: %s%w; nothing was written", path, what, cause(err))
}

// cause is an error of the system without the operation and the files' names.
func cause(err error) error {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		return p.Err
	case errors.As(err, &l):
		return l.Err
	}
	return err
}
