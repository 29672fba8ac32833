#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a customer takes home, as scripts make it: formats against their published schema, exits, the log,
a disk without room, and texts that nobody here wrote."""

import datetime
import html.parser
import json
import os
import re
import stat
import subprocess

import jsonschema

from ctl_world import CTL, NAMES, PATIENCE, ShopCase, main

SOURCE = os.environ["CB_TEST_SOURCE_ROOT"]
SCHEMA = os.path.join(SOURCE, "data", "exchange", "counterbook-export.schema.json")
WORDS = os.path.join(SOURCE, "data", "exchange", "page-words.json")
BLNS = os.path.join(os.environ.get("CB_TEST_SHARED", ""), "bad-blns", "files", "blns.json")
FORMATS = ("json", "vcard", "jscontact", "html")
SOLENE = {"given": "Solène", "family": "Aubrac", "language": "fr", "preferred": "Mme Aubrac",
          "emails": ["solene@example.com", "s.aubrac@example.com"], "phones": ["07700 900418"]}


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def validator(document):
    """For one of the two documents alone, so that a complaint says where."""
    schema = load(SCHEMA)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(dict(schema, oneOf=[{"$ref": "#/$defs/" + document}]))


class Reader(html.parser.HTMLParser):
    """The texts of a page, its elements, and what stands inside for programs."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.texts = []
        self.elements = []
        self.inside = None

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        tag, attributes = self.elements[-1] if self.elements else ("", {})
        if tag == "script":
            self.inside = (self.inside or "") + data
        else:
            self.texts.append(data)


def read_page(path):
    with open(path, encoding="utf-8", newline="") as file:
        text = file.read()
    reader = Reader()
    reader.feed(text)
    reader.close()
    return text, reader


class Home(ShopCase):
    options = ("--store", "Port Halden", "--region", "GB", "--keep-unasked", "7", "--keep-basis", "service")

    def path(self, name):
        return os.path.join(self.shop.folder, name)

    def take(self, who, output, role="privacy"):
        done = self.shop.do("export", who, "--format", "json", "--output", self.path(output), role=role)
        return done["copy"]

    def valid(self, document, path):
        found = load(path)
        errors = [f"{list(error.absolute_path)}: {error.validator}"
                  for outer in validator(document).iter_errors(found)
                  for error in (outer.context or [outer])]
        self.assertEqual(errors, [])
        return found


