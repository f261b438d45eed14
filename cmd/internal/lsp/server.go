package lsp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"time"

	"github.com/sourcegraph/jsonrpc2"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/cmd/internal/config"
	"github.com/tfmigrate/tfmigrate/rewrite"
	"github.com/tfmigrate/tfmigrate/rules"
)

// Tool is what the server asks of the rest of the program. Look, Explain and Model are called by one goroutine.
type Tool struct {
	Version string
	// Look takes a fresh look at the configuration of what lies below directories, which are absolute.
	Look func(roots []string) (Settings, error)
	// Sources lists the Python files below directories that lint would look at. It is called by a goroutine of its own.
	Sources func(roots []string) []string
	// Explain is the page of a rule, in Markdown or for a terminal.
	Explain func(ctx context.Context, r *rules.Rule, markdown bool) (string, error)
	// Page is the address of that page.
	Page func(r *rules.Rule) string
	// Model looks up the SavedModels that a source loads, for rewrite.Options.
	Model func(source string) func(dir string, tags []string) (rewrite.Model, bool)
}

// Settings gives what a file, by its absolute path, is under. It is nil for a file that is passed over.
type Settings func(path string) (*config.Settings, error)

// ErrNotShutDown is the end of a server that was not asked to shut down before.
var ErrNotShutDown = errors.New("the client ended without a request to shut down")

// delay is how long a text that changes has to rest before it is looked at.
const delay = 200 * time.Millisecond

// Codes of errors that are the protocol's own.
const (
	codeNotInitialized   = -32002
	codeRequestCancelled = -32800
	codeContentModified  = -32801
)

// server is one session. One goroutine, that of Serve, has all of it but the queue.
type server struct {
	tool  Tool
	log   io.Writer
	conn  *jsonrpc2.Conn
	queue *queue

	initialized, shutDown bool
	client                initializeParams
	utf8                  bool     // columns are bytes
	roots                 []string // directories of the workspace, absolute

	documents map[string]*document // by URI; of a notebook also by the URIs of its cells
	files     []string             // what Sources gave
	listing   bool                 // it is being asked
	project   *analyzer.Project    // as it was at the last save
	settings  Settings             // nil if they have to be looked up anew
	broken    error                // why they can't be
}

// Serve answers one client, until it says exit or closes its end. log is for what a user of the editor may want to send in.
func Serve(ctx context.Context, in io.Reader, out, log io.Writer, tool Tool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	q := newQueue()
	s := &server{tool: tool, log: log, queue: q, documents: map[string]*document{}}
	exit := false
	receive := receiver(func(ctx context.Context, req *jsonrpc2.Request) {
		switch {
		case req.Method == "$/cancelRequest" && req.Notif:
			q.cancel(req)
		case req.Method == "exit":
			q.push(func() { exit = true })
		case req.Notif:
			q.push(func() { s.notified(ctx, req) })
		default:
			ctx := q.begin(ctx, req.ID)
			q.push(func() {
				defer q.done(req.ID)
				s.requested(ctx, req)
			})
		}
	})
	ready := make(chan struct{})
	held := receiver(func(ctx context.Context, req *jsonrpc2.Request) {
		<-ready // messages may arrive before NewConn is back
		receive(ctx, req)
	})
	link := newStream(in, out, ctx.Done())
	s.conn = jsonrpc2.NewConn(ctx, link, held, jsonrpc2.SetLogger(s))
	close(ready)
	ended := link.ended
	for !exit {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ended: // what came before is still done
			ended = nil
			q.push(func() { exit = true })
		case <-q.wake:
			for _, task := range q.take() {
				if !exit {
					task()
				}
			}
		}
	}
	if !s.shutDown {
		return ErrNotShutDown
	}
	return nil
}

// receiver takes messages as they come.
type receiver func(ctx context.Context, req *jsonrpc2.Request)

// Handle makes it a jsonrpc2.Handler.
func (r receiver) Handle(ctx context.Context, _ *jsonrpc2.Conn, req *jsonrpc2.Request) { r(ctx, req) }

// Printf makes the server a jsonrpc2.Logger.
func (s *server) Printf(format string, v ...any) { fmt.Fprintf(s.log, format, v...) }

// requested answers a request, whatever happens.
func (s *server) requested(ctx context.Context, req *jsonrpc2.Request) {
	var result any
	err := s.guarded(req.Method, func() (err error) {
		if ctx.Err() == nil {
			result, err = s.answer(ctx, req)
		}
		return err
	})
	if ctx.Err() != nil {
		err = &jsonrpc2.Error{Code: codeRequestCancelled, Message: "the request was cancelled"}
	}
	var wrong *jsonrpc2.Error
	switch {
	case err == nil:
		err = s.conn.Reply(context.WithoutCancel(ctx), req.ID, result)
	case errors.As(err, &wrong):
		err = s.conn.ReplyWithError(ctx, req.ID, wrong)
	default:
		err = s.conn.ReplyWithError(ctx, req.ID, &jsonrpc2.Error{Code: jsonrpc2.CodeInternalError, Message: err.Error()})
	}
	if err != nil {
		s.Printf("tfmigrate: %s: %v\n", req.Method, err)
	}
}

