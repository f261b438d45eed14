"""A session of an editor with `tfmigrate lsp`, by pygls, which checks every message against the protocol's own model.

Usage: python client.py TFMIGRATE DIRECTORY, where builder.py, load.py and fixed.py are. It prints one line at its end, and fails with what was not as it has to be.
"""

import asyncio
import pathlib
import sys

from lsprotocol import types
from pygls.lsp.client import LanguageClient

PROGRAM, DIRECTORY = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()


class Editor:
    """Opens files, gathers their diagnostics, and makes the edits that it is given."""

    def __init__(self):
        self.client = LanguageClient("editor", "1")
        self.texts, self.versions, self.found, self.logged = {}, {}, {}, []
        self.news = asyncio.Event()

        @self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def _(params: types.PublishDiagnosticsParams):
            self.found[params.uri] = params
            self.news.set()

        @self.client.feature(types.WINDOW_LOG_MESSAGE)
        def _(params: types.LogMessageParams):
            self.logged.append(params.message)

    async def start(self, capabilities):
        await self.client.start_io(PROGRAM, "lsp", "--stdio")
        folder = types.WorkspaceFolder(uri=DIRECTORY.as_uri(), name="w")
        result = await self.client.initialize_async(types.InitializeParams(capabilities=capabilities, workspace_folders=[folder]))
        self.client.initialized(types.InitializedParams())
        return result

    async def end(self):
        await self.client.shutdown_async(None)
        self.client.exit(None)
        code = await asyncio.wait_for(self.client._server.wait(), 30)
        assert code == 0, code
        await self.client.stop()

    def open(self, name):
        path = DIRECTORY / name
        uri, text = path.as_uri(), path.read_text(encoding="utf-8")
        self.texts[uri], self.versions[uri] = text, 1
        item = types.TextDocumentItem(uri=uri, language_id="python", version=1, text=text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=item))
        return uri

    def change(self, uri, edits):
        """Makes edits, each as one incremental change, from the last to the first so that none moves another."""
        self.versions[uri] += 1
        changes = []
        for e in sorted(edits, key=lambda e: (e.range.start.line, e.range.start.character), reverse=True):
            lines = self.texts[uri].split("\n")
            at = [sum(len(line) + 1 for line in lines[: p.line]) + p.character for p in (e.range.start, e.range.end)]
            self.texts[uri] = self.texts[uri][: at[0]] + e.new_text + self.texts[uri][at[1] :]
            changes.append(types.TextDocumentContentChangePartial(range=e.range, text=e.new_text))
        document = types.VersionedTextDocumentIdentifier(uri=uri, version=self.versions[uri])
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(text_document=document, content_changes=changes))

    async def diagnostics(self, uri):
        async def wait():
            while uri not in self.found or self.found[uri].version != self.versions[uri]:
                self.news.clear()
                await self.news.wait()
            return self.found[uri].diagnostics

        return await asyncio.wait_for(wait(), 60)

    async def actions(self, uri, diagnostic, only=None):
        return await self.client.text_document_code_action_async(
            types.CodeActionParams(
                text_document=types.TextDocumentIdentifier(uri=uri),
                range=diagnostic.range,
                context=types.CodeActionContext(diagnostics=[diagnostic], only=only),
            )
        )


def capable():
    """What an editor of today can do."""
    return types.ClientCapabilities(
        general=types.GeneralClientCapabilities(position_encodings=[types.PositionEncodingKind.Utf16]),
        text_document=types.TextDocumentClientCapabilities(
            publish_diagnostics=types.PublishDiagnosticsClientCapabilities(
                related_information=True,
                code_description_support=True,
                tag_support=types.ClientDiagnosticsTagOptions(value_set=list(types.DiagnosticTag)),
            ),
            code_action=types.CodeActionClientCapabilities(
                data_support=True, resolve_support=types.ClientCodeActionResolveOptions(properties=["edit"]), is_preferred_support=True
            ),
            hover=types.HoverClientCapabilities(content_format=[types.MarkupKind.Markdown]),
        ),
        workspace=types.WorkspaceClientCapabilities(
            workspace_edit=types.WorkspaceEditClientCapabilities(
                document_changes=True, change_annotation_support=types.ChangeAnnotationsSupportOptions(groups_on_label=True)
            )
        ),
    )


