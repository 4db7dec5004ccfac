CREATE TABLE agent_statuses (
    id TEXT NOT NULL PRIMARY KEY,
    agent_id TEXT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    status TEXT NOT NULL CHECK (status IN ('active', 'busy', 'error', 'offline')),
    message TEXT,
    since INTEGER NOT NULL
) STRICT;

CREATE INDEX agent_statuses_by_agent ON agent_statuses (agent_id, id);

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

CREATE INDEX agents_by_size ON agents (file_bytes DESC, id) WHERE removed_at IS NULL AND file_count > 0;

CREATE INDEX agents_by_user ON agents (user_id, id);

CREATE INDEX agents_removed ON agents (removed_at) WHERE removed_at IS NOT NULL;

CREATE INDEX agents_with_retention ON agents (id) WHERE retention_days IS NOT NULL;

CREATE TRIGGER channel_counts_insert AFTER INSERT ON agents BEGIN
    INSERT INTO channel_counts (channel_id) VALUES (new.id);
END;

CREATE TRIGGER files_counted_removal AFTER UPDATE OF removed_at ON agents
WHEN old.removed_at IS NULL AND new.removed_at IS NOT NULL BEGIN
    UPDATE users SET file_count = file_count - new.file_count, file_bytes = file_bytes - new.file_bytes
        WHERE id = new.user_id;
    UPDATE store SET file_count = file_count - new.file_count, file_bytes = file_bytes - new.file_bytes;
END;

CREATE TABLE answers (
    number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    channel_id TEXT NOT NULL,
    message_id TEXT NOT NULL UNIQUE REFERENCES reviews (message_id) ON DELETE CASCADE
) STRICT;

CREATE INDEX answers_by_channel ON answers (channel_id, number);

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

CREATE INDEX api_keys_by_channel ON api_keys (default_channel_id) WHERE default_channel_id IS NOT NULL;

CREATE INDEX api_keys_by_user ON api_keys (user_id, id);

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

CREATE INDEX attachments_by_blob ON attachments (sha256);

CREATE INDEX attachments_by_channel ON attachments (channel_id, id, filename);

CREATE INDEX attachments_by_channel_message ON attachments (channel_id, message_id);

CREATE INDEX attachments_by_message ON attachments (message_id, expires_at);

CREATE INDEX attachments_by_type ON attachments (channel_id, mime_type, id);

CREATE INDEX attachments_damaged ON attachments (sha256) WHERE damaged_at IS NOT NULL;

CREATE TRIGGER file_counts_delete AFTER DELETE ON attachments BEGIN
    UPDATE file_counts SET file_count = file_count - 1, file_bytes = file_bytes - old.size
        WHERE kind = 'type' AND name = old.mime_type;
    UPDATE file_counts SET file_count = file_count - 1, file_bytes = file_bytes - old.size
        WHERE kind = 'day' AND name = date(old.created_at / 1000, 'unixepoch');
END;

CREATE TRIGGER file_counts_insert AFTER INSERT ON attachments BEGIN
    INSERT INTO file_counts VALUES
        ('type', new.mime_type, 1, new.size), ('day', date(new.created_at / 1000, 'unixepoch'), 1, new.size)
        ON CONFLICT DO UPDATE SET
            file_count = file_count + 1, file_bytes = file_bytes + excluded.file_bytes;
END;

CREATE TRIGGER files_counted_delete AFTER DELETE ON attachments BEGIN
    UPDATE agents SET file_count = file_count - 1, file_bytes = file_bytes - old.size WHERE id = old.channel_id;
    UPDATE users SET file_count = file_count - 1, file_bytes = file_bytes - old.size
        WHERE id = (SELECT user_id FROM agents WHERE id = old.channel_id AND removed_at IS NULL);
    UPDATE store SET file_count = file_count - 1, file_bytes = file_bytes - old.size
        WHERE EXISTS (SELECT 1 FROM agents WHERE id = old.channel_id AND removed_at IS NULL);
