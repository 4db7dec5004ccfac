"""Measures the server beside what its users would pick instead; called by scripts/bench peers.

Every server is started here, does the same work in turn, several rounds interleaved, and is stopped. The table has
medians, ratios and whether each goal is met; two more say what each peer syncs before it answers, and what memory it
takes. Loopback only, bounded in time.
"""

import os, signal, sys, tempfile
from . import api, downloads, durability, idle, large, memory, uploads, waits
from .report import Report
from .servers import Servers

GROUPS = {"idle": idle, "downloads": downloads, "api": api, "large": large, "uploads": uploads, "memory": memory,
          "waits": waits}


def main(binary, names, folder):
    servers = Servers(binary, os.environ.get("SINGLE"), folder)
    try:
        report = Report(servers)
        for name in names:
            GROUPS[name].measure(servers, report)
        report.show()
        print("What each syncs before it answers one request of 4 KiB, seen with strace\n")
        report.table(("server", "request", "synced before the answer", "durable when it answers"),
                     durability.rows(servers))
        print("RSS of all processes of a server in MiB\n")
        report.table(("server", "started", "at its peak in this run"), [
            (name, f"{servers.idle[name]:.0f}", f"{server.memory('VmHWM'):.0f}")
            for name, server in servers.all.items()])
    finally:
        servers.stop()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # The servers are stopped then, too.
    binary, rest = sys.argv[1], sys.argv[2:]
    names = [word for word in rest if word in GROUPS]
    above = [word for word in rest if word not in GROUPS]
    if len(above) > 1 or any(not os.path.isdir(path) for path in above):
        raise SystemExit(f"usage: scripts/bench peers [{' '.join(GROUPS)}] [FOLDER]; FOLDER must be there")
    with tempfile.TemporaryDirectory(prefix="placet-bench-", dir=above[0] if above else None) as folder:
        main(os.path.abspath(binary), [name for name in GROUPS if not names or name in names], os.path.abspath(folder))
