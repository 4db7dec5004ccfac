-- The tables of the index. To look at them: cat Sources/CSchema/*.sql | sqlite3 /tmp/index.sqlite
--
-- This file does not change any more: what came after it is in 0002.sql, which runs next.
-- Times are milliseconds since 1970. Flags are 1 or 0. Ids are text that the server makes (UUID version 7), so that
-- sorting by id is sorting by age. Foreign keys guard the store: an attachment has its blob row (invariants 1 and 2),
-- and a blob row stays as long as an attachment refers to it (invariant 6). Every column that refers to another table
-- has an index. Without one, each delete in that table would scan this one.

-- The store that the index belongs to: one row. checked_at is written to prove that the index is writable.
-- file_count, file_bytes: the files of all users (invariant 8). blob_count, blob_bytes: the blobs.
-- unused_count, unused_bytes: those of the blobs that no attachment refers to.
-- unattached_count, unattached_bytes: attachments in no message. collected_count, collected_bytes: blobs that can be
-- brought back. doomed_count: keys whose bytes are to be removed.
-- All bytes are read again and again: scrubbed_to is the last key of this round, which began at scrub_began_at; without one the round is done.
-- backed_up_at: when the last backup was whole.
CREATE TABLE store (
    singleton INTEGER NOT NULL PRIMARY KEY CHECK (singleton = 1),
    id TEXT NOT NULL,
    checked_at INTEGER NOT NULL,
    file_count INTEGER NOT NULL DEFAULT 0,
    file_bytes INTEGER NOT NULL DEFAULT 0,
    upload_bytes INTEGER NOT NULL DEFAULT 0,
    blob_count INTEGER NOT NULL DEFAULT 0,
    blob_bytes INTEGER NOT NULL DEFAULT 0,
    unused_count INTEGER NOT NULL DEFAULT 0,
    unused_bytes INTEGER NOT NULL DEFAULT 0,
    unattached_count INTEGER NOT NULL DEFAULT 0,
    unattached_bytes INTEGER NOT NULL DEFAULT 0,
    collected_count INTEGER NOT NULL DEFAULT 0,
    collected_bytes INTEGER NOT NULL DEFAULT 0,
    doomed_count INTEGER NOT NULL DEFAULT 0,
    audit_count INTEGER NOT NULL DEFAULT 0,
    scrubbed_to TEXT,
    scrub_began_at INTEGER,
    backed_up_at INTEGER
) STRICT;


-- Users, their keys, sessions and settings ---------------------------------------------------------------------------

-- A deleted user disappears at once (removed_at). The row is removed when the user's agents are gone.
-- quota_bytes: how many bytes of files the user may have, where that differs from the setting.
-- file_count, file_bytes: the files of all channels of the user (invariant 8).
CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    email_folded TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('owner', 'member')),
    password_hash TEXT NOT NULL,
    must_change_password INTEGER NOT NULL CHECK (must_change_password IN (0, 1)),
    theme TEXT NOT NULL DEFAULT 'system' CHECK (theme IN ('system', 'light', 'dark')),
    quota_bytes INTEGER CHECK (quota_bytes >= 0),
    file_count INTEGER NOT NULL DEFAULT 0,
    file_bytes INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    removed_at INTEGER
) STRICT;
CREATE INDEX users_removed ON users (removed_at) WHERE removed_at IS NOT NULL;
CREATE INDEX users_owners ON users (id) WHERE role = 'owner' AND removed_at IS NULL;

-- default_channel_id: where the key's messages and files go that name no channel; one of the same user.
CREATE TABLE api_keys (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    default_channel_id TEXT REFERENCES agents (id) ON DELETE SET NULL,
    label TEXT NOT NULL,
    key_prefix TEXT NOT NULL,
    key_hash BLOB NOT NULL UNIQUE CHECK (length(key_hash) = 32),
    scope TEXT,
    expires_at INTEGER,
    last_used_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX api_keys_by_user ON api_keys (user_id, id);
CREATE INDEX api_keys_by_channel ON api_keys (default_channel_id) WHERE default_channel_id IS NOT NULL;

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    user_agent TEXT,
    created_at INTEGER NOT NULL,
    password_given_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id, id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- A session has several tokens for a while after a refresh: the one before it goes on for a minute (until).
CREATE TABLE session_tokens (
    hash BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_tokens_by_session ON session_tokens (session_id, until);

CREATE TABLE plugin_settings (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    plugin TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (user_id, plugin, key)
) STRICT, WITHOUT ROWID;


-- Agents, which are the channels -------------------------------------------------------------------------------------

-- number: the high bits of the search numbers of the agent's messages, of which there are 23.
-- read_through: the newest message that the user has read. Only one user can read a channel, so it is a column here.
-- webhook_old_secret: signs beside webhook_secret until webhook_old_secret_until.
-- quota_bytes: how many bytes of files the channel may have, where that differs from the setting.
-- file_count, file_bytes: the files of the channel (invariant 8).
-- retention_days: how long messages are kept; NULL for good.
-- removed_at: a deleted agent disappears at once, and its rows are removed in batches.
CREATE TABLE agents (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    number INTEGER CHECK (number BETWEEN 1 AND 8388607),
    name TEXT NOT NULL,
    description TEXT,
    avatar_url TEXT,
    webhook_url TEXT,
    webhook_headers TEXT,
    webhook_auth TEXT,
    webhook_secret TEXT,
    webhook_old_secret TEXT,
    webhook_old_secret_until INTEGER,
    status TEXT NOT NULL CHECK (status IN ('active', 'busy', 'error', 'offline')),
    status_message TEXT,
    status_since INTEGER,
    last_active_at INTEGER,
    tag TEXT,
    read_through TEXT,
    quota_bytes INTEGER CHECK (quota_bytes >= 0),
    file_count INTEGER NOT NULL DEFAULT 0,
    file_bytes INTEGER NOT NULL DEFAULT 0,
    retention_days INTEGER CHECK (retention_days > 0),
    created_at INTEGER NOT NULL,
    removed_at INTEGER
) STRICT;
CREATE UNIQUE INDEX agents_by_number ON agents (number);
CREATE INDEX agents_with_retention ON agents (id) WHERE retention_days IS NOT NULL;
CREATE INDEX agents_by_user ON agents (user_id, id);
CREATE INDEX agents_removed ON agents (removed_at) WHERE removed_at IS NOT NULL;
-- The largest, for the figures of the storage.
CREATE INDEX agents_by_size ON agents (file_bytes DESC, id) WHERE removed_at IS NULL AND file_count > 0;

-- What is in a channel, counted by triggers as it comes and goes.
CREATE TABLE channel_counts (
    channel_id TEXT NOT NULL PRIMARY KEY REFERENCES agents (id) ON DELETE CASCADE,
    agent_messages INTEGER NOT NULL DEFAULT 0,
    user_messages INTEGER NOT NULL DEFAULT 0,
    pending_reviews INTEGER NOT NULL DEFAULT 0,
    completed_reviews INTEGER NOT NULL DEFAULT 0,
    expired_reviews INTEGER NOT NULL DEFAULT 0,
    pending_deliveries INTEGER NOT NULL DEFAULT 0,
    delivered INTEGER NOT NULL DEFAULT 0,
    failed_deliveries INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TRIGGER channel_counts_insert AFTER INSERT ON agents BEGIN
    INSERT INTO channel_counts (channel_id) VALUES (new.id);
END;

-- The status messages of agents: the last 1000 of each.
CREATE TABLE agent_statuses (
    id TEXT NOT NULL PRIMARY KEY,
    agent_id TEXT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    status TEXT NOT NULL CHECK (status IN ('active', 'busy', 'error', 'offline')),
    message TEXT,
    since INTEGER NOT NULL
) STRICT;
CREATE INDEX agent_statuses_by_agent ON agent_statuses (agent_id, id);

CREATE TABLE avatars (
    agent_id TEXT NOT NULL PRIMARY KEY REFERENCES agents (id) ON DELETE CASCADE,
    mime_type TEXT NOT NULL,
    bytes BLOB NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;


-- Messages -----------------------------------------------------------------------------------------------------------

-- Constraints decide races: there is one message per sender's client id, per stream id and per place in an iteration
-- group. In a channel, all agents are one sender and all users another.
--
-- search_number: the high bits are the channel's number, the low 40 grow with the ids of its messages. So a channel is
-- one range of the full-text index, newest last, and a search in it reads nothing of other channels. The table's own
-- rowid would not do: VACUUM renumbers it.
CREATE TABLE messages (
    id TEXT NOT NULL PRIMARY KEY,
    channel_id TEXT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    search_number INTEGER,
    sender_type TEXT NOT NULL CHECK (sender_type IN ('agent', 'user')),
    sender_id TEXT NOT NULL,
    text TEXT,
    status TEXT CHECK (status IN ('info', 'success', 'warning', 'error')),
    metadata TEXT,
    webhook_url TEXT,
    delivery_status TEXT NOT NULL
        CHECK (delivery_status IN ('sent', 'webhook_delivered', 'webhook_failed', 'agent_received')),
    iteration_group_id TEXT,
    iteration INTEGER CHECK ((iteration IS NULL) = (iteration_group_id IS NULL) AND iteration > 0),
    client_id TEXT,
    stream_id TEXT,
    stream_state TEXT
        CHECK ((stream_state IS NULL) = (stream_id IS NULL) AND stream_state IN ('streaming', 'complete', 'aborted')),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX messages_by_channel ON messages (channel_id, id);
CREATE UNIQUE INDEX messages_by_search_number ON messages (search_number);
CREATE UNIQUE INDEX messages_by_client ON messages (channel_id, sender_type, client_id)
    WHERE client_id IS NOT NULL;
CREATE UNIQUE INDEX messages_by_stream ON messages (channel_id, stream_id) WHERE stream_id IS NOT NULL;
CREATE UNIQUE INDEX messages_by_iteration ON messages (iteration_group_id, iteration)
    WHERE iteration_group_id IS NOT NULL;
-- Counting unread messages reads only this index, not the messages with all their text.
CREATE INDEX messages_of_agents ON messages (channel_id, id) WHERE sender_type = 'agent';
CREATE TRIGGER messages_counted_insert AFTER INSERT ON messages BEGIN
    UPDATE channel_counts SET agent_messages = agent_messages + (new.sender_type = 'agent'),
        user_messages = user_messages + (new.sender_type = 'user')
        WHERE channel_id = new.channel_id;
END;
CREATE TRIGGER messages_counted_delete AFTER DELETE ON messages BEGIN
    UPDATE channel_counts SET agent_messages = agent_messages - (old.sender_type = 'agent'),
        user_messages = user_messages - (old.sender_type = 'user')
        WHERE channel_id = old.channel_id;
END;

-- The drafts under way, and when their agents last wrote to each: text, or a status event. A status event changes only
-- this small row, because a message may have 8 MiB.
CREATE TABLE live_drafts (
    message_id TEXT NOT NULL PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    active_at INTEGER NOT NULL
) STRICT;
CREATE INDEX live_drafts_by_activity ON live_drafts (active_at);
CREATE TRIGGER live_drafts_insert AFTER INSERT ON messages WHEN new.stream_state = 'streaming' BEGIN
    INSERT INTO live_drafts VALUES (new.id, new.updated_at);
END;
CREATE TRIGGER live_drafts_update AFTER UPDATE OF updated_at ON messages WHEN new.stream_state = 'streaming' BEGIN
    UPDATE live_drafts SET active_at = new.updated_at WHERE message_id = new.id;
END;
CREATE TRIGGER live_drafts_end AFTER UPDATE OF stream_state ON messages WHEN new.stream_state <> 'streaming' BEGIN
    DELETE FROM live_drafts WHERE message_id = new.id;
END;

-- What an agent says it is doing while it writes a streamed draft. A status event may come before its draft, so it
-- refers to the channel and carries the stream's name. Until there is a draft it has an expiry. Triggers take that away
-- with the draft's coming, and the event with its going.
CREATE TABLE stream_events (
    id TEXT NOT NULL PRIMARY KEY,
    channel_id TEXT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    stream_id TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number >= 0),
    text TEXT NOT NULL,
    tool_hint INTEGER NOT NULL CHECK (tool_hint IN (0, 1)),
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    UNIQUE (channel_id, stream_id, number)
) STRICT;
CREATE INDEX stream_events_by_expiry ON stream_events (expires_at) WHERE expires_at IS NOT NULL;
CREATE TRIGGER stream_events_keep AFTER INSERT ON messages WHEN new.stream_id IS NOT NULL BEGIN
    UPDATE stream_events SET expires_at = NULL WHERE channel_id = new.channel_id AND stream_id = new.stream_id;
END;
CREATE TRIGGER stream_events_delete AFTER DELETE ON messages WHEN old.stream_id IS NOT NULL BEGIN
    DELETE FROM stream_events WHERE channel_id = old.channel_id AND stream_id = old.stream_id;
END;

-- What can be searched: the beginning of each text (`Message.searchedLength`), and of drafts nothing until they end.
-- Otherwise one text, or one draft that grows, would keep the only writer busy for seconds. With two U+0001 behind it,
-- every character of a text begins a trigram, the last ones too. So short terms are found by the trigrams that begin
-- with them.
CREATE VIEW searched_texts AS
    SELECT search_number, substr(text, 1, 16384) || char(1, 1) AS text FROM messages
    WHERE text IS NOT NULL AND stream_state IS NOT 'streaming';

-- Trigrams of these texts, without regard to case. The full-text index reads the texts from the view (external content)
-- and knows only which message has which trigrams. That takes a third of the space and work that positions would take
-- (detail=none). Queries compare the text itself.
CREATE VIRTUAL TABLE message_search USING fts5 (
    text, content='searched_texts', content_rowid='search_number', tokenize='trigram', detail=none, columnsize=0
);
-- The trigrams that there are, in order.
CREATE VIRTUAL TABLE search_trigrams USING fts5vocab (message_search, instance);

-- FTS5 flushes its memory at every savepoint, which here means for every unit: ten times the work. So the triggers only
-- note what changes, with the text that the full-text index still has. The group commits that follow pass it on.
CREATE TABLE search_changes (
    number INTEGER NOT NULL PRIMARY KEY,
    indexed_text TEXT
) STRICT;
CREATE TRIGGER message_search_insert AFTER INSERT ON messages
WHEN new.text IS NOT NULL AND new.stream_state IS NOT 'streaming' BEGIN
    INSERT INTO search_changes VALUES (new.search_number, NULL) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER message_search_delete AFTER DELETE ON messages
WHEN old.text IS NOT NULL AND old.stream_state IS NOT 'streaming' BEGIN
    INSERT INTO search_changes VALUES (old.search_number, substr(old.text, 1, 16384) || char(1, 1)) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER message_search_update AFTER UPDATE OF text, stream_state, search_number ON messages
WHEN old.text IS NOT new.text OR old.stream_state IS NOT new.stream_state OR old.search_number <> new.search_number
BEGIN
    INSERT INTO search_changes SELECT old.search_number, substr(old.text, 1, 16384) || char(1, 1)
        WHERE old.stream_state IS NOT 'streaming' ON CONFLICT DO NOTHING;
    INSERT INTO search_changes SELECT new.search_number, NULL
        WHERE new.stream_state IS NOT 'streaming' ON CONFLICT DO NOTHING;
END;


-- Reviews ------------------------------------------------------------------------------------------------------------

-- One per message. It is completed exactly when it has a response, and then says who gave it. responder_id is a copy
-- and no reference: it stays when the user goes, and is NULL for the operator of the machine.
CREATE TABLE reviews (
    message_id TEXT NOT NULL PRIMARY KEY,
    channel_id TEXT NOT NULL,
    type TEXT NOT NULL,
    payload TEXT,
    callback TEXT,
    digest TEXT NOT NULL CHECK (length(digest) = 64),
    status TEXT NOT NULL CHECK (status IN ('pending', 'completed', 'expired')),
    expires_at INTEGER NOT NULL,
    response TEXT,
    feedback TEXT,
    modified_file_ids TEXT,
    completed_at INTEGER,
    responder_id TEXT,
    responder_name TEXT,
    responded_via TEXT CHECK (responded_via IN ('session', 'command line')),
    FOREIGN KEY (channel_id, message_id) REFERENCES messages (channel_id, id) ON DELETE CASCADE,
    CHECK ((status = 'completed') = (response IS NOT NULL)),
    CHECK ((status = 'completed') = (completed_at IS NOT NULL)),
    CHECK ((status = 'completed') = (responder_name IS NOT NULL)),
    CHECK ((status = 'completed') = (responded_via IS NOT NULL))
) STRICT;
CREATE INDEX reviews_by_channel ON reviews (channel_id, message_id);
-- Counting reads only this index, not the reviews with all their text.
CREATE INDEX reviews_by_status ON reviews (channel_id, status, message_id);
CREATE INDEX reviews_by_type ON reviews (channel_id, type, status, message_id);
CREATE INDEX reviews_completed ON reviews (channel_id, completed_at) WHERE status = 'completed';
CREATE INDEX reviews_due ON reviews (expires_at) WHERE status = 'pending';
CREATE TRIGGER reviews_counted_insert AFTER INSERT ON reviews BEGIN
    UPDATE channel_counts SET pending_reviews = pending_reviews + (new.status = 'pending'),
        completed_reviews = completed_reviews + (new.status = 'completed'),
        expired_reviews = expired_reviews + (new.status = 'expired')
        WHERE channel_id = new.channel_id;
END;
CREATE TRIGGER reviews_counted_delete AFTER DELETE ON reviews BEGIN
    UPDATE channel_counts SET pending_reviews = pending_reviews - (old.status = 'pending'),
        completed_reviews = completed_reviews - (old.status = 'completed'),
        expired_reviews = expired_reviews - (old.status = 'expired')
        WHERE channel_id = old.channel_id;
END;
CREATE TRIGGER reviews_counted_update AFTER UPDATE OF status ON reviews WHEN old.status <> new.status BEGIN
    UPDATE channel_counts SET pending_reviews = pending_reviews - (old.status = 'pending') + (new.status = 'pending'),
        completed_reviews = completed_reviews - (old.status = 'completed') + (new.status = 'completed'),
        expired_reviews = expired_reviews - (old.status = 'expired') + (new.status = 'expired')
        WHERE channel_id = new.channel_id;
END;

-- The feed of finished reviews that their agents have not acknowledged. AUTOINCREMENT never reuses a number, not even
-- that of the newest answer once it is gone. So an agent that has read up to a number misses nothing after it.
CREATE TABLE answers (
    number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    channel_id TEXT NOT NULL,
    message_id TEXT NOT NULL UNIQUE REFERENCES reviews (message_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX answers_by_channel ON answers (channel_id, number);


-- Files --------------------------------------------------------------------------------------------------------------

-- Bytes on disk: the digest is their identity, the key is their address (invariant 3). In the order of digests, as is
-- what the collector reads and writes. damaged_at: when a check found other bytes under the key. Until another key takes
-- its place they are not served.
CREATE TABLE blobs (
    sha256 TEXT NOT NULL PRIMARY KEY CHECK (length(sha256) = 64),
    key TEXT NOT NULL UNIQUE,
    size INTEGER NOT NULL CHECK (size >= 0),
    crc32 INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    damaged_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX blobs_damaged ON blobs (key) WHERE damaged_at IS NOT NULL;

-- While one of these lasts, no file is removed: each backup that is being made has its own.
CREATE TABLE removal_holds (
    id TEXT NOT NULL PRIMARY KEY,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Keys whose bytes no longer have a row, and the time from which their files may be removed.
CREATE TABLE doomed_keys (
    key TEXT NOT NULL PRIMARY KEY,
    not_before INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX doomed_keys_by_time ON doomed_keys (not_before);
CREATE TRIGGER doomed_counted_insert AFTER INSERT ON doomed_keys BEGIN
    UPDATE store SET doomed_count = doomed_count + 1;
END;
CREATE TRIGGER doomed_counted_delete AFTER DELETE ON doomed_keys BEGIN
    UPDATE store SET doomed_count = doomed_count - 1;
END;

-- The files of a channel. An attachment is either in a message or has an expiry (invariant 6). The message is always in
-- the same channel: the foreign key has both columns. damaged_at: when its bytes were found missing, short or others.
CREATE TABLE attachments (
    id TEXT NOT NULL PRIMARY KEY,
    channel_id TEXT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    message_id TEXT,
    sha256 TEXT NOT NULL REFERENCES blobs (sha256) ON DELETE RESTRICT,
    filename TEXT NOT NULL,
    mime_type TEXT NOT NULL,
    charset TEXT,
    detector TEXT NOT NULL,
    declared_mime_type TEXT,
    size INTEGER NOT NULL CHECK (size >= 0),
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    damaged_at INTEGER,
    FOREIGN KEY (channel_id, message_id) REFERENCES messages (channel_id, id) ON DELETE CASCADE,
    CHECK ((message_id IS NULL) = (expires_at IS NOT NULL))
) STRICT;
-- With the names, so that a search in them reads nothing else.
CREATE INDEX attachments_by_channel ON attachments (channel_id, id, filename);
CREATE INDEX attachments_by_type ON attachments (channel_id, mime_type, id);
CREATE INDEX attachments_by_channel_message ON attachments (channel_id, message_id);
-- Serves the files of a message and, under NULL, the unattached ones, the next to expire first.
CREATE INDEX attachments_by_message ON attachments (message_id, expires_at);
CREATE INDEX attachments_by_blob ON attachments (sha256);
CREATE INDEX attachments_damaged ON attachments (sha256) WHERE damaged_at IS NOT NULL;

-- The blobs that no attachment refers to, and since when (to the second). Triggers keep it, because attachments also go
-- with their messages and channels. The collector reads it, and so never looks at a blob that is in use. size is a
-- copy, and channel_id and reason say whose the last attachment was and how it went; the channel may be gone.
CREATE TABLE unreferenced_blobs (
    sha256 TEXT NOT NULL PRIMARY KEY REFERENCES blobs (sha256) ON DELETE CASCADE,
    since INTEGER NOT NULL,
    size INTEGER NOT NULL CHECK (size >= 0),
    channel_id TEXT NOT NULL,
    reason TEXT NOT NULL
        CHECK (reason IN ('expired', 'fileDeleted', 'messageDeleted', 'ageLimit', 'channelDeleted'))
) STRICT, WITHOUT ROWID;
CREATE INDEX unreferenced_blobs_by_time ON unreferenced_blobs (since);
CREATE TRIGGER unreferenced_blobs_insert AFTER DELETE ON attachments
WHEN NOT EXISTS (SELECT 1 FROM attachments WHERE sha256 = old.sha256) BEGIN
    INSERT INTO unreferenced_blobs VALUES (old.sha256, unixepoch() * 1000, old.size, old.channel_id, CASE
        WHEN NOT EXISTS (SELECT 1 FROM agents WHERE id = old.channel_id AND removed_at IS NULL) THEN 'channelDeleted'
        WHEN old.message_id IS NULL THEN iif(old.expires_at < (unixepoch() + 1) * 1000, 'expired', 'fileDeleted')
        WHEN NOT EXISTS (SELECT 1 FROM messages WHERE id = old.message_id) THEN 'messageDeleted'
        ELSE 'fileDeleted'
    END);
END;
CREATE TRIGGER unreferenced_blobs_delete AFTER INSERT ON attachments BEGIN
    DELETE FROM unreferenced_blobs WHERE sha256 = new.sha256;
END;

-- Blobs, and those that no attachment refers to. When a blob is deleted, so is its row in that list.
CREATE TRIGGER blobs_counted_insert AFTER INSERT ON blobs BEGIN
    UPDATE store SET blob_count = blob_count + 1, blob_bytes = blob_bytes + new.size;
END;
CREATE TRIGGER blobs_counted_delete AFTER DELETE ON blobs BEGIN
    UPDATE store SET blob_count = blob_count - 1, blob_bytes = blob_bytes - old.size;
END;
CREATE TRIGGER unused_counted_insert AFTER INSERT ON unreferenced_blobs BEGIN
    UPDATE store SET unused_count = unused_count + 1, unused_bytes = unused_bytes + new.size;
END;
CREATE TRIGGER unused_counted_delete AFTER DELETE ON unreferenced_blobs BEGIN
    UPDATE store SET unused_count = unused_count - 1, unused_bytes = unused_bytes - old.size;
END;

-- Attachments in no message. Once in one, they stay there.
CREATE TRIGGER unattached_counted_insert AFTER INSERT ON attachments WHEN new.message_id IS NULL BEGIN
    UPDATE store SET unattached_count = unattached_count + 1, unattached_bytes = unattached_bytes + new.size;
END;
CREATE TRIGGER unattached_counted_delete AFTER DELETE ON attachments WHEN old.message_id IS NULL BEGIN
    UPDATE store SET unattached_count = unattached_count - 1, unattached_bytes = unattached_bytes - old.size;
END;
CREATE TRIGGER unattached_counted_attach AFTER UPDATE OF message_id ON attachments
WHEN old.message_id IS NULL AND new.message_id IS NOT NULL BEGIN
    UPDATE store SET unattached_count = unattached_count - 1, unattached_bytes = unattached_bytes - old.size;
END;

-- All attachments, those of deleted channels too until they are removed: by type, and by the day (UTC) on which they
-- were stored. There is no row for none.
CREATE TABLE file_counts (
    kind TEXT NOT NULL CHECK (kind IN ('type', 'day')),
    name TEXT NOT NULL,
    file_count INTEGER NOT NULL,
    file_bytes INTEGER NOT NULL,
    PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER file_counts_insert AFTER INSERT ON attachments BEGIN
    INSERT INTO file_counts VALUES
        ('type', new.mime_type, 1, new.size), ('day', date(new.created_at / 1000, 'unixepoch'), 1, new.size)
        ON CONFLICT DO UPDATE SET
            file_count = file_count + 1, file_bytes = file_bytes + excluded.file_bytes;
END;
CREATE TRIGGER file_counts_delete AFTER DELETE ON attachments BEGIN
    UPDATE file_counts SET file_count = file_count - 1, file_bytes = file_bytes - old.size
        WHERE kind = 'type' AND name = old.mime_type;
    UPDATE file_counts SET file_count = file_count - 1, file_bytes = file_bytes - old.size
        WHERE kind = 'day' AND name = date(old.created_at / 1000, 'unixepoch');
END;
CREATE TRIGGER file_counts_none AFTER UPDATE ON file_counts WHEN new.file_count = 0 BEGIN
    DELETE FROM file_counts WHERE kind = new.kind AND name = new.name;
END;

-- What was stored on a day (UTC), as it was when the server first looked: the last 400.
CREATE TABLE storage_samples (
    day TEXT NOT NULL PRIMARY KEY,
    file_count INTEGER NOT NULL,
    file_bytes INTEGER NOT NULL,
    blob_count INTEGER NOT NULL,
    blob_bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The files of a channel, of its user and of all users are counted as they come and go, so that a quota is judged
-- without a count. A deleted channel stops counting for its user at once, before its rows are removed.
CREATE TRIGGER files_counted_insert AFTER INSERT ON attachments BEGIN
    UPDATE agents SET file_count = file_count + 1, file_bytes = file_bytes + new.size WHERE id = new.channel_id;
    UPDATE users SET file_count = file_count + 1, file_bytes = file_bytes + new.size
        WHERE id = (SELECT user_id FROM agents WHERE id = new.channel_id AND removed_at IS NULL);
    UPDATE store SET file_count = file_count + 1, file_bytes = file_bytes + new.size
        WHERE EXISTS (SELECT 1 FROM agents WHERE id = new.channel_id AND removed_at IS NULL);
END;
CREATE TRIGGER files_counted_delete AFTER DELETE ON attachments BEGIN
    UPDATE agents SET file_count = file_count - 1, file_bytes = file_bytes - old.size WHERE id = old.channel_id;
    UPDATE users SET file_count = file_count - 1, file_bytes = file_bytes - old.size
        WHERE id = (SELECT user_id FROM agents WHERE id = old.channel_id AND removed_at IS NULL);
    UPDATE store SET file_count = file_count - 1, file_bytes = file_bytes - old.size
        WHERE EXISTS (SELECT 1 FROM agents WHERE id = old.channel_id AND removed_at IS NULL);
END;
CREATE TRIGGER files_counted_removal AFTER UPDATE OF removed_at ON agents
WHEN old.removed_at IS NULL AND new.removed_at IS NOT NULL BEGIN
    UPDATE users SET file_count = file_count - new.file_count, file_bytes = file_bytes - new.file_bytes
        WHERE id = new.user_id;
    UPDATE store SET file_count = file_count - new.file_count, file_bytes = file_bytes - new.file_bytes;
END;

-- Collections that took something: the last 1000, and those that can still be undone. ended_at: when it last took
-- something. undo_until: NULL when the bytes went at once.
CREATE TABLE collections (
    id TEXT NOT NULL PRIMARY KEY,
    started_by TEXT NOT NULL CHECK (started_by IN ('schedule', 'plan', 'run')),
    began_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    undo_until INTEGER,
    undone_at INTEGER,
    file_count INTEGER NOT NULL DEFAULT 0,
    blob_count INTEGER NOT NULL DEFAULT 0,
    blob_bytes INTEGER NOT NULL DEFAULT 0
) STRICT;

-- What is needed to bring a blob back. Who removes its bytes deletes the row first: as long as there is one, the bytes
-- stay.
CREATE TABLE collected_blobs (
    key TEXT NOT NULL PRIMARY KEY REFERENCES doomed_keys (key) ON DELETE CASCADE,
    run_id TEXT NOT NULL REFERENCES collections (id),
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    crc32 INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    channel_id TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX collected_blobs_by_run ON collected_blobs (run_id);
CREATE TRIGGER collected_counted_insert AFTER INSERT ON collected_blobs BEGIN
    UPDATE store SET collected_count = collected_count + 1, collected_bytes = collected_bytes + new.size;
END;
CREATE TRIGGER collected_counted_delete AFTER DELETE ON collected_blobs BEGIN
    UPDATE store SET collected_count = collected_count - 1, collected_bytes = collected_bytes - old.size;
END;

-- What is needed to bring an expired file back, until then. channel_id and sha256 are copies and no references: either
-- may be gone.
CREATE TABLE collected_files (
    id TEXT NOT NULL PRIMARY KEY,
    run_id TEXT NOT NULL REFERENCES collections (id),
    until INTEGER NOT NULL,
    channel_id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    filename TEXT NOT NULL,
    mime_type TEXT NOT NULL,
    charset TEXT,
    detector TEXT NOT NULL,
    declared_mime_type TEXT,
    size INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX collected_files_by_run ON collected_files (run_id);
CREATE INDEX collected_files_by_time ON collected_files (until);

-- The looks at the clock: what time it showed, and for how long a server had run in all (in milliseconds). What was due
-- at a look is taken once a server has run for the grace since, whatever the clock did. The collector goes by them, the
-- age limits of channels, and the audit log.
CREATE TABLE clock_looks (
    ran INTEGER NOT NULL PRIMARY KEY,
    moment INTEGER NOT NULL
) STRICT;

-- What senders called their uploads (Idempotency-Key), so that a repeat stores nothing. The name outlives its file,
-- without which attachment_id is NULL. request: what was sent under it, to tell a repeat from another upload.
CREATE TABLE idempotency_keys (
    channel_id TEXT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    sender_type TEXT NOT NULL CHECK (sender_type IN ('agent', 'user')),
    key TEXT NOT NULL,
    request TEXT NOT NULL,
    attachment_id TEXT REFERENCES attachments (id) ON DELETE SET NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (channel_id, sender_type, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_keys_by_attachment ON idempotency_keys (attachment_id);
CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);

-- Links by which any caller who has the token may download one file. A link ends with its file, whether that is deleted
-- alone or with its message or channel.
CREATE TABLE shares (
    id TEXT NOT NULL PRIMARY KEY,
    attachment_id TEXT NOT NULL REFERENCES attachments (id) ON DELETE CASCADE,
    token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX shares_by_attachment ON shares (attachment_id, id);
CREATE INDEX shares_by_expiry ON shares (expires_at);

-- Tokens by which any caller who has one may store one file in a channel, as the key that made it. A token ends when it
-- has been used, with its key, and when the key gets another secret.
CREATE TABLE upload_tokens (
    id TEXT NOT NULL PRIMARY KEY,
    token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    key_id TEXT NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    channel_id TEXT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    filename TEXT,
    max_bytes INTEGER CHECK (max_bytes > 0),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX upload_tokens_by_key ON upload_tokens (key_id, id);
CREATE INDEX upload_tokens_by_channel ON upload_tokens (channel_id);
CREATE INDEX upload_tokens_by_expiry ON upload_tokens (expires_at);

-- Uploads that come in parts (tus). One with all of its bytes is a file, attachment_id, and is known for a day. channel_id
-- and attachment_id are copies and no references: either may be gone. An open one has its length in the quotas of user
-- and channel; in that of all (store.upload_bytes) it has what was received and 8 MiB, so that nobody takes it from
-- others by announcements.
CREATE TABLE partial_uploads (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    channel_id TEXT NOT NULL,
    filename TEXT NOT NULL,
    declared_mime_type TEXT,
    length INTEGER NOT NULL CHECK (length >= 0),
    received INTEGER NOT NULL CHECK (received BETWEEN 0 AND length),
    attachment_id TEXT,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX partial_uploads_by_user ON partial_uploads (user_id);
CREATE INDEX partial_uploads_open ON partial_uploads (user_id, channel_id, length) WHERE received < length;
CREATE INDEX partial_uploads_by_expiry ON partial_uploads (expires_at);
CREATE TRIGGER partial_uploads_counted_insert AFTER INSERT ON partial_uploads WHEN new.received < new.length BEGIN
    UPDATE store SET upload_bytes = upload_bytes + min(new.length, new.received + 8388608);
END;
CREATE TRIGGER partial_uploads_counted_delete AFTER DELETE ON partial_uploads WHEN old.received < old.length BEGIN
    UPDATE store SET upload_bytes = upload_bytes - min(old.length, old.received + 8388608);
END;
CREATE TRIGGER partial_uploads_counted_update AFTER UPDATE OF received ON partial_uploads
WHEN old.received < old.length BEGIN
    UPDATE store SET upload_bytes = upload_bytes - min(old.length, old.received + 8388608)
        + iif(new.received < new.length, min(new.length, new.received + 8388608), 0);
END;


-- Webhooks -----------------------------------------------------------------------------------------------------------

-- One delivery for each event of a message: an event that is queued twice is sent once, under one `webhook-id`. While a
-- row is claimed, next_attempt_at is the end of its lease, so the work of a process that died becomes due again.
CREATE TABLE deliveries (
    id TEXT NOT NULL PRIMARY KEY,
    channel_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    event TEXT NOT NULL CHECK (event IN ('message:created', 'review:responded', 'review:expired')),
    state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    attempted_at INTEGER,
    next_attempt_at INTEGER,
    response_status INTEGER,
    error TEXT,
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    UNIQUE (message_id, event),
    FOREIGN KEY (channel_id, message_id) REFERENCES messages (channel_id, id) ON DELETE CASCADE,
    CHECK ((state = 'pending') = (next_attempt_at IS NOT NULL)),
    CHECK ((state = 'pending') = (finished_at IS NULL))
) STRICT;
CREATE INDEX deliveries_by_message ON deliveries (channel_id, message_id);
CREATE INDEX deliveries_by_channel ON deliveries (channel_id, id);
-- Each channel's queue, the next first. To see who has any, a query jumps from channel to channel.
CREATE INDEX deliveries_due ON deliveries (channel_id, next_attempt_at, id) WHERE state = 'pending';
CREATE TRIGGER deliveries_counted_insert AFTER INSERT ON deliveries BEGIN
    UPDATE channel_counts SET pending_deliveries = pending_deliveries + (new.state = 'pending'),
        delivered = delivered + (new.state = 'delivered'),
        failed_deliveries = failed_deliveries + (new.state = 'failed')
        WHERE channel_id = new.channel_id;
END;
CREATE TRIGGER deliveries_counted_delete AFTER DELETE ON deliveries BEGIN
    UPDATE channel_counts SET pending_deliveries = pending_deliveries - (old.state = 'pending'),
        delivered = delivered - (old.state = 'delivered'),
        failed_deliveries = failed_deliveries - (old.state = 'failed')
        WHERE channel_id = old.channel_id;
END;
CREATE TRIGGER deliveries_counted_update AFTER UPDATE OF state ON deliveries WHEN old.state <> new.state BEGIN
    UPDATE channel_counts SET pending_deliveries = pending_deliveries - (old.state = 'pending') + (new.state = 'pending'),
        delivered = delivered - (old.state = 'delivered') + (new.state = 'delivered'),
        failed_deliveries = failed_deliveries - (old.state = 'failed') + (new.state = 'failed')
        WHERE channel_id = new.channel_id;
END;


-- Audit --------------------------------------------------------------------------------------------------------------

-- Who did what to which thing. All ids are copies and no references: an entry outlives what it names. subject: the file,
-- message, key, session, user or run; the plugin whose settings changed; the log level. count: of how many things,
-- where they have one entry together.
CREATE TABLE audit (
    number INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    action TEXT NOT NULL,
    way TEXT NOT NULL CHECK (way IN ('key', 'session', 'link', 'stranger', 'command line', 'server')),
    user_id TEXT,
    credential TEXT,
    address TEXT,
    request_id TEXT,
    channel_id TEXT,
    subject TEXT,
    count INTEGER CHECK (count > 0)
) STRICT;
CREATE INDEX audit_by_time ON audit (at);
-- By holder: to whom an entry counts when there are too many. It is no generated column, because VACUUM INTO of SQLite
-- 3.40 fails with one.
CREATE INDEX audit_by_holder ON audit (coalesce(user_id, channel_id, way));
CREATE INDEX audit_by_channel ON audit (channel_id);
CREATE INDEX audit_by_subject ON audit (subject);
CREATE INDEX audit_by_action ON audit (action);

-- How many entries each holder has, so that the surplus is taken from whoever has most, without a count.
CREATE TABLE audit_counts (
    holder TEXT NOT NULL PRIMARY KEY,
    entry_count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_counts_by_count ON audit_counts (entry_count);
CREATE TRIGGER audit_counted_insert AFTER INSERT ON audit BEGIN
    UPDATE store SET audit_count = audit_count + 1;
    INSERT INTO audit_counts VALUES (coalesce(new.user_id, new.channel_id, new.way), 1)
        ON CONFLICT DO UPDATE SET entry_count = entry_count + 1;
END;
CREATE TRIGGER audit_counted_delete AFTER DELETE ON audit BEGIN
    UPDATE store SET audit_count = audit_count - 1;
    UPDATE audit_counts SET entry_count = entry_count - 1
        WHERE holder = coalesce(old.user_id, old.channel_id, old.way);
    DELETE FROM audit_counts WHERE holder = coalesce(old.user_id, old.channel_id, old.way) AND entry_count = 0;
END;
