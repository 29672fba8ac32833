#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The old book comes in as scripts bring it: the counts, the exits, what stays where."""

import os
import signal
import time

from ctl_world import NAMES, ShopCase, main

FIXTURES = os.path.join(os.environ["CB_TEST_SOURCE_ROOT"], "tests", "fixtures", "import")


def fixtures():
    return sorted(name for name in os.listdir(FIXTURES) if name.endswith((".vcf", ".csv")))


class Book(ShopCase):
    def bring(self, path, *options):
        found = self.shop.do("import", path, *options, role="manager")
        self.assertEqual(sorted(found), ["added", "merged", "read", "rejected"])
        self.assertEqual(found["read"], found["added"] + found["merged"] + len(found["rejected"]))
        return found

    def write(self, name, text):
        path = os.path.join(self.shop.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def refused(self, code, *words, role="manager"):
        answer = self.shop.run("--json", "--as", NAMES[role], "import", *words)
        self.assertEqual((answer.code, answer.output), (code, b""))
        self.assertEqual(answer.errors.count(b"\n"), 1)


class Import(Book):
    def test_a_second_run_adds_nothing(self):
        for name in fixtures():
            tried = self.bring(os.path.join(FIXTURES, name), "--dry-run")
            first = self.bring(os.path.join(FIXTURES, name))
            again = self.bring(os.path.join(FIXTURES, name))
            self.assertEqual(tried, first, name)
            self.assertEqual((again["read"], again["added"]), (first["read"], 0), name)
            self.assertEqual(again["rejected"], first["rejected"], name)
        held = self.shop.do("outbox", "list", role=None)
        self.assertEqual({row["state"] for row in held}, {"held"})

    def test_who_may_and_what_is_wrong(self):
        path = os.path.join(FIXTURES, "gmail.csv")
        for role in ("associate", "privacy", "admin"):
            self.refused(4, path, role=role)
        self.refused(1, os.path.join(self.shop.folder, "absent.vcf"))
        self.refused(1, self.shop.folder)
        self.refused(2, path, "--format", "xml")
        self.refused(2, path, "--basis", "because")
        for day in ("2001-01-01", "2031-02-30", "soon", "2031-1-1", ""):
            self.refused(2, path, "--keep-until", day)
        self.assertEqual(self.bring(path, "--basis", "contract", "--keep-until", "2099-12-31",
                                    "--format", "csv")["read"], 1)

    def test_reasons_say_where_and_quote_nothing(self):
        path = self.write("book.csv", "Name,Email\n,\nVera Vellum,vera@example.com\n\"Una,x@example.com\n"
                                      "Will Wax,will@example.com\n")
        found = self.bring(path)
        self.assertEqual([row["line"] for row in found["rejected"]], [2, 4])
        self.assertEqual(found["added"], 2)
        for row in found["rejected"]:
            self.assertNotIn("Una", row["reason"])

    def test_a_word_among_the_addresses_is_nobody(self):
        path = self.write("none.csv", "Name,Email\nVera Vellum,none\n,none\n")
        found = self.bring(path)
        self.assertEqual((found["added"], [row["line"] for row in found["rejected"]]), (1, [3]))


class Killed(Book):
    def test_killed_it_leaves_whole_entries(self):
        path = self.write("long.csv", "First Name,Last Name,Email,Phone\n" + "".join(
            f"Given{i},Family{i},p{i}@example.org,+44 20 79{i:06}\n" for i in range(6000)))
        process = self.shop.start("--json", "--as", NAMES["manager"], "import", path)
        time.sleep(0.4)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        cards = self.shop.do("customer", "list", "--limit", "10000", role="manager")
        for card in cards:
            self.assertEqual((len(card["emails"]), len(card["phones"])), (1, 1))
        found = self.bring(path)
        self.assertEqual((found["read"], found["merged"]), (6000, len(cards)))
        self.assertEqual(len(self.shop.do("customer", "list", "--limit", "10000", role="manager")), 6000)


class Suppressions(Book):
    LIST = ("Email Address,First Name,Phone,UNSUB_TIME\n"
            "ghost.canary@example.com,Gus,,2024-03-02 11:00:00\n"
            ",,07700 900877,2024-03-02 11:00:00\n"
            "keen@example.com,Kay,,\n")

    def suppress(self, path, *options):
        found = self.shop.do("suppressions", "import", path, *options, role="manager")
        self.assertEqual(sorted(found), ["added", "merged", "not_asked", "read", "rejected"])
        self.assertEqual(found["read"], found["added"] + found["merged"] + len(found["rejected"]))
        return found

    def test_a_list_comes_in_once_and_keeps_no_value(self):
        path = self.write("gone.csv", self.LIST)
        tried = self.suppress(path, "--dry-run")
        first = self.suppress(path)
        again = self.suppress(path)
        self.assertEqual(tried, first)
        self.assertEqual((first["added"], again["added"], again["merged"]), (2, 0, 2))
        self.assertEqual([row["line"] for row in first["rejected"]], [4])
        for folder in (self.shop.home, self.shop.state):
            for parent, _, names in os.walk(folder):
                for name in names:
                    with open(os.path.join(parent, name), "rb") as file:
                        held = file.read()
                    self.assertFalse(b"ghost.canary" in held or b"900877" in held)

    def test_who_may_and_what_it_does(self):
        path = self.write("gone.csv", self.LIST)
        for role in ("associate", "privacy", "admin"):
            self.fails(4, "suppressions", "import", path, role=role)
        self.fails(1, "suppressions", "import", os.path.join(self.shop.folder, "absent.csv"), role="manager")
        self.fails(2, "suppressions", "import", role="manager")
        self.suppress(path)
        later = self.shop.add_customer("Gus", "Later", emails=["Ghost.Canary@Example.com"], phones=["+447700900877"])
        for channel in ("email", "sms", "phone", "messenger"):
            found = self.shop.do("permission", later, "--purpose", "invitations", "--channel", channel)
            self.assertEqual((found["allowed"], found["verdict"]), (False, "suppressed"))
            self.assertIn("not to be contacted", found["reason"])

    def test_a_yes_is_taken_back(self):
        customer = self.shop.add_customer("Vera", "Vellum", emails=["vera.v@example.com"])
        self.shop.answer(customer, "news", "yes", "tapped", "--channel", "email")
        self.suppress(self.write("no.txt", "vera.v@example.com\n"))
        found = self.shop.do("permission", customer, "--purpose", "news", "--channel", "email")
        self.assertEqual(found["verdict"], "withdrawn")
        waiting = [row for row in self.shop.do("outbox", "list", role=None)
                   if row["customer"] == customer and row["state"] == "waiting"]
        self.assertEqual(len(waiting), 1)

    def test_a_no_stays_where_nothing_of_theirs_is_kept(self):
        customer = self.shop.add_customer("Vera", "Vellum", emails=["vera.v@example.com"])
        self.suppress(self.write("no.txt", "vera.v@example.com\n"))
        found = [row for row in self.shop.do("outbox", "list", role=None)
                 if row["customer"] == customer and row["act"] == "refuse"]
        self.assertTrue(found)
        self.assertEqual({(row["state"], row["reason"]) for row in found},
                         {("held", "a no goes only where something of theirs is kept")})


if __name__ == "__main__":
    main()
