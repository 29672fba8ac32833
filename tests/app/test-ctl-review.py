#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""counterbookctl: notes that a manager reads, what becomes of them, and what their authors correct."""

import json
import os

from ctl_world import NAMES, ShopCase, main

NOBODY = "0" * 32
LOUD = "zqloudmouth with a temper; wants navy"


class Review(ShopCase):
    def setUp(self):
        self.shop.do("review", "sample", "--percent", "100", role="manager")
        self.who = self.shop.add_customer(phones=["07700 900417"])
        self.shop.answer(self.who, "shop")
        self.note = self.shop.add_note(self.who, LOUD)["id"]

    def shown(self):
        return next(one for one in self.shop.show(self.who)["notes"] if one["id"] == self.note)

    def test_listed_and_shown(self):
        row = next(one for one in self.shop.do("review", "list", role="manager") if one["id"] == self.note)
        self.assertEqual((row["customer"], row["author"], row["cause"], row["state"]),
                         (self.who, NAMES["associate"], "sample", "waiting"))
        self.assertNotIn("note", row)
        shown = self.shop.do("review", "show", self.note, role="manager")
        self.assertEqual(shown["note"]["text"], LOUD)
        self.fails(4, "review", "list")
        self.fails(4, "review", "show", self.note)
        self.fails(1, "review", "show", NOBODY, role="manager")
        self.fails(1, "review", "show", self.note, role="privacy")

    def test_approved_is_done(self):
        self.shop.do("review", "approve", self.note, role="manager")
        self.assertEqual((self.shown()["review"], self.shown()["reviewer"]), ("approved", NAMES["manager"]))
        self.fails(1, "review", "approve", self.note, role="manager")

    def test_returned_is_corrected(self):
        self.shop.do("review", "return", self.note, "--reason", "opinion", "--remark-stdin", role="manager",
                     given="what was said is enough\n")
        self.assertEqual((self.shown()["review"], self.shown()["review_reason"], self.shown()["review_remark"]),
                         ("returned", "opinion", "what was said is enough"))
        self.fails(4, "note", "correct", self.note, "--text-stdin", given="navy\n", role="manager")
        corrected = self.shop.do("note", "correct", self.note, "--text-stdin", given="navy\n")
        self.assertEqual(corrected["text"], "navy")
        self.assertIsNotNone(corrected["corrected"])
        shown = self.shop.do("review", "show", self.note, role="manager")
        self.assertEqual((shown["cause"], shown["note"]["text"]), ("corrected", "navy"))
        self.fails(2, "review", "return", self.note, role="manager")

    def test_redacted_is_gone(self):
        self.fails(1, "review", "redact", self.note, "--reason", "opinion", "--kept-stdin", role="manager",
                   given="wants green\n")
        done = self.shop.do("review", "redact", self.note, "--reason", "opinion", "--kept-stdin", role="manager",
                            given="wants navy\n")
        self.assertEqual((done["state"], done["selfcheck"]), ("redacted", "pass"))
        self.assertEqual((self.shown()["text"], self.shown()["review"]), ("wants navy", "redacted"))
        found = self.shop.do("customer", "find", "--text-stdin", given="zqloudmouth\n")
        self.assertNotIn(self.who, [one["id"] for one in found])
        self.fails(1, "note", "correct", self.note, "--text-stdin", given="navy\n")
        path = os.path.join(self.shop.folder, "redacted.json")
        self.shop.do("access", self.who, "--output", path, "--format", "json", role="privacy")
        with open(path, encoding="utf-8") as file:
            told = json.load(file)
        note = next(one for one in told["notes"] if one["id"] == self.note)
        self.assertEqual((note["text"], note["review"], note["review_reason"]), ("wants navy", "redacted", "opinion"))
        self.assertNotIn("zqloudmouth", json.dumps(told))

    def test_escalated_is_for_privacy(self):
        self.shop.do("review", "escalate", self.note, "--reason", "sensitive", role="manager")
        rows = [one["id"] for one in self.shop.do("review", "list", role="privacy")]
        self.assertEqual(rows, [self.note])
        self.shop.do("review", "approve", self.note, role="privacy")
        self.assertEqual(self.shop.do("review", "list", role="privacy"), [])


if __name__ == "__main__":
    main()
