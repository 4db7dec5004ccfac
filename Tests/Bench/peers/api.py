"""Reading messages and reviews, which FastAPI over SQLite does too, and writing messages."""

import json
import urllib.request
from service import sign_in
from . import load

OPTIONS = {"options": [{"id": "approve", "label": "Approve"}, {"id": "reject", "label": "Reject"}]}
MESSAGE = {"text": "Build complete, all 47 tests passed", "status": "success",
           "metadata": {"buildId": "build-123", "duration": 2.3}}


def post(url, body, header):
    name, value = header.split(": ")
    request = urllib.request.Request(url, json.dumps(body).encode(), {name: value, "content-type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def fill(base, header, channel):
    """100 messages, 20 of them questions. The id of the last one."""
    for number in range(100):
        message = {"channelId": channel, "text": f"Message {number}", "metadata": {"number": number}}
        if number % 5 == 0:
            message["review"] = {"type": "approval", "payload": OPTIONS}
        last = post(f"{base}/messages", message, header)["id"]
    return last


def answered(base, header, channel, respond):
    """The id of a question that was answered."""
    question = {"channelId": channel, "text": "Deploy?", "review": {"type": "approval", "payload": OPTIONS}}
    id = post(f"{base}/messages", question, header)["id"]
    respond(id)
    return id


def reads(base, channel, last, answer):
    return {
        "GET a message": f"{base}/messages/{last}?channel={channel}",
        "list of 50 messages": f"{base}/messages?channel={channel}&limit=50",
        "20 pending reviews": f"{base}/reviews/pending?channel={channel}",
        "wait that is answered already": f"{base}/reviews/{answer}/wait?channel={channel}",
    }


def posts(server, base, channel):
    """Messages of 64 clients."""
    body = json.dumps({"channelId": channel} | MESSAGE)
    path = f"{server.folder}/message"
    with open(path, "w") as file:
        file.write("\r\n".join([f"POST {base} HTTP/1.1", "Host: bench", server.header, "Content-Type: application/json",
                                f"Content-Length: {len(body)}", "", body]))
    return lambda: load.distinct(server.root, path, 64)


def measure(servers, report):
    us, plain = servers.ours, servers.plain
    session = f"authorization: Bearer {sign_in(us)}"
    last, plain_last = fill(us.base, us.header, us.channel), fill(plain.root, plain.header, "c")
    answer = answered(us.base, us.header, us.channel, lambda id: post(
        f"{us.root}/api/messages/{id}/respond", {"response": {"selectedOption": "approve"}}, session))
    plain_answer = answered(plain.root, plain.header, "c", lambda id: post(
        f"{plain.root}/reviews/{id}/respond", {"selectedOption": "approve"}, plain.header))
    paths = {"placet": reads(us.base, us.channel, last, answer),
             "FastAPI": reads(plain.root, "c", plain_last, plain_answer)}

    def work(name, what):
        return lambda: load.wrk(paths[name][what], headers=[servers.all[name].header])

    for what in paths["placet"]:
        report.rates(what, {name: work(name, what) for name in paths}, {"FastAPI": 3})
    works = {"placet": posts(us, "/api/v1/messages", us.channel)}
    if "a commit for each" in servers.all:
        single = servers.all["a commit for each"]
        works["a commit for each"] = posts(single, "/api/v1/messages", single.channel)
    works["its own /health"] = lambda: load.wrk(f"{us.root}/health", 64)
    works["FastAPI"] = posts(plain, "/messages", "c")
    report.rates("messages, durable, 64 clients", works, {"a commit for each": 4, "its own /health": 15 / 35})
