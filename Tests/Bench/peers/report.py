"""Runs the same work against each server in turn, several rounds interleaved, and keeps medians and ratios."""

import os, sys
from statistics import median
from service import ROUNDS, Table


class Report:
    """A row for each work and peer. A work is a function that returns its figure and for how many requests that was."""

    def __init__(self, servers):
        self.servers, self.rows = servers, []
        self.load = os.getloadavg()[0]

    def rates(self, what, works, goals):
        """Requests in a second: more is better."""
        self.compare(what, works, goals, "{:,.0f}/s, {:,.0f} µs", 1e6, lambda us, them: us / them)

    def times(self, what, works, goals):
        """Seconds: fewer are better."""
        self.compare(what, works, goals, "{:.2f} s, {:.2f} s", 1, lambda us, them: them / us)

    def compare(self, what, works, goals, text, unit, ratio):
        found, processor = self.rounds(works)

        def shown(name):
            figure, cost = text.split(", ")
            said = figure.format(median(found[name]))
            return f"{said}, {cost.format(median(processor[name]) * unit)}" if processor[name] else said

        cells = [what, shown("placet")]
        for name in list(works)[1:]:
            whole = ratio(median(found["placet"]), median(found[name]))
            each = [ratio(us, them) for us, them in zip(found["placet"], found[name])]
            goal = self.judged(f"≥ {goals[name]:.2g}", whole >= goals[name]) if name in goals else ""
            self.row(*cells, f"{name} {shown(name)}", f"{whole:.2f} ({min(each):.2f} to {max(each):.2f})", goal)
            cells = ["", ""]
        if len(works) == 1:
            self.row(*cells)

    def rounds(self, works):
        """By name: the figures of all rounds, and processor seconds of the server for each request."""
        found, processor = {name: [] for name in works}, {name: [] for name in works}
        for _ in range(ROUNDS):
            for name, work in works.items():
                server = self.servers.all.get(name)
                before = server.processor() if server else 0
                value, requests = work()
                if not requests:
                    raise SystemExit(f"{name} answered nothing in that time; is the machine busy?")
                if server:
                    processor[name].append((server.processor() - before) / requests)
                found[name].append(value)
        return found, processor

    @staticmethod
    def judged(goal, met):
        return f"{goal}, {'met' if met else '**missed**'}"

    def row(self, what, ours, peer="", ratio="", goal=""):
        self.rows.append((what, ours, peer, ratio, goal))
        print(" · ".join(cell for cell in self.rows[-1] if cell), file=sys.stderr, flush=True)

    def show(self):
        load = f"load before {self.load:.1f}, after {os.getloadavg()[0]:.1f}"
        print(f"\n{Table.machine()}; medians of {ROUNDS} rounds; {load}. Behind each figure: the processor time of the\n"
              "server for a request. Behind a ratio: the least and the most of a round.\n")
        self.table(("work", "placet", "peer", "ratio", "goal"), self.rows)

    @staticmethod
    def table(head, rows):
        print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}")
        for row in rows:
            print(f"| {' | '.join(row)} |")
        print(flush=True)
