#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""counterbookctl: what customers asked for and what was promised, by day, state and whose word it is; and
how it reaches the service and is taken back."""

import datetime
import json

from ctl_world import NAMES, Service, ShopCase, main

NOBODY = "0" * 32


def day(ahead):
    return (datetime.date.today() + datetime.timedelta(days=ahead)).isoformat()


class Requests(ShopCase):
    def setUp(self):
        self.who = self.shop.add_customer(phones=["07700 900417"])

    def add(self, family="request", role="associate", **record):
        return self.shop.do(family, "add", self.who, "--record-stdin", given=json.dumps(record), role=role)

    def move(self, request, state, *options, role="associate"):
        return self.shop.do("request", "move", request["id"], state, *options, role=role)

    def test_request_is_shown_as_it_was_given(self):
        order = self.add(kind="order", text="Alder boot, 39\nbrown", due=day(3))
        self.assertEqual(set(order), {"id", "customer", "kind", "state", "text", "for", "due", "keeping",
                                      "promised_by", "request", "author", "created", "moved", "closed", "ends",
                                      "sync"})
        self.assertEqual((order["kind"], order["state"], order["due"], order["keeping"], order["sync"]),
                         ("order", "open", day(3), "pending", "waiting"))
        self.assertEqual((order["author"], order["promised_by"], order["closed"]), (NAMES["associate"], None, None))
        self.assertEqual(self.shop.show(self.who)["requests"], [order])
        plain = self.add(text="keep it until Thursday")
        self.assertEqual((plain["kind"], plain["due"], plain["keeping"]), ("other", None, None))

    def test_promise_is_somebodys_word(self):
        order = self.add(kind="order", text="Fell loafer")
        mine = self.add("promise", text="ring on Friday", due=day(0))
        self.assertEqual((mine["kind"], mine["promised_by"], mine["keeping"]), ("promise", NAMES["associate"], "due"))
        theirs = self.add("promise", text="size 41 by then", due=day(9), by=NAMES["manager"],
                          request=order["id"], **{"for": "niece"})
        self.assertEqual((theirs["promised_by"], theirs["request"], theirs["for"]),
                         (NAMES["manager"], order["id"], "niece"))
        self.assertEqual(self.move(mine, "done")["keeping"], "kept")
        self.assertEqual(self.move(theirs, "broken")["keeping"], "broken")

    def test_states_move_and_close(self):
        order = self.add(kind="repair", text="new soles")
        for state in ("in-hand", "ready"):
            self.assertEqual(self.move(order, state)["state"], state)
        self.fails(3, "request", "move", order["id"], "told", "--channel", "email")
        self.assertEqual(self.move(order, "told", "--channel", "phone")["state"], "told")
        done = self.move(order, "done")
        self.assertEqual((done["state"], done["closed"]), ("done", done["moved"]))
        self.assertLess(done["ends"], order["ends"])
        self.fails(1, "request", "move", order["id"], "broken")
        self.fails(1, "request", "move", NOBODY, "done")

    def test_board_is_by_day(self):
        late = self.add("promise", text="z", due=day(8))
        soon = self.add("promise", text="a", due=day(0))
        some = self.add(text="whenever")
        over = self.add(text="over")
        self.move(over, "cancelled")
        mine = {late["id"], soon["id"], some["id"], over["id"]}
        rows = [row["id"] for row in self.shop.do("request", "list") if row["id"] in mine]
        self.assertEqual(rows, [soon["id"], late["id"], some["id"]])
        rows = [row["id"] for row in self.shop.do("request", "list", "--all", role="manager") if row["id"] in mine]
        self.assertEqual(rows, [soon["id"], late["id"], some["id"], over["id"]])
        self.assertEqual(len(self.shop.do("request", "list", "--limit", "1")), 1)

    def test_wrong_records_are_not_taken(self):
        for family, record in (("request", {}), ("request", {"text": ""}), ("request", {"text": 7}),
                               ("request", {"text": "x", "kind": "promise"}), ("request", {"text": "x", "kind": "y"}),
                               ("request", {"text": "x", "due": "soon"}), ("request", {"text": "x", "due": day(-1)}),
                               ("request", {"text": "x", "due": "2027-02-30"}), ("request", {"text": "x", "by": "y"}),
                               ("request", {"text": "x" * 8001}), ("request", {"text": "x", "for": "y" * 129}),
                               ("promise", {"text": "x"}), ("promise", {"text": "x", "due": day(1), "by": "Nobody"}),
                               ("promise", {"text": "x", "due": day(1), "request": NOBODY}),
                               ("promise", {"text": "x", "due": day(1), "kind": "order"})):
            with self.subTest(family=family, record=list(record)):
                self.fails(1, family, "add", self.who, "--record-stdin", given=json.dumps(record))
        self.assertEqual(self.shop.show(self.who)["requests"], [])
        self.fails(1, "request", "add", NOBODY, "--record-stdin", given='{"text":"x"}')

    def test_wrong_words_are_usage(self):
        for words in (["request"], ["request", "add", self.who], ["request", "move", NOBODY],
                      ["request", "move", NOBODY, "finished"], ["request", "move", NOBODY, "done", "now"],
                      ["request", "move", NOBODY, "told", "--channel", "fax"], ["request", "list", self.who],
                      ["promise", "list"]):
            with self.subTest(words=words[:2]):
                self.fails(2, *words)

    def test_roles(self):
        order = self.add(text="x")
        for role in ("privacy", "admin"):
            self.fails(4, "request", "add", self.who, "--record-stdin", given='{"text":"x"}', role=role)
            self.fails(4, "promise", "add", self.who, "--record-stdin", given='{"text":"x"}', role=role)
            self.fails(4, "request", "list", role=role)
            self.fails(4, "request", "move", order["id"], "done", role=role)
        self.assertEqual(len(self.shop.show(self.who, "privacy")["requests"]), 1)
        self.move(order, "done", role="manager")

    def test_erased_with_its_customer(self):
        order = self.add(text="x")
        self.shop.do("erase", self.who, "--reason", "request", role="manager")
        self.fails(1, "request", "move", order["id"], "done")
        self.assertNotIn(order["id"], [row["id"] for row in self.shop.do("request", "list", "--all")])


class Sent(ShopCase):
    def test_what_was_asked_reaches_the_service_and_is_taken_back(self):
        service = Service(self.shop.folder).start()
        self.addCleanup(service.stop)
        self.shop.do("enrol", "--service", service.url, "--code-stdin", given=service.code(), role="admin")
        who = self.shop.add_customer()
        promise = self.shop.do("promise", "add", who, "--record-stdin",
                               given=json.dumps({"text": "zq ring her", "due": day(2)}))
        self.shop.do("sync", "--once", role=None)
        row = next(row for row in service.dump() if row["kind"] == "request")
        self.assertEqual((row["id"], row["scope"], row["purpose"]), (promise["id"], "request", "asked"))
        self.assertEqual((row["body"]["text"], row["body"]["state"], row["body"]["kind"]),
                         ("zq ring her", "open", "promise"))
        self.shop.do("request", "move", promise["id"], "done")
        self.shop.do("sync", "--once", role=None)
        row = next(row for row in service.dump() if row["kind"] == "request")
        self.assertEqual(row["body"]["state"], "done")
        self.assertEqual(self.shop.do("request", "list", "--all")[0]["sync"], "accepted")
        self.shop.do("consent", "withdraw", who, "--purpose", "asked")
        self.shop.do("sync", "--once", role=None)
        self.assertNotIn("zq ring her", json.dumps(service.dump()))
        self.assertEqual(self.shop.show(who)["requests"][0]["sync"], "local")


if __name__ == "__main__":
    main()
