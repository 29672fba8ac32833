#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Two terminals of one shop hold one book: what is written at one stands at the other after both have been in touch, and
what nobody agreed to stays where it was written. Another shop's terminal gets what is everybody's of whom it knows."""

import cb_app
from cb_app import check

CARD = {"given": "Mara", "family": "Ellingsen", "emails": ["mara@example.com"], "phones": ["07700 900142"]}


class Shop:
    """A service and two terminals of one store."""

    def __init__(self, world):
        self.service = world.service()
        self.one, self.two = (world.terminal(name, keep_unasked=7) for name in ("one", "two"))
        for terminal in (self.one, self.two):
            terminal.enrol(self.service)

    def sync(self):
        """Each sends, and hears what the other sent."""
        for terminal in (self.one, self.two, self.one):
            terminal.sync()

    def whole(self):
        for terminal in (self.one, self.two):
            terminal.check_whole()
            check(not terminal.states().get("parked"), "something was refused")
        self.service.check()


def texts(terminal, customer):
    shown = terminal.show(customer)
    return sorted(note["text"] for note in shown["notes"]) if shown else None


def found(terminal, word):
    rows = terminal.ctl("customer", "find", "--text-stdin", by="Hand", given=word.encode() + b"\n").json
    return [row["id"] for row in rows]


def correct(terminal, note, text):
    terminal.ctl("note", "correct", note, "--text-stdin", by="Hand", given=text.encode() + b"\n")


def everything():
    with cb_app.World() as world:
        shop = Shop(world)
        mara = shop.one.add_customer(CARD)
        shop.one.add_note(mara, "a secret of the counter", "--intent", "visit")
        shop.one.answer(mara, "shop")
        shop.one.add_note(mara, "navy, not wool")
        shop.one.set_preference(mara, {"facet": "size", "value": "38", "polarity": "like", "garment": "boot"})
        shop.one.ctl("request", "add", mara, "--record-stdin", by="Hand", given={"kind": "hold", "text": "the green one"})
        shop.sync()
        here, there = (terminal.show(mara) for terminal in (shop.one, shop.two))
        check(there is not None, "the other terminal does not know them")
        for field in ("given", "family", "emails", "phones"):
            check(here[field] == there[field], f"{field} is not the same")
        check(texts(shop.two, mara) == ["navy, not wool"], "the notes are not those that may leave")
        check([(row["facet"], row["value"], row["garment"]) for row in there["preferences"]]
              == [("size", "38", "boot")], "the preference is not the same")
        check([row["text"] for row in there["requests"]] == ["the green one"], "the request is not the same")
        check(found(shop.two, "ellings") == [mara], "they cannot be found by name")
        check(found(shop.two, "900142") == [mara], "they cannot be found by phone")
        permissions = shop.two.ctl("consent", "show", mara, by="Head").json["permissions"]
        check(next(row["verdict"] for row in permissions if row["purpose"] == "shop") == "allowed",
              "the yes did not come along")
        shop.whole()


def both_ways():
    with cb_app.World() as world:
        shop = Shop(world)
        mara = shop.one.add_customer(CARD)
        shop.one.answer(mara, "shop")
        shop.sync()
        shop.two.add_note(mara, "from the other till")
        size = shop.two.set_preference(mara, {"facet": "size", "value": "38", "polarity": "like"})
        shop.sync()
        shop.one.set_preference(mara, {"id": size, "facet": "size", "value": "39", "polarity": "like"})
        shop.sync()
        shop.sync()
        for terminal in (shop.one, shop.two):
            check(texts(terminal, mara) == ["from the other till"], "the note is not at both")
            check([row["value"] for row in terminal.show(mara)["preferences"]] == ["39"], "the edit is not at both")
        check(len(shop.service.dump("preference")) == 1, "an edit became another record")
        shop.whole()


def taken_back():
    """What came from elsewhere ends here with the yes, and is sent again by the next as if it were this terminal's."""
    with cb_app.World() as world:
        shop = Shop(world)
        mara = shop.one.add_customer(CARD)
        shop.one.answer(mara, "shop")
        shop.one.add_note(mara, "navy, not wool")
        shop.sync()
        shop.two.answer(mara, "shop", "no")
        shop.sync()
        check(not shop.service.dump("note"), "the service still has the note")
        for terminal in (shop.one, shop.two):
            permissions = terminal.ctl("consent", "show", mara, by="Head").json["permissions"]
            check(next(row["verdict"] for row in permissions if row["purpose"] == "shop") == "withdrawn",
                  "the no is not at both")
        shop.two.answer(mara, "shop")
        shop.sync()
        check([note["body"]["text"] for note in shop.service.dump("note").values()] == ["navy, not wool"],
              "the next yes did not send it again")
        shop.whole()


def erased():
    with cb_app.World() as world:
        shop = Shop(world)
        mara = shop.one.add_customer(CARD)
        shop.one.answer(mara, "shop")
        shop.sync()
        shop.two.ctl("erase", mara, "--reason", "request", by="Head")
        shop.sync()
        for terminal in (shop.one, shop.two):
            check(terminal.show(mara) is None, "somebody who is erased is back")
        shop.whole()


