"""Files and settings in a real browser, and every view of the dashboard under axe."""

import io
import zipfile

import pytest
import requests
from axe import faults_of
from dashboard import open_review
from placet_server import ADMIN_PASSWORD, eventually
from playwright.sync_api import expect


def test_a_key_is_shown_once_rotated_and_revoked(page, server):
    page.goto(f"{server.url}/settings/keys")
    page.get_by_role("button", name="New key").click()
    page.get_by_label("What is it for?").fill("pipeline")
    page.get_by_role("button", name="Make key").click()
    key = page.get_by_role("textbox", name="The key").input_value()
    status = lambda key: requests.get(f"{server.url}/api/v1/agents", headers={"x-api-key": key}).status_code
    assert status(key) == 200
    page.get_by_role("button", name="Done").click()
    page.reload()
    expect(page.get_by_text("pipeline")).to_be_visible()
    assert key not in page.content()
    page.get_by_role("button", name="Rotate pipeline").click()
    page.get_by_role("dialog").get_by_role("button", name="Rotate").click()
    rotated = page.get_by_role("textbox", name="The new key").input_value()
    assert (status(key), status(rotated)) == (401, 200)
    page.get_by_role("button", name="Done").click()
    page.get_by_role("button", name="Delete pipeline").click()
    page.get_by_role("button", name="Delete key").click()
    expect(page.get_by_text("pipeline", exact=True)).to_have_count(0)
    assert status(rotated) == 401


def test_a_password_that_is_wanted_again_is_asked_for_where_one_is(page, server):
    """The server wants it after an hour; here it says so once."""
    refusals = iter([True])

    def refuse(route):
        if route.request.method == "POST" and next(refusals, False):
            fault = {"code": "password_needed", "message": "", "path": []}
            route.fulfill(status=403, json={"statusCode": 403, "message": "Confirm", "errors": [fault]})
        else:
            route.continue_()

    page.route("**/api/api-keys", refuse)
    page.goto(f"{server.url}/settings/keys")
    page.get_by_role("button", name="New key").click()
    page.get_by_role("button", name="Make key").click()
    dialog = page.get_by_role("dialog", name="Confirm your password")
    dialog.get_by_label("Password").fill("wrong")
    dialog.get_by_role("button", name="Confirm").click()
    expect(dialog.get_by_role("alert")).not_to_be_empty()
    dialog.get_by_label("Password").fill(ADMIN_PASSWORD)
    dialog.get_by_role("button", name="Confirm").click()
    assert page.get_by_role("textbox", name="The key").input_value().startswith("hp_")


def test_another_session_is_ended(page, server):
    other = server.person()
    page.goto(f"{server.url}/settings/sessions")
    expect(page.get_by_text("This browser")).to_be_visible()
    rows = page.get_by_role("list", name="Sessions").get_by_role("listitem")
    before = rows.count()
    rows.first.get_by_role("button").click()
    page.get_by_role("button", name="End session").click()
    expect(rows).to_have_count(before - 1)
    assert other.request("GET", "auth/me").status_code == 401


def test_a_user_is_made_and_deleted(page, server):
    page.goto(f"{server.url}/settings/users")
    page.get_by_role("button", name="New user").click()
    page.get_by_label("Email").fill("no address")
    page.get_by_role("button", name="Make user").click()
    page.get_by_label("Email").fill("ana@example.org")
    page.get_by_label("Name").fill("Ana")
    page.get_by_role("button", name="Make user").click()
    password = page.get_by_role("textbox", name="Password of Ana").input_value()
    sign_in = {"email": "ana@example.org", "password": password}
    assert requests.post(f"{server.url}/api/auth/login", json=sign_in).json()["user"]["mustChangePassword"]
    page.get_by_role("button", name="Done").click()
    page.get_by_role("button", name="Delete Ana").click()
    page.get_by_role("button", name="Delete user").click()
    expect(page.get_by_text("ana@example.org")).to_have_count(0)


