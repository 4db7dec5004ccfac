"""Texts that would run if any place of the page made HTML or a link of them. They come in by every way there is, all
of them at once, and every view is looked at. The watched page notes by itself what asks another host or breaks the
page's policy."""

import pytest
from dashboard import Agent, open_review
from playwright.sync_api import expect

#: What each would do: set `window.ran`. Ways that browsers have had of running what was meant to be read.
HOSTILE = [
    "<script>window.ran=1</script>", "<SCRIPT SRC=data:,window.ran=1></SCRIPT>", "<script x>window.ran=1</script x>",
    "<img src=x onerror=window.ran=1>", "<img src=x onerror=\"window.ran=1\"//", "<img/src=x/onerror=window.ran=1>",
    "<<img src=x onerror=window.ran=1>>", "<image href=x onerror=window.ran=1>", "<svg onload=window.ran=1>",
    "<svg><script>window.ran=1</script></svg>", "<svg><animate onbegin=window.ran=1 attributeName=x dur=1s>",
    "<svg><a href='javascript:window.ran=1'><text y=20>x</text></a></svg>",
    "<svg><foreignObject><iframe srcdoc='<script>parent.ran=1</script>'></iframe></foreignObject></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=window.ran=1>", "<math href='javascript:window.ran=1'>x",
    "<iframe src='javascript:parent.ran=1'></iframe>", "<iframe srcdoc='<script>parent.ran=1</script>'></iframe>",
    "<object data='javascript:window.ran=1'></object>", "<embed src='javascript:window.ran=1'>",
    "<body onload=window.ran=1>", "<input autofocus onfocus=window.ran=1>", "<select autofocus onfocus=window.ran=1>",
    "<details open ontoggle=window.ran=1>x</details>", "<marquee onstart=window.ran=1>x</marquee>",
    "<video><source onerror=window.ran=1></video>", "<audio src=x onerror=window.ran=1></audio>",
    "<form><button formaction='javascript:window.ran=1'>x</button></form>", "<form action='javascript:window.ran=1'>",
    "<a href='javascript:window.ran=1'>x</a>", "<a href='java\tscript:window.ran=1'>x</a>",
    "<a href='data:text/html,<script>opener.ran=1</script>'>x</a>", "<base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=javascript:window.ran=1'>",
    "<link rel=stylesheet href='https://evil.example/x.css'>", "<style>@import 'https://evil.example/x.css';</style>",
    "</textarea><img src=x onerror=window.ran=1>", "</title><img src=x onerror=window.ran=1>",
    "</style><img src=x onerror=window.ran=1>", "<!--><img src=x onerror=window.ran=1>-->",
    "<noscript><p title='</noscript><img src=x onerror=window.ran=1>'>", "<![CDATA[<img src=x onerror=window.ran=1>]]>",
    "\" autofocus onfocus=\"window.ran=1", "' autofocus onfocus='window.ran=1", "` onfocus=`window.ran=1",
    "&lt;img src=x onerror=window.ran=1&gt;", "&#60;script&#62;window.ran=1&#60;/script&#62;",
    "\\u003cscript\\u003ewindow.ran=1\\u003c/script\\u003e", "+ADw-script+AD4-window.ran=1+ADw-/script+AD4-",
    "javascript:window.ran=1", "JaVaScRiPt:window.ran=1", "javascript&colon;window.ran=1", "vbscript:window.ran=1",
    "data:text/html,<script>window.ran=1</script>", "${window.ran=1}", "{{constructor.constructor('ran=1')()}}",
    "<form id=store><input name=me></form>", "<a id=request href='x'>x</a>", "__proto__", "constructor",
    "\u202e<script>window.ran=1</script>",
]


