#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""counterbookctl as the contract has it: each command, its JSON, its exit code, its roles."""

import itertools
import json
import os
import stat
import sqlite3
import subprocess
import time

from ctl_world import CTL, NAMES, PINS, Shop, ShopCase, main

NOBODY = "0" * 32
MARA = {"given": "Mara", "family": "Ellingsen", "preferred": "Mara E.", "language": "en",
        "emails": ["mara@example.com"], "phones": ["07700 900417"]}


class Store(ShopCase):
    def test_init_tells_the_recovery_code_once(self):
        shop = Shop()
        self.addCleanup(shop.close)
        first = shop.do("init", "--store", "Lower Quay", role=None)
        self.assertEqual(set(first), {"store", "recovery"})
        again = shop.do("init", "--store", "Lower Quay", role=None)
        self.assertEqual(again, {"store": first["store"]})

    def test_init_again_changes_nothing(self):
        before = self.shop.do("audit", "verify", role="privacy")["rows"]
        self.shop.do("init", *self.options, "--keep-unasked", "0", role=None)
        self.assertEqual(self.shop.do("audit", "verify", role="privacy")["rows"], before)

    def test_init_keeps_unasked_notes_for_a_recorded_reason_alone(self):
        shop = Shop()
        self.addCleanup(shop.close)
        shop.do("init", "--keep-unasked", "7", "--keep-basis", "legitimate interest", role=None)
        self.assertEqual(shop.do("status", role=None)["keep_unasked"], 7)
        for options in (["--keep-unasked", "8"], ["--keep-basis", "only"], ["--keep-unasked", "31",
                        "--keep-basis", "x"], ["--region", "England"], ["--demo", "--store", "x"]):
            self.assertEqual(shop.run("init", *options).code, 2, options)
        self.assertEqual(shop.do("status", role=None)["keep_unasked"], 7)

    def test_files_are_for_their_owner_alone(self):
        for folder, _, names in os.walk(self.shop.folder):
            self.assertEqual(stat.S_IMODE(os.stat(folder).st_mode), 0o700, "a folder")
            for name in names:
                mode = os.stat(os.path.join(folder, name)).st_mode
                self.assertEqual(stat.S_IMODE(mode), 0o600, name)

    def test_status_tells_the_store_its_counts_and_its_service(self):
        status = self.shop.do("status", role=None)
        self.assertEqual(status["name"], "Port Halden")
        self.assertLessEqual({"store", "schema", "waiting", "held", "accepted", "parked", "enrolled",
                              "service", "terminal", "last_accepted"}, set(status))
        self.assertIs(status["enrolled"], False)
        self.assertIsNone(status["service"])

    def test_home_is_an_option_or_the_environment(self):
        answer = self.shop.run("--home", self.shop.folder + "/elsewhere", "--json", "status")
        self.assertEqual(answer.code, 1)
        self.assertFalse(os.path.exists(self.shop.folder + "/elsewhere"))

    def test_audit_fits_together(self):
        found = self.shop.do("audit", "verify", role="privacy")
        self.assertTrue(found["whole"])
        self.assertGreater(found["rows"], 3)

    def test_audit_is_told(self):
        head = self.shop.do("audit", "verify", role="privacy")["head"]
        last = int(head.split("-")[0])
        who = self.shop.add_customer()
        self.assertTrue(self.shop.do("audit", "verify", "--head", head, role="privacy")["whole"])
        self.fails(1, "audit", "verify", "--head", f"{last}-" + "0" * 32, role="privacy")
        self.fails(1, "audit", "verify", "--head", "never", role="privacy")
        rows = self.shop.do("audit", "export", "--after", str(last), role="privacy")
        self.assertEqual([(row["seq"], row["action"], row["customer"], row["staff"]) for row in rows],
                         [(last + 1, "customer.add", who, self.shop.staff["associate"]),
                          (last + 2, "audit.export", None, self.shop.staff["privacy"])])
        self.assertEqual(len(self.shop.do("audit", "export", "--limit", "2", role="privacy")), 2)
        self.fails(2, "audit", "export", "--after", "x", role="privacy")

    def test_retention_ends_what_has_had_its_day(self):
        self.assertEqual(self.shop.do("retention", "run", role=None), {"ended": 0})

    def test_retention_says_beforehand_what_ends(self):
        who = self.shop.add_customer("Ina", "Endson")
        note = self.shop.add_note(who, "for tonight alone", "--intent", "visit")["id"]
        found = [row for row in self.shop.do("retention", "list", "--days", "1", role="privacy")
                 if row["id"] == note]
        self.assertEqual([(row["kind"], row["customer"], row["why"]) for row in found],
                         [("note", who, "tonight")])
        self.fails(4, "retention", "list", role="associate")

    def test_date_is_confirmed_by_who_may(self):
        clock = self.shop.do("status", role=None)["clock"]
        self.assertEqual(clock["state"], "believed")
        self.fails(4, "retention", "confirm-time", role="associate")
        clock = self.shop.do("retention", "confirm-time", role="manager")["clock"]
        self.assertEqual((clock["state"], clock["confirmed"], clock["off_s"]), ("believed", True, 0))

    def test_a_clock_that_jumped_stops_retention(self):
        year_ago_us = int((time.time() - 365 * 24 * 3600) * 1e6)
        store = sqlite3.connect(os.path.join(self.shop.home, "counterbook.db"))
        with store:
            store.execute("UPDATE setting SET value = ? WHERE key = 'timekeeper'",
                          (f"1 another-run 1 1 {year_ago_us} 0",))
        store.close()
        self.fails(1, "retention", "run", role=None)
        self.assertEqual(self.shop.do("status", role=None)["clock"]["state"], "ahead")
        self.shop.do("retention", "confirm-time", role="admin")
        self.shop.do("retention", "run", role=None)


