package lsp

import "encoding/json"

// The messages, as far as they are used. The comments name their pages only where the protocol's word differs.

type position struct {
	Line      int `json:"line"`      // from 0
	Character int `json:"character"` // from 0, in units of the encoding that was agreed on
}

type textRange struct {
	Start position `json:"start"`
	End   position `json:"end"`
}

type location struct {
	URI   string    `json:"uri"`
	Range textRange `json:"range"`
}

// initializeParams is what is read of the client: who it is comes from nowhere else.
type initializeParams struct {
	RootPath         *string           `json:"rootPath"`
	RootURI          *string           `json:"rootUri"`
	WorkspaceFolders []workspaceFolder `json:"workspaceFolders"`
	Capabilities     struct {
		General struct {
			PositionEncodings []string `json:"positionEncodings"`
		} `json:"general"`
		TextDocument struct {
			PublishDiagnostics struct {
				RelatedInformation     bool `json:"relatedInformation"`
				CodeDescriptionSupport bool `json:"codeDescriptionSupport"`
				TagSupport             struct {
					ValueSet []int `json:"valueSet"`
				} `json:"tagSupport"`
			} `json:"publishDiagnostics"`
			CodeAction struct {
				DataSupport    bool `json:"dataSupport"`
				ResolveSupport struct {
					Properties []string `json:"properties"`
				} `json:"resolveSupport"`
				IsPreferredSupport bool `json:"isPreferredSupport"`
			} `json:"codeAction"`
			Hover struct {
				ContentFormat []string `json:"contentFormat"`
			} `json:"hover"`
		} `json:"textDocument"`
		Workspace struct {
			WorkspaceEdit struct {
				DocumentChanges         bool             `json:"documentChanges"`
				ChangeAnnotationSupport *json.RawMessage `json:"changeAnnotationSupport"`
			} `json:"workspaceEdit"`
		} `json:"workspace"`
	} `json:"capabilities"`
}

type workspaceFolder struct {
	URI  string `json:"uri"`
	Name string `json:"name"`
}

type initializeResult struct {
	Capabilities serverCapabilities `json:"capabilities"`
	ServerInfo   serverInfo         `json:"serverInfo"`
}

type serverInfo struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
}

type serverCapabilities struct {
	PositionEncoding     string                  `json:"positionEncoding"`
	TextDocumentSync     textDocumentSyncOptions `json:"textDocumentSync"`
	NotebookDocumentSync notebookSyncOptions     `json:"notebookDocumentSync"`
	HoverProvider        bool                    `json:"hoverProvider"`
	CodeActionProvider   codeActionOptions       `json:"codeActionProvider"`
	Workspace            workspaceCapabilities   `json:"workspace"`
}

type textDocumentSyncOptions struct {
	OpenClose bool `json:"openClose"`
	Change    int  `json:"change"`
	Save      bool `json:"save"`
}

// incremental is the TextDocumentSyncKind of changes that come as ranges. Whole texts are taken as well.
const incremental = 2

type notebookSyncOptions struct {
	NotebookSelector []notebookSelector `json:"notebookSelector"`
	Save             bool               `json:"save"`
}

type notebookSelector struct {
	Notebook string         `json:"notebook"`
	Cells    []cellLanguage `json:"cells"`
}

type cellLanguage struct {
	Language string `json:"language"`
}

type codeActionOptions struct {
	CodeActionKinds []string `json:"codeActionKinds"`
	ResolveProvider bool     `json:"resolveProvider"`
}

type workspaceCapabilities struct {
	WorkspaceFolders workspaceFoldersOptions `json:"workspaceFolders"`
}

type workspaceFoldersOptions struct {
	Supported           bool `json:"supported"`
	ChangeNotifications bool `json:"changeNotifications"`
}

type textDocumentItem struct {
	URI        string `json:"uri"`
	LanguageID string `json:"languageId"`
	Version    int    `json:"version"`
	Text       string `json:"text"`
}

type textDocumentID struct {
	URI     string `json:"uri"`
	Version int    `json:"version"`
}

type didOpenParams struct {
	TextDocument textDocumentItem `json:"textDocument"`
}

type didChangeParams struct {
	TextDocument   textDocumentID  `json:"textDocument"`
	ContentChanges []contentChange `json:"contentChanges"`
}

// contentChange is the whole text where it has no range.
type contentChange struct {
	Range *textRange `json:"range"`
	Text  string     `json:"text"`
}

type textDocumentParams struct {
	TextDocument textDocumentID `json:"textDocument"`
}

