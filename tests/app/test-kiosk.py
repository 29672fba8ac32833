#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The terminal as a shop's machine shows it: no key, no button, no bus and no variable leads out of it, and it
runs in the compositor and under the limits of its unit. Run under with-display."""

import ctypes
import os
import re
import shutil
import subprocess
import time
import xml.etree.ElementTree

import cb_app
from cb_app import check
from cb_counter import Counter
from cb_x import Screen

SIZE = (1280, 800)
SECRET = "Sister's wedding in June"

# What GTK, a desktop or a browser would answer to, in any of their versions.
KEYS = ("ctrl+shift+i", "ctrl+shift+d", "ctrl+period", "ctrl+semicolon", "ctrl+shift+u", "Escape", "F10",
        "shift+F10", "Menu", "alt+F10", "F11", "alt+F4", "alt+space", "ctrl+q", "ctrl+w", "ctrl+o", "ctrl+p",
        "ctrl+shift+p", "ctrl+alt+Delete", "ctrl+alt+F2", "super+period", "Print")

# As the unit has it: nothing that was written can be run.
PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN = 65, 1
NOBODY = 65534
# Of 10. What is left is named in the unit's README.
MOST_EXPOSED = 20


def refuse_new_code():
    ctypes.CDLL(None).prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0)


class Kiosk:
    """A terminal with one customer and somebody's hand at it, in a world of its own."""

    def __init__(self, **surroundings):
        self.surroundings = surroundings

    def __enter__(self):
        self.world = cb_app.World().__enter__()
        self.terminal = self.world.terminal(keep_unasked=7)
        self.terminal.add_customer({"given": "Mara", "family": "Ellingsen"})
        self.terminal.add_customer({"given": "Dafydd", "family": "Prosser"})
        self.screen = Screen()
        log = os.path.join(self.world.folder("terminal", "log"), "window.log")
        self.counter = Counter(self.terminal, log, "--kiosk", surroundings=self.surroundings, before=refuse_new_code)
        self.window = self.counter.window
        return self

    def __exit__(self, *exception):
        self.counter.end()
        self.screen.close()
        self.world.__exit__(*exception)

    def check_alone(self, after):
        """One window, which fills the screen."""
        check(self.counter.process.poll() is None, f"the terminal has ended: {after}")
        shown = self.screen.shown()
        check(shown == [(0, 0, *SIZE)], f"{len(shown)} windows, not one that fills the screen: {after}")

    def press_all(self, where):
        for key in KEYS:
            if key == "Escape" and where == "the turned screen":
                continue  # that one asks for the PIN, which is its own test's
            self.window.key(key)
            time.sleep(0.15)
            self.check_alone(f"{key} at {where}")
        time.sleep(1)
        self.check_alone(f"a while later, at {where}")


def keys():
    """Whatever is pressed, nothing opens: at the door, at the counter, in a note, before the customer."""
    with Kiosk() as kiosk:
        counter, window = kiosk.counter, kiosk.window
        kiosk.press_all("the lock")
        window.find("Who is at the counter?")
        counter.sign_in()
        kiosk.press_all("the search")
        counter.window.key("ctrl+k")
        counter.open("Ellingsen", "Mara Ellingsen")
        window.enter("Note", SECRET)
        window.key("ctrl+a")
        kiosk.press_all("a note")
        window.key("ctrl+k")
        counter.open("Ellingsen", "Mara Ellingsen")
        window.key("ctrl+t")
        window.find_gone("Find a customer", ("text",))
        time.sleep(0.5)
        kiosk.press_all("the turned screen")


def pointer():
    """The menu button of a mouse does nothing, and neither does the close button of whatever manages windows."""
    with Kiosk() as kiosk:
        kiosk.counter.sign_in()
        for name in ("Find a customer", "Lock"):
            x, y = kiosk.window.find(name).middle()
            subprocess.run(["xdotool", "mousemove", str(x), str(y), "click", "3"], check=True)
            time.sleep(0.5)
            kiosk.check_alone(f"the menu button on “{name}”")
        kiosk.screen.ask_to_close(int(kiosk.window.id))
        time.sleep(0.5)
        kiosk.check_alone("being asked to close")
        kiosk.counter.process.terminate()
        check(kiosk.counter.process.wait(cb_app.PATIENCE) == 0, "the terminal does not end when the machine does")


