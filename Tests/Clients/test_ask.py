"""`placet ask`: a question from a script, with an exit code for each outcome."""

import hashlib
import json
import os
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from clients import Client, answers, question, respond
from placet_server import eventually, quiet_port

ANSWERED, REFUSED, NEGATIVE, EXPIRED, UNREACHABLE, USAGE = 0, 1, 3, 4, 5, 64


@pytest.fixture
def ask(binary):
    """Runs `placet ask` for an owner; those that still run after the test are killed."""
    running = []

    def start(owner, *arguments, **environment):
        running.append(Client([binary, "ask", *arguments], owner, **environment))
        return running[-1]

    yield start
    for client in running:
        client.kill()


@pytest.fixture
def owner(server):
    """With a channel of its own for each test."""
    return server.owner()


@pytest.fixture
def restartable(make_server):
    """A server that can be started again where its clients look for it."""
    return make_server().start(quiet_port())


def digest(body, *files):
    """Of a question as `placet ask` writes it: JSON without white space."""
    review = body["review"]
    payload = json.dumps(review["payload"], separators=(",", ":"), ensure_ascii=False)
    parts = [part.encode() for part in (body["text"], review["type"], payload, *files)]
    return hashlib.sha256(b"".join(b"%d:%b" % (len(part), part) for part in parts)).hexdigest()


def messages(owner):
    return owner.request("GET", "messages", params={"channel": owner.channel}).json()["data"]


# The outcomes


@pytest.mark.parametrize("chosen, code", [("caf\u00e9", ANSWERED), ("cafe\u0301", NEGATIVE)], ids=["NFC", "NFD"])
def test_options_that_only_look_alike_are_two(ask, owner, chosen, code):
    asked = ask(owner, "Where?", "--option", "caf\u00e9", "--negative", "cafe\u0301")
    respond(owner.server, question(owner), {"selectedOption": chosen})
    assert asked.ends()[:2] == (code, chosen + "\n")


def test_a_response_that_is_no_json_is_refused_with_the_place_and_not_repeated(owner):
    done = owner.server.command("respond", "any", '{"text": secret}', check=False)
    assert done.returncode == USAGE
    assert "a value is expected (line 1, column 10)" in done.stderr and "secret}" not in done.stderr


def test_approve_is_printed_and_is_success(ask, owner):
    asked = ask(owner, "Deploy to **production**?")
    message = question(owner)
    assert message["text"] == "Deploy to **production**?"
    assert [option["id"] for option in message["review"]["payload"]["options"]] == ["approve", "reject"]
    respond(owner.server, message, {"selectedOption": "approve"})
    code, output, errors = asked.ends()
    assert (code, output) == (ANSWERED, "approve\n")
    assert message["id"] in errors and "--key" in errors


def test_a_comment_and_feedback_follow_the_option(ask, owner):
    asked = ask(owner, "Deploy?")
    respond(owner.server, question(owner), {"selectedOption": "approve", "comment": "at noon"}, "--feedback", "schön")
    assert asked.ends()[:2] == (ANSWERED, "approve\nat noon\nschön\n")


def test_json_tells_all_of_it(ask, owner):
    asked = ask(owner, "Deploy?", "--json")
    message, response = question(owner), {"selectedOption": "approve", "comment": "at noon"}
    respond(owner.server, message, response, "--feedback", "good")
    code, output, _ = asked.ends()
    assert code == ANSWERED
    assert json.loads(output) == {
        "status": "completed", "messageId": message["id"], "response": response, "feedback": "good",
    }


def test_a_negative_option_has_an_exit_code_of_its_own(ask, owner):
    asked = ask(owner, "Deploy?")
    respond(owner.server, question(owner), {"selectedOption": "reject"})
    assert asked.ends()[:2] == (NEGATIVE, "reject\n")


def test_options_are_offered_as_given(ask, owner):
    asked = ask(owner, "When?", "--option", "now=Right now", "--option", "later", "--negative", "never=Not at all")
    message = question(owner)
    shown = [(option["id"], option["label"], option["style"]) for option in message["review"]["payload"]["options"]]
    assert shown == [("now", "Right now", "primary"), ("later", "later", "primary"), ("never", "Not at all", "danger")]
    respond(owner.server, message, {"selectedOption": "later"})
    assert asked.ends()[:2] == (ANSWERED, "later\n")


def test_a_text_is_asked_for_and_printed(ask, owner):
    asked = ask(owner, "Which branch?", "--input")
    message = question(owner)
    assert message["review"]["type"] == "text-input"
    respond(owner.server, message, {"text": "main\nor develop"})
    assert asked.ends()[:2] == (ANSWERED, "main\nor develop\n")