class Staff(ShopCase):
    def test_first_needs_nobody_and_others_an_admin(self):
        shop = Shop()
        self.addCleanup(shop.close)
        shop.do("init", role=None)
        pin = PINS["manager"]
        self.assertEqual(shop.run("staff", "add", "A", "--role", "manager", "--pin-stdin",
                                  given=pin).code, 0)
        # A store whose first was no admin is not without one for ever; the first admin is the last to need nobody.
        for by, name, role, code in ((None, "B", "associate", 4), ("A", "B", "associate", 4), (None, "B", "admin", 0),
                                     (None, "C", "admin", 4), ("A", "C", "admin", 4), ("B", "C", "admin", 0)):
            words = ("--as", by) if by else ()
            done = shop.run(*words, "staff", "add", name, "--role", role, "--pin-stdin", given=pin)
            self.assertEqual(done.code, code, f"{role} by {by}")

    def test_list_shows_names_and_roles(self):
        rows = self.shop.do("staff", "list", role=None)
        self.assertEqual({row["name"]: row["role"] for row in rows if not row["disabled"]},
                         {name: role for role, name in NAMES.items()})
        self.assertEqual({row["id"] for row in rows} >= set(self.shop.staff.values()), True)

    def test_disabled_staff_act_no_more(self):
        pin = "739264"
        who = self.shop.do("staff", "add", "Leila M.", "--role", "associate", "--pin-stdin", given=pin,
                           role="admin")["id"]
        self.shop.do("staff", "disable", who, role="admin")
        answer = self.shop.run("--as", who, "customer", "find", "mara")
        self.assertEqual(answer.code, 4)
        self.assertEqual(self.shop.run("--as", who, "status").code, 4)

    def test_weak_pin_is_not_taken(self):
        for pin in ("123456", "12345", "111111", "", "482915\n482915"):
            self.fails(1, "staff", "add", "X", "--role", "associate", "--pin-stdin", given=pin, role="admin")

    def test_as_takes_a_name_or_an_id(self):
        for who in (self.shop.staff["manager"], NAMES["manager"], NAMES["manager"].upper()):
            self.assertEqual(self.shop.run("--json", "--as", who, "customer", "list").code, 0)
        self.assertEqual(self.shop.run("--as", "Nobody", "customer", "list").code, 1)


