# SPDX-License-Identifier: Apache-2.0
"""What the proofs over whole programs share: a terminal in a world of its own, a service, a proxy between
them, and results in TAP.

Nothing here says in words what a record holds: a test that fails tells ids, numbers and digests.
"""

import ctypes
import hashlib
import json
import os
import random
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import traceback

# A program that watches its memory is several times slower.
PATIENCE = 240 if "CB_TEST_SANITIZED" in os.environ else 60
PIN = b"480273\n"
LONG = bool(os.environ.get("CB_TEST_LONG"))
SEED = int(os.environ.get("CB_TEST_SEED") or random.SystemRandom().randrange(1 << 31))
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)


class Skip(Exception):
    """The case can't be tried here, and why."""


# --- results ---------------------------------------------------------------------------------------------------


def run(cases):
    """Run (path, function) pairs; print TAP; exit."""
    say(f"seed {SEED}: CB_TEST_SEED={SEED} draws the same again")
    print(f"1..{len(cases)}", flush=True)
    failed = 0
    for number, (path, case) in enumerate(cases, 1):
        line = f"ok {number} - {path}"
        try:
            case()
        except Skip as reason:
            line += f" # SKIP {reason}"
        except Exception:  # whatever went wrong is the case's failure, and the next one is still run
            failed += 1
            line = "not " + line
            traceback.print_exc()
        print(line, flush=True)
    sys.exit(1 if failed else 0)


def say(text):
    """A figure that is worth keeping, as a TAP comment."""
    print("# " + text, flush=True)


def check(condition, text):
    if not condition:
        raise AssertionError(text)


def digest(text):
    """Stands for a text in a complaint."""
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return f"{hashlib.sha256(data).hexdigest()[:12]} ({len(data)} bytes)"


def rounds(full, at_least, seconds):
    """Counts up to `full` when everything is asked for, else until the seconds are over, but never fewer
    than `at_least`."""
    end = time.monotonic() + seconds
    for number in range(full):
        if not LONG and number >= at_least and time.monotonic() > end:
            return
        yield number


def dice(name):
    """Chance of one's own for each case, so that one that is run alone draws the same."""
    return random.Random(f"{SEED} {name}")


def shared(*path):
    """Text that nobody here wrote, beside some checkouts."""
    found = os.path.join(os.environ.get("CB_TEST_SHARED") or "/nonexistent", *path)
    if not os.path.exists(found):
        raise Skip(f"there is no {os.path.join(*path)} beside this checkout")
    return found


def fixture(name):
    return os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "fixtures", name)


def program(variable):
    path = os.environ.get(variable)
    check(path and os.path.exists(path), f"{variable} names no program")
    return path


def in_threads(count, work):
    """Run work(index) in so many threads at once; the first failure is everybody's."""
    failures = []

    def guarded(index):
        try:
            work(index)
        except BaseException as error:  # a thread's failure is told by the one that waits for it
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


# --- folders ---------------------------------------------------------------------------------------------------


class World:
    """A folder that holds everything a test writes, temporary files of the programs included."""

    def __init__(self):
        self.root = tempfile.mkdtemp(prefix="cb-app-")
        self._to_end = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for thing in reversed(self._to_end):
            thing.end()
        shutil.rmtree(self.root, ignore_errors=True)

    def folder(self, *path):
        whole = os.path.join(self.root, *path)
        os.makedirs(whole, 0o700, exist_ok=True)
        return whole

    def terminal(self, name="terminal", **options):
        return Terminal(self, name, **options)

    def service(self, name="service", folder=None):
        service = Service(self, name, folder)
        self._to_end.append(service)
        return service

    def proxy(self, port, **options):
        proxy = Proxy(port, **options)
        self._to_end.append(proxy)
        return proxy

    def environment(self, name):
        """A home of its own: what a program writes is written below the root or nowhere."""
        extra = {
            "HOME": self.folder(name, "home"),
            "TMPDIR": self.folder(name, "tmp"),
            "XDG_CACHE_HOME": self.folder(name, "cache"),
            "XDG_CONFIG_HOME": self.folder(name, "config"),
            "XDG_DATA_HOME": self.folder(name, "data"),
            "XDG_RUNTIME_DIR": self.folder(name, "run"),
            "XDG_STATE_HOME": self.folder(name, "state"),
        }
        kept = {key: value for key, value in os.environ.items() if not key.startswith("COUNTERBOOK_")}
        return {**kept, **extra}

    def files(self, *path):
        """Every file below a folder, with its bytes."""
        for folder, _, names in os.walk(os.path.join(self.root, *path)):
            for name in names:
                whole = os.path.join(folder, name)
                if os.path.isfile(whole) and not os.path.islink(whole):
                    with open(whole, "rb") as file:
                        yield os.path.relpath(whole, self.root), file.read()