// notified takes a notification. What is wrong with it can only be logged.
func (s *server) notified(ctx context.Context, req *jsonrpc2.Request) {
	if !s.initialized || s.shutDown {
		return
	}
	if err := s.guarded(req.Method, func() error { return s.take(ctx, req) }); err != nil {
		s.warn(ctx, fmt.Sprintf("%s: %v", req.Method, err))
	}
}

// guarded makes an error of a panic.
func (s *server) guarded(what string, do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			s.Printf("tfmigrate: %s: panic: %v\n%s", what, p, debug.Stack())
			err = fmt.Errorf("tfmigrate has a bug: %v", p)
		}
	}()
	return do()
}

// warn puts a line into the editor's log.
func (s *server) warn(ctx context.Context, message string) {
	s.notify(ctx, "window/logMessage", logParams{messageWarning, "tfmigrate: " + message})
}

func (s *server) notify(ctx context.Context, method string, params any) {
	if err := s.conn.Notify(ctx, method, params); err != nil {
		s.Printf("tfmigrate: %s: %v\n", method, err)
	}
}

// read decodes the params of a message.
func read[T any](req *jsonrpc2.Request) (p T, err error) {
	if req.Params == nil {
		return p, &jsonrpc2.Error{Code: jsonrpc2.CodeInvalidParams, Message: "it has no params"}
	}
	if err := json.Unmarshal(*req.Params, &p); err != nil {
		return p, &jsonrpc2.Error{Code: jsonrpc2.CodeInvalidParams, Message: err.Error()}
	}
	return p, nil
}

// with gives the params of a message to what takes them.
func with[T any](req *jsonrpc2.Request, do func(T) (any, error)) (any, error) {
	p, err := read[T](req)
	if err != nil {
		return nil, err
	}
	return do(p)
}

// answer is the result of a request.
func (s *server) answer(ctx context.Context, req *jsonrpc2.Request) (any, error) {
	switch {
	case s.shutDown:
		return nil, &jsonrpc2.Error{Code: jsonrpc2.CodeInvalidRequest, Message: "the server is shut down"}
	case req.Method == "initialize" && s.initialized:
		return nil, &jsonrpc2.Error{Code: jsonrpc2.CodeInvalidRequest, Message: "the server is initialized already"}
	case req.Method != "initialize" && !s.initialized:
		return nil, &jsonrpc2.Error{Code: codeNotInitialized, Message: "the server is not initialized"}
	}
	switch req.Method {
	case "initialize":
		return with(req, s.initialize)
	case "shutdown":
		s.shutDown = true
		return nil, nil
	case "textDocument/codeAction":
		return with(req, func(p codeActionParams) (any, error) { return s.codeActions(ctx, p) })
	case "codeAction/resolve":
		return with(req, func(a codeAction) (any, error) { return s.resolve(ctx, a) })
	case "textDocument/hover":
		return with(req, func(p hoverParams) (any, error) { return s.hover(ctx, p) })
	}
	return nil, &jsonrpc2.Error{Code: jsonrpc2.CodeMethodNotFound, Message: "there is no method " + req.Method}
}

// initialize agrees with the client on what is spoken.
func (s *server) initialize(p initializeParams) (any, error) {
	s.initialized, s.client = true, p
	s.utf8 = slices.Contains(p.Capabilities.General.PositionEncodings, "utf-8")
	folders := p.WorkspaceFolders
	if len(folders) == 0 && p.RootURI != nil {
		folders = []workspaceFolder{{URI: *p.RootURI}}
	}
	for _, f := range folders {
		s.roots = append(s.roots, pathOf(f.URI, nil))
	}
	if len(folders) == 0 && p.RootPath != nil && *p.RootPath != "" {
		s.roots = []string{*p.RootPath}
	}
	s.list()
	encoding := "utf-16"
	if s.utf8 {
		encoding = "utf-8"
	}
	return initializeResult{
		ServerInfo: serverInfo{"tfmigrate", s.tool.Version},
		Capabilities: serverCapabilities{
			PositionEncoding:     encoding,
			TextDocumentSync:     textDocumentSyncOptions{OpenClose: true, Change: incremental, Save: true},
			NotebookDocumentSync: notebookSyncOptions{NotebookSelector: []notebookSelector{{Notebook: "*", Cells: []cellLanguage{{"python"}}}}, Save: true},
			HoverProvider:        true,
			CodeActionProvider:   codeActionOptions{CodeActionKinds: []string{kindQuickFix, kindFixAll}, ResolveProvider: true},
			Workspace:            workspaceCapabilities{workspaceFoldersOptions{Supported: true, ChangeNotifications: true}},
		},
	}, nil
}

