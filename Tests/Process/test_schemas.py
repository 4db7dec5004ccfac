"""The tables of SQLite and those of PostgreSQL keep the same counts and refuse the same, whatever is done to them.

Some thousand statements, made by dice, run on both. What triggers keep must be alike then, row by row.
"""

import random
import sqlite3
from itertools import count
from pathlib import Path

import pytest
from cluster import PostgreSQL

SCHEMA = Path(__file__).resolve().parent.parent.parent / "Sources/CSchema"
#: What is compared, and which columns: triggers write the time into others, and of files that go together either is the
#: last.
TABLES = {
    "store": "*", "users": "*", "agents": "*", "channel_counts": "*", "file_counts": "*", "live_drafts": "*",
    "unreferenced_blobs": "sha256, size", "stream_events": "*", "deliveries": "*", "reviews": "*",
    "answers": "*", "audit": "*", "audit_counts": "*", "notices": "*", "notice_ways": "id, session_id", "blobs": "*",
    "attachments": "*", "doomed_keys": "key", "messages": "id, text, stream_state", "partial_uploads": "*",
    "upload_parts": "*",
}  # fmt: skip
LATER = 9 * 10**12


class Dice:
    """Makes statements, mostly about what earlier ones have made."""

    def __init__(self, seed):
        self.random, self.numbers, self.made, self.statements = random.Random(seed), count(1), {}, []
        self.insert("store", singleton=1, id="s", checked_at=0)
        for make, times in ((self.user, 2), (self.agent, 4), (self.blob, 4)):
            for _ in range(times):
                make()

    def roll(self, times):
        acts = {
            self.user: 1, self.agent: 4, self.message: 24, self.blob: 8, self.file: 40, self.event: 8, self.upload: 12,
            self.part: 12, self.way: 4, self.notice: 10, self.entry: 10, self.doomed: 5, self.change: 40, self.remove: 16,
        }  # fmt: skip
        for act in self.random.choices(list(acts), acts.values(), k=times):
            act()

    def one(self, kind, *others):
        return self.random.choice(self.made.get(kind, [None])[-60:] + list(others))

    def make(self, kind):
        self.made.setdefault(kind, []).append(f"{kind}{next(self.numbers):08d}")
        return self.made[kind][-1]

    def insert(self, table, **values):
        texts = ["NULL" if v is None else str(v) if not isinstance(v, str) else f"'{v}'" for v in values.values()]
        self.statements.append(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join(texts)})")

    def user(self):
        id = self.make("user")
        names = dict.fromkeys(("id", "email", "email_folded", "display_name"), id)
        self.insert("users", **names, role="owner", password_hash="", must_change_password=0, created_at=0)

    def agent(self):
        id, number = self.make("agent"), next(self.numbers)
        self.insert("agents", id=id, user_id=self.one("user"), number=number, name="", status="active", created_at=0)

    def message(self):
        channel, id, number = self.one("agent"), self.make("message"), next(self.numbers)
        state = self.random.choice([None, None, "streaming", "complete"])
        self.insert(
            "messages", id=id, channel_id=channel, search_number=number, sender_id="", delivery_status="sent",
            sender_type=self.random.choice(["agent", "user"]), text=self.random.choice([None, "hello"]),
            stream_id=state and id, stream_state=state, created_at=1, updated_at=number,
        )  # fmt: skip
        if self.random.random() < 0.5:
            self.insert(
                "reviews", message_id=id, channel_id=channel, type="", digest="0" * 64, status="pending", expires_at=5
            )
        if self.random.random() < 0.5:
            self.insert(
                "deliveries", id=id, channel_id=channel, message_id=id, event="message:created", state="pending",
                attempts=0, next_attempt_at=4, created_at=1,
            )  # fmt: skip

    def blob(self):
        number = next(self.numbers)
        digest = f"{number:064d}"
        self.made.setdefault("blob", []).append(digest)
        self.insert("blobs", sha256=digest, key=digest, size=number % 1000, crc32=1, created_at=0)

    def file(self):
        digest, message = self.one("blob"), self.one("message", None, None)
        # A file has its message's channel, or is refused.
        channel = f"(SELECT channel_id FROM messages WHERE id = '{message}')" if message else f"'{self.one('agent')}'"
        expiry, day = "NULL" if message else self.random.choice([5, LATER]), self.random.randrange(3) * 86_400_000
        self.statements.append(
            "INSERT INTO attachments (id, channel_id, message_id, sha256, filename, mime_type, detector, size,"
            f" created_at, expires_at) SELECT '{self.make('file')}', {channel},"
            f" {repr(message) if message else 'NULL'}, '{digest}', '', 'type/{day % 7}', '', {int(digest) % 1000},"
            f" {day}, {expiry}"
        )

    def event(self):
        self.insert(
            "stream_events", id=self.make("event"), channel_id=self.one("agent"), stream_id=self.one("message", "none"),
            number=next(self.numbers), text="", tool_hint=0, created_at=1, expires_at=9,
        )  # fmt: skip

    def upload(self):
        length = self.random.choice([5, 9 * 10**6, 3 * 10**7])
        self.insert(
            "partial_uploads", id=self.make("upload"), user_id=self.one("user"), channel_id="", filename="",
            length=length, received=0, created_at=0, expires_at=9,
        )  # fmt: skip

    def part(self):
        start = self.random.choice([0, 5])
        self.insert("upload_parts", upload_id=self.one("upload"), start=start, size=5, key=self.make("key"))

    def way(self):
        user, session, way = self.one("user"), self.make("session"), self.make("way")
        self.insert(
            "sessions", id=session, user_id=user, created_at=0, password_given_at=0, last_used_at=0,
            expires_at=self.random.choice([5, LATER]),
        )  # fmt: skip
        self.insert("notice_ways", id=way, user_id=user, kind="ntfy", url=way, session_id=session, created_at=0)

    def notice(self):
        told = self.random.choice([None, "alone"])
        self.insert(
            "notices", way_id=self.one("way"), message_id=self.one("message"), kind="question", due_at=5, told=told
        )

    def entry(self):
        self.insert(
            "audit", at=1, action="", way="key", user_id=self.one("user", None), channel_id=self.one("agent", None)
        )

    def doomed(self):
        self.insert("doomed_keys", key=self.make("key"), not_before=5)

    def some(self, table, condition="1 = 1", key="id"):
        order, limit = self.random.choice(["", " DESC"]), self.random.choice([1, 3, 5])
        return f"{key} IN (SELECT {key} FROM {table} WHERE {condition} ORDER BY {key}{order} LIMIT {limit})"

    def change(self):
        done = "response = '', completed_at = 1, responder_name = '', responded_via = 'session'"
        pending, open_ = "status = 'pending'", "received < length"
        waiting, streaming = "state = 'pending'", "stream_state = 'streaming'"
        self.statements += self.random.choice([
            [f"UPDATE reviews SET status = 'completed', {done} WHERE {self.some('reviews', pending, 'message_id')}"],
            [f"UPDATE reviews SET status = 'expired' WHERE {self.some('reviews', pending, 'message_id')}"],
            ["INSERT INTO answers (channel_id, message_id) SELECT channel_id, message_id FROM reviews"
             " WHERE status = 'completed' ORDER BY message_id DESC LIMIT 1 ON CONFLICT DO NOTHING"],
            [f"UPDATE deliveries SET state = '{state}', next_attempt_at = NULL, finished_at = 3"
             f" WHERE {self.some('deliveries', waiting)}" for state in ("delivered", "failed")],
            [f"UPDATE messages SET stream_state = '{self.random.choice(['streaming', 'complete'])}', text = 'more',"
             f" updated_at = {next(self.numbers)} WHERE {self.some('messages', streaming)}"],
            ["UPDATE attachments SET expires_at = NULL, message_id ="
             " (SELECT max(id) FROM messages WHERE messages.channel_id = attachments.channel_id)"
             f" WHERE message_id IS NULL AND {self.some('attachments')}"],
            [f"UPDATE partial_uploads SET received = received + 5 WHERE {self.some('partial_uploads', open_)}"],
            [f"UPDATE partial_uploads SET received = length WHERE {self.some('partial_uploads', open_)}"],
            [f"UPDATE agents SET removed_at = 7 WHERE id = '{self.one('agent')}' AND removed_at IS NULL"] if
            self.random.random() < 0.2 else [],
        ])  # fmt: skip

    def remove(self):
        table, key = self.random.choice([
            ("messages", "id"), ("messages", "id"), ("attachments", "id"), ("attachments", "id"), ("audit", "number"),
            ("doomed_keys", "key"), ("partial_uploads", "id"), ("upload_parts", "key"), ("sessions", "id"), ("stream_events", "id"),
        ])  # fmt: skip
        self.statements.append(f"DELETE FROM {table} WHERE {self.some(table, key=key)}")
        if self.random.random() < 0.2:
            self.statements.append(f"DELETE FROM agents WHERE {self.some('agents', 'removed_at = 7')}")
            unused = "sha256 IN (SELECT sha256 FROM unreferenced_blobs)"
            self.statements.append(f"DELETE FROM blobs WHERE {self.some('blobs', unused, 'sha256')}")


