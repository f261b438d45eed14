//go:build linux || darwin

package rewrite

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// nobody is the user that the superuser's tests become where permissions are to bind them (Linux Standard Base: nobody).
const nobody = 65534

// The environment by which a test binary starts itself to call WriteFile once.
const (
	writeFileEnv  = "TFMIGRATE_TEST_WRITE_FILE"
	writeLimitEnv = "TFMIGRATE_TEST_WRITE_LIMIT"
)

// TestMain answers to writeFileEnv.
func TestMain(m *testing.M) {
	path := os.Getenv(writeFileEnv)
	if path == "" {
		os.Exit(m.Run())
	}
	if limit, err := strconv.ParseUint(os.Getenv(writeLimitEnv), 10, 64); err == nil {
		signal.Ignore(syscall.SIGXFSZ) // so that a write beyond the limit is an error, as on a full disk
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
			fmt.Println("setrlimit:", err)
			os.Exit(2)
		}
	}
	if err := WriteFile(path, []byte("old\n"), []byte(strings.Repeat("new\n", 1000))); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// writeAsUser calls WriteFile in a process without the superuser's rights, and gives what it said.
func writeAsUser(t *testing.T, path string, env ...string) string {
	t.Helper()
	// Where the superuser runs the tests, the binary may be out of nobody's reach, and so may the directory of the test.
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		program, err := os.ReadFile(self)
		if err != nil {
			t.Fatal(err)
		}
		self = filepath.Join(t.TempDir(), "test")
		if err := os.WriteFile(self, program, 0o755); err != nil {
			t.Fatal(err)
		}
		open(t, filepath.Dir(self))
		open(t, filepath.Dir(path))
	}
	cmd := exec.Command(self)
	cmd.Env = append(append(os.Environ(), writeFileEnv+"="+path), env...)
	cmd.Dir = "/"
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	said, err := cmd.CombinedOutput()
	if err == nil {
		t.Fatalf("it was written")
	}
	return strings.TrimSpace(string(said))
}

// open lets everyone pass through the directories that the test itself made above dir.
func open(t *testing.T, dir string) {
	t.Helper()
	for up := filepath.Dir(dir); up != filepath.Clean(os.TempDir()) && up != "/" && up != "."; up = filepath.Dir(up) {
		info, err := os.Stat(up)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(up, info.Mode().Perm()|0o055); err != nil {
			t.Fatal(err)
		}
	}
}

// TestWriteFileFailures fails WriteFile at each of its steps, by the system's own doing: the old file stays whole, and no new one is left.
func TestWriteFileFailures(t *testing.T) {
	tests := []struct {
		name      string
		file, dir os.FileMode
		owner     int // of the file where the superuser runs the test
		env       string
		want      string
	}{
		{"read", 0o200, 0o777, 0, "", "permission denied; nothing was written"},
		{"write permission", 0o644, 0o777, 0, "", "permission denied; nothing was written"},
		{"create", 0o666, 0o555, nobody, "", "no new file can be made in its directory: permission denied; nothing was written"},
		{"write", 0o666, 0o777, nobody, writeLimitEnv + "=1000", "file too large; nothing was written"},
		{"rename", 0o666, 0o1777, 0, "", "operation not permitted; nothing was written"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if needsTwo := test.owner != nobody && test.name != "read"; needsTwo && os.Geteuid() != 0 {
				t.Skip("only the superuser can make a file that belongs to someone else")
			}
			dir := filepath.Join(t.TempDir(), "dir")
			if err := os.Mkdir(dir, 0o777); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "x.py")
			writeTestFile(t, path, "old\n", test.file)
			if os.Geteuid() == 0 {
				if err := os.Chown(path, test.owner, -1); err != nil {
					t.Fatal(err)
				}
			}
			mode := test.dir & 0o777
			if test.dir&0o1000 != 0 {
				mode |= os.ModeSticky // only a file's owner may replace it
			}
			if err := os.Chmod(dir, mode); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.Chmod(dir, 0o777) })
			if said := writeAsUser(t, path, test.env); said != "write "+path+": "+test.want {
				t.Errorf("%q; want %q", said, test.want)
			}
			if err := os.Chmod(path, 0o666); err != nil {
				t.Fatal(err)
			}
			mustHold(t, path, "old\n")
		})
	}
}

// TestWriteFileKeepsOwner holds that the superuser does not take files away from their owners.
func TestWriteFileKeepsOwner(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only the superuser can make a file that belongs to someone else")
	}
	path := filepath.Join(t.TempDir(), "x.py")
	writeTestFile(t, path, "old\n", 0o640)
	if err := os.Chown(path, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(path, []byte("old\n"), []byte("new\n")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if s := info.Sys().(*syscall.Stat_t); s.Uid != nobody || s.Gid != nobody || info.Mode() != 0o640 {
		t.Errorf("owner %d:%d, mode %v", s.Uid, s.Gid, info.Mode())
	}
}
