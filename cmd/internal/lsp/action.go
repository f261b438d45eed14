package lsp

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/sourcegraph/jsonrpc2"

	"github.com/tfmigrate/tfmigrate/rewrite"
)

// actionData is what the client gives back of an action whose edit it asks for.
type actionData struct {
	URI      string `json:"uri"`
	Revision int    `json:"revision"` // of the document
	Do       string `json:"do"`
	Code     string `json:"code,omitempty"` // of the finding that it is about, and where that is
	Start    int    `json:"start,omitempty"`
	End      int    `json:"end,omitempty"`
}

// What an action does.
const (
	doFix    = "fix"
	doIgnore = "ignore"
	doFixAll = "fix all"
)

// codeActions are the edits that are offered for a range of a part: one for each site with a fix, a comment for each finding, and all safe fixes of the
// document together.
func (s *server) codeActions(ctx context.Context, p codeActionParams) (any, error) {
	out := []codeAction{}
	d := s.documents[p.TextDocument.URI]
	if d == nil {
		return out, nil
	}
	part := d.part(p.TextDocument.URI)
	if part == nil {
		return out, nil
	}
	c, err := s.check(ctx, d)
	if err != nil {
		return nil, err
	}
	wanted := func(kind string) bool {
		return len(p.Context.Only) == 0 || slices.ContainsFunc(p.Context.Only, func(only string) bool { return kind == only || strings.HasPrefix(kind, only+".") })
	}
	if wanted(kindQuickFix) {
		list := c.at(part, part.text.offset(p.Range.Start), part.text.offset(p.Range.End))
		out = append(out, fixActions(d, c, list, p.Context.Diagnostics)...)
		out = append(out, ignoreActions(d, list, p.Context.Diagnostics)...)
	}
	if wanted(kindFixAll) && slices.ContainsFunc(c.findings, func(f *found) bool { fix := f.fixable(); return fix != nil && fix.Applicability == rewrite.Safe }) {
		out = append(out, codeAction{Title: "Apply all safe fixes of tfmigrate", Kind: kindFixAll, Data: &actionData{URI: part.uri, Revision: d.revision, Do: doFixAll}})
	}
	if s.resolves() {
		return out, nil
	}
	whole := []codeAction{}
	for _, a := range out {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if a.Edit, err = s.edit(ctx, d, c, a.Data); err != nil {
			s.warn(ctx, a.Title+": "+err.Error())
			continue
		}
		a.Data = nil
		whole = append(whole, a)
	}
	return whole, nil
}

// resolves tells whether the client asks for an edit when it is wanted, and not before.
func (s *server) resolves() bool {
	can := s.client.Capabilities.TextDocument.CodeAction
	return can.DataSupport && slices.Contains(can.ResolveSupport.Properties, "edit")
}

// fixActions offer the fix of each site among findings.
func fixActions(d *document, c *checked, list []*found, shown []json.RawMessage) []codeAction {
	var out []codeAction
	var offered []*rewrite.Fix
	for _, f := range list {
		fix := f.fixable()
		if fix == nil || slices.Contains(offered, fix) {
			continue
		}
		offered = append(offered, fix)
		out = append(out, codeAction{
			Title:       fmt.Sprintf("Rewrite to TensorFlow 2 (%s, %s)", fix.Strategy, fix.Applicability),
			Kind:        kindQuickFix,
			Diagnostics: among(shown, append(c.sameSite(f), f)),
			IsPreferred: fix.Applicability == rewrite.Safe,
			Data:        dataOf(d, f, doFix),
		})
	}
	return out
}

// ignoreActions offer a comment for each rule among findings, at the first of its findings. Two rules are about comments themselves and can't be ignored so.
func ignoreActions(d *document, list []*found, shown []json.RawMessage) []codeAction {
	var out []codeAction
	var offered []string
	for _, f := range list {
		if slices.Contains(offered, f.Rule.Code) || f.Rule.Name == "unused-ignore" || f.Rule.Name == "bad-ignore" || f.in.Notebook != nil && !d.cells {
			continue
		}
		offered = append(offered, f.Rule.Code)
		out = append(out, codeAction{
			Title:       fmt.Sprintf("Ignore %s here (# tfmigrate: ignore[%s])", f.Rule.Code, f.Rule.Code),
			Kind:        kindQuickFix,
			Diagnostics: among(shown, []*found{f}),
			Data:        dataOf(d, f, doIgnore),
		})
	}
	return out
}

func dataOf(d *document, f *found, do string) *actionData {
	return &actionData{URI: f.at.part.uri, Revision: d.revision, Do: do, Code: f.Rule.Code, Start: f.at.start, End: f.at.end}
}

