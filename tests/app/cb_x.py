# SPDX-License-Identifier: Apache-2.0
"""What another program of the same display sees: which windows there are, and what can be pasted."""

import ctypes
import ctypes.util
import time

VIEWABLE = 2
SELECTION_NOTIFY = 31
CLIENT_MESSAGE = 33
CURRENT_TIME = 0

Id = ctypes.c_ulong


class Attributes(ctypes.Structure):
    _fields_ = [("x", ctypes.c_int), ("y", ctypes.c_int), ("width", ctypes.c_int), ("height", ctypes.c_int),
                ("border_width", ctypes.c_int), ("depth", ctypes.c_int), ("visual", ctypes.c_void_p),
                ("root", Id), ("class_", ctypes.c_int), ("bit_gravity", ctypes.c_int),
                ("win_gravity", ctypes.c_int), ("backing_store", ctypes.c_int), ("backing_planes", Id),
                ("backing_pixel", Id), ("save_under", ctypes.c_int), ("colormap", Id),
                ("map_installed", ctypes.c_int), ("map_state", ctypes.c_int), ("all_event_masks", ctypes.c_long),
                ("your_event_mask", ctypes.c_long), ("do_not_propagate_mask", ctypes.c_long),
                ("override_redirect", ctypes.c_int), ("screen", ctypes.c_void_p)]


class Message(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("serial", Id), ("send_event", ctypes.c_int), ("display", ctypes.c_void_p),
                ("window", Id), ("message_type", Id), ("format", ctypes.c_int), ("data", ctypes.c_long * 5),
                ("rest", ctypes.c_long * 12)]


class Screen:
    """A connection of its own."""

    def __init__(self):
        x = self.x = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
        x.XOpenDisplay.restype = ctypes.c_void_p
        for name in ("XDefaultRootWindow", "XInternAtom", "XGetSelectionOwner", "XCreateSimpleWindow"):
            getattr(x, name).restype = Id
        self.display = ctypes.c_void_p(x.XOpenDisplay(None))
        self.root = Id(x.XDefaultRootWindow(self.display))

    def close(self):
        self.x.XCloseDisplay(self.display)

    def shown(self):
        """(x, y, width, height) of every window that is on the screen."""
        root, parent, count = Id(), Id(), ctypes.c_uint()
        children = ctypes.POINTER(Id)()
        self.x.XQueryTree(self.display, self.root, ctypes.byref(root), ctypes.byref(parent),
                          ctypes.byref(children), ctypes.byref(count))
        boxes = []
        for index in range(count.value):
            found = Attributes()
            self.x.XGetWindowAttributes(self.display, Id(children[index]), ctypes.byref(found))
            if found.map_state == VIEWABLE:
                boxes.append((found.x, found.y, found.width, found.height))
        return boxes

    def _atom(self, name):
        return Id(self.x.XInternAtom(self.display, name.encode(), 0))

    def ask_to_close(self, window):
        """What a window manager sends when its close button is pressed."""
        message = Message(type=CLIENT_MESSAGE, window=window, format=32,
                          message_type=self._atom("WM_PROTOCOLS").value)
        message.data[0] = self._atom("WM_DELETE_WINDOW").value
        self.x.XSendEvent(self.display, Id(window), 0, ctypes.c_long(0), ctypes.byref(message))
        self.x.XSync(self.display, 0)

    def pasted(self, selection):
        """The text that a program would get of "CLIPBOARD" or "PRIMARY"; None where there is none."""
        x, place = self.x, self._atom("CB_TEST")
        window = Id(x.XCreateSimpleWindow(self.display, self.root, 0, 0, 1, 1, 0, Id(0), Id(0)))
        x.XConvertSelection(self.display, self._atom(selection), self._atom("UTF8_STRING"), place, window,
                            Id(CURRENT_TIME))
        event = (ctypes.c_long * 24)()
        end = time.monotonic() + 10
        while not x.XCheckTypedWindowEvent(self.display, window, SELECTION_NOTIFY, event):
            if time.monotonic() > end:
                raise TimeoutError(selection + " is not answered for")
            time.sleep(0.02)
        text = self._property(window, place)
        x.XDestroyWindow(self.display, window)
        return text

    def _property(self, window, place):
        kind, form, count, left = Id(), ctypes.c_int(), Id(), Id()
        data = ctypes.POINTER(ctypes.c_ubyte)()
        self.x.XGetWindowProperty(self.display, window, place, ctypes.c_long(0), ctypes.c_long(65536), 0, Id(0),
                                  ctypes.byref(kind), ctypes.byref(form), ctypes.byref(count),
                                  ctypes.byref(left), ctypes.byref(data))
        if not kind.value:
            return None
        text = bytes(data[:count.value]).decode()
        self.x.XFree(data)
        return text
