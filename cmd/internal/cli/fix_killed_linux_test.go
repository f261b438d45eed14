//go:build amd64

package cli

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// writing are the system calls that change what is on a disk, and which of their arguments is the file that they change by its descriptor; -1 where it
// is a path.
var writing = map[uint64]int{
	unix.SYS_WRITE: 0, unix.SYS_PWRITE64: 0, unix.SYS_FTRUNCATE: 0, unix.SYS_FSYNC: 0, unix.SYS_FDATASYNC: 0, unix.SYS_FCHMOD: 0, unix.SYS_FCHOWN: 0, unix.SYS_FLOCK: 0,
	unix.SYS_OPENAT: -1, unix.SYS_RENAME: -1, unix.SYS_RENAMEAT: -1, unix.SYS_RENAMEAT2: -1, unix.SYS_UNLINK: -1, unix.SYS_UNLINKAT: -1, unix.SYS_LINK: -1, unix.SYS_LINKAT: -1,
	unix.SYS_FCHMODAT: -1, unix.SYS_FCHOWNAT: -1,
}

// traced runs the program and stops it at every system call. at is called at those that change the files below the directory where it runs, before they are made, with their
// number, from 1; the program is killed there if it says so, and where it gives an error the call is not made and fails with it.
func traced(t *testing.T, dir string, args []string, at func(n int, call string) (kill bool, fail syscall.Errno)) (said string, code, calls int) {
	t.Helper()
	runtime.LockOSThread() // whoever traces is a thread
	defer runtime.UnlockOSThread()
	cmd := program(t, dir, args...)
	cmd.SysProcAttr.Ptrace = true
	cmd.Env = append(os.Environ(), "GODEBUG=asyncpreemptoff=1") // its signals would only cost time
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Skipf("the system does not let a process be traced: %v", err)
	}
	main := cmd.Process.Pid
	var status unix.WaitStatus
	if _, err := unix.Wait4(main, &status, 0, nil); err != nil || !status.Stopped() {
		t.Fatalf("it did not stop at its start: %v, %v", status, err)
	}
	const options = unix.PTRACE_O_TRACESYSGOOD | unix.PTRACE_O_TRACECLONE | unix.PTRACE_O_EXITKILL
	if err := unix.PtraceSetOptions(main, options); err != nil {
		t.Fatal(err)
	}
	ended := func() string {
		text, err := os.ReadFile(out.Name())
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	inside := map[int]bool{}           // the threads that are in a call
	failing := map[int]syscall.Errno{} // those whose call is to fail
	thread := main
	for signal := 0; ; {
		_ = unix.PtraceSyscall(thread, signal) // one that has died meanwhile is waited for
		signal = 0
		thread, err = unix.Wait4(-main, &status, unix.WALL, nil)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			t.Fatalf("wait: %v", err)
		}
		switch {
		case status.Exited() || status.Signaled():
			if thread == main {
				return ended(), status.ExitStatus(), calls
			}
			continue
		case status.StopSignal() != unix.SIGTRAP|0x80:
			if s := status.StopSignal(); s != unix.SIGTRAP && s != unix.SIGSTOP {
				signal = int(s)
			}
			continue
		}
		var regs unix.PtraceRegs
		if err := unix.PtraceGetRegs(thread, &regs); err != nil {
			continue
		}
		if inside[thread] = !inside[thread]; !inside[thread] {
			if e := failing[thread]; e != 0 {
				delete(failing, thread)
				regs.Rax = uint64(-int64(e))
				if err := unix.PtraceSetRegs(thread, &regs); err != nil {
					t.Fatal(err)
				}
			}
			continue
		}
		call := changes(main, dir, &regs)
		if call == "" {
			continue
		}
		calls++
		kill, fail := at(calls, call)
		if kill {
			if err := unix.Kill(main, unix.SIGKILL); err != nil {
				t.Fatal(err)
			}
			for { // every thread of it
				if _, err := unix.Wait4(-main, &status, unix.WALL, nil); errors.Is(err, unix.ECHILD) {
					return ended(), -1, calls
				}
			}
		}
		if fail != 0 {
			failing[thread] = fail
			regs.Orig_rax = ^uint64(0) // no call at all
			if err := unix.PtraceSetRegs(thread, &regs); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// changes names a call that is about to change a file below the directory; "" for every other one.
func changes(pid int, dir string, regs *unix.PtraceRegs) string {
	descriptor, ok := writing[regs.Orig_rax]
	switch {
	case !ok:
		return ""
	case descriptor == 0:
		path, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", pid, regs.Rdi))
		if err != nil || !strings.HasPrefix(path, dir) {
			return ""
		}
		return fmt.Sprintf("call %d of %s", regs.Orig_rax, filepath.Base(path))
	case regs.Orig_rax == unix.SYS_OPENAT && regs.Rdx&(unix.O_WRONLY|unix.O_RDWR|unix.O_CREAT) == 0:
		return ""
	}
	address := regs.Rdi
	if regs.Orig_rax != unix.SYS_RENAME && regs.Orig_rax != unix.SYS_UNLINK && regs.Orig_rax != unix.SYS_LINK {
		address = regs.Rsi // behind the directory's descriptor
	}
	text := make([]byte, 4096)
	memory, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		return ""
	}
	defer memory.Close()
	n, _ := memory.ReadAt(text, int64(address))
	name, _, _ := bytes.Cut(text[:n], []byte{0})
	path := string(name)
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	if !strings.HasPrefix(path, dir) {
		return ""
	}
	return fmt.Sprintf("call %d of %s", regs.Orig_rax, filepath.Base(path))
}

// killedProject is a project of which a fixed file imports from the module of helpers that is made, and another file changes because of it.
func killedProject(t *testing.T) map[string]string {
	t.Helper()
	session, err := os.ReadFile("../../../testdata/programs/builder_add_two.py")
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		"one.py":  string(session),
		"two.py":  "import tensorflow as tf\nimport user\n\n\ndef save(sess, x, y):\n    tf.saved_model.simple_save(sess, \"export\", {\"x\": x}, {\"y\": y})\n",
		"user.py": "import tensorflow as tf\n\n\ndef log(text):\n    tf.logging.info(text)\n",
		"keep.py": "import tensorflow as tf\nprint(tf.__version__)\n",
	}
}

