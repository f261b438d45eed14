//go:build tensorflow

package tfrt

// #cgo LDFLAGS: -ldl
// #include <stdlib.h>
// #include <string.h>
// #include "capi.h"
import "C"

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"unsafe"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/tensor_go_proto"
	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
	pb "github.com/galeone/tensorflow/tensorflow/go/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"

	"github.com/tfmigrate/tfmigrate/verify"
)

// built tells that this program has the runtime in it.
const built = true

// statusInternal and statusInvalid are codes of TensorFlow for failures that are not its own.
const (
	statusInvalid  = 3
	statusInternal = 13
)

// Serve is the child's side: it loads TensorFlow from dir, then answers requests from r on w. It returns when r ends, also in the middle of
// a call that never would: the process is to end then, for the parent is gone.
func Serve(dir string, r io.Reader, w io.Writer) error {
	limitMemory()
	requests, gone := make(chan []byte), make(chan struct{})
	go func() {
		defer close(gone)
		for {
			b, err := readFrame(r)
			if err != nil {
				return
			}
			requests <- b
		}
	}()
	done := make(chan error, 1)
	go func() { done <- answer(dir, requests, w) }()
	select {
	case err := <-done:
		return err
	case <-gone:
		return nil
	}
}

// answer makes the session that the first request asks for, and runs the steps of the others.
func answer(dir string, requests <-chan []byte, w io.Writer) error {
	s := &server{}
	first := new(pb.CreateSessionRequest)
	if err := proto.Unmarshal(<-requests, first); err != nil {
		return err
	}
	if err := writeFrame(w, s.create(dir, first)); err != nil {
		return err
	}
	for b := range requests {
		step := new(pb.RunStepRequest)
		if err := proto.Unmarshal(b, step); err != nil {
			return err
		}
		if err := writeFrame(w, s.run(step)); err != nil {
			return err
		}
	}
	return nil
}

// server holds the one session of a child.
type server struct {
	graph   *C.TF_Graph
	session *C.TF_Session
}

func failure(code int, message string) *pb.RunStepResponse {
	return &pb.RunStepResponse{StatusCode: pb.Code(code), StatusErrorMessage: message}
}

// take gives the message of a C call, "" when all is well.
func take(message *C.char) string {
	if message == nil {
		return ""
	}
	defer C.free(unsafe.Pointer(message))
	if s := C.GoString(message); s != "" {
		return s
	}
	return "no message"
}

func (s *server) create(dir string, req *pb.CreateSessionRequest) *pb.RunStepResponse {
	framework, cc := C.CString(filepath.Join(dir, frameworkLibrary)), C.CString(filepath.Join(dir, ccLibrary))
	defer C.free(unsafe.Pointer(framework))
	defer C.free(unsafe.Pointer(cc))
	if m := take(C.tfm_open(framework, cc)); m != "" {
		return failure(statusInternal, unusable+m)
	}
	graph, err := proto.Marshal(req.GetGraphDef())
	if err != nil {
		return failure(statusInvalid, err.Error())
	}
	config, err := proto.Marshal(req.GetConfig())
	if err != nil {
		return failure(statusInvalid, err.Error())
	}
	g, c := C.CBytes(graph), C.CBytes(config)
	defer C.free(g)
	defer C.free(c)
	var code C.int
	if m := take(C.tfm_session(g, C.size_t(len(graph)), c, C.size_t(len(config)), &s.graph, &s.session, &code)); m != "" {
		return failure(int(code), m)
	}
	return &pb.RunStepResponse{Tensor: []*pb.NamedTensorProto{{Name: C.GoString(C.tfm_version())}}}
}

// output finds a tensor by its name, "x" or "x:1".
func (s *server) output(name string) (C.TF_Output, error) {
	node, number, dotted := strings.Cut(name, ":")
	index := 0
	if dotted {
		n, err := strconv.Atoi(number)
		if err != nil {
			return C.TF_Output{}, fmt.Errorf("bad tensor name %q", name)
		}
		index = n
	}
	op := s.operation(node)
	if op == nil || index < 0 || index >= int(C.tfm_outputs(op)) {
		return C.TF_Output{}, fmt.Errorf("the graph has no tensor %q", name)
	}
	return C.TF_Output{oper: op, index: C.int(index)}, nil
}

func (s *server) operation(name string) *C.TF_Operation {
	c := C.CString(name)
	defer C.free(unsafe.Pointer(c))
	return C.tfm_operation(s.graph, c)
}

