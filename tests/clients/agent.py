"""Drives `nbasync mcp` with the official SDK, which checks what tools give against their schemas.

Usage: agent.py PATH-TO-NBASYNC
"""

import asyncio
import json
import pathlib
import sys
import tempfile

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

try:
    # Since its second version the SDK speaks the revision without a handshake as well.
    from mcp import Client
except ImportError:
    Client = None

CELL = {
    "cell_type": "code",
    "execution_count": None,
    "id": "abc",
    "metadata": {},
    "outputs": [],
    "source": "import asyncio\nasync def f(): ...\nasyncio.run(f())",
}
BOOK = {"cells": [CELL], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def failed(result) -> bool:
    """Whether a tool could not do its work, by the name that either version of the SDK has for it."""
    return bool(getattr(result, "isError", None) or getattr(result, "is_error", None))


async def call(session: ClientSession, tool: str, **arguments):
    result = await session.call_tool(tool, arguments)
    assert not failed(result), (tool, result)
    told = getattr(result, "structuredContent", None)
    return told if told is not None else result.structured_content


async def ask(session, book: pathlib.Path, before: str) -> None:
    tools = {tool.name: tool for tool in (await session.list_tools()).tools}
    assert set(tools) >= {"check", "classify", "fix", "explain", "lookup"}, tools

    checked = await call(session, "check", paths=[str(book)])
    assert [d["rule"] for d in checked["files"][0]["diagnostics"]] == ["asyncio-run-in-cell"]
    classified = await call(session, "classify", paths=[str(book)])
    assert classified["files"][0]["verdict"] == "applies", classified
    page = await call(session, "explain", name="asyncio-run-in-cell")
    assert page["markdown"].startswith("# "), page
    assert (await call(session, "lookup", query="blocking requests"))["pages"]

    shown = await call(session, "fix", paths=[str(book)])
    (edit,) = shown["files"][0]["edits"]
    assert edit["cell_id"] == "abc" and edit["source"].endswith("await f()"), shown
    assert shown["files"][0]["diff"] and book.read_text() == before
    written = await call(session, "fix", paths=[str(book)], write=True)
    assert written["files"][0]["written"] and "await f()" in book.read_text()

    if "prove" in tools:
        hints = tools["prove"].annotations
        read_only = getattr(hints, "readOnlyHint", None)
        read_only = hints.read_only_hint if read_only is None else read_only
        assert read_only is False, hints
        book.write_text(before)
        asked = await session.call_tool("prove", {"path": str(book), "confirm": "anything"})
        structured = getattr(asked, "structuredContent", None)
        assert structured is None or structured["ran"] is False, asked

    resources = (await session.list_resources()).resources
    uris = [str(resource.uri) for resource in resources]
    assert "skill://python-notebooks-async/SKILL.md" in uris, uris
    contents = (await session.read_resource(resources[0].uri)).contents
    assert contents[0].text, contents
    # What the agent itself can mend comes as the tool's answer, in words.
    bad = await session.call_tool("check", {"paths": 3})
    assert failed(bad) and "paths" in bad.content[0].text, bad
    assert (await call(session, "check", paths=[str(book)]))["version"] == 1


def notebook() -> tuple[pathlib.Path, str]:
    book = pathlib.Path(tempfile.mkdtemp()) / "a.ipynb"
    before = json.dumps(BOOK)
    book.write_text(before)
    return book, before


async def main(program: str) -> None:
    parameters = StdioServerParameters(command=program, args=["mcp", "--lang", "en"])
    async with stdio_client(parameters) as (read, write), ClientSession(read, write) as session:
        told = await session.initialize()
        info = getattr(told, "serverInfo", None) or told.server_info
        assert info.name == "nbasync", told
        await ask(session, *notebook())
    print("agent: with a handshake, what the SDK asked was answered")
    if Client is None:
        print("NOT CHECKED: this SDK does not know the newest revision of the protocol")
        return
    for mode in ("auto", "2026-07-28", "legacy"):
        async with Client(parameters, mode=mode) as client:
            wanted = "2025-11-25" if mode == "legacy" else "2026-07-28"
            assert client.protocol_version == wanted, (mode, client.protocol_version)
            await ask(client, *notebook())
        print(f"agent: {wanted} ({mode}), what the SDK asked was answered")


asyncio.run(asyncio.wait_for(main(sys.argv[1]), 120))
