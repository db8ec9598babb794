"""One session of the Python SDK: sdk_python.py MODE CALLS COMMAND..., MODE is auto or legacy.

Prints what it saw as one JSON object, the same from every client: `version` negotiated, `tools`
listed, `calls` as {tool, text, isError} or {tool, error}, `log` of the SDK. It judges nothing.
"""

import asyncio
import json
import logging
import sys

from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client


class Log(logging.Handler):
    """Keeps warnings: the SDK logs lines that it cannot parse and goes on."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())


async def call(client, row):
    try:
        result = await client.call_tool(row["tool"], row["arguments"])
    except Exception as error:  # every way to fail is an observation
        return {"tool": row["tool"], "error": repr(error)}
    text = "\n".join(block.text for block in result.content if block.type == "text")
    return {"tool": row["tool"], "text": text, "isError": bool(result.is_error)}


async def session(mode, calls, command):
    log = Log()
    logging.getLogger().addHandler(log)
    server = StdioServerParameters(command=command[0], args=command[1:])
    async with Client(stdio_client(server), mode=mode) as client:
        tools = []
        page = await client.list_tools()
        tools += page.tools
        while page.next_cursor:
            page = await client.list_tools(cursor=page.next_cursor)
            tools += page.tools
        answers = [await call(client, row) for row in calls]
        version = client.protocol_version
    names = [tool.name for tool in tools]
    return {"version": version, "tools": names, "calls": answers, "log": log.lines}


if __name__ == "__main__":
    seen = asyncio.run(session(sys.argv[1], json.loads(sys.argv[2]), sys.argv[3:]))
    print(json.dumps(seen))
