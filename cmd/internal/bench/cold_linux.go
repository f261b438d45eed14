package main

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// forget asks the system to drop the bytes of the files from its memory, which it does for what is on the disk already, and gives the share
// of them that it still holds then. Directories and what is known of the files stay in memory.
func forget(files []file) (held float64, err error) {
	unix.Sync()
	var pages, left int
	for _, f := range files {
		n, of, err := forgetFile(f.path)
		if err != nil {
			return 0, err
		}
		left += n
		pages += of
	}
	return float64(left) / float64(max(pages, 1)), nil
}

func forgetFile(path string) (left, pages int, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return 0, 0, err
	}
	if err := unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED); err != nil {
		return 0, 0, &os.PathError{Op: "fadvise", Path: path, Err: err}
	}
	mapped, err := unix.Mmap(int(f.Fd()), 0, int(info.Size()), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return 0, 0, &os.PathError{Op: "mmap", Path: path, Err: err}
	}
	defer unix.Munmap(mapped)
	held := make([]byte, (len(mapped)+os.Getpagesize()-1)/os.Getpagesize())
	_, _, errno := unix.Syscall(unix.SYS_MINCORE, uintptr(unsafe.Pointer(&mapped[0])), uintptr(len(mapped)), uintptr(unsafe.Pointer(&held[0])))
	if errno != 0 {
		return 0, 0, &os.PathError{Op: "mincore", Path: path, Err: errno}
	}
	for _, h := range held {
		left += int(h & 1)
	}
	return left, len(held), nil
}
