"""Agents that speak the Model Context Protocol: the official client of today, and that of the handshake era."""

import asyncio
import contextlib
import json
import os
import subprocess
import threading
from pathlib import Path
from typing import Literal

import httpx2
import pytest
import requests
from clients import PROGRAMS, question
from mcp import Client, StdioServerParameters
from mcp.client.extension import ClientExtension, ResultClaim
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, Request, RequestParams, Result
from pydantic import Field

ROOT = Path(__file__).resolve().parent.parent.parent
TOOLS = ["ask", "notify", "attach", "read_file", "list_files", "answers", "withdraw"]
APPROVED = {"selectedOption": "approve", "comment": "fine"}


@pytest.fixture(scope="module")
def owner(server, person):
    """A key of the person who answers."""
    return server.owner().with_channel("bot")


@contextlib.asynccontextmanager
async def over_http(owner, mode="auto", **options):
    # A held call is silent for longer than the 5 s after which httpx gives up.
    async with httpx2.AsyncClient(timeout=90, headers={"Authorization": f"Bearer {owner.key}"}) as http:
        transport = streamable_http_client(f"{owner.server.url}/mcp", http_client=http)
        async with Client(transport, mode=mode, **options) as client:
            yield client


@contextlib.asynccontextmanager
async def over_pipe(owner, mode="auto", **options):
    environment = {"PLACET_URL": owner.server.url, "API_KEY": owner.key}
    program = StdioServerParameters(command=str(owner.server.binary), args=["mcp"], env=environment)
    async with Client(stdio_client(program), mode=mode, **options) as client:
        yield client


def answering(owner, person, response=APPROVED):
    """Answers, in the background, the question that comes up next."""
    def answer():
        message = question(owner)
        body = {"response": response, "digest": message["review"]["digest"]}
        answered = person.another().request("POST", f"messages/{message['id']}/respond", json=body)
        assert answered.status_code == 201, answered.text

    owner, thread = owner.another(), threading.Thread(target=answer)
    thread.start()
    return thread


async def use_every_tool(client, owner, person):
    """As an agent would on an ordinary day."""
    assert [tool.name for tool in (await client.list_tools()).tools] == TOOLS

    async def call(tool, **arguments):
        result = await client.call_tool(tool, arguments)
        assert not result.is_error, result.content
        return result.structured_content

    plan = await call("attach", name="plan.sql", text="DROP TABLE b;\n", channel=owner.channel)
    assert (await call("read_file", id=plan["id"]))["text"] == "DROP TABLE b;\n"
    assert (await call("list_files", channel=owner.channel))["files"][0]["id"] == plan["id"]
    assert owner.content(plan["id"]) == b"DROP TABLE b;\n"
    # What is larger goes past the model.
    address = (await call("attach", name="core.dump", channel=owner.channel))["uploadUrl"]
    sent = subprocess.run(["curl", "-sS", "--noproxy", "*", "-T", "-", address], input=b"\0" * 100_000, capture_output=True)
    dump = json.loads(sent.stdout)
    assert (dump["filename"], dump["size"]) == ("core.dump", 100_000), sent
    facts = await call("read_file", id=dump["id"], facts=True)
    assert facts["file"]["sha256"] == dump["sha256"]
    assert (await client.call_tool("read_file", {"id": dump["id"]})).is_error  # It has no lines.
    said = await call("notify", text="Begun", status="info", channel=owner.channel)
    assert owner.request("GET", f"messages/{said['id']}").json()["text"] == "Begun"

    answer = answering(owner, person)
    told = await call("ask", question="Drop B?", files=[plan["id"]], channel=owner.channel)
    answer.join()
    assert (told["status"], told["answer"], told["answeredBy"]) == ("answered", APPROVED, "admin"), told
    assert [item["handle"] for item in (await call("answers"))["answers"]] == [told["handle"]]
    assert (await call("answers", acknowledge=[told["handle"]]))["answers"] == []

    open_one = await call("ask", question="And C?", wait=0, channel=owner.channel)
    assert open_one == {"status": "pending", "handle": open_one["handle"]}
    assert await call("withdraw", handle=open_one["handle"]) == {"withdrawn": True}

    refused = await client.call_tool("ask", {"question": 7, "channel": owner.channel})
    assert refused.is_error and refused.content[0].text == "question: must be a string"


@pytest.mark.parametrize("transport", [over_http, over_pipe])
@pytest.mark.parametrize("mode, revision", [
    ("2026-07-28", "2026-07-28"), ("auto", "2026-07-28"), ("legacy", "2025-11-25"),
])
def test_the_official_client_uses_every_tool(owner, person, transport, mode, revision):
    async def day():
        async with transport(owner, mode) as client:
            assert client.protocol_version == revision
            await use_every_tool(client, owner, person)

    asyncio.run(day())


def test_the_client_of_the_handshake_era_uses_every_tool(owner, person):
    client = [ROOT / ".venv-handshake/bin/python", PROGRAMS / "mcp_handshake.py"]
    environment = os.environ | {"PLACET_URL": owner.server.url, "API_KEY": owner.key, "CHANNEL_ID": owner.channel}
    answer = answering(owner, person)
    done = subprocess.run(client, env=environment, capture_output=True, text=True, timeout=60)
    answer.join()
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["revision"] == "2025-11-25" and told["tools"] == TOOLS
    assert (told["asked"]["status"], told["asked"]["answer"]) == ("answered", APPROVED)
    assert owner.request("POST", f"messages/{told['asked']['handle']}/ack").status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize("transport", [over_http, over_pipe])
