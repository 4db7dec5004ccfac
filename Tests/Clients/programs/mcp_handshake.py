"""An agent with the client of the handshake era (the package mcp below 2): asks, and prints what it was told."""

import asyncio
import json
import os

from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client


async def main():
    url, headers = os.environ["PLACET_URL"] + "/mcp", {"Authorization": f"Bearer {os.environ['API_KEY']}"}
    async with streamablehttp_client(url, headers=headers) as (reading, writing, _):
        async with ClientSession(reading, writing) as session:
            revision = (await session.initialize()).protocolVersion
            tools = [tool.name for tool in (await session.list_tools()).tools]
            await session.send_ping()
            arguments = {"question": "As ever?", "channel": os.environ["CHANNEL_ID"]}
            asked = await session.call_tool("ask", arguments)
            print(json.dumps({"revision": revision, "tools": tools, "asked": asked.structuredContent}))


asyncio.run(main())
