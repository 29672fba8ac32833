#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""counterbookctl: what customers would like in return, what helped them, how they were contacted, where
they belong, and tastes that are confirmed."""

import json

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

    def test_where_they_belong(self):
        self.shop.do("customer", "set", self.who, "--record-stdin",
                     given=json.dumps({"home": "Lower Quay", "associate": NAMES["manager"]}))
        shown = self.shop.show(self.who)
        self.assertEqual((shown["home"], shown["associate"]), ("Lower Quay", NAMES["manager"]))
        self.shop.do("customer", "set", self.who, "--record-stdin", given="{}")
        self.assertEqual((self.shop.show(self.who)["home"], self.shop.show(self.who)["associate"]), (None, None))
        self.fails(1, "customer", "set", self.who, "--record-stdin", given='{"associate":"Nobody"}')
        self.fails(1, "customer", "set", NOBODY, "--record-stdin", given="{}")

    def test_preference_is_confirmed(self):
        size = self.shop.do("preference", "set", self.who, "--record-stdin",
                            given=json.dumps({"facet": "size", "value": "38"}))["id"]
        before = self.shop.show(self.who)["preferences"][0]
        after = self.shop.do("preference", "confirm", size)
        self.assertEqual((after["id"], after["value"], after["age"], after["age_days"]), (size, "38", "fresh", 0))
        self.assertGreater(after["confirmed"], before["confirmed"])
        self.fails(1, "preference", "confirm", NOBODY)

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
