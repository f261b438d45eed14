// Package lsp answers an editor that speaks the Language Server Protocol (version 3.17,
// https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/): what lint finds as diagnostics, what fix writes
// as quick fixes, and what explain says where the cursor is.
//
// # Contract
//
// Serve reads messages until the client says exit or its end of the stream is closed. It looks at what the editor holds, saved or not, and reads the modules
// that this imports, the configuration and the SavedModels from disk. It writes no file: every change is an edit that the client makes. A document
// that could not be checked, or only in part, has a diagnostic that says so; one without diagnostics was checked and is clean, or is passed over by
// the configuration. A message that is wrong, and a request that panics, is an error response, and the server goes on.
//
// # How
//
//   - stream.go frames messages, and answers those that are none; the rest of JSON-RPC is sourcegraph/jsonrpc2's. protocol.go has the messages.
//   - server.go takes them one after the other (queue.go), so that each sees the text as it was when it was sent; only a cancellation overtakes.
//   - document.go keeps the open files and notebooks, text.go knows lines and columns as the protocol counts them.
//   - check.go looks at a document once for each of its texts: the road of lint. publish.go makes diagnostics of what was found.
//   - action.go offers the edits, ignore.go those that write a comment, hover.go explains.
//
// # Awkward truths
//
//   - Modules of the protocol in Go are either of an editor's own (gopls) or stopped before positions could be in UTF-8 and notebooks be opened;
//     the few messages that are needed are written out here.
//   - A module that is open and not saved is read as it is on disk by the files that import it. They are looked at again when it is saved.
//   - Which files may call into an open one is known only once the workspace has been listed, in the background; then all are looked at again.
//   - A notebook that comes cell by cell is put together as JSON of nbformat 4, and a fix is the difference of its cells.
//   - An edit of one site adds what the file needs for it, so the edits of two sites are not independent: the client has to ask anew after each.
package lsp
