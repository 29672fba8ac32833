#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A customer speaks to head office: what is decided there is carried out at the terminal at its next contact, and
head office can see that it was."""

import os
import shutil

import cb_app
from cb_app import check


class Shop:
    """A terminal and a service, and two customers whom both know."""

    def __init__(self, world):
        self.service = world.service()
        self.terminal = world.terminal(keep_unasked=7)
        self.terminal.enrol(self.service)
        self.one, self.other = (self.terminal.add_customer() for _ in range(2))
        for customer in (self.one, self.other):
            self.terminal.answer(customer, "shop")
            self.terminal.answer(customer, "news")
            self.terminal.add_note(customer, "navy, not wool")
        self.sync()
        check(len(self.service.dump("note")) == 2, "the notes did not reach the service")

    def sync(self):
        self.terminal.ctl("sync")

    def heard(self):
        """How many of how many changes the one terminal has carried out, and whether it ever said so."""
        lines = self.service.command("terminals").decode().splitlines()
        check(len(lines) == 1, "there is one terminal")
        _, _, state, heard, since = lines[0].split("\t")
        check(state == "in use", "the terminal is in use")
        done, head = (int(number) for number in heard.split("/"))
        return done, head, since != "never"

    def verdict(self, customer, purpose):
        answers = self.terminal.ctl("consent", "show", customer, by="Head").json["permissions"]
        return next(answer["verdict"] for answer in answers if answer["purpose"] == purpose)


def erased():
    with cb_app.World() as world:
        shop = Shop(world)
        shop.service.command("erase", shop.one)
        check(not [note for note in shop.service.dump("note").values() if note["customer"] == shop.one],
              "the service still has a note of theirs")
        check(shop.terminal.show(shop.one), "nobody has asked yet, and the customer is gone")
        done, head, _ = shop.heard()
        check(done < head, "what nobody has heard counts as heard")
        shop.sync()
        check(not shop.terminal.show(shop.one), "the customer is still at the terminal")
        check(shop.terminal.show(shop.other), "another customer is gone")
        shop.sync()
        done, head, has_asked = shop.heard()
        check(has_asked and done == head, "head office does not see that it was carried out")
        check(shop.one not in str(shop.terminal.ctl("outbox", "list").json), "something of theirs still waits")
        shop.terminal.check_whole()
        shop.service.check()


def withdrawn():
    with cb_app.World() as world:
        shop = Shop(world)
        shop.service.command("withdraw", shop.one, "shop")
        shop.service.command("withdraw", shop.other, "news")
        shop.sync()
        check(shop.verdict(shop.one, "shop") == "withdrawn", "the yes to the shop still stands")
        check(shop.verdict(shop.other, "shop") == "allowed", "another's yes has ended")
        check(shop.verdict(shop.other, "news") == "withdrawn", "the yes to news still stands")
        # They think better of it: the new yes names the end that it saw, and is taken.
        shop.terminal.answer(shop.one, "shop")
        shop.terminal.add_note(shop.one, "grey after all")
        shop.sync()
        check([note for note in shop.service.dump("note").values() if note["customer"] == shop.one],
              "the new yes carries nothing")
        check(not shop.terminal.states().get("parked"), "something was refused")
        shop.terminal.check_whole()
        shop.service.check()


def restored():
    """A terminal that is put back to before the erasure hears of it again."""
    with cb_app.World() as world:
        shop = Shop(world)
        backup = world.folder("kept", "store") + "/store.backup"
        shop.terminal.ctl("backup", backup, by="Warden")
        shop.service.command("erase", shop.one)
        shop.sync()
        check(not shop.terminal.show(shop.one), "the customer is still at the terminal")
        shop.terminal.ctl("restore", backup, by="Warden")
        shop.sync()
        check(not shop.terminal.show(shop.one), "the customer is back")
        check(shop.terminal.show(shop.other), "another customer is gone")


def service_restored():
    """The service is put back to the morning's copy: what two terminals sent since comes again by itself, what was
    erased and withdrawn since does not."""
    with cb_app.World() as world:
        shop = Shop(world)
        second = world.terminal("second", keep_unasked=7)
        second.enrol(shop.service)
        second.ctl("sync")
        shop.service.stop()
        copy = shop.service.database + ".morning"
        shutil.copy(shop.service.database, copy)
        shop.service.start()
        for number, terminal in enumerate((shop.terminal, second)):
            guest = terminal.add_customer()
            terminal.answer(guest, "shop")
            terminal.add_note(guest, f"written after the copy, {number}")
            terminal.add_note(shop.other, f"about one of before, {number}")
            terminal.ctl("sync")
        shop.service.command("erase", shop.one)
        shop.terminal.ctl("consent", "withdraw", shop.other, "--purpose", "news", by="Head")
        for terminal in (shop.terminal, second, shop.terminal):
            terminal.ctl("sync")
        before = bodies(shop.service)
        shop.service.stop()
        for suffix in ("", "-wal", "-shm"):
            if os.path.exists(shop.service.database + suffix):
                os.remove(shop.service.database + suffix)
        shutil.copy(copy, shop.service.database)
        check(shop.service.command("restored").startswith(b"epoch: "), "the new history has no name")
        check(shop.one not in shop.service.dump_bytes().decode(), "who was erased is back")
        shop.service.start()
        for terminal in (second, shop.terminal, second, shop.terminal):
            terminal.ctl("sync")
        after = bodies(shop.service)
        ended = [line for line in after.values() if line["store"] == "*"]
        check([line["body"]["state"] for line in ended] == ["withdrawn"], "not what the ledger brought, and it alone")
        for line in ended:
            line["store"] = before[line["id"]]["store"]
        for key in before.keys() | after.keys():
            check(before.get(key) == after.get(key), f"the service is not what it was: {before.get(key)} became "
                  + str(after.get(key)))
        for terminal in (shop.terminal, second):
            states = terminal.states()
            check(not states.get("parked") and not states.get("waiting"), "something does not arrive")
            check(not terminal.show(shop.one), "who was erased is at a terminal")
        check(shop.verdict(shop.other, "news") == "withdrawn", "who withdrew has not")
        shop.service.check()


def bodies(service):
    """What the service holds, by id, without the numbers it gave."""
    return {key: {name: value for name, value in record.items() if name != "n"}
            for key, record in service.dump().items()}


def asked_wrongly():
    with cb_app.World() as world:
        shop = Shop(world)
        for words in (("erase", "nobody"), ("withdraw", shop.one), ("withdraw", shop.one, "gossip"),
                      ("withdraw", shop.one, "shop", "email")):
            code = shop.service.run(*words)
            check(code == 2, f"{words[0]} ended with {code}")
        check(shop.service.run("erase", "0" * 32) == 0, "whoever is nowhere can be erased")
        shop.sync()
        check(shop.terminal.show(shop.one), "a customer is gone")


cb_app.run([
    ("/centre/erased/goes-at-the-next-contact", erased),
    ("/centre/withdrawn/ends-at-the-next-contact", withdrawn),
    ("/centre/erased/stays-gone-after-a-restore", restored),
    ("/centre/service/put-back-from-a-copy", service_restored),
    ("/centre/wrong/is-said", asked_wrongly),
])