# --- the bus ---------------------------------------------------------------------------------------------------


def call(bus, name, path, interface, method, arguments=None):
    from gi.repository import Gio

    return bus.call_sync(name, path, interface, method, arguments, None, Gio.DBusCallFlags.NONE, 10000, None).unpack()


def exported(bus, name, path="/"):
    """The interfaces below a path of one program on the bus."""
    from gi.repository import GLib

    try:
        text = call(bus, name, path, "org.freedesktop.DBus.Introspectable", "Introspect")[0]
    except GLib.Error:
        return set()
    tree = xml.etree.ElementTree.fromstring(text)
    found = {interface.get("name") for interface in tree.findall("interface")}
    for node in tree.findall("node"):
        found |= exported(bus, name, path.rstrip("/") + "/" + node.get("name"))
    return found


def on_the_bus():
    """No action is offered there, and one that is called all the same does nothing."""
    from gi.repository import Gio, GLib

    with Kiosk() as kiosk:
        kiosk.window.find("Who is at the counter?")
        bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
        names = call(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "ListNames")[0]
        pids = {name: call(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                           "GetConnectionUnixProcessID", GLib.Variant("(s)", (name,)))[0]
                for name in names if name.startswith(":")}
        check("org.counterbook.Counterbook" not in names, "the terminal has a name on the bus")
        for name in (name for name, pid in pids.items() if pid == kiosk.counter.process.pid):
            actions = {one for one in exported(bus, name) if not one.startswith("org.freedesktop.DBus.")}
            check(not actions, "the terminal offers " + ", ".join(sorted(actions)))
            for action in ("search", "write", "turn", "import", "review", "sync-now", "quit"):
                for path in ("/org/counterbook/Counterbook", "/org/counterbook/Counterbook/window/1"):
                    try:
                        call(bus, name, path, "org.gtk.Actions", "Activate",
                             GLib.Variant("(sava{sv})", (action, [], {})))
                    except GLib.Error:
                        continue
                    check(False, f"“{action}” was taken from the bus")
        time.sleep(0.3)
        kiosk.window.find("Who is at the counter?")
        kiosk.check_alone("calls from the bus")


# --- what stays behind -----------------------------------------------------------------------------------------


def clipboards():
    """What was copied or selected can be pasted by no other program after a lock, nor with another customer."""
    with Kiosk() as kiosk:
        counter, window = kiosk.counter, kiosk.window

        def copy():
            counter.open("Ellingsen", "Mara Ellingsen")
            if counter.composed() == "":
                window.enter("Note", SECRET)
            window.key("ctrl+a", "ctrl+c")
            end = time.monotonic() + cb_app.PATIENCE
            while kiosk.screen.pasted("CLIPBOARD") != SECRET:
                check(time.monotonic() < end, "what was copied cannot be pasted at all")

        def check_empty(after):
            for selection in ("CLIPBOARD", "PRIMARY"):
                check(kiosk.screen.pasted(selection) is None, f"{selection} has words: {after}")

        counter.sign_in()
        copy()
        window.key("ctrl+k")
        counter.open("Prosser", "Dafydd Prosser")
        check_empty("with the next customer")
        window.key("ctrl+k")
        copy()
        counter.lock()
        check_empty("locked")
        counter.sign_in()
        window.key("ctrl+v")
        check(counter.text_of("Find a customer") == "", "what was copied before the lock is pasted after it")


# --- its surroundings ------------------------------------------------------------------------------------------


