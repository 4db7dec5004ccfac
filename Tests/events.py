"""A reader of server-sent events, as a client has it."""

import json
import time


class Events:
    """One stream on a connection of its own, of an agent's channel or of all that a person may see.

    Reads event by event, each within a deadline.
    """

    def __init__(self, caller, last_id=None, channel=None, **query):
        headers = {"last-event-id": str(last_id)} if last_id is not None else {}
        channel = channel or getattr(caller, "channel", None)
        self.response = caller.another().request(
            "GET", "events", params=({"channel": channel} if channel else {}) | query, headers=headers, stream=True
        )
        self.lines = self.response.iter_lines(chunk_size=1, decode_unicode=True)
        #: The id that the stream began with, once an event has been read.
        self.start = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.response.close()

    def next(self, deadline=20):
        """The next event as (name, id, data), but for `ready`; comments are skipped. None at the end."""
        fields, end = {}, time.monotonic() + deadline
        for line in self.lines:
            assert time.monotonic() < end, f"no event within {deadline} s"
            if line and not line.startswith(":"):
                name, _, value = line.partition(": ")
                fields[name] = value
            elif not line:
                if fields["event"] != "ready":
                    return fields["event"], int(fields["id"]), json.loads(fields["data"])
                self.start, fields = int(fields["id"]), {}
        return None
