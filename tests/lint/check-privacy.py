#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""No name, contact value or note in a log line, an error or an argument list.

A grep with modest aims: it knows the fields and getters that hold what a person said or is called, and
the calls whose words end up in a journal or an error. The canary tests are what proves the promise; this
finds the slip before it runs.
"""

import re

import lint

PERSONAL = ("display_name", "email", "emails", "family", "given", "nickname", "note_text",
            "organisation", "phone", "phones", "pin", "preferred", "recovery", "text")
# With the position of the format among the arguments; what stands before it is no text.
SPEAKING = {
    "g_critical": 0, "g_debug": 0, "g_info": 0, "g_log": 2, "g_log_structured": 2, "g_message": 0,
    "g_printerr": 0, "g_warning": 0, "perror": 0, "syslog": 1,
    "g_error_new": 2, "g_error_new_literal": 2, "g_prefix_error": 1, "g_prefix_error_literal": 1,
    "g_propagate_prefixed_error": 2, "g_set_error": 3, "g_set_error_literal": 3,
    "g_task_return_new_error": 3, "g_task_return_error_literal": 3,
}
CALL = re.compile(r"(?<![\w>.])(" + "|".join(sorted(SPEAKING, key=len, reverse=True)) + r")\s*\(")
FIELD = re.compile(
    r"(?:->|\.)\s*(" + "|".join(PERSONAL) + r")\b(?!\s*(?:\(|->len|\.len))"
    r"|\b(cb_\w+_(?:get|dup|ref)_(?:" + "|".join(PERSONAL) + r"))\b"
    r"|(?<![\w>.])(" + "|".join(PERSONAL) + r")\b(?!\s*(?:\(|->|\.|_))")
# The terminal begins again with its own arguments, under an environment that keeps memory clean.
BEGINS_AGAIN = "app/cb-environment.c"
SPAWN = re.compile(r"\b(execvp?e?|execlp?|g_spawn_\w+|g_subprocess_new\w*|system|popen)\s*\(")


def check(tree):
    complaints = []
    for path in tree.files(".c", ".h", under=[layer + "/" for layer in lint.LAYERS]):
        code = lint.without_comments(tree.read(path), strings=False)
        for match in CALL.finditer(code):
            line = lint.line_of(code, match.start())
            if code[:match.start()].rsplit("\n", 1)[-1].lstrip().startswith("#"):
                continue
            arguments = lint.call_arguments(code, match.end() - 1)
            for field in FIELD.finditer(arguments):
                name = next(group for group in field.groups() if group)
                complaints.append(lint.Complaint(
                    path, line, f"{match.group(1)} speaks of {name}, which a person said or is called"))
        if path != BEGINS_AGAIN:
            complaints += lint.matches(path, code, SPAWN.pattern,
                                       "{1}: every user of the machine can read a program's arguments")
    return complaints


if __name__ == "__main__":
    lint.run("privacy", check)