@pytest.fixture(scope="module")
def postgres():
    server = PostgreSQL("fsync=off")
    yield server
    server.dispose()


@pytest.mark.parametrize("seed", range(3))
def test_the_same_counts(postgres, seed):
    dice = Dice(seed)
    dice.roll(700)
    lite = sqlite3.connect(":memory:", isolation_level=None)
    lite.execute("PRAGMA foreign_keys = ON")
    lite.executescript("".join(path.read_text() for path in sorted(SCHEMA.glob("0*.sql"))))
    refused = []
    for statement in dice.statements:
        try:
            lite.execute(statement)
        except sqlite3.IntegrityError:
            refused.append(statement)
    # One after the other, and those that are refused change nothing.
    database = postgres.database()
    postgres.run(database, (SCHEMA / "postgresql/0001.sql").read_text())
    postgres.run(database, "CREATE TABLE refused (number int)")
    blocks = [
        f"DO $do$ BEGIN {statement}; EXCEPTION WHEN integrity_constraint_violation THEN"
        f" INSERT INTO refused VALUES ({number}); END $do$;"
        for number, statement in enumerate(dice.statements)
    ]
    for start in range(0, len(blocks), 200):
        postgres.run(database, "".join(blocks[start:start + 200]))
    numbers = [number for (number,) in postgres.run(database, "SELECT number FROM refused ORDER BY number")]
    assert [dice.statements[int(number)] for number in numbers] == refused
    assert len(refused) < len(dice.statements) / 4
    empty = []
    for table, columns in TABLES.items():
        cursor = lite.execute(f"SELECT {columns} FROM {table}")
        names = ", ".join(column[0] for column in cursor.description)
        here = sorted(["" if value is None else str(value) for value in row] for row in cursor)
        there = sorted(postgres.run(database, f"SELECT {names} FROM {table}"))
        assert there == here, table
        empty += [table] if not here else []
    assert len(empty) < 3, f"of these the dice have proved nothing: {empty}"
