# SPDX-License-Identifier: Apache-2.0
"""A hand and an eye for the terminal's window: widgets are found by what assistive technology is told of
them, and pointed at, clicked and typed into by events of the display. Pictures are taken of the screen.

It knows no shop and no story, and it has no way into the program but the one a person has."""

import ctypes
import ctypes.util
import os
import re
import struct
import subprocess
import time
import zlib

from gi.repository import GLib

from eye import FOCUSED, ROOT, SHOWING, Bus, Eye

# A program that watches its memory is several times slower.
PATIENCE = 90 if "CB_TEST_SANITIZED" in os.environ else 20

# As much as all margins around a widget come to, and as often as Tab is pressed to come round.
MARGINS = 320
TABS = 80

BUTTONS = ("push button", "toggle button", "radio button", "check box")
GROUPS = ("panel", "grouping")


class Lost(Exception):
    """What should be on the screen is not."""


def until(condition, what, seconds=PATIENCE):
    """Waits for a condition to give something that is true, and gives it. Half of the time the program is left
    alone: to be looked at costs it as much as to get ready."""
    end = time.monotonic() + seconds
    while True:
        start = time.monotonic()
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise Lost(what)
        time.sleep(max(0.05, time.monotonic() - start))


def xdotool(*words):
    return subprocess.run(["xdotool", *map(str, words)], check=True, stdout=subprocess.PIPE, text=True).stdout


class Window:
    def __init__(self, process):
        self.process = process
        self._bus = Bus()
        self._eye = None
        self.frame = until(self._find_frame, "the window does not come up")
        self.id = until(self._find_window, "the window is not on the display")
        # No window manager gives the focus here.
        xdotool("windowfocus", "--sync", self.id)

    def _find_frame(self):
        if self.process.poll() is not None:
            raise Lost(f"the terminal ended with {self.process.returncode}")
        self._eye = Eye.on(self._bus, self.process.pid)
        return next(iter(self._eye.frames()), None) if self._eye is not None else None

    def _find_window(self):
        done = subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(self.process.pid)],
                              check=False, stdout=subprocess.PIPE, text=True)
        return done.stdout.split()[-1] if done.stdout.split() else None

    # --- the eye ---

    def nodes(self):
        """All of them, before a finger is put on any: what was never asked after can't be met."""
        return self._eye.nodes(self.frame)

    def nodes_within(self, node):
        return self._eye.nodes(node.path)

    def text_of(self, node):
        """What stands in a field."""
        return self._eye.texts_of([node.path])[0]

    def _meets(self, node, x, y):
        """Whether a finger put there would meet the widget; None when what it meets is nothing that
        assistive technology is told of, as the picture on a button."""
        try:
            met = self._eye.path_at(self.frame, x, y)
            if met is None:
                return None
            while met not in (self.frame, ROOT):
                if met == node.path:
                    return True
                met = self._eye.parent_of(met)
        except GLib.Error:
            pass
        return False

    def is_on_top(self, node):
        """A page behind another one keeps its place, so fingers are put on the widget. None is doubt."""
        x, y, width, height = node.box
        points = [node.middle(), (x + 3, y + 3), (x + width - 4, y + height - 4), node.middle()]
        answers = (self._meets(node, *point) for point in points)
        return next((answer for answer in answers if answer is not None), None)

    def place(self, node):
        """Where to tap it; None when no finger meets it. Newer toolkits leave margins out when they say
        where a widget is, so it may lie further to the right and below."""
        x, y = node.middle()
        width, height = self.size()
        if not (0 <= x < width and 0 <= y < height):
            return None
        doubt = self._meets(node, x, y)
        if doubt is True or (doubt is None and self.is_on_top(node) is None):
            return x, y
        for away in range(0, MARGINS, 12):
            for along in range(0, away + 1, 12):
                for point in ((x + away, y + along), (x + along, y + away)):
                    if point[0] < width and point[1] < height and self._meets(node, *point):
                        return point
        return None

    def is_shown(self, node):
        """Newer toolkits say so themselves, and are not to be trusted with places; of older ones it is the
        other way round. None is doubt."""
        return node.has_state(SHOWING) or self.is_on_top(node)

    def look(self, name, roles=None, within=None):
        """The first that is shown, of that name (a text, or a compiled pattern that it has to match); in the
        group of the name `within`."""
        nodes = self.nodes()
        if within is not None:
            group = next((node for node in nodes if node.role in GROUPS and node.name == within), None)
            nodes = self.nodes_within(group) if group else []
        doubtful = None
        for node in nodes:
            if roles is not None and node.role not in roles:
                continue
            fits = name.search(node.name) if isinstance(name, re.Pattern) else name == node.name
            if not fits or node.box is None:
                continue
            is_shown = self.is_shown(node)
            if is_shown:
                return node
            if is_shown is None and doubtful is None:
                doubtful = node
        return doubtful

    def find(self, name, roles=None, seconds=PATIENCE, within=None):
        shown = name.pattern if isinstance(name, re.Pattern) else name
        return until(lambda: self.look(name, roles, within), f"“{shown}” is not on the screen", seconds)

    def find_gone(self, name, roles=None, seconds=PATIENCE):
        until(lambda: self.look(name, roles) is None, f"“{name}” stays on the screen", seconds)

    # --- the hand ---

    def tap(self, node):
        point = self.place(node)
        if point is not None:
            xdotool("mousemove", "--window", self.id, *point, "click", 1)
        return point is not None

    def tab_to(self, node):
        """Presses Tab until the focus is there, which also brings it into sight."""
        for _ in range(TABS):
            if any(one.has_state(FOCUSED) for one in self.nodes_within(node)):
                return
            self.key("Tab")
            time.sleep(0.1)
        raise Lost(f"neither a finger nor the Tab key reaches “{node.name}”")

    def press(self, name, within=None):
        """Taps it, or presses the key that does the same."""
        node = self.find(name, BUTTONS, within=within)
        if not self.tap(node):
            self.tab_to(node)
            self.key("space")
        return node

    def enter(self, name, text):
        """Into the field of that name."""
        node = self.find(name, ("text",))
        if not self.tap(node):
            self.tab_to(node)
        self.type(text)

    def size(self):
        return self._eye.box_of(self.frame)[2:]

    def type(self, text):
        xdotool("type", "--delay", "4", "--", text)

    def key(self, *keys):
        xdotool("key", *keys)

    # --- pictures ---

    def picture(self, path):
        """What the display shows, as a PNG, once it has stood still for a moment."""
        before = None
        for _ in range(20):
            now = read_screen()
            if now == before:
                break
            before = now
            time.sleep(0.1)
        write_png(path, *now)


