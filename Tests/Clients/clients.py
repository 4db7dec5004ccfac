"""What the tests of clients share: how a program of ours is run, and how its question is found and answered."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from placet_server import eventually

PROGRAMS = Path(__file__).parent / "programs"
INTERPRETERS = {".py": sys.executable, ".sh": "bash", ".mjs": "node"}


class Client:
    """A program that acts for `owner`, told where and who by the page's variables and by nothing else."""

    def __init__(self, command, owner, **environment):
        own = {"PLACET_URL": owner.server.url, "API_KEY": owner.key, "CHANNEL_ID": owner.channel}
        # Node 18, which is Debian's, calls FormData's files experimental on standard error.
        own["NODE_NO_WARNINGS"] = "1"
        self.process = subprocess.Popen(
            command, env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"} | own | environment, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        )

    @classmethod
    def program(cls, name, owner, *arguments, **environment):
        path = PROGRAMS / name
        return cls([INTERPRETERS[path.suffix], str(path), *arguments], owner, **environment)

    @property
    def is_running(self):
        return self.process.poll() is None

    def ends(self, deadline=20):
        """Waits for the end; returns the exit code, the output and what was said on standard error."""
        output, errors = self.process.communicate(timeout=deadline)
        return self.process.returncode, output, errors

    def prints(self, deadline=20):
        """The output of a program that must succeed."""
        code, output, errors = self.ends(deadline)
        assert (code, errors) == (0, ""), f"ended with {code}: {errors}"
        return output

    def kill(self):
        """With all that it started."""
        if self.is_running:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.communicate()


def question(owner, deadline=20):
    """The one message of the channel that waits for an answer."""
    def pending():
        answer = owner.request("GET", "reviews/pending", params={"channel": owner.channel})
        assert answer.status_code == 200, answer.text
        return answer.json()

    found = eventually(pending, "a question", deadline)
    assert len(found) == 1, found
    return found[0]


def respond(server, message, response, *options):
    """As the operator does. Refused: an AssertionError with the server's sentence."""
    done = server.command("respond", message["id"], json.dumps(response), *options)
    assert done.stdout == message["id"] + "\n"


def answers(owner):
    """What the feed holds now."""
    feed = owner.request("GET", "answers", params={"channel": owner.channel, "timeout": 1})
    assert feed.status_code == 200, feed.text
    return feed.json()["answers"]
