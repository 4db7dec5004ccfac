"""The parts of `scripts/drill` in seconds, and that they find a server which would not keep its promises."""

import errno
import os

import clock
import failover
import kills
import pytest
import race
import strangers
import zoo
from copying import Copying
from disk import Patient
from kills import Life, at_any_moment, at_point
from ledger import check_store
from power import LOSSES, Recording, one_story, replay
from shim import build


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return build(tmp_path_factory.mktemp("shim"))


@pytest.fixture(scope="module")
def life(binary, library):
    with Life(binary, library) as life:
        yield life


@pytest.fixture(scope="module")
def recording(binary, library):
    return Recording(binary, library, one_story)


@pytest.mark.parametrize("point", ["linked", "committed", "claimed"])
def test_a_server_killed_at_a_step_keeps_what_it_confirmed_and_no_garbage(life, point):
    at_point(life, point, 1)


def test_a_server_killed_under_load_keeps_what_it_confirmed_and_no_garbage(life):
    at_any_moment(life)


def test_every_step_with_a_name_is_known():
    assert {*kills.COLLECTION, *kills.BACKUP, *kills.RESTORE, "swept", "linked", "broughtBack"} <= set(kills.POINTS)
    assert len(kills.POINTS) == len(set(kills.POINTS)) == 20


def test_after_power_loss_all_that_was_confirmed_is_there(binary, recording):
    assert replay(binary, recording, 40, LOSSES).checked > 10


@pytest.mark.parametrize("unflushed", ["/index.sqlite-wal", "/incoming/", "/blobs/sha256/"])
def test_the_replay_finds_a_flush_that_is_missing(binary, recording, unflushed):
    whole = recording.events
    start = next(number for number, event in enumerate(whole) if event.kind == "answer")  # The layout was made before.
    recording.events = whole[:start] + [
        event for event in whole[start:] if event.kind != "sync" or unflushed not in event.names[0]]
    try:
        with pytest.raises(AssertionError, match="power lost after"):
            replay(binary, recording, 1 << 20, {"all is lost": LOSSES["all is lost"]}, start)
    finally:
        recording.events = whole


@pytest.fixture(scope="module")
def copying(binary, library):
    with Copying(binary, library) as copying:
        yield copying


@pytest.mark.parametrize("kind", ["backups", "restore"])
def test_after_power_loss_a_backup_or_restore_that_succeeded_is_whole(binary, copying, kind):
    assert replay(binary, getattr(copying, kind), 30, LOSSES).checked > 5


@pytest.mark.parametrize("kind", ["backups", "restore"])
def test_the_replay_finds_a_backup_or_restore_that_is_not_flushed(binary, copying, kind):
    copies = getattr(copying, kind)
    whole = copies.events
    copies.events = [event for event in whole if event.kind != "sync all"]
    try:
        with pytest.raises(AssertionError, match="power lost after"):
            replay(binary, copies, 1 << 20, {"all is lost": LOSSES["all is lost"]}, len(copies.events) - 20)
    finally:
        copies.events = whole


def test_a_disk_that_fails_loses_nothing_and_is_told_of(binary, library):
    patient = Patient(binary, library)
    try:
        for scope, operation, error in (
            ("bytes", "sync", errno.EIO), ("bytes", "link", errno.ENOSPC), ("bytes", "create", errno.EMFILE),
            ("index", "write", errno.ENOSPC), ("index", "sync", errno.EIO),
        ):
            what = f"{operation} of {scope} fails with {errno.errorcode[error]}"
            assert patient.suffer(what, operation, scopes=(scope,), error=error), what
            assert patient.refused, f"{what}, and nobody was told"
        patient.check_baseline()
    finally:
        patient.server.dispose()


def test_an_upload_in_parts_goes_on_after_a_commit_that_failed_on_the_disk(binary, library):
    patient = Patient(binary, library)
    try:
        client = patient.client
        upload = client.begin(os.urandom(90_000))
        client.go_on(upload, 60_000)
        patient.server.faults.arm(("sync",), ("index",), error=errno.EIO)
        assert client.go_on(upload) is None and patient.server.faults.hits == 1
        patient.server.faults.disarm()
        assert client.go_on(upload), client.heard[-2:]
        check_store(patient.server.storage, client.ledger)
    finally:
        patient.server.dispose()


def test_strangers_do_not_disturb_a_normal_client(binary, library):
    zoo.run(binary, library, 200, [kind for kind in strangers.ALL if not kind.__name__.startswith("slow")])


def test_a_clock_that_is_set_takes_nothing(binary, library):
    clock.run(binary, library, 1, (clock.DAY, clock.YEAR, 0))


@pytest.mark.slow
def test_uploads_at_two_nodes_beside_collectors_that_stall_lose_nothing(binary, library):
    race.run(binary, library, 40)


@pytest.mark.slow
def test_a_standby_that_takes_over_has_all_that_was_confirmed(binary, library):
    failover.run(binary, library, 1)
