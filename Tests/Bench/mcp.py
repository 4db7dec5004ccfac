"""What a tool costs beside the requests that it stands for, and how many tokens the tools are; called by scripts/bench mcp.

Loopback only, bounded in count. Calls and requests take turns over one connection each, so that both see the same machine.
"""

import json, statistics, subprocess, sys, tempfile, time
from neighbours import Caller
from service import Table, placet

PORT = 18731
CALLS = 2000
COUNT = """
import anthropic, sys
print(len(anthropic.Anthropic(api_key="none").get_tokenizer().encode(sys.stdin.read()).ids))
"""


class Key(Caller):
    def call(self, tool, arguments, method="tools/call"):
        params = {"name": tool, "arguments": arguments} if tool else {}
        status, answer = self.ask("POST", "/mcp", {"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        assert status == 200, (status, answer[:200])
        return json.loads(answer)["result"]


def tokens(text):
    """By the tokenizer that comes with the package anthropic 0.34.2."""
    done = subprocess.run([".venv-tokens/bin/python", "-c", COUNT], input=text, capture_output=True, text=True, check=True)
    return int(done.stdout)


def main(binary, folder):
    table = Table()
    peer = placet(binary, f"{folder}/mcp", PORT)
    try:
        measure(Key(peer, peer.key), peer.channel, table)
    finally:
        peer.stop()
    table.show()


def measure(agent, channel, table):
    log = "".join(f"line {number}\n" for number in range(10_000))
    file = agent.made("/api/v1/files/store-text", {"channelId": channel, "content": log})["id"]
    works = [
        ("a message", lambda: agent.call("notify", {"text": "a", "channel": channel}),
         lambda: agent.made("/api/v1/messages", {"channelId": channel, "text": "a"})),
        ("20 lines of a log", lambda: agent.call("read_file", {"id": file, "from": 500, "count": 20}),
         lambda: agent.ask("GET", f"/api/v1/files/{file}/lines?from=500&count=20")),
        ("a list of 10 files", lambda: agent.call("list_files", {"channel": channel}),
         lambda: agent.ask("GET", f"/api/v1/files?channel={channel}&limit=11")),
    ]
    for name, tool, api in works:
        times = ([], [])
        for _ in range(CALLS):
            for work, kept in zip((tool, api), times):
                begin = time.perf_counter()
                work()
                kept.append(time.perf_counter() - begin)
        by_tool, by_api = (statistics.median(kept) * 1e6 for kept in times)
        table.row(name, f"{by_tool:.0f} µs by the tool, {by_api:.0f} µs by the API: {by_tool - by_api:.0f} µs more")
    listed = json.dumps(agent.call(None, None, "tools/list")["tools"], separators=(",", ":"))
    pending = agent.call("ask", {"question": "?", "wait": 0, "channel": channel})["content"][0]["text"]
    table.row("the list of tools", f"{tokens(listed)} tokens, {len(listed)} characters", "under 1,500")
    table.row("a pending answer", f"{tokens(pending)} tokens", "under 60")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp())
