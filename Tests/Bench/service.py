"""The server under measurement and the table of results, for all parts of scripts/bench."""

import contextlib, datetime, json, os, pathlib, platform, re, subprocess, time
import urllib.request

ROUNDS = int(os.environ.get("ROUNDS", 5))
PERSON = {"email": "admin@placet.local", "password": "correct horse battery"}


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\nended with {done.returncode}: {done.stderr}")
    return done.stdout


def wait_for(url, headers={}):
    for _ in range(1200):
        with contextlib.suppress(OSError):
            return urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=1).read()
        time.sleep(0.05)
    raise SystemExit(f"{url} does not answer")


class Peer:
    """A server of ours or somebody else's, its log in a file or nowhere, stopped by its process id."""

    def __init__(self, command, url, log=os.devnull, **environment):
        with open(log, "a") as file:
            self.process = subprocess.Popen(command, env=os.environ | environment, stdout=file, stderr=file)
        try:
            wait_for(url)
            if self.process.poll() is not None:
                raise SystemExit(f"{command[0]} ended; does another program answer {url}?")
        except BaseException:
            self.stop()
            raise

    def status(self, key):
        return self.memory(key, [self.process.pid])

    def tree(self):
        """The ids of the process and of all that it started."""
        found = [self.process.pid]
        for pid in found:
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
        return found

    def memory(self, key="VmRSS", pids=None):
        """MiB, of all its processes unless some are named."""
        texts = [pathlib.Path(f"/proc/{pid}/status").read_text() for pid in pids or self.tree()]
        return sum(int(re.search(rf"{key}:\s+(\d+) kB", text).group(1)) for text in texts) / 1024

    def processor(self):
        """Seconds of processor time of all its processes and threads, of those too that ended."""
        stats = [pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self.tree()]
        return sum(int(field) for fields in stats for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


class Table:
    """What was measured, said as it comes and shown as a table of docs/performance.md at the end."""

    def __init__(self):
        self.rows = []
        self.load = os.getloadavg()[0]

    def row(self, what, value, goal=""):
        self.rows.append((what, value, goal))
        print(f"{what}: {value}  {goal}", flush=True)

    @staticmethod
    def machine():
        cpu = re.search(r"model name\s*: (.*)", open("/proc/cpuinfo").read()).group(1)
        return f"{cpu}, {os.cpu_count()} cores, Linux {platform.release()}, {datetime.date.today()}"

    def show(self):
        print(f"\n{self.machine()}; medians of {ROUNDS} rounds; load before {self.load:.1f}\n")
        print("| what | measured | goal |\n|---|---|---|")
        for what, value, goal in self.rows:
            print(f"| {what} | {value} | {goal} |")


def placet(binary, folder, port, log_level="warning", log=os.devnull, **environment):
    store = f"{folder}/store"
    os.makedirs(folder, exist_ok=True)
    peer = Peer([binary, "serve", "--port", str(port), "--storage", store], f"http://127.0.0.1:{port}/health", log,
                PLACET_LOG_LEVEL=log_level, PLACET_RATE_LIMIT="off", PLACET_ADMIN_PASSWORD=PERSON["password"],
                **environment)
    peer.idle = peer.status("VmRSS")
    peer.root, peer.address = f"http://127.0.0.1:{port}", ("127.0.0.1", port)
    peer.base = f"{peer.root}/api/v1"
    peer.folder, peer.storage = folder, store
    peer.key = run(binary, "keys", "create", "--label", "bench", "--storage", store).strip()
    peer.header = f"x-api-key: {peer.key}"
    request = urllib.request.Request(f"{peer.base}/agents", json.dumps({"name": "bench"}).encode(),
                                     {"x-api-key": peer.key, "content-type": "application/json"})
    peer.channel = json.load(urllib.request.urlopen(request))["id"]
    return peer


def sign_in(peer, person=PERSON):
    """The token of a new session, of the first owner when nobody is named."""
    request = urllib.request.Request(peer.base.replace("/v1", "/auth/login"), json.dumps(person).encode(),
                                     {"content-type": "application/json"})
    cookie = urllib.request.urlopen(request, timeout=60).headers["set-cookie"]
    return re.match("access_token=([^;]+)", cookie).group(1)
