package tfrt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/graph_go_proto"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/op_def_go_proto"
	pb "github.com/galeone/tensorflow/tensorflow/go/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"

	"github.com/tfmigrate/tfmigrate/verify"
)

// Runtime runs every model in a child process of its own.
type Runtime struct {
	// Command starts a child that calls Serve with the directory that is appended to it, file descriptor 3 to read from and 4 to
	// write to. It is this very program with its hidden command.
	Command []string
	// Dir is the directory of the TensorFlow package that the children load, as Find gives it.
	Dir string
	// Read are the directories that the children may read besides TensorFlow's and the system's: those of the models. They may read everything
	// when there are none.
	Read []string

	mu      sync.Mutex
	version string
	ops     []*op_def_go_proto.OpDef
}

// Open finds TensorFlow (see Find) and gives a runtime that starts command for every model. Where there is none the runtime says so
// when it is asked to load a model: what needs no runtime goes on.
//
// The children may read below the directories in read, and write nothing, where the kernel can hold them to that (see Unconfined).
func Open(ctx context.Context, command []string, dir string, read ...string) verify.Registry {
	if !Built {
		return missing{errNotBuilt}
	}
	found, err := Find(ctx, dir)
	if err != nil {
		return missing{err}
	}
	return &Runtime{Command: command, Dir: found, Read: withLinks(read)}
}

// maxLinks bounds the files below a model's directory that are looked at.
const maxLinks = 10_000

// withLinks are the directories and the files that links in them lead to: a model store may keep the files elsewhere.
func withLinks(dirs []string) []string {
	var all []string
	for _, dir := range dirs {
		abs, err := filepath.Abs(dir)
		if err != nil {
			continue
		}
		all = append(all, abs)
		seen := 0
		filepath.WalkDir(abs+string(filepath.Separator), func(path string, entry fs.DirEntry, err error) error {
			if seen++; seen > maxLinks {
				return filepath.SkipAll
			}
			if err == nil && entry.Type()&fs.ModeSymlink != 0 {
				if target, err := filepath.EvalSymlinks(path); err == nil {
					all = append(all, target)
				}
			}
			return nil
		})
	}
	return all
}

// Unconfined tells why nothing but the list of ops holds a model back from reading and writing files, or "".
func (r *Runtime) Unconfined() string {
	if confinement() == 0 {
		return "this system has no Landlock: only the list of ops holds the models back from reading and writing files"
	}
	return ""
}

// missing is the runtime that is not there.
type missing struct{ err error }

func (m missing) Load(context.Context, *graph_go_proto.GraphDef) (verify.Model, error) {
	return nil, m.err
}
func (m missing) Ops(context.Context) ([]*op_def_go_proto.OpDef, error) {
	return nil, m.err
}
func (m missing) Name() string { return "" }

// Name is the version of TensorFlow, once a model was loaded.
func (r *Runtime) Name() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.version == "" {
		return ""
	}
	return "TensorFlow " + r.version
}

// unusable begins the message of a child that could not load TensorFlow's libraries.
const unusable = "TensorFlow's libraries do not load: "

// inherited are the variables that a child takes over from us. The rest is dropped: TF_* and others change what TensorFlow does.
var inherited = []string{"PATH", "HOME", "TMPDIR", "LANG", "LD_LIBRARY_PATH", "GOCOVERDIR"}