func (s *server) run(req *pb.RunStepRequest) *pb.RunStepResponse {
	if s.session == nil {
		return failure(statusInvalid, "no session")
	}
	// The arrays are C's own: a Go array that holds C pointers must not be handed over while cgo checks it at every call.
	feeds, values := newArray[C.TF_Output](len(req.GetFeed())), newArray[*C.TF_Tensor](len(req.GetFeed()))
	fetches, results := newArray[C.TF_Output](len(req.GetFetch())), newArray[*C.TF_Tensor](len(req.GetFetch()))
	targets := newArray[*C.TF_Operation](len(req.GetTarget()))
	defer feeds.free()
	defer values.free()
	defer fetches.free()
	defer results.free()
	defer targets.free()
	defer func() {
		for _, t := range append(values.all(), results.all()...) {
			if t != nil {
				C.tfm_delete_tensor(t)
			}
		}
	}()
	for i, feed := range req.GetFeed() {
		out, err := s.output(feed.GetName())
		if err != nil {
			return failure(statusInvalid, err.Error())
		}
		t, err := toC(feed.GetTensor())
		if err != nil {
			return failure(statusInvalid, fmt.Sprintf("%s: %v", feed.GetName(), err))
		}
		feeds.all()[i], values.all()[i] = out, t
	}
	for i, name := range req.GetFetch() {
		out, err := s.output(name)
		if err != nil {
			return failure(statusInvalid, err.Error())
		}
		fetches.all()[i] = out
	}
	for i, name := range req.GetTarget() {
		op := s.operation(name)
		if op == nil {
			return failure(statusInvalid, fmt.Sprintf("the graph has no node %q", name))
		}
		targets.all()[i] = op
	}
	var code C.int
	m := take(C.tfm_run(s.session, feeds.p, values.p, C.int(feeds.n), fetches.p, results.p, C.int(fetches.n), targets.p, C.int(targets.n), &code))
	if m != "" {
		return failure(int(code), m)
	}
	resp := &pb.RunStepResponse{}
	for i, t := range results.all() {
		p, err := fromC(t)
		if err != nil {
			return failure(statusInternal, fmt.Sprintf("%s: %v", req.GetFetch()[i], err))
		}
		resp.Tensor = append(resp.Tensor, &pb.NamedTensorProto{Name: req.GetFetch()[i], Tensor: p})
	}
	return resp
}

// array is a zeroed array in C's memory.
type array[T any] struct {
	p *T
	n int
}

func newArray[T any](n int) array[T] {
	var zero T
	return array[T]{(*T)(C.calloc(C.size_t(max(n, 1)), C.size_t(unsafe.Sizeof(zero)))), n}
}

func (a array[T]) all() []T { return unsafe.Slice(a.p, a.n) }
func (a array[T]) free()    { C.free(unsafe.Pointer(a.p)) }

// toC makes a tensor of TensorFlow's. The strings of a string tensor are never freed: the session may keep them, and the process is short-lived.
func toC(p *tensor_go_proto.TensorProto) (*C.TF_Tensor, error) {
	t, err := verify.TensorOf(p)
	if err != nil {
		return nil, err
	}
	size := len(t.Data)
	if t.DType == types.DataType_DT_STRING {
		size = len(t.Strings) * int(C.tfm_string_size())
	}
	c := C.tfm_tensor(C.int(t.DType), (*C.int64_t)(unsafe.SliceData(t.Dims)), C.int(len(t.Dims)), C.size_t(size))
	if c == nil {
		return nil, errors.New("no memory")
	}
	data := C.tfm_data(c)
	if t.DType != types.DataType_DT_STRING {
		if size > 0 {
			copy(unsafe.Slice((*byte)(data), size), t.Data)
		}
		return c, nil
	}
	for i, s := range t.Strings {
		b := C.CString(s)
		C.tfm_set_string(data, C.size_t(i), b, C.size_t(len(s)))
		C.free(unsafe.Pointer(b))
	}
	return c, nil
}

// fromC copies a tensor of TensorFlow's.
func fromC(c *C.TF_Tensor) (*tensor_go_proto.TensorProto, error) {
	t := &verify.Tensor{DType: types.DataType(C.tfm_dtype(c))}
	for i := range int(C.tfm_rank(c)) {
		t.Dims = append(t.Dims, int64(C.tfm_dim(c, C.int(i))))
	}
	data, size := C.tfm_data(c), int(C.tfm_size(c))
	switch t.DType {
	case types.DataType_DT_STRING:
		for i := range t.Len() {
			var n C.size_t
			s := C.tfm_get_string(data, C.size_t(i), &n)
			t.Strings = append(t.Strings, string(unsafe.Slice((*byte)(unsafe.Pointer(s)), int(n))))
		}
	case types.DataType_DT_RESOURCE, types.DataType_DT_VARIANT:
		return nil, fmt.Errorf("a %s has no value to compare", verify.DTypeName(t.DType))
	default:
		if size > 0 {
			t.Data = append(t.Data, unsafe.Slice((*byte)(data), size)...)
		}
	}
	return t.Proto(), nil
}