def _die_with_parent():
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


# --- the terminal ----------------------------------------------------------------------------------------------


class Result:
    def __init__(self, code, out, err):
        self.code = code
        self.out = out
        self.err = err

    @property
    def json(self):
        return json.loads(self.out)

    def complaint(self):
        """What standard error said; a failure is told in exactly one line."""
        lines = self.err.decode("utf-8", "replace").splitlines()
        check(len(lines) == 1 and lines[0].startswith("counterbookctl: ") and not self.out,
              f"exit {self.code} came with {len(lines)} lines on standard error, {len(self.out)} bytes of answer")
        return lines[0].removeprefix("counterbookctl: ")


class Terminal:
    """A store and those who work with it, by way of counterbookctl."""

    def __init__(self, world, name, keep_unasked=0, home=None):
        self.world = world
        self.name = name
        self.environment = world.environment(name)
        self.home = home or os.path.join(self.environment["XDG_DATA_HOME"], "counterbook")
        self.state_root = os.path.join(self.environment["XDG_STATE_HOME"], "counterbook")
        self.said = []
        self._program = program("CB_TEST_CTL")
        init = ["init", "--store", "A shop of its own", "--region", "GB"]
        if keep_unasked:
            init += ["--keep-unasked", str(keep_unasked), "--keep-basis", "for the tests"]
        made = self.ctl(*init).json
        self.id = made["store"]
        self.ctl("staff", "add", "Warden", "--role", "admin", "--pin-stdin", given=PIN)
        for who, role in (("Head", "manager"), ("Hand", "associate"), ("Seal", "privacy")):
            self.ctl("staff", "add", who, "--role", role, "--pin-stdin", by="Warden", given=PIN)
        # An init that was killed when the store was made and its code not yet said has lost the code, not the store.
        if "recovery" not in made:
            made = self.ctl("reseal", "--new-code", by="Warden").json
        self.recovery = made["recovery"].encode()

    @property
    def state(self):
        return os.path.join(self.state_root, self.id)

    @property
    def database(self):
        return os.path.join(self.home, "counterbook.db")

    def command(self, *words, by=None):
        return [self._program, "--json", "--home", self.home, *(["--as", by] if by else []), *words]

    def start(self, *words, by=None):
        return subprocess.Popen(self.command(*words, by=by), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, env=self.environment)

    def run(self, *words, by=None, given=b"", **options):
        """Run to the end, however it ends."""
        if isinstance(given, (dict, list)):
            given = json.dumps(given, ensure_ascii=False).encode("utf-8", "surrogatepass")
        done = subprocess.run(self.command(*words, by=by), input=given, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=self.environment, timeout=PATIENCE, check=False,
                              **options)
        self.said.append(done.stderr)
        return Result(done.returncode, done.stdout, done.stderr)

    def ctl(self, *words, by=None, given=b"", code=0):
        """Run and expect that exit status."""
        result = self.run(*words, by=by, given=given)
        check(result.code == code,
              f"{' '.join(words[:2])} ended with {result.code}, not {code}: "
              + result.err.decode("utf-8", "replace").strip())
        return result

    # What people do.

    def add_customer(self, record=None, by="Hand"):
        record = record or {"given": "Test", "family": "Person"}
        return self.ctl("customer", "add", "--record-stdin", by=by, given=record).json["id"]

    def add_note(self, customer, text, *options, by="Hand"):
        given = (text.encode() if isinstance(text, str) else text) + b"\n"
        return self.ctl("note", "add", customer, "--text-stdin", *options, by=by, given=given).json["id"]

    def set_preference(self, customer, record, by="Hand"):
        return self.ctl("preference", "set", customer, "--record-stdin", by=by, given=record).json["id"]

    def answer(self, customer, purpose, answer="yes", method="tapped", *options):
        return self.ctl("consent", "record", customer, "--purpose", purpose, "--answer", answer,
                        "--method", method, *options, by="Hand")

    def show(self, customer, by="Head"):
        """Everything about a customer, or None when there is none of that id."""
        result = self.run("customer", "show", customer, by=by)
        if result.code == 0:
            return result.json
        check(result.code == 1 and "no such customer" in result.complaint(), "a record could not be shown: "
              + result.err.decode("utf-8", "replace").strip())
        return None

    def sync(self, code=0):
        return self.ctl("sync", code=code)

    def status(self):
        return self.ctl("status").json

    def outbox(self):
        return self.ctl("outbox", "list").json

    def states(self):
        """How many operations are in which state."""
        counts = {}
        for operation in self.outbox():
            counts[operation["state"]] = counts.get(operation["state"], 0) + 1
        return counts

    def verify_audit(self):
        return self.ctl("audit", "verify", by="Seal").json

    def ask(self, sql, *values):
        """The first column of what the database says in the clear: ids, states and codes."""
        database = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        try:
            return [row[0] for row in database.execute(sql, values)]
        finally:
            database.close()

    def check_whole(self):
        """The database is sound, its foreign keys hold, and the chain of audit rows closes."""
        self.verify_audit()
        check(self.ask("PRAGMA integrity_check") == ["ok"], "the database is damaged")
        check(not self.ask("PRAGMA foreign_key_check"), "a row refers to nothing")

    def enrol(self, service, url=None):
        return self.ctl("enrol", "--service", url or service.url, "--code-stdin", by="Warden",
                        given=service.make_code().encode() + b"\n")

    def fill(self, customer, count, size=600, pause_ms=0):
        """Many notes from one program, each synced to disk by itself; gives their texts by id."""
        command = [program("CB_TEST_FILL"), self.home, customer, *map(str, (count, size, pause_ms))]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              env=self.environment, timeout=600, check=True)
        return dict(line.split(" ", 1) for line in done.stdout.decode().splitlines())


