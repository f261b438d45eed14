package tfrt

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// confinement is the version of Landlock that the kernel has, 0 for none (https://docs.kernel.org/userspace-api/landlock.html).
func confinement() int {
	abi, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return 0
	}
	return int(abi)
}

// Rights by the version of Landlock that brought them.
const (
	readFiles = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR
	execute   = unix.LANDLOCK_ACCESS_FS_EXECUTE
	write     = unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_MAKE_BLOCK | unix.LANDLOCK_ACCESS_FS_MAKE_CHAR | unix.LANDLOCK_ACCESS_FS_MAKE_DIR |
		unix.LANDLOCK_ACCESS_FS_MAKE_FIFO | unix.LANDLOCK_ACCESS_FS_MAKE_REG | unix.LANDLOCK_ACCESS_FS_MAKE_SOCK | unix.LANDLOCK_ACCESS_FS_MAKE_SYM |
		unix.LANDLOCK_ACCESS_FS_REMOVE_DIR | unix.LANDLOCK_ACCESS_FS_REMOVE_FILE
)

// confine takes from this process, for ever, what a model has no use for: writing files, starting programs, making TCP connections, and
// reading what is neither a library nor below one of the directories in read. It starts this very program anew, for Landlock binds only the
// thread that asks for it and what comes from that one. Without Landlock it does nothing.
func confine(dir string, read []string) error {
	abi := confinement()
	if abi == 0 || os.Getenv(confinedVariable) != "" {
		return nil
	}
	fs := uint64(readFiles | execute | write)
	if abi >= 2 {
		fs |= unix.LANDLOCK_ACCESS_FS_REFER
	}
	if abi >= 3 {
		fs |= unix.LANDLOCK_ACCESS_FS_TRUNCATE
	}
	attr := unix.LandlockRulesetAttr{Access_fs: fs}
	size := unsafe.Sizeof(attr.Access_fs)
	if abi >= 4 {
		attr.Access_net = unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP
		size += unsafe.Sizeof(attr.Access_net)
	}
	rules, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&attr)), size, 0)
	if errno != 0 {
		return fmt.Errorf("landlock: %w", errno)
	}
	defer unix.Close(int(rules))
	self, err := os.Executable()
	if err != nil {
		return err
	}
	allow(int(rules), self, unix.LANDLOCK_ACCESS_FS_READ_FILE|execute)
	for _, place := range []string{"/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64"} {
		allow(int(rules), place, readFiles|execute)
	}
	if len(read) == 0 {
		read = []string{"/"} // whoever started this does not know what the model reads
	}
	for _, place := range append(places(dir), read...) {
		allow(int(rules), place, readFiles)
	}
	allow(int(rules), "/dev/null", unix.LANDLOCK_ACCESS_FS_READ_FILE|unix.LANDLOCK_ACCESS_FS_WRITE_FILE)
	if profile := os.Getenv("GOCOVERDIR"); profile != "" { // of a program that is being measured
		allow(int(rules), profile, readFiles|write)
	}
	runtime.LockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("landlock: %w", err)
	}
	if _, _, errno := unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, rules, 0, 0); errno != 0 {
		return fmt.Errorf("landlock: %w", errno)
	}
	return syscall.Exec(self, os.Args, append(os.Environ(), confinedVariable+"=1"))
}

// places are what TensorFlow reads besides the system's libraries: its package with its neighbours, Python, and what the kernel tells.
func places(dir string) []string {
	packages := filepath.Dir(dir)
	all := []string{packages, "/usr/local/lib", "/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo", "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat",
		"/proc/sys", "/proc/filesystems", "/sys/devices", "/sys/fs/cgroup", "/dev/urandom", "/dev/random"}
	all = append(all, filepath.SplitList(os.Getenv("LD_LIBRARY_PATH"))...)
	// The installation of Python behind a virtual environment says where it is in pyvenv.cfg.
	environment := filepath.Join(packages, "..", "..", "..")
	data, err := os.ReadFile(filepath.Join(environment, "pyvenv.cfg"))
	if err != nil {
		return all
	}
	for line := range strings.Lines(string(data)) {
		if key, value, ok := strings.Cut(line, "="); ok && strings.TrimSpace(key) == "home" {
			all = append(all, filepath.Join(strings.TrimSpace(value), "..", "lib"))
		}
	}
	return append(all, filepath.Join(environment, "lib"))
}

// allow gives rights below a place. What is not there, or cannot be opened, needs none.
func allow(rules int, place string, rights uint64) {
	fd, err := unix.Open(place, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	defer unix.Close(fd)
	var stat unix.Stat_t
	if unix.Fstat(fd, &stat) == nil && stat.Mode&unix.S_IFMT != unix.S_IFDIR {
		rights &= unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | execute // the others are about directories
	}
	beneath := unix.LandlockPathBeneathAttr{Allowed_access: rights, Parent_fd: int32(fd)}
	unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(rules), unix.LANDLOCK_RULE_PATH_BENEATH, uintptr(unsafe.Pointer(&beneath)), 0, 0, 0)
}
