//go:build unix

// Command benchverify measures inspect and verify beside saved_model_cli and scripts that do what can be done with TensorFlow alone, all
// in one run, and prints times, memory and ratios (make bench-verify).
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func main() {
	program := flag.String("program", "bin/tfmigrate", "the tfmigrate to measure")
	python := flag.String("python", ".venv/bin/python", "a Python with tensorflow-cpu==2.15.1, and saved_model_cli beside it")
	models := flag.String("models", "testdata/models", "the models of testdata")
	large := flag.String("large", ".cache/bench-verify", "what models.py wrote")
	runs := flag.Int("runs", 5, "how often each is run; the best counts")
	flag.Parse()
	if err := bench(os.Stdout, *program, *python, *models, *large, *runs); err != nil {
		fmt.Fprintln(os.Stderr, "benchverify:", err)
		os.Exit(1)
	}
}

// measured is what one command took: the best wall-clock and processor time of some runs, and the most memory that was resident.
type measured struct {
	wall, cpu time.Duration
	resident  int64 // bytes
}

// row is one comparison. A limit of 0 is none.
type row struct {
	what      string
	ours      []string
	theirs    []string
	runs      int // of theirs
	cpu       time.Duration
	resident  int64
	bytesRead int64 // what ours reads, for the speed
}

func bench(w io.Writer, program, python, models, large string, runs int) error {
	here := filepath.Join("cmd", "internal", "benchverify")
	cli := filepath.Join(filepath.Dir(python), "saved_model_cli")
	baseline := func(args ...string) []string {
		return append([]string{python, filepath.Join(here, "baseline.py")}, args...)
	}
	model := func(name string) string { return filepath.Join(models, name) }
	// No TensorFlow is there, so nothing is run: what is measured is reading, the static tier and the proof.
	verify := func(old, new string) []string {
		return []string{program, "verify", "--tensorflow", os.DevNull, old, new}
	}
	big := []string{filepath.Join(large, "big", "old"), filepath.Join(large, "big", "new")}
	wide := []string{filepath.Join(large, "wide", "old"), filepath.Join(large, "wide", "new")}
	var bytes int64
	for _, dir := range big {
		n, err := treeSize(dir)
		if err != nil {
			return err
		}
		bytes += n
	}
	rows := []row{
		{"inspect an ordinary model | saved_model_cli show --all", []string{program, "inspect", model("lookup_v2")}, []string{cli, "show", "--all", "--dir", model("lookup_v2")}, 3,
			50 * time.Millisecond, 0, 0},
		{"static tier of an ordinary model | declarations, by a script", verify(model("lookup_v2"), model("softmax_v2")), baseline("declarations", model("lookup_v2"), model("softmax_v2")), 3,
			50 * time.Millisecond, 0, 0},
		{"compare 2 GB of variables twice, and prove | variables, by a script", verify(big[0], big[1]), baseline("variables", big[0], big[1]), 1, 0, 300 << 20, bytes},
		{"prove two graphs of 100,000 nodes | ten batches, by a script", verify(wide[0], wide[1]), baseline("answers", wide[0], wide[1]), 1, 0, 0, 0},
	}
	fmt.Fprintf(w, "%-68s %27s   %27s   %s\n", "", "tfmigrate", "the other", "ratio")
	fmt.Fprintf(w, "%-68s %9s %8s %8s   %9s %8s %8s   %7s %7s\n", "", "wall", "cpu", "memory", "wall", "cpu", "memory", "wall", "cpu")
	for _, r := range rows {
		ours, err := measure(r.ours, runs)
		if err != nil {
			return err
		}
		theirs, err := measure(r.theirs, r.runs)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%-68s %s   %s   %6.1fx %6.1fx%s\n", r.what, ours, theirs, ratio(theirs.wall, ours.wall), ratio(theirs.cpu, ours.cpu), r.verdict(ours))
		if r.bytesRead > 0 {
			plain, err := measure([]string{"dd", "if=" + filepath.Join(big[0], "variables", "variables.data-00000-of-00001"), "of=/dev/null", "bs=512k"}, runs)
			if err != nil {
				return err
			}
			fmt.Fprintf(w, "  %.1f GB in %.2f s is %.1f GB/s; dd reads one of the two at %.1f GB/s\n", float64(r.bytesRead)/1e9, ours.wall.Seconds(),
				float64(r.bytesRead)/1e9/ours.wall.Seconds(), float64(r.bytesRead)/2e9/plain.wall.Seconds())
		}
	}
	return nil
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(max(b, time.Microsecond)) }

// verdict tells whether the limits hold. Processor time is judged, as the machine may be busy with other things.
func (r row) verdict(m measured) string {
	var over []string
	if r.cpu > 0 && m.cpu > r.cpu {
		over = append(over, fmt.Sprintf("more than %v", r.cpu))
	}
	if r.resident > 0 && m.resident > r.resident {
		over = append(over, fmt.Sprintf("more than %d MB", r.resident>>20))
	}
	switch {
	case len(over) > 0:
		return "   OVER: " + strings.Join(over, ", ")
	case r.cpu > 0:
		return fmt.Sprintf("   under %v", r.cpu)
	case r.resident > 0:
		return fmt.Sprintf("   under %d MB", r.resident>>20)
	}
	return ""
}

func (m measured) String() string {
	return fmt.Sprintf("%8.3fs %7.3fs %5d MB", m.wall.Seconds(), m.cpu.Seconds(), m.resident>>20)
}

// measure runs a command some times. That it finds a difference is no failure, that it cannot be run is.
func measure(command []string, runs int) (best measured, err error) {
	for i := range runs {
		var said strings.Builder
		cmd := exec.Command(command[0], command[1:]...)
		cmd.Stderr = &said
		start := time.Now()
		err := cmd.Run()
		wall := time.Since(start)
		var exit *exec.ExitError
		if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == 1 && !strings.Contains(said.String(), "Traceback")) {
			return best, fmt.Errorf("%s: %w: %s", strings.Join(command, " "), err, said.String())
		}
		usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
		if !ok {
			return best, errors.New("this system does not tell what a process used")
		}
		cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		if i == 0 || wall < best.wall {
			best.wall = wall
		}
		if i == 0 || cpu < best.cpu {
			best.cpu = cpu
		}
		best.resident = max(best.resident, usage.Maxrss<<10)
	}
	return best, nil
}

func treeSize(dir string) (n int64, err error) {
	err = filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			n += info.Size()
		}
		return err
	})
	return n, err
}
