#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""counterbookctl against the real service: what was agreed arrives, nothing else does, and what is taken
back is gone there too."""

import fcntl
import json
import os
import socket
import time

from ctl_world import NAMES, Service, Shop, ShopCase, main

CANARY = "zq7canary"


class Synced(ShopCase):
    def setUp(self):
        self.shop = Shop()
        self.addCleanup(self.shop.close)
        self.shop.open(*self.options, staff=("admin", "manager", "associate"))
        self.service = Service(self.shop.folder).start()
        self.addCleanup(self.service.stop)

    def enrol(self):
        return self.shop.do("enrol", "--service", self.service.url, "--code-stdin",
                            given=self.service.code("Port Halden Quay"), role="admin")

    def sync(self):
        return self.shop.do("sync", "--once", role=None)

    def tell(self, name="Mara"):
        """A customer with a note and a preference nobody agreed to."""
        who = self.shop.add_customer(CANARY + name, "Ellingsen", language="en",
                                     emails=[CANARY + "@example.com"], phones=["07700 900417"])
        note = self.shop.add_note(who, CANARY + " wants navy")["id"]
        size = self.shop.do("preference", "set", who, "--record-stdin",
                            given=json.dumps({"facet": "size", "value": CANARY + " 38"}))["id"]
        return who, note, size

    def dumped(self, who):
        return {(row["kind"], row["id"]): row for row in self.service.dump() if row["customer"] == who}

    def test_enrolment_tells_who_this_is(self):
        found = self.enrol()
        self.assertEqual((found["store"], found["service"]), ("Port Halden Quay", self.service.url))
        status = self.shop.do("status", role=None)
        self.assertEqual((status["enrolled"], status["terminal"], status["name"]),
                         (True, found["terminal"], "Port Halden Quay"))
        self.shop.do("init", *self.options, role=None)
        self.assertEqual(self.shop.do("status", role=None)["name"], "Port Halden Quay")

    def test_code_is_good_once(self):
        code = self.service.code()
        self.shop.do("enrol", "--service", self.service.url, "--code-stdin", given=code, role="admin")
        terminal = self.shop.do("status", role=None)["terminal"]
        self.fails(1, "enrol", "--service", self.service.url, "--code-stdin", given=code, role="admin")
        self.fails(1, "enrol", "--service", self.service.url, "--code-stdin", given="WRONG", role="admin")
        self.assertEqual(self.shop.do("status", role=None)["terminal"], terminal)

    def test_sync_before_enrolment_fails_plainly(self):
        self.fails(1, "sync")
        self.assertIs(self.shop.do("status", role=None)["enrolled"], False)

    def test_nothing_unanswered_arrives(self):
        self.enrol()
        who, _, _ = self.tell()
        found = self.sync()
        self.assertIs(self.shop.do("status", role=None)["clock"]["confirmed"], True)
        self.assertEqual((found["sent"], found["waiting"]), (0, 0))
        self.assertEqual(found["held"], 3)
        self.assertEqual(self.dumped(who), {})
        self.assertNotIn(CANARY, json.dumps(self.service.dump()))

    def test_shop_alone_sends_her_records_for_the_store(self):
        self.enrol()
        who, note, size = self.tell()
        other, _, _ = self.tell("Other")
        self.shop.answer(who, "shop", "yes", "spoken")
        kept = self.shop.add_note(who, "tonight only " + CANARY, "--intent", "visit")["id"]
        wide = self.shop.add_note(who, CANARY + " everywhere", "--purpose", "everywhere")["id"]
        self.assertEqual(self.sync()["parked"], 0)
        rows = self.dumped(who)
        self.assertEqual(set(rows), {("customer", who), ("note", note), ("preference", size),
                                     ("consent", who + "/shop/*")})
        self.assertEqual({row["scope"] for row in rows.values()}, {"store"})
        self.assertEqual({row["store"] for row in rows.values()}, {"Port Halden Quay"})
        self.assertEqual(rows["note", note]["body"]["text"], CANARY + " wants navy")
        self.assertEqual(self.dumped(other), {})
        states = {one["id"]: one["sync"] for one in self.shop.show(who)["notes"]}
        self.assertEqual((states[note], states[kept], states[wide]), ("accepted", "local", "held"))

    def test_guardians_yes_is_theirs_there_too(self):
        self.enrol()
        who, note, _ = self.tell("Pia")
        self.shop.do("consent", "record", who, "--purpose", "shop", "--answer", "yes", "--method", "signed", "--by",
                     "guardian", "--proof-stdin", given="form 17")
        self.assertEqual(self.sync()["parked"], 0)
        rows = self.dumped(who)
        evidence = rows["consent", who + "/shop/*"]["body"]["evidence"]
        self.assertEqual((evidence["entity"], evidence["method"], evidence["proof"]), ("guardian", "signed", "form 17"))
        self.assertIn(("note", note), rows)
        self.shop.do("consent", "withdraw", who, "--purpose", "shop")
        self.sync()
        self.assertEqual(set(self.dumped(who)), {("consent", who + "/shop/*")})

    def test_no_keeps_everything_here(self):
        self.enrol()
        who, _, _ = self.tell()
        self.shop.answer(who, "shop", "no")
        self.sync()
        self.assertNotIn(CANARY, json.dumps(self.service.dump()))

    def test_second_sync_sends_nothing_twice(self):
        self.enrol()
        who, _, _ = self.tell()
        self.shop.answer(who, "everywhere")
        first = self.sync()
        before = self.service.dump()
        again = self.sync()
        self.assertGreater(first["sent"], 3)
        self.assertEqual((again["sent"], again["accepted"]), (0, first["accepted"]))
        self.assertEqual(self.service.dump(), before)
        self.assertEqual({row["state"] for row in self.shop.do("outbox", "list", role=None)
                          if row["kind"] != "note" or row["state"] != "held"}, {"accepted"})

    def test_withdrawn_is_gone_there(self):
        self.enrol()
        who, _, _ = self.tell()
        self.shop.answer(who, "shop", "yes", "spoken")
        self.sync()
        self.shop.do("consent", "withdraw", who, "--purpose", "shop")
        self.sync()
        rows = self.dumped(who)
        self.assertEqual({kind for kind, _ in rows}, {"consent"})
        self.assertEqual({row["body"]["state"] for row in rows.values()}, {"withdrawn"})
        self.assertNotIn(CANARY, json.dumps(self.service.dump()))
        self.assertEqual({note["state"] for note in self.shop.show(who)["notes"]}, {"unasked"})

    def test_erased_is_gone_there_and_first_in_the_row(self):
        self.enrol()
        who, _, _ = self.tell()
        self.shop.answer(who, "everywhere")
        self.sync()
        other, _, _ = self.tell("Other")
        self.shop.answer(other, "shop", "yes", "spoken")
        self.shop.do("erase", who, "--reason", "request", role="manager")
        first = self.shop.do("outbox", "list", role=None)[0]
        self.assertEqual((first["kind"], first["customer"]), ("erase", who))
        self.sync()
        self.assertEqual(self.dumped(who), {})
        self.assertTrue(self.dumped(other))
        self.assertNotIn(CANARY + "Mara", json.dumps(self.service.dump()))

    def test_offline_loses_nothing(self):
        self.enrol()
        who, _, _ = self.tell()
        self.shop.answer(who, "shop", "yes", "spoken")
        self.service.stop()
        waiting = self.shop.do("status", role=None)["waiting"]
        begun = time.monotonic()
        self.fails(1, "sync")
        self.assertLess(time.monotonic() - begun, 60)
        self.assertEqual(self.shop.do("status", role=None)["waiting"], waiting)
        self.assertEqual(waiting, 4)
        self.service.start()
        self.assertEqual(self.sync()["sent"], waiting)
        self.assertEqual(len(self.dumped(who)), 4)

    def test_revoked_terminal_keeps_what_it_has(self):
        terminal = self.enrol()["terminal"]
        who, _, _ = self.tell()
        self.shop.answer(who, "shop", "yes", "spoken")
        self.service.ask("revoke", terminal)
        self.fails(1, "sync")
        self.assertEqual(self.shop.do("status", role=None)["waiting"], 4)
        self.assertEqual(self.dumped(who), {})

    def test_stolen_terminal_destroys_what_it_has(self):
        terminal = self.enrol()["terminal"]
        who, _, _ = self.tell()
        backup = os.path.join(self.shop.folder, "elsewhere.backup")
        self.shop.do("backup", backup, role="admin")
        self.service.ask("revoke", "--wipe", terminal)
        self.assertIn("to be wiped", self.service.ask("terminals"))
        said = self.fails(1, "sync")
        self.assertIn("destroyed", said)
        self.assertIn("destroyed", self.fails(1, "status"))
        left = [name for folder in (self.shop.home, self.shop.state) for _, _, names in os.walk(folder)
                for name in names if not name.endswith(".lock")]
        self.assertEqual(left, ["wiped"])
        self.assertIn("destroyed", self.fails(1, "doctor", "--repair"))
        self.shop.do("init", *self.options, role=None)
        self.assertIs(self.shop.do("status", role=None)["enrolled"], False)

    def test_environment_points_nobody_elsewhere(self):
        self.enrol()
        who, _, _ = self.tell()
        self.shop.answer(who, "shop", "yes", "spoken")
        self.shop.environment.update({name: "http://127.0.0.1:9" for name in (
            "http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")})
        self.shop.environment.pop("no_proxy", None)
        self.shop.environment["SSLKEYLOGFILE"] = self.shop.folder + "/keylog"
        self.assertEqual(self.sync()["sent"], 4)
        self.assertFalse(os.path.exists(self.shop.folder + "/keylog"))


class Disturbed(Synced):
    """Not reached, cut, or somebody else is at it."""

    def test_silence_ends_within_a_minute(self):
        self.enrol()
        self.service.stop()
        with socket.socket() as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            deaf.bind(("127.0.0.1", self.service.port))
            deaf.listen(1)
            begun = time.monotonic()
            self.fails(1, "sync")
            self.assertLess(time.monotonic() - begun, 60)

    def test_signal_cuts_it_and_loses_nothing(self):
        self.enrol()
        who, _, _ = self.tell()
        self.shop.answer(who, "shop", "yes", "spoken")
        self.service.stop()
        with socket.socket() as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            deaf.bind(("127.0.0.1", self.service.port))
            deaf.listen(1)
            process = self.shop.start("sync")
            deaf.accept()[0].recv(1)
            process.terminate()
            self.assertEqual(process.wait(10), 1)
            process.communicate()
        self.assertEqual(self.shop.do("status", role=None)["waiting"], 4)

    def test_one_syncs_at_a_time(self):
        self.enrol()
        who, _, _ = self.tell()
        self.shop.answer(who, "shop", "yes", "spoken")
        store = self.shop.do("status", role=None)["store"]
        with open(os.path.join(self.shop.state, "counterbook", store, "sync.lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            process = self.shop.start("--json", "sync")
            time.sleep(1)
            self.assertIsNone(process.poll())
            self.assertEqual(self.dumped(who), {})
            fcntl.flock(lock, fcntl.LOCK_UN)
            output, _ = process.communicate(timeout=60)
        self.assertEqual((process.returncode, json.loads(output)["sent"]), (0, 4))


# What Disturbed inherits are its means, not its tests.
for name in [name for name in dir(Synced) if name.startswith("test_")]:
    setattr(Disturbed, name, None)


if __name__ == "__main__":
    main()
