-- Tries to guess a password, counted by all nodes together. guesser: SHA-256 of whose tries they are. next_at: when the
-- next one would be due from somebody who always kept to the rate (ITU-T I.371). A row whose time has come says nothing.
CREATE TABLE tries (
    guesser BLOB NOT NULL PRIMARY KEY CHECK (length(guesser) = 32),
    next_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tries_by_time ON tries (next_at);

-- Who does what only one node may do, until when.
CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Bytes in a bucket. A key is doomed before its bytes are sent there, and until the unit that gives it a row: so whatever
-- an upload leaves is listed, wherever it ends (invariants 2 and 7).
-- state: 'publishing': bytes may be on their way; not_before is the end of the lease, until which nobody removes them.
-- 'abandoned': they were given up, so no unit gives the key a row any more, but they may still arrive. 'removed': they
-- were removed once, and will be again at not_before. upload_id: of an upload in parts that the bucket has to end.
ALTER TABLE doomed_keys ADD COLUMN upload_id TEXT;
ALTER TABLE doomed_keys ADD COLUMN state TEXT NOT NULL DEFAULT 'doomed'
    CHECK (state IN ('publishing', 'abandoned', 'doomed', 'removed'));

-- What has come of an upload in parts whose bytes go into a bucket. Each row is an object there, and those of an upload
-- are its first bytes without a gap, as many as partial_uploads.received says. start: where in the upload it begins. A
-- key whose row goes is doomed by that, whatever took the row.
CREATE TABLE upload_parts (
    upload_id TEXT NOT NULL REFERENCES partial_uploads (id) ON DELETE CASCADE,
    start INTEGER NOT NULL CHECK (start >= 0),
    size INTEGER NOT NULL CHECK (size > 0),
    key TEXT NOT NULL UNIQUE,
    PRIMARY KEY (upload_id, start)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER upload_parts_doomed AFTER DELETE ON upload_parts BEGIN
    INSERT INTO doomed_keys (key, not_before) VALUES (old.key, unixepoch() * 1000) ON CONFLICT (key) DO NOTHING;
END;

-- Where the store is, if it is not here any more, or not yet: `placet migrate` writes it, and nobody writes rows while it
-- names another place than their own.
ALTER TABLE store ADD COLUMN moved_to TEXT;
