"""What faults.c wrote down, and the folders that a power loss could have left after any part of it."""

import struct
from dataclasses import dataclass, field

from shim import OPERATIONS

KINDS = (*OPERATIONS, "answer", "sync all")
RECORD = struct.Struct("<IIQqq")
PAGE = 4096


@dataclass(frozen=True)
class Event:
    kind: str
    inode: int
    offset: int
    since: int
    payload: bytes
    #: The length of the trace with it.
    end: int

    @property
    def names(self):
        return [name.decode() for name in self.payload.split(b"\0")[:-1]]


def read(path):
    data, events, position = path.read_bytes(), [], 0
    while position + RECORD.size <= len(data):
        kind, length, inode, offset, since = RECORD.unpack_from(data, position)
        position += RECORD.size
        payload = data[position:position + length]
        position += length
        events.append(Event(KINDS[kind], inode, offset, since, payload, position))
    return events


@dataclass
class Changes:
    """Changes of one file, or of the names in one folder, in their order, and what of them is durable."""

    made: list = field(default_factory=list)
    #: Those that ended before this place in the trace are durable.
    flushed: int = 0

    def durable(self, flushed_all):
        until = max(self.flushed, flushed_all)
        return [change for change in self.made if change[0] <= until]

    def lost(self, flushed_all):
        until = max(self.flushed, flushed_all)
        return [change for change in self.made if change[0] > until]


class Disk:
    """A folder as its system calls made it, with all that is not durable still open.

    A flush of a file makes its bytes and its length durable, and not its name; a flush of a folder its names. `syncfs`
    makes all durable. What was not flushed may be there or not, each change for itself, and each page of a write.
    """

    def __init__(self):
        self.files = {}  # by a number of our own
        self.folders = {"": Changes()}
        self.numbers = {}  # by inode, which the next file may have again
        self.flushed_all = 0

    def take(self, event):
        take = {"write": self._change, "truncate": self._change, "sync": self._sync, "sync all": self._sync_all,
                "create": self._create, "mkdir": self._name, "link": self._name, "rename": self._name,
                "unlink": self._name}.get(event.kind)
        if take:
            take(event)

    def _change(self, event):
        number = self.numbers.get(event.inode)
        if number is not None:  # What was there before the trace began is none of ours.
            change = (event.end, event.offset, event.payload if event.kind == "write" else None)
            self.files[number].made.append(change)

    def _sync(self, event):
        path = event.names[0]
        changes = self.folders.get(path) or self.files.get(self.numbers.get(event.inode))
        if changes:
            changes.flushed = max(changes.flushed, event.since)

    def _sync_all(self, event):
        self.flushed_all = max(self.flushed_all, event.since)

    def _create(self, event):
        number = self.numbers[event.inode] = len(self.files)
        self.files[number] = Changes()
        self._put(event, event.names[0], number)

    def _put(self, event, path, what, instead_of=None):
        folder, _, name = path.rpartition("/")
        self.folders[folder].made.append((event.end, name, what, instead_of))

    def _name(self, event):
        path = event.names[0]
        if path == "":
            return  # The folder itself, which is there for us.
        if event.kind == "mkdir":
            self.folders[path] = Changes()
            self._put(event, path, self.folders[path])
        elif event.kind == "link":
            self._put(event, path, self.numbers[event.inode])
        elif event.kind == "unlink":
            self._put(event, path, None)
        else:
            target = event.names[1]
            same = path.rpartition("/")[0] == target.rpartition("/")[0]
            what = self._moved(path, target) or self.numbers[event.inode]
            self._put(event, target, what, path.rpartition("/")[2] if same else None)
            if not same:
                self._put(event, path, None)

    def _moved(self, path, target):
        """The folder that was renamed; None when it was a file."""
        for inner in [inner for inner in self.folders if inner.startswith(f"{path}/")]:
            self.folders[target + inner.removeprefix(path)] = self.folders.pop(inner)
        if path in self.folders:
            self.folders[target] = self.folders.pop(path)
        return self.folders.get(target)

    def folder_after_loss(self, keeps_name, keeps_page):
        """The files by path, and the folders. `keeps_…` say of a change that is not durable whether it is there."""
        files, folders, contents = {}, [], {}

        def walk(path, changes):
            folders.append(path)
            names = {}
            kept = changes.durable(self.flushed_all) + [
                change for change in changes.lost(self.flushed_all) if keeps_name(change)]
            for _, name, what, instead_of in kept:
                if instead_of:
                    names.pop(instead_of, None)
                names[name] = what
            for name, what in names.items():
                if isinstance(what, Changes):
                    walk(f"{path}/{name}", what)
                elif what is not None and not name.endswith("-shm"):  # SQLite makes that anew.
                    files[f"{path}/{name}"] = self._content(what, keeps_page, contents)

        walk("", self.folders[""])
        return files, folders

    def _content(self, number, keeps_page, known):
        if number not in known:
            changes, content = self.files[number], bytearray()
            for change in changes.durable(self.flushed_all):
                write(content, change[1], change[2])
            for change in changes.lost(self.flushed_all):
                for offset, piece in pieces(change):
                    if keeps_page(change):
                        write(content, offset, piece)
            known[number] = bytes(content)
        return known[number]

    def open_changes(self):
        """How many changes are not durable."""
        return sum(len(changes.lost(self.flushed_all)) for changes in [*self.files.values(), *self.folders.values()])


def pieces(change):
    """A write in the pages that reach a disk each for itself; a new length is one piece."""
    _, offset, data = change
    if data is None:
        yield offset, None
        return
    done = 0
    while done < len(data):
        length = min(PAGE - (offset + done) % PAGE, len(data) - done)
        yield offset + done, data[done:done + length]
        done += length


def write(content, offset, data):
    """None as data is a new length."""
    if data is None:
        del content[offset:]
        content.extend(bytes(offset - len(content)))
    else:
        content.extend(bytes(max(0, offset - len(content))))
        content[offset:offset + len(data)] = data