END;

CREATE TRIGGER files_counted_insert AFTER INSERT ON attachments BEGIN
    UPDATE agents SET file_count = file_count + 1, file_bytes = file_bytes + new.size WHERE id = new.channel_id;
    UPDATE users SET file_count = file_count + 1, file_bytes = file_bytes + new.size
        WHERE id = (SELECT user_id FROM agents WHERE id = new.channel_id AND removed_at IS NULL);
    UPDATE store SET file_count = file_count + 1, file_bytes = file_bytes + new.size
        WHERE EXISTS (SELECT 1 FROM agents WHERE id = new.channel_id AND removed_at IS NULL);
END;

CREATE TRIGGER unattached_counted_attach AFTER UPDATE OF message_id ON attachments
WHEN old.message_id IS NULL AND new.message_id IS NOT NULL BEGIN
    UPDATE store SET unattached_count = unattached_count - 1, unattached_bytes = unattached_bytes - old.size;
END;

CREATE TRIGGER unattached_counted_delete AFTER DELETE ON attachments WHEN old.message_id IS NULL BEGIN
    UPDATE store SET unattached_count = unattached_count - 1, unattached_bytes = unattached_bytes - old.size;
END;

CREATE TRIGGER unattached_counted_insert AFTER INSERT ON attachments WHEN new.message_id IS NULL BEGIN
    UPDATE store SET unattached_count = unattached_count + 1, unattached_bytes = unattached_bytes + new.size;
END;

CREATE TRIGGER unreferenced_blobs_delete AFTER INSERT ON attachments BEGIN
    DELETE FROM unreferenced_blobs WHERE sha256 = new.sha256;
END;

CREATE TRIGGER unreferenced_blobs_insert AFTER DELETE ON attachments
WHEN NOT EXISTS (SELECT 1 FROM attachments WHERE sha256 = old.sha256) BEGIN
    INSERT INTO unreferenced_blobs VALUES (old.sha256, unixepoch() * 1000, old.size, old.channel_id, CASE
        WHEN NOT EXISTS (SELECT 1 FROM agents WHERE id = old.channel_id AND removed_at IS NULL) THEN 'channelDeleted'
        WHEN old.message_id IS NULL THEN iif(old.expires_at < (unixepoch() + 1) * 1000, 'expired', 'fileDeleted')
        WHEN NOT EXISTS (SELECT 1 FROM messages WHERE id = old.message_id) THEN 'messageDeleted'
        ELSE 'fileDeleted'
    END);
END;

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

CREATE INDEX audit_by_action ON audit (action);

CREATE INDEX audit_by_channel ON audit (channel_id);

CREATE INDEX audit_by_holder ON audit (coalesce(user_id, channel_id, way));

CREATE INDEX audit_by_subject ON audit (subject);

CREATE INDEX audit_by_time ON audit (at);

CREATE TRIGGER audit_counted_delete AFTER DELETE ON audit BEGIN
    UPDATE store SET audit_count = audit_count - 1;
    UPDATE audit_counts SET entry_count = entry_count - 1
        WHERE holder = coalesce(old.user_id, old.channel_id, old.way);
    DELETE FROM audit_counts WHERE holder = coalesce(old.user_id, old.channel_id, old.way) AND entry_count = 0;
END;

CREATE TRIGGER audit_counted_insert AFTER INSERT ON audit BEGIN
    UPDATE store SET audit_count = audit_count + 1;
    INSERT INTO audit_counts VALUES (coalesce(new.user_id, new.channel_id, new.way), 1)
        ON CONFLICT DO UPDATE SET entry_count = entry_count + 1;
END;

