"""The dashboard when something goes wrong: sessions that end or change hands, parts that cannot be loaded."""

from dashboard import begin
from placet_server import ADMIN_PASSWORD
from playwright.sync_api import expect

APPROVAL = {"options": [{"id": "yes", "label": "Ship it", "style": "primary"}]}


def _made(person, email):
    """Another user; what is returned is the password that was made up."""
    return person.request("POST", "users", json={"email": email, "displayName": "Other"}).json()["password"]


def test_what_was_read_for_one_user_is_not_shown_to_the_next(watch, server, agent, person):
    """The session ends between two of the requests with which the page begins."""
    agent.ask("For one user alone", "approval", APPROVAL)
    password = _made(person, "next@example.org")
    page = watch.page(person)
    ended = {"statusCode": 401, "message": "Unauthorized", "error": "Unauthorized"}
    page.route("**/api/auth/me", lambda route: route.fulfill(status=401, json=ended))
    page.goto(f"{server.url}/inbox")
    expect(page.get_by_label("Password")).to_be_visible()
    page.unroute("**/api/auth/me")
    begin(page, "next@example.org", password)
    expect(page.get_by_text("Three steps to the first question")).to_be_visible()
    expect(page.locator("[data-row]")).to_have_count(0)
    expect(page.locator(".sub a")).to_have_count(0)


def test_a_sign_out_that_fails_says_so_and_leaves_the_page_as_it_is(watch, server):
    mine = server.person()
    page = watch.page(mine)
    page.goto(f"{server.url}/inbox")
    page.route("**/api/auth/logout", lambda route: route.abort())
    leave = page.get_by_role("button", name="Sign out")
    leave.click()
    expect(page.locator("#toasts")).to_contain_text("The server cannot be reached")
    assert page.url == f"{server.url}/inbox"
    # A session that ends is still asked for again.
    assert mine.request("POST", "auth/logout").ok
    page.get_by_role("link", name="Answered").click()
    dialog = page.get_by_role("dialog", name="Sign in again")
    dialog.get_by_label("Password").fill(ADMIN_PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_have_count(0)
    page.unroute("**/api/auth/logout")
    leave.click()
    expect(page.get_by_role("heading", name="Sign in to Placet")).to_be_visible()


def test_a_page_of_one_user_goes_when_another_signs_in_in_another_tab(watch, server, agent, person):
    message = agent.ask("For one user alone", "approval", APPROVAL)
    password = _made(person, "tab@example.org")
    first = watch.page(server.person())
    first.goto(f"{server.url}/inbox")
    expect(first.locator(f"[data-row='{message}']")).to_be_visible()
    second = first.context.new_page()
    second.goto(f"{server.url}/files")
    second.get_by_role("button", name="Sign out").click()
    begin(second, "tab@example.org", password)
    expect(first.get_by_text("Three steps to the first question")).to_be_visible(timeout=15_000)
    expect(first.locator("[data-row]")).to_have_count(0)


def test_a_part_that_cannot_be_loaded_says_so_and_is_offered_again(page, server):
    page.goto(f"{server.url}/inbox")
    page.route("**/settings.js", lambda route: route.abort())
    page.get_by_role("link", name="Settings").click()
    expect(page.get_by_role("heading", name="This part could not be loaded")).to_be_visible()
    page.unroute("**/settings.js")
    page.get_by_role("button", name="Load the page again").click()
    expect(page.get_by_role("heading", name="Profile")).to_be_visible()


def test_a_file_that_the_server_does_not_tell_of_says_so_and_is_asked_for_again(page, server, owner):
    file = owner.store(b"one\n", "late.txt")["id"]
    path = f"**/api/files/{file}"
    page.route(path, lambda route: route.abort())
    page.goto(f"{server.url}/files/{file}")
    fault = page.get_by_role("heading", name="The file could not be read")
    expect(fault).to_be_focused()
    expect(page.get_by_text("The server cannot be reached")).to_be_visible()
    page.unroute(path)
    page.route(path, lambda route: route.fulfill(status=500, json={"message": "It broke", "requestId": "r-1"}))
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Request r-1")).to_be_visible()
    expect(fault).to_be_focused()
    page.unroute(path)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="late.txt")).to_be_focused()
