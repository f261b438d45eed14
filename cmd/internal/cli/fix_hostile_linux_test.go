package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// asNobody runs this program as the user nobody where the superuser runs the tests, whom nothing is hidden from, and as whoever runs them else.
func asNobody(t *testing.T, dir string, args ...string) (out, said string, code int) {
	t.Helper()
	cmd := program(t, dir, args...)
	if os.Geteuid() == 0 {
		// The program may be out of nobody's reach, and so may the directories of the test.
		binary := read(t, cmd.Path)
		cmd.Path = filepath.Join(t.TempDir(), "tfmigrate")
		if err := os.WriteFile(cmd.Path, binary, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{cmd.Path, dir} {
			for up := filepath.Dir(path); up != filepath.Clean(os.TempDir()) && up != "/"; up = filepath.Dir(up) {
				if err := os.Chmod(up, 0o755); err != nil {
					t.Fatal(err)
				}
			}
		}
		err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
			if err == nil {
				err = os.Lchown(path, nobody, nobody)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if _, ended := err.(*exec.ExitError); err != nil && !ended {
		t.Fatal(err)
	}
	return stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()
}

// projectIn is a directory with these files.
func projectIn(t *testing.T, files map[string]string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// filesOf are the files of a directory, by name, and the names of temporary ones.
func filesOf(t *testing.T, dir string) (files map[string]string, left []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files = map[string]string{}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".tfmigrate-") {
			left = append(left, e.Name())
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(text)
	}
	return files, left
}

// nobody is the user that the superuser's tests become where permissions are to bind them (Linux Standard Base: nobody).
const nobody = 65534

// TestHostileTree holds that whatever stands in a tree, what can't be checked is said and counted, by exit code too, and what can is fixed.
func TestHostileTree(t *testing.T) {
	source := string(read(t, "../../../testdata/programs/builder_add_two.py"))
	fixed := string(read(t, "../../../testdata/programs/fixed/builder_add_two.py"))
	good := []string{"good.py", "a b.py", "new\nline.py", "\xff\xfe\xe9.py", "-.py", "--diff.py", "[a]*?.py", "'\"\\.py", strings.Repeat("x", 252) + ".py", "deep/%41.py", "日本.py"}
	bad := map[string]string{"pipe.py": "a named pipe", "socket.py": "a socket", "self.py": "too many levels of symbolic links", "one.py": "too many levels of symbolic links",
		"two.py": "too many levels of symbolic links", "gone.py": "no such file or directory", "null.py": "a device", "secret.py": "permission denied", "closed": "permission denied"}
	lay := func(t *testing.T) string {
		dir := projectIn(t, nil)
		mkdir(t, filepath.Join(dir, "deep"))
		mkdir(t, filepath.Join(dir, "closed"))
		link(t, "..", filepath.Join(dir, "deep", "up"))
		for _, name := range append(good, "secret.py", "closed/inside.py") {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(source), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		for name, to := range map[string]string{"self.py": "self.py", "one.py": "two.py", "two.py": "one.py", "gone.py": "nowhere", "null.py": "/dev/null"} {
			link(t, to, filepath.Join(dir, name))
		}
		if err := syscall.Mkfifo(filepath.Join(dir, "pipe.py"), 0o666); err != nil {
			t.Fatal(err)
		}
		at := filepath.Join("/proc/self/cwd", "socket.py") // its path may be too long for an address
		t.Chdir(dir)
		l, err := net.Listen("unix", at)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		return dir
	}
	shut := func(t *testing.T, dir string) {
		for _, name := range []string{"secret.py", "closed"} {
			if err := os.Chmod(filepath.Join(dir, name), 0); err != nil {
				t.Fatal(err)
			}
		}
		t.Cleanup(func() { _ = os.Chmod(filepath.Join(dir, "closed"), 0o755) })
	}
	for _, args := range [][]string{{"lint", "."}, {"lint", "--format", "json", "."}, {"fix", "--diff", "."}, {"fix", "."}} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			dir := lay(t)
			if os.Geteuid() == 0 {
				t.Cleanup(func() { _ = os.Chown(dir, 0, 0) })
			}
			shut(t, dir)
			out, said, code := asNobody(t, dir, args...)
			if code != exitFailed {
				t.Errorf("exit code %d", code)
			}
			for name, why := range bad {
				if !strings.Contains(said, "tfmigrate: "+name+": "+why) {
					t.Errorf("it does not say of %s: %s", name, why)
				}
			}
			if args[0] == "lint" && len(args) == 2 {
				for _, count := range []string{fmt.Sprintf("in %d of %d files", len(good), len(good)), fmt.Sprintf("%d paths could not be checked", len(bad))} {
					if !strings.Contains(out, count) {
						t.Errorf("it does not count %q:\n%s", count, out)
					}
				}
			}
			if args[0] == "lint" && len(args) == 4 {
				var report struct {
					Checked  int
					Problems []any
				}
				if err := json.Unmarshal([]byte(out), &report); err != nil || report.Checked != len(good) {
					t.Errorf("%v: %d are checked and %d are not", err, report.Checked, len(report.Problems))
				}
			}
			want := source
			if args[0] == "fix" && len(args) == 2 {
				want = fixed
			}
			for _, name := range good {
				if got := string(read(t, filepath.Join(dir, name))); got != want {
					t.Errorf("%q is not as it should be (%d bytes, want %d)", name, len(got), len(want))
				}
			}
			if os.Geteuid() == 0 && string(read(t, filepath.Join(dir, "secret.py"))) != source {
				t.Error("what can't be read was changed")
			}
			if t.Failed() {
				t.Logf("it says:\n%s", said)
			}
		})
	}
}

// TestFixAtOnce runs fix several times at once on one tree: each file is fixed as by one of them, and whoever comes too late for a file says so.
func TestFixAtOnce(t *testing.T) {
	source, fixed := string(read(t, "../../../testdata/programs/builder_add_two.py")), string(read(t, "../../../testdata/programs/fixed/builder_add_two.py"))
	old, want := map[string]string{}, map[string]string{}
	for i := range 20 {
		name := fmt.Sprintf("f%02d.py", i)
		old[name], want[name] = source, fixed
	}
	late := 0
	for range 3 {
		dir := projectIn(t, old)
		var said [3]string
		var codes [3]int
		var all sync.WaitGroup
		for i := range said {
			cmd := program(t, dir, "fix", ".")
			all.Go(func() {
				out, _ := cmd.CombinedOutput()
				said[i], codes[i] = string(out), cmd.ProcessState.ExitCode()
			})
		}
		all.Wait()
		for i := range said {
			changed := strings.Contains(said[i], "it was changed while it was looked at; nothing was written")
			if codes[i] != exitOK && !(codes[i] == exitFailed && changed) {
				t.Errorf("exit code %d:\n%s", codes[i], said[i])
			}
			if changed {
				late++
			}
		}
		if got, left := filesOf(t, dir); !maps.Equal(got, want) || len(left) > 0 {
			t.Errorf("they leave %q and other files than one run", left)
		}
	}
	t.Logf("%d of 9 runs came too late for a file", late)
}

// TestFixDiskFull fixes a tree on a disk that has room for some of the files: none is written, and that is said.
func TestFixDiskFull(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=192k"); err != nil {
		t.Skipf("a file system of 192 KB can't be mounted (%v); TestFixFailing has the error without one", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	source := read(t, "../../../testdata/programs/builder_add_two.py")
	files := map[string]string{}
	for i := range 20 {
		name := fmt.Sprintf("f%02d.py", i)
		files[name] = string(source)
		if err := os.WriteFile(filepath.Join(dir, name), source, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// Room for a few of them.
	filler, err := os.Create(filepath.Join(dir, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = filler.Write(make([]byte, 4096))
	}
	if err := filler.Truncate(int64(len(read(t, filler.Name())))/4096*4096 - 5*4096); err != nil {
		t.Fatal(err)
	}
	filler.Close()
	said, code, _, _ := started(t, dir, "fix", ".")
	if code != exitFailed || !strings.Contains(said, "no space left on device; nothing was written, nor to any other file") {
		t.Errorf("exit code %d:\n%s", code, said)
	}
	got, left := filesOf(t, dir)
	delete(got, "filler")
	if !maps.Equal(got, files) || len(left) > 0 {
		t.Errorf("%q is left, and files are changed", left)
	}
	// On one that is read-only each file says so.
	if err := unix.Mount("", dir, "", unix.MS_REMOUNT|unix.MS_RDONLY, "size=192k"); err != nil {
		t.Fatal(err)
	}
	said, code, _, _ = started(t, dir, "fix", ".")
	if code != exitFailed || strings.Count(said, "read-only file system; nothing was written") != len(files) {
		t.Errorf("read-only: exit code %d:\n%s", code, said)
	}
}

// TestNotSaid holds that what can't be printed is no success.
func TestNotSaid(t *testing.T) {
	for _, args := range [][]string{{"lint", "."}, {"lint", "--format", "concise", "."}, {"lint", "--format", "json", "."}, {"fix", "--diff", "."}, {"fix", "--check", "."}, {"fix", "."}, {"rules"}} {
		dir := projectIn(t, map[string]string{"a.py": string(read(t, "../../../testdata/programs/builder_add_two.py"))})
		full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		cmd := program(t, dir, args...)
		var said bytes.Buffer
		cmd.Stdout, cmd.Stderr = full, &said
		_ = cmd.Run()
		full.Close()
		if cmd.ProcessState.ExitCode() != exitFailed || !strings.Contains(said.String(), "no space left on device") {
			t.Errorf("%v: exit code %d\n%s", args, cmd.ProcessState.ExitCode(), said.String())
		}
	}
}
