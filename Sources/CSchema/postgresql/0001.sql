-- The tables of the index on PostgreSQL 15 and later. They have the names and columns that 0001.sql to 0003.sql give
-- them in SQLite, and what they mean is said there. Only what differs is said here.
--
-- The database compares texts by their bytes, as SQLite does: the order of ids depends on it. Which case a letter has,
-- it knows for all of Unicode. `PostgreSQLIndex` sees to both before it makes the tables.

-- What SQLite has and PostgreSQL has not, for triggers and the statements of `Sources/Index` -------------------------

CREATE FUNCTION json_each(list text) RETURNS TABLE (value text) LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 20
    AS 'SELECT json_array_elements_text(list::json)';
CREATE FUNCTION unixepoch() RETURNS bigint LANGUAGE sql VOLATILE PARALLEL SAFE
    AS 'SELECT floor(extract(epoch FROM clock_timestamp()))::bigint';
CREATE FUNCTION date(seconds bigint, form text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT to_char(to_timestamp(seconds) AT TIME ZONE 'UTC', 'YYYY-MM-DD') $$;
CREATE FUNCTION min(a bigint, b bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT least(a, b)';
CREATE TABLE store (
    singleton BIGINT NOT NULL PRIMARY KEY CHECK (singleton = 1),
    id TEXT NOT NULL,
    checked_at BIGINT NOT NULL,
    file_count BIGINT NOT NULL DEFAULT 0,
    file_bytes BIGINT NOT NULL DEFAULT 0,
    upload_bytes BIGINT NOT NULL DEFAULT 0,
    blob_count BIGINT NOT NULL DEFAULT 0,
    blob_bytes BIGINT NOT NULL DEFAULT 0,
    unused_count BIGINT NOT NULL DEFAULT 0,
    unused_bytes BIGINT NOT NULL DEFAULT 0,
    unattached_count BIGINT NOT NULL DEFAULT 0,
    unattached_bytes BIGINT NOT NULL DEFAULT 0,
    collected_count BIGINT NOT NULL DEFAULT 0,
    collected_bytes BIGINT NOT NULL DEFAULT 0,
    doomed_count BIGINT NOT NULL DEFAULT 0,
    audit_count BIGINT NOT NULL DEFAULT 0,
    scrubbed_to TEXT,
    scrub_began_at BIGINT,
    backed_up_at BIGINT
);


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
    must_change_password BIGINT NOT NULL CHECK (must_change_password IN (0, 1)),
    theme TEXT NOT NULL DEFAULT 'system' CHECK (theme IN ('system', 'light', 'dark')),
    quota_bytes BIGINT CHECK (quota_bytes >= 0),
    file_count BIGINT NOT NULL DEFAULT 0,
    file_bytes BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    removed_at BIGINT
);
CREATE INDEX users_removed ON users (removed_at) WHERE removed_at IS NOT NULL;
CREATE INDEX users_owners ON users (id) WHERE role = 'owner' AND removed_at IS NULL;

-- default_channel_id: where the key's messages and files go that name no channel; one of the same user.
CREATE TABLE api_keys (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    default_channel_id TEXT,
    label TEXT NOT NULL,
    key_prefix TEXT NOT NULL,
    key_hash BYTEA NOT NULL UNIQUE CHECK (length(key_hash) = 32),
    scope TEXT,
    expires_at BIGINT,
    last_used_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX api_keys_by_user ON api_keys (user_id, id);
CREATE INDEX api_keys_by_channel ON api_keys (default_channel_id) WHERE default_channel_id IS NOT NULL;

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    user_agent TEXT,
    created_at BIGINT NOT NULL,
    password_given_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id, id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- A session has several tokens for a while after a refresh: the one before it goes on for a minute (until).
CREATE TABLE session_tokens (
    hash BYTEA NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    until BIGINT NOT NULL
);
CREATE INDEX session_tokens_by_session ON session_tokens (session_id, until);

CREATE TABLE plugin_settings (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    plugin TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (user_id, plugin, key)
);


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
    number BIGINT CHECK (number BETWEEN 1 AND 8388607),
    name TEXT NOT NULL,
    description TEXT,
    avatar_url TEXT,
    webhook_url TEXT,
    webhook_headers TEXT,
    webhook_auth TEXT,
    webhook_secret TEXT,
    webhook_old_secret TEXT,
    webhook_old_secret_until BIGINT,
    status TEXT NOT NULL CHECK (status IN ('active', 'busy', 'error', 'offline')),
    status_message TEXT,
    status_since BIGINT,
    last_active_at BIGINT,
    tag TEXT,
    read_through TEXT,
    quota_bytes BIGINT CHECK (quota_bytes >= 0),
    file_count BIGINT NOT NULL DEFAULT 0,
    file_bytes BIGINT NOT NULL DEFAULT 0,
    retention_days BIGINT CHECK (retention_days > 0),
    created_at BIGINT NOT NULL,
    removed_at BIGINT
);
CREATE UNIQUE INDEX agents_by_number ON agents (number);
CREATE INDEX agents_with_retention ON agents (id) WHERE retention_days IS NOT NULL;
CREATE INDEX agents_by_user ON agents (user_id, id);
ALTER TABLE api_keys ADD FOREIGN KEY (default_channel_id) REFERENCES agents (id) ON DELETE SET NULL;
CREATE INDEX agents_removed ON agents (removed_at) WHERE removed_at IS NOT NULL;
-- The largest, for the figures of the storage.
CREATE INDEX agents_by_size ON agents (file_bytes DESC, id) WHERE removed_at IS NULL AND file_count > 0;

-- What is in a channel, counted by triggers as it comes and goes.
CREATE TABLE channel_counts (
    channel_id TEXT NOT NULL PRIMARY KEY REFERENCES agents (id) ON DELETE CASCADE,
    agent_messages BIGINT NOT NULL DEFAULT 0,
    user_messages BIGINT NOT NULL DEFAULT 0,
    pending_reviews BIGINT NOT NULL DEFAULT 0,
    completed_reviews BIGINT NOT NULL DEFAULT 0,
    expired_reviews BIGINT NOT NULL DEFAULT 0,
    pending_deliveries BIGINT NOT NULL DEFAULT 0,
    delivered BIGINT NOT NULL DEFAULT 0,
    failed_deliveries BIGINT NOT NULL DEFAULT 0
);
CREATE FUNCTION channel_counts_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO channel_counts (channel_id) VALUES (new.id);
    RETURN NULL;
END $$;
CREATE TRIGGER channel_counts_insert AFTER INSERT ON agents FOR EACH ROW
    EXECUTE FUNCTION channel_counts_insert();

-- The status messages of agents: the last 1000 of each.
CREATE TABLE agent_statuses (
    id TEXT NOT NULL PRIMARY KEY,
    agent_id TEXT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    status TEXT NOT NULL CHECK (status IN ('active', 'busy', 'error', 'offline')),
    message TEXT,
    since BIGINT NOT NULL
);
CREATE INDEX agent_statuses_by_agent ON agent_statuses (agent_id, id);

CREATE TABLE avatars (
    agent_id TEXT NOT NULL PRIMARY KEY REFERENCES agents (id) ON DELETE CASCADE,
    mime_type TEXT NOT NULL,
    bytes BYTEA NOT NULL,
    updated_at BIGINT NOT NULL
);


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
    search_number BIGINT,
    sender_type TEXT NOT NULL CHECK (sender_type IN ('agent', 'user')),
    sender_id TEXT NOT NULL,
    text TEXT,
    status TEXT CHECK (status IN ('info', 'success', 'warning', 'error')),
    metadata TEXT,
    webhook_url TEXT,
    delivery_status TEXT NOT NULL
        CHECK (delivery_status IN ('sent', 'webhook_delivered', 'webhook_failed', 'agent_received')),
    iteration_group_id TEXT,
    iteration BIGINT CHECK ((iteration IS NULL) = (iteration_group_id IS NULL) AND iteration > 0),
    client_id TEXT,
    stream_id TEXT,
    stream_state TEXT
        CHECK ((stream_state IS NULL) = (stream_id IS NULL) AND stream_state IN ('streaming', 'complete', 'aborted')),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX messages_by_channel ON messages (channel_id, id);
CREATE UNIQUE INDEX messages_by_search_number ON messages (search_number);
CREATE UNIQUE INDEX messages_by_client ON messages (channel_id, sender_type, client_id)
    WHERE client_id IS NOT NULL;
CREATE UNIQUE INDEX messages_by_stream ON messages (channel_id, stream_id) WHERE stream_id IS NOT NULL;
CREATE UNIQUE INDEX messages_by_iteration ON messages (iteration_group_id, iteration)
    WHERE iteration_group_id IS NOT NULL;
-- Counting unread messages reads only this index, not the messages with all their text.
CREATE INDEX messages_of_agents ON messages (channel_id, id) WHERE sender_type = 'agent';
CREATE FUNCTION messages_counted_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE channel_counts SET agent_messages = agent_messages + (new.sender_type = 'agent')::int,
        user_messages = user_messages + (new.sender_type = 'user')::int
        WHERE channel_id = new.channel_id;
    RETURN NULL;
END $$;
CREATE TRIGGER messages_counted_insert AFTER INSERT ON messages FOR EACH ROW
    EXECUTE FUNCTION messages_counted_insert();
CREATE FUNCTION messages_counted_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE channel_counts SET agent_messages = agent_messages - (old.sender_type = 'agent')::int,
        user_messages = user_messages - (old.sender_type = 'user')::int
        WHERE channel_id = old.channel_id;
    RETURN NULL;
END $$;
CREATE TRIGGER messages_counted_delete AFTER DELETE ON messages FOR EACH ROW
    EXECUTE FUNCTION messages_counted_delete();

-- The drafts under way, and when their agents last wrote to each: text, or a status event. A status event changes only
-- this small row, because a message may have 8 MiB.
CREATE TABLE live_drafts (
    message_id TEXT NOT NULL PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    active_at BIGINT NOT NULL
);
CREATE INDEX live_drafts_by_activity ON live_drafts (active_at);
CREATE FUNCTION live_drafts_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO live_drafts VALUES (new.id, new.updated_at);
    RETURN NULL;
END $$;
CREATE TRIGGER live_drafts_insert AFTER INSERT ON messages FOR EACH ROW WHEN (new.stream_state = 'streaming')
    EXECUTE FUNCTION live_drafts_insert();
CREATE FUNCTION live_drafts_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE live_drafts SET active_at = new.updated_at WHERE message_id = new.id;
    RETURN NULL;
END $$;
CREATE TRIGGER live_drafts_update AFTER UPDATE OF updated_at ON messages FOR EACH ROW
    WHEN (new.stream_state = 'streaming')
    EXECUTE FUNCTION live_drafts_update();
CREATE FUNCTION live_drafts_end() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    DELETE FROM live_drafts WHERE message_id = new.id;
    RETURN NULL;
END $$;
CREATE TRIGGER live_drafts_end AFTER UPDATE OF stream_state ON messages FOR EACH ROW
    WHEN (new.stream_state <> 'streaming')
    EXECUTE FUNCTION live_drafts_end();

-- What an agent says it is doing while it writes a streamed draft. A status event may come before its draft, so it
-- refers to the channel and carries the stream's name. Until there is a draft it has an expiry. Triggers take that away
-- with the draft's coming, and the event with its going.
CREATE TABLE stream_events (
    id TEXT NOT NULL PRIMARY KEY,
    channel_id TEXT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    stream_id TEXT NOT NULL,
    number BIGINT NOT NULL CHECK (number >= 0),
    text TEXT NOT NULL,
    tool_hint BIGINT NOT NULL CHECK (tool_hint IN (0, 1)),
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    UNIQUE (channel_id, stream_id, number)
);
CREATE INDEX stream_events_by_expiry ON stream_events (expires_at) WHERE expires_at IS NOT NULL;
CREATE FUNCTION stream_events_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE stream_events SET expires_at = NULL WHERE channel_id = new.channel_id AND stream_id = new.stream_id;
    RETURN NULL;
END $$;
CREATE TRIGGER stream_events_keep AFTER INSERT ON messages FOR EACH ROW WHEN (new.stream_id IS NOT NULL)
    EXECUTE FUNCTION stream_events_keep();
CREATE FUNCTION stream_events_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    DELETE FROM stream_events WHERE channel_id = old.channel_id AND stream_id = old.stream_id;
    RETURN NULL;
END $$;
CREATE TRIGGER stream_events_delete AFTER DELETE ON messages FOR EACH ROW WHEN (old.stream_id IS NOT NULL)
    EXECUTE FUNCTION stream_events_delete();

-- What can be searched are the same parts of the same texts as in SQLite. Letters in all their cases are one: the small
-- one of the large one, because small ones can have a large one in common (σ and ς).
CREATE FUNCTION folded(body text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS 'SELECT lower(upper(body))';
CREATE FUNCTION contains(body text, term text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS 'SELECT strpos(folded(substr(body, 1, 16384)), folded(term)) > 0';
-- The trigrams of a text, each with the number of its channel before it: so a search in one reads nothing of others.
-- With two U+0001 behind the text, every character begins one, and short terms are found by what begins with them.
-- pg_trgm would know letters and digits only, and nothing of terms of two (decision 0072). Its cost keeps the planner
-- from calling it for one row after the other.
CREATE FUNCTION search_trigrams(search_number bigint, body text) RETURNS tsvector
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 100000 AS $$
DECLARE
    channel CONSTANT text := (search_number >> 40) || ' ';
    characters CONSTANT text[] := string_to_array(folded(substr(body, 1, 16384)) || chr(1) || chr(1), NULL);
BEGIN
    RETURN array_to_tsvector(ARRAY(
        SELECT channel || a || b || c FROM unnest(characters, characters[2:], characters[3:]) AS trigrams (a, b, c)
        WHERE c IS NOT NULL
    ));
END $$;
CREATE INDEX messages_by_trigrams ON messages USING gin (search_trigrams(search_number, text))
    WHERE text IS NOT NULL AND stream_state IS DISTINCT FROM 'streaming';


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
    expires_at BIGINT NOT NULL,
    response TEXT,
    feedback TEXT,
    modified_file_ids TEXT,
    completed_at BIGINT,
    responder_id TEXT,
    responder_name TEXT,
    responded_via TEXT CHECK (responded_via IN ('session', 'command line')),
    FOREIGN KEY (channel_id, message_id) REFERENCES messages (channel_id, id) ON DELETE CASCADE,
    CHECK ((status = 'completed') = (response IS NOT NULL)),
    CHECK ((status = 'completed') = (completed_at IS NOT NULL)),
    CHECK ((status = 'completed') = (responder_name IS NOT NULL)),
    CHECK ((status = 'completed') = (responded_via IS NOT NULL))
);
CREATE INDEX reviews_by_channel ON reviews (channel_id, message_id);
-- Counting reads only this index, not the reviews with all their text.
CREATE INDEX reviews_by_status ON reviews (channel_id, status, message_id);
CREATE INDEX reviews_by_type ON reviews (channel_id, type, status, message_id);
CREATE INDEX reviews_completed ON reviews (channel_id, completed_at) WHERE status = 'completed';
CREATE INDEX reviews_due ON reviews (expires_at) WHERE status = 'pending';
CREATE FUNCTION reviews_counted_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE channel_counts SET pending_reviews = pending_reviews + (new.status = 'pending')::int,
        completed_reviews = completed_reviews + (new.status = 'completed')::int,
        expired_reviews = expired_reviews + (new.status = 'expired')::int
        WHERE channel_id = new.channel_id;
    RETURN NULL;
END $$;
CREATE TRIGGER reviews_counted_insert AFTER INSERT ON reviews FOR EACH ROW
    EXECUTE FUNCTION reviews_counted_insert();
CREATE FUNCTION reviews_counted_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE channel_counts SET pending_reviews = pending_reviews - (old.status = 'pending')::int,
        completed_reviews = completed_reviews - (old.status = 'completed')::int,
        expired_reviews = expired_reviews - (old.status = 'expired')::int
        WHERE channel_id = old.channel_id;
    RETURN NULL;
END $$;
CREATE TRIGGER reviews_counted_delete AFTER DELETE ON reviews FOR EACH ROW
    EXECUTE FUNCTION reviews_counted_delete();
CREATE FUNCTION reviews_counted_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE channel_counts SET
        pending_reviews = pending_reviews - (old.status = 'pending')::int + (new.status = 'pending')::int,
        completed_reviews = completed_reviews - (old.status = 'completed')::int + (new.status = 'completed')::int,
        expired_reviews = expired_reviews - (old.status = 'expired')::int + (new.status = 'expired')::int
        WHERE channel_id = new.channel_id;
    RETURN NULL;
END $$;
CREATE TRIGGER reviews_counted_update AFTER UPDATE OF status ON reviews FOR EACH ROW WHEN (old.status <> new.status)
    EXECUTE FUNCTION reviews_counted_update();

-- The feed of finished reviews that their agents have not acknowledged. AUTOINCREMENT never reuses a number, not even
-- that of the newest answer once it is gone. So an agent that has read up to a number misses nothing after it.
CREATE TABLE answers (
    number BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    channel_id TEXT NOT NULL,
    message_id TEXT NOT NULL UNIQUE REFERENCES reviews (message_id) ON DELETE CASCADE
);
CREATE INDEX answers_by_channel ON answers (channel_id, number);


-- Files --------------------------------------------------------------------------------------------------------------

-- Bytes on disk: the digest is their identity, the key is their address (invariant 3). In the order of digests, as is
-- what the collector reads and writes. damaged_at: when a check found other bytes under the key. Until another key
-- takes its place they are not served.
CREATE TABLE blobs (
    sha256 TEXT NOT NULL PRIMARY KEY CHECK (length(sha256) = 64),
    key TEXT NOT NULL UNIQUE,
    size BIGINT NOT NULL CHECK (size >= 0),
    crc32 BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    damaged_at BIGINT
);
CREATE INDEX blobs_damaged ON blobs (key) WHERE damaged_at IS NOT NULL;

-- While one of these lasts, no file is removed: each backup that is being made has its own.
CREATE TABLE removal_holds (
    id TEXT NOT NULL PRIMARY KEY,
    until BIGINT NOT NULL
);

-- Keys whose bytes no longer have a row, and the time from which their files may be removed.
CREATE TABLE doomed_keys (
    key TEXT NOT NULL PRIMARY KEY,
    not_before BIGINT NOT NULL
);
CREATE INDEX doomed_keys_by_time ON doomed_keys (not_before, key);
CREATE FUNCTION doomed_counted_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE store SET doomed_count = doomed_count + 1;
    RETURN NULL;
END $$;
CREATE TRIGGER doomed_counted_insert AFTER INSERT ON doomed_keys FOR EACH ROW
    EXECUTE FUNCTION doomed_counted_insert();
CREATE FUNCTION doomed_counted_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE store SET doomed_count = doomed_count - 1;
    RETURN NULL;
END $$;
CREATE TRIGGER doomed_counted_delete AFTER DELETE ON doomed_keys FOR EACH ROW
    EXECUTE FUNCTION doomed_counted_delete();

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
    size BIGINT NOT NULL CHECK (size >= 0),
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    damaged_at BIGINT,
    FOREIGN KEY (channel_id, message_id) REFERENCES messages (channel_id, id) ON DELETE CASCADE,
    CHECK ((message_id IS NULL) = (expires_at IS NOT NULL))
);
-- With the names, so that a search in them reads nothing else.
CREATE INDEX attachments_by_channel ON attachments (channel_id, id, filename);
CREATE INDEX attachments_by_type ON attachments (channel_id, mime_type, id);
CREATE INDEX attachments_by_channel_message ON attachments (channel_id, message_id);
-- Serves the files of a message and, under NULL, the unattached ones, the next to expire first.
CREATE INDEX attachments_by_message ON attachments (message_id, expires_at);
CREATE INDEX attachments_by_blob ON attachments (sha256, id);
CREATE INDEX attachments_damaged ON attachments (sha256) WHERE damaged_at IS NOT NULL;

-- The blobs that no attachment refers to, and since when (to the second). Triggers keep it, because attachments also go
-- with their messages and channels. The collector reads it, and so never looks at a blob that is in use. size is a
-- copy, and channel_id and reason say whose the last attachment was and how it went; the channel may be gone.
CREATE TABLE unreferenced_blobs (
    sha256 TEXT NOT NULL PRIMARY KEY REFERENCES blobs (sha256) ON DELETE CASCADE,
    since BIGINT NOT NULL,
    size BIGINT NOT NULL CHECK (size >= 0),
    channel_id TEXT NOT NULL,
    reason TEXT NOT NULL
        CHECK (reason IN ('expired', 'fileDeleted', 'messageDeleted', 'ageLimit', 'channelDeleted'))
);
CREATE INDEX unreferenced_blobs_by_time ON unreferenced_blobs (since);
CREATE FUNCTION unreferenced_blobs_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT (NOT EXISTS (SELECT 1 FROM attachments WHERE sha256 = old.sha256)) THEN RETURN NULL; END IF;
    INSERT INTO unreferenced_blobs VALUES (old.sha256, unixepoch() * 1000, old.size, old.channel_id, CASE
        WHEN NOT EXISTS (SELECT 1 FROM agents WHERE id = old.channel_id AND removed_at IS NULL) THEN 'channelDeleted'
        WHEN old.message_id IS NULL THEN
            CASE WHEN old.expires_at < (unixepoch() + 1) * 1000 THEN 'expired' ELSE 'fileDeleted' END
        WHEN NOT EXISTS (SELECT 1 FROM messages WHERE id = old.message_id) THEN 'messageDeleted'
        ELSE 'fileDeleted'
    END)
    -- Several may have gone at once: triggers run when the statement has ended.
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER unreferenced_blobs_insert AFTER DELETE ON attachments FOR EACH ROW
    EXECUTE FUNCTION unreferenced_blobs_insert();
CREATE FUNCTION unreferenced_blobs_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    DELETE FROM unreferenced_blobs WHERE sha256 = new.sha256;
    RETURN NULL;
END $$;
CREATE TRIGGER unreferenced_blobs_delete AFTER INSERT ON attachments FOR EACH ROW
    EXECUTE FUNCTION unreferenced_blobs_delete();

-- Blobs, and those that no attachment refers to. When a blob is deleted, so is its row in that list.
CREATE FUNCTION blobs_counted_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE store SET blob_count = blob_count + 1, blob_bytes = blob_bytes + new.size;
    RETURN NULL;
END $$;
CREATE TRIGGER blobs_counted_insert AFTER INSERT ON blobs FOR EACH ROW
    EXECUTE FUNCTION blobs_counted_insert();
CREATE FUNCTION blobs_counted_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE store SET blob_count = blob_count - 1, blob_bytes = blob_bytes - old.size;
    RETURN NULL;
END $$;
CREATE TRIGGER blobs_counted_delete AFTER DELETE ON blobs FOR EACH ROW
    EXECUTE FUNCTION blobs_counted_delete();
CREATE FUNCTION unused_counted_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE store SET unused_count = unused_count + 1, unused_bytes = unused_bytes + new.size;
    RETURN NULL;
END $$;
CREATE TRIGGER unused_counted_insert AFTER INSERT ON unreferenced_blobs FOR EACH ROW
    EXECUTE FUNCTION unused_counted_insert();
CREATE FUNCTION unused_counted_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE store SET unused_count = unused_count - 1, unused_bytes = unused_bytes - old.size;
    RETURN NULL;
END $$;
CREATE TRIGGER unused_counted_delete AFTER DELETE ON unreferenced_blobs FOR EACH ROW
    EXECUTE FUNCTION unused_counted_delete();

-- Attachments in no message. Once in one, they stay there.
CREATE FUNCTION unattached_counted_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE store SET unattached_count = unattached_count + 1, unattached_bytes = unattached_bytes + new.size;
    RETURN NULL;
END $$;
CREATE TRIGGER unattached_counted_insert AFTER INSERT ON attachments FOR EACH ROW WHEN (new.message_id IS NULL)
    EXECUTE FUNCTION unattached_counted_insert();
CREATE FUNCTION unattached_counted_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE store SET unattached_count = unattached_count - 1, unattached_bytes = unattached_bytes - old.size;
    RETURN NULL;
END $$;
CREATE TRIGGER unattached_counted_delete AFTER DELETE ON attachments FOR EACH ROW WHEN (old.message_id IS NULL)
    EXECUTE FUNCTION unattached_counted_delete();
CREATE FUNCTION unattached_counted_attach() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE store SET unattached_count = unattached_count - 1, unattached_bytes = unattached_bytes - old.size;
    RETURN NULL;
END $$;
CREATE TRIGGER unattached_counted_attach AFTER UPDATE OF message_id ON attachments FOR EACH ROW
    WHEN (old.message_id IS NULL AND new.message_id IS NOT NULL)
    EXECUTE FUNCTION unattached_counted_attach();

-- All attachments, those of deleted channels too until they are removed: by type, and by the day (UTC) on which they
-- were stored. There is no row for none.
CREATE TABLE file_counts (
    kind TEXT NOT NULL CHECK (kind IN ('type', 'day')),
    name TEXT NOT NULL,
    file_count BIGINT NOT NULL,
    file_bytes BIGINT NOT NULL,
    PRIMARY KEY (kind, name)
);
CREATE FUNCTION file_counts_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO file_counts VALUES
        ('type', new.mime_type, 1, new.size), ('day', date(new.created_at / 1000, 'unixepoch'), 1, new.size)
        ON CONFLICT (kind, name) DO UPDATE SET
            file_count = file_counts.file_count + 1, file_bytes = file_counts.file_bytes + excluded.file_bytes;
    RETURN NULL;
END $$;
CREATE TRIGGER file_counts_insert AFTER INSERT ON attachments FOR EACH ROW
    EXECUTE FUNCTION file_counts_insert();
CREATE FUNCTION file_counts_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE file_counts SET file_count = file_count - 1, file_bytes = file_bytes - old.size
        WHERE kind = 'type' AND name = old.mime_type;
    UPDATE file_counts SET file_count = file_count - 1, file_bytes = file_bytes - old.size
        WHERE kind = 'day' AND name = date(old.created_at / 1000, 'unixepoch');
    RETURN NULL;
END $$;
CREATE TRIGGER file_counts_delete AFTER DELETE ON attachments FOR EACH ROW
    EXECUTE FUNCTION file_counts_delete();
CREATE FUNCTION file_counts_none() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    DELETE FROM file_counts WHERE kind = new.kind AND name = new.name;
    RETURN NULL;
END $$;
CREATE TRIGGER file_counts_none AFTER UPDATE ON file_counts FOR EACH ROW WHEN (new.file_count = 0)
    EXECUTE FUNCTION file_counts_none();

-- What was stored on a day (UTC), as it was when the server first looked: the last 400.
CREATE TABLE storage_samples (
    day TEXT NOT NULL PRIMARY KEY,
    file_count BIGINT NOT NULL,
    file_bytes BIGINT NOT NULL,
    blob_count BIGINT NOT NULL,
    blob_bytes BIGINT NOT NULL
);

-- The files of a channel, of its user and of all users are counted as they come and go, so that a quota is judged
-- without a count. A deleted channel stops counting for its user at once, before its rows are removed.
CREATE FUNCTION files_counted_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE agents SET file_count = file_count + 1, file_bytes = file_bytes + new.size WHERE id = new.channel_id;
    UPDATE users SET file_count = file_count + 1, file_bytes = file_bytes + new.size
        WHERE id = (SELECT user_id FROM agents WHERE id = new.channel_id AND removed_at IS NULL);
    UPDATE store SET file_count = file_count + 1, file_bytes = file_bytes + new.size
        WHERE EXISTS (SELECT 1 FROM agents WHERE id = new.channel_id AND removed_at IS NULL);
    RETURN NULL;
END $$;
CREATE TRIGGER files_counted_insert AFTER INSERT ON attachments FOR EACH ROW
    EXECUTE FUNCTION files_counted_insert();
CREATE FUNCTION files_counted_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE agents SET file_count = file_count - 1, file_bytes = file_bytes - old.size WHERE id = old.channel_id;
    UPDATE users SET file_count = file_count - 1, file_bytes = file_bytes - old.size
        WHERE id = (SELECT user_id FROM agents WHERE id = old.channel_id AND removed_at IS NULL);
    UPDATE store SET file_count = file_count - 1, file_bytes = file_bytes - old.size
        WHERE EXISTS (SELECT 1 FROM agents WHERE id = old.channel_id AND removed_at IS NULL);
    RETURN NULL;
END $$;
CREATE TRIGGER files_counted_delete AFTER DELETE ON attachments FOR EACH ROW
    EXECUTE FUNCTION files_counted_delete();
CREATE FUNCTION files_counted_removal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE users SET file_count = file_count - new.file_count, file_bytes = file_bytes - new.file_bytes
        WHERE id = new.user_id;
    UPDATE store SET file_count = file_count - new.file_count, file_bytes = file_bytes - new.file_bytes;
    RETURN NULL;
END $$;
CREATE TRIGGER files_counted_removal AFTER UPDATE OF removed_at ON agents FOR EACH ROW
    WHEN (old.removed_at IS NULL AND new.removed_at IS NOT NULL)
    EXECUTE FUNCTION files_counted_removal();

-- Collections that took something: the last 1000, and those that can still be undone. ended_at: when it last took
-- something. undo_until: NULL when the bytes went at once.
CREATE TABLE collections (
    id TEXT NOT NULL PRIMARY KEY,
    started_by TEXT NOT NULL CHECK (started_by IN ('schedule', 'plan', 'run')),
    began_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    undo_until BIGINT,
    undone_at BIGINT,
    file_count BIGINT NOT NULL DEFAULT 0,
    blob_count BIGINT NOT NULL DEFAULT 0,
    blob_bytes BIGINT NOT NULL DEFAULT 0
);

-- What is needed to bring a blob back. Who removes its bytes deletes the row first: as long as there is one, the bytes
-- stay.
CREATE TABLE collected_blobs (
    key TEXT NOT NULL PRIMARY KEY REFERENCES doomed_keys (key) ON DELETE CASCADE,
    run_id TEXT NOT NULL REFERENCES collections (id),
    sha256 TEXT NOT NULL,
    size BIGINT NOT NULL,
    crc32 BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    channel_id TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX collected_blobs_by_run ON collected_blobs (run_id);
CREATE FUNCTION collected_counted_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE store SET collected_count = collected_count + 1, collected_bytes = collected_bytes + new.size;
    RETURN NULL;
END $$;
CREATE TRIGGER collected_counted_insert AFTER INSERT ON collected_blobs FOR EACH ROW
    EXECUTE FUNCTION collected_counted_insert();
CREATE FUNCTION collected_counted_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE store SET collected_count = collected_count - 1, collected_bytes = collected_bytes - old.size;
    RETURN NULL;
END $$;
CREATE TRIGGER collected_counted_delete AFTER DELETE ON collected_blobs FOR EACH ROW
    EXECUTE FUNCTION collected_counted_delete();

-- What is needed to bring an expired file back, until then. channel_id and sha256 are copies and no references: either
-- may be gone.
CREATE TABLE collected_files (
    id TEXT NOT NULL PRIMARY KEY,
    run_id TEXT NOT NULL REFERENCES collections (id),
    until BIGINT NOT NULL,
    channel_id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    filename TEXT NOT NULL,
    mime_type TEXT NOT NULL,
    charset TEXT,
    detector TEXT NOT NULL,
    declared_mime_type TEXT,
    size BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX collected_files_by_run ON collected_files (run_id);
CREATE INDEX collected_files_by_time ON collected_files (until);

-- The looks at the clock: what time it showed, and for how long a server had run in all (in milliseconds). What was due
-- at a look is taken once a server has run for the grace since, whatever the clock did. The collector goes by them, the
-- age limits of channels, and the audit log.
CREATE TABLE clock_looks (
    ran BIGINT NOT NULL PRIMARY KEY,
    moment BIGINT NOT NULL
);

-- What senders called their uploads (Idempotency-Key), so that a repeat stores nothing. The name outlives its file,
-- without which attachment_id is NULL. request: what was sent under it, to tell a repeat from another upload.
CREATE TABLE idempotency_keys (
    channel_id TEXT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    sender_type TEXT NOT NULL CHECK (sender_type IN ('agent', 'user')),
    key TEXT NOT NULL,
    request TEXT NOT NULL,
    attachment_id TEXT REFERENCES attachments (id) ON DELETE SET NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (channel_id, sender_type, key)
);
CREATE INDEX idempotency_keys_by_attachment ON idempotency_keys (attachment_id);
CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);

-- Links by which any caller who has the token may download one file. A link ends with its file, whether that is deleted
-- alone or with its message or channel.
CREATE TABLE shares (
    id TEXT NOT NULL PRIMARY KEY,
    attachment_id TEXT NOT NULL REFERENCES attachments (id) ON DELETE CASCADE,
    token_hash BYTEA NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX shares_by_attachment ON shares (attachment_id, id);
CREATE INDEX shares_by_expiry ON shares (expires_at);

-- Tokens by which any caller who has one may store one file in a channel, as the key that made it. A token ends when it
-- has been used, with its key, and when the key gets another secret.
CREATE TABLE upload_tokens (
    id TEXT NOT NULL PRIMARY KEY,
    token_hash BYTEA NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    key_id TEXT NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    channel_id TEXT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    filename TEXT,
    max_bytes BIGINT CHECK (max_bytes > 0),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX upload_tokens_by_key ON upload_tokens (key_id, id);
CREATE INDEX upload_tokens_by_channel ON upload_tokens (channel_id);
CREATE INDEX upload_tokens_by_expiry ON upload_tokens (expires_at);

-- Uploads that come in parts (tus). One with all of its bytes is a file, attachment_id, and is known for a day.
-- channel_id and attachment_id are copies and no references: either may be gone. An open one has its length in the
-- quotas of user and channel; in that of all (store.upload_bytes) it has what was received and 8 MiB, so that nobody
-- takes it from others by announcements.
CREATE TABLE partial_uploads (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    channel_id TEXT NOT NULL,
    filename TEXT NOT NULL,
    declared_mime_type TEXT,
    length BIGINT NOT NULL CHECK (length >= 0),
    received BIGINT NOT NULL CHECK (received BETWEEN 0 AND length),
    attachment_id TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX partial_uploads_by_user ON partial_uploads (user_id);
CREATE INDEX partial_uploads_open ON partial_uploads (user_id, channel_id, length) WHERE received < length;
CREATE INDEX partial_uploads_by_expiry ON partial_uploads (expires_at);
CREATE FUNCTION partial_uploads_counted_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE store SET upload_bytes = upload_bytes + min(new.length, new.received + 8388608);
    RETURN NULL;
END $$;
CREATE TRIGGER partial_uploads_counted_insert AFTER INSERT ON partial_uploads FOR EACH ROW
    WHEN (new.received < new.length)
    EXECUTE FUNCTION partial_uploads_counted_insert();
CREATE FUNCTION partial_uploads_counted_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE store SET upload_bytes = upload_bytes - min(old.length, old.received + 8388608);
    RETURN NULL;
END $$;
CREATE TRIGGER partial_uploads_counted_delete AFTER DELETE ON partial_uploads FOR EACH ROW
    WHEN (old.received < old.length)
    EXECUTE FUNCTION partial_uploads_counted_delete();
CREATE FUNCTION partial_uploads_counted_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE store SET upload_bytes = upload_bytes - min(old.length, old.received + 8388608)
        + CASE WHEN new.received < new.length THEN min(new.length, new.received + 8388608) ELSE 0 END;
    RETURN NULL;
END $$;
CREATE TRIGGER partial_uploads_counted_update AFTER UPDATE OF received ON partial_uploads FOR EACH ROW
    WHEN (old.received < old.length)
    EXECUTE FUNCTION partial_uploads_counted_update();


-- Webhooks -----------------------------------------------------------------------------------------------------------

-- One delivery for each event of a message: an event that is queued twice is sent once, under one `webhook-id`. While a
-- row is claimed, next_attempt_at is the end of its lease, so the work of a process that died becomes due again.
CREATE TABLE deliveries (
    id TEXT NOT NULL PRIMARY KEY,
    channel_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    event TEXT NOT NULL CHECK (event IN ('message:created', 'review:responded', 'review:expired')),
    state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
    attempts BIGINT NOT NULL CHECK (attempts >= 0),
    attempted_at BIGINT,
    next_attempt_at BIGINT,
    response_status BIGINT,
    error TEXT,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    UNIQUE (message_id, event),
    FOREIGN KEY (channel_id, message_id) REFERENCES messages (channel_id, id) ON DELETE CASCADE,
    CHECK ((state = 'pending') = (next_attempt_at IS NOT NULL)),
    CHECK ((state = 'pending') = (finished_at IS NULL))
);
CREATE INDEX deliveries_by_message ON deliveries (channel_id, message_id);
CREATE INDEX deliveries_by_channel ON deliveries (channel_id, id);
-- Each channel's queue, the next first. To see who has any, a query jumps from channel to channel.
CREATE INDEX deliveries_due ON deliveries (channel_id, next_attempt_at, id) WHERE state = 'pending';
CREATE FUNCTION deliveries_counted_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE channel_counts SET pending_deliveries = pending_deliveries + (new.state = 'pending')::int,
        delivered = delivered + (new.state = 'delivered')::int,
        failed_deliveries = failed_deliveries + (new.state = 'failed')::int
        WHERE channel_id = new.channel_id;
    RETURN NULL;
END $$;
CREATE TRIGGER deliveries_counted_insert AFTER INSERT ON deliveries FOR EACH ROW
    EXECUTE FUNCTION deliveries_counted_insert();
CREATE FUNCTION deliveries_counted_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE channel_counts SET pending_deliveries = pending_deliveries - (old.state = 'pending')::int,
        delivered = delivered - (old.state = 'delivered')::int,
        failed_deliveries = failed_deliveries - (old.state = 'failed')::int
        WHERE channel_id = old.channel_id;
    RETURN NULL;
END $$;
CREATE TRIGGER deliveries_counted_delete AFTER DELETE ON deliveries FOR EACH ROW
    EXECUTE FUNCTION deliveries_counted_delete();
CREATE FUNCTION deliveries_counted_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE channel_counts SET
        pending_deliveries = pending_deliveries - (old.state = 'pending')::int + (new.state = 'pending')::int,
        delivered = delivered - (old.state = 'delivered')::int + (new.state = 'delivered')::int,
        failed_deliveries = failed_deliveries - (old.state = 'failed')::int + (new.state = 'failed')::int
        WHERE channel_id = new.channel_id;
    RETURN NULL;
END $$;
CREATE TRIGGER deliveries_counted_update AFTER UPDATE OF state ON deliveries FOR EACH ROW WHEN (old.state <> new.state)
    EXECUTE FUNCTION deliveries_counted_update();


-- Audit --------------------------------------------------------------------------------------------------------------

-- Who did what to which thing. All ids are copies and no references: an entry outlives what it names. subject: the
-- file, message, key, session, user or run; the plugin whose settings changed; the log level. count: of how many
-- things, where they have one entry together.
CREATE TABLE audit (
    number BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    action TEXT NOT NULL,
    way TEXT NOT NULL CHECK (way IN ('key', 'session', 'link', 'stranger', 'command line', 'server')),
    user_id TEXT,
    credential TEXT,
    address TEXT,
    request_id TEXT,
    channel_id TEXT,
    subject TEXT,
    count BIGINT CHECK (count > 0)
);
-- The next number where none is given, as SQLite does it. The write lock keeps two from taking the same.
CREATE FUNCTION audit_number() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    new.number := (SELECT coalesce(max(number), 0) + 1 FROM audit);
    RETURN new;
END $$;
CREATE TRIGGER audit_number BEFORE INSERT ON audit FOR EACH ROW WHEN (new.number IS NULL)
    EXECUTE FUNCTION audit_number();
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
    entry_count BIGINT NOT NULL
);
CREATE INDEX audit_counts_by_count ON audit_counts (entry_count);
CREATE FUNCTION audit_counted_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE store SET audit_count = audit_count + 1;
    INSERT INTO audit_counts VALUES (coalesce(new.user_id, new.channel_id, new.way), 1)
        ON CONFLICT (holder) DO UPDATE SET entry_count = audit_counts.entry_count + 1;
    RETURN NULL;
END $$;
CREATE TRIGGER audit_counted_insert AFTER INSERT ON audit FOR EACH ROW
    EXECUTE FUNCTION audit_counted_insert();
CREATE FUNCTION audit_counted_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE store SET audit_count = audit_count - 1;
    UPDATE audit_counts SET entry_count = entry_count - 1
        WHERE holder = coalesce(old.user_id, old.channel_id, old.way);
    DELETE FROM audit_counts WHERE holder = coalesce(old.user_id, old.channel_id, old.way) AND entry_count = 0;
    RETURN NULL;
END $$;
CREATE TRIGGER audit_counted_delete AFTER DELETE ON audit FOR EACH ROW
    EXECUTE FUNCTION audit_counted_delete();

-- Notices to people, and the end of the table that told which files have run: PRAGMA user_version does.


-- The private half of the key by which push services know this server (RFC 8292).
ALTER TABLE store ADD COLUMN push_key BYTEA CHECK (length(push_key) = 32);


-- Notices ------------------------------------------------------------------------------------------------------------

-- What a user wants to hear of. Without a row it is what the code says. kinds and muted_channels: arrays of JSON; a
-- muted channel may be gone. quiet_from, quiet_to: minutes of the day in time_zone.
CREATE TABLE notice_settings (
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    kinds TEXT NOT NULL,
    muted_channels TEXT NOT NULL,
    quiet_from BIGINT CHECK (quiet_from BETWEEN 0 AND 1439),
    quiet_to BIGINT CHECK (quiet_to BETWEEN 0 AND 1439),
    time_zone TEXT,
    hide_text BIGINT NOT NULL CHECK (hide_text IN (0, 1)),
    CHECK ((quiet_from IS NULL) = (time_zone IS NULL) AND (quiet_to IS NULL) = (time_zone IS NULL))
);

-- Where a user hears it: browsers (url is the endpoint, p256dh and auth encrypt what is sent there), a topic of ntfy,
-- and the user's own mail. token: sent to ntfy, so it is stored as it was given.
-- burst_began_at, burst_count: the notices of these five minutes. session_id: in which the browser subscribed.
CREATE TABLE notice_ways (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('push', 'ntfy', 'email')),
    url TEXT,
    p256dh BYTEA CHECK (length(p256dh) = 65),
    auth BYTEA CHECK (length(auth) = 16),
    token TEXT,
    name TEXT,
    session_id TEXT,
    burst_began_at BIGINT,
    burst_count BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    CHECK ((kind = 'push') = (p256dh IS NOT NULL) AND (kind = 'push') = (auth IS NOT NULL)),
    CHECK ((kind = 'email') = (url IS NULL))
);
CREATE INDEX notice_ways_by_user ON notice_ways (user_id, id);
-- A browser has one subscription, whoever is signed in.
CREATE UNIQUE INDEX notice_ways_by_endpoint ON notice_ways (url) WHERE kind = 'push';
CREATE UNIQUE INDEX notice_ways_single ON notice_ways (user_id, kind) WHERE kind <> 'push';
CREATE INDEX notice_ways_by_session ON notice_ways (session_id) WHERE session_id IS NOT NULL;
-- Whose session is ended by somebody hears nothing more in that browser, which may be lost. One that has run out
-- changes nothing: who does not look at the page for weeks is whom notices are for.
CREATE FUNCTION notice_ways_session() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    DELETE FROM notice_ways WHERE session_id = old.id;
    RETURN NULL;
END $$;
CREATE TRIGGER notice_ways_session AFTER DELETE ON sessions FOR EACH ROW WHEN (old.expires_at > unixepoch() * 1000)
    EXECUTE FUNCTION notice_ways_session();

-- What is to be told of a message, once for each way. A row stays while there may be more to tell: of a question until
-- it is settled. message_id is a copy and no reference: what was told is taken back also when the message goes. kind:
-- what is told next, or may be. due_at: when; NULL when only the end of the question makes it due; while it is claimed,
-- the end of the lease. held: put off by quiet hours or a burst, to be told together. told: how it was told.
CREATE TABLE notices (
    way_id TEXT NOT NULL REFERENCES notice_ways (id) ON DELETE CASCADE,
    message_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('question', 'reminder', 'problem', 'message', 'settled')),
    due_at BIGINT,
    attempts BIGINT NOT NULL DEFAULT 0,
    held BIGINT NOT NULL DEFAULT 0 CHECK (held IN (0, 1)),
    told TEXT CHECK (told IN ('alone', 'digest')),
    PRIMARY KEY (way_id, message_id)
);
CREATE INDEX notices_by_message ON notices (message_id);
-- Each way's queue, the next first. To see which has any, a query jumps from way to way.
CREATE INDEX notices_due ON notices (way_id, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX notices_in_digests ON notices (way_id) WHERE told = 'digest';
CREATE FUNCTION notices_settle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    DELETE FROM notices WHERE message_id = old.id AND told IS NULL;
    UPDATE notices SET kind = 'settled', due_at = 0, attempts = 0, held = 0 WHERE message_id = old.id;
    RETURN NULL;
END $$;
CREATE TRIGGER notices_settle AFTER DELETE ON messages FOR EACH ROW
    EXECUTE FUNCTION notices_settle();

-- Tries to guess a password, counted by all nodes together. guesser: SHA-256 of whose tries they are. next_at: when the
-- next one would be due from somebody who always kept to the rate (ITU-T I.371). A row whose time has come says
-- nothing.
CREATE TABLE tries (
    guesser BYTEA NOT NULL PRIMARY KEY CHECK (length(guesser) = 32),
    next_at BIGINT NOT NULL
);
CREATE INDEX tries_by_time ON tries (next_at);

-- Who does what only one node may do, until when.
CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    until BIGINT NOT NULL
);

-- Bytes in a bucket. A key is doomed before its bytes are sent there, and until the unit that gives it a row: so
-- whatever an upload leaves is listed, wherever it ends (invariants 2 and 7). state: 'publishing': bytes may be on
-- their way; not_before is the end of the lease, until which nobody removes them. 'abandoned': they were given up, so
-- no unit gives the key a row any more, but they may still arrive. 'removed': they were removed once, and will be again
-- at not_before. upload_id: of an upload in parts that the bucket has to end.
ALTER TABLE doomed_keys ADD COLUMN upload_id TEXT;
ALTER TABLE doomed_keys ADD COLUMN state TEXT NOT NULL DEFAULT 'doomed'
    CHECK (state IN ('publishing', 'abandoned', 'doomed', 'removed'));

-- What has come of an upload in parts whose bytes go into a bucket. Each row is an object there, and those of an upload
-- are its first bytes without a gap, as many as partial_uploads.received says. start: where in the upload it begins. A
-- key whose row goes is doomed by that, whatever took the row.
CREATE TABLE upload_parts (
    upload_id TEXT NOT NULL REFERENCES partial_uploads (id) ON DELETE CASCADE,
    start BIGINT NOT NULL CHECK (start >= 0),
    size BIGINT NOT NULL CHECK (size > 0),
    key TEXT NOT NULL UNIQUE,
    PRIMARY KEY (upload_id, start)
);
CREATE FUNCTION upload_parts_doomed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO doomed_keys (key, not_before) VALUES (old.key, unixepoch() * 1000) ON CONFLICT (key) DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER upload_parts_doomed AFTER DELETE ON upload_parts FOR EACH ROW
    EXECUTE FUNCTION upload_parts_doomed();

-- Where the store is, if it is not here any more, or not yet: `placet migrate` writes it, and nobody writes rows while it
-- names another place than their own.
ALTER TABLE store ADD COLUMN moved_to TEXT;

-- What commits announce to all nodes, numbered without gaps in the order of commits. A row is a change, or bells to
-- ring. Its last row is never removed, because the next number follows it.
CREATE TABLE feed (
    number BIGINT PRIMARY KEY,
    kind TEXT,
    channel_id TEXT,
    message_id TEXT,
    user_id TEXT,
    bells TEXT
);
