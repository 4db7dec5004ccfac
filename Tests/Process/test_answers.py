"""Answers on their way: killed at any moment, raced for by many, read over one connection."""


def test_requests_after_a_wait_reach_the_server(server):
    """The connection of a wait is closed after it, and the answer says so: no client sends the next request into it."""
    owner = server.owner()
    for path in ["answers", "agents"] * 50:
        assert owner.request("GET", path, params={"channel": owner.channel, "timeout": 1}).status_code == 200
