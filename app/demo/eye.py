# SPDX-License-Identifier: Apache-2.0
"""What a program tells assistive technology of its window (AT-SPI 2, over its D-Bus interfaces).

The library for it asks for one property of one widget at a time and waits; here a whole level of widgets is asked
at once, so that looking at a page costs the program a tenth of a second and not one."""

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, Gio, GLib  # noqa: E402  (the version has to be said first)

ROOT = "/org/a11y/atspi/accessible/root"
CACHE = "/org/a11y/atspi/cache"
REGISTRY = "org.a11y.atspi.Registry"
NOBODY = "/org/a11y/atspi/null"

# Numbers of the interfaces' own: AtspiCoordType, AtspiStateType.
IN_THE_WINDOW = 1
FOCUSABLE, FOCUSED, SHOWING, VISIBLE = (int(state) for state in (
    Atspi.StateType.FOCUSABLE, Atspi.StateType.FOCUSED, Atspi.StateType.SHOWING, Atspi.StateType.VISIBLE))

# Beyond it no widget reaches; what was never given a place is sometimes said to be farther.
FARTHEST = 20000

# What newer accessibility buses call by a new word.
OLD_WORDS = {"button": "push button", "entry": "text"}

# A program that hangs is told of by whoever looks.
CALL_MS = 15000


class Bus:
    """The accessibility bus."""

    def __init__(self):
        session = Gio.bus_get_sync(Gio.BusType.SESSION)
        address = session.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None,
                                    Gio.DBusCallFlags.NONE, CALL_MS, None).unpack()[0]
        self._connection = Gio.DBusConnection.new_for_address_sync(
            address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)

    def ask(self, name, path, interface, method, arguments=None):
        return self._connection.call_sync(name, path, interface, method, arguments, None,
                                          Gio.DBusCallFlags.NONE, CALL_MS, None)

    def call(self, name, path, interface, method, arguments=None):
        return self.ask(name, path, interface, method, arguments).unpack()

    def call_each(self, name, calls):
        """The answers to (path, interface, method, arguments), all asked at once; None for what went meanwhile."""
        answers = [None] * len(calls)
        left = len(calls)

        def on_answer(connection, result, index):
            nonlocal left
            left -= 1
            try:
                answers[index] = connection.call_finish(result).unpack()
            except GLib.Error:
                pass

        for index, (path, interface, method, arguments) in enumerate(calls):
            self._connection.call(name, path, interface, method, arguments, None, Gio.DBusCallFlags.NONE, CALL_MS,
                                  None, on_answer, index)
        context = GLib.MainContext.default()
        while left:
            context.iteration(True)
        return answers

    def applications(self):
        """The bus names of those that tell something."""
        return [name for name, _ in self.call(REGISTRY, ROOT, "org.a11y.atspi.Accessible", "GetChildren")[0]]

    def process_of(self, name):
        return self.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                         "GetConnectionUnixProcessID", GLib.Variant("(s)", (name,)))[0]


class Node:
    """One widget as it was when it was looked for."""

    def __init__(self, path, role, name, box, states=0, parent=None):
        self.path = path
        self.role = role
        self.name = name
        self.box = box
        self.states = states
        self.parent = parent

    def middle(self):
        x, y, width, height = self.box
        return x + width // 2, y + height // 2

    def has_state(self, state):
        return bool(self.states >> state & 1)


class Told:
    """What a program says at once of a widget; only what is needed is read of it, for it says it of hundreds."""

    def __init__(self, item):
        self.parent = item.get_child_value(2).get_child_value(1).get_string()
        self.interfaces = item.get_child_value(5).get_strv()
        self.name = item.get_child_value(6).get_string()
        self.role = item.get_child_value(7).get_uint32()


def bits(words):
    return words[0] | words[1] << 32


