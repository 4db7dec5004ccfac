"""A disk that fails: each system call on the store, one after another, with each error that it may have."""

import errno
import time

import requests
from ledger import Ledger, check_store, fsck, left_over
from placet_server import ADMIN_PASSWORD, eventually
from shim import CUT_SHORT, FAIL, OPERATIONS, ShimmedServer
from work import ILL, Client

SHORT = "a short count"
ERRORS = {
    "open": (errno.EMFILE, errno.EIO), "create": (errno.EMFILE, errno.ENOSPC, errno.EIO), "read": (errno.EIO,),
    "write": (errno.ENOSPC, errno.EIO, SHORT), "truncate": (errno.EIO,), "sync": (errno.EIO, errno.ENOSPC),
    "link": (errno.EIO, errno.ENOSPC), "rename": (errno.EIO, errno.ENOSPC), "unlink": (errno.EIO,),
    "mkdir": (errno.ENOSPC,), "sendfile": (errno.EIO, SHORT), "allocate": (errno.ENOSPC,), "map": (errno.ENOMEM,),
}
MIB = 1 << 20


class Patient:
    """A server whose disk falls ill and recovers."""

    def __init__(self, binary, library):
        self.server = ShimmedServer(binary, library, PLACET_LOG_LEVEL="error", PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD)
        self.server.start()
        self.client = Client(self.server.owner(), self.server.person(), Ledger())
        self.known, self.restarts, self.refusals, self.refused = set(), 0, 0, []
        self.take_baseline()

    def take_baseline(self):
        for _ in range(3):  # Opens what stays open.
            self.client.story()
        self.descriptors, self.memory = self.server.descriptor_count(), self.server.memory()

    def calls(self, scope):
        """How often a story makes each call."""
        before = self.server.faults.seen()
        self.client.story()
        after = self.server.faults.seen()
        return {operation: after[scope, operation] - before[scope, operation] for operation in OPERATIONS}

    def suffer(self, what, *operations, scopes, skip=0, left=1, error=FAIL, lasts=False):
        """A story meets the fault. Returns whether there was a call to fail."""
        heard = self.client.heard
        heard.clear()
        way, number = (CUT_SHORT, 0) if error is SHORT else (FAIL, error)
        self.server.faults.arm(operations, scopes, skip=skip, left=left, error=number, way=way)
        try:
            self.client.story()
        except requests.exceptions.RequestException as problem:
            # A download that cannot go on has no other way to say so; a connection that is not accepted neither.
            assert self.server.process.poll() is None, f"{what}: the server died: {self.server.log()[-3000:]}"
            heard.append(("cut off", str(problem), 500, "-"))
        hits = self.server.faults.hits
        health = requests.get(f"{self.server.url}/health", timeout=20)
        assert health.status_code == 200 or health.status_code == 503 and health.json()["checks"], health.text
        if lasts:
            eventually(lambda: requests.get(health.url, timeout=20).status_code == 503, f"{what}: /health says 503")
        self.server.faults.disarm()
        odd = [answer for answer in heard if answer[2] >= 400 and (answer[2] not in ILL or not answer[3])]
        assert not odd, f"{what}: {odd}"
        self.refused = [answer for answer in heard if answer[2] >= 400]
        self.refusals += len(self.refused)
        # What could not be unlinked, and what a failed commit may have stored, is for the next start to sweep.
        self.recover(what, leaves_names="unlink" in operations or "index" in scopes)
        return hits > 0

    def recover(self, what, leaves_names):
        """The fault is gone: all works, or the server says that it has to be restarted."""
        try:
            eventually(self.works, "all works again", deadline=5)
        except AssertionError:
            assert any("restart" in answer[3] for answer in self.client.heard), f"{what}: {self.client.heard}"
            self.restart()
            assert self.works(), f"{what}: not even after a restart: {self.client.heard}"
        try:
            if leaves_names and left_over(self.server):
                self.restart()
            eventually(lambda: not left_over(self.server), "incoming/ is empty")
            self.client.go_on_all()
            self.known |= check_store(self.server.storage, self.client.ledger, self.known)
            fsck(self.server)
        except AssertionError as problem:
            raise AssertionError(f"{what}: {problem}") from None

    def restart(self):
        self.check_baseline()
        self.server.stop()
        self.server.start()
        self.client = self.client.another()
        self.restarts += 1
        self.take_baseline()

    def works(self):
        self.client.heard.clear()
        self.client.story()
        return all(answer[2] < 400 for answer in self.client.heard)

    def check_baseline(self):
        self.client.owner.session.close()
        self.client.person.session.close()
        eventually(lambda: self.server.descriptor_count() <= self.descriptors, "descriptors are closed again")
        grown = self.server.memory() - self.memory
        assert grown < 64 * MIB, f"{grown // MIB} MiB more than before"


def faults(patient, most):
    """Each call of a story with each of its errors; at most `most` calls of one kind, spread over all of them."""
    for scope in ("bytes", "index"):
        for operation, count in patient.calls(scope).items():
            for error in ERRORS.get(operation, ()):
                for number in range(0, count, max(1, -(-count // most))):
                    yield scope, operation, error, number


def run(binary, library, most=10):
    patient = Patient(binary, library)
    try:
        met = 0
        for scope, operation, error, number in faults(patient, most):
            name = error if error is SHORT else errno.errorcode[error]
            what = f"{operation} number {number} of {scope} fails with {name}"
            met += patient.suffer(what, operation, scopes=(scope,), skip=number, error=error)
        for error in (errno.EIO, errno.ENOSPC, errno.EMFILE):
            everything = [operation for operation in ERRORS if error in ERRORS[operation]]
            for scopes in (("bytes",), ("index",), ("bytes", "index")):
                what = f"all of {scopes} fails with {errno.errorcode[error]}"
                lasts = error != errno.EMFILE  # What is open already can be written.
                met += patient.suffer(what, *everything, scopes=scopes, left=1 << 30, error=error, lasts=lasts)
        met += patient.suffer("no thread", "thread", scopes=("process",), left=1 << 30, error=errno.EAGAIN)
        patient.check_baseline()
        return f"{met} faults met, {patient.refusals} refusals, {patient.restarts} restarts"
    finally:
        patient.server.dispose()