// list asks for the workspace's files in the background.
func (s *server) list() {
	if s.listing || len(s.roots) == 0 {
		return
	}
	s.listing = true
	roots := slices.Clone(s.roots)
	go func() {
		var files []string
		if err := s.guarded("listing the workspace", func() error { files = s.tool.Sources(roots); return nil }); err != nil {
			files = nil
		}
		s.queue.push(func() {
			s.listing = false
			if !slices.Equal(files, s.files) {
				s.files = files
				s.refresh()
			}
			if !slices.Equal(roots, s.roots) { // they changed meanwhile
				s.list()
			}
		})
	}()
}

// refresh forgets what was read from disk and looks at all documents again.
func (s *server) refresh() {
	s.project, s.settings, s.broken = nil, nil, nil
	for uri, d := range s.documents {
		if uri == d.uri {
			d.checked = nil
			s.schedule(d, 0)
		}
	}
}

// take takes a notification.
func (s *server) take(ctx context.Context, req *jsonrpc2.Request) error {
	switch req.Method {
	case "textDocument/didOpen":
		p, err := read[didOpenParams](req)
		if err != nil {
			return err
		}
		if d := s.open(p.TextDocument); d != nil {
			s.add(d)
		}
	case "textDocument/didChange":
		p, err := read[didChangeParams](req)
		if err != nil {
			return err
		}
		if d := s.documents[p.TextDocument.URI]; d != nil && !d.cells {
			d.parts[0].text, d.parts[0].version = d.parts[0].text.change(p.ContentChanges), p.TextDocument.Version
			d.changed()
			s.schedule(d, delay)
		}
	case "textDocument/didClose":
		p, err := read[textDocumentParams](req)
		if err != nil {
			return err
		}
		s.remove(ctx, p.TextDocument.URI)
	case "notebookDocument/didOpen":
		p, err := read[didOpenNotebookParams](req)
		if err != nil {
			return err
		}
		s.add(s.openNotebook(p))
	case "notebookDocument/didChange":
		p, err := read[didChangeNotebookParams](req)
		if err != nil {
			return err
		}
		return s.notebookChanged(ctx, p)
	case "notebookDocument/didClose":
		p, err := read[notebookParams](req)
		if err != nil {
			return err
		}
		s.remove(ctx, p.NotebookDocument.URI)
	case "textDocument/didSave", "notebookDocument/didSave", "workspace/didChangeWatchedFiles", "workspace/didChangeConfiguration":
		// Other documents may import what was saved, or be under it.
		s.refresh()
		s.list()
	case "workspace/didChangeWorkspaceFolders":
		p, err := read[foldersParams](req)
		if err != nil {
			return err
		}
		for _, f := range p.Event.Removed {
			s.roots = slices.DeleteFunc(s.roots, func(root string) bool { return root == pathOf(f.URI, nil) })
		}
		for _, f := range p.Event.Added {
			s.roots = append(s.roots, pathOf(f.URI, nil))
		}
		s.refresh()
		s.list()
	}
	return nil
}

// add takes a document that was opened. What is on disk may have changed since another one was.
func (s *server) add(d *document) {
	s.project, s.settings, s.broken = nil, nil, nil
	s.documents[d.uri] = d
	if d.cells {
		for _, p := range d.parts {
			s.documents[p.uri] = d
		}
	}
	s.schedule(d, 0)
}

// remove forgets a document and takes its diagnostics back. A cell goes with its notebook.
func (s *server) remove(ctx context.Context, uri string) {
	d := s.documents[uri]
	if d == nil || d.uri != uri {
		return
	}
	if d.waiting != nil {
		d.waiting.Stop()
	}
	delete(s.documents, d.uri)
	for _, p := range d.parts {
		s.forget(ctx, p.uri)
	}
}

func (s *server) forget(ctx context.Context, part string) {
	delete(s.documents, part)
	s.notify(ctx, "textDocument/publishDiagnostics", publishParams{URI: part, Diagnostics: []diagnostic{}})
}

func (s *server) notebookChanged(ctx context.Context, p didChangeNotebookParams) error {
	d := s.documents[p.NotebookDocument.URI]
	if d == nil || !d.cells {
		return nil
	}
	gone, err := s.changeNotebook(d, p)
	for _, uri := range gone {
		s.forget(ctx, uri)
	}
	for _, p := range d.parts {
		s.documents[p.uri] = d
	}
	d.changed()
	s.schedule(d, delay)
	return err
}

// schedule has a document looked at once it has rested.
func (s *server) schedule(d *document, after time.Duration) {
	if d.waiting != nil {
		d.waiting.Stop()
	}
	d.waiting = time.AfterFunc(after, func() { s.queue.push(func() { s.publish(d) }) })
}
