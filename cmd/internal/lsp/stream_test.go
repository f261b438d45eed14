package lsp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/tfmigrate/tfmigrate/cmd/internal/config"
	"github.com/tfmigrate/tfmigrate/rewrite"
	"github.com/tfmigrate/tfmigrate/rules"
)

// frames puts messages into their frames.
func frames(messages ...string) string {
	var b strings.Builder
	for _, m := range messages {
		fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(m), m)
	}
	return b.String()
}

// testTool is a tool that knows no configuration, and panics when it explains.
func testTool() Tool {
	return Tool{
		Look: func([]string) (Settings, error) {
			l, err := config.NewLookup(config.CommandLine{}, "", true)
			if err != nil {
				return nil, err
			}
			return l.For, nil
		},
		Sources: func([]string) []string { return nil },
		Explain: func(context.Context, *rules.Rule, bool) (string, error) { panic("a bug in explain") },
		Page:    func(*rules.Rule) string { return "" },
		Model: func(string) func(string, []string) (rewrite.Model, bool) {
			return func(string, []string) (rewrite.Model, bool) { return rewrite.Model{}, false }
		},
	}
}

const (
	hello = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}`
	bye   = `{"jsonrpc":"2.0","id":9,"method":"shutdown"}`
	exit  = `{"jsonrpc":"2.0","method":"exit"}`
)

// answers runs a session and gives the responses by their ids, and the log.
func answers(t *testing.T, session string) (map[string]string, string, error) {
	t.Helper()
	var out, log bytes.Buffer
	err := Serve(context.Background(), strings.NewReader(session), &out, &log, testTool())
	return byID(t, out.String()), log.String(), err
}

// byID are the errors of the responses among what the server wrote, by their ids: one without an error is only a semicolon.
func byID(t *testing.T, written string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for rest := written; rest != ""; {
		var n int
		if _, err := fmt.Sscanf(rest, "Content-Length: %d\r\n\r\n", &n); err != nil {
			t.Fatalf("%q: %v", rest, err)
		}
		_, rest, _ = strings.Cut(rest, "\r\n\r\n")
		var m struct {
			ID    json.RawMessage
			Error json.RawMessage
		}
		if err := json.Unmarshal([]byte(rest[:n]), &m); err != nil {
			t.Fatal(err)
		}
		if m.ID != nil {
			found[string(m.ID)] += string(m.Error) + ";"
		}
		rest = rest[n:]
	}
	return found
}

// TestPanic holds that a panic is the error of its request alone.
func TestPanic(t *testing.T) {
	open, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": didOpenParams{textDocumentItem{
		URI: "file:///a.py", LanguageID: "python", Version: 1, Text: "import tensorflow.compat.v1 as tf\ntf.saved_model.simple_save(s, 'd', {}, {})\n"}}})
	if err != nil {
		t.Fatal(err)
	}
	hover := `{"jsonrpc":"2.0","id":"h","method":"textDocument/hover","params":{"textDocument":{"uri":"file:///a.py"},"position":{"line":1,"character":5}}}`
	got, log, err := answers(t, frames(hello, string(open), hover, bye, exit))
	if err != nil || got["1"] != ";" || got["9"] != ";" || !strings.Contains(got[`"h"`], "-32603") || !strings.Contains(got[`"h"`], "a bug in explain") {
		t.Errorf("%v: %v", got, err)
	}
	if !strings.Contains(log, "panic: a bug in explain") || !strings.Contains(log, "stream_test.go") {
		t.Errorf("the log does not tell where: %s", log)
	}
}

// TestCancel holds that a request that is cancelled before its turn is answered as cancelled, and that others are not.
func TestCancel(t *testing.T) {
	r, w := io.Pipe()
	held := make(chan struct{})
	tool := testTool()
	tool.Look = func([]string) (Settings, error) { <-held; return nil, errors.New("no settings") }
	var out bytes.Buffer
	ended := make(chan error, 1)
	go func() { ended <- Serve(context.Background(), r, &out, io.Discard, tool) }()
	open := `{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///a.py","languageId":"python","text":""}}}`
	ask := `{"jsonrpc":"2.0","id":%d,"method":"textDocument/hover","params":{"textDocument":{"uri":"file:///a.py"},"position":{"line":0,"character":0}}}`
	session := frames(hello, open, fmt.Sprintf(ask, 2), fmt.Sprintf(ask, 3), fmt.Sprintf(ask, 4), `{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":3}}`, `{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":77}}`)
	if _, err := io.WriteString(w, session); err != nil {
		t.Fatal(err)
	}
	// A pipe is read as it is written, so that the cancellation has been taken in when the next message has.
	if _, err := io.WriteString(w, frames(bye, exit)); err != nil {
		t.Fatal(err)
	}
	close(held)
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Fatal("the server does not end")
	}
	if got := byID(t, out.String()); got["2"] != ";" || !strings.Contains(got["3"], "-32800") || got["4"] != ";" {
		t.Errorf("%v", got)
	}
}