class XImage(ctypes.Structure):
    _fields_ = [("width", ctypes.c_int), ("height", ctypes.c_int), ("xoffset", ctypes.c_int),
                ("format", ctypes.c_int), ("data", ctypes.POINTER(ctypes.c_ubyte)),
                ("byte_order", ctypes.c_int), ("bitmap_unit", ctypes.c_int),
                ("bitmap_bit_order", ctypes.c_int), ("bitmap_pad", ctypes.c_int), ("depth", ctypes.c_int),
                ("bytes_per_line", ctypes.c_int), ("bits_per_pixel", ctypes.c_int)]


def read_screen():
    """(width, height, RGB bytes) of the whole display."""
    library = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
    library.XOpenDisplay.restype = library.XDefaultRootWindow.restype = ctypes.c_void_p
    library.XGetImage.restype = ctypes.POINTER(XImage)
    library.XGetImage.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_uint,
                                  ctypes.c_uint, ctypes.c_ulong, ctypes.c_int]
    for function in (library.XDefaultRootWindow, library.XCloseDisplay):
        function.argtypes = [ctypes.c_void_p]
    for function in (library.XDisplayWidth, library.XDisplayHeight):
        function.argtypes = [ctypes.c_void_p, ctypes.c_int]
    display = library.XOpenDisplay(None)
    try:
        width, height = library.XDisplayWidth(display, 0), library.XDisplayHeight(display, 0)
        image = library.XGetImage(display, library.XDefaultRootWindow(display), 0, 0, width, height,
                                  ctypes.c_ulong(-1).value, 2)
        length = image.contents.bytes_per_line * height
        raw = bytearray(ctypes.string_at(image.contents.data, length))
        library.XDestroyImage(image)
    finally:
        library.XCloseDisplay(display)
    pixels = bytearray(width * height * 3)
    for offset, plane in ((0, 2), (1, 1), (2, 0)):  # four bytes a pixel: blue, green, red, none
        pixels[offset::3] = raw[plane::4]
    return width, height, bytes(pixels)


def write_png(path, width, height, pixels):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + pixels[row * width * 3:(row + 1) * width * 3] for row in range(height))
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
                   + chunk(b"IDAT", zlib.compress(rows, 6)) + chunk(b"IEND", b""))
