#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""counterbookctl: days that matter to customers, those that come back and events with their steps."""

import datetime
import json

from ctl_world import NAMES, ShopCase, main

NOBODY = "0" * 32
TODAY = datetime.date.today()


def day(ahead):
    return (TODAY + datetime.timedelta(days=ahead)).isoformat()


class Occasions(ShopCase):
    def setUp(self):
        self.who = self.shop.add_customer()
        self.shop.answer(self.who, "shop")

    def add(self, **record):
        return self.shop.do("occasion", "add", self.who, "--record-stdin", given=json.dumps(record))

    def test_event_is_shown_with_its_steps(self):
        found = self.add(text="sister's wedding", date=day(60), **{"for": "sister"}, provenance="asked",
                         steps=[{"text": "fitting", "days_before": 42}, {"text": "collect", "date": day(57)}])
        self.assertEqual(set(found), {"id", "customer", "kind", "text", "for", "date", "next", "steps",
                                      "provenance", "state", "author", "created", "confirmed", "fades", "age",
                                      "age_days", "ends"})
        self.assertEqual((found["kind"], found["date"], found["next"], found["for"], found["state"],
                          found["provenance"], found["author"]),
                         ("event", day(60), day(60), "sister", "agreed", "asked", NAMES["associate"]))
        self.assertEqual([(step["text"], step["due"], step["done"]) for step in found["steps"]],
                         [("fitting", day(18), None), ("collect", day(57), None)])
        self.assertEqual(found["ends"][:10], day(91))
        self.assertEqual(self.shop.show(self.who)["occasions"], [found])

    def test_day_that_comes_back(self):
        found = self.add(text="birthday", date=TODAY.strftime("%m-%d"))
        self.assertEqual((found["kind"], found["next"], found["steps"]), ("yearly", day(0), []))
        again = self.shop.do("occasion", "confirm", found["id"])
        self.assertGreater(again["confirmed"], found["confirmed"])

    def test_step_is_done_and_undone(self):
        step = self.add(text="party", date=day(9), steps=[{"text": "press", "days_before": 0}])["steps"][0]["id"]
        self.assertIsNotNone(self.shop.do("occasion", "done", step)["steps"][0]["done"])
        self.assertIsNone(self.shop.do("occasion", "done", step, "--undo")["steps"][0]["done"])
        self.fails(1, "occasion", "done", NOBODY)

    def test_list_is_what_is_coming(self):
        soon = self.add(text="soon", date=day(3))
        step = self.add(text="far, with a step", date=day(300), steps=[{"text": "order", "date": day(5)}])
        far = self.add(text="far", date=day(300))
        rows = [row["id"] for row in self.shop.do("occasion", "list", "--days", "7")]
        self.assertEqual([one for one in rows if one in (soon["id"], step["id"], far["id"])],
                         [soon["id"], step["id"]])

    def test_removed_and_erased(self):
        found = self.add(text="party", date=day(9))
        self.assertEqual(self.shop.do("occasion", "remove", found["id"]), {"removed": found["id"]})
        self.fails(1, "occasion", "remove", found["id"])
        self.assertEqual(self.shop.show(self.who)["occasions"], [])

    def test_wrong_records_are_not_taken(self):
        good = {"text": "x", "date": day(3)}
        for wrong in ({"text": None}, {"text": ""}, {"text": 7}, {"date": None}, {"date": "1961-05-17"},
                      {"date": "May 17"}, {"date": "02-30"}, {"date": day(-1)}, {"provenance": "inferred"},
                      {"for": "y" * 129}, {"kind": "event"}, {"steps": {}}, {"steps": [7]}, {"steps": [None]},
                      {"steps": [{"text": "x"}]}, {"steps": [{"date": day(1)}]},
                      {"steps": [{"text": "x", "date": day(4)}]}, {"steps": [{"text": "x", "days_before": -1}]},
                      {"steps": [{"text": "x", "date": day(1), "by": "y"}]},
                      {"date": "05-17", "steps": [{"text": "x", "date": day(1)}]}):
            with self.subTest(wrong=wrong):
                self.fails(1, "occasion", "add", self.who, "--record-stdin", given=json.dumps({**good, **wrong}))
        self.assertEqual(self.shop.show(self.who)["occasions"], [])

    def test_unasked_is_for_its_author_and_managers(self):
        self.who = self.shop.add_customer()
        self.assertEqual(self.add(text="birthday", date="05-17")["state"], "unasked")
        self.shop.do("staff", "add", "Jonas A.", "--role", "associate", "--pin-stdin", given="615038", role="admin")
        shown = self.shop.run("--json", "--as", "Jonas A.", "customer", "show", self.who).document
        self.assertEqual(shown["occasions"], [])
        self.assertEqual(len(self.shop.show(self.who)["occasions"]), 1)

    def test_roles(self):
        found = self.add(text="party", date=day(9))
        for role in ("privacy", "admin"):
            self.fails(4, "occasion", "list", role=role)
            self.fails(4, "occasion", "remove", found["id"], role=role)
            self.fails(4, "occasion", "confirm", found["id"], role=role)
            self.fails(4, "occasion", "done", found["id"], role=role)
        self.assertEqual(len(self.shop.show(self.who, "privacy")["occasions"]), 1)


if __name__ == "__main__":
    main()