class Eye:
    """Looks at one program."""

    def __init__(self, bus, name):
        self._bus = bus
        self._name = name
        self._parents = {}

    @classmethod
    def on(cls, bus, process_id):
        """None while the program tells nothing."""
        for name in bus.applications():
            try:
                if bus.process_of(name) == process_id:
                    return cls(bus, name)
            except GLib.Error:  # it went while it was looked at
                pass
        return None

    def _ask(self, paths, interface, method, arguments=None):
        return self._bus.call_each(self._name, [(path, interface, method, arguments) for path in paths])

    def frames(self):
        return [path for _, path in self._bus.call(self._name, ROOT, "org.a11y.atspi.Accessible", "GetChildren")[0]]

    def nodes(self, top):
        """The widget and those below it, as far as they are visible and were ever given a place, in order."""
        boxes, states, children = {}, {}, {}
        level = [top]
        while level:
            level = self._look_at(level, boxes, states)
            found = self._ask(level, "org.a11y.atspi.Accessible", "GetChildren")
            for path, answer in zip(level, found):
                children[path] = [child for _, child in answer[0]] if answer is not None else []
            level = [child for path in level for child in children[path]]
        told = self._told()
        self._parents = {path: widget.parent for path, widget in told.items()}
        nodes = list(self._in_order(top, None, boxes, states, children, told))
        self._read([node for node in nodes if not node.name], told)
        return nodes

    def _told(self):
        items = self._bus.ask(self._name, CACHE, "org.a11y.atspi.Cache", "GetItems").get_child_value(0)
        each = (items.get_child_value(number) for number in range(items.n_children()))
        return {item.get_child_value(0).get_child_value(1).get_string(): Told(item) for item in each}

    def _look_at(self, paths, boxes, states):
        """Those of the widgets that are visible and have a place, or can have none."""
        seen = []
        calls = [(path, "org.a11y.atspi.Accessible", "GetState", None) for path in paths]
        where = GLib.Variant("(u)", (IN_THE_WINDOW,))
        calls += [(path, "org.a11y.atspi.Component", "GetExtents", where) for path in paths]
        answers = self._bus.call_each(self._name, calls)
        for path, state, box in zip(paths, answers, answers[len(paths):]):
            if state is None or not bits(state[0]) >> VISIBLE & 1:
                continue
            if box is not None and not (0 < box[0][2] < FARTHEST and 0 < box[0][3] < FARTHEST):
                continue
            states[path] = bits(state[0])
            boxes[path] = box[0] if box is not None else None
            seen.append(path)
        return seen

    def _in_order(self, path, parent, boxes, states, children, told):
        if path not in told:  # it went while it was looked at
            return
        role = Atspi.role_get_name(Atspi.Role(told[path].role))
        node = Node(path, OLD_WORDS.get(role, role), told[path].name, boxes[path], states[path], parent)
        yield node
        for child in children[path]:
            if child in boxes:
                yield from self._in_order(child, node, boxes, states, children, told)

    def _read(self, nodes, told):
        """What stands on those that have no name."""
        with_text = [node for node in nodes if "org.a11y.atspi.Text" in told[node.path].interfaces]
        for node, text in zip(with_text, self.texts_of([node.path for node in with_text])):
            node.name = text

    def texts_of(self, paths):
        """What stands on each. An end of -1 is understood by labels and not by fields, so it is counted first."""
        wanted = GLib.Variant("(ss)", ("org.a11y.atspi.Text", "CharacterCount"))
        counts = self._ask(paths, "org.freedesktop.DBus.Properties", "Get", wanted)
        answers = self._bus.call_each(self._name, [
            (path, "org.a11y.atspi.Text", "GetText", GLib.Variant("(ii)", (0, count[0] if count is not None else 0)))
            for path, count in zip(paths, counts)])
        return [answer[0] if answer is not None else "" for answer in answers]

    def box_of(self, path):
        """(x, y, width, height) in the window."""
        return self._bus.call(self._name, path, "org.a11y.atspi.Component", "GetExtents",
                              GLib.Variant("(u)", (IN_THE_WINDOW,)))[0]

    def path_at(self, frame, x, y):
        """What a finger put there would meet; None when assistive technology is told nothing of it."""
        _, path = self._bus.call(self._name, frame, "org.a11y.atspi.Component", "GetAccessibleAtPoint",
                                 GLib.Variant("(iiu)", (x, y, IN_THE_WINDOW)))[0]
        return None if path == NOBODY else path

    def parent_of(self, path):
        """As it was at the last look; what came since is asked."""
        if path in self._parents:
            return self._parents[path]
        arguments = GLib.Variant("(ss)", ("org.a11y.atspi.Accessible", "Parent"))
        return self._bus.call(self._name, path, "org.freedesktop.DBus.Properties", "Get", arguments)[0][1]
