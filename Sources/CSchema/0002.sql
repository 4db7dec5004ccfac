-- Notices to people, and the end of the table that told which files have run: PRAGMA user_version does.
DROP TABLE IF EXISTS grdb_migrations;

-- The private half of the key by which push services know this server (RFC 8292).
ALTER TABLE store ADD COLUMN push_key BLOB CHECK (length(push_key) = 32);


-- Notices ------------------------------------------------------------------------------------------------------------

-- What a user wants to hear of. Without a row it is what the code says. kinds and muted_channels: arrays of JSON; a
-- muted channel may be gone. quiet_from, quiet_to: minutes of the day in time_zone.
CREATE TABLE notice_settings (
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    kinds TEXT NOT NULL,
    muted_channels TEXT NOT NULL,
    quiet_from INTEGER CHECK (quiet_from BETWEEN 0 AND 1439),
    quiet_to INTEGER CHECK (quiet_to BETWEEN 0 AND 1439),
    time_zone TEXT,
    hide_text INTEGER NOT NULL CHECK (hide_text IN (0, 1)),
    CHECK ((quiet_from IS NULL) = (time_zone IS NULL) AND (quiet_to IS NULL) = (time_zone IS NULL))
) STRICT, WITHOUT ROWID;

-- Where a user hears it: browsers (url is the endpoint, p256dh and auth encrypt what is sent there), a topic of ntfy,
-- and the user's own mail. token: sent to ntfy, so it is stored as it was given.
-- burst_began_at, burst_count: the notices of these five minutes. session_id: in which the browser subscribed.
CREATE TABLE notice_ways (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('push', 'ntfy', 'email')),
    url TEXT,
    p256dh BLOB CHECK (length(p256dh) = 65),
    auth BLOB CHECK (length(auth) = 16),
    token TEXT,
    name TEXT,
    session_id TEXT,
    burst_began_at INTEGER,
    burst_count INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    CHECK ((kind = 'push') = (p256dh IS NOT NULL) AND (kind = 'push') = (auth IS NOT NULL)),
    CHECK ((kind = 'email') = (url IS NULL))
) STRICT;
CREATE INDEX notice_ways_by_user ON notice_ways (user_id, id);
-- A browser has one subscription, whoever is signed in.
CREATE UNIQUE INDEX notice_ways_by_endpoint ON notice_ways (url) WHERE kind = 'push';
CREATE UNIQUE INDEX notice_ways_single ON notice_ways (user_id, kind) WHERE kind <> 'push';
CREATE INDEX notice_ways_by_session ON notice_ways (session_id) WHERE session_id IS NOT NULL;
-- Whose session is ended by somebody hears nothing more in that browser, which may be lost. One that has run out changes
-- nothing: who does not look at the page for weeks is whom notices are for.
CREATE TRIGGER notice_ways_session AFTER DELETE ON sessions WHEN old.expires_at > unixepoch() * 1000 BEGIN
    DELETE FROM notice_ways WHERE session_id = old.id;
END;

-- What is to be told of a message, once for each way. A row stays while there may be more to tell: of a question until it
-- is settled. message_id is a copy and no reference: what was told is taken back also when the message goes.
-- kind: what is told next, or may be. due_at: when; NULL when only the end of the question makes it due; while it is
-- claimed, the end of the lease. held: put off by quiet hours or a burst, to be told together. told: how it was told.
CREATE TABLE notices (
    way_id TEXT NOT NULL REFERENCES notice_ways (id) ON DELETE CASCADE,
    message_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('question', 'reminder', 'problem', 'message', 'settled')),
    due_at INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    held INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1)),
    told TEXT CHECK (told IN ('alone', 'digest')),
    PRIMARY KEY (way_id, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX notices_by_message ON notices (message_id);
-- Each way's queue, the next first. To see which has any, a query jumps from way to way.
CREATE INDEX notices_due ON notices (way_id, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX notices_in_digests ON notices (way_id) WHERE told = 'digest';
CREATE TRIGGER notices_settle AFTER DELETE ON messages BEGIN
    DELETE FROM notices WHERE message_id = old.id AND told IS NULL;
    UPDATE notices SET kind = 'settled', due_at = 0, attempts = 0, held = 0 WHERE message_id = old.id;
END;
