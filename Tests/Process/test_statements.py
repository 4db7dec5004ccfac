"""How SQLite would run each statement that the Swift tests make it compile, and whether PostgreSQL has run it.

A statement that reads a whole table, or sorts what it found, costs more with every row that is stored. Each that does
is named here, with the reason why it may; and each that only SQLite runs. `scripts/test` keeps the statements while the
Swift tests run: SQLite's by `statements.c`, PostgreSQL's by `IndexSupport`.
"""

import re
import sqlite3
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
KEPT = ROOT / ".build/statements"
PROVED = ROOT / ".build/statements-of-postgresql"
#: Tables with few rows, whatever is stored.
SMALL = {
    "store": "one row",
    "clock_looks": "two rows",
    "removal_holds": "a row for each backup under way",
    "storage_samples": "a row for each day, of which there are few hundred",
    "file_counts": "a row for each type and each day",
    "search_changes": "what is not yet in the search, some units of work at most",
    "message_search": "SQLite calls a look-up of terms a scan of that table",
    "search_trigrams": "SQLite calls a look-up of trigrams a scan of that table",
}
#: Statements by what stands in them, and why they may read or sort as much as they do.
ALLOWED = {
    # The first or the last of an index, or one that holds only what is meant.
    "FROM live_drafts ORDER BY active_at LIMIT 1": "the first of an index",
    "SELECT expires_at FROM reviews WHERE status = 'pending' ORDER BY expires_at LIMIT 1": "the first of an index",
    "FROM audit_counts ORDER BY entry_count DESC LIMIT 2": "the first two of an index",
    "FROM agents WHERE removed_at IS NULL AND file_count > 0 ORDER BY file_bytes DESC": "the first twenty of an index",
    "FROM users WHERE role = 'owner'": "the index has only owners",
    "damaged_at IS NOT NULL": "the index has only what is damaged",
    "FROM deliveries WHERE state = 'pending'": "the index has only what is to be delivered; figures ask for it",
    "UPDATE deliveries SET next_attempt_at = ? + next_attempt_at": "only after the clock was set back",
    "UPDATE notices SET due_at = ? WHERE due_at > ?": "only after the clock was set back",
    "FROM unreferenced_blobs WHERE +since < ?": "a plan takes most of them, in the order of their digests",
    "WITH RECURSIVE channels": "one row for each channel with something to deliver",
    "WITH RECURSIVE ways": "one row for each way with something to tell",
    # Bounded by what one thing may have.
    "DELETE FROM sessions WHERE id IN ( SELECT id FROM sessions WHERE user_id = ?": "one user's, which have a limit",
    "DELETE FROM collections WHERE": "some hundred runs are kept",
    "SELECT DISTINCT sha256 FROM attachments WHERE message_id IN": "the files of one question",
    "FROM attachments WHERE message_id IN (SELECT value FROM json_each(?)) ORDER BY id": "the files of one page",
    "FROM deliveries WHERE message_id = ?": "the deliveries of one message",
    "ORDER BY stream_events.stream_id, stream_events.number": "the steps of one page, of which a draft has few",
    "WHERE message_id IS NULL AND expires_at <= ? ORDER BY expires_at, id": "sorts only those of one millisecond",
    # What the operator or an owner asks for, and is told to take long.
    "SELECT 'the files of agent '": "fsck counts everything anew",
    "FROM pragma_foreign_key_check": "fsck",
    "WHERE NOT (length(key) = 105": "fsck",
    "FROM file_counts WHERE kind = 'type' ORDER BY file_bytes DESC": "figures of the storage: a row for each type",
    # Not the server's.
    "SELECT count(*) FROM blobs": "the tests' census",
    "FROM 'main'.'searched_texts' AS T": "the tests, which make SQLite check its search",
}
#: Statements that PostgreSQL never runs, by what stands in them, and what it runs instead.
ONLY_SQLITE = {
    "'main'.'": "FTS5's own",
    "message_search": "the search by FTS5: PostgreSQLSearch.swift",
    "searched_texts": "the search by FTS5: PostgreSQLSearch.swift",
    "search_changes": "the search by FTS5: PostgreSQLSearch.swift",
    "search_trigrams": "the search by FTS5: PostgreSQLSearch.swift",
    "search_number": "the search by FTS5: PostgreSQLSearch.swift",
    "contains(text, ?)": "PostgreSQLSearch.swift has another text for it",
    "contains(messages.text, ?)": "PostgreSQLSearch.swift has another text for it",
    "SELECT id FROM messages WHERE channel_id = ? AND id > ? ORDER BY id": "numbers of messages for FTS5",
    "FROM blobs WHERE key > ? AND key < ? AND": "the backup of a folder: pg_dump",
    "WITH RECURSIVE merge": "ChannelMerge.swift has another text for it",
    "ORDER BY attachments.rowid": "Explanation.swift has another text for it",
    "ON CONFLICT (channel_id, stream_id) WHERE stream_id IS NOT NULL": "Messages.swift has another text for it",
    "FROM pragma_foreign_key_check": "it has no rows without those that they refer to",
    "UPDATE store SET id = ?": "the restore of a backup, of which it has its own",
}
#: What `placet migrate` runs on whole tables while nobody waits for it, or on the rows that it has brought. It makes the
#: texts from the schema, and its tests run them from either engine to either.
MOVES = re.compile(
    r'moved_rows_|changed_|WHERE true|INTO \w+ \("|pragma_table_info|pragma_foreign_key_list|sqlite_(schema|sequence)'
    r"|SET moved_to = \?, doomed_count")