async def main():
    editor = Editor()
    result = await editor.start(capable())
    offered = result.capabilities
    assert offered.text_document_sync.change == types.TextDocumentSyncKind.Incremental, offered
    assert offered.notebook_document_sync and offered.hover_provider and offered.code_action_provider.resolve_provider, offered

    # A safe fix: offered, preferred, resolved, made, and then there is nothing left, and the file is what fix writes.
    uri = editor.open("builder.py")
    found = await editor.diagnostics(uri)
    assert {d.code for d in found} >= {"TFM101"} and all(d.source == "tfmigrate" and d.code_description.href for d in found), found
    first = next(d for d in found if d.code == "TFM101")
    assert len(first.related_information) == 3 and first.severity in (types.DiagnosticSeverity.Error, types.DiagnosticSeverity.Warning), first
    hover = await editor.client.text_document_hover_async(
        types.HoverParams(text_document=types.TextDocumentIdentifier(uri=uri), position=first.range.start)
    )
    assert hover.contents.kind == types.MarkupKind.Markdown and "# TFM101 saved-model-builder" in hover.contents.value, hover
    actions = await editor.actions(uri, first, [types.CodeActionKind.QuickFix])
    fix = actions[0]
    assert fix.title == "Rewrite to TensorFlow 2 (function, safe)" and fix.is_preferred and fix.edit is None and list(fix.diagnostics) == [first], fix
    fix = await editor.client.code_action_resolve_async(fix)
    (edits,) = fix.edit.document_changes
    assert edits.text_document.version == 1, edits
    editor.change(uri, edits.edits)
    assert not await editor.diagnostics(uri), editor.found[uri]
    assert editor.texts[uri] == (DIRECTORY / "fixed.py").read_text(encoding="utf-8"), editor.texts[uri]

    # An unsafe one is offered, asks, and is not what "fix all" makes.
    uri = editor.open("load.py")
    found = await editor.diagnostics(uri)
    actions = await editor.actions(uri, found[0])
    assert not any(a.kind == "source.fixAll.tfmigrate" for a in actions), actions
    fix = next(a for a in actions if a.title.endswith("unsafe)"))
    assert not fix.is_preferred, fix
    fix = await editor.client.code_action_resolve_async(fix)
    (note,) = fix.edit.change_annotations.values()
    assert note.needs_confirmation and "right if" in note.description, note

    # A comment takes the finding away as well.
    ignore = await editor.client.code_action_resolve_async(next(a for a in actions if a.title.startswith("Ignore " + found[0].code)))
    editor.change(uri, ignore.edit.document_changes[0].edits)
    assert not any(d.code == found[0].code for d in await editor.diagnostics(uri)), editor.found[uri]

    # Cell by cell.
    cells = ["# A title with 😀", "import tensorflow as tf\n", "s = '😀'\ntf.compat.v1.saved_model.simple_save(sess, 'd', {'x': x}, {'y': y})"]
    kinds = [types.NotebookCellKind.Markup, types.NotebookCellKind.Code, types.NotebookCellKind.Code]
    editor.client.notebook_document_did_open(
        types.DidOpenNotebookDocumentParams(
            notebook_document=types.NotebookDocument(
                uri=(DIRECTORY / "a.ipynb").as_uri(),
                notebook_type="jupyter-notebook",
                version=1,
                cells=[types.NotebookCell(kind=k, document=f"cell:{i}") for i, k in enumerate(kinds)],
            ),
            cell_text_documents=[
                types.TextDocumentItem(uri=f"cell:{i}", language_id="python" if i else "markdown", version=1, text=text)
                for i, text in enumerate(cells)
            ],
        )
    )
    editor.versions.update({f"cell:{i}": 1 for i in range(len(cells))})
    assert [len(await editor.diagnostics(f"cell:{i}")) for i in range(len(cells))] == [0, 0, 1], editor.found
    assert editor.found["cell:2"].diagnostics[0].range.start == types.Position(line=1, character=0), editor.found
    assert editor.logged == [], editor.logged
    await editor.end()

    # An editor that can do nothing of this gets edits at once.
    plain = Editor()
    await plain.start(types.ClientCapabilities())
    uri = plain.open("builder.py")
    first = (await plain.diagnostics(uri))[0]
    fix = (await plain.actions(uri, first))[0]
    plain.change(uri, fix.edit.changes[uri])
    assert plain.texts[uri] == (DIRECTORY / "fixed.py").read_text(encoding="utf-8"), plain.texts[uri]
    assert not await plain.diagnostics(uri), plain.found[uri]
    await plain.end()
    print("the session went as it should")


asyncio.run(main())
