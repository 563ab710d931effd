#!/usr/bin/python3
"""Writes the manual page of a program in mdoc, from what the program itself says of its commands:
`LC_ALL=zh_CN.UTF-8 scripts/manual.py PROGRAM >kehu.1`.

(The generator of swift-argument-parser leaves out whatever is not ASCII, which is all of a Chinese page.)
"""

import datetime
import json
import os
import re
import subprocess
import sys


def text(words):
    """Lines of text; what would be a macro at their beginning is none."""
    sentences = re.sub(r"(?<=[.!?:])\s+(?=[A-Z])|(?<=[。！？])", "\n", words or "").splitlines()
    lines = [line.strip().replace("\\", "\\e") for line in sentences if line.strip()]
    return ["\\&" + line if line[0] in ".'" else line for line in lines]


def quoted(words):
    """An argument of a macro that is none itself."""
    return '"\\&' + " ".join(words.split()).replace("\\", "\\e").replace('"', "\\(dq") + '"'


def value(argument):
    return "Ar " + quoted(argument.get("valueName", "") + (" ..." if argument["isRepeating"] else ""))


def written(name):
    return "Fl " + quoted(("-" if name["kind"] == "long" else "") + name["name"])


def heading(argument):
    """An argument with all its names, as in a list."""
    if argument["kind"] == "positional":
        return value(argument)
    names = sorted(argument["names"], key=lambda name: name["kind"] != "short")
    return " , ".join(map(written, names)) + (" " + value(argument) if argument["kind"] == "option" else "")


def usage(argument):
    """An argument as it is typed."""
    typed = heading({**argument, "names": [argument.get("preferredName")]})
    return (".Op " if argument["isOptional"] else ".") + typed


def arguments(command, root):
    """Those of a command; what all have is said once."""
    common = {"help", "version"}
    return [
        each for each in command.get("arguments", []) if each["shouldDisplay"]
        and (root or each["kind"] == "positional" or each["preferredName"]["name"] not in common)
    ]


def commands(command, path=()):
    """Commands that do something, with the words that lead to them."""
    path = (*path, command["commandName"])
    below = [each for each in command.get("subcommands", []) if each["shouldDisplay"] and each["commandName"] != "help"]
    if below:
        for each in below:
            yield from commands(each, path)
    else:
        yield path, command


def described(command, root=False):
    yield from text(command.get("abstract") if not root else None)
    if command.get("discussion"):
        yield from [*([] if root else [".Pp"]), *text(command["discussion"])]
    listed = arguments(command, root)
    if listed:
        yield ".Bl -tag -width 6n"
        for each in listed:
            yield ".It " + heading(each)
            yield from text(each.get("abstract"))
            if each.get("discussion"):
                yield from [".Pp", *text(each["discussion"])]
            if each.get("defaultValue"):
                yield f".Pq {quoted(each['defaultValue'])}"
        yield ".El"


def page(command):
    moment = int(os.environ.get("SOURCE_DATE_EPOCH", datetime.datetime.now().timestamp()))
    day = datetime.datetime.fromtimestamp(moment, datetime.timezone.utc)
    months = "January February March April May June July August September October November December".split()
    name = command["commandName"]
    yield f".Dd {months[day.month - 1]} {day.day}, {day.year}"
    yield f".Dt {name.upper()} 1"
    yield ".Os"
    yield ".Sh NAME"
    yield f".Nm {name}"
    yield ".Nd " + quoted((command.get("abstract") or name).rstrip(".。"))
    yield ".Sh SYNOPSIS"
    yield ".Nm"
    yield ".Ar command"
    yield ".Op Ar options"
    yield ".Sh DESCRIPTION"
    yield from described(command, root=True)
    yield ".Sh COMMANDS"
    for path, each in commands(command):
        yield ".Ss " + quoted(" ".join(path))
        typed = [usage(argument) for argument in arguments(each, False)]
        if typed:
            yield ".Nm " + quoted(" ".join(path))
            yield from typed
            yield ".Pp"
        yield from described(each)
    yield ".Sh EXIT STATUS"
    yield ".Ex -std"


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: scripts/manual.py PROGRAM")
    told = subprocess.run([sys.argv[1], "--experimental-dump-help"], capture_output=True, check=True).stdout
    sys.stdout.buffer.write(("\n".join(page(json.loads(told)["command"])) + "\n").encode())


if __name__ == "__main__":
    main()
