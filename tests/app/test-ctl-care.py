#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""counterbookctl: what customers would like in return, what helped them, how they were contacted, where
they belong, and tastes that are confirmed."""

import json
import os
import re

from ctl_world import NAMES, ShopCase, main

NOBODY = "0" * 32


class Care(ShopCase):
    def setUp(self):
        self.who = self.shop.add_customer(phones=["07700 900417"])
        self.shop.answer(self.who, "shop")

    def test_wish_is_theirs(self):
        wish = self.shop.do("wish", "add", self.who, "--text-stdin", given="quiet hours\n")
        self.assertEqual(set(wish), {"id", "text", "state", "author", "created", "ends"})
        self.assertEqual((wish["text"], wish["state"], wish["author"]), ("quiet hours", "agreed", NAMES["associate"]))
        self.assertEqual(self.shop.show(self.who)["wishes"], [wish])
        self.shop.do("wish", "remove", wish["id"])
        self.assertEqual(self.shop.show(self.who)["wishes"], [])
        self.fails(1, "wish", "remove", wish["id"])
        self.fails(1, "wish", "add", self.who, "--text-stdin", given="")

    def test_used_is_counted(self):
        note = self.shop.add_note(self.who, "navy")["id"]
        size = self.shop.do("preference", "set", self.who, "--record-stdin",
                            given=json.dumps({"facet": "size", "value": "38"}))["id"]
        for _ in range(2):
            self.shop.do("note", "used", note)
        self.shop.do("preference", "used", size)
        shown = self.shop.show(self.who)
        self.assertEqual([one["used"] for one in shown["notes"] + shown["preferences"]], [2, 1])
        self.fails(1, "note", "used", NOBODY)
        self.assertEqual(self.shop.do("note", "unused", "--days", "1", role="manager"), [])

    def test_contact_is_logged_where_it_is_permitted(self):
        self.fails(3, "contact", "log", self.who, "--purpose", "news", "--channel", "phone", "--outcome", "reached")
        request = self.shop.do("request", "add", self.who, "--record-stdin", given='{"text":"ring me"}')["id"]
        self.shop.do("contact", "log", self.who, "--purpose", "asked", "--channel", "phone", "--outcome",
                     "no-answer", "--request", request)
        rows = self.shop.show(self.who)["reached"]
        self.assertEqual([(row["purpose"], row["channel"], row["outcome"], row["reason"], row["request"], row["staff"])
                          for row in rows],
                         [("asked", "phone", "no-answer", None, request, NAMES["associate"]),
                          ("news", "phone", "refused", "not-asked", None, NAMES["associate"])])
        self.fails(1, "contact", "log", self.who, "--purpose", "asked", "--channel", "phone", "--outcome",
                   "reached", "--request", NOBODY)
        self.fails(2, "contact", "log", self.who, "--purpose", "shop", "--channel", "phone", "--outcome", "reached")
        self.fails(2, "contact", "log", self.who, "--purpose", "asked", "--channel", "phone", "--outcome", "refused")

    def test_who_searched_and_asked_is_told(self):
        """Words of a note in an answer, and a verdict, are readings; a name that is found is none."""
        self.shop.add_note(self.who, "calfskin gloves")
        found = self.shop.do("customer", "find", "--text-stdin", given="calfskin\n")
        self.assertEqual([one["id"] for one in found], [self.who])
        self.shop.do("customer", "find", "--text-stdin", given="07700 900417\n", role="manager")
        self.shop.do("permission", self.who, "--purpose", "news", "--channel", "email")
        path = os.path.join(self.shop.folder, "access.html")
        self.shop.do("access", self.who, "--output", path, role="privacy")
        with open(path, encoding="utf-8") as file:
            page = file.read()
        inside = json.loads(re.search(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.S).group(1))
        looked = [(row["role"], row["action"], row["object"], row["code"]) for row in inside["looked"]]
        self.assertEqual([row for row in looked if row[1] == "note.found"],
                         [("associate", "note.found", self.who, None)])
        self.assertEqual([row for row in looked if row[1] == "consent.read"],
                         [("associate", "consent.read", "news", "email")])
        self.assertIn("saw words of a note", page)
        self.assertIn("looked up what you permit", page)

    def test_where_they_belong(self):
        self.shop.do("customer", "set", self.who, "--record-stdin",
                     given=json.dumps({"home": "Lower Quay", "associate": NAMES["manager"]}))
        shown = self.shop.show(self.who)
        self.assertEqual((shown["home"], shown["associate"]), ("Lower Quay", NAMES["manager"]))
        self.shop.do("customer", "set", self.who, "--record-stdin", given="{}")
        self.assertEqual((self.shop.show(self.who)["home"], self.shop.show(self.who)["associate"]), (None, None))
        self.fails(1, "customer", "set", self.who, "--record-stdin", given='{"associate":"Nobody"}')
        self.fails(1, "customer", "set", NOBODY, "--record-stdin", given="{}")

    def test_when_and_how_often(self):
        self.shop.answer(self.who, "news", "yes", "tapped", "--channel", "phone", "--at-most", "1", "--per-days", "30")
        may = ["permission", self.who, "--purpose", "news", "--channel", "phone"]
        log = ["contact", "log", self.who, "--purpose", "news", "--channel", "phone", "--outcome", "reached"]
        self.assertTrue(self.shop.do(*may)["allowed"])
        self.shop.do(*log)
        found = self.shop.do(*may)
        self.assertEqual((found["allowed"], found["verdict"]), (False, "too-often"))
        self.assertIsNotNone(found["next"])
        self.fails(3, *log)
        self.assertEqual([row["outcome"] for row in self.shop.show(self.who)["reached"]], ["refused", "reached"])
        said = self.shop.do("consent", "show", self.who)["conditions"]
        self.assertEqual([(row["purpose"], row["channel"], row["at_most"], row["per_days"], row["quiet_from"],
                           row["paused_until"], row["only_when"], row["method"], row["staff"]) for row in said],
                         [("news", "phone", 1, 30, None, None, None, "tapped", NAMES["associate"])])

    def test_less_is_a_word_and_more_is_a_yes(self):
        self.shop.answer(self.who, "news", "yes", "tapped", "--channel", "phone")
        may = ["permission", self.who, "--purpose", "news", "--channel", "phone"]
        limit = ["consent", "limit", self.who, "--purpose", "news", "--channel", "phone", "--method"]
        self.shop.do(*limit, "spoken", "--pause-until", "2999-12-31")
        self.assertEqual(self.shop.do(*may)["verdict"], "paused")
        self.fails(3, *limit, "spoken")
        self.shop.do(*limit, "tapped", "--only-when", "arrived")
        self.assertEqual(self.shop.do(*may)["verdict"], "unmet")
        self.assertEqual(self.shop.do(*may, "--because", "near")["verdict"], "unmet")
        self.assertTrue(self.shop.do(*may, "--because", "arrived")["allowed"])
        self.shop.do(*limit, "own-phone")
        self.assertTrue(self.shop.do(*may)["allowed"])
        self.assertEqual(self.shop.do("consent", "show", self.who)["conditions"], [])

    def test_hours_are_theirs(self):
        """Whatever the hour is here, it is quiet in one of two zones that are twelve hours apart."""
        self.shop.answer(self.who, "news", "yes", "tapped", "--channel", "phone")
        self.shop.do("consent", "limit", self.who, "--purpose", "news", "--method", "spoken", "--quiet", "18:00-06:00")
        found = []
        for zone in ("Etc/GMT+6", "Etc/GMT-6"):
            self.shop.do("customer", "set", self.who, "--record-stdin", given=json.dumps({"zone": zone}))
            self.assertEqual(self.shop.show(self.who)["zone"], zone)
            found.append(self.shop.do("permission", self.who, "--purpose", "news", "--channel", "phone")["verdict"])
        self.assertEqual(sorted(found), ["allowed", "quiet"])
        self.fails(1, "customer", "set", self.who, "--record-stdin", given='{"zone":"../../etc/passwd"}')

    def test_address_is_confirmed_by_its_owner(self):
        who = self.shop.add_customer(emails=["one@example.com", "two@example.com"])
        self.fails(3, "contact", "code", who, "--channel", "email")
        self.shop.answer(who, "news", "yes", "tapped", "--channel", "email")
        may = ["permission", who, "--purpose", "news", "--channel", "email"]
        self.assertEqual(self.shop.do(*may)["verdict"], "unconfirmed")
        found = self.shop.do("contact", "code", who, "--channel", "email", "--number", "2")
        self.assertRegex(found["code"], r"\A[0-9]{6}\Z")
        wrong = f"{(int(found['code']) + 1) % 1000000:06}"
        self.fails(3, "contact", "confirm", who, "--code-stdin", given=wrong + "\n")
        self.shop.do("contact", "confirm", who, "--code-stdin", given=found["code"] + "\n")
        self.assertTrue(self.shop.do(*may)["allowed"])
        self.assertEqual(self.shop.show(who)["confirmed"], ["two@example.com"])
        self.fails(3, "contact", "confirm", who, "--code-stdin", given=found["code"] + "\n")
        self.fails(1, "contact", "code", who, "--channel", "email", "--number", "3")
        self.fails(2, "contact", "code", who, "--channel", "phone")
        self.fails(4, "contact", "code", who, "--channel", "email", role="privacy")

    def test_conditions_that_are_none(self):
        limit = ["consent", "limit", self.who, "--purpose", "news", "--method", "tapped"]
        for wrong in (["--at-most", "1"], ["--per-days", "7"], ["--at-most", "101", "--per-days", "7"], ["--quiet", "9-20"],
                      ["--quiet", "09:00-09:00"], ["--quiet", "09:00-24:00"], ["--pause-until", "2026-02-30"],
                      ["--only-when", "often"]):
            self.fails(2, *limit, *wrong)
        self.fails(2, "consent", "limit", self.who, "--purpose", "shop", "--method", "tapped")
        self.fails(1, "consent", "record", self.who, "--purpose", "news", "--answer", "no", "--method", "spoken",
                   "--at-most", "1", "--per-days", "7")
        self.fails(4, *limit, role="privacy")
        self.fails(4, *limit, role="admin")

    def test_preference_is_confirmed(self):
        size = self.shop.do("preference", "set", self.who, "--record-stdin",
                            given=json.dumps({"facet": "size", "value": "38"}))["id"]
        before = self.shop.show(self.who)["preferences"][0]
        after = self.shop.do("preference", "confirm", size)
        self.assertEqual((after["id"], after["value"], after["age"], after["age_days"]), (size, "38", "fresh", 0))
        self.assertGreater(after["confirmed"], before["confirmed"])
        self.fails(1, "preference", "confirm", NOBODY)

    def test_card_is_put_right(self):
        who = self.shop.add_customer(emails=["wrong@example.com"])
        self.shop.do("customer", "change", who, "--record-stdin",
                     given=json.dumps({"given": "Mareike", "family": "Ellingsen", "emails": ["right@example.com"]}))
        shown = self.shop.show(who)
        self.assertEqual((shown["given"], shown["emails"], shown["phones"]), ("Mareike", ["right@example.com"], []))
        self.assertEqual(self.shop.do("customer", "confirm", who), {"id": who})
        self.fails(1, "customer", "change", who, "--record-stdin", given="{}")
        self.fails(1, "customer", "change", who, "--record-stdin", given='{"given":"A","notes":[]}')
        self.fails(1, "customer", "change", NOBODY, "--record-stdin", given='{"given":"A"}')
        self.fails(4, "customer", "change", who, "--record-stdin", given='{"given":"A"}', role="privacy")

    def test_left_as_it_is(self):
        who = self.shop.add_customer(family="Ruhig", phones=["07700 900418"])
        self.shop.answer(who, "news", "yes", "tapped", "--channel", "phone")
        may = ["permission", who, "--purpose", "news", "--channel", "phone"]
        self.assertTrue(self.shop.do(*may)["allowed"])
        self.assertEqual(self.shop.do("customer", "restrict", who), {"id": who, "restricted": True})
        self.assertEqual(self.shop.do(*may)["verdict"], "restricted")
        self.assertEqual(self.shop.do("customer", "find", "Ruhig"), [])
        self.fails(4, "customer", "show", who)
        self.fails(4, "note", "add", who, "--text-stdin", given="navy")
        self.fails(4, "customer", "release", who)
        self.fails(4, "customer", "restrict", who, role="admin")
        self.assertTrue(self.shop.show(who, role="privacy")["restricted"])
        self.shop.do("customer", "release", who, role="privacy")
        self.assertTrue(self.shop.do(*may)["allowed"])
        self.assertFalse(self.shop.show(who)["restricted"])
        self.fails(1, "customer", "restrict", NOBODY)

    def test_roles(self):
        note = self.shop.add_note(self.who, "navy")["id"]
        for role in ("privacy", "admin"):
            for words, given in ((["wish", "add", self.who, "--text-stdin"], "x"), (["wish", "remove", NOBODY], ""),
                                 (["note", "used", note], ""), (["note", "unused"], ""),
                                 (["preference", "confirm", NOBODY], ""),
                                 (["customer", "set", self.who, "--record-stdin"], "{}"),
                                 (["contact", "log", self.who, "--purpose", "asked", "--channel", "phone", "--outcome",
                                   "reached"], "")):
                self.fails(4, *words, given=given, role=role)
        self.fails(4, "note", "unused")


if __name__ == "__main__":
    main()
