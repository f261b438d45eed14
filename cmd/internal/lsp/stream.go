package lsp

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/sourcegraph/jsonrpc2"
)

// maxMessage is the longest message that is read, in bytes. A longer one is skipped and answered with an error.
const maxMessage = 256 << 20

// maxHeader is the longest line of a message's header.
const maxHeader = 64 << 10

// stream frames messages as the protocol's base does (Content-Length and a blank line). Its reader gives only what is JSON-RPC: the connection would end
// with anything else, so that is answered here.
type stream struct {
	r     *bufio.Reader
	ended chan struct{}   // closed at the end of what is read
	done  <-chan struct{} // the connection may end: until then it is kept, so that what came in is answered

	mu sync.Mutex // guards w
	w  io.Writer
}

func newStream(r io.Reader, w io.Writer, done <-chan struct{}) *stream {
	return &stream{r: bufio.NewReaderSize(r, maxHeader), ended: make(chan struct{}), done: done, w: w}
}

// WriteObject writes one message.
func (s *stream) WriteObject(obj any) error {
	body, err := json.Marshal(obj)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err = fmt.Fprintf(s.w, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return err
}

// ReadObject reads the next message into v. The error is the end of the stream.
func (s *stream) ReadObject(v any) error {
	err := s.read(v)
	if err != nil {
		close(s.ended)
		<-s.done
	}
	return err
}

func (s *stream) read(v any) error {
	for {
		body, wrong, err := s.frame()
		if err != nil {
			return err
		}
		code := int64(jsonrpc2.CodeParseError)
		if wrong == nil {
			if wrong = json.Unmarshal(body, v); wrong == nil {
				return nil
			}
			if json.Valid(body) {
				code = jsonrpc2.CodeInvalidRequest
			}
		}
		if err := s.refuse(body, code, wrong); err != nil {
			return err
		}
	}
}

// Close does nothing: the two ends are the caller's.
func (s *stream) Close() error { return nil }

// frame reads the bytes of one message. wrong is what is not right about a message that was skipped.
func (s *stream) frame() (body []byte, wrong, err error) {
	length := int64(-1)
	for seen := false; ; {
		line, err := s.r.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			wrong, seen = errors.New("a line of the header is too long"), true
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		text := strings.TrimRight(string(line), "\r\n")
		if text == "" && !seen {
			continue
		}
		if text == "" {
			break
		}
		seen = true
		name, value, ok := strings.Cut(text, ":")
		if !ok {
			wrong = fmt.Errorf("%q is no field of a header", text)
		}
		if strings.EqualFold(strings.TrimSpace(name), "Content-Length") {
			if length, err = strconv.ParseInt(strings.TrimSpace(value), 10, 64); err != nil || length < 0 {
				length, wrong = -1, fmt.Errorf("%q is no Content-Length", value)
			}
		}
	}
	switch {
	case length > maxMessage:
		if _, err := io.CopyN(io.Discard, s.r, length); err != nil {
			return nil, nil, err
		}
		return nil, fmt.Errorf("a message of %d bytes is too long", length), nil
	case length < 0 && wrong == nil:
		return nil, errors.New("the header has no Content-Length"), nil
	case length < 0:
		return nil, wrong, nil
	}
	body = make([]byte, length)
	if _, err := io.ReadFull(s.r, body); err != nil {
		return nil, nil, err
	}
	return body, nil, nil
}

// refuse answers a message that is not one.
func (s *stream) refuse(body []byte, code int64, wrong error) error {
	var m struct {
		ID json.RawMessage `json:"id"`
	}
	if json.Unmarshal(body, &m) != nil || m.ID == nil {
		m.ID = json.RawMessage("null")
	}
	return s.WriteObject(map[string]any{
		"jsonrpc": "2.0",
		"id":      m.ID,
		"error":   jsonrpc2.Error{Code: code, Message: wrong.Error()},
	})
}
