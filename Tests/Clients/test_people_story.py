"""The story of the README, end to end, as a script that anybody can run."""

import sys
from pathlib import Path

from clients import Client
from placet_server import ADMIN_PASSWORD

STORY = Path(__file__).parent / "story.sh"


def test_an_agent_asks_a_person_answers_and_the_agent_goes_on(make_server):
    server = make_server(PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD).start()
    owner = server.owner()
    story = Client(
        [str(STORY)], owner, EMAIL="admin@placet.local", PASSWORD=ADMIN_PASSWORD, PYTHON=sys.executable
    )
    assert story.prints(60).splitlines() == [
        "The build is green. Deploy to production?", "12 tests passed", "build is green", "approve: ship it",
    ]
    [[agent]] = server.query("SELECT id FROM agents WHERE name = 'deploy-bot'")
    owner.channel = agent
    [feed] = owner.request("GET", "answers", params={"channel": agent, "timeout": 1}).json()["answers"]
    assert feed["message"]["review"]["response"] == {"selectedOption": "approve", "comment": "ship it"}
    assert server.query("SELECT count(*) FROM sessions") == [(0,)], "signed out"


def test_a_wrong_password_ends_it_at_once(make_server):
    server = make_server(PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD).start()
    story = Client(
        [str(STORY)], server.owner(), EMAIL="admin@placet.local", PASSWORD="guessed", PYTHON=sys.executable
    )
    code, output, errors = story.ends(60)
    assert code != 0 and output == "" and "401" in errors
