package lsp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/sourcegraph/jsonrpc2"

	"github.com/tfmigrate/tfmigrate/cmd/internal/cli"
)

// The messages as a client sees them, written apart from the server's own.
type (
	pos  struct{ Line, Character int }
	span struct{ Start, End pos }
	edit struct {
		Range        span
		NewText      string
		AnnotationID string `json:"annotationId"`
	}
	diag struct {
		Range           span
		Severity        int
		Code            string
		CodeDescription struct{ Href string }
		Source, Message string
		Tags            []int
		Related         []struct {
			Location struct {
				URI   string
				Range span
			}
			Message string
		} `json:"relatedInformation"`
	}
	diags struct {
		URI         string
		Version     int
		Diagnostics []diag
	}
	action struct {
		Title, Kind string
		IsPreferred bool
		Diagnostics []diag
		Edit        *struct {
			Changes         map[string][]edit
			DocumentChanges []struct {
				TextDocument struct {
					URI     string
					Version int
				}
				Edits []edit
			}
			ChangeAnnotations map[string]struct {
				Label, Description string
				NeedsConfirmation  bool
			}
		}
		Data json.RawMessage
	}
)

type object = map[string]any

// client is the other end of `tfmigrate lsp`.
type client struct {
	t    *testing.T
	conn *jsonrpc2.Conn
	in   *io.PipeWriter // what the server reads
	code chan int
	log  *bytes.Buffer

	mu        sync.Mutex
	published map[string]diags
	count     map[string]int // how often diagnostics came, by URI
	messages  []string
	changed   chan struct{}
}

type pipes struct {
	io.Reader
	io.WriteCloser
}

// start runs the server as the command line does.
func start(t *testing.T, args ...string) *client {
	t.Helper()
	in, toServer := io.Pipe()
	fromServer, out := io.Pipe()
	c := &client{t: t, in: toServer, code: make(chan int, 1), log: &bytes.Buffer{}, published: map[string]diags{}, count: map[string]int{}, changed: make(chan struct{}, 1)}
	go func() {
		code := cli.Run(context.Background(), append([]string{"lsp"}, args...), in, out, c.log)
		out.Close()
		in.Close()
		c.code <- code
	}()
	c.conn = jsonrpc2.NewConn(context.Background(), jsonrpc2.NewBufferedStream(pipes{fromServer, toServer}, jsonrpc2.VSCodeObjectCodec{}), jsonrpc2.HandlerWithError(c.handle))
	t.Cleanup(func() { c.conn.Close() })
	return c
}

func (c *client) handle(_ context.Context, _ *jsonrpc2.Conn, req *jsonrpc2.Request) (any, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch req.Method {
	case "textDocument/publishDiagnostics":
		var d diags
		if err := json.Unmarshal(*req.Params, &d); err != nil {
			c.t.Error(err)
		}
		c.published[d.URI] = d
		c.count[d.URI]++
	case "window/logMessage":
		c.messages = append(c.messages, string(*req.Params))
	default:
		c.t.Errorf("the server sent %s", req.Method)
	}
	select {
	case c.changed <- struct{}{}:
	default:
	}
	return nil, nil
}

func (c *client) call(method string, params, result any) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return c.conn.Call(ctx, method, params, result)
}

func (c *client) must(method string, params, result any) {
	c.t.Helper()
	if err := c.call(method, params, result); err != nil {
		c.t.Fatalf("%s: %v", method, err)
	}
}

func (c *client) notify(method string, params any) {
	c.t.Helper()
	if err := c.conn.Notify(context.Background(), method, params); err != nil {
		c.t.Fatal(err)
	}
}

// rich are the capabilities of a client that can do all that the server asks about.
var rich = object{
	"general": object{"positionEncodings": []string{"utf-16"}},
	"textDocument": object{
		"publishDiagnostics": object{"relatedInformation": true, "codeDescriptionSupport": true, "tagSupport": object{"valueSet": []int{1, 2}}},
		"codeAction":         object{"dataSupport": true, "resolveSupport": object{"properties": []string{"edit"}}, "isPreferredSupport": true},
		"hover":              object{"contentFormat": []string{"markdown", "plaintext"}},
	},
	"workspace": object{"workspaceEdit": object{"documentChanges": true, "changeAnnotationSupport": object{}}},
}

// initialize opens a session in a directory; none for "".
func (c *client) initialize(dir string, capabilities object) (result struct {
	Capabilities struct {
		PositionEncoding string
	}
}) {
	c.t.Helper()
	params := object{"processId": nil, "rootUri": nil, "capabilities": capabilities}
	if dir != "" {
		params["workspaceFolders"] = []object{{"uri": uriOf(dir), "name": "w"}}
	}
	c.must("initialize", params, &result)
	c.notify("initialized", object{})
	return result
}

