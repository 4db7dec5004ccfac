"""The programs of the published page, as they stand there: they ask, wait, and print the answer."""

import json
import os
from pathlib import Path

import pytest
from clients import answers, question, respond
from placet_server import eventually, quiet_port

AGENTS = {
    "agent.py": ({"env": "staging", "instances": 3}, "Deploy to staging with 3 instances\n"),
    "agent.sh": ({"selectedOption": "yes"}, 'Response: {\n  "selectedOption": "yes"\n}\n'),
    "agent.mjs": ({"selectedIds": ["migrate-up"]}, "Selected: [ 'migrate-up' ]\n"),
}
#: What tells the words of a name from the syntax around it.
NAMES = ["Übersicht \"final\".md", "a'b;c, d=e&f.txt", "50%25 off.csv", "日本語 log.txt", "-dash.bin", "plain.log"]


@pytest.mark.parametrize("program", AGENTS)
def test_it_prints_the_answer(server, launch, program):
    owner = server.owner()
    response, printed = AGENTS[program]
    agent = launch(program, owner)
    respond(server, question(owner), response)
    assert agent.prints() == printed


@pytest.mark.parametrize("program", AGENTS)
def test_it_is_told_that_the_review_has_expired(server, launch, program):
    agent = launch(program, server.owner(), EXPIRES_IN="1")
    assert agent.prints() == "Review expired\n"


@pytest.mark.slow
def test_they_poll_again_after_a_timeout(make_server, launch):
    server = make_server().start()
    owners = {program: server.owner(program) for program in AGENTS}
    agents = {program: launch(program, owner) for program, owner in owners.items()}
    questions = {program: question(owner) for program, owner in owners.items()}
    eventually(lambda: server.log().count("/wait") >= len(agents), "the first wait of each is over", deadline=40)
    for program, (response, printed) in AGENTS.items():
        assert agents[program].is_running
        respond(server, questions[program], response)
        assert agents[program].prints() == printed


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_the_loop_in_the_shell_goes_on_after_a_restart(make_server, launch, end):
    server = make_server().start(quiet_port())
    owner = server.owner()
    agent = launch("agent.sh", owner)
    asked = question(owner)
    eventually(lambda: "/wait" in command_of_child(agent), "the agent waits")
    getattr(server, end)()
    server.start(server.port)
    respond(server, asked, {"selectedOption": "no"})
    assert json.loads(agent.prints().removeprefix("Response: ")) == {"selectedOption": "no"}


def command_of_child(client):
    """The command line of what the program runs at the moment."""
    process = client.process.pid
    try:
        child = Path(f"/proc/{process}/task/{process}/children").read_text().split()[0]
        return Path(f"/proc/{child}/cmdline").read_text()
    except (IndexError, FileNotFoundError, ProcessLookupError):
        return ""


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_client_that_tries_again_goes_on_after_restarts(make_server, launch, end):
    server = make_server().start(quiet_port())
    owner = server.owner()
    agent = launch("patient.py", owner)
    for _ in range(2):
        asked = question(owner)
        getattr(server, end)()
        owner = owner.another()
        server.start(server.port)
    respond(server, asked, {"selectedOption": "approve"})
    assert agent.prints() == "completed {'selectedOption': 'approve'}\n"
    assert server.query("SELECT count(*), min(delivery_status) FROM messages") == [(1, "agent_received")]


@pytest.mark.parametrize("program", ["agent.py", "agent.mjs"])
def test_the_answer_to_a_program_that_died_waiting_is_kept(make_server, launch, program):
    server = make_server().start()
    owner = server.owner()
    agent = launch(program, owner)
    asked = question(owner)
    agent.kill()
    response, _ = AGENTS[program]
    respond(server, asked, response)
    server.kill()
    owner = owner.another()
    server.start()
    feed = answers(owner)
    assert [(item["status"], item["message"]["id"]) for item in feed] == [("completed", asked["id"])]
    assert feed[0]["message"]["review"]["response"] == response
    owner.request("POST", f"messages/{asked['id']}/ack", params={"channel": owner.channel})
    assert answers(owner) == []


def test_the_single_requests(server, launch):
    owner = server.owner("curl")
    agents, told, asked, acknowledged = map(json.loads, launch("messages.sh", owner).prints().splitlines())
    assert agents[0]["id"] == owner.channel
    assert told["text"] == "## Build Complete\n\nAll **47 tests** passed in 2.3s."
    assert (told["status"], told["metadata"]) == ("success", {"buildId": "build-123", "duration": 2.3})
    assert asked["review"]["status"] == "pending" and asked["review"]["payload"]["allowComment"] is True
    assert acknowledged == {"acknowledged": True}
    respond(server, question(owner), {"selectedOption": "approve", "comment": "Go"})
    assert answers(owner)[0]["message"]["review"]["response"]["comment"] == "Go"


@pytest.mark.parametrize("program", ["files.sh", "files.py", "files.mjs"])
def test_attached_files_come_back_with_their_names_and_bytes(server, launch, tmp_path, program):
    (tmp_path / "copies").mkdir()
    contents = {name: os.urandom(100_000) for name in NAMES}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    paths = [str(tmp_path / name) for name in NAMES]
    owner = server.owner()
    printed = launch(program, owner, *paths, COPIES=str(tmp_path / "copies")).prints().splitlines()
    message = json.loads(printed[0])
    assert [file["filename"] for file in message["attachments"]] == NAMES
    assert [Path(path).read_bytes() for path in printed[1:]] == list(contents.values())