// among are the diagnostics that the client shows which are of findings.
func among(shown []json.RawMessage, list []*found) []json.RawMessage {
	var out []json.RawMessage
	for _, raw := range shown {
		var x struct {
			Code  any       `json:"code"`
			Range textRange `json:"range"`
		}
		if json.Unmarshal(raw, &x) == nil && slices.ContainsFunc(list, func(f *found) bool { return x.Code == f.Rule.Code && x.Range == f.at.span() }) {
			out = append(out, raw)
		}
	}
	return out
}

// resolve gives an action its edit. The text has to be the one that the action was offered for.
func (s *server) resolve(ctx context.Context, a codeAction) (any, error) {
	if a.Data == nil {
		return nil, &jsonrpc2.Error{Code: jsonrpc2.CodeInvalidParams, Message: "the action has no data"}
	}
	d := s.documents[a.Data.URI]
	if d == nil || d.revision != a.Data.Revision {
		return nil, &jsonrpc2.Error{Code: codeContentModified, Message: "the text has changed since the action was offered"}
	}
	c, err := s.check(ctx, d)
	if err != nil {
		return nil, err
	}
	a.Edit, err = s.edit(ctx, d, c, a.Data)
	return a, err
}

// edit is what an action does.
func (s *server) edit(ctx context.Context, d *document, c *checked, data *actionData) (*workspaceEdit, error) {
	if data.Do == doFixAll {
		return s.fixAll(ctx, d, c)
	}
	i := slices.IndexFunc(c.findings, func(f *found) bool {
		return f.Rule.Code == data.Code && f.at.part.uri == data.URI && f.at.start == data.Start && f.at.end == data.End
	})
	if i < 0 {
		return nil, &jsonrpc2.Error{Code: codeContentModified, Message: "what the action is about is not found any more"}
	}
	f := c.findings[i]
	switch data.Do {
	case doIgnore:
		return s.ignore(ctx, d, c, f)
	case doFix:
		fix, raw, err := rewrite.FixOne(f.in.Document, f.in.res, f.Site, c.options)
		if err != nil {
			return nil, err
		}
		if fix == nil {
			return nil, fmt.Errorf("%s has no fix to make", f.Rule.Code)
		}
		edits, err := d.edits(raw)
		if err != nil {
			return nil, err
		}
		return s.workspaceEdit(d, edits, fix), nil
	}
	return nil, &jsonrpc2.Error{Code: jsonrpc2.CodeInvalidParams, Message: fmt.Sprintf("there is no action %q", data.Do)}
}

// fixAll makes all safe fixes, whatever the configuration says of unsafe ones: it may run whenever a file is saved.
func (s *server) fixAll(ctx context.Context, d *document, c *checked) (*workspaceEdit, error) {
	if len(c.looked) == 0 {
		return nil, fmt.Errorf("%s was not checked", d.path)
	}
	opt := c.options
	opt.Unsafe = false
	res, err := rewrite.Converge(ctx, c.looked[0].Document, c.under.Target, opt)
	if err != nil {
		return nil, err
	}
	edits, err := d.edits(bytes.TrimPrefix(res.Raw, []byte("\ufeff")))
	if err != nil {
		return nil, err
	}
	return s.workspaceEdit(d, edits, nil), nil
}

// workspaceEdit puts edits into the form that the client takes. What an unsafe fix assumes is said beside its edits, which the client then shows before it
// makes them, if it can.
func (s *server) workspaceEdit(d *document, edits map[*part][]textEdit, fix *rewrite.Fix) *workspaceEdit {
	can := s.client.Capabilities.Workspace.WorkspaceEdit
	if !can.DocumentChanges {
		out := &workspaceEdit{Changes: map[string][]textEdit{}}
		for p, list := range edits {
			out.Changes[p.uri] = list
		}
		return out
	}
	out := &workspaceEdit{DocumentChanges: []documentEdit{}}
	id := ""
	if fix != nil && fix.Applicability == rewrite.Unsafe && can.ChangeAnnotationSupport != nil {
		id = "unsafe"
		out.ChangeAnnotations = map[string]changeAnnotation{id: {Label: "Unsafe fix (" + fix.Strategy + ")", NeedsConfirmation: true, Description: fix.Message}}
	}
	for _, p := range d.parts {
		list := slices.Clone(edits[p])
		if len(list) == 0 {
			continue
		}
		for i := range list {
			list[i].AnnotationID = id
		}
		out.DocumentChanges = append(out.DocumentChanges, documentEdit{textDocumentID{p.uri, p.version}, list})
	}
	return out
}
