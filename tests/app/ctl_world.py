# SPDX-License-Identifier: Apache-2.0
"""What the tests of counterbookctl share: a shop in a folder of its own, the program as scripts call it,
the real service beside it, and unittest speaking TAP."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

CTL = os.environ["CB_TEST_CTL"]
PROFILED = os.environ["CB_TEST_PROFILED"]
# A program that watches its memory is several times slower.
PATIENCE = 240 if "CB_TEST_SANITIZED" in os.environ else 60
PINS = {"admin": "260491", "manager": "904172", "privacy": "357806", "associate": "482915"}
NAMES = {"admin": "Ada Minton", "manager": "Ines Oberwald", "privacy": "Ruth Callow",
         "associate": "Tomas Wrenfield"}


class Answer:
    """What one run said. `document` is the JSON on standard output; there must be exactly one."""

    def __init__(self, code, output, errors):
        self.code = code
        self.output = output
        self.errors = errors

    @property
    def document(self):
        return json.loads(self.output.decode("utf-8"))


class Shop:
    """A store's folder and its state, thrown away at the end."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="cb-ctl-")
        self.home = os.path.join(self.folder, "home")
        self.state = os.path.join(self.folder, "state")
        self.environment = dict(os.environ, XDG_STATE_HOME=self.state, COUNTERBOOK_HOME=self.home)
        self.staff = {}

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, *words, **options):
        return subprocess.Popen([CTL, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, env=self.environment, **options)

    def run(self, *words, given=b""):
        if isinstance(given, str):
            given = given.encode("utf-8")
        process = self.start(*words)
        output, errors = process.communicate(given, timeout=PATIENCE)
        return Answer(process.returncode, output, errors)

    def do(self, *words, given="", role="associate"):
        """One that must succeed, as JSON."""
        who = ["--as", NAMES[role]] if role else []
        answer = self.run("--json", *who, *words, given=given)
        if answer.code != 0:
            raise AssertionError(f"{words[:2]} ended with {answer.code}: {answer.errors.decode()}")
        return answer.document

    def open(self, *options, staff=("admin", "manager", "privacy", "associate")):
        """Makes the store and takes the staff on."""
        self.do("init", *options, role=None)
        for role in staff:
            found = self.do("staff", "add", NAMES[role], "--role", role, "--pin-stdin",
                            given=PINS[role] + "\n", role="admin" if role != "admin" else None)
            self.staff[role] = found["id"]
        return self

    def add_customer(self, given="Mara", family="Ellingsen", **more):
        record = dict({"given": given, "family": family}, **more)
        return self.do("customer", "add", "--record-stdin", given=json.dumps(record))["id"]

    def add_note(self, customer, text, *options):
        return self.do("note", "add", customer, "--text-stdin", *options, given=text)

    def show(self, customer, role="manager"):
        return self.do("customer", "show", customer, role=role)

    def answer(self, customer, purpose, answer="yes", method="tapped", *options):
        return self.do("consent", "record", customer, "--purpose", purpose, "--answer", answer,
                       "--method", method, *options)


class Service:
    """counterbook-profiled with a database of its own. It keeps its port when it is started again."""

    def __init__(self, folder):
        self.database = "sqlite:" + os.path.join(folder, "profiles.db")
        self.errors = os.path.join(folder, "service.log")
        self.port = 0
        self.process = None
        self.url = None

    def start(self):
        with open(self.errors, "ab") as log:
            self.process = subprocess.Popen(
                [PROFILED, "--database", self.database, "--listen", f"127.0.0.1:{self.port}"],
                stdout=subprocess.PIPE, stderr=log, text=True)
        line = self.process.stdout.readline()
        self.url = re.fullmatch(r"listening on (http://127\.0\.0\.1:\d+)\n", line).group(1)
        self.port = int(self.url.rsplit(":", 1)[1])
        return self

    def stop(self):
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(PATIENCE)
            self.process.stdout.close()
        self.process = None

    def ask(self, *words):
        return subprocess.run([PROFILED, *words, "--database", self.database], check=True, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE).stdout

    def code(self, store="Port Halden"):
        return self.ask("enrol", "--store", store)

    def dump(self):
        return [json.loads(line) for line in self.ask("dump").splitlines()]


class ShopCase(unittest.TestCase):
    """Tests that share one shop."""

    options = ("--store", "Port Halden", "--region", "GB")

    @classmethod
    def setUpClass(cls):
        cls.shop = Shop()
        cls.addClassCleanup(cls.shop.close)
        cls.shop.open(*cls.options)

    def fails(self, code, *words, given="", role="associate"):
        """It ends with that code, says nothing on standard output and one line on standard error."""
        who = ["--as", NAMES[role]] if role else []
        answer = self.shop.run("--json", *who, *words, given=given)
        self.assertEqual(answer.code, code, answer.errors.decode("utf-8", "replace"))
        self.assertEqual(answer.output, b"")
        self.assertRegex(answer.errors.decode("utf-8"), r"\Acounterbookctl: [^\n]+\n\Z")
        return answer.errors.decode("utf-8")


# --- unittest speaking TAP ---

class TapResult(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.count = 0
        self.trouble = None
        self.reason = None

    def startTest(self, test):
        super().startTest(test)
        self.trouble = self.reason = None

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.take(test, self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self.take(test, self.errors[-1][1])

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.trouble = (self.trouble or "") + str(subtest) + ": " + str(err[1]) + "\n"

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.reason = reason

    def take(self, test, trace):
        self.trouble = (self.trouble or "") + trace
        if not isinstance(test, unittest.TestCase):
            self.stopTest(test)  # what a class needs before its first test failed

    def stopTest(self, test):
        self.count += 1
        path = re.sub(r"^__main__\.", "", test.id()).replace(".test_", "/").replace("_", "-")
        print(f"{'not ok' if self.trouble else 'ok'} {self.count} - /ctl/{path}"
              + (f" # SKIP {self.reason}" if self.reason else ""), flush=True)
        if self.trouble:
            print(self.trouble, file=sys.stderr, flush=True)


def main():
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    print(f"1..{suite.countTestCases()}", flush=True)
    result = TapResult()
    suite.run(result)
    sys.exit(0 if result.wasSuccessful() else 1)