class Customers(ShopCase):
    def test_card_is_shown_as_it_was_given(self):
        who = self.shop.do("customer", "add", "--record-stdin", given=json.dumps(MARA))["id"]
        shown = self.shop.show(who)
        self.assertEqual({member: shown[member] for member in MARA}, MARA)
        self.assertEqual((shown["id"], shown["notes"], shown["preferences"]), (who, [], []))
        self.assertEqual(len(shown["permissions"]), 5 + 2 * 5)

    def test_found_by_whatever_is_known_of_them(self):
        who = self.shop.add_customer("Jürgen", "Straßmüller", emails=["j.str@example.com"],
                                     phones=["07700 900128"])
        for typed in ("jurgen", "STRASSM", "07700900128", "+44 7700 900128", "0128", "j.str@"):
            rows = self.shop.do("customer", "find", typed)
            self.assertIn(who, [row["id"] for row in rows], typed)
        rows = self.shop.do("customer", "find", "--text-stdin", given="straßmüller\n")
        self.assertEqual([(row["given"], row["family"]) for row in rows], [("Jürgen", "Straßmüller")])

    def test_nobody_found_is_no_failure(self):
        self.assertEqual(self.shop.do("customer", "find", "zzzz"), [])

    def test_person_is_one_row_however_many_notes_match(self):
        who = self.shop.add_customer("Corrie", "Thorne")
        self.shop.answer(who, "shop")
        for word in ("first", "second"):
            self.shop.add_note(who, f"corrie scarf, the {word}")
        rows = self.shop.do("customer", "find", "corrie")
        self.assertEqual([row["id"] for row in rows].count(who), 1)
        rows = self.shop.do("customer", "find", "scarf")
        self.assertEqual([row["id"] for row in rows], [who])
        self.assertIn("scarf", rows[0]["matched"])

    def test_words_nobody_agreed_to_are_not_found(self):
        who = self.shop.add_customer("Vera", "Quiet")
        self.shop.add_note(who, "periwinkle")
        self.assertEqual(self.shop.do("customer", "find", "periwinkle"), [])

    def test_associate_gets_a_screenful(self):
        for number in range(22):
            self.shop.add_customer("Many", f"Folk{number}")
        self.assertEqual(len(self.shop.do("customer", "find", "many", "--limit", "100")), 20)
        found = self.shop.do("customer", "find", "many", "--limit", "100", role="manager")
        self.assertEqual(len(found), 22)
        self.assertEqual(len(self.shop.do("customer", "find", "many", "--limit", "3")), 3)

    def test_list_goes_page_by_page(self):
        whole = [row["id"] for row in self.shop.do("customer", "list", role="manager")]
        paged, after = [], []
        while True:
            page = self.shop.do("customer", "list", "--limit", "7", *after, role="manager")
            if not page:
                break
            paged += [row["id"] for row in page]
            after = ["--after", paged[-1]]
        self.assertEqual(paged, whole)
        self.assertEqual(sorted(whole), whole)

    def test_nobody_there_is_a_failure(self):
        self.fails(1, "customer", "show", NOBODY)
        self.fails(1, "customer", "show", "../../etc/passwd")
        self.fails(1, "note", "add", NOBODY, "--text-stdin", given="x")
        self.fails(1, "permission", NOBODY, "--purpose", "shop")
        self.fails(1, "erase", NOBODY, "--reason", "request", role="manager")

    def test_erased_is_gone(self):
        who = self.shop.add_customer("Hale", "Northcott")
        self.assertEqual(self.shop.do("erase", who, "--reason", "request", role="privacy"),
                         {"erased": who, "selfcheck": "pass"})
        self.fails(1, "customer", "show", who)
        self.assertEqual(self.shop.do("customer", "find", "northcott"), [])


