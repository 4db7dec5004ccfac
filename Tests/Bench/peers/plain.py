"""What a competent developer writes in a day: files, messages and reviews with FastAPI, python-multipart and SQLite.

One of the peers of scripts/bench peers. Uploads go to a temporary file, are hashed on the way and get a row; SQLite
keeps a write-ahead log with `synchronous = NORMAL`, as most of its users set it. Nothing is flushed before it answers.
"""

import asyncio, datetime, hashlib, os, sqlite3, threading, uuid
from typing import Annotated
from fastapi import APIRouter, Depends, FastAPI, Form, Header, HTTPException, UploadFile
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

FOLDER = os.environ["PLAIN_FOLDER"]
os.makedirs(f"{FOLDER}/files", exist_ok=True)
database = sqlite3.connect(f"{FOLDER}/plain.sqlite", check_same_thread=False, isolation_level=None)
database.executescript("""
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS keys (hash TEXT PRIMARY KEY, owner TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS files (id TEXT PRIMARY KEY, message INTEGER, channel TEXT NOT NULL, name TEXT NOT NULL,
        size INTEGER NOT NULL, sha256 TEXT NOT NULL, created TEXT NOT NULL);
    CREATE INDEX IF NOT EXISTS files_by_message ON files (message) WHERE message IS NOT NULL;
    CREATE TABLE IF NOT EXISTS messages (id INTEGER PRIMARY KEY, channel TEXT NOT NULL, body TEXT NOT NULL,
        pending INTEGER NOT NULL);
    CREATE INDEX IF NOT EXISTS messages_by_channel ON messages (channel, id);
    CREATE INDEX IF NOT EXISTS messages_pending ON messages (channel, id) WHERE pending;
""")
database.execute("INSERT OR REPLACE INTO keys VALUES (?, 'bench')", (hashlib.sha256(b"plain").hexdigest(),))
writing = threading.Lock()  # Held for one transaction; the connection belongs to all threads.
answered: dict[int, asyncio.Event] = {}


def now(after=0) -> str:
    return (datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=after)).isoformat(timespec="milliseconds")


async def known(x_api_key: Annotated[str, Header()]) -> str:
    digest = hashlib.sha256(x_api_key.encode()).hexdigest()
    row = database.execute("SELECT owner FROM keys WHERE hash = ?", (digest,)).fetchone()
    if not row:
        raise HTTPException(401, "Invalid API key")
    return row[0]


class Review(BaseModel):
    type: str
    payload: dict = {}
    status: str = "pending"
    expiresAt: str | None = None
    response: dict | None = None
    completedAt: str | None = None


class NewMessage(BaseModel):
    channelId: str
    text: str | None = None
    status: str | None = None
    metadata: dict | None = None
    review: Review | None = None
    attachmentIds: list[str] = Field(default=[], exclude=True)


class File(BaseModel):
    id: str
    messageId: int | None
    channelId: str
    filename: str
    size: int
    sha256: str
    createdAt: str


class Message(NewMessage):
    id: int = 0
    senderType: str = "agent"
    senderId: str
    deliveryStatus: str = "sent"
    iterationGroupId: str | None = None
    iteration: int | None = None
    clientId: str | None = None
    streamId: str | None = None
    streamState: str | None = None
    createdAt: str
    updatedAt: str
    attachments: list[File] = []


class Page(BaseModel):
    data: list[Message]
    nextCursor: int | None


class Outcome(BaseModel):
    status: str
    message: Message | None = None


app = FastAPI()
api = APIRouter(dependencies=[Depends(known)])


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@api.post("/files", status_code=201)
def upload(file: UploadFile, channelId: Annotated[str, Form()]) -> File:
    """Not async: it runs on a thread of FastAPI's pool, so that the disk holds up nobody else."""
    name, digest, size = str(uuid.uuid4()), hashlib.sha256(), 0
    with open(f"{FOLDER}/files/{name}.part", "wb") as target:
        while chunk := file.file.read(1 << 20):
            digest.update(chunk)
            target.write(chunk)
            size += len(chunk)
    os.replace(f"{FOLDER}/files/{name}.part", f"{FOLDER}/files/{name}")
    made = File(id=name, messageId=None, channelId=channelId, filename=file.filename or "file", size=size,
                sha256=digest.hexdigest(), createdAt=now())
    with writing:
        database.execute("INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?)", tuple(made.model_dump().values()))
    return made


