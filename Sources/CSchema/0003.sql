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