def test_expired_has_an_exit_code_of_its_own(ask, owner):
    code, output, errors = ask(owner, "Anybody?", "--expires", "1").ends()
    assert (code, output) == (EXPIRED, "")
    assert "expired" in errors
    code, output, _ = ask(owner, "Anybody?", "--expires", "1", "--json").ends()
    assert (code, json.loads(output)["status"]) == (EXPIRED, "expired")


def test_an_answer_that_was_read_is_acknowledged(ask, owner):
    asked = ask(owner, "Deploy?")
    respond(owner.server, question(owner), {"selectedOption": "approve"})
    asked.ends()
    assert answers(owner) == []
    assert messages(owner)[0]["deliveryStatus"] == "agent_received"


# What ends it otherwise


def test_a_server_that_is_not_there_is_given_up_when_patience_ends(ask, owner):
    code, output, errors = ask(owner, "Deploy?", "--patience", "1", PLACET_URL=f"http://127.0.0.1:{quiet_port()}").ends()
    assert (code, output) == (UNREACHABLE, "")
    assert "cannot be reached" in errors


@pytest.mark.parametrize("wrong", [{"API_KEY": "hp_wrong"}, {"CHANNEL_ID": "nobody"}], ids=["key", "channel"])
def test_what_the_server_refuses_ends_it_at_once_with_the_servers_sentence(ask, owner, wrong):
    code, output, errors = ask(owner, "Deploy?", **wrong).ends()
    assert (code, output) == (REFUSED, "")
    assert ("Invalid API key" if "API_KEY" in wrong else "Not your agent") in errors


@pytest.mark.parametrize("spoil", ["{}\r", "{}\n", " {}", "{} x", "{}\u00e9"])
def test_a_key_that_cannot_be_one_is_refused_at_once_and_never_shown(ask, owner, spoil):
    code, output, errors = ask(owner, "Deploy?", API_KEY=spoil.format(owner.key)).ends()
    assert (code, output) == (REFUSED, "")
    assert "API_KEY" in errors and owner.key not in errors and owner.key[3:20] not in errors


@pytest.mark.parametrize("url", [
    "http://user:pass-word@127.0.0.1:3001", "ftp://127.0.0.1", "127.0.0.1:3001", "http://", "http://127.0.0.1:3001\r",
    "http://127.0.0.1:3001?token=pass-word",
])
def test_an_address_that_cannot_be_one_is_refused_at_once_and_its_password_not_shown(ask, owner, url):
    code, output, errors = ask(owner, "Deploy?", PLACET_URL=url).ends()
    assert (code, output) == (REFUSED, "")
    assert "PLACET_URL" in errors and "pass-word" not in errors