def test_a_channel_is_made_given_a_webhook_tried_and_deleted(page, server):
    page.goto(f"{server.url}/settings/channels")
    page.get_by_role("button", name="New channel").click()
    page.get_by_label("Name").fill("Nightly")
    page.get_by_role("button", name="Make channel").click()
    page.get_by_role("link", name="Set up Nightly").click()
    page.get_by_label("URL").fill("http://127.0.0.1:9/")
    page.get_by_label("User", exact=True).fill("placet")
    page.get_by_label("Password", exact=True).fill("pass")
    page.get_by_role("button", name="Save webhook").click()
    expect(page.locator(".toast", has_text="The webhook is saved.").last).to_be_visible()
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_text("Not delivered:")).to_be_visible()
    page.reload()
    assert page.get_by_label("URL").input_value() == "http://127.0.0.1:9/"
    assert page.get_by_label("Password", exact=True).input_value() == "***"
    page.get_by_role("button", name="Save webhook").click()
    expect(page.locator(".toast", has_text="The webhook is saved.").last).to_be_visible()
    page.get_by_role("button", name="Delete channel…").click()
    page.get_by_role("button", name="Delete channel", exact=True).click()
    expect(page.get_by_role("link", name="Set up Nightly")).to_have_count(0)


def test_a_channel_has_a_quota_and_an_age_limit(page, server, owner, person):
    channel = owner.request("POST", "agents", json={"name": "Small"}).json()["id"]
    page.goto(f"{server.url}/settings/channels/{channel}")
    page.get_by_label("Gigabytes for all files").fill("0.000001")
    page.get_by_label("Days that messages stay").fill("30")
    page.get_by_role("button", name="Save limits").click()
    expect(page.locator("#toasts")).to_contain_text("Saved.")
    limits = lambda: next((one["quotaBytes"], one["retentionDays"])
                          for one in person.request("GET", "agents").json() if one["id"] == channel)
    assert limits() == (1000, 30)
    page.reload()
    page.get_by_label("Gigabytes for all files").fill("")
    page.get_by_role("button", name="Save limits").click()
    expect(page.locator("#toasts")).to_contain_text("Saved.")
    eventually(lambda: limits() == (None, 30), "the quota is taken away")
    page.goto(f"{server.url}/settings/users")
    page.get_by_role("button", name="Quota of").first.click()
    page.get_by_label("Gigabytes for all files").fill("2")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("at most 2.0 GB")).to_be_visible()


def test_files_are_found_packed_shared_and_deleted(page, server, owner):
    for name in ("one.log", "two.log", "three.csv"):
        owner.store(name.encode(), name)
    page.goto(f"{server.url}/files")
    page.get_by_label("Age").select_option("Older than 30 days")
    expect(page.get_by_role("heading", name="No files match.")).to_be_visible()
    page.get_by_label("Age").select_option("The last day")
    page.get_by_label("Name of a file").fill(".log")
    expect(page.get_by_role("row")).to_have_count(3)
    page.get_by_label("Select all").check()
    expect(page.get_by_role("status").filter(has_text="2 selected")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as zip").click()
    with zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "one.log": b"one.log", "two.log": b"two.log",
        }
    page.get_by_label("Select two.log").uncheck()
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_role("textbox", name="The link").input_value()
    assert requests.get(link).content == b"one.log"
    page.get_by_role("button", name="End", exact=True).click()
    expect(page.get_by_text("No link is good right now.")).to_be_visible()
    assert requests.get(link).status_code == 404
    page.get_by_role("button", name="Done").click()
    page.get_by_role("button", name="Delete…").click()
    page.get_by_role("button", name="Delete 1").click()
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("link", name="two.log")).to_be_visible()


