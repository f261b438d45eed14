//go:build linux || darwin || freebsd || netbsd || openbsd

package rewrite

import (
	"errors"
	"os"
	"syscall"
)

// tryLock locks an open file against every other program that locks it (flock), until it is closed, and tells whether it could. Where the file
// system has no locks the error is errors.ErrUnsupported.
func tryLock(f *os.File) (bool, error) {
	for {
		switch err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
		case err == nil:
			return true, nil
		case errors.Is(err, syscall.EINTR):
		case errors.Is(err, syscall.EWOULDBLOCK):
			return false, nil
		case errors.Is(err, syscall.ENOLCK), errors.Is(err, errors.ErrUnsupported), errors.Is(err, syscall.EINVAL), errors.Is(err, syscall.EBADF):
			return false, errors.ErrUnsupported // EBADF: NFS, for what is open for reading alone
		default:
			return false, err
		}
	}
}

// syncDir puts a directory's entries on the disk, as far as the file system does that and the directory may be read.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return nil
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}
