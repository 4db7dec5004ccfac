"""The other end of faults.c: processes whose system calls on a folder fail, kill or are written down."""

import ctypes
import mmap
import subprocess
from pathlib import Path

from placet_server import Server

OPERATIONS = ("open", "create", "read", "write", "truncate", "sync", "link", "rename", "unlink", "mkdir", "sendfile",
              "allocate", "map", "thread")
SCOPES = ("bytes", "index", "process")
FAIL, CUT_SHORT, KILL_BEFORE, KILL_AFTER = range(4)


def build(folder):
    """Swift brings a C compiler; a bare machine has no other."""
    library = Path(folder) / "faults.so"
    source = Path(__file__).with_name("faults.c")
    subprocess.run(["clang", "-shared", "-fPIC", "-O1", "-Wall", "-o", library, source, "-ldl"], check=True)
    return library


class Control(ctypes.Structure):
    """What faults.c is told while the process runs, and what it counts."""

    _fields_ = [
        ("operations", ctypes.c_uint32), ("scopes", ctypes.c_uint32), ("skip", ctypes.c_int32),
        ("left", ctypes.c_int32), ("error", ctypes.c_int32), ("way", ctypes.c_uint32), ("hits", ctypes.c_uint32),
        ("seen", ctypes.c_uint32 * len(OPERATIONS) * len(SCOPES)), ("ahead", ctypes.c_int32),
    ]

    @classmethod
    def at(cls, path):
        with open(path, "w+b") as file:
            file.truncate(ctypes.sizeof(cls))
            return cls.from_buffer(mmap.mmap(file.fileno(), ctypes.sizeof(cls)))


class Faults:
    """Faults below one folder, for one process at a time."""

    def __init__(self, library, control, root, trace=None):
        self.control = Control.at(control)
        self.settings = {"LD_PRELOAD": str(library), "DRILL_CONTROL": str(control), "DRILL_ROOT": str(root)}
        if trace:
            trace.touch()
            self.settings["DRILL_TRACE"] = str(trace)

    def arm(self, operations, scopes, skip=0, left=1, error=0, way=FAIL):
        """From now on lets `skip` of these calls pass, and hits the next `left`."""
        self.disarm()
        control = self.control
        control.skip, control.left, control.error, control.way, control.hits = skip, left, error, way, 0
        control.scopes = sum(1 << SCOPES.index(scope) for scope in scopes)
        control.operations = sum(1 << OPERATIONS.index(operation) for operation in operations)

    def disarm(self):
        self.control.operations = 0

    @property
    def hits(self):
        return self.control.hits

    def seen(self):
        """How often each call was made so far, by scope and operation."""
        return {(scope, operation): self.control.seen[i][j]
                for i, scope in enumerate(SCOPES) for j, operation in enumerate(OPERATIONS)}


class ShimmedServer(Server):
    """A server under faults.c. Commands are not: only `serve` has it in front of its C library."""

    def __init__(self, binary, library, traced=False, **settings):
        super().__init__(binary, **settings)
        self.folder = self.storage.parent
        self.trace = self.folder / "trace"
        self.faults = Faults(library, self.folder / "control", self.storage, self.trace if traced else None)
        #: Settings of the next start alone.
        self.once = {}

    def _spawn(self, port):
        plain, self.environment = self.environment, self.environment | self.faults.settings | self.once
        try:
            return super()._spawn(port)
        finally:
            self.environment, self.once = plain, {}

    def traced(self):
        """How much was written down so far, in bytes."""
        return self.trace.stat().st_size if self.trace.exists() else 0

    def set_clock(self, seconds):
        """So far ahead of the true time."""
        self.faults.control.ahead = seconds
