"""What each server takes while nobody asks: memory, and how often its threads wake."""

import pathlib, time

SECONDS = 10


def switches(server):
    """How often each thread has gone to sleep of itself, by its id."""
    found = {}
    for pid in server.tree():
        for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
            lines = dict(line.split(":\t") for line in (task / "status").read_text().splitlines() if ":\t" in line)
            found[task.name] = int(lines["voluntary_ctxt_switches"])
    return found


def measure(servers, report):
    time.sleep(2)  # What starting left to do.
    before = {name: switches(server) for name, server in servers.all.items()}
    time.sleep(SECONDS)
    after = {name: switches(server) for name, server in servers.all.items()}
    woken = {name: [count - before[name].get(task, 0) for task, count in tasks.items()]
             for name, tasks in after.items()}
    us = servers.idle["placet"]
    report.row("idle, RSS", f"{us:.0f} MiB", "; ".join(
        f"{name} {memory:.0f}" for name, memory in servers.idle.items() if name != "placet"), "",
        report.judged("≤ 40 MiB", us <= 40))
    # Timers of many periods share threads, so that a count of wake-ups bounds them and does not tell them apart.
    report.row(f"idle, wake-ups of all threads in {SECONDS} s", f"{sum(woken['placet'])}, the busiest {max(woken['placet'])}",
               "; ".join(f"{name} {sum(counts)}" for name, counts in woken.items() if name != "placet"), "",
               "no timer more than once a second; not judged")