def reviews():
    many = lambda **more: [{"id": f"{number} {text}", "label": text, **more} for number, text in enumerate(HOSTILE)]
    kinds = ["text", "select", "checkbox", "textarea"]
    yield "approval", {"options": many()[:20]}
    yield "approval", {"options": many(style="danger")[20:40]}
    yield "selection", {"mode": "multi", "items": many(description=HOSTILE[0]), "submitLabel": HOSTILE[1]}
    yield "form", {"fields": [
        {"name": f"{number} {text}", "type": kinds[number % 4], "label": text, "placeholder": text, "description": text,
         "options": [text], "defaultValue": text, "unit": text} for number, text in enumerate(HOSTILE[:50])
    ], "submitLabel": HOSTILE[3]}
    yield "text-input", {"prefill": "\n".join(HOSTILE), "placeholder": HOSTILE[2]}
    yield "freeform", {text: text for text in HOSTILE} | {"plugin": HOSTILE[3]}


@pytest.fixture
def nothing_ran(page):
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
    yield
    assert page.evaluate("window.ran") is None
    assert page.evaluate("({}).ran") is None


def test_nothing_of_it_runs_in_any_view(page, server, owner, person, nothing_ran):
    assert len(HOSTILE) >= 40
    agent = Agent(owner.another())
    channel = owner.request("POST", "agents", json={"name": HOSTILE[3], "description": HOSTILE[0]}).json()["id"]
    owner.request("POST", "status/ping", json={"channelId": channel, "status": "busy", "message": HOSTILE[8]})
    agent.owner.channel = channel
    for text in HOSTILE[:20]:
        assert owner.request("POST", "agents", json={"name": text}).status_code == 201
    files = [agent.owner.store(text.encode(), f"{text.replace('/', '_')}.{end}")["id"]
             for text, end in zip(HOSTILE, ["html", "svg", "md", "txt", "xml", "json", "csv", "ndjson", "patch", "py"] * 20)]
    links = "\n\n".join(f"[{text}]({text}) [x](<{text}>) ![{text}](<{text}> \"{text}\") <{text}>\n\n{text}"
                        for text in HOSTILE)
    metadata = {text: text for text in HOSTILE}
    said = {"channelId": channel, "text": links, "attachmentIds": files[:50], "metadata": metadata}
    assert owner.request("POST", "messages", json=said).status_code == 201
    asked = [agent.ask("\n\n".join([HOSTILE[number], *HOSTILE]), kind, payload)
             for number, (kind, payload) in enumerate(reviews())]
    person.request("POST", "users", json={"email": "hostile@example.org", "displayName": HOSTILE[3]})
    person.request("POST", "api-keys", json={"label": HOSTILE[3][:64]})
    for message in asked:
        open_review(page, server, message)
        page.locator(".prose").last.wait_for()
        assert page.locator(".main iframe, .main img, .main svg:not(.icon), .main form").count() == 0
    views = [
        ("/inbox", "[data-row]"), (f"/channels/{channel}", ".prose"), ("/files", "tbody tr"),
        ("/settings/users", ".rows"), ("/settings/channels", ".rows"), ("/settings/keys", ".rows"),
        (f"/settings/channels/{channel}", ".form"),
        ("/storage", ".figures"), ("/storage/audit", ".table"),
        *((f"/files/{file}?from={asked[0]}", "h1") for file in files[:10]),
        (f"/inbox?search={HOSTILE[3]}", "[data-row]"), (f"/inbox/{HOSTILE[3]}/{HOSTILE[3]}", "[data-row]"),
    ]
    for path, part in views:
        page.goto(server.url + path)
        page.locator(part).first.wait_for()
        page.wait_for_load_state("load")
        assert page.evaluate("window.ran") is None, path
        found = page.evaluate("""() => [...document.querySelectorAll("a")].map((link) => link.protocol)
            .filter((protocol) => !["http:", "https:", "mailto:"].includes(protocol))""")
        assert found == [], path


def test_a_hostile_answer_and_name_stay_words(page, server, agent, person, nothing_ran):
    message = agent.ask("Say", "text-input", {})
    text = "\n".join(HOSTILE)
    answer = person.request("POST", f"messages/{message}/respond", json={"response": {"text": text}})
    assert answer.status_code == 201, answer.text
    page.goto(f"{server.url}/inbox/answered/{message}")
    expect(page.locator(".card pre").filter(has_text="window.ran=1").first).to_be_visible()