def test_owners_see_what_is_stored_and_taken_and_bring_it_back(page, server, owner, person, tmp_path):
    file = owner.store(b"x" * 5000, "gone.log")["id"]
    page.goto(f"{server.url}/storage")
    expect(page.locator(".bars meter").first).to_be_visible()
    assert owner.request("DELETE", f"files/{file}").status_code == 200
    eventually(lambda: server.command("gc", "run", "--grace", "0s") and not server.query(
        "SELECT 1 FROM unreferenced_blobs"), "it is taken")
    page.goto(f"{server.url}/storage/collect")
    expect(page.get_by_text("There is nothing to take.")).to_be_visible()
    kept = owner.store(b"y" * 5000, "back.log")["id"]
    assert owner.request("DELETE", f"files/{kept}").status_code == 200
    runs = lambda: person.request("GET", "admin/gc/runs").json()
    before = len(runs())
    eventually(lambda: server.command("gc", "run", "--grace", "1s") and len(runs()) > before, "it is taken")
    page.reload()
    page.get_by_role("button", name="Undo the collection").click()
    page.get_by_role("dialog").get_by_role("button", name="Undo").click()
    expect(page.get_by_text("0 files and 1 content are back.").first).to_be_visible()
    expect(page.get_by_role("cell", name="Undone")).to_be_visible()
    stored = owner.store(b"why am I here", "why.txt")
    for asked, words in ((stored["id"], "It is kept: files have it."), (stored["sha256"], "admin@placet.local"),
                         ("0" * 64, "Nothing here knows it.")):
        page.get_by_label("A SHA-256, or the id of a file").fill(asked)
        page.get_by_role("button", name="Why is it here, or not?").click()
        expect(page.get_by_text(words).first).to_be_visible()
    assert owner.request("DELETE", f"files/{stored['id']}").status_code == 200
    page.get_by_label("A SHA-256, or the id of a file").fill(stored["sha256"])
    page.get_by_role("button", name="Why is it here, or not?").click()
    expect(page.get_by_text("because its last file was deleted.")).to_be_visible()
    server.command("backup", str(tmp_path / "backup"))
    page.goto(f"{server.url}/storage")
    expect(page.get_by_text("The last backup was made")).to_be_visible()
    page.goto(f"{server.url}/storage/audit")
    page.get_by_label("What", exact=True).select_option("file.deleted")
    expect(page.get_by_role("row").filter(has_text="file.uploaded")).to_have_count(0)
    expect(page.get_by_role("cell", name=file)).to_be_visible()
    page.get_by_label("What", exact=True).select_option("")
    about = page.get_by_label("Id of what it is about")
    about.fill(file)
    about.press("Enter")
    expect(page.get_by_role("row").filter(has_text="session.opened")).to_have_count(0)
    expect(page.get_by_role("row").filter(has_text="file.uploaded")).to_have_count(1)
    export = page.get_by_role("link", name="Export").get_attribute("href")
    assert export == f"/api/admin/audit/export?subject={file}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_on_any_view(watch, server, person, owner, agent, width, scheme):
    fields = [{"name": "why", "type": "text", "label": "Why", "required": True}]
    message = agent.ask("Which?\n\nLook first.", "form", {"fields": fields})
    owner.store(b"words", "notes.txt")
    versions = ["Plan\nfirst\n" + "same\n" * 20, "Plan\nsecond, not first\n" + "same\n" * 20]
    older = agent.ask(versions[0], "freeform", {})
    answer = {"response": {"comment": "again"}}
    assert person.request("POST", f"messages/{older}/respond", json=answer).status_code == 201
    changed = agent.ask(versions[1], "freeform", {}, iterationOf=older)
    page = watch.page(person, viewport={"width": width, "height": 740}, color_scheme=scheme)
    channel = f"/settings/channels/{owner.channel}"
    views = {
        "/inbox": "[data-row]", "/inbox/answered": ".empty, [data-row]", "/channels": ".item", "/files": ".table",
        f"/channels/{owner.channel}": ".msg", "/settings/profile": ".seg", "/settings/sessions": ".rows",
        "/settings/keys": ".rows", "/settings/channels": ".rows",
        "/settings/plugins": ".rows", channel: ".form", "/settings/users": ".rows",
        "/storage": ".figures", "/storage/collect": ".btns", "/storage/audit": ".table",
        "/inbox/pending/none": ".pane:last-child .empty h2",
    }
    open_review(page, server, message)
    faults = {"card": faults_of(page)}
    open_review(page, server, changed)
    page.wait_for_selector(".diff")
    faults["versions"] = faults_of(page)
    for path, part in views.items():
        page.goto(server.url + path)
        page.wait_for_selector(part)
        faults[path] = faults_of(page)
    page.goto(f"{server.url}/settings/keys")
    page.get_by_role("button", name="New key").click()
    faults["dialog"] = faults_of(page)
    assert {view: found for view, found in faults.items() if found} == {}