CREATE TABLE audit_counts (
    holder TEXT NOT NULL PRIMARY KEY,
    entry_count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX audit_counts_by_count ON audit_counts (entry_count);

CREATE TABLE avatars (
    agent_id TEXT NOT NULL PRIMARY KEY REFERENCES agents (id) ON DELETE CASCADE,
    mime_type TEXT NOT NULL,
    bytes BLOB NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE blobs (
    sha256 TEXT NOT NULL PRIMARY KEY CHECK (length(sha256) = 64),
    key TEXT NOT NULL UNIQUE,
    size INTEGER NOT NULL CHECK (size >= 0),
    crc32 INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    damaged_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TRIGGER blobs_counted_delete AFTER DELETE ON blobs BEGIN
    UPDATE store SET blob_count = blob_count - 1, blob_bytes = blob_bytes - old.size;
END;

CREATE TRIGGER blobs_counted_insert AFTER INSERT ON blobs BEGIN
    UPDATE store SET blob_count = blob_count + 1, blob_bytes = blob_bytes + new.size;
END;

CREATE INDEX blobs_damaged ON blobs (key) WHERE damaged_at IS NOT NULL;

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

CREATE TABLE clock_looks (
    ran INTEGER NOT NULL PRIMARY KEY,
    moment INTEGER NOT NULL
) STRICT;

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

CREATE TRIGGER collected_counted_delete AFTER DELETE ON collected_blobs BEGIN
    UPDATE store SET collected_count = collected_count - 1, collected_bytes = collected_bytes - old.size;
END;

CREATE TRIGGER collected_counted_insert AFTER INSERT ON collected_blobs BEGIN
    UPDATE store SET collected_count = collected_count + 1, collected_bytes = collected_bytes + new.size;
END;

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

CREATE INDEX deliveries_by_channel ON deliveries (channel_id, id);

CREATE INDEX deliveries_by_message ON deliveries (channel_id, message_id);

CREATE TRIGGER deliveries_counted_delete AFTER DELETE ON deliveries BEGIN
    UPDATE channel_counts SET pending_deliveries = pending_deliveries - (old.state = 'pending'),
        delivered = delivered - (old.state = 'delivered'),
        failed_deliveries = failed_deliveries - (old.state = 'failed')
        WHERE channel_id = old.channel_id;
END;

CREATE TRIGGER deliveries_counted_insert AFTER INSERT ON deliveries BEGIN
    UPDATE channel_counts SET pending_deliveries = pending_deliveries + (new.state = 'pending'),
        delivered = delivered + (new.state = 'delivered'),
        failed_deliveries = failed_deliveries + (new.state = 'failed')
        WHERE channel_id = new.channel_id;
END;

CREATE TRIGGER deliveries_counted_update AFTER UPDATE OF state ON deliveries WHEN old.state <> new.state BEGIN
    UPDATE channel_counts SET pending_deliveries = pending_deliveries - (old.state = 'pending') + (new.state = 'pending'),
        delivered = delivered - (old.state = 'delivered') + (new.state = 'delivered'),
        failed_deliveries = failed_deliveries - (old.state = 'failed') + (new.state = 'failed')
        WHERE channel_id = new.channel_id;
END;

CREATE INDEX deliveries_due ON deliveries (channel_id, next_attempt_at, id) WHERE state = 'pending';

CREATE TABLE doomed_keys (
    key TEXT NOT NULL PRIMARY KEY,
    not_before INTEGER NOT NULL
, upload_id TEXT, state TEXT NOT NULL DEFAULT 'doomed'
    CHECK (state IN ('publishing', 'abandoned', 'doomed', 'removed'))) STRICT, WITHOUT ROWID;

CREATE TRIGGER doomed_counted_delete AFTER DELETE ON doomed_keys BEGIN
    UPDATE store SET doomed_count = doomed_count - 1;
END;

CREATE TRIGGER doomed_counted_insert AFTER INSERT ON doomed_keys BEGIN
    UPDATE store SET doomed_count = doomed_count + 1;
END;

CREATE INDEX doomed_keys_by_time ON doomed_keys (not_before);

CREATE TABLE file_counts (
    kind TEXT NOT NULL CHECK (kind IN ('type', 'day')),
    name TEXT NOT NULL,
    file_count INTEGER NOT NULL,
    file_bytes INTEGER NOT NULL,
    PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER file_counts_none AFTER UPDATE ON file_counts WHEN new.file_count = 0 BEGIN
    DELETE FROM file_counts WHERE kind = new.kind AND name = new.name;
END;

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

CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE live_drafts (
    message_id TEXT NOT NULL PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    active_at INTEGER NOT NULL
) STRICT;

CREATE INDEX live_drafts_by_activity ON live_drafts (active_at);

CREATE VIRTUAL TABLE message_search USING fts5 (
    text, content='searched_texts', content_rowid='search_number', tokenize='trigram', detail=none, columnsize=0
);

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

CREATE TRIGGER live_drafts_end AFTER UPDATE OF stream_state ON messages WHEN new.stream_state <> 'streaming' BEGIN
    DELETE FROM live_drafts WHERE message_id = new.id;
END;

CREATE TRIGGER live_drafts_insert AFTER INSERT ON messages WHEN new.stream_state = 'streaming' BEGIN
    INSERT INTO live_drafts VALUES (new.id, new.updated_at);
END;

CREATE TRIGGER live_drafts_update AFTER UPDATE OF updated_at ON messages WHEN new.stream_state = 'streaming' BEGIN
    UPDATE live_drafts SET active_at = new.updated_at WHERE message_id = new.id;
END;

CREATE TRIGGER message_search_delete AFTER DELETE ON messages
WHEN old.text IS NOT NULL AND old.stream_state IS NOT 'streaming' BEGIN
    INSERT INTO search_changes VALUES (old.search_number, substr(old.text, 1, 16384) || char(1, 1)) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER message_search_insert AFTER INSERT ON messages
WHEN new.text IS NOT NULL AND new.stream_state IS NOT 'streaming' BEGIN
    INSERT INTO search_changes VALUES (new.search_number, NULL) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER message_search_update AFTER UPDATE OF text, stream_state, search_number ON messages
WHEN old.text IS NOT new.text OR old.stream_state IS NOT new.stream_state OR old.search_number <> new.search_number
BEGIN
    INSERT INTO search_changes SELECT old.search_number, substr(old.text, 1, 16384) || char(1, 1)
        WHERE old.stream_state IS NOT 'streaming' ON CONFLICT DO NOTHING;
    INSERT INTO search_changes SELECT new.search_number, NULL
        WHERE new.stream_state IS NOT 'streaming' ON CONFLICT DO NOTHING;
END;

CREATE UNIQUE INDEX messages_by_channel ON messages (channel_id, id);

CREATE UNIQUE INDEX messages_by_client ON messages (channel_id, sender_type, client_id)
    WHERE client_id IS NOT NULL;

CREATE UNIQUE INDEX messages_by_iteration ON messages (iteration_group_id, iteration)
    WHERE iteration_group_id IS NOT NULL;

CREATE UNIQUE INDEX messages_by_search_number ON messages (search_number);

CREATE UNIQUE INDEX messages_by_stream ON messages (channel_id, stream_id) WHERE stream_id IS NOT NULL;

CREATE TRIGGER messages_counted_delete AFTER DELETE ON messages BEGIN
    UPDATE channel_counts SET agent_messages = agent_messages - (old.sender_type = 'agent'),
        user_messages = user_messages - (old.sender_type = 'user')
        WHERE channel_id = old.channel_id;
END;

CREATE TRIGGER messages_counted_insert AFTER INSERT ON messages BEGIN
    UPDATE channel_counts SET agent_messages = agent_messages + (new.sender_type = 'agent'),
        user_messages = user_messages + (new.sender_type = 'user')
        WHERE channel_id = new.channel_id;
END;

CREATE INDEX messages_of_agents ON messages (channel_id, id) WHERE sender_type = 'agent';

CREATE TRIGGER notices_settle AFTER DELETE ON messages BEGIN
    DELETE FROM notices WHERE message_id = old.id AND told IS NULL;
    UPDATE notices SET kind = 'settled', due_at = 0, attempts = 0, held = 0 WHERE message_id = old.id;
END;

CREATE TRIGGER stream_events_delete AFTER DELETE ON messages WHEN old.stream_id IS NOT NULL BEGIN
    DELETE FROM stream_events WHERE channel_id = old.channel_id AND stream_id = old.stream_id;
END;

CREATE TRIGGER stream_events_keep AFTER INSERT ON messages WHEN new.stream_id IS NOT NULL BEGIN
    UPDATE stream_events SET expires_at = NULL WHERE channel_id = new.channel_id AND stream_id = new.stream_id;
END;

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

CREATE UNIQUE INDEX notice_ways_by_endpoint ON notice_ways (url) WHERE kind = 'push';

CREATE INDEX notice_ways_by_session ON notice_ways (session_id) WHERE session_id IS NOT NULL;

CREATE INDEX notice_ways_by_user ON notice_ways (user_id, id);

CREATE UNIQUE INDEX notice_ways_single ON notice_ways (user_id, kind) WHERE kind <> 'push';

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

CREATE INDEX notices_due ON notices (way_id, due_at) WHERE due_at IS NOT NULL;

CREATE INDEX notices_in_digests ON notices (way_id) WHERE told = 'digest';

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

CREATE INDEX partial_uploads_by_expiry ON partial_uploads (expires_at);

CREATE INDEX partial_uploads_by_user ON partial_uploads (user_id);

CREATE TRIGGER partial_uploads_counted_delete AFTER DELETE ON partial_uploads WHEN old.received < old.length BEGIN
    UPDATE store SET upload_bytes = upload_bytes - min(old.length, old.received + 8388608);
END;

CREATE TRIGGER partial_uploads_counted_insert AFTER INSERT ON partial_uploads WHEN new.received < new.length BEGIN
    UPDATE store SET upload_bytes = upload_bytes + min(new.length, new.received + 8388608);
END;

CREATE TRIGGER partial_uploads_counted_update AFTER UPDATE OF received ON partial_uploads
WHEN old.received < old.length BEGIN
    UPDATE store SET upload_bytes = upload_bytes - min(old.length, old.received + 8388608)
        + iif(new.received < new.length, min(new.length, new.received + 8388608), 0);
END;

CREATE INDEX partial_uploads_open ON partial_uploads (user_id, channel_id, length) WHERE received < length;

CREATE TABLE plugin_settings (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    plugin TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (user_id, plugin, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE removal_holds (
    id TEXT NOT NULL PRIMARY KEY,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

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

CREATE INDEX reviews_by_status ON reviews (channel_id, status, message_id);

CREATE INDEX reviews_by_type ON reviews (channel_id, type, status, message_id);

CREATE INDEX reviews_completed ON reviews (channel_id, completed_at) WHERE status = 'completed';

CREATE TRIGGER reviews_counted_delete AFTER DELETE ON reviews BEGIN
    UPDATE channel_counts SET pending_reviews = pending_reviews - (old.status = 'pending'),
        completed_reviews = completed_reviews - (old.status = 'completed'),
        expired_reviews = expired_reviews - (old.status = 'expired')
        WHERE channel_id = old.channel_id;
END;

CREATE TRIGGER reviews_counted_insert AFTER INSERT ON reviews BEGIN
    UPDATE channel_counts SET pending_reviews = pending_reviews + (new.status = 'pending'),
        completed_reviews = completed_reviews + (new.status = 'completed'),
        expired_reviews = expired_reviews + (new.status = 'expired')
        WHERE channel_id = new.channel_id;
END;

CREATE TRIGGER reviews_counted_update AFTER UPDATE OF status ON reviews WHEN old.status <> new.status BEGIN
    UPDATE channel_counts SET pending_reviews = pending_reviews - (old.status = 'pending') + (new.status = 'pending'),
        completed_reviews = completed_reviews - (old.status = 'completed') + (new.status = 'completed'),
        expired_reviews = expired_reviews - (old.status = 'expired') + (new.status = 'expired')
        WHERE channel_id = new.channel_id;
END;

CREATE INDEX reviews_due ON reviews (expires_at) WHERE status = 'pending';

CREATE TABLE search_changes (
    number INTEGER NOT NULL PRIMARY KEY,
    indexed_text TEXT
) STRICT;

CREATE VIRTUAL TABLE search_trigrams USING fts5vocab (message_search, instance);

CREATE VIEW searched_texts AS
    SELECT search_number, substr(text, 1, 16384) || char(1, 1) AS text FROM messages
    WHERE text IS NOT NULL AND stream_state IS NOT 'streaming';

CREATE TABLE session_tokens (
    hash BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX session_tokens_by_session ON session_tokens (session_id, until);

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    user_agent TEXT,
    created_at INTEGER NOT NULL,
    password_given_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TRIGGER notice_ways_session AFTER DELETE ON sessions WHEN old.expires_at > unixepoch() * 1000 BEGIN
    DELETE FROM notice_ways WHERE session_id = old.id;
END;

CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE INDEX sessions_by_user ON sessions (user_id, id);

CREATE TABLE shares (
    id TEXT NOT NULL PRIMARY KEY,
    attachment_id TEXT NOT NULL REFERENCES attachments (id) ON DELETE CASCADE,
    token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX shares_by_attachment ON shares (attachment_id, id);

CREATE INDEX shares_by_expiry ON shares (expires_at);

CREATE TABLE storage_samples (
    day TEXT NOT NULL PRIMARY KEY,
    file_count INTEGER NOT NULL,
    file_bytes INTEGER NOT NULL,
    blob_count INTEGER NOT NULL,
    blob_bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

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
, push_key BLOB CHECK (length(push_key) = 32), moved_to TEXT) STRICT;

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

CREATE TABLE tries (
    guesser BLOB NOT NULL PRIMARY KEY CHECK (length(guesser) = 32),
    next_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX tries_by_time ON tries (next_at);

CREATE TABLE unreferenced_blobs (
    sha256 TEXT NOT NULL PRIMARY KEY REFERENCES blobs (sha256) ON DELETE CASCADE,
    since INTEGER NOT NULL,
    size INTEGER NOT NULL CHECK (size >= 0),
    channel_id TEXT NOT NULL,
    reason TEXT NOT NULL
        CHECK (reason IN ('expired', 'fileDeleted', 'messageDeleted', 'ageLimit', 'channelDeleted'))
) STRICT, WITHOUT ROWID;

CREATE INDEX unreferenced_blobs_by_time ON unreferenced_blobs (since);

CREATE TRIGGER unused_counted_delete AFTER DELETE ON unreferenced_blobs BEGIN
    UPDATE store SET unused_count = unused_count - 1, unused_bytes = unused_bytes - old.size;
END;

CREATE TRIGGER unused_counted_insert AFTER INSERT ON unreferenced_blobs BEGIN
    UPDATE store SET unused_count = unused_count + 1, unused_bytes = unused_bytes + new.size;
END;

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

CREATE INDEX upload_tokens_by_channel ON upload_tokens (channel_id);

CREATE INDEX upload_tokens_by_expiry ON upload_tokens (expires_at);

CREATE INDEX upload_tokens_by_key ON upload_tokens (key_id, id);

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

CREATE INDEX users_owners ON users (id) WHERE role = 'owner' AND removed_at IS NULL;

CREATE INDEX users_removed ON users (removed_at) WHERE removed_at IS NOT NULL;
