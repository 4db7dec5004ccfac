-- The index on PostgreSQL 15. Provisional: the tables of the branch pg2 take its place.
CREATE TABLE store (
    singleton bigint PRIMARY KEY CHECK (singleton = 1),
    id text COLLATE "C" NOT NULL,
    checked_at bigint NOT NULL
);
CREATE TABLE messages (id text COLLATE "C" PRIMARY KEY);

-- What commits announce to all nodes, numbered without gaps in the order of commits. A row is a change, or bells to ring.
-- Its last row is never removed, because the next number follows it.
CREATE TABLE feed (
    number bigint PRIMARY KEY,
    kind text,
    channel_id text COLLATE "C",
    message_id text COLLATE "C",
    user_id text COLLATE "C",
    bells text
);