def restored():
    """A terminal put back to an older day gets what it sent itself, too."""
    with cb_app.World() as world:
        shop = Shop(world)
        backup = world.folder("kept", "store") + "/store.backup"
        mara = shop.one.add_customer(CARD)
        shop.one.answer(mara, "shop")
        shop.sync()
        shop.one.ctl("backup", backup, by="Warden")
        shop.one.add_note(mara, "said since")
        shop.sync()
        shop.one.ctl("restore", backup, by="Warden")
        check(texts(shop.one, mara) == [], "the back-up knows what came later")
        shop.sync()
        check(texts(shop.one, mara) == ["said since"], "what was sent before did not come back")
        shop.whole()


def elsewhere():
    """Another shop knows nobody of this one."""
    with cb_app.World() as world:
        shop = Shop(world)
        far = world.terminal("far", keep_unasked=7)
        shop.service.STORE = "Port Halden"
        far.enrol(shop.service)
        mara = shop.one.add_customer(CARD)
        shop.one.answer(mara, "shop")
        shop.one.answer(mara, "everywhere")
        shop.one.add_note(mara, "navy, not wool")
        shop.sync()
        far.sync()
        check(far.show(mara) is None, "another shop was told")
        shop.whole()


def meet(world):
    """A shop whose two terminals know one size."""
    shop = Shop(world)
    mara = shop.one.add_customer(CARD)
    shop.one.answer(mara, "shop")
    size = shop.one.set_preference(mara, {"facet": "size", "value": "38", "polarity": "like", "garment": "boot"})
    shop.sync()
    return shop, mara, size


def size_at(terminal, mara):
    return [(row["value"], row["garment"]) for row in terminal.show(mara)["preferences"]]


def merged():
    """What each changed of its own stands at both."""
    with cb_app.World() as world:
        shop, mara, size = meet(world)
        shop.one.set_preference(mara, {"id": size, "facet": "size", "value": "39", "polarity": "like",
                                       "garment": "boot"})
        shop.two.set_preference(mara, {"id": size, "facet": "size", "value": "38", "polarity": "like",
                                       "garment": "shoe"})
        shop.sync()
        shop.sync()
        for terminal in (shop.one, shop.two):
            check(size_at(terminal, mara) == [("39", "shoe")], "a change of its own was lost")
        shop.whole()


def chosen():
    """The same field at both: nothing is lost, somebody chooses, and the choice stands at both."""
    for keep, winner in (("mine", "40"), ("theirs", "39")):
        with cb_app.World() as world:
            shop, mara, size = meet(world)
            for terminal, value in ((shop.one, "39"), (shop.two, "40")):
                terminal.set_preference(mara, {"id": size, "facet": "size", "value": value, "polarity": "like",
                                               "garment": "boot"})
            shop.sync()
            check(size_at(shop.one, mara) == [("39", "boot")] and size_at(shop.two, mara) == [("40", "boot")],
                  "what was typed did not stay")
            conflicts = shop.two.ctl("outbox", "conflicts", by="Head").json
            check([(row["mine"]["value"], row["theirs"]["value"]) for row in conflicts] == [("40", "39")],
                  "the two readings are not told")
            shop.two.ctl("outbox", "retry", conflicts[0]["id"], by="Head", code=3)
            shop.two.ctl("outbox", "retry", "--all", by="Head")
            check(len(shop.two.ctl("outbox", "conflicts", by="Head").json) == 1, "a conflict was tried again")
            shop.two.ctl("outbox", "resolve", conflicts[0]["id"], "--keep", "both", by="Head", code=3)
            shop.two.ctl("outbox", "resolve", conflicts[0]["id"], "--keep", keep, by="Head")
            shop.sync()
            shop.sync()
            for terminal in (shop.one, shop.two):
                check(size_at(terminal, mara) == [(winner, "boot")], f"{keep} does not stand at both")
            check(shop.two.ctl("outbox", "conflicts", by="Head").json == [], "the conflict is still there")
            shop.whole()


def two_notes():
    """A note that was put right at both becomes two."""
    with cb_app.World() as world:
        shop = Shop(world)
        mara = shop.one.add_customer(CARD)
        shop.one.answer(mara, "shop")
        note = shop.one.add_note(mara, "navy, not wool")
        shop.sync()
        backup = world.folder("kept", "store") + "/store.backup"
        shop.one.ctl("backup", backup, by="Warden")
        correct(shop.one, note, "navy, and no wool")
        shop.sync()
        shop.one.ctl("restore", backup, by="Warden")
        correct(shop.one, note, "navy, never wool")
        shop.one.sync()
        conflicts = shop.one.ctl("outbox", "conflicts", by="Head").json
        check([(row["mine"]["text"], row["theirs"]["text"]) for row in conflicts]
              == [("navy, never wool", "navy, and no wool")], "the two texts are not told")
        shop.one.ctl("outbox", "resolve", conflicts[0]["id"], "--keep", "both", by="Head")
        shop.sync()
        shop.sync()
        for terminal in (shop.one, shop.two):
            check(texts(terminal, mara) == ["navy, and no wool", "navy, never wool"], "a text was lost")
        shop.whole()


cb_app.run([
    ("/records/everything/comes-to-the-other-terminal", everything),
    ("/records/edits/go-both-ways", both_ways),
    ("/records/taken-back/ends-at-both", taken_back),
    ("/records/erased/stays-gone", erased),
    ("/records/restored/comes-back", restored),
    ("/records/elsewhere/is-not-told", elsewhere),
    ("/records/both/merge-by-field", merged),
    ("/records/both/wait-for-a-choice", chosen),
    ("/records/both/two-notes", two_notes),
])