def surroundings():
    """No variable opens the inspector, loads a module or says where things are installed."""
    given = {"GTK_DEBUG": "interactive", "GTK_MODULES": "cb-test", "GTK_PATH": "/nonexistent",
             "GIO_MODULE_DIR": "/nonexistent", "GIO_EXTRA_MODULES": "/nonexistent", "LD_PRELOAD": "",
             "GTK_THEME": "Nowhere", "XDG_DATA_DIRS": "/nonexistent", "XDG_CURRENT_DESKTOP": "GNOME",
             "G_MESSAGES_DEBUG": "all", "SSLKEYLOGFILE": "/nonexistent/keys", "G_DEBUG": "fatal-warnings"}
    with Kiosk(**given) as kiosk:
        kiosk.counter.sign_in()
        time.sleep(1)
        kiosk.check_alone("a start with variables that open the inspector")
        if "CB_TEST_SANITIZED" in os.environ:
            return  # it does not start itself again there, and the kernel shows what it was started with
        try:
            with open(f"/proc/{kiosk.counter.process.pid}/environ", "rb") as file:
                held = dict(part.split(b"=", 1) for part in file.read().split(b"\0") if b"=" in part)
        except PermissionError:
            return  # it lets nobody look, who is not the machine's own
        kept = sorted(name for name in given if name.encode() in held and name != "GTK_THEME")
        check(not kept, "kept of its surroundings: " + ", ".join(kept))
        check(held.get(b"GTK_THEME") != b"Nowhere", "a theme of somebody else's is obeyed")


def compositor():
    """It comes up in cage, drawn by nothing that makes code, and is not on the other kind of display there."""
    if shutil.which("cage") is None or shutil.which("Xwayland") is None:
        raise cb_app.Skip("cage or xwayland is not installed: run ./app/install.sh")
    with cb_app.World() as world:
        terminal = world.terminal()
        environment = {key: value for key, value in terminal.environment.items() if key not in ("DISPLAY", "GDK_BACKEND")}
        environment.update(WLR_BACKENDS="headless", WLR_RENDERER="pixman", WLR_LIBINPUT_NO_DEVICES="1",
                           GDK_BACKEND="wayland")
        # Where somebody else may run it: a checkout below /root is closed to them.
        program = shutil.copy2(cb_app.program("CB_TEST_COUNTERBOOK"), world.root)
        command = ["cage", "-d", "--", program, "--kiosk", "--home", terminal.home, "--exit-after-startup"]
        if os.geteuid() == 0:  # cage will not be root
            for folder, _, names in os.walk(world.root):
                for path in (folder, *(os.path.join(folder, name) for name in names)):
                    os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
            command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command]
        os.chmod(environment["XDG_RUNTIME_DIR"], 0o700)
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=cb_app.PATIENCE, check=False, preexec_fn=refuse_new_code)
        words = done.stderr.decode("utf-8", "replace")
        check(done.returncode == 0, f"cage ended with {done.returncode}: {words[-400:]}")
        check(re.fullmatch(rb"[0-9.]+\s*", done.stdout), "nothing was painted in cage")
        cb_app.say(f"{done.stdout.decode().strip()} ms from start to first frame in cage")


def unit():
    """The unit is one that systemd understands, and what it leaves open is what is known."""
    if shutil.which("systemd-analyze") is None:
        raise cb_app.Skip("systemd-analyze is not installed: run ./app/install.sh")
    path = cb_app.program("CB_TEST_KIOSK_UNIT")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    start = re.search(r"^ExecStart=(.*)$", text, re.MULTILINE).group(1).split()
    check("-s" not in start, "cage would change to another console")
    check(start[-1] == "--kiosk", "the unit does not start the kiosk")
    if shutil.which("cage") is not None:
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", path], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        ours = [line for line in done.stdout.decode().splitlines() if "counterbook" in line]
        check(not ours, "\n".join(ours))
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager",
                           f"--threshold={MOST_EXPOSED}", path],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    words = done.stdout.decode("utf-8", "replace")
    if "unrecognized option" in words:
        raise cb_app.Skip("this systemd-analyze judges no unit that is not loaded")
    check(done.returncode == 0, words[-300:])
    cb_app.say(re.search(r"Overall exposure level.*: ([0-9.]+)", words).group(1) + " of 10 is how exposed it is")


cb_app.run([
    ("/kiosk/no-key-opens-anything", keys),
    ("/kiosk/no-button-closes-it", pointer),
    ("/kiosk/nothing-is-done-from-the-bus", on_the_bus),
    ("/kiosk/what-was-copied-goes", clipboards),
    ("/kiosk/no-variable-opens-it", surroundings),
    ("/kiosk/it-runs-in-cage", compositor),
    ("/kiosk/its-unit-is-sound", unit),
])
