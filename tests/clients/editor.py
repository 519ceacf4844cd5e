"""Drives `nbasync server` with pygls, a language client that is not ours.

Usage: editor.py PATH-TO-NBASYNC
"""

import asyncio
import sys

from lsprotocol import types
from pygls.lsp.client import LanguageClient

BOOK = "file:///nowhere/book.ipynb"
CELLS = ["import asyncio\nasync def f(): ...", "s = '𝄞'; asyncio.run(f())", "1 + 1"]


async def main(program: str) -> None:
    client = LanguageClient("nbasync-test", "1")
    published: dict[str, list[types.Diagnostic]] = {}

    @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    def _(params: types.PublishDiagnosticsParams) -> None:
        published[params.uri] = list(params.diagnostics)

    await client.start_io(program, "server")
    result = await client.initialize_async(
        types.InitializeParams(
            process_id=None,
            root_uri=None,
            capabilities=types.ClientCapabilities(
                workspace=types.WorkspaceClientCapabilities(
                    workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True)
                ),
                text_document=types.TextDocumentClientCapabilities(
                    hover=types.HoverClientCapabilities(content_format=[types.MarkupKind.Markdown])
                ),
            ),
        )
    )
    assert result.server_info.name == "nbasync", result
    assert result.capabilities.position_encoding == "utf-16"
    client.initialized(types.InitializedParams())

    uris = [f"{BOOK}#{at}" for at in range(len(CELLS))]
    client.notebook_document_did_open(
        types.DidOpenNotebookDocumentParams(
            notebook_document=types.NotebookDocument(
                uri=BOOK,
                notebook_type="jupyter-notebook",
                version=1,
                cells=[
                    types.NotebookCell(kind=types.NotebookCellKind.Code, document=uri)
                    for uri in uris
                ],
            ),
            cell_text_documents=[
                types.TextDocumentItem(uri=uri, language_id="python", version=1, text=text)
                for uri, text in zip(uris, CELLS)
            ],
        )
    )
    place = types.Position(line=0, character=12)
    hover = await client.text_document_hover_async(
        types.HoverParams(text_document=types.TextDocumentIdentifier(uris[1]), position=place)
    )
    assert "asyncio-run-in-cell" in hover.contents.value, hover
    assert [d.code for d in published[uris[1]]] == ["asyncio-run-in-cell"], published
    assert published[uris[0]] == [] and published[uris[2]] == [], published
    assert published[uris[1]][0].range.start == types.Position(line=0, character=10)

    actions = await client.text_document_code_action_async(
        types.CodeActionParams(
            text_document=types.TextDocumentIdentifier(uris[0]),
            range=types.Range(start=types.Position(0, 0), end=types.Position(0, 0)),
            context=types.CodeActionContext(diagnostics=[], only=["notebook.source.fixAll"]),
        )
    )
    assert len(actions) == 1 and actions[0].kind == "notebook.source.fixAll.nbasync", actions
    (change,) = actions[0].edit.document_changes
    assert change.text_document.uri == uris[1] and change.text_document.version is None

    script = "file:///nowhere/script.py"
    text = "# %%\nimport asyncio\nasyncio.run(f())\n"
    client.text_document_did_open(
        types.DidOpenTextDocumentParams(types.TextDocumentItem(script, "python", 0, text))
    )
    await client.text_document_hover_async(
        types.HoverParams(types.TextDocumentIdentifier(script), types.Position(2, 0))
    )
    assert [d.code for d in published[script]] == ["asyncio-run-in-cell"], published

    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()
    print("editor: what pygls asked was answered")


asyncio.run(asyncio.wait_for(main(sys.argv[1]), 120))