def test_a_held_call_shows_that_it_is_alive_and_is_then_told_that_nobody_answered(owner, transport):
    async def hold():
        heard = []

        async def progress(progress, total, message):
            heard.append((progress, message))

        async with transport(owner) as client:
            arguments = {"question": "Anyone?", "wait": 17, "channel": owner.channel}
            held = await client.call_tool("ask", arguments, progress_callback=progress)
            assert held.structured_content["status"] == "pending" and not held.is_error
            assert heard == [(1, "Nobody has answered yet")]
            await client.call_tool("withdraw", {"handle": held.structured_content["handle"]})

    asyncio.run(hold())


class TaskParams(RequestParams):
    taskId: str


class GetTask(Request):
    name_param = "taskId"
    method: str = "tasks/get"
    params: TaskParams


class TaskState(Result):
    taskId: str
    status: str
    result: dict | None = None


class CreatedTask(Result):
    result_type: Literal["task"] = Field(alias="resultType")
    taskId: str


def test_a_question_goes_on_as_a_task(owner, person):
    seen = []

    async def resolve(created, context):
        while True:
            state = await context.session.send_request(GetTask(params=TaskParams(taskId=created.taskId)), TaskState)
            seen.append(state.status)
            if state.status == "completed":
                return CallToolResult.model_validate(state.result)
            if len(seen) == 1:
                answering(owner, person)
            await asyncio.sleep(0)

    class Tasks(ClientExtension):
        identifier = "io.modelcontextprotocol/tasks"

        def claims(self):
            return [ResultClaim(result_type="task", model=CreatedTask, resolve=resolve)]

    async def ask():
        async with over_http(owner, "2026-07-28", extensions=[Tasks()]) as client:
            return await client.call_tool("ask", {"question": "Later?", "wait": 0, "channel": owner.channel})

    told = asyncio.run(ask())
    assert seen[0] == "working" and seen[-1] == "completed"
    assert (told.structured_content["status"], told.structured_content["answer"]) == ("answered", APPROVED)


def test_a_client_that_vanishes_in_a_held_call_leaves_the_question_and_loses_no_answer(owner, person):
    def call(**arguments):
        params = {"name": "ask", "arguments": {"channel": owner.channel, "key": "vanish", **arguments}}
        return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}

    headers = {"x-api-key": owner.key}
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.post(f"{owner.server.url}/mcp", json=call(question="Still there?"), headers=headers, timeout=1)
    message = question(owner)
    answering(owner, person).join()
    again = requests.post(f"{owner.server.url}/mcp", json=call(question="Still there?"), headers=headers, timeout=20)
    told = again.json()["result"]["structuredContent"]
    assert (told["handle"], told["answer"]) == (message["id"], APPROVED)
    assert owner.request("POST", f"messages/{message['id']}/ack").status_code == 200


def test_a_key_that_is_revoked_ends_a_held_call(server):
    owner = server.owner("to be revoked").with_channel("short")
    key_id = next(key["id"] for key in json.loads(server.command("keys", "list", "--json").stdout)
                  if owner.key.startswith(key["keyPrefix"]))
    replies = []
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": {"name": "ask", "arguments": {"question": "Now?", "channel": owner.channel}}}
    waiting = threading.Thread(target=lambda: replies.append(
        requests.post(f"{server.url}/mcp", json=call, headers={"x-api-key": owner.key}, timeout=30)))
    waiting.start()
    question(owner)
    server.command("keys", "revoke", key_id)
    waiting.join(10)
    assert replies[0].status_code == 401 and replies[0].headers["www-authenticate"] == 'Bearer realm="placet"'


def test_the_program_tells_what_is_wrong_with_its_server_and_its_key(owner):
    def error(line='{"jsonrpc":"2.0","id":1,"method":"ping"}', **environment):
        environment = {"PLACET_URL": owner.server.url, "API_KEY": owner.key} | environment
        with subprocess.Popen([owner.server.binary, "mcp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, env=environment) as program:
            if line is None:
                return program.communicate(timeout=20)[1]
            program.stdin.write(line + "\n")
            program.stdin.flush()
            return json.loads(program.stdout.readline())["error"]

    assert "Set API_KEY" in error(None, API_KEY="") and "PLACET_URL" in error(None, PLACET_URL="127.0.0.1:1")
    assert error("{")["code"] == -32700
    assert error(API_KEY="hp_wrong")["message"] == "Invalid API key"
    refused = error(PLACET_URL="http://127.0.0.1:1")
    assert refused["code"] == -32603 and refused["message"].startswith("The server at PLACET_URL does not answer")


def test_the_program_answers_side_by_side_and_never_what_was_cancelled(owner):
    environment = {"PLACET_URL": owner.server.url, "API_KEY": owner.key}
    with subprocess.Popen([owner.server.binary, "mcp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                          env=environment) as program:
        def send(message):
            program.stdin.write(json.dumps({"jsonrpc": "2.0"} | message) + "\n")
            program.stdin.flush()

        def said():
            return json.loads(program.stdout.readline())

        asked = {"name": "ask", "arguments": {"question": "Cancelled?", "channel": owner.channel}}
        send({"id": "held", "method": "tools/call", "params": asked})
        handle = question(owner)["id"]
        send({"id": 2, "method": "ping"})
        assert said() == {"jsonrpc": "2.0", "id": 2, "result": {}}
        send({"method": "notifications/cancelled", "params": {"requestId": "held"}})
        send({"id": 3, "method": "nonsense"})
        assert said()["error"]["code"] == -32601
        withdrawn = {"name": "withdraw", "arguments": {"handle": handle}}
        send({"id": 4, "method": "tools/call", "params": withdrawn})
        assert said()["id"] == 4
        program.stdin.close()
        assert program.stdout.read() == "" and program.wait(10) == 0
