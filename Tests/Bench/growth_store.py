"""A store with `count` rows of every kind that can be many, written straight into its index; for scripts/bench growth.

The server that made the store is stopped. Indexes and triggers of the tables are taken away first and made again at the
end, so a million of each takes some minutes; what triggers count is set by counting. There are no bytes behind the rows.
"""

import contextlib, hashlib, itertools, random, sqlite3, time

DAY = 86_400_000
#: Whose indexes and triggers are away meanwhile.
TABLES = ("messages", "reviews", "answers", "attachments", "blobs", "unreferenced_blobs", "shares", "deliveries", "audit", "users",
          "sessions", "session_tokens", "api_keys", "agents", "doomed_keys", "collected_blobs")
COUNTS = """
INSERT OR IGNORE INTO channel_counts (channel_id) SELECT id FROM agents;
UPDATE channel_counts SET
    agent_messages = (SELECT count(*) FROM messages WHERE channel_id = channel_counts.channel_id AND sender_type = 'agent'),
    user_messages = (SELECT count(*) FROM messages WHERE channel_id = channel_counts.channel_id AND sender_type = 'user'),
    pending_reviews = (SELECT count(*) FROM reviews WHERE channel_id = channel_counts.channel_id AND status = 'pending'),
    completed_reviews = (SELECT count(*) FROM reviews WHERE channel_id = channel_counts.channel_id AND status = 'completed'),
    delivered = (SELECT count(*) FROM deliveries WHERE channel_id = channel_counts.channel_id);
UPDATE agents SET (file_count, file_bytes) =
    (SELECT count(*), ifnull(sum(size), 0) FROM attachments WHERE channel_id = agents.id);
UPDATE users SET (file_count, file_bytes) =
    (SELECT ifnull(sum(file_count), 0), ifnull(sum(file_bytes), 0) FROM agents WHERE user_id = users.id);
UPDATE store SET
    (file_count, file_bytes) = (SELECT sum(file_count), sum(file_bytes) FROM users),
    (blob_count, blob_bytes) = (SELECT count(*), sum(size) FROM blobs),
    (unused_count, unused_bytes) = (SELECT count(*), sum(size) FROM unreferenced_blobs),
    (unattached_count, unattached_bytes) = (SELECT count(*), sum(size) FROM attachments WHERE message_id IS NULL),
    (collected_count, collected_bytes) = (SELECT count(*), sum(size) FROM collected_blobs),
    doomed_count = (SELECT count(*) FROM doomed_keys), audit_count = (SELECT count(*) FROM audit);
DELETE FROM file_counts;
INSERT INTO file_counts SELECT 'type', mime_type, count(*), sum(size) FROM attachments GROUP BY mime_type;
INSERT INTO file_counts SELECT 'day', date(created_at / 1000, 'unixepoch') AS day, count(*), sum(size) FROM attachments GROUP BY day;
DELETE FROM audit_counts;
INSERT INTO audit_counts SELECT coalesce(user_id, channel_id, way) AS holder, count(*) FROM audit GROUP BY holder;
"""


