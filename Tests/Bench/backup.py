"""Measures check and backup beside sha256sum, `cp -a` and restic; called by scripts/bench backup. Bounded in size.

Each command reads and writes on the same disk, beside a running server, with nothing in the page cache. `cp -a` and
restic copy `blobs/` as it is, which is no backup of a running server, but shows what the disk can do. All are followed
by `sync`, which counts.
"""

import multiprocessing, os, pathlib, shutil, statistics, sys, tempfile, time
import urllib.request
from neighbours import FORM, form
from service import ROUNDS, Table, placet

LARGE, SMALL = (4, 256 << 20), (5000, 20_000)
PASSWORD = {"RESTIC_PASSWORD": "bench"}


def measured(folder, *command):
    """Seconds until all is on the disk, those of the processor, and the peak of memory in MiB.

    Nothing of the folder is in the page cache at first."""
    os.sync()
    for path in pathlib.Path(folder).rglob("*"):
        if path.is_file():
            file = os.open(path, os.O_RDONLY)
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(file)
    began = time.monotonic()
    process = os.posix_spawnp(
        command[0], command, os.environ | PASSWORD,
        file_actions=[(os.POSIX_SPAWN_OPEN, fd, "/dev/null", os.O_WRONLY, 0) for fd in (1, 2)])
    _, status, usage = os.wait4(process, 0)
    os.sync()
    assert status == 0, command
    return time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def rate(size, runs):
    seconds, busy = (statistics.median(run[part] for run in runs) for part in (0, 1))
    memory = max(run[2] for run in runs)
    return f"{seconds:.1f} s, {size / seconds / 1e6:.0f} MB/s, {busy:.1f} s of a processor, {memory:.0f} MiB of memory"


def fill(peer):
    for count, size in (LARGE, SMALL):
        for _ in range(count):
            request = urllib.request.Request(f"{peer.base}/files/store", form(peer.channel, os.urandom(size)),
                                             FORM | {"x-api-key": peer.key})
            urllib.request.urlopen(request, timeout=120).read()


def main():
    binary, folder = sys.argv[1], tempfile.mkdtemp(dir=sys.argv[2] if len(sys.argv) > 2 else None)
    table, peer = Table(), placet(binary, folder, 28_511)
    try:
        # In a process of its own: what starts the commands must be small, because its memory counts as theirs.
        filler = multiprocessing.Process(target=fill, args=(peer,))
        filler.start()
        filler.join()
        size = sum(count * size for count, size in (LARGE, SMALL))
        store = peer.storage
        fsck = [measured(folder, binary, "fsck", "--storage", store) for _ in range(ROUNDS)]
        table.row("placet fsck", rate(size, fsck))
        sums = f"find {store}/blobs -type f -print0 | xargs -0 sha256sum"
        summed = [measured(folder, "sh", "-c", sums) for _ in range(ROUNDS)]
        ratio = statistics.median(run[0] for run in summed) / statistics.median(run[0] for run in fsck)
        table.row("sha256sum", rate(size, summed), f"fsck {ratio:.1f} × as fast; goal ≥ 0.9 ×")
        commands = {
            "placet backup": [binary, "backup", f"{folder}/to", "--storage", store],
            "cp -a": ["cp", "-a", "-T", f"{store}/blobs", f"{folder}/to"],
            "restic backup": ["restic", "-r", f"{folder}/to", "backup", f"{store}/blobs"],
        }
        for name, command in commands.items():
            first, second = [], []
            for _ in range(ROUNDS):
                if name == "restic backup":
                    measured(folder, "restic", "-r", f"{folder}/to", "init")
                first.append(measured(folder, *command))
                second.append(measured(folder, *command))
                shutil.rmtree(f"{folder}/to")
            table.row(f"{name}, first", rate(size, first))
            table.row(f"{name}, again with nothing new", rate(size, second))
        table.show()
    finally:
        peer.stop()
        shutil.rmtree(folder)


main()
