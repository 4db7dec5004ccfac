"""What the tests of the dashboard share: pages that are watched, and an agent that asks and waits."""

import threading


class Watch:
    """Opens pages, and remembers what none of them may do: an error on the console, a script that fails, a request to
    somebody else, a breach of the page's policy."""

    def __init__(self, browser, server):
        self.browser, self.server = browser, server
        self.contexts, self.faults = [], []

    def page(self, person=None, **options):
        context = self.browser.new_context(reduced_motion="reduce", **options)
        self.contexts.append(context)
        if person:
            token = person.session.cookies["access_token"]
            context.add_cookies([{"name": "access_token", "value": token, "url": self.server.url}])
        page = context.new_page()
        page.on("console", lambda message: message.type == "error" and self._note(message.text))
        page.on("pageerror", lambda error: self._note(str(error)))
        # What shows a PDF is an extension that Chromium comes with.
        ours = (self.server.url, "chrome-extension://", "chrome://resources/", "blob:")
        page.on("request", lambda request: request.url.startswith(ours) or self._note(request.url))
        return page

    def _note(self, text):
        # The browser itself writes this one whenever the server refuses or is away.
        if not text.startswith("Failed to load resource:"):
            self.faults.append(text)

    def forgive(self, *beginnings):
        """Forgets what the browser itself says when it does as it should."""
        self.faults = [fault for fault in self.faults if not fault.startswith(beginnings)]

    def close(self):
        for context in self.contexts:
            context.close()


class Agent:
    """Asks, and waits for the answer as agents do: parked on a request of its own."""

    def __init__(self, owner):
        self.owner = owner

    def ask(self, text, kind, payload, **more):
        review = {"type": kind, "payload": payload, "expiresInSeconds": more.pop("seconds", 3600)}
        body = {"channelId": self.owner.channel, "text": text, "review": review, **more}
        answer = self.owner.request("POST", "messages", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def wait(self, message):
        """Begins to wait; what is returned gives the review once there is an answer."""
        found = []
        twin = self.owner.another()
        thread = threading.Thread(target=lambda: found.append(twin.request("GET", f"reviews/{message}/wait").json()))
        thread.start()

        def result():
            thread.join(35)
            assert found and found[0]["status"] == "completed", found
            return found[0]["message"]["review"]

        return result


def open_review(page, server, message):
    page.goto(f"{server.url}/inbox/pending/{message}")
    page.wait_for_selector("#review-title")


def begin(page, email, password):
    """Signs in for the first time, with the password that was made up, and chooses one."""
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("New password").fill("a password of my own")
    page.get_by_role("button", name="Save and go on").click()
