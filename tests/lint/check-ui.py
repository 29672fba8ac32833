#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every .ui file is well formed, translatable, speakable, and as short as gtk4-builder-tool makes it.

Besides: each direct child of a template is bound, because gtk_widget_dispose_template () unparents only
bound children; and looks are in the style sheet, not in attributes or margins set from C.
"""

import os
import re
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as xml

import lint

# Properties that a person reads or hears, of GTK's widgets and of ours.
SPOKEN = {
    "body", "caption", "description", "heading", "help-text", "hint", "label", "message",
    "placeholder", "placeholder-text", "subtitle", "title", "tooltip-text",
}
BUTTONS = {"GtkButton", "GtkToggleButton", "GtkMenuButton", "GtkLinkButton"}
CONTROLLER = re.compile(r"Gtk(\w*Controller\w*|Gesture\w*|Drag\w+|Drop\w*Target\w*)")
PAINT = {"foreground", "background", "size", "font-desc", "family"}
YES = {"1", "yes", "true", "y", "t"}

# What opens a window, a browser or somebody else's program, or drags words out.
WAYS_OUT_C = (r"\b(gtk_(?:file_chooser|file_dialog|print|page_setup|show_uri|uri_launcher|link_button|show_about|"
              r"about_dialog|app_chooser|emoji_chooser|native_dialog|dialog|message_dialog|drag_source)\w*|"
              r"g_app_info_launch\w*|g_spawn_\w+|g_subprocess_\w+|popen|posix_spawnp?|system)\s*\(")
WAYS_OUT_UI = (r'class="(Gtk(?:FileChooser\w*|Print\w*|LinkButton|AboutDialog|AppChooser\w*|Dialog|MessageDialog|'
               r'DragSource|ShortcutsWindow|MenuButton|Popover\w*))"|(<a href|&lt;a href)')


def parse(path, text):
    try:
        return xml.fromstring(text), []
    except xml.ParseError as error:
        return None, [lint.Complaint(path, error.position[0], f"is not well formed: {error}")]


def line_naming(text, *words):
    """The first line with all the words in it: ElementTree does not remember where it read what."""
    for number, line in enumerate(text.splitlines(), 1):
        if all(word in line for word in words):
            return number
    return 1


def has_words(text):
    """Whether there is something to translate; the program's name is the same in every language."""
    return bool(text) and text != "Counterbook" and any(character.isalpha() for character in text)


def check_words(path, text, root):
    for place in root.iter("property"):
        name = (place.get("name") or "").replace("_", "-")
        if name in SPOKEN and has_words(place.text) and place.get("translatable") is None:
            yield lint.Complaint(path, line_naming(text, name, place.text.strip().splitlines()[0]),
                                 f'the property "{name}" is read by people and not translatable')


def properties_of(element):
    return {(place.get("name") or "").replace("_", "-"): place for place in element.findall("property")}


def check_buttons(path, text, root):
    for element in root.iter():
        kind = element.get("class") if element.tag == "object" else element.get("parent")
        if kind not in BUTTONS:
            continue
        given = properties_of(element)
        shown = element.find("child/object")
        if shown is None and "child" in given:
            shown = given["child"].find("object")
        only_icon = "icon-name" in given or (shown is not None and shown.get("class") == "GtkImage")
        named = [place for place in element.findall("accessibility/*")
                 if place.get("name") in ("label", "labelled-by")]
        if only_icon and "label" not in given and not named:
            name = element.get("id") or element.get("class") or "template"
            yield lint.Complaint(path, line_naming(text, name),
                                 f'the button "{name}" shows an icon alone and has no accessible label')


def check_template(tree, path, text, root):
    """GtkWidget knows nothing of its children; any other parent lets go of them by itself."""
    template = root.find("template")
    if template is None or template.get("parent") != "GtkWidget":
        return
    source = path.removesuffix(".ui") + ".c"
    code = lint.without_comments(tree.read(source)) if tree.has(source) else ""
    for child in template.findall("child/object"):
        name = child.get("id")
        if CONTROLLER.fullmatch(child.get("class", "")):
            continue
        if name is None:
            yield lint.Complaint(path, line_naming(text, child.get("class", "")),
                                 f"a direct child of the template, a {child.get('class')}, has no id")
        elif not re.search(r"\b" + re.escape(name.replace("-", "_")) + r"\b", code):
            yield lint.Complaint(path, line_naming(text, name),
                                 f'the direct child "{name}" of the template is not bound in {source}')


