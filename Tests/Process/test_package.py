"""The Debian package in a bare machine: what is in it, and how it comes, is updated and goes."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from placet_server import eventually

ROOT = Path(__file__).resolve().parent.parent.parent
#: A debug build is linked with Swift's own libraries, which are no part of Debian. Released binaries have none of it.
TOOLCHAIN = "/opt/swift"
ONLY_DEBUG = "custom-library-search-path"
MIRROR = "http://deb.debian.org/debian"
#: Where machines are kept, each made once for what the package needs: a download of 100 MB.
BARE = Path("/var/tmp")
#: What systemd says when the start has ended.
UP = ("running", "degraded")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="a machine in a container needs root"),
]


def run(*command, **more):
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, **more)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def package(binary, tmp_path_factory):
    """Makes the package of a version."""
    folder = tmp_path_factory.mktemp("packages")
    environment = os.environ | {"DEBFULLNAME": "Placet", "DEBEMAIL": "placet@debian.org"}

    def make(version):
        run(ROOT / "scripts/package", "--binary", binary, "--output", folder, "--version", version, env=environment)
        return next(folder.glob(f"placet_{version}_*.deb"))

    return make


@pytest.fixture(scope="module")
def first(package):
    return package("0.0.1")


class Machine:
    """Debian with systemd in a container with a network of its own."""

    def __init__(self, root):
        self.root = root
        toolchain = [f"--bind-ro={TOOLCHAIN}"] if Path(TOOLCHAIN).exists() else []
        command = ["systemd-nspawn", "--register=no", "--keep-unit", "--private-network", "-q", "-b", "-D", root]
        self.said = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [*command, *toolchain], stdin=subprocess.DEVNULL, stdout=self.said, stderr=subprocess.STDOUT)
        self.leader = None

    def start(self):
        self.leader = eventually(self._leader, "the machine starts", 60)
        eventually(lambda: self.says("systemctl", "is-system-running").strip() in UP, "it is up", 120)

    def _leader(self):
        """The first process of the machine. For a moment there is one that only prepares it."""
        if self.process.poll() is not None:
            self.said.seek(0)
            pytest.skip(f"a container needs the right to make one: {self.said.read()[-300:]}")
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return next((child for child in children if Path(f"/proc/{child}/comm").read_text() == "systemd\n"), None)

    def says(self, *command):
        """What a command in the machine prints, whatever its exit code."""
        inside = ["nsenter", "--all", "--target", self.leader, "--", "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"]
        return subprocess.run([*inside, *command], capture_output=True, text=True, timeout=120).stdout

    def dpkg(self, *arguments):
        said = self.says("sh", "-c", f"dpkg {' '.join(arguments)} 2>&1; echo code $?")
        assert said.endswith("code 0\n"), said
        return said

    def healthy(self):
        return "200" in self.says("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "http://127.0.0.1:3001/health")

    def main_process(self):
        return int(self.says("systemctl", "show", "-p", "MainPID", "--value", "placet"))

    def stop(self):
        self.process.terminate()
        self.process.wait()


@pytest.fixture(scope="module")
def machine(first, tmp_path_factory):
    depends = run("dpkg-deb", "-f", first, "Depends").split(",")
    needed = [name.split("|")[0].split("(")[0].strip() for name in depends]
    included = ",".join([*needed, "systemd-sysv", "curl"])
    bare = BARE / f"placet-bookworm-{hashlib.sha256(included.encode()).hexdigest()[:12]}.tar"
    if not bare.exists():
        kind = ["--variant=minbase", "--format=tar", f"--include={included}"]
        run("mmdebstrap", *kind, "bookworm", f"{bare}.new", MIRROR)
        Path(f"{bare}.new").rename(bare)
    root = tmp_path_factory.mktemp("machine")
    run("tar", "-xf", bare, "-C", root)
    (root / "etc/machine-id").write_text("")
    machine = Machine(root)
    try:
        machine.start()
        yield machine
    finally:
        machine.stop()
    shutil.rmtree(root, ignore_errors=True)


def test_lintian_finds_nothing(first):
    found = subprocess.run(["lintian", "--tag-display-limit", "0", first], capture_output=True, text=True).stdout
    assert [line for line in found.splitlines() if ONLY_DEBUG not in line] == []


def test_each_command_has_a_page_and_each_setting_is_in_the_file(first, binary, tmp_path):
    run("dpkg-deb", "-x", first, tmp_path)
    dump = json.loads(run(binary, "--experimental-dump-help"))
    names = {"placet"} | {f"placet-{one['commandName']}" for one in dump["command"]["subcommands"]} - {"placet-help"}
    pages = list((tmp_path / "usr/share/man/man1").iterdir())
    assert {page.name.removesuffix(".1.gz") for page in pages} == names
    for page in pages:
        man = ["man", "--warnings", "-l", page]
        shown = subprocess.run(man, capture_output=True, text=True, env=os.environ | {"MANWIDTH": "80"})
        assert shown.stderr == "" and "SYNOPSIS" in shown.stdout, f"{page.name}: {shown.stderr}"
    settings = (tmp_path / "etc/placet/placet.env").read_text()
    documented = set(re.findall(r"^\| .*?\|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE))
    variables = {name for row in documented for name in re.findall(r"PLACET_\w+", row)} - {"PLACET_STORAGE"}
    assert variables == set(re.findall(r"^#(PLACET_\w+)=", settings, re.MULTILINE))
    assert run("bash", "-n", tmp_path / "usr/share/bash-completion/completions/placet") == ""


def test_the_service_is_hardly_exposed(first, tmp_path):
    run("dpkg-deb", "-x", first, tmp_path)
    exposed = run("systemd-analyze", "security", "--offline=true", tmp_path / "lib/systemd/system/placet.service")
    assert float(re.search(r"exposure level for placet.service: ([\d.]+)", exposed)[1]) <= 1.5


def test_it_is_installed_updated_removed_and_purged(machine, first, package):
    shutil.copy2(first, machine.root / "first.deb")
    shutil.copy2(package("0.0.2"), machine.root / "second.deb")

    said = machine.dpkg("-i", "/first.deb")
    assert "placet keys create" in said and "3001" in said
    eventually(machine.healthy, "it answers after the installation", 60)
    assert machine.says("stat", "-c", "%U:%G %a", "/etc/placet/placet.env", "/var/lib/placet").split("\n")[:2] == [
        "root:placet 640", "placet:placet 700"]
    assert machine.says("ps", "-o", "user=", "-p", str(machine.main_process())).strip() in ("placet", "")
    assert machine.says("systemd-analyze", "verify", "placet.service") == ""
    assert "First start" in machine.says("journalctl", "-u", "placet", "-o", "cat")
    operator = ["runuser", "-u", "placet", "--", "placet"]
    key = machine.says(*operator, "keys", "create", "--label", "tests", "--storage", "/var/lib/placet").strip()
    api = ["curl", "-sS", "-H", f"x-api-key: {key}"]
    url = "http://127.0.0.1:3001/api/v1"
    agent = ["-H", "content-type: application/json", "-d", '{"name":"a"}']
    channel = json.loads(machine.says(*api, f"{url}/agents", *agent))["id"]
    upload = ["-F", "file=@/etc/debian_version", "-F", f"channelId={channel}"]
    file = json.loads(machine.says(*api, f"{url}/files/upload", *upload))["id"]

    # An update of the running service: settings and files stay, and the new one runs.
    settings = machine.root / "etc/placet/placet.env"
    settings.write_text("PLACET_LOG_FORMAT=json\n")
    before = machine.main_process()
    machine.dpkg("-i", "--force-confdef", "/second.deb")
    eventually(machine.healthy, "it answers after the update", 60)
    assert machine.main_process() not in (0, before)
    assert settings.read_text() == "PLACET_LOG_FORMAT=json\n" and settings.stat().st_mode & 0o777 == 0o640
    download = f"{url}/files/{file}/download"
    assert machine.says(*api, "-L", download) == (machine.root / "etc/debian_version").read_text()

    machine.dpkg("-r", "placet")
    assert not machine.healthy() and settings.exists() and not (machine.root / "usr/bin/placet").exists()
    assert "stay in /var/lib/placet" in machine.dpkg("-P", "placet")
    assert not settings.exists() and (machine.root / "var/lib/placet/index.sqlite").exists()

    # Back again on what was there.
    machine.dpkg("-i", "/first.deb")
    eventually(machine.healthy, "it answers on the files of before", 60)
    assert machine.says(*api, "-L", download) == (machine.root / "etc/debian_version").read_text()
