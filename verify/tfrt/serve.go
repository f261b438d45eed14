//go:build tensorflow

package tfrt

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	tf "github.com/galeone/tensorflow/tensorflow/go"
	"github.com/galeone/tensorflow/tensorflow/go/core/framework/tensor_go_proto"
	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
	pb "github.com/galeone/tensorflow/tensorflow/go/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"
)

// Built tells that this program has the runtime in it.
const Built = true

// Serve is the child's side: it loads TensorFlow from dir, then answers requests from r on w. It returns when r ends, also in the middle of
// a call that never would: the process is to end then, for the parent is gone.
func Serve(dir string, r io.Reader, w io.Writer) error {
	if err := confine(dir, filepath.SplitList(os.Getenv(readVariable))); err != nil {
		return err
	}
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
	graph   *tf.Graph
	session *tf.Session
	tensors *converter
}

func failure(code int, message string) *pb.RunStepResponse {
	return &pb.RunStepResponse{StatusCode: pb.Code(code), StatusErrorMessage: message}
}

// refusal is the failure that TensorFlow reported.
func refusal(err error) *pb.RunStepResponse { return failure(statusCode(err), err.Error()) }

func (s *server) create(dir string, req *pb.CreateSessionRequest) *pb.RunStepResponse {
	if err := openLibraries(dir); err != nil {
		return failure(statusInternal, unusable+err.Error())
	}
	if req.GetTarget() == wantOps {
		return &pb.RunStepResponse{Tensor: []*pb.NamedTensorProto{{Name: tf.Version()},
			{Name: wantOps, Tensor: &tensor_go_proto.TensorProto{Dtype: types.DataType_DT_STRING, StringVal: [][]byte{opList()}}}}}
	}
	graph, err := proto.Marshal(req.GetGraphDef())
	if err != nil {
		return failure(statusInvalid, err.Error())
	}
	config, err := proto.Marshal(req.GetConfig())
	if err != nil {
		return failure(statusInvalid, err.Error())
	}
	s.graph = tf.NewGraph()
	if err := s.graph.Import(graph, ""); err != nil {
		return refusal(err)
	}
	options := &tf.SessionOptions{Config: config}
	if s.session, err = tf.NewSession(s.graph, options); err != nil {
		return refusal(err)
	}
	if s.tensors, err = newConverter(options); err != nil {
		return refusal(err)
	}
	return &pb.RunStepResponse{Tensor: []*pb.NamedTensorProto{{Name: tf.Version()}}}
}

// output finds a tensor by its name, "x" or "x:1".
func (s *server) output(name string) (tf.Output, error) {
	node, number, dotted := strings.Cut(name, ":")
	index := 0
	if dotted {
		n, err := strconv.Atoi(number)
		if err != nil {
			return tf.Output{}, fmt.Errorf("bad tensor name %q", name)
		}
		index = n
	}
	op := s.graph.Operation(node)
	if op == nil || index < 0 || index >= op.NumOutputs() {
		return tf.Output{}, fmt.Errorf("the graph has no tensor %q", name)
	}
	return op.Output(index), nil
}

func (s *server) run(req *pb.RunStepRequest) *pb.RunStepResponse {
	if s.session == nil {
		return failure(statusInvalid, "no session")
	}
	feeds := map[tf.Output]*tf.Tensor{}
	for _, feed := range req.GetFeed() {
		out, err := s.output(feed.GetName())
		if err != nil {
			return failure(statusInvalid, err.Error())
		}
		t, err := s.tensors.tensor(feed.GetTensor())
		if err != nil {
			return failure(statusCode(err), fmt.Sprintf("%s: %v", feed.GetName(), err))
		}
		feeds[out] = t
	}
	var fetches []tf.Output
	for _, name := range req.GetFetch() {
		out, err := s.output(name)
		if err != nil {
			return failure(statusInvalid, err.Error())
		}
		fetches = append(fetches, out)
	}
	var targets []*tf.Operation
	for _, name := range req.GetTarget() {
		op := s.graph.Operation(name)
		if op == nil {
			return failure(statusInvalid, fmt.Sprintf("the graph has no node %q", name))
		}
		targets = append(targets, op)
	}
	results, err := s.session.Run(feeds, fetches, targets)
	if err != nil {
		return refusal(err)
	}
	resp := &pb.RunStepResponse{}
	for i, t := range results {
		p, err := s.tensors.proto(t)
		if err != nil {
			return failure(statusInternal, fmt.Sprintf("%s: %v", req.GetFetch()[i], err))
		}
		resp.Tensor = append(resp.Tensor, &pb.NamedTensorProto{Name: req.GetFetch()[i], Tensor: p})
	}
	return resp
}