def test_the_key_is_not_taken_to_where_a_redirect_points(ask, owner):
    class Elsewhere(BaseHTTPRequestHandler):
        keys = []

        def do_POST(self):
            self.keys.append(self.headers["x-api-key"])
            self.send_response(307)
            self.send_header("location", f"http://localhost:{self.server.server_port}/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as stand:
        threading.Thread(target=stand.serve_forever, daemon=True).start()
        code, _, errors = ask(owner, "Deploy?", PLACET_URL=f"http://127.0.0.1:{stand.server_port}").ends()
        stand.shutdown()
    assert code == REFUSED and "PLACET_URL" in errors
    assert Elsewhere.keys == [owner.key]


def test_an_answer_is_printed_with_its_lines_and_without_what_a_terminal_obeys(ask, owner):
    comment = "two\nlines\x1b]0;title\x07 \u202e"
    response = {"selectedOption": "approve", "comment": comment}
    asked = ask(owner, "Deploy?", "--key", "escapes")
    respond(owner.server, question(owner), response)
    assert asked.ends()[:2] == (ANSWERED, "approve\ntwo\nlines" + r"\u001b]0;title\u0007 \u202e" + "\n")
    assert json.loads(ask(owner, "Deploy?", "--key", "escapes", "--json").ends()[1])["response"] == response


def test_a_question_that_is_retracted_ends_it(ask, owner):
    asked = ask(owner, "Deploy?")
    message = question(owner)
    owner.request("DELETE", f"messages/{message['id']}", params={"channel": owner.channel})
    assert asked.ends()[:2] == (REFUSED, "")


def test_a_file_that_is_not_there_is_told_before_anything_is_asked(ask, owner):
    code, _, errors = ask(owner, "Deploy?", "--file", "/nonexistent/x.log").ends()
    assert code == REFUSED and "/nonexistent/x.log" in errors
    assert messages(owner) == []


@pytest.mark.parametrize("arguments", [
    [], ["Deploy?", "--input", "--option", "a"], ["Deploy?", "--option", "a", "--negative", "a=b"],
    ["Deploy?", "--patience", "-1"], ["Deploy?", "--option", "=x"], ["Deploy?", "--unknown"], ["a", "b"],
], ids=" ".join)
def test_wrong_usage(ask, owner, arguments):
    assert ask(owner, *arguments).ends()[0] == USAGE
    assert messages(owner) == []


@pytest.mark.parametrize("missing", ["API_KEY", "CHANNEL_ID"])
def test_who_asks_and_where_must_be_known(ask, owner, missing):
    code, _, errors = ask(owner, "Deploy?", **{missing: ""}).ends()
    assert code == USAGE and missing in errors


# Files


@pytest.mark.parametrize("name", [
    "Übersicht \"final\" (1).md", "a'b;c, d=e&f.txt", "100% %41.csv", "日本語 log.txt", "-rf.txt", "plain.log",
    "cafe\u0301.txt",
])
def test_files_are_attached_under_their_names(ask, owner, tmp_path, name):
    (tmp_path / name).write_bytes(os.urandom(1000))
    asked = ask(owner, "Deploy?", f"--file={tmp_path / name}")
    message = question(owner)
    [attachment] = message["attachments"]
    assert attachment["filename"] == name.replace("e\u0301", "é")
    assert owner.content(attachment["id"]) == (tmp_path / name).read_bytes()
    respond(owner.server, message, {"selectedOption": "approve"})
    assert asked.ends()[0] == ANSWERED


def test_a_line_end_or_an_escape_in_a_name_makes_no_other_form(ask, owner, tmp_path):
    name = "a\r\nx-evil: 1\r\n\r\n%22b%0A\".txt"
    (tmp_path / name).write_bytes(b"1")
    ask(owner, "Deploy?", "--file", str(tmp_path / name))
    [attachment] = question(owner)["attachments"]
    assert attachment["size"] == 1
    assert attachment["filename"] == "ax-evil: 1%22b%0A\".txt"


def test_large_files_and_many(ask, owner, tmp_path):
    sizes = [20 << 20, 0, 1, 256 << 10]
    paths = [tmp_path / f"{number}.bin" for number in range(len(sizes))]
    for path, size in zip(paths, sizes):
        path.write_bytes(os.urandom(size))
    ask(owner, "Deploy?", *(f"--file={path}" for path in paths))
    attachments = question(owner)["attachments"]
    assert [file["sha256"] for file in attachments] == [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]


# Once under one key


def test_asked_again_under_its_key_it_attaches_nothing_and_leaves_nothing(ask, owner, tmp_path):
    (tmp_path / "build.log").write_bytes(os.urandom(1000))
    arguments = ["Deploy?", "--key", "build-7", "--file", str(tmp_path / "build.log")]
    first = ask(owner, *arguments)
    message = question(owner)
    first.kill()
    again = ask(owner, *arguments)
    eventually(lambda: owner.server.log().count("DELETE") and question(owner), "the second file is taken back")
    respond(owner.server, message, {"selectedOption": "approve"})
    assert again.ends()[:2] == (ANSWERED, "approve\n")
    assert [file["id"] for file in owner.files()] == [file["id"] for file in message["attachments"]]
    assert len(messages(owner)) == 1
    # And when there is an answer already.
    assert ask(owner, *arguments).ends()[:2] == (ANSWERED, "approve\n")
    assert len(owner.files()) == 1 and len(messages(owner)) == 1


def test_a_file_that_was_taken_back_without_our_hearing_of_it_is_no_failure(ask, owner, tmp_path):
    """A server whose answer to the DELETE is lost, as by kill -9: the repeat finds nothing."""
    (tmp_path / "build.log").write_bytes(b"1")
    sha256, lost, review = hashlib.sha256(b"1").hexdigest(), [], {"response": {"selectedOption": "approve"}}

    class Stand(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"] or 0))
            if self.path.startswith("/api/v1/messages?"):
                review["digest"] = digest(json.loads(body), sha256)
            self.reply(201, {"id": "1", "sha256": sha256, "attachments": [], "review": review})

        def do_GET(self):
            self.reply(200, {"status": "completed", "message": {"review": review}})

        def do_DELETE(self):
            lost.append(self.path)
            if len(lost) > 1:
                self.reply(404, {"message": "File not found"})

        def reply(self, status, body):
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Stand) as stand:
        threading.Thread(target=stand.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{stand.server_port}"
        asked = ask(owner, "Deploy?", "--file", str(tmp_path / "build.log"), PLACET_URL=url)
        assert asked.ends()[:2] == (ANSWERED, "approve\n")
        stand.shutdown()
    assert len(lost) == 2


def test_run_twice_at_once_under_one_key_it_asks_once(ask, owner):
    both = [ask(owner, "Deploy?", "--key", "build-8") for _ in range(2)]
    message = question(owner)
    said = [client.process.stderr.readline() for client in both]
    assert all(message["id"] in line for line in said)
    respond(owner.server, message, {"selectedOption": "approve"})
    assert [client.ends()[:2] for client in both] == [(ANSWERED, "approve\n")] * 2
    assert len(messages(owner)) == 1


@pytest.mark.parametrize("other", [
    ["Drop B?"], ["Drop A?", "--negative", "approve", "--option", "reject"], ["Drop A?", "--input"],
    ["Drop A?", "--file"],
], ids=["text", "options", "kind", "files"])
def test_another_question_under_a_key_is_refused_and_the_old_answer_not_printed(ask, owner, tmp_path, other):
    (tmp_path / "plan.txt").write_bytes(b"1")
    asked = ask(owner, "Drop A?", "--key", "drop")
    message = question(owner)
    if "--file" in other:
        other = [*other, str(tmp_path / "plan.txt")]
    code, output, errors = ask(owner, *other, "--key", "drop").ends()
    assert (code, output) == (REFUSED, "") and message["id"] in errors and "--key" in errors
    respond(owner.server, message, {"selectedOption": "approve"})
    assert asked.ends()[:2] == (ANSWERED, "approve\n")
    assert ask(owner, *other, "--key", "drop").ends()[:2] == (REFUSED, "")
    assert len(messages(owner)) == 1 and owner.files() == []


def test_an_answer_to_a_question_that_was_changed_while_it_waited_does_not_count(ask, owner, tmp_path):
    (tmp_path / "plan.txt").write_bytes(b"1")
    asked = ask(owner, "Deploy?", "--file", str(tmp_path / "plan.txt"))
    message = question(owner)
    assert owner.request("DELETE", f"files/{message['attachments'][0]['id']}").status_code == 200
    respond(owner.server, message, {"selectedOption": "approve"})
    code, output, errors = asked.ends()
    assert (code, output) == (REFUSED, "") and "asks something else" in errors
    assert len(answers(owner)) == 1


def test_the_operator_is_shown_the_question_and_answers_what_was_shown(binary, owner, tmp_path):
    posted = owner.request("POST", "messages", json={
        "channelId": owner.channel, "text": "Delete cache?", "streamId": "s", "review": {"type": "text-input"},
    }).json()
    shown = subprocess.Popen(
        [binary, "respond", posted["id"], "--storage", str(owner.server.storage)], text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=owner.server.environment,
    )
    assert shown.stderr.readline() == "Delete cache?\n"
    changed = {"channelId": owner.channel, "text": "Wipe everything?"}
    assert owner.request("PATCH", "messages/streams/s", json=changed).status_code == 200
    output, errors = shown.communicate('{"text": "yes"}\n', timeout=20)
    assert (shown.returncode, output) == (REFUSED, "") and "has changed" in errors
    done = owner.server.command("respond", posted["id"], given='{"text": "no"}\n')
    assert done.stdout == posted["id"] + "\n" and done.stderr.startswith("Wipe everything?\n")
    assert answers(owner)[0]["message"]["review"]["response"] == {"text": "no"}


def test_the_operator_may_say_which_question_is_answered(owner):
    posted = owner.request("POST", "messages", json={
        "channelId": owner.channel, "text": "Deploy?", "review": {"type": "text-input"},
    }).json()
    arguments = ["respond", posted["id"], '{"text": "yes"}', "--digest"]
    assert owner.server.command(*arguments, "0" * 64, check=False).returncode == REFUSED
    owner.server.command(*arguments, posted["review"]["digest"])


# Away and back


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_it_goes_on_when_the_server_is_back(ask, restartable, end):
    owner = restartable.owner()
    asked = ask(owner, "Deploy?", "--patience", "60")
    message = question(owner)
    getattr(restartable, end)()
    restartable.start(restartable.port)
    assert asked.is_running
    respond(restartable, message, {"selectedOption": "approve"})
    assert asked.ends()[:2] == (ANSWERED, "approve\n")


def test_it_asks_once_the_server_is_there(ask, make_server):
    server = make_server().start(quiet_port())
    owner = server.owner()
    server.stop()
    asked = ask(owner, "Deploy?", "--patience", "60")
    owner = owner.another()
    server.start(server.port)
    respond(server, question(owner), {"selectedOption": "approve"})
    assert asked.ends()[:2] == (ANSWERED, "approve\n")


def test_an_answer_given_while_nobody_waited_is_there_at_the_next_run(ask, restartable):
    owner = restartable.owner()
    asked = ask(owner, "Deploy?", "--key", "night")
    message = question(owner)
    asked.kill()
    respond(restartable, message, {"selectedOption": "reject"})
    restartable.kill()
    owner = owner.another()
    restartable.start(restartable.port)
    assert ask(owner, "Deploy?", "--key", "night").ends()[:2] == (NEGATIVE, "reject\n")
    assert answers(owner) == []
