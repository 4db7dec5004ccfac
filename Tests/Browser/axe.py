"""Accessibility as axe judges it."""

from axe_playwright_python.sync_playwright import Axe


def faults_of(page):
    """What axe finds wrong on the page as it is: a rule and a place for each."""
    violations = Axe().run(page).response["violations"]
    return [(fault["id"], node["target"]) for fault in violations for node in fault["nodes"]]