// end ends the session and holds that the server went away as it should.
func (c *client) end() {
	c.t.Helper()
	c.must("shutdown", nil, nil)
	c.notify("exit", nil)
	if code := c.exited(); code != 0 {
		c.t.Errorf("exit code %d", code)
	}
}

func (c *client) exited() int {
	c.t.Helper()
	select {
	case code := <-c.code:
		return code
	case <-time.After(time.Minute):
		c.t.Fatal("the server does not end")
		return -1
	}
}

func uriOf(path string) string { return "file://" + path }

func (c *client) open(uri, language, text string) {
	c.t.Helper()
	c.notify("textDocument/didOpen", object{"textDocument": object{"uri": uri, "languageId": language, "version": 1, "text": text}})
}

// wait gives the diagnostics of a URI once they are as wanted.
func (c *client) wait(uri string, wanted func(diags) bool) diags {
	c.t.Helper()
	timeout := time.After(time.Minute)
	for {
		c.mu.Lock()
		d, ok := c.published[uri]
		c.mu.Unlock()
		if ok && wanted(d) {
			return d
		}
		select {
		case <-c.changed:
		case <-timeout:
			c.t.Fatalf("%s: the last diagnostics were %+v", uri, d)
		}
	}
}

func (c *client) diagnostics(uri string, version int) []diag {
	c.t.Helper()
	return c.wait(uri, func(d diags) bool { return d.Version == version }).Diagnostics
}

func (c *client) actions(uri string, at span, only ...string) []action {
	c.t.Helper()
	var out []action
	c.mu.Lock()
	shown := c.published[uri].Diagnostics
	c.mu.Unlock()
	params := object{"textDocument": object{"uri": uri}, "range": at, "context": object{"diagnostics": wire(c.t, shown), "only": only}}
	if only == nil {
		params["context"] = object{"diagnostics": wire(c.t, shown)}
	}
	c.must("textDocument/codeAction", lower(c.t, params), &out)
	return out
}

// resolve asks for an action's edit, as a client that got it without does.
func (c *client) resolve(a action) action {
	c.t.Helper()
	if a.Edit == nil {
		var out action
		c.must("codeAction/resolve", object{"title": a.Title, "kind": a.Kind, "data": a.Data}, &out)
		return out
	}
	return a
}

// wire writes what was read of diagnostics as the protocol has it.
func wire(t *testing.T, list []diag) []object {
	out := []object{}
	for _, d := range list {
		out = append(out, object{"range": d.Range, "code": d.Code, "message": d.Message})
	}
	return out
}

// lower writes the names of fields small, as they are in the protocol.
func lower(t *testing.T, v any) json.RawMessage {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Start", "End", "Line", "Character"} {
		raw = bytes.ReplaceAll(raw, []byte(`"`+name+`":`), []byte(`"`+strings.ToLower(name)+`":`))
	}
	return raw
}

// apply makes the edits of an action to the texts that they are for.
func apply(t *testing.T, a action, texts map[string]string) map[string]string {
	t.Helper()
	if a.Edit == nil {
		t.Fatalf("%s has no edit", a.Title)
	}
	out := map[string]string{}
	for uri, s := range texts {
		list := a.Edit.Changes[uri]
		for _, d := range a.Edit.DocumentChanges {
			if d.TextDocument.URI == uri {
				list = append(list, d.Edits...)
			}
		}
		out[uri] = applied(t, s, list)
	}
	return out
}

// applied counts in UTF-16, in an array of code units with the places where lines begin.
func applied(t *testing.T, s string, list []edit) string {
	t.Helper()
	units := utf16.Encode([]rune(s))
	at := func(p pos) int {
		i := 0
		for range p.Line {
			n := slices.Index(units[i:], '\n')
			if n < 0 {
				return len(units)
			}
			i += n + 1
		}
		return i + p.Character
	}
	slices.SortFunc(list, func(a, b edit) int { return at(b.Range.Start) - at(a.Range.Start) })
	for _, e := range list {
		units = slices.Replace(slices.Clone(units), at(e.Range.Start), at(e.Range.End), utf16.Encode([]rune(e.NewText))...)
	}
	return string(utf16.Decode(units))
}

// tfmigrate runs a command with standard input and gives what it prints.
func tfmigrate(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cli.Run(context.Background(), args, strings.NewReader(stdin), &stdout, &stderr)
	return stdout.String()
}

// programs are paths of testdata/programs, absolute.
func programs(t *testing.T, patterns ...string) []string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", "..", "..", "testdata", "programs"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, pattern := range patterns {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("no program is called %s: %v", pattern, err)
		}
		out = append(out, found...)
	}
	return out
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
