"""Runs the same work against each server in turn, several rounds interleaved, and keeps the table of medians and ratios."""

import os, statistics, sys
from service import ROUNDS, Table


def median(values):
    return statistics.median(values)


class Report:
    """A row for each work and peer. A work is a function that returns its figure and for how many requests that was."""

    def __init__(self, servers):
        self.servers, self.rows = servers, []
        self.load = os.getloadavg()[0]

    def rates(self, what, works, goals):
        """Requests in a second: more is better."""
        found, processor = self.rounds(works)
        shown = {name: f"{median(values):,.0f}/s" + self.cost(processor[name], 1e6, " µs") for name, values in found.items()}
        self.compare(what, shown, goals, {
            name: [us / them for us, them in zip(found["placet"], values)] for name, values in found.items()},
            {name: median(found["placet"]) / median(values) for name, values in found.items()})

    def times(self, what, works, goals):
        """Seconds: fewer are better."""
        found, processor = self.rounds(works)
        shown = {name: f"{median(values):.2f} s" + self.cost(processor[name], 1, " s") for name, values in found.items()}
        self.compare(what, shown, goals, {
            name: [them / us for us, them in zip(found["placet"], values)] for name, values in found.items()},
            {name: median(values) / median(found["placet"]) for name, values in found.items()})

    def rounds(self, works):
        """By name: the figures of all rounds, and processor seconds of the server for each request."""
        found, processor = {name: [] for name in works}, {name: [] for name in works}
        for _ in range(ROUNDS):
            for name, work in works.items():
                server = self.servers.all.get(name)
                before = server.processor() if server else 0
                value, requests = work()
                if server:
                    processor[name].append((server.processor() - before) / requests)
                found[name].append(value)
        return found, processor

    @staticmethod
    def cost(values, factor, unit):
        if not values:
            return ""
        value = median(values) * factor
        return f", {value:,.0f}{unit}" if value >= 10 else f", {value:.2f}{unit}"

    def compare(self, what, shown, goals, rounds, ratios):
        first = True
        for name, text in shown.items():
            if name == "placet":
                continue
            goal = goals.get(name)
            spread = f"{ratios[name]:.2f} ({min(rounds[name]):.2f} to {max(rounds[name]):.2f})"
            self.row(what if first else "", shown["placet"] if first else "", f"{name} {text}", spread,
                     self.judged(f"≥ {goal:g}", ratios[name] >= goal) if goal else "")
            first = False
        if first:
            self.row(what, shown["placet"])

    @staticmethod
    def judged(goal, met):
        return f"{goal}, {'met' if met else '**missed**'}"

    def row(self, what, ours, peer="", ratio="", goal=""):
        self.rows.append((what, ours, peer, ratio, goal))
        print(" · ".join(cell for cell in self.rows[-1] if cell), file=sys.stderr, flush=True)

    def show(self):
        print(f"\n{Table.machine()}; medians of {ROUNDS} rounds; load before {self.load:.1f}, after {os.getloadavg()[0]:.1f}. "
              "Behind each figure the processor time of the server for a request, behind a ratio the least and the most of a round.\n")
        self.table(("work", "placet", "peer", "ratio", "goal"), self.rows)

    @staticmethod
    def table(head, rows):
        print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}")
        for row in rows:
            print(f"| {' | '.join(row)} |")
        print(flush=True)
