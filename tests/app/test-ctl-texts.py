#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What comes on counterbookctl's standard input: kept exactly, or refused with a clear line; and never
seen in an argument list, on standard error or in a file."""

import json
import os
import re
import tempfile
import time

from ctl_world import NAMES, ShopCase, main

SHARED = os.environ.get("CB_TEST_SHARED", "")
# Where every command takes many times as long: the first of each so many.
STEP = 6 if "CB_TEST_SANITIZED" in os.environ else 1
NAME_MAX, VALUE_MAX, NOTE_MAX = 1000, 1000, 8000

# RFC 3629: no byte that continues nothing, none missing, none too many for its character, no surrogate,
# nothing above U+10FFFF.
BROKEN = [
    b"\x80", b"\xbf", b"\x80\xbf\x80", b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98", b"\xc3 ", b"\xe2\x82 ",
    b"\xf0\x9f\x98 ", b"\xc0\xaf", b"\xc1\xbf", b"\xe0\x80\xaf", b"\xe0\x9f\xbf", b"\xf0\x80\x80\xaf",
    b"\xf0\x8f\xbf\xbf", b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xed\xa0\x80\xed\xb0\x80", b"\xf4\x90\x80\x80",
    b"\xf8\x88\x80\x80\x80", b"\xfc\x84\x80\x80\x80\x80", b"\xfe", b"\xff", b"\xfe\xff", b"caf\xe9", b"\xffa\x00b",
]


def shared(test, *path):
    """A file of text nobody here wrote, where there is one."""
    found = os.path.join(SHARED, *path)
    if not os.path.exists(found):
        test.skipTest("no such text beside this checkout")
    return found


def share(what, texts):
    taken = texts[::STEP]
    if STEP > 1:
        print(f"# {what}: {len(taken)} of {len(texts)} texts: the build is sanitized", flush=True)
    return taken


def has_words(text):
    return text.strip(" \t\n") != ""


class Kept(ShopCase):
    def keep_names(self, texts):
        """Three a customer: given, family and preferred name."""
        expected = {}
        for start in range(0, len(texts), 3):
            given, family, preferred = (texts[start:start + 3] + ["", ""])[:3]
            who = self.shop.add_customer(given, family, preferred=preferred)
            expected[who] = (given, family, preferred)
        shown = {card["id"]: (card["given"], card["family"], card["preferred"])
                 for card in self.shop.do("customer", "list", role="manager")}
        self.assertEqual({who: shown[who] for who in expected}, expected)

    def keep_preferences(self, texts):
        """Three a preference: value, garment and maker; twenty preferences a customer."""
        rows = [tuple((texts[start:start + 3] + ["", ""])[:3]) for start in range(0, len(texts), 3)]
        for start in range(0, len(rows), 20):
            who = self.shop.add_customer()
            for value, garment, maker in rows[start:start + 20]:
                self.shop.do("preference", "set", who, "--record-stdin", given=json.dumps(
                    {"facet": "colour", "value": value, "garment": garment, "maker": maker}))
            shown = {(one["value"], one["garment"], one["maker"])
                     for one in self.shop.show(who)["preferences"]}
            self.assertEqual(shown, set(rows[start:start + 20]))

    def keep_notes(self, texts):
        """Sixteen a note, each on lines of its own, and those that begin or end strangely alone."""
        who = self.shop.add_customer()
        notes = ["\n".join(texts[start:start + 16]) for start in range(0, len(texts), 16)]
        notes += [text for text in texts if text.strip() != text or not text.isprintable()]
        notes = [note for note in notes if len(note.encode()) <= NOTE_MAX]
        for note in notes:
            self.shop.add_note(who, note + "\n")
        self.assertEqual([one["text"] for one in self.shop.show(who)["notes"]], notes[::-1])

    def keep(self, texts):
        texts = [text for text in texts if has_words(text) and "\0" not in text]
        self.assertGreater(len(texts), 10)
        self.keep_names([text for text in texts if len(text.encode()) <= NAME_MAX])
        self.keep_preferences([text for text in texts if len(text.encode()) <= VALUE_MAX])
        self.keep_notes(texts)

    def test_strings_that_break_input_fields(self):
        with open(shared(self, "bad-blns", "files", "blns.json"), encoding="utf-8") as file:
            self.keep(share("strings that break input fields", json.load(file)))

    def test_lines_of_the_stress_file(self):
        folder = os.path.dirname(shared(self, "bad-utf8-kuhn", "files"))
        lines = []
        for path, _, names in os.walk(os.path.join(folder, "files")):
            for name in names:
                with open(os.path.join(path, name), "rb") as file:
                    lines += file.read().split(b"\n")
        whole, broken = [], []
        for line in lines:
            try:
                whole.append(line.decode("utf-8"))
            except UnicodeDecodeError:
                broken.append(line)
        # A few lines a text: it is the characters that are tried here.
        self.keep(share("lines of the stress file",
                        ["\n".join(whole[start:start + 3]) for start in range(0, len(whole), 3)]))
        self.refuse(broken)

    def refuse(self, texts):
        who = self.shop.add_customer()
        for text in texts:
            self.fails(1, "note", "add", who, "--text-stdin", given=text)
        self.assertEqual(self.shop.show(who)["notes"], [])

    def test_what_is_no_text_is_refused(self):
        self.refuse(share("broken texts", [*BROKEN, *(b"before " + broken + b" after" for broken in BROKEN)]))

    def test_control_characters_are_text(self):
        self.keep([f"a{chr(code)}b" for code in [*range(1, 9), *range(11, 32), *range(127, 160)]])

    def test_control_characters_reach_no_terminal(self):
        who = self.shop.add_customer("\x1b]0;title\x07", "\u009b31m")
        self.shop.add_note(who, "\x1b[31mred\x7f\r")
        text = self.shop.run("--as", NAMES["manager"], "customer", "show", who).output.decode()
        self.assertIn("red", text)
        self.assertEqual([sign for sign in text if sign != "\n" and (sign < " " or "\x7f" <= sign < "\xa0")], [])

    def test_scripts_of_the_world(self):
        self.keep(["ليلى الحريري", "太田健二", "Straßmüller", "Beltrán", "Nuria\u0301", "👩🏽‍🦰 red", "ﷺ", "שלום",
                   "ไทย", "\u202egnirts\u202c", "\ufeffbom", "e\u0301\u0323",
                   "𝕱𝖊𝖓𝖓𝖎𝖈𝖐", "\u2028line", "\u00a0nbsp\u00a0"])

    def test_longest_of_each_is_kept_whole(self):
        who = self.shop.add_customer("ö" * (NAME_MAX // 2), "", emails=["e" * 320] * 16)
        self.assertEqual(self.shop.show(who)["given"], "ö" * (NAME_MAX // 2))
        self.assertEqual(self.shop.show(who)["emails"], ["e" * 320] * 16)
        self.shop.add_note(who, "界" * (NOTE_MAX // 3))
        self.assertEqual(self.shop.show(who)["notes"][0]["text"], "界" * (NOTE_MAX // 3))
        # What fits here also fits on the wire: nothing may fail only once it is to leave.
        self.shop.answer(who, "shop", "yes", "spoken")
        states = {row["kind"]: row["state"] for row in self.shop.do("outbox", "list", role=None)
                  if row["customer"] == who}
        self.assertEqual(states, {"customer": "waiting", "note": "waiting", "consent": "waiting"})


class Refused(ShopCase):
    def setUp(self):
        self.who = self.shop.add_customer("Refused", "Nothing")

    def tearDown(self):
        shown = self.shop.show(self.who)
        self.assertEqual((shown["notes"], shown["preferences"]), ([], []))

    def test_what_is_no_text(self):
        for given in (b"\xff", b"a\x00b", b"\x00", b"\xc3", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xc0\xaf",
                      b"\xe0\x80\xaf", b"\xfe\xfe\xff\xff", b"\xf8\x88\x80\x80\x80", b"good \xe2\x82", b"",
                      b"\n", b" \t\n", b"x" * (NOTE_MAX + 1), b"x" * 70000, "界".encode() * 2667):
            with self.subTest(given=given[:8]):
                self.fails(1, "note", "add", self.who, "--text-stdin", given=given)

    def test_what_is_no_customer(self):
        long_name = json.dumps({"given": "n" * (NAME_MAX + 1)})
        for given in ("", "[]", "null", "\"Mara\"", "{}", "{\"given\": \"\"}", "{\"given\": 3}",
                      "{\"given\": \"\\u0000\"}", "{\"given\": \"\\ud800\"}", "{\"given\": \"a\x07\"}",
                      "{\"emails\": \"a@example.com\"}", "{\"emails\": [3]}", "{\"emails\": [\"\"]}",
                      "{\"emails\": [null]}", "{\"given\": \"A\", \"language\": \"en us\"}", long_name,
                      "{\"given\": \"A\", \"surname\": \"B\"}", "{\"given\": \"A\"} {}", "{\"given\": NaN}",
                      "{'given': 'A'}", json.dumps({"given": "A", "phones": ["1"] * 17}),
                      json.dumps({"given": "A", "emails": ["e" * 321]}), "{\"given\": \"A\"" + " " * 70000 + "}"):
            with self.subTest(given=given[:40]):
                self.fails(1, "customer", "add", "--record-stdin", given=given)

    def test_what_is_no_preference(self):
        good = {"facet": "size", "value": "38"}
        for wrong in ({"facet": "shoe"}, {"facet": None}, {"value": ""}, {"value": " "}, {"value": 38},
                      {"polarity": "love"}, {"provenance": "inferred"}, {"purpose": "news"},
                      {"purpose": "nothing"}, {"id": "0" * 32}, {"value": "v" * (VALUE_MAX + 1)},
                      {"maker": ["a"]}, {"colour": "x"}):
            with self.subTest(wrong=list(wrong)):
                self.fails(1, "preference", "set", self.who, "--record-stdin", given=json.dumps({**good, **wrong}))

    def test_text_in_arguments_is_checked_too(self):
        self.fails(1, "note", "add", self.who, "--text-stdin", "--for", os.fsdecode(b"\xc3"), given="x")
        self.fails(1, "consent", "record", self.who, "--purpose", "shop", "--answer", "yes", "--method",
                   "signed", "--proof", "p" * 201)
        self.fails(1, "customer", "find", os.fsdecode(b"\xff\xfe"))
        self.fails(1, "staff", "add", os.fsdecode(b"\xff"), "--role", "associate", "--pin-stdin",
                   given="739264", role="admin")

    def test_hostile_json(self):
        folder = shared(self, "bad-jsontestsuite", "files", "test_parsing")
        names = sorted(name for name in os.listdir(folder) if name.startswith("n_"))
        self.assertGreater(len(names), 100)
        for name in share("hostile JSON", names):
            with self.subTest(name=name), open(os.path.join(folder, name), "rb") as file:
                self.fails(1, "customer", "add", "--record-stdin", given=file.read())


class Unseen(ShopCase):
    CANARY = "zq7canary"

    def test_nothing_personal_in_arguments_or_limits(self):
        who = self.shop.add_customer()
        process = self.shop.start("--as", NAMES["associate"], "note", "add", who, "--text-stdin")
        process.stdin.write(self.CANARY.encode())
        process.stdin.flush()
        with open(f"/proc/{process.pid}/cmdline", "rb") as file:
            self.assertNotIn(self.CANARY.encode(), file.read())
        # It waits for the end of its input; by then it has long given up core dumps.
        self.wait_for_reading(process.pid)
        with open(f"/proc/{process.pid}/limits", encoding="utf-8") as file:
            self.assertRegex(file.read(), r"Max core file size +0 +0 ")
        process.communicate(b"", timeout=60)
        self.assertEqual(process.returncode, 0)

    def wait_for_reading(self, pid):
        end = time.monotonic() + 30
        while time.monotonic() < end:
            with open(f"/proc/{pid}/fdinfo/0", encoding="utf-8") as _, \
                 open(f"/proc/{pid}/wchan", encoding="utf-8") as wchan, \
                 open(f"/proc/{pid}/stat", encoding="utf-8") as state:
                if "pipe" in wchan.read() or state.read().rsplit(")", 1)[1].split()[0] == "S":
                    return
            time.sleep(0.02)

    def test_errors_quote_nothing(self):
        canary = self.CANARY
        who = self.shop.add_customer(canary, emails=[canary + "@example.com"])
        for words, given in (
                (["note", "add", canary, "--text-stdin"], canary),
                (["note", "add", who, "--text-stdin"], canary + "\0"),
                (["note", "add", who, "--text-stdin", "--kind", canary], canary),
                (["note", "add", who, canary, "--text-stdin"], canary),
                (["customer", "add", "--record-stdin"], "{\"given\": \"%s\", \"%s\": 1}" % (canary, canary)),
                (["customer", "add", "--record-stdin"], "{\"given\": \"%s" % canary),
                (["customer", "add", canary], ""), ([canary], ""), (["customer", canary], ""),
                (["--" + canary, "status"], ""), (["customer", "find", "--limit", canary], ""),
                (["staff", "add", canary, "--role", "admin", "--pin-stdin"], canary),
                (["consent", "record", who, "--purpose", canary], ""),
                (["preference", "set", who, "--record-stdin"], json.dumps({"facet": canary, "value": canary})),
                (["--home", self.shop.folder + "/" + canary, "status"], ""),
                (["enrol", "--service", "https://%s.invalid" % canary, "--code-stdin"], canary),
                (["enrol", "--service", "http://%s@localhost" % canary, "--code-stdin"], canary),
                (["enrol", "--service", "https://localhost:1", "--ca", canary, "--code-stdin"], canary)):
            for role in ("associate", "admin"):
                answer = self.shop.run("--as", NAMES[role], *words, given=given)
                self.assertNotEqual(answer.code, 0, words)
                self.assertNotIn(canary, answer.errors.decode() + answer.output.decode(), words)
        answer = self.shop.run("--as", canary, "status")
        self.assertNotIn(canary, answer.errors.decode())

    def test_no_file_holds_what_was_said(self):
        canary = self.CANARY + "file"
        before = set(os.listdir(tempfile.gettempdir()))
        who = self.shop.add_customer(canary, canary, emails=[canary + "@example.com"], phones=["07700 900417"])
        self.shop.add_note(who, canary + " in a note", "--for", canary)
        self.shop.do("preference", "set", who, "--record-stdin",
                     given=json.dumps({"facet": "size", "value": canary, "maker": canary}))
        self.shop.answer(who, "shop", "yes", "signed", "--proof", canary)
        self.shop.do("customer", "find", canary)
        self.shop.show(who)
        needles = (canary.encode(), b"900417")
        for folder, _, names in os.walk(self.shop.folder):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    held = file.read()
                for needle in needles:
                    self.assertNotIn(needle, held, name)
                    self.assertNotIn(needle.decode().encode("utf-16-le"), held, name)
        self.assertFalse([name for name in set(os.listdir(tempfile.gettempdir())) - before
                          if re.search("counterbook|etilqs", name)])


if __name__ == "__main__":
    main()