class Store:
    """`channel` of the user `owner` has `count` of everything that a channel can have; `many` is a user with as many channels."""

    def __init__(self, folder, count, words, owner, channel, many):
        self.count, self.words, self.owner, self.channel, self.many = count, words, owner, channel, many
        self.now = int(time.time() * 1000)
        self.start = self.now - 100 * DAY
        self.index = sqlite3.connect(f"{folder}/index.sqlite", isolation_level=None)

    def moment(self, number):
        return self.start + number * 99 * DAY // self.count

    def id(self, number, kind=0):
        """The id of the message of that number, or of something of another kind, of the same age."""
        at = self.moment(number)
        return f"{at >> 16:08x}-{at & 0xffff:04x}-7{kind:03x}-8000-{number:012x}"

    def digest(self, number):
        return hashlib.sha256(b"%d" % number).hexdigest()

    def key(self, number):
        digest = self.digest(number)
        return f"sha256/{digest[:2]}/{digest[2:]}.{self.start:012x}{number:020x}"

    def fill(self):
        with contextlib.closing(self.index):
            for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -400000", "temp_store = MEMORY"):
                self.index.execute(f"PRAGMA {pragma}")
            self.index.execute("BEGIN")
            names = ", ".join(f"'{table}'" for table in TABLES)
            kept = self.index.execute(f"SELECT type, name, sql FROM sqlite_schema WHERE type IN ('index', 'trigger') AND sql IS NOT NULL "
                                      f"AND tbl_name IN ({names}) ORDER BY type").fetchall()
            for kind, name, _ in kept:
                self.index.execute(f"DROP {kind} {name}")
            self.rows()
            for kind, _, sql in kept:
                if kind == "index":
                    self.index.execute(sql)
            self.index.execute("INSERT INTO message_search (rowid, text) SELECT search_number, text FROM searched_texts "
                               "WHERE search_number > 1 << 40 ORDER BY search_number")
            for statement in COUNTS.split(";\n"):
                self.index.execute(statement)
            for kind, _, sql in kept:
                if kind == "trigger":
                    self.index.execute(sql)
            self.index.execute("COMMIT")

    def insert(self, table, columns, rows):
        places = ", ".join("?" * len(columns.split(",")))
        self.index.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)

    def rows(self):
        some, all, channel, now = range(self.count // 10), range(self.count), self.channel, self.now
        pending, moment, id = (lambda n: n % 2 == 0), self.moment, self.id
        weights = list(itertools.accumulate((rank + 1) ** -0.8 for rank in range(len(self.words))))
        texts = random.Random(2).choices(self.words, cum_weights=weights, k=2_000_000)
        number = self.index.execute("SELECT number FROM agents WHERE id = ?", [channel]).fetchone()[0] << 40
        versions = id(0, 1)
        text = lambda n: texts[n * 7 % 1_999_900:n * 7 % 1_999_900 + 5 + n % 36]
        self.insert("messages", "id, channel_id, search_number, sender_type, sender_id, text, delivery_status, created_at, updated_at", (
            (id(n), channel, number + 1 + n, "user" if n % 10 == 9 else "agent", channel, " ".join(text(n)),
             "sent", moment(n), moment(n)) for n in all))
        self.insert("messages", "id, channel_id, search_number, sender_type, sender_id, delivery_status, created_at, updated_at, "
                    "iteration_group_id, iteration", (
            (id(n, 1), channel, number + 1 + self.count + n, "agent", channel, "sent", moment(n), moment(n), versions, n + 1) for n in some))
        self.insert("reviews", "message_id, channel_id, type, digest, status, expires_at, response, completed_at, responder_name, "
                    "responded_via", (
            (id(n), channel, "form" if n % 1000 == 0 else "approval", "0" * 64, "pending", now + DAY + n, None, None, None, None)
            if pending(n) else
            (id(n), channel, "approval", "0" * 64, "completed", now, "{}", moment(n) + 1, "A", "session") for n in all))
        self.insert("answers", "channel_id, message_id", ((channel, id(n)) for n in all if not pending(n)))
        self.insert("blobs", "sha256, key, size, crc32, created_at", sorted(
            (self.digest(n), self.key(n), 1000 + n % 1000, 0, moment(n)) for n in range(self.count + 2 * len(some))))
        types = lambda n: "application/x-rare" if n == 5 else "image/png" if n % 1000 == 7 else "text/plain"
        self.insert("attachments", "id, channel_id, message_id, sha256, filename, mime_type, detector, size, created_at, expires_at", (
            (id(n, 2), channel, id(n) if n < self.count else None, self.digest(n), f"report {n:07}.txt", types(n), "bench", 1000 + n % 1000,
             moment(n), None if n < self.count else now + DAY) for n in range(self.count + len(some))))
        self.insert("unreferenced_blobs", "sha256, since, size, channel_id, reason", sorted(
            (self.digest(n), now, 1000, channel, "expired") for n in range(self.count + len(some), self.count + 2 * len(some))))
        self.insert("shares", "id, attachment_id, token_hash, created_at, expires_at", (
            (id(n, 3), id(n, 2), hashlib.sha256(b"s%d" % n).digest(), now, now + DAY) for n in all))
        self.insert("deliveries", "id, channel_id, message_id, event, state, attempts, created_at, finished_at", (
            (id(n, 4), channel, id(n), "message:created", "delivered", 1, moment(n), moment(n)) for n in all))
        acts = lambda n: "log-level.changed" if n < 5 else "file.opened"
        self.insert("audit", "at, action, way, user_id, channel_id, subject", (
            (moment(n), acts(n), "session", self.many if n % 1000 == 3 else self.owner, channel, id(0, 2) if n % 2 else id(n, 2)) for n in all))
        self.insert("users", "id, email, email_folded, display_name, role, password_hash, must_change_password, created_at", (
            (id(n, 5), f"{n}@example.org", f"{n}@example.org", "N", "member", "-", 0, moment(n)) for n in all))
        self.insert("sessions", "id, user_id, created_at, password_given_at, last_used_at, expires_at", (
            (id(n, 6), id(n, 5), now, now, now, now + DAY + n) for n in all))
        self.insert("session_tokens", "hash, session_id, until", sorted(
            (hashlib.sha256(b"t%d" % n).digest(), id(n, 6), now + DAY) for n in all))
        self.insert("api_keys", "id, user_id, label, key_prefix, key_hash, created_at", (
            (id(n, 7), self.owner, "k", "hp_", hashlib.sha256(b"k%d" % n).digest(), now) for n in all))
        first = self.index.execute("SELECT max(number) + 1 FROM agents").fetchone()[0]
        self.insert("agents", "id, user_id, number, name, status, created_at", (
            (id(n, 8), self.many, first + n, f"channel {n}", "active", moment(n)) for n in all))
        self.insert("collections", "id, started_by, began_at, ended_at, undo_until, blob_count", [
            (id(0, 9), "run", now, now, now + 7 * DAY, self.count)])
        doomed = sorted((self.key(n + 10 * self.count), n) for n in all)
        self.insert("doomed_keys", "key, not_before", ((key, now + 7 * DAY) for key, _ in doomed))
        self.insert("collected_blobs", "key, run_id, sha256, size, crc32, created_at, channel_id, reason", (
            (key, id(0, 9), self.digest(n + 10 * self.count), 1000, 0, now, channel, "expired") for key, n in doomed))