def check_wrapping(tree, path, text):
    """Pango's fault is told in ui/widgets/cb-wrapping.h."""
    source = path.removesuffix(".ui") + ".c"
    code = lint.without_comments(tree.read(source)) if tree.has(source) else ""
    if "word-char" in text and "cb_wrapping_follow (" not in code:
        yield lint.Complaint(path, line_naming(text, "word-char"),
                             f"wraps at words and characters, and {source} does not follow it")


def check_paint(path, text, root):
    for place in root.iter("attribute"):
        if place.get("name") in PAINT and place.get("value") is not None:
            yield lint.Complaint(path, line_naming(text, "<attribute", place.get("name")),
                                 f'the attribute "{place.get("name")}" belongs into the style sheet')


def outline(element):
    """An element without what simplifying only spells differently, or GTK 4.18 differently from 4.8."""
    if element.tag == "property" and element.get("name") == "child":
        return "child", {}, ""
    attributes = {name: ("1" if name in ("translatable", "swapped", "after") and value.lower() in YES
                         else value)
                  for name, value in element.attrib.items()}
    return element.tag, attributes, (element.text or "").strip()


def first_difference(ours, simple):
    if outline(ours) != outline(simple):
        return ours
    for index, child in enumerate(ours):
        if index >= len(simple):
            return child
        different = first_difference(child, simple[index])
        if different is not None:
            return different
    return ours if len(simple) > len(ours) else None


def check_simple(path, text, root):
    if shutil.which("gtk4-builder-tool") is None:
        return
    with tempfile.TemporaryDirectory(prefix="cb-lint-") as folder:
        copy = os.path.join(folder, "copy.ui")
        with open(copy, "w", encoding="utf-8") as file:
            file.write(text)
        done = subprocess.run(["gtk4-builder-tool", "simplify", copy], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    if done.returncode != 0 or not done.stdout.strip():
        yield lint.Complaint(path, 1, "gtk4-builder-tool simplify cannot read it")
        return
    different = first_difference(root, xml.fromstring(done.stdout))
    if different is not None:
        name = different.get("name") or different.get("id") or different.get("class") or ""
        words = [word for word in (different.tag, name, (different.text or "").strip()) if word]
        yield lint.Complaint(path, line_naming(text, *words),
                             f"gtk4-builder-tool simplify would change <{different.tag} {name}>")


def check_indent(path, text):
    return [lint.Complaint(path, number, "is not indented by two spaces a level")
            for number, line in enumerate(text.splitlines(), 1)
            if re.match(r" *\t|(?:  )* <", line)]


def check(tree):
    complaints = []
    for path in tree.files(".c", under=("ui/", "app/")):
        complaints += lint.matches(path, lint.without_comments(tree.read(path)),
                                   r"\b(gtk_widget_set_margin_\w+)", "{1}: margins are in the style sheet")
        complaints += lint.matches(path, lint.without_comments(tree.read(path), strings=False), WAYS_OUT_C,
                                   "{1} () leads out of the one window")
        if not path.endswith("/cb-wrapping.c"):
            complaints += lint.matches(path, lint.without_comments(tree.read(path)),
                                       r"\b(\w+_WRAP_WORD_CHAR)", "{1}: only cb-wrapping.c asks for it")
    for path in tree.files(".ui"):
        text = tree.read(path)
        root, wrong = parse(path, text)
        complaints += wrong
        if root is None:
            continue
        complaints += lint.matches(path, text, WAYS_OUT_UI, "{0} leads out of the one window")
        complaints += check_words(path, text, root)
        complaints += check_buttons(path, text, root)
        complaints += check_template(tree, path, text, root)
        complaints += check_wrapping(tree, path, text)
        complaints += check_paint(path, text, root)
        complaints += check_simple(path, text, root)
        complaints += check_indent(path, text)
    return complaints


if __name__ == "__main__":
    lint.run("ui", check)