#: What tests ask of no table.
WITHOUT_TABLE = re.compile(r"SELECT (?!.* FROM ).*")
#: Tests set a count wrong so that fsck has something to find.
MADE_WRONG = re.compile(r"UPDATE \w+ SET \w+ = \w+ \+ 1")


def test_no_statement_reads_a_table_or_sorts_without_a_reason():
    database = schema()
    tables = {name for [name] in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    found = statements()
    assert len(found) > 300, "the Swift tests were not all run"
    unused, without_reason = set(ALLOWED), {}
    for statement in found:
        steps = [step for step in plan(database, statement) if grows(step, tables)]
        reasons = {known for known in ALLOWED if known in statement}
        if steps and not reasons:
            without_reason[statement] = steps
        if steps:
            unused -= reasons
    assert without_reason == {}
    assert unused == set(), "no such statement is left"


def test_every_statement_has_run_on_postgresql():
    proved = {flat(text.decode()) for text in PROVED.read_bytes().split(b"\0")}
    missing = {text for text in statements() if text not in proved and not WITHOUT_TABLE.fullmatch(text)}
    reasons = {text: [known for known in ONLY_SQLITE if known in text] for text in missing}
    assert {text for text in missing if not reasons[text]} == set()
    assert set(ONLY_SQLITE) == {known for all in reasons.values() for known in all}, "no such statement is left"


def test_what_reads_a_table_or_sorts_is_seen():
    database = schema()
    tables = {name for [name] in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for statement, is_seen in {
        "SELECT * FROM messages WHERE text = ?": True, "SELECT id FROM messages ORDER BY text": True,
        "SELECT * FROM messages WHERE id = ?": False, "SELECT id FROM store": False,
    }.items():
        assert any(grows(step, tables) for step in plan(database, statement)) == is_seen, statement


def schema():
    database = sqlite3.connect(":memory:")
    for file in sorted(ROOT.glob("Sources/CSchema/*.sql")):
        database.executescript(file.read_text())
    return database


def statements():
    """Those that read or change rows, each on one line. What stands in a Swift test is the test's own."""
    own = flat(" ".join(test.read_text() for test in ROOT.glob("Tests/**/*.swift")))
    found = {flat(text.decode()) for text in KEPT.read_bytes().split(b"\0")}
    return {text for text in found if re.match(r"(SELECT|INSERT|UPDATE|DELETE|WITH)\b", text) and ";" not in text
            and text not in own and not MOVES.search(text) and not MADE_WRONG.fullmatch(text)
            and "grdb_migrations" not in text}


def flat(text):
    return re.sub(r"\s+", " ", text).strip()


def plan(database, statement):
    arguments = 0
    while True:
        try:
            return [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {statement}", [None] * arguments)]
        except sqlite3.ProgrammingError as error:
            arguments = int(re.search(r"uses (\d+)", str(error))[1])
        except sqlite3.OperationalError as error:
            ours = re.fullmatch(r"no such function: (\w+)", str(error))
            if not ours:
                raise
            database.create_function(ours[1], -1, lambda *_: None)


def grows(step, tables):
    """Whether a step of a plan takes longer with each row."""
    words = step.split()
    return "TEMP B-TREE" in step or (words[0] == "SCAN" and words[1] in tables and words[1] not in SMALL)