@api.get("/files/{id}")
async def download(id: str) -> FileResponse:
    row = database.execute("SELECT name, sha256 FROM files WHERE id = ?", (id,)).fetchone()
    if not row:
        raise HTTPException(404, "File not found")
    return FileResponse(f"{FOLDER}/files/{id}", filename=row[0], headers={"etag": f'"{row[1]}"'})


def messages(rows) -> list[Message]:
    """The stored messages of these rows, each with its files."""
    found = [Message.model_validate_json(body) for _, body in rows]
    for message, (id, _) in zip(found, rows):
        message.id = id
    by_id = {message.id: message for message in found}
    marks = ", ".join("?" * len(by_id))
    for row in database.execute(f"SELECT * FROM files WHERE message IN ({marks})", list(by_id)):
        by_id[row[1]].attachments.append(File(**dict(zip(File.model_fields, row))))
    return found


def stored(id: int) -> Message:
    row = database.execute("SELECT id, body FROM messages WHERE id = ?", (id,)).fetchone()
    if not row:
        raise HTTPException(404, "Message not found")
    return messages([row])[0]


@api.post("/messages", status_code=201)
async def post(new: NewMessage) -> Message:
    made = Message(**new.model_dump(), senderId=new.channelId, createdAt=now(), updatedAt=now())
    if made.review:
        made.review.expiresAt = now(86_400)
    with writing:
        database.execute("BEGIN")
        made.id = database.execute("INSERT INTO messages (channel, body, pending) VALUES (?, ?, ?)",
                                   (made.channelId, made.model_dump_json(), made.review is not None)).lastrowid
        for file in new.attachmentIds:
            database.execute("UPDATE files SET message = ? WHERE id = ? AND message IS NULL", (made.id, file))
        database.execute("COMMIT")
    return stored(made.id) if new.attachmentIds else made


@api.get("/messages")
async def page(channel: str, limit: int = 50, cursor: int = 1 << 62) -> Page:
    rows = database.execute("SELECT id, body FROM messages WHERE channel = ? AND id < ? ORDER BY id DESC LIMIT ?",
                            (channel, cursor, limit + 1)).fetchall()
    return Page(data=messages(rows[:limit]), nextCursor=rows[limit - 1][0] if len(rows) > limit else None)


@api.get("/messages/{id}")
async def one(id: int) -> Message:
    return stored(id)


@api.get("/reviews/pending")
async def pending(channel: str, limit: int = 50) -> list[Message]:
    return messages(database.execute(
        "SELECT id, body FROM messages WHERE channel = ? AND pending ORDER BY id DESC LIMIT ?",
        (channel, limit)).fetchall())


@api.get("/reviews/{id}/wait")
async def wait(id: int, timeout: float = 30) -> Outcome:
    found = stored(id)
    if found.review and found.review.status == "pending":
        try:
            await asyncio.wait_for(answered.setdefault(id, asyncio.Event()).wait(), timeout)
        except TimeoutError:
            return Outcome(status="timeout")
        found = stored(id)
    return Outcome(status="completed", message=found)


@api.post("/reviews/{id}/respond", status_code=201)
async def respond(id: int, response: dict) -> Message:
    found = stored(id)
    if not found.review or found.review.status != "pending":
        raise HTTPException(403, "Review already responded")
    found.review.status, found.review.response, found.review.completedAt = "completed", response, now()
    with writing:
        database.execute("UPDATE messages SET body = ?, pending = 0 WHERE id = ?",
                         (found.model_dump_json(exclude={"attachments"}), id))
    if event := answered.pop(id, None):
        event.set()
    return found


app.include_router(api)