// TestFrames holds that what is no message is answered and skipped.
func TestFrames(t *testing.T) {
	for _, wrong := range []string{
		"\r\n",
		"\n\n\r\n",
		"Content-Length: 3\r\n\r\n{]}",
		"Content-Length: 2\r\n\r\n[]",
		"Content-Length: 4\r\n\r\nnull",
		"Content-Length: 0\r\n\r\n",
		"Content-Length: -1\r\n\r\n",
		"Content-Length: 99999999999999999999\r\n\r\n",
		"Content-Type: x\r\n\r\n",
		"nonsense\r\n\r\n",
		strings.Repeat("x", 3*maxHeader) + "\r\n\r\n",
		frames(`{"jsonrpc":"2.0","id":1.5,"method":"shutdown"}`),
		frames(`{"jsonrpc":"2.0","id":7,"result":null}`),
		frames(`{"jsonrpc":"2.0","method":5}`),
		frames("\xff\xfe"),
	} {
		got, _, err := answers(t, frames(hello)+wrong+frames(bye, exit))
		if err != nil || got["1"] != ";" || got["9"] != ";" {
			t.Errorf("%.60q: %v: %v", wrong, got, err)
		}
	}
}

// FuzzServe holds that no input ends the server in a panic, or keeps it from ending when its input does.
func FuzzServe(f *testing.F) {
	change := `{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///a.py","version":2},"contentChanges":[{"range":{"start":{"line":0,"character":3},"end":{"line":1,"character":0}},"text":"😀"}]}}`
	open := `{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///a.py","languageId":"python","text":"import tensorflow as tf\n"}}}`
	cells := `{"jsonrpc":"2.0","method":"notebookDocument/didOpen","params":{"notebookDocument":{"uri":"n","cells":[{"kind":2,"document":"c"}]},"cellTextDocuments":[{"uri":"c","languageId":"python","text":"x"}]}}`
	moved := `{"jsonrpc":"2.0","method":"notebookDocument/didChange","params":{"notebookDocument":{"uri":"n"},"change":{"cells":{"structure":{"array":{"start":0,"deleteCount":1,"cells":[]}}}}}}`
	ask := `{"jsonrpc":"2.0","id":2,"method":"textDocument/codeAction","params":{"textDocument":{"uri":"c"},"range":{"end":{"line":-1,"character":9}},"context":{"diagnostics":[3]}}}`
	for _, m := range []string{change, open, cells, moved, ask} {
		f.Add(m, open, ask)
		f.Add(cells, m, ask)
	}
	f.Fuzz(func(t *testing.T, first, second, third string) {
		var log bytes.Buffer
		err := Serve(context.Background(), strings.NewReader(frames(hello, first, second, third)+first), io.Discard, &log, testTool())
		if err != nil && !errors.Is(err, ErrNotShutDown) {
			t.Error(err)
		}
		if strings.Contains(log.String(), "panic:") && !strings.Contains(log.String(), "a bug in explain") {
			t.Error(log.String())
		}
	})
}