class Export(Home):
    def test_guardians_yes_is_told_as_theirs(self):
        words = load(WORDS)
        for language, known in words.items():
            who = self.shop.add_customer("Pia", language=language)
            self.shop.do("consent", "record", who, "--purpose", "shop", "--answer", "yes", "--method", "signed", "--by",
                         "guardian", "--proof-stdin", given="form 17")
            self.shop.answer(who, "everywhere", "no", "tapped")
            self.take(who, language + ".json")
            found = self.valid("export", self.path(language + ".json"))["consents"]
            self.assertEqual([(row["by"], row["method"], row["proof"]) for row in found],
                             [("guardian", "signed", "form 17"), ("customer", "tapped", None)])
            page = self.path(language + ".html")
            self.shop.do("access", who, "--format", "html", "--output", page, role="manager")
            text, _ = read_page(page)
            for word in ("answered-by", "entity.guardian", "guardian-method", "guardian-method.signed", "method.tapped"):
                self.assertIn(f">{known[word]}<", text, language + " " + word)
            self.assertEqual(text.count(known["answered-for-you.guardian"]), 1)
            self.assertNotIn(f"<dt>{known['method']}</dt><dd>{known['method.signed']}<", text)

    def test_each_format_is_written_marked_and_for_its_owner_alone(self):
        who = self.shop.add_customer(**SOLENE)
        for name in FORMATS:
            path = self.path("solene." + name)
            done = self.shop.do("export", who, "--format", name, "--output", path, role="privacy")
            self.assertEqual(set(done), {"copy", "format"})
            self.assertEqual(done["format"], name)
            with open(path, encoding="utf-8") as file:
                self.assertIn(done["copy"], file.read())
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)

    def test_json_keeps_to_its_schema(self):
        who = self.shop.add_customer(**SOLENE)
        self.shop.add_note(who, "cuir souple", "--kind", "try-on", "--for", "daughter")
        self.shop.add_note(who, "call me", "--purpose", "asked")
        self.shop.add_note(who, "in a hurry", "--provenance", "observed")
        self.shop.do("preference", "set", who, "--record-stdin", given=json.dumps(
            {"facet": "size", "value": "38", "garment": "boot", "maker": "Alder"}))
        soon = datetime.date.today() + datetime.timedelta(days=30)
        asked = self.shop.do("request", "add", who, "--record-stdin", given=json.dumps(
            {"kind": "repair", "text": "new heels", "due": soon.isoformat()}))
        self.shop.answer(who, "shop", "yes", "signed", "--proof", "form 12")
        self.shop.answer(who, "everywhere", "later")
        self.shop.answer(who, "news", "yes", "tapped", "--channel", "sms")
        self.shop.do("consent", "withdraw", who, "--purpose", "news", "--channel", "sms")
        self.take(who, "schema.json")
        found = self.valid("export", self.path("schema.json"))
        self.assertEqual([note["text"] for note in found["notes"]], ["call me", "cuir souple"])
        self.assertEqual([row["dpv_status"] and row["dpv_status"].split("#")[1] for row in found["consents"]],
                         [None, "ConsentGiven", "ConsentRequestDeferred", "ConsentGiven", "ConsentWithdrawn"])
        self.assertEqual(found["consents"][1]["proof"], "form 12")
        # How long each yes holds: two years from the last visit, one from the answer, and what is no yes not at all.
        years = [row["valid_until"] and int(row["valid_until"][:4]) - int(row["at"][:4]) for row in found["consents"]]
        self.assertEqual(years, [None, 2, None, 1, None])
        self.assertEqual({row["notice"]["jurisdiction"] for row in found["consents"] if row["notice"]}, {"*"})
        here = datetime.datetime.now().astimezone().utcoffset()
        self.assertEqual({row["offset_minutes"] for row in found["consents"]}, {here // datetime.timedelta(minutes=1)})
        self.assertEqual([(row["id"], row["text"], row["due"]) for row in found["requests"]],
                         [(asked["id"], "new heels", soon.isoformat())])
        self.shop.do("access", who, "--format", "json", "--output", self.path("all.json"), role="manager")
        everything = self.valid("access", self.path("all.json"))
        self.assertEqual(len(everything["notes"]), 3)
        self.assertEqual({note["author_role"] for note in everything["notes"]}, {"associate"})

    def test_what_stayed_unanswered_is_told(self):
        who = self.shop.add_customer(**SOLENE)
        self.take(who, "before.json")
        self.assertEqual(self.valid("export", self.path("before.json"))["unanswered"], [])
        self.shop.do("consent", "dismiss", who, "--purpose", "news", "--method", "tapped")
        self.shop.answer(who, "shop", "no", "tapped")
        self.take(who, "asked.json")
        self.shop.do("access", who, "--format", "json", "--output", self.path("asked-all.json"), role="manager")
        told = self.valid("export", self.path("asked.json"))["unanswered"]
        everything = self.valid("access", self.path("asked-all.json"))
        self.assertEqual([(row["purpose"], row["dpv_status"].split("#")[1]) for row in told],
                         [("news", "ConsentRequestDeferred")])
        self.assertEqual((told[0]["notice"]["language"], told[0]["notice"]["medium"]), ("fr", "screen"))
        self.assertEqual([dict(row, author_role="associate") for row in told], everything["unanswered"])
        # The words that they were shown are there although nothing was answered to them.
        self.assertEqual([sorted(words["purpose"] for words in notice["purposes"]) for notice in everything["notices"]],
                         [["news", "shop"]])
        self.assertIn(("consent.dismiss", "news", None),
                      [(row["action"], row["object"], row["code"]) for row in everything["looked"]])
        self.shop.do("access", who, "--output", self.path("asked.html"), role="manager")
        shown = "".join(read_page(self.path("asked.html"))[1].texts)
        self.assertIn("Questions restées sans réponse", shown)
        self.assertIn("a noté qu’une question est restée sans réponse", shown)

    def test_schema_sees_what_is_wrong(self):
        who = self.shop.add_customer("Wrong", "Schema")
        self.take(who, "wrong.json")
        found = load(self.path("wrong.json"))
        self.assertTrue(validator("export").is_valid(found))
        for change in ({"version": 2}, {"looked": []}, {"person": dict(found["person"], id="x")}):
            self.assertFalse(validator("export").is_valid(dict(found, **change)), change.keys())

    def test_card_is_nobody_new_to_our_own_import(self):
        who = self.shop.add_customer("Card", "Round-Trip", emails=["card@example.com"],
                                     phones=["07700 900431"])
        path = self.path("card.vcf")
        self.shop.do("export", who, "--format", "vcard", "--output", path, role="privacy")
        tried = self.shop.do("import", path, "--dry-run", role="manager")
        self.assertEqual(tried, {"read": 1, "added": 0, "merged": 1, "rejected": []})

    def test_file_that_is_there_is_left_alone(self):
        who = self.shop.add_customer("Left", "Alone")
        self.take(who, "mine.json")
        before = load(self.path("mine.json"))
        rows = self.shop.do("audit", "verify", role="privacy")["rows"]
        self.fails(1, "export", who, "--format", "html", "--output", self.path("mine.json"), role="privacy")
        self.fails(1, "access", who, "--output", self.path("mine.json"), role="privacy")
        self.fails(1, "access", who, "--output", self.shop.folder, role="privacy")
        self.fails(1, "access", who, "--output", self.path("no/such/folder.html"), role="privacy")
        self.assertEqual(load(self.path("mine.json")), before)
        self.assertEqual(self.shop.do("audit", "verify", role="privacy")["rows"], rows)

    def test_nobody_and_nothing_are_told_apart(self):
        who = self.shop.add_customer("Usage", "Wrong")
        output = self.path("never.json")
        self.fails(1, "export", "0" * 32, "--format", "json", "--output", output, role="privacy")
        for words in (["export", who, "--format", "json"], ["export", who, "--output", output],
                      ["export", who, "--format", "pdf", "--output", output], ["access", who],
                      ["access", who, "--format", "vcard", "--output", output],
                      ["export", "--format", "json", "--output", output],
                      ["export", who, "--format", "json", "--output", self.shop.folder + "/"]):
            self.fails(2, *words, role="privacy")
        for role in ("associate", "admin"):
            self.fails(4, "export", who, "--format", "json", "--output", output, role=role)
            self.fails(4, "access", who, "--output", output, role=role)
        self.assertFalse(os.path.exists(output))

    def test_no_word_of_it_in_errors(self):
        who = self.shop.add_customer("Quiet", "Errors")
        path = self.path("quiet-errors-of-somebody.json")
        self.take(who, "quiet-errors-of-somebody.json")
        line = self.fails(1, "export", who, "--format", "json", "--output", path, role="privacy")
        self.assertNotIn("somebody", line)

    def test_full_disk_leaves_nothing(self):
        who = self.shop.add_customer("Full", "Disk")
        self.shop.add_note(who, "x" * 8000)
        disk = self.path("disk")
        os.mkdir(disk)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k,mode=700", "tmpfs", disk],
                              stderr=subprocess.DEVNULL, check=False)
        if done.returncode != 0:
            self.skipTest("no small file system can be mounted here")
        try:
            for words in (["export", who, "--format", "html"], ["access", who]):
                line = self.fails(1, *words, "--output", os.path.join(disk, "out"), role="privacy")
                self.assertIn("No space left", line)
                self.assertEqual(os.listdir(disk), [])
        finally:
            subprocess.run(["umount", "-l", disk], check=False)

    def traced(self, *words, trace):
        """A run under strace, which makes calls fail or ends the program at one."""
        environment = dict(self.shop.environment)
        if "ASAN_OPTIONS" in environment:  # who looks for leaks traces the program too, and one alone can
            environment["ASAN_OPTIONS"] += ":detect_leaks=0"
        return subprocess.run(["strace", "-f", "-qq", "-o", os.devnull, *trace, CTL, "--json", "--as",
                               NAMES["privacy"], *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=environment, timeout=PATIENCE, check=False)

    def test_memory_stick_gives_no_second_names(self):
        """Neither files without a name nor links: as on the file systems of memory sticks."""
        who = self.shop.add_customer("Memory", "Stick")
        stick = self.path("stick")
        os.mkdir(stick)
        output = os.path.join(stick, "out.json")
        trace = ["-P", stick, "-P", output, "-e", "trace=openat,linkat",
                 "-e", "inject=openat:error=EOPNOTSUPP:when=1", "-e", "inject=linkat:error=EPERM"]
        done = self.traced("export", who, "--format", "json", "--output", output, trace=trace)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(os.listdir(stick), ["out.json"])
        self.valid("export", output)

    def test_killed_at_any_call_leaves_a_whole_file_or_none(self):
        who = self.shop.add_customer("Killed", "Export")
        self.shop.add_note(who, "x" * 5000)
        folder = self.path("killed")
        os.mkdir(folder)
        output = os.path.join(folder, "out.json")
        calls = "write,pwrite64,ftruncate,fsync,fdatasync,linkat,renameat2,unlink,rename"
        n_killed = n_whole = 0
        for number in range(1, 200):
            done = self.traced("export", who, "--format", "json", "--output", output,
                               trace=["-e", "trace=" + calls, "-e", f"inject={calls}:signal=SIGKILL:when={number}"])
            n_killed += done.returncode != 0
            self.assertLessEqual(set(os.listdir(folder)), {"out.json"})
            if os.path.exists(output):
                mark = self.valid("export", output)["copy"]["id"]
                n_whole += 1
                # What is out is in the log, and so on the list of copies.
                everything = self.path(f"log-{number}.json")
                self.shop.do("access", who, "--format", "json", "--output", everything, role="privacy")
                self.assertIn(mark, [row["id"] for row in load(everything)["copies"]])
                os.unlink(output)
            if done.returncode == 0:
                break
        self.assertEqual(done.returncode, 0)
        self.assertGreater(n_killed, 5)
        self.assertGreater(n_whole, 0)
        self.assertTrue(self.shop.do("audit", "verify", role="privacy")["whole"])

    def test_erased_takes_the_copies_along(self):
        who = self.shop.add_customer("Copies", "Gone")
        self.take(who, "gone.json")
        self.shop.do("access", who, "--output", self.path("gone.html"), role="privacy")
        self.assertEqual(self.shop.do("erase", who, "--reason", "request", role="privacy"),
                         {"erased": who, "selfcheck": "pass"})
        self.assertFalse(os.path.exists(self.path("gone.json")))
        self.assertFalse(os.path.exists(self.path("gone.html")))

    def test_copy_that_cannot_be_removed_is_named(self):
        who = self.shop.add_customer("Copy", "Stays")
        self.take(who, "stays.json")
        os.rename(self.path("stays.json"), self.path("kept.json"))
        os.mkdir(self.path("stays.json"))
        done = self.shop.do("erase", who, "--reason", "request", role="privacy")
        self.assertEqual(done, {"erased": who, "selfcheck": "pass",
                                "copies_left": [self.path("stays.json")]})


    def test_copy_that_was_carried_away_is_told_once(self):
        who = self.shop.add_customer("Copy", "Away")
        mark = self.take(who, "away.json")
        self.take(who, "replaced.json")
        os.rename(self.path("away.json"), self.path("elsewhere.json"))
        with open(self.path("replaced.json"), "w", encoding="utf-8") as file:
            file.write("another file")
        done = self.shop.do("erase", who, "--reason", "request", role="privacy")
        self.assertEqual(sorted(row["was"] for row in done["copies_missing"]),
                         [self.path("away.json"), self.path("replaced.json")])
        self.assertIn(mark, [row["mark"] for row in done["copies_missing"]])
        self.assertTrue(all(row["made"].startswith("20") for row in done["copies_missing"]))
        other = self.shop.add_customer("Copy", "None")
        self.assertNotIn("copies_missing", self.shop.do("erase", other, "--reason", "request", role="privacy"))

    def test_copy_on_a_stick_that_is_out_is_reached_when_it_is_in(self):
        who = self.shop.add_customer("Copy", "Stick")
        os.mkdir(self.path("pocket-stick"))
        self.take(who, "pocket-stick/theirs.json")
        os.rename(self.path("pocket-stick"), self.path("pocket"))
        done = self.shop.do("erase", who, "--reason", "request", role="privacy")
        self.assertEqual(done["copies_left"], [self.path("pocket-stick/theirs.json")])
        self.assertNotIn("copies_missing", done)
        self.shop.do("retention", "run", role="manager")
        os.rename(self.path("pocket"), self.path("pocket-stick"))
        self.assertTrue(os.path.exists(self.path("pocket-stick/theirs.json")))
        self.shop.do("retention", "run", role="manager")
        self.assertFalse(os.path.exists(self.path("pocket-stick/theirs.json")))


class Access(Home):
    def test_everything_is_on_the_page_and_inside_it(self):
        who = self.shop.add_customer(**SOLENE)
        texts = ["cuir souple, talon 4 cm", "a l’air pressée"]
        self.shop.add_note(who, texts[0])
        self.shop.add_note(who, texts[1], "--provenance", "observed")
        self.shop.answer(who, "shop", "yes", "spoken")
        self.shop.show(who)
        path = self.path("access.html")
        self.shop.do("access", who, "--output", path, role="privacy")
        text, page = read_page(path)
        self.assertEqual(page.elements[0], ("html", {"lang": "fr", "dir": "ltr"}))
        shown = "".join(page.texts)
        for one in texts:
            self.assertEqual(shown.count(one), 1)
        inside = json.loads(page.inside)
        self.assertTrue(validator("access").is_valid(inside))
        words = inside["notices"][0]["purposes"][0]
        self.assertIn(words["script"], shown)
        self.assertIn(words["what_for"], shown)
        self.assertIn(("manager", "customer.read"), [(row["role"], row["action"]) for row in inside["looked"]])
        for name in NAMES.values():
            self.assertNotIn(name, text)
        for identity in self.shop.staff.values():
            self.assertNotIn(identity, text)

    def test_whatever_staff_are_shown_is_in_it(self):
        """A family of records that is added later has to be added to both documents."""
        who = self.shop.add_customer(**SOLENE, numbers=["FV-4711"])
        soon = datetime.date.today() + datetime.timedelta(days=30)
        self.shop.add_note(who, "cuir souple")
        for family, record in (("preference set", {"facet": "size", "value": "38"}),
                               ("request add", {"kind": "order", "text": "Alder boot", "due": soon.isoformat()}),
                               ("occasion add", {"text": "wedding", "date": soon.isoformat(),
                                                 "steps": [{"text": "shoes", "date": soon.isoformat()}]})):
            self.shop.do(*family.split(), who, "--record-stdin", given=json.dumps(record))
        self.shop.answer(who, "shop")
        with open(self.path("sold.csv"), "w", encoding="utf-8") as file:
            file.write("sku,title,date,customer number\n7,Fell loafer,2026-01-05,FV-4711\n")
        self.shop.do("purchases", "import", self.path("sold.csv"), role="manager")
        self.shop.do("wish", "add", who, "--text-stdin", given="un café au calme")
        self.shop.do("request", "add", who, "--record-stdin", given='{"text":"cirage"}')
        self.shop.do("contact", "log", who, "--purpose", "asked", "--channel", "phone", "--outcome", "reached")
        self.shop.do("customer", "set", who, "--record-stdin",
                     given=json.dumps({"home": "Lower Quay", "zone": "Europe/Lisbon", "associate": NAMES["manager"]}))
        self.shop.answer(who, "news", "yes", "tapped", "--channel", "email")
        code = self.shop.do("contact", "code", who, "--channel", "email")["code"]
        self.shop.do("contact", "confirm", who, "--code-stdin", given=code)
        self.shop.do("consent", "limit", who, "--purpose", "news", "--method", "spoken", "--at-most", "3", "--per-days",
                     "41", "--quiet", "20:17-09:00", "--pause-until", "2999-12-31", "--only-when", "near")
        shown = self.shop.show(who)
        self.shop.do("note", "used", shown["notes"][0]["id"])
        families = {name: rows for name, rows in shown.items()
                    if isinstance(rows, list) and name not in ("emails", "phones", "confirmed", "numbers", "owned",
                                                               "permissions")}
        self.assertGreaterEqual(set(families), {"notes", "preferences", "requests", "occasions", "purchases", "wishes", "reached"})
        self.take(who, "families.json")
        self.shop.do("access", who, "--format", "json", "--output", self.path("all-families.json"),
                     role="privacy")
        for document, path in (("export", "families.json"), ("access", "all-families.json")):
            found = self.valid(document, self.path(path))
            for name, rows in families.items():
                if document == "export" and name == "reached":
                    continue  # nobody told us that
                self.assertTrue(rows, name)
                self.assertEqual(sorted(row["id"] for row in found[name]), sorted(row["id"] for row in rows))
            self.assertEqual((found["person"]["home"], found["person"]["zone"]), ("Lower Quay", "Europe/Lisbon"))
            self.assertEqual([(row["purpose"], row["channel"], row["at_most"], row["per_days"], row["quiet_from"],
                               row["quiet_to"], row["paused_until"], row["only_when"]) for row in found["conditions"]],
                             [("news", None, 3, 41, "20:17", "09:00", "2999-12-31", "near")])
        self.assertEqual((found["person"]["associate_role"], found["notes"][0]["used"], found["preferences"][0]["used"]),
                         ("manager", 1, 0))
        self.assertEqual(found["person"]["confirmed"], SOLENE["emails"][:1])
        path = self.path("families.html")
        self.shop.do("access", who, "--output", path, role="privacy")
        page = "".join(read_page(path)[1].texts)
        for text in ("cuir souple", "38", "Alder boot", "wedding", "shoes", soon.isoformat(), "Fell loafer", "un café au calme",
                     "Lower Quay", "Europe/Lisbon", "3 / 41", "20:17 – 09:00", "2999-12-31"):
            self.assertIn(text, page)

    def test_pages_ask_for_nothing_and_run_nothing(self):
        who = self.shop.add_customer(**SOLENE)
        self.shop.add_note(who, "<img src=x onerror=alert(1)></p><a href='javascript:alert(1)'>")
        for command in (["export", "--format", "html"], ["access"]):
            path = self.path(command[0] + "-still.html")
            self.shop.do(command[0], who, *command[1:], "--output", path, role="privacy")
            text, page = read_page(path)
            for tag, attributes in page.elements:
                self.assertNotIn(tag, ("img", "link", "iframe", "object", "embed", "form", "base"))
                self.assertFalse([name for name in attributes if name.startswith("on") or name == "src"], tag)
                self.assertRegex(attributes.get("href", "#"), r"\A#")
                self.assertIn(attributes.get("type", "application/json"), ("application/json",))
            self.assertNotRegex(text.split("</style>")[0], r"url\(|@import")
            targets = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
            for _, attributes in page.elements:
                if "href" in attributes:
                    self.assertIn(attributes["href"][1:], targets)

    def test_words_are_whole_in_every_language(self):
        words = load(WORDS)
        self.assertEqual(sorted(words), ["de", "en", "es", "fr"])
        for language, known in words.items():
            self.assertEqual(sorted(known), sorted(words["en"]), language)
            self.assertTrue(all(text == text.strip() and text for text in known.values()), language)

    def test_words_cover_what_the_schema_names(self):
        words = load(WORDS)["en"]
        schema = load(SCHEMA)["$defs"]
        note = schema["access"]["properties"]["notes"]["items"]["properties"]
        preference = schema["access"]["properties"]["preferences"]["items"]["properties"]
        consent = schema["access"]["properties"]["consents"]["items"]["properties"]
        requests = schema["access"]["properties"]["requests"]["items"]["properties"]
        occasions = schema["access"]["properties"]["occasions"]["items"]["properties"]
        use = schema["access"]["properties"]["uses"]["items"]["properties"]
        told = schema["access"]["properties"]["told"]["items"]["properties"]
        copies = schema["access"]["properties"]["copies"]["items"]["properties"]
        for group, terms in (("visit", note["kind"]), ("intent", note["intent"]), ("life", note["life"]),
                             ("discretion", note["discretion"]), ("provenance", note["provenance"]),
                             ("delivery", note["delivery"]), ("facet", preference["facet"]),
                             ("polarity", preference["polarity"]), ("answer", consent["answer"]),
                             ("method", consent["method"]), ("verdict", use["verdict"]),
                             ("guardian-method", {"enum": set(consent["method"]["enum"]) - {"request", "elsewhere"}}),
                             ("channel", schema["channel_or_null"]), ("role", schema["role"]),
                             ("occasion", occasions["kind"]), ("matter", requests["kind"]), ("progress", requests["state"]), ("kind", told["kind"]), ("told", told["state"]), ("purpose", copies["what"])):
            for term in terms["enum"]:
                if term is not None:
                    self.assertIn(f"{group}.{term}", words)

    def test_every_act_on_a_customer_has_its_word(self):
        """Whatever the book logs about somebody, their page says in words."""
        words = load(WORDS)["en"]
        folder = os.path.join(SOURCE, "data", "store")
        actions = set()
        for name in os.listdir(folder):
            if name.endswith(".c"):
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    actions |= set(re.findall(r'"((?:customer|note|preference|request|occasion|purchase|wish|record|consent|outbox|copy)\.[a-z]+)"',
                                              file.read()))
        # Columns that are sealed under such a name, and the one act after which there is no page.
        actions -= {"customer.card", "customer.key", "note.body", "preference.body", "request.body", "occasion.body", "purchase.body", "purchase.mark", "wish.body",
                    "outbox.bytes", "outbox.theirs",
                    "copy.place", "customer.erase"}
        self.assertGreater(len(actions), 8)
        self.assertEqual([action for action in sorted(actions) if "action." + action not in words], [])

    def test_texts_that_nobody_here_wrote(self):
        if not os.path.exists(BLNS):
            self.skipTest("the folder of texts that others wrote is not beside this checkout")
        texts = [text for text in load(BLNS) if text.strip(" \t\n") and "\0" not in text]
        who = self.shop.add_customer("Naughty", "Strings")
        # One note holds many of them: what counts is how they are written, not how they are kept.
        bundles = ["\n\n".join(texts[first:first + 20])[:1900] for first in range(0, len(texts), 20)]
        for bundle in bundles:
            self.shop.add_note(who, bundle)
        self.take(who, "naughty.json")
        found = self.valid("export", self.path("naughty.json"))
        kept = {note["text"] for note in found["notes"]}
        self.assertEqual(kept, {bundle.removesuffix("\n") for bundle in bundles})
        path = self.path("naughty.html")
        self.shop.do("access", who, "--output", path, role="privacy")
        _, page = read_page(path)
        inside = json.loads(page.inside)
        self.assertEqual({note["text"] for note in inside["notes"]}, kept)
        own = {"html", "head", "meta", "title", "style", "body", "header", "main", "p", "h1", "h2",
               "h3", "div", "dl", "dt", "dd", "bdi", "a", "script"}
        self.assertEqual({tag for tag, _ in page.elements} - own, set())
        self.assertEqual([tag for tag, _ in page.elements].count("script"), 1)


if __name__ == "__main__":
    main()
