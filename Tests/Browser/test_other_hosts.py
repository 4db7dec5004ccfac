"""What only a browser or a real proxy sends: names of other scripts, TLS, a replaced Host, pages of other origins."""

import subprocess

import pytest
import requests
from browser import Canary
from placet_server import ADMIN_PASSWORD, eventually, quiet_port
from playwright.sync_api import sync_playwright

pytestmark = pytest.mark.filterwarnings("ignore:Unverified HTTPS")  # The certificate is made here.

EMAIL = "admin@placet.local"
#: What browsers show as bücher.example.
NAME = "xn--bcher-kva.example"

SIGN_IN = """async ([email, password]) => {
    const answer = await fetch("/api/auth/login", {
        method: "POST", headers: {"content-type": "application/json"}, body: JSON.stringify({email, password}),
    });
    return [answer.status, (await answer.json()).message ?? null];
}"""
CALL = """async ([url, key]) => {
    const call = (path, options) => fetch(url + path, options);
    const headers = {"x-api-key": key, "content-type": "application/json"};
    const made = await call("/api/v1/agents", {method: "POST", headers, body: JSON.stringify({name: "page"})});
    const refused = await call("/api/v1/agents", {headers: {"x-api-key": "hp_wrong"}});
    const users = await call("/api/auth/me", {credentials: "include"}).then(() => "read", () => "blocked");
    return [made.status, refused.status, !!refused.headers.get("x-request-id"), users];
}"""

NGINX = """daemon off; pid FOLDER/pid; error_log stderr; events {}
http { access_log off;
  proxy_temp_path FOLDER/p; client_body_temp_path FOLDER/b; fastcgi_temp_path FOLDER/f; uwsgi_temp_path FOLDER/u;
  scgi_temp_path FOLDER/s;
  server { listen 127.0.0.1:PORT ssl; ssl_certificate FOLDER/c.pem; ssl_certificate_key FOLDER/k.pem;
    location / { proxy_pass http://127.0.0.1:UPSTREAM; proxy_set_header Host HOST;
      proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; } } }
"""


@pytest.fixture(scope="module")
def chromium():
    """Finds the name on this machine, and takes any certificate."""
    rules = f"--host-resolver-rules=MAP {NAME} 127.0.0.1"
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", rules, "--ignore-certificate-errors"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    context = chromium.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def proxy(tmp_path):
    """Starts nginx with TLS before a server; `host` is what it sends on as Host. Returns its port."""
    started = []

    def start(server, host):
        subject = ["-subj", f"/CN={NAME}", "-keyout", tmp_path / "k.pem", "-out", tmp_path / "c.pem"]
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject], check=True,
                       capture_output=True)
        port, text = quiet_port(), NGINX
        for word, value in {"FOLDER": tmp_path, "PORT": port, "UPSTREAM": server.port, "HOST": host}.items():
            text = text.replace(word, str(value))
        (tmp_path / "nginx.conf").write_text(text)
        process = subprocess.Popen(["/usr/sbin/nginx", "-c", tmp_path / "nginx.conf"], stderr=subprocess.PIPE)
        started.append(process)
        eventually_answers(f"https://127.0.0.1:{port}/health", process)
        return port

    yield start
    for process in started:
        process.terminate()
        process.wait(10)


def eventually_answers(url, process):
    def answers():
        assert process.poll() is None, process.stderr.read().decode()
        try:
            return requests.get(url, verify=False, timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    eventually(answers, "nginx answers")


def test_a_name_in_another_script_signs_in_and_the_next_request_is_signed_in(page, server):
    page.goto(f"http://{NAME}:{server.port}/health")
    assert page.evaluate("location.host").startswith(NAME)
    assert page.evaluate(SIGN_IN, [EMAIL, ADMIN_PASSWORD]) == [200, None]
    assert page.evaluate("fetch('/api/auth/refresh', {method: 'POST'}).then((answer) => answer.status)") == 200


@pytest.mark.parametrize("host", ["$http_host", "127.0.0.1"], ids=["passes Host", "replaces Host"])
def test_behind_a_proxy_with_tls_the_cookie_is_bound_to_the_host(page, server, proxy, host):
    port = proxy(server, host)
    page.goto(f"https://{NAME}:{port}/health")
    assert page.evaluate(SIGN_IN, [EMAIL, ADMIN_PASSWORD]) == [200, None]
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    session = cookies.pop("__Host-placet")
    assert session["secure"] and session["httpOnly"] and session["domain"] == NAME and session["path"] == "/"
    assert set(cookies) == {"placet_device"} and cookies["placet_device"]["secure"]
    assert page.evaluate("fetch('/api/auth/logout', {method: 'POST'}).then((answer) => answer.status)") == 200
    assert [cookie["name"] for cookie in page.context.cookies()] == ["placet_device"]


def test_without_fetch_metadata_a_replaced_host_is_refused_with_the_setting_that_is_missing(server, proxy):
    port = proxy(server, "127.0.0.1")
    answer = requests.post(
        f"https://127.0.0.1:{port}/api/auth/login", verify=False, headers={"origin": f"https://{NAME}"},
        json={"email": EMAIL, "password": ADMIN_PASSWORD},
    )
    assert answer.status_code == 403 and "let the proxy pass Host" in answer.json()["message"]


def test_the_address_behind_a_listed_proxy_is_that_of_the_client(make_server, proxy):
    server = make_server(PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD, PLACET_TRUSTED_PROXIES="127.0.0.1").start()
    url = f"https://127.0.0.1:{proxy(server, '$http_host')}/api/auth/login"

    def sign_in(password, client):
        # nginx sees 127.0.0.1, which is listed: what stands before it is from another proxy of the operator's.
        return requests.post(url, verify=False, headers={"x-forwarded-for": client},
                             json={"email": EMAIL, "password": password}).status_code

    assert [sign_in("a guess", "192.0.2.1") for _ in range(6)] == [401] * 5 + [429]
    assert sign_in("a guess", "198.51.100.9, 192.0.2.1") == 429
    assert sign_in(ADMIN_PASSWORD, "192.0.2.2") == 200
    assert "address=192.0.2.1 " in server.settled_log()


def test_a_page_of_a_listed_origin_calls_the_agent_api_and_nothing_else(page, make_server, canary):
    server = make_server(PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD, PLACET_CORS_ORIGINS=canary.url).start()
    key = server.owner().session.headers["x-api-key"]
    page.goto(canary.url + "/start")
    assert page.evaluate(CALL, [server.url, key]) == [201, 401, True, "blocked"]
    stranger = Canary()
    page.goto(stranger.url + "/start")
    assert page.evaluate(f"({CALL})(['{server.url}', '{key}']).catch(() => 'blocked')") == "blocked"
    stranger.server.shutdown()
    stranger.server.server_close()