type notebookItem struct {
	URI     string         `json:"uri"`
	Version int            `json:"version"`
	Cells   []notebookCell `json:"cells"`
}

type notebookCell struct {
	Kind     int    `json:"kind"`
	Document string `json:"document"`
}

// codeCell is the NotebookCellKind of code.
const codeCell = 2

type didOpenNotebookParams struct {
	NotebookDocument  notebookItem       `json:"notebookDocument"`
	CellTextDocuments []textDocumentItem `json:"cellTextDocuments"`
}

type didChangeNotebookParams struct {
	NotebookDocument textDocumentID `json:"notebookDocument"`
	Change           struct {
		Cells *struct {
			Structure *struct {
				Array struct {
					Start       int            `json:"start"`
					DeleteCount int            `json:"deleteCount"`
					Cells       []notebookCell `json:"cells"`
				} `json:"array"`
				DidOpen  []textDocumentItem `json:"didOpen"`
				DidClose []textDocumentID   `json:"didClose"`
			} `json:"structure"`
			Data        []notebookCell `json:"data"`
			TextContent []struct {
				Document textDocumentID  `json:"document"`
				Changes  []contentChange `json:"changes"`
			} `json:"textContent"`
		} `json:"cells"`
	} `json:"change"`
}

type notebookParams struct {
	NotebookDocument textDocumentID `json:"notebookDocument"`
}

type foldersParams struct {
	Event struct {
		Added   []workspaceFolder `json:"added"`
		Removed []workspaceFolder `json:"removed"`
	} `json:"event"`
}

type publishParams struct {
	URI         string       `json:"uri"`
	Version     *int         `json:"version,omitempty"`
	Diagnostics []diagnostic `json:"diagnostics"`
}

type diagnostic struct {
	Range              textRange            `json:"range"`
	Severity           int                  `json:"severity"`
	Code               string               `json:"code,omitempty"`
	CodeDescription    *codeDescription     `json:"codeDescription,omitempty"`
	Source             string               `json:"source"`
	Message            string               `json:"message"`
	Tags               []int                `json:"tags,omitempty"`
	RelatedInformation []relatedInformation `json:"relatedInformation,omitempty"`
}

// Severities and tags of diagnostics.
const (
	severityError   = 1
	severityWarning = 2

	tagUnnecessary = 1
	tagDeprecated  = 2
)

type codeDescription struct {
	Href string `json:"href"`
}

type relatedInformation struct {
	Location location `json:"location"`
	Message  string   `json:"message"`
}

type codeActionParams struct {
	TextDocument textDocumentID `json:"textDocument"`
	Range        textRange      `json:"range"`
	Context      struct {
		Diagnostics []json.RawMessage `json:"diagnostics"` // given back as they came
		Only        []string          `json:"only"`
	} `json:"context"`
}

// Kinds of code actions.
const (
	kindQuickFix = "quickfix"
	kindFixAll   = "source.fixAll.tfmigrate"
)

type codeAction struct {
	Title       string            `json:"title"`
	Kind        string            `json:"kind"`
	Diagnostics []json.RawMessage `json:"diagnostics,omitempty"`
	IsPreferred bool              `json:"isPreferred,omitempty"`
	Edit        *workspaceEdit    `json:"edit,omitempty"`
	Data        *actionData       `json:"data,omitempty"`
}

type workspaceEdit struct {
	Changes           map[string][]textEdit       `json:"changes,omitempty"`
	DocumentChanges   []documentEdit              `json:"documentChanges,omitempty"`
	ChangeAnnotations map[string]changeAnnotation `json:"changeAnnotations,omitempty"`
}

type documentEdit struct {
	TextDocument textDocumentID `json:"textDocument"`
	Edits        []textEdit     `json:"edits"`
}

type textEdit struct {
	Range        textRange `json:"range"`
	NewText      string    `json:"newText"`
	AnnotationID string    `json:"annotationId,omitempty"`
}

type changeAnnotation struct {
	Label             string `json:"label"`
	NeedsConfirmation bool   `json:"needsConfirmation"`
	Description       string `json:"description"`
}

type hoverParams struct {
	TextDocument textDocumentID `json:"textDocument"`
	Position     position       `json:"position"`
}

type hover struct {
	Contents markupContent `json:"contents"`
	Range    textRange     `json:"range"`
}

type markupContent struct {
	Kind  string `json:"kind"`
	Value string `json:"value"`
}

type logParams struct {
	Type    int    `json:"type"`
	Message string `json:"message"`
}

// messageWarning is the MessageType of a warning.
const messageWarning = 2
