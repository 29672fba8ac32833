#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The visit that ./app/run.sh plays where there is no display: through the real window, to the last claim.
Run under with-display."""

import os
import subprocess
import sys
import unittest

from ctl_world import Service, Shop, main

SOURCE, BUILD = os.environ["CB_TEST_SOURCE_ROOT"], os.environ["CB_TEST_BUILD_ROOT"]
PLAY = os.path.join(SOURCE, "app", "demo", "play.py")
SECONDS = 240


class Visit(unittest.TestCase):
    def setUp(self):
        self.shop = Shop()
        self.addCleanup(self.shop.close)
        if "CB_TEST_SANITIZED" in os.environ:
            # Here errors of memory are looked for. Leaks are other tests' business, and the stacks that tell
            # them apart make a window too slow to be used.
            self.shop.environment["ASAN_OPTIONS"] += ":detect_leaks=0:fast_unwind_on_malloc=1"
        self.shop.do("init", "--demo", role=None)
        self.service = Service(self.shop.folder).start()
        self.addCleanup(self.service.stop)
        answer = self.shop.run("--as", "Administrator", "enrol", "--service", self.service.url, "--code-stdin",
                               given=self.service.code("Fennick & Vale, Port Halden"))
        self.assertEqual(answer.code, 0, answer.errors)
        self.output = os.path.join(self.shop.folder, "pictures")

    def play(self):
        return subprocess.run(
            [sys.executable, "-B", PLAY, "--build", BUILD, "--home", self.shop.home, "--database",
             self.service.database.removeprefix("sqlite:"), "--output", self.output],
            env=self.shop.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=SECONDS, check=False)

    def test_all_of_it_is_true(self):
        done = self.play()
        text = done.stdout.decode()
        self.assertEqual(done.returncode, 0, text + done.stderr.decode()[-2000:])
        self.assertNotIn("NOT SO", text)
        for head in ("The visit", "Captured", "Allowed", "Sent", "What the service now holds of her"):
            self.assertIn("\n" + head + "\n", text)
        pictures = sorted(os.listdir(self.output))
        self.assertGreaterEqual(len(pictures), 12)
        for name in pictures:
            with open(os.path.join(self.output, name), "rb") as file:
                self.assertEqual(file.read(8), b"\x89PNG\r\n\x1a\n")


if __name__ == "__main__":
    main()