func childEnvironment() []string {
	env := append([]string{}, environment...)
	for _, name := range inherited {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// environment makes TensorFlow's arithmetic the same everywhere: no oneDNN, no GPU, one thread.
var environment = []string{"TF_ENABLE_ONEDNN_OPTS=0", "CUDA_VISIBLE_DEVICES=-1", "TF_CPP_MIN_LOG_LEVEL=2", "OMP_NUM_THREADS=1",
	"TF_NUM_INTRAOP_THREADS=1", "TF_NUM_INTEROP_THREADS=1"}

// Load starts a child and has it make a session of the graph.
func (r *Runtime) Load(ctx context.Context, graph *graph_go_proto.GraphDef) (verify.Model, error) {
	m, err := start(r.Command, r.Dir, r.Read)
	if err != nil {
		return nil, err
	}
	resp, err := m.ask(ctx, &pb.CreateSessionRequest{GraphDef: graph, Config: verify.SessionConfig()})
	if err != nil {
		m.Close()
		var status *verify.StatusError
		if errors.As(err, &status) && strings.HasPrefix(status.Message, unusable) {
			return nil, fmt.Errorf("%w: %s", verify.ErrNoRuntime, status.Message)
		}
		return nil, err
	}
	if len(resp.GetTensor()) == 1 {
		r.mu.Lock()
		r.version = resp.GetTensor()[0].GetName()
		r.mu.Unlock()
	}
	return m, nil
}

// Ops starts a child and has it say which ops the library knows, once.
func (r *Runtime) Ops(ctx context.Context) ([]*op_def_go_proto.OpDef, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ops != nil {
		return r.ops, nil
	}
	m, err := start(r.Command, r.Dir, r.Read)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	resp, err := m.ask(ctx, &pb.CreateSessionRequest{Target: wantOps, Config: verify.SessionConfig()})
	if err != nil {
		return nil, err
	}
	list := new(op_def_go_proto.OpList)
	if len(resp.GetTensor()) != 2 || len(resp.GetTensor()[1].GetTensor().GetStringVal()) != 1 {
		return nil, errors.New("the runtime did not say which ops it knows")
	}
	if err := proto.Unmarshal(resp.GetTensor()[1].GetTensor().GetStringVal()[0], list); err != nil {
		return nil, fmt.Errorf("the runtime's ops: %w", err)
	}
	r.version, r.ops = resp.GetTensor()[0].GetName(), list.GetOp()
	return r.ops, nil
}

// model is one child.
type model struct {
	cmd    *exec.Cmd
	to     *os.File
	from   *os.File
	stderr *tail
	once   sync.Once
	end    error // of the process
}

// Variables that tell a child what it may read, and that it is held to it already.
const (
	readVariable     = "TFMIGRATE_READ"
	confinedVariable = "TFMIGRATE_CONFINED"
)

func start(command []string, dir string, read []string) (*model, error) {
	childIn, to, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	from, childOut, err := os.Pipe()
	if err != nil {
		childIn.Close()
		to.Close()
		return nil, err
	}
	m := &model{to: to, from: from, stderr: &tail{}}
	m.cmd = exec.Command(command[0], append(command[1:len(command):len(command)], dir)...)
	m.cmd.Env = append(childEnvironment(), readVariable+"="+strings.Join(read, string(filepath.ListSeparator)))
	m.cmd.ExtraFiles = []*os.File{childIn, childOut}
	m.cmd.Stdout, m.cmd.Stderr = m.stderr, m.stderr
	err = m.cmd.Start()
	childIn.Close()
	childOut.Close()
	if err != nil {
		to.Close()
		from.Close()
		return nil, fmt.Errorf("starting %s: %w", command[0], err)
	}
	return m, nil
}

// Run runs one step.
func (m *model) Run(ctx context.Context, step verify.Step) ([]*verify.Tensor, error) {
	req := &pb.RunStepRequest{Fetch: step.Fetches, Target: step.Targets}
	for _, f := range step.Feeds {
		req.Feed = append(req.Feed, &pb.NamedTensorProto{Name: f.Tensor, Tensor: f.Value.Proto()})
	}
	resp, err := m.ask(ctx, req)
	if err != nil {
		return nil, err
	}
	var out []*verify.Tensor
	for _, named := range resp.GetTensor() {
		t, err := verify.TensorOf(named.GetTensor())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", named.GetName(), err)
		}
		out = append(out, t)
	}
	return out, nil
}

// ask sends a request and waits for the answer; when the context ends first the child is killed.
func (m *model) ask(ctx context.Context, req proto.Message) (*pb.RunStepResponse, error) {
	type answer struct {
		data []byte
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		if err := writeFrame(m.to, req); err != nil {
			done <- answer{nil, err}
			return
		}
		data, err := readFrame(m.from)
		done <- answer{data, err}
	}()
	select {
	case <-ctx.Done():
		m.Close()
		<-done
		return nil, ctx.Err()
	case a := <-done:
		if a.err != nil {
			return nil, m.crashed(a.err)
		}
		resp := new(pb.RunStepResponse)
		if err := proto.Unmarshal(a.data, resp); err != nil {
			return nil, fmt.Errorf("the runtime's answer: %w", err)
		}
		if resp.GetStatusCode() != 0 {
			return nil, &verify.StatusError{Code: int(resp.GetStatusCode()), Message: resp.GetStatusErrorMessage()}
		}
		return resp, nil
	}
}

// crashed tells how a child ended that does not answer any more.
func (m *model) crashed(err error) error {
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, syscall.EPIPE) {
		return err
	}
	m.wait(false)
	why, killed := "without a word", false
	if state := m.cmd.ProcessState; state != nil {
		why = state.String()
		if ws, ok := state.Sys().(syscall.WaitStatus); ok && ws.Signaled() && ws.Signal() == syscall.SIGKILL {
			killed = true
		}
	}
	return &verify.CrashError{Why: why, Stderr: m.stderr.why(), Killed: killed}
}

// Close ends the child at once; it holds nothing that is worth saving.
func (m *model) Close() error {
	m.wait(true)
	return nil
}

func (m *model) wait(kill bool) {
	m.once.Do(func() {
		if kill {
			m.cmd.Process.Kill()
		}
		m.to.Close()
		m.end = m.cmd.Wait()
		m.from.Close()
	})
}

// tail keeps the beginning and the end of what a child says.
type tail struct {
	mu          sync.Mutex
	first, last []byte
}

const tailBytes = 4096

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.first = append(t.first, p[:min(len(p), tailBytes-len(t.first))]...)
	t.last = append(t.last, p...)
	if len(t.last) > tailBytes {
		t.last = bytes.Clone(t.last[len(t.last)-tailBytes:])
	}
	return len(p), nil
}

// reasons begin the lines that say why a process ends, in Go and in C. What follows is where it was.
var reasons = []string{"SIG", "fatal error:", "panic:", "runtime:", "terminate called"}

// why is the line that says why, or the last line.
func (t *tail) why() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, said := range [][]byte{t.first, t.last} {
		for line := range strings.Lines(string(said)) {
			if slices.ContainsFunc(reasons, func(r string) bool { return strings.HasPrefix(line, r) }) || strings.Contains(line, "] Check failed") {
				return strings.TrimSpace(line)
			}
		}
	}
	lines := strings.Split(strings.TrimSpace(string(t.last)), "\n")
	return lines[len(lines)-1]
}