class Notes(ShopCase):
    def setUp(self):
        self.who = self.shop.add_customer()

    def test_note_tells_its_life(self):
        first = self.shop.add_note(self.who, "navy")
        self.assertEqual((first["state"], first["findings"]), ("unasked", []))
        asked = self.shop.add_note(self.who, "call when it is in", "--purpose", "asked")
        self.assertEqual(asked["state"], "asked")
        self.shop.answer(self.who, "shop", "yes", "spoken")
        self.assertEqual(self.shop.add_note(self.who, "38 narrow")["state"], "agreed")
        tonight = self.shop.add_note(self.who, "today only", "--intent", "visit")
        self.assertEqual(tonight["state"], "unasked")
        states = {note["id"]: (note["state"], note["sync"]) for note in self.shop.show(self.who)["notes"]}
        self.assertEqual(states[first["id"]], ("agreed", "waiting"))
        self.assertEqual(states[asked["id"]], ("asked", "waiting"))
        self.assertEqual(states[tonight["id"]], ("unasked", "local"))

    def test_note_keeps_its_context(self):
        note = self.shop.add_note(self.who, "line one\n\tline two\n\n", "--kind", "try-on", "--intent", "gift",
                                  "--discretion", "private", "--for", "daughter", "--provenance", "asked")
        shown = self.shop.show(self.who)["notes"][0]
        self.assertEqual(set(shown), {"id", "text", "kind", "intent", "discretion", "for", "provenance",
                                      "purpose", "state", "author", "created", "ends", "sync", "used", "corrected",
                                      "review", "review_reason", "review_remark", "reviewer"})
        self.assertEqual(
            [shown[member] for member in ("id", "text", "kind", "intent", "discretion", "for", "provenance",
                                          "purpose", "author")],
            [note["id"], "line one\n\tline two\n", "try-on", "gift", "private", "daughter", "asked", "shop",
             NAMES["associate"]])
        self.assertRegex(shown["created"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertGreater(shown["ends"], shown["created"])

    def test_one_newline_at_the_end_is_not_part_of_it(self):
        for given, kept in (("x", "x"), ("x\n", "x"), ("x\n\n", "x\n"), (" x ", " x ")):
            self.shop.add_note(self.who, given)
            self.assertEqual(self.shop.show(self.who)["notes"][0]["text"], kept)

    def test_unasked_words_are_for_their_author_and_managers(self):
        self.shop.do("staff", "add", "Jonas A.", "--role", "associate", "--pin-stdin", given="615038",
                     role="admin")
        self.shop.add_note(self.who, "unasked words")
        shown = self.shop.run("--json", "--as", "Jonas A.", "customer", "show", self.who).document
        self.assertEqual(shown["notes"], [])
        self.assertEqual(len(self.shop.show(self.who, "associate")["notes"]), 1)

    def test_preference_is_replaced_by_what_says_the_same(self):
        def set_preference(**record):
            return self.shop.do("preference", "set", self.who, "--record-stdin", given=json.dumps(record))

        first = set_preference(facet="size", value="38", garment="boot")
        self.assertEqual(first["state"], "unasked")
        again = set_preference(facet="size", value="38 narrow", garment="boot", polarity="like",
                               maker=None, provenance="asked", purpose="shop")
        self.assertEqual(again["id"], first["id"])
        set_preference(facet="material", value="wool", polarity="never")
        by_id = set_preference(facet="size", value="39", garment="boot", id=first["id"])
        self.assertEqual(by_id["id"], first["id"])
        shown = self.shop.show(self.who)["preferences"]
        self.assertEqual([(one["facet"], one["value"], one["polarity"]) for one in shown],
                         [("size", "39", "like"), ("material", "wool", "never")])


class Consent(ShopCase):
    def setUp(self):
        self.who = self.shop.add_customer(emails=["mara@example.com"], phones=["07700 900417"])

    def allowed(self, purpose, *channel):
        found = self.shop.do("permission", self.who, "--purpose", purpose, *channel)
        self.assertLessEqual({"allowed", "verdict", "reason"}, set(found))
        return found["allowed"], found["verdict"]

    def test_purposes_need_no_store_and_nobody(self):
        rows = self.shop.run("--home", self.shop.folder + "/none", "--json", "consent", "purposes").document
        self.assertEqual([(row["id"], row["scope"]) for row in rows],
                         [("asked", "request"), ("shop", "store"), ("everywhere", "company"),
                          ("news", "outreach"), ("invitations", "outreach")])
        self.assertEqual(rows[3]["channels"], ["email", "sms", "phone", "post", "messenger"])
        self.assertTrue(all(row["title"] and row["notice"] and row["version"] >= 1 for row in rows))

    def test_nothing_answered_is_a_no_without_failure(self):
        self.assertEqual(self.allowed("shop"), (False, "not-asked"))
        self.assertEqual(self.allowed("shop", "--channel", "email"), (False, "no-channel"))

    def test_answers_decide(self):
        self.assertRegex(self.shop.answer(self.who, "everywhere", "yes", "signed", "--proof", "P-17",
                                          "--language", "fr")["receipt"], "^[0-9a-f]{32}$")
        self.assertEqual(self.allowed("shop"), (True, "allowed"))
        self.shop.answer(self.who, "news", "later")
        self.assertEqual(self.allowed("news"), (False, "later"))
        self.shop.answer(self.who, "news", "no", "spoken", "--channel", "email")
        self.assertEqual(self.allowed("news", "--channel", "email"), (False, "refused"))
        self.shop.answer(self.who, "news", "yes", "own-phone", "--channel", "phone")
        self.assertEqual(self.allowed("news", "--channel", "phone"), (True, "allowed"))
        self.assertEqual(self.allowed("news", "--channel", "post")[0], False)

    def test_spoken_yes_beyond_this_shop_is_refused(self):
        for purpose, channel in (("everywhere", []), ("news", []), ("invitations", []),
                                 ("news", ["--channel", "email"])):
            self.fails(3, "consent", "record", self.who, "--purpose", purpose, *channel, "--answer", "yes",
                       "--method", "spoken")
            self.assertEqual(self.allowed(purpose)[1], "not-asked")
        self.shop.answer(self.who, "shop", "yes", "spoken")
        self.assertEqual(self.allowed("shop"), (True, "allowed"))

    def by_guardian(self, purpose, method, *more, answer="yes"):
        return ["consent", "record", self.who, "--purpose", purpose, "--answer", answer, "--method", method,
                "--by", "guardian", *more]

    def by(self, purpose, channel=None):
        rows = self.shop.do("consent", "show", self.who)["permissions"]
        return next(row["by"] for row in rows if (row["purpose"], row["channel"]) == (purpose, channel))

    def test_guardian_agrees_for_a_child_with_a_proof(self):
        signed = self.by_guardian("shop", "signed", "--proof-stdin")
        self.fails(3, *self.by_guardian("shop", "signed"))
        for nothing in ("", "\n", " \n"):
            self.fails(3, *signed, given=nothing)
        for purpose in ("shop", "everywhere", "news"):
            self.fails(3, *self.by_guardian(purpose, "spoken", "--proof-stdin"), given="form 17")
        self.assertEqual((self.allowed("shop")[1], self.by("shop")), ("not-asked", None))
        self.assertIn("receipt", self.shop.do(*signed, given="form 17\n"))
        self.assertEqual((self.allowed("shop"), self.by("shop")), ((True, "allowed"), "guardian"))
        for purpose, method, channel in (("everywhere", "tapped", []), ("news", "own-phone", ["--channel", "email"])):
            self.shop.do(*self.by_guardian(purpose, method, "--proof-stdin", *channel), given="form 17")
        self.assertEqual((self.by("everywhere"), self.by("news", "email"), self.by("invitations")),
                         ("guardian", "guardian", None))
        self.shop.answer(self.who, "invitations", "yes", "tapped")
        self.assertEqual(self.by("invitations"), "customer")

    def test_guardian_and_child_say_no_alike(self):
        self.shop.do(*self.by_guardian("news", "spoken", answer="no"))
        self.shop.do(*self.by_guardian("invitations", "spoken", answer="later"))
        self.assertEqual((self.by("news"), self.by("invitations")), ("guardian", "guardian"))
        for who in ("customer", "guardian"):
            self.shop.do(*self.by_guardian("shop", "signed", "--proof-stdin"), given="form 17")
            self.shop.do("consent", "withdraw", self.who, "--purpose", "shop", "--by", who)
            self.assertEqual((self.allowed("shop"), self.by("shop")), ((False, "withdrawn"), who))

    def test_proof_of_a_guardian_is_on_no_command_line(self):
        errors = self.fails(2, *self.by_guardian("shop", "signed", "--proof", "zq7name"))
        self.assertNotIn("zq7name", errors)
        self.fails(2, *self.by_guardian("shop", "signed", "--proof", "zq7", "--proof-stdin"), given="form 17")
        self.fails(2, "consent", "record", self.who, "--purpose", "shop", "--answer", "yes", "--method", "signed",
                   "--proof", "zq7", "--proof-stdin", given="form 17")
        self.assertNotIn("zq7", self.fails(1, *self.by_guardian("shop", "signed", "--proof-stdin"),
                                           given="zq7" * 100))
        self.assertEqual(self.allowed("shop")[1], "not-asked")

    def test_what_stays_unanswered_is_told_and_is_no_answer(self):
        def dismiss(purpose, *more):
            return self.shop.do("consent", "dismiss", self.who, "--purpose", purpose, "--method", "signed", *more)
        self.assertEqual(dismiss("shop", "--language", "de"),
                         {"customer": self.who, "purpose": "shop", "recorded": True})
        self.assertFalse(dismiss("shop", "--language", "de")["recorded"])
        self.assertEqual(self.allowed("shop"), (False, "not-asked"))
        self.shop.answer(self.who, "news", "no", "spoken")
        self.assertFalse(dismiss("news")["recorded"])
        self.fails(3, "consent", "dismiss", self.who, "--purpose", "asked", "--method", "tapped")
        self.fails(1, "consent", "dismiss", "0" * 32, "--purpose", "shop", "--method", "tapped")
        rows = self.shop.do("consent", "show", self.who)["unanswered"]
        self.assertEqual([(row["purpose"], row["language"], row["medium"], row["staff"]) for row in rows],
                         [("shop", "de", "paper", NAMES["associate"])])
        self.assertEqual((rows[0]["notice"], rows[0]["version"], rows[0]["shown"][-1]), ("counter", 1, "Z"))

    def test_request_is_not_answered_by_a_card(self):
        self.fails(3, "consent", "record", self.who, "--purpose", "asked", "--answer", "yes", "--method",
                   "tapped")

    def test_withdrawal_takes_back_one_or_all(self):
        for purpose in ("shop", "everywhere", "news"):
            self.shop.answer(self.who, purpose)
        found = self.shop.do("consent", "withdraw", self.who, "--purpose", "news")
        self.assertTrue(found["withdrawn"])
        self.assertEqual(self.allowed("news"), (False, "withdrawn"))
        self.assertEqual(self.allowed("everywhere"), (True, "allowed"))
        self.fails(1, "consent", "withdraw", self.who, "--purpose", "shop", "--channel", "email")
        self.shop.do("consent", "withdraw", self.who)
        self.assertEqual(self.allowed("shop"), (False, "withdrawn"))
        self.assertEqual(self.allowed("everywhere"), (False, "withdrawn"))

    def test_show_has_every_purpose_and_channel(self):
        shown = self.shop.do("consent", "show", self.who)
        self.assertEqual(shown["customer"], self.who)
        self.assertEqual(len({(row["purpose"], row["channel"]) for row in shown["permissions"]}), 15)

    def test_outbox_says_why_each_may_leave(self):
        note = self.shop.add_note(self.who, "navy")["id"]
        held = {row["record"]: row for row in self.shop.do("outbox", "list", role=None)}
        self.assertEqual(set(held[note]), {"id", "kind", "act", "record", "customer", "purpose", "basis",
                                           "grant", "state", "reason", "code", "created", "tries"})
        self.assertEqual((held[note]["state"], held[self.who]["state"]), ("held", "held"))
        self.shop.answer(self.who, "shop")
        now = {row["record"]: row for row in self.shop.do("outbox", "list", role=None)}
        self.assertEqual((now[note]["state"], now[self.who]["state"]), ("waiting", "waiting"))
        self.assertNotEqual(now[note]["reason"], held[note]["reason"])
        self.assertEqual((held[note]["basis"], held[note]["grant"], now[note]["basis"]), (None, None, "shop"))
        grants = {row["id"]: row for row in self.shop.do("outbox", "list", role=None) if row["act"] == "grant"}
        self.assertEqual(grants[now[note]["grant"]]["customer"], self.who)

    def test_only_what_was_refused_is_tried_again_or_discarded(self):
        note = self.shop.add_note(self.who, "navy")["id"]
        self.shop.answer(self.who, "shop")
        waiting = next(row["id"] for row in self.shop.do("outbox", "list", role=None) if row["record"] == note)
        for words in (["retry"], ["retry", waiting, "--all"], ["discard"]):
            self.fails(2, "outbox", *words, role="manager")
        for verb in ("retry", "discard"):
            for operation in (waiting, "0" * 32, "no id"):
                self.fails(1, "outbox", verb, operation, role="manager")
        self.assertEqual(self.shop.do("outbox", "retry", "--all", role="manager"), {"retried": 0})


class CommandLine(ShopCase):
    def test_wrong_words_are_usage(self):
        who = self.shop.add_customer()
        wrong = [
            [], ["nonsense"], ["customer"], ["customer", "nonsense"], ["staff", "add"], ["--nonsense"],
            ["status", "too", "many"], ["customer", "show"], ["customer", "show", who, who], ["-h"],
            ["customer", "find"], ["customer", "find", "a", "--text-stdin"],
            ["customer", "find", "a", "--limit", "0"], ["customer", "find", "a", "--limit", "1x"],
            ["customer", "find", "a", "--limit"], ["customer", "add"],
            ["customer", "list", "--limit", "-1"], ["note", "add", who],
            ["note", "add", who, "--text-stdin", "--kind", "chat"],
            ["note", "add", who, "--text-stdin", "--intent", "Profile"],
            ["note", "add", who, "--text-stdin", "--discretion", ""],
            ["note", "add", who, "--text-stdin", "--provenance", "inferred"],
            ["note", "add", who, "--text-stdin", "--purpose", "marketing"],
            ["note", "add", who, "--text-stdin", "--text-stdin"],
            ["note", "add", who, "--text-stdin=yes"], ["note", "add", who, "--text-stdin", "--limit", "3"],
            ["preference", "set", who], ["preference", "set", "--record-stdin"],
            ["consent", "record", who], ["consent", "record", who, "--purpose", "shop", "--answer", "yes"],
            ["consent", "record", who, "--purpose", "shop", "--answer", "perhaps", "--method", "tapped"],
            ["consent", "record", who, "--purpose", "shop", "--answer", "yes", "--method", "guessed"],
            ["consent", "record", who, "--purpose", "news", "--channel", "fax", "--answer", "yes",
             "--method", "tapped"],
            ["consent", "record", who, "--purpose", "news", "--channel", "*", "--answer", "yes",
             "--method", "tapped"],
            ["consent", "record", who, "--purpose", "shop", "--answer", "yes", "--method", "tapped", "--by", "staff"],
            ["consent", "withdraw", who, "--by", "neighbour"],
            ["consent", "dismiss", who, "--purpose", "shop"], ["consent", "dismiss", who, "--method", "tapped"],
            ["consent", "dismiss", who, "--purpose", "loyalty", "--method", "tapped"],
            ["consent", "withdraw", who, "--purpose", "all"], ["permission", who],
            ["permission", who, "--purpose", "none"], ["erase", who], ["erase", who, "--reason", "spite"],
            ["staff", "add", "X", "--pin-stdin"], ["staff", "add", "X", "--role", "owner", "--pin-stdin"],
            ["staff", "add", "X", "--role", "associate"], ["sync", "--twice"],
            ["enrol", "--code-stdin"], ["enrol", "--service", "https://localhost:1"],
            ["enrol", "--code-stdin", "--service", "http://shop.example.com"],
            ["enrol", "--code-stdin", "--service", "http://127.0.0.1.example.com"],
            ["enrol", "--code-stdin", "--service", "ftp://localhost"],
            ["enrol", "--code-stdin", "--service", "https://localhost", "--pin", "sha256//short"],
            ["--json", "--json", "status"], ["--json=1", "status"], ["status", "--home"],
        ]
        for words in wrong:
            with self.subTest(words=words):
                self.assertIn("--help", self.fails_plainly(2, *words))

    def fails_plainly(self, code, *words):
        answer = self.shop.run(*words)
        self.assertEqual((answer.code, answer.output), (code, b""), answer.errors)
        self.assertRegex(answer.errors.decode(), r"\Acounterbookctl: [^\n]+\n\Z")
        return answer.errors.decode()

    def test_global_options_stand_before_or_behind(self):
        home = self.shop.home
        for words in (["--json", "--home", home, "--as", NAMES["manager"], "customer", "list"],
                      ["customer", "list", "--json", f"--home={home}", "--as", NAMES["manager"]],
                      ["customer", "--as", NAMES["manager"], "list", "--json"]):
            self.assertIsInstance(self.shop.run(*words).document, list)

    def test_words_that_look_like_options_stand_behind_two_dashes(self):
        self.assertEqual(self.shop.do("customer", "find", "--", "--json"), [])

    def test_help_names_every_command(self):
        text = self.shop.run("--help").output.decode()
        for command in ("init", "staff add", "staff list", "staff pin", "staff disable", "customer add",
                        "customer find", "customer show", "customer list", "note add", "preference set", "consent purposes",
                        "consent show", "consent record", "consent dismiss", "consent withdraw", "permission", "outbox list",
                        "outbox retry", "outbox discard", "outbox conflicts", "outbox resolve", "request add", "request list", "request move",
                        "promise add", "occasion add", "occasion list", "occasion done", "occasion confirm",
                        "occasion remove", "catalogue import", "catalogue list", "purchases import", "preference confirm",
                        "wish add", "wish remove", "note used", "preference used", "note unused", "contact log",
                        "customer set",
                        "enrol", "sync", "status", "backup", "restore", "reseal", "erase", "retention run",
                        "retention list", "retention confirm-time", "audit verify",
                        "audit export", "customer change", "customer confirm", "customer restrict", "customer release",
                        "export", "access"):
            self.assertIn("  " + command + " ", text)
            answer = self.shop.run(*command.split(), "--help")
            self.assertEqual(answer.code, 0)
            self.assertTrue(answer.output.decode().startswith("counterbookctl " + command))

    def test_version(self):
        answer = self.shop.run("--version")
        self.assertRegex(answer.output.decode(), r"\Acounterbookctl \d+\.\d+\.\d+\n\Z")

    def test_json_is_one_document_on_one_line(self):
        who = self.shop.add_customer()
        self.shop.add_note(who, "two\nlines")
        for words in (["customer", "show", who], ["customer", "list"], ["outbox", "list"], ["status"],
                      ["consent", "show", who], ["staff", "list"], ["consent", "withdraw", who]):
            answer = self.shop.run("--json", "--as", NAMES["manager"], *words)
            self.assertEqual((answer.code, answer.errors), (0, b""))
            self.assertEqual(answer.output.count(b"\n"), 1)
            self.assertIsNotNone(answer.document)

    def test_plain_text_has_what_json_has(self):
        who = self.shop.add_customer("Plain", "Reader", emails=["plain@example.com"])
        self.shop.add_note(who, "first line\nsecond line")
        text = self.shop.run("--as", NAMES["manager"], "customer", "show", who).output.decode()
        for word in (who, "Plain", "Reader", "plain@example.com", "first line", "second line", "not-asked"):
            self.assertIn(word, text)

    def test_full_disk_behind_standard_output_is_told(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([CTL, "status"], stdout=full, stderr=subprocess.PIPE,
                                  env=self.shop.environment, check=False)
        self.assertEqual(done.returncode, 1)


class Roles(ShopCase):
    """The contract's table: who may do what. Everything else ends with 4 and does nothing."""

    def test_table(self):
        who = self.shop.add_customer("Role", "Table", emails=["role@example.com"])
        record = json.dumps({"given": "A", "family": "B"})
        size = json.dumps({"facet": "size", "value": "38"})
        table = [
            (["customer", "add", "--record-stdin"], record, "am"),
            (["customer", "find", "role"], "", "amp"),
            (["customer", "show", who], "", "amp"),
            (["customer", "list"], "", "m"),
            (["note", "add", who, "--text-stdin"], "x", "am"),
            (["preference", "set", who, "--record-stdin"], size, "am"),
            (["request", "add", who, "--record-stdin"], json.dumps({"text": "x"}), "am"),
            (["request", "list"], "", "am"),
            (["occasion", "add", who, "--record-stdin"], json.dumps({"text": "x", "date": "05-17"}), "am"),
            (["occasion", "list"], "", "am"),
            (["consent", "record", who, "--purpose", "shop", "--answer", "yes", "--method", "tapped"], "", "am"),
            (["consent", "dismiss", who, "--purpose", "news", "--method", "signed"], "", "am"),
            (["consent", "show", who], "", "amp"),
            (["consent", "withdraw", who], "", "am"),
            (["permission", who, "--purpose", "shop"], "", "amp"),
            (["staff", "add", "New", "--role", "associate", "--pin-stdin"], "805316", "A"),
            (["staff", "list"], "", "ampA-"),
            (["staff", "disable", "{new}"], "", "A"),
            (["consent", "purposes"], "", "ampA-"),
            (["outbox", "list"], "", "ampA-"),
            (["outbox", "retry", "--all"], "", "mpA"),
            (["outbox", "discard", "0" * 32], "", "m!"),
            (["status"], "", "ampA-"),
            (["retention", "run"], "", "ampA-"),
            (["audit", "verify"], "", "p"),
            (["audit", "export"], "", "p"),
            (["customer", "restrict", who], "", "amp"),
            (["customer", "release", who], "", "mp"),
            (["customer", "change", who, "--record-stdin"], '{"given":"Mara"}', "am"),
            (["customer", "confirm", who], "", "am"),
            (["export", who, "--format", "json", "--output", "{file}"], "", "mp"),
            (["access", who, "--output", "{file}"], "", "mp"),
            (["enrol", "--service", "http://127.0.0.1:1", "--code-stdin"], "x", "A!"),
            (["sync"], "", "ampA-!"),
            (["erase", who, "--reason", "request"], "", "p"),  # the manager's row comes next
        ]
        letters = {"a": "associate", "m": "manager", "p": "privacy", "A": "admin", "-": None}
        new = None
        for words, given, may in table:
            words = [new if word == "{new}" else word for word in words]
            files = itertools.count()
            # Those who may come last: what they do can often be done only once.
            for letter in sorted("ampA-", key=lambda one: one in may):
                if words[0] == "erase" and letter == "m":
                    continue
                role = letters[letter]
                with self.subTest(command=words[:2], role=role):
                    asked = ["--as", NAMES[role]] if role else []
                    own = f"{self.shop.folder}/{words[0]}-{next(files)}"
                    asked += [own if word == "{file}" else word for word in words]
                    answer = self.shop.run("--json", *asked, given=given)
                    expected = 4 if letter not in may else 1 if "!" in may else 0
                    self.assertEqual(answer.code, expected, answer.errors)
                    if words[:2] == ["staff", "add"] and answer.code == 0:
                        new = answer.document["id"]

    def test_managers_erase_too(self):
        who = self.shop.add_customer("Role", "Erased")
        self.fails(4, "erase", who, "--reason", "request")
        self.fails(4, "erase", who, "--reason", "request", role="admin")
        self.shop.do("erase", who, "--reason", "mistake", role="manager")


if __name__ == "__main__":
    main()