# --- the service -----------------------------------------------------------------------------------------------


class Service:
    """counterbook-profiled over SQLite on loopback. It keeps its port when it is started again."""

    STORE = "Quay 4"

    def __init__(self, world, name, folder=None):
        self.world = world
        self.environment = world.environment(name)
        self.folder = folder or world.folder(name, "book")
        self.database = os.path.join(self.folder, "profiles.db")
        self.log = os.path.join(world.folder(name, "log"), "service.log")
        self.port = 0
        self.process = None
        self._program = program("CB_TEST_PROFILED")
        self.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self._program, "--database", "sqlite:" + self.database, "--listen", f"127.0.0.1:{self.port}"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, env=self.environment,
                preexec_fn=_die_with_parent)
        line = self.process.stdout.readline().decode()
        check(line.startswith("listening on "), "the service did not start: " + line.strip())
        self.port = int(line.strip().rstrip("/").rsplit(":", 1)[1])

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process = None

    def stop(self):
        self.process.terminate()
        code = self.process.wait(PATIENCE)
        self.process.stdout.close()
        self.process = None
        check(code == 0, f"the service ended with {code}")

    def end(self):
        if self.process:
            self.kill()

    def command(self, *words):
        done = subprocess.run([self._program, "--database", "sqlite:" + self.database, *words],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=self.environment, timeout=PATIENCE, check=False)
        check(done.returncode == 0, f"{words[0]} ended with {done.returncode}: "
              + done.stderr.decode("utf-8", "replace").strip())
        return done.stdout

    def run(self, *words):
        """How a command ends that may end badly."""
        return subprocess.run([self._program, "--database", "sqlite:" + self.database, *words],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              env=self.environment, timeout=PATIENCE, check=False).returncode

    def make_code(self):
        return self.command("enrol", "--store", self.STORE).decode().strip()

    def dump_bytes(self):
        return self.command("dump")

    def dump(self, kind=None):
        """The current records by id; a record that is there twice is a failure."""
        records = {}
        for line in self.dump_bytes().splitlines():
            record = json.loads(line)
            check(record["id"] not in records, "a record is in the dump twice")
            records[record["id"]] = record
        return {key: value for key, value in records.items() if kind in (None, value["kind"])}

    def check(self):
        self.command("check")


# --- what lies between -----------------------------------------------------------------------------------------


class Proxy:
    """The proxy that goes wrong on purpose; see the head of support/chaos-proxy.c."""

    def __init__(self, port, seed=1, record=None):
        command = [program("CB_TEST_CHAOS_PROXY"), "--commands", "--target", str(port), "--seed", str(seed)]
        self.process = subprocess.Popen(command + (["--record", record] if record else []),
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        preexec_fn=_die_with_parent)
        self.port = int(self.process.stdout.readline())

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def set(self, mode):
        self.process.stdin.write(mode.encode() + b"\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        check(answer == b"ok\n", f"the proxy knows no mode {mode}")

    def end(self):
        self.process.stdin.close()
        self.process.wait(PATIENCE)
        self.process.stdout.close()


def recorded(path):
    """What went through a proxy: (direction, bytes) in the order in which it passed."""
    pieces = []
    with open(path, "rb") as file:
        while header := file.readline():
            direction, length = header.split()
            pieces.append((direction.decode(), file.read(int(length))))
            file.read(1)
    return pieces


def wait_for_output(process, seconds):
    """Whether a program says something within the time."""
    return bool(select.select([process.stdout], [], [], seconds)[0])