var killedFix = []string{"fix", "--unsafe-fixes", "--helper-module", "saving.py", "."}

// TestFixKilled kills fix at each of its calls that change a file: each file is whole, old or new, and the next run finds what is left to do, does it, and takes away and tells of what
// the killed one left.
func TestFixKilled(t *testing.T) {
	old := killedProject(t)
	dir := projectIn(t, old)
	var names []string
	_, _, total := traced(t, dir, killedFix, func(_ int, call string) (bool, syscall.Errno) {
		names = append(names, call)
		return false, 0
	})
	want, left := filesOf(t, dir)
	if len(left) > 0 || len(want) != len(old)+1 || want["one.py"] == old["one.py"] || want["two.py"] == old["two.py"] || want["user.py"] == old["user.py"] || want["keep.py"] != old["keep.py"] {
		t.Fatalf("not killed it leaves %q and %q", want, left)
	}
	if total < 20 {
		t.Fatalf("only %d calls were seen: %q", total, names)
	}
	mixed, leftovers := 0, 0
	for n := 1; n <= total; n++ {
		dir := projectIn(t, old)
		_, code, _ := traced(t, dir, killedFix, func(at int, _ string) (bool, syscall.Errno) { return at == n, 0 })
		if code != -1 {
			t.Fatalf("at %d of %d it was not killed but ended with %d", n, total, code)
		}
		files, left := filesOf(t, dir)
		for name, text := range files {
			if was, there := old[name]; text != want[name] && (!there || text != was) {
				t.Errorf("killed before %s it leaves %s neither old nor new:\n%s", names[n-1], name, text)
			}
		}
		for name := range old {
			if _, there := files[name]; !there {
				t.Errorf("killed before %s it leaves no %s", names[n-1], name)
			}
		}
		if !maps.Equal(files, old) && !maps.Equal(files, want) {
			mixed++
		}
		said, code, _, _ := started(t, dir, killedFix...)
		if len(left) > 0 {
			leftovers++
			if !strings.Contains(said, "of a run that was killed removed") {
				t.Errorf("killed before %s it leaves %q, and the next run says nothing of them:\n%s", names[n-1], left, said)
			}
		}
		again, left := filesOf(t, dir)
		if !maps.Equal(again, want) || len(left) > 0 {
			t.Errorf("killed before %s and run again (exit code %d) it leaves %q and\n%q\nnot\n%q\n%s", names[n-1], code, left, again, want, said)
		}
	}
	t.Logf("killed at %d calls; %d times some files were new and some old, %d times there were temporary files", total, mixed, leftovers)
}

// TestFixFailing makes each call that changes a file fail: the disk is full, broken or read-only. Each file is whole, nothing is left behind, and what was not written is said.
func TestFixFailing(t *testing.T) {
	old := killedProject(t)
	dir := projectIn(t, old)
	var names []string
	_, _, total := traced(t, dir, killedFix, func(_ int, call string) (bool, syscall.Errno) {
		names = append(names, call)
		return false, 0
	})
	want, _ := filesOf(t, dir)
	silent := []string{fmt.Sprint(unix.SYS_UNLINKAT), fmt.Sprint(unix.SYS_UNLINK), fmt.Sprint(unix.SYS_FLOCK), fmt.Sprint(unix.SYS_LINKAT)}
	for n := 1; n <= total; n++ {
		fail := []syscall.Errno{syscall.ENOSPC, syscall.EIO, syscall.EROFS}[n%3]
		dir := projectIn(t, old)
		said, code, _ := traced(t, dir, killedFix, func(at int, _ string) (bool, syscall.Errno) {
			if at == n {
				return false, fail
			}
			return false, 0
		})
		files, left := filesOf(t, dir)
		for name, text := range files {
			if was, there := old[name]; text != want[name] && (!there || text != was) {
				t.Errorf("%v from %s leaves %s neither old nor new:\n%s", fail, names[n-1], name, text)
			}
		}
		number := strings.Fields(names[n-1])[1]
		if maps.Equal(files, want) && slices.Contains(silent, number) {
			continue // it went on without, or there was nothing to lose
		}
		if len(left) > 0 {
			t.Errorf("%v from %s leaves %q", fail, names[n-1], left)
		}
		if code != exitFailed || !strings.Contains(said, fail.Error()) {
			t.Errorf("%v from %s: exit code %d\n%s", fail, names[n-1], code, said)
		}
	}
}
