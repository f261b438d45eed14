package behave

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

// Open starts both servers in the work tree's own environment, for checks that drive tool.
func Open(ctx context.Context, root string, tool Tool) (*Bench, error) {
	python, err := Python(root)
	if err != nil {
		return nil, err
	}
	b := &Bench{Root: root, Tool: tool}
	var err1, err2 error
	var started sync.WaitGroup
	started.Go(func() { b.TF1, err1 = Start(ctx, python, root, TF1) })
	started.Go(func() { b.TF2, err2 = Start(ctx, python, root, TF2) })
	started.Wait()
	if err := errors.Join(err1, err2); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// Close ends both servers.
func (b *Bench) Close() error {
	var errs []error
	for _, s := range []*Server{b.TF1, b.TF2} {
		if s != nil {
			errs = append(errs, s.Close())
		}
	}
	return errors.Join(errs...)
}

// Build builds the program with the runtime into dir. CGO_CFLAGS has to name TensorFlow's headers, as the Makefile does.
func Build(ctx context.Context, root, dir string) (string, error) {
	bin := filepath.Join(dir, "tfmigrate")
	cmd := exec.CommandContext(ctx, "go", "build", "-tags", "tensorflow", "-o", bin, "./cmd/tfmigrate")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return bin, nil
}

// Binary is the Tool that runs a built program as its own process, which finds TensorFlow as a user's would: through the active
// virtual environment.
func Binary(bin, root string) Tool {
	return func(ctx context.Context, args ...string) (int, string, string) {
		cmd := exec.CommandContext(ctx, bin, args...)
		cmd.Env = append(os.Environ(), "VIRTUAL_ENV="+filepath.Join(root, ".venv"), "TF_CPP_MIN_LOG_LEVEL=3")
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		err := cmd.Run()
		if cmd.ProcessState == nil {
			return -1, "", err.Error()
		}
		return cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()
	}
}
