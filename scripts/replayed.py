"""Turns what the program asked of PostgreSQL into a script for pgbench: the same statements in the same transaction.

What a write asks becomes constants; ids of new records, which must differ each time, become random numbers of the same
size, and so do the codes that only one record may have. Of reads the numbers are asked for by turns as the program did:
who always reads the same record finds it in the caches of the processor."""

import collections
import math

import re

ENTRY = re.compile(r"^\d{4}-\d\d-\d\d [\d:.]+ \w+ \[(\d+)\] (LOG|DETAIL):  (.*)$")
VALUE = re.compile(r"\$(\d+) = (NULL|'(?:[^']|'')*')")


def entries(log):
    """The statements of a server's log with their values, as (connection, text, values)."""
    found, last = [], None
    for line in log.splitlines():
        entry = ENTRY.match(line)
        if not entry:
            if last is not None and line.startswith("\t"):
                last[1] += "\n" + line[1:]
            continue
        number, kind, text = entry.groups()
        last = [number, text, {}] if kind == "LOG" else last
        if kind == "LOG":
            found.append(last)
        elif last is not None and text.startswith(("parameters:", "Parameters:")):
            last[2] = text
            # What follows belongs to the values now.
            found[-1] = last = [last[0], last[1], text]
    return found


def transactions(log):
    """The transactions of a log, each a list of (text, values)."""
    open_ones, done = {}, []
    for number, text, values in entries(log):
        match = re.match(r"(?:statement|execute [^:]*): (.*)", text, re.S)
        if not match:
            continue
        statement = match[1].strip()
        if statement.startswith("BEGIN"):
            open_ones[number] = []
        if number in open_ones:
            given = dict(VALUE.findall(values)) if values else {}
            open_ones[number].append((statement, given))
            if statement.startswith(("COMMIT", "ROLLBACK")):
                done.append(open_ones.pop(number))
    return done


def choice(numbers):
    """An expression for pgbench of one of some numbers."""
    numbers = sorted(set(numbers))
    if len(numbers) == 1:
        return str(numbers[0])
    # Most may have the same distance from one to the next, whatever else was asked for beside.
    step = collections.Counter(after - before for before, after in zip(numbers, numbers[1:])).most_common(1)[0][0]
    rest = collections.Counter(number % step for number in numbers).most_common(1)[0][0]
    regular = [number for number in numbers if number % step == rest]
    count = (regular[-1] - regular[0]) // step + 1
    if count == len(regular) > 0.9 * len(numbers):
        return f"{regular[0]} + {step} * random(0, {count - 1})"
    few = numbers[:: math.ceil(len(numbers) / 50)]
    cases = " ".join(f"WHEN :any % {len(few)} = {place} THEN {number}" for place, number in enumerate(few))
    return f"CASE {cases} END"


def reads(transactions, together=True):
    """Scripts for pgbench of reads, as (script, how often of a hundred): one for each form that they have. Numbers are
    values of prepared statements, as they are for the program."""
    forms = collections.defaultdict(list)
    for one in transactions:
        forms[tuple(text for text, _ in one)].append([values for _, values in one])
    scripts = []
    for texts, all_values in forms.items():
        share = round(100 * len(all_values) / len(transactions))
        if share < 5:
            continue
        # Values that are always the same are one: the owner of a page is also that of its number.
        names, heads, last = {}, [], []
        for place, values in enumerate(all_values[-1]):
            last.append(dict(values))
            for number in values:
                seen = tuple(one[place][number].strip("'") for one in all_values)
                if all(re.fullmatch(r"\d+", text) for text in seen):
                    if seen not in names:
                        names[seen] = f"v{len(names)}"
                        heads.append(f"\\set {names[seen]} {choice(map(int, seen))}")
                    last[-1][number] = ":" + names[seen]
        body = script(list(zip(texts, last)), together=together)
        scripts.append(("\n".join(["\\set any random(0, 999999)", *heads]) + "\n" + body, share))
    return scripts


def script(statements, codes=(), together=True):
    """A script for pgbench of one transaction. What the program sends at once is sent at once: how it begins, and what
    follows one another without a question in between; a read as a whole. Without `together` one statement is sent when
    the one before has been answered."""
    fresh, lines, is_piping = {}, [], False

    def value(text):
        if text.startswith(":"):
            return text
        plain = text[1:-1]
        if plain in fresh:
            return f"CAST(:{fresh[plain]} AS bigint)"
        if any(re.fullmatch(code, plain) for code in codes):
            return "'x' || :code"
        # What follows a colon would be a variable.
        return "E" + text.replace("\\", "\\\\").replace(":", "\\x3a") if ":" in text else text

    is_read = statements[0][0].endswith("READ ONLY")
    for place, (statement, values) in enumerate(statements):
        # A number that an INSERT names first is a new one.
        if statement.startswith("INSERT"):
            seen = {given.strip("'") for _, before in statements[:place] for given in before.values()}
            for text in values.values():
                plain = text.strip("'")
                is_sequence = "INTO sys_audit " in statement and values["1"] == text
                if plain.isdigit() and (len(plain) > 14 or is_sequence) and plain not in seen and plain not in fresh:
                    fresh[plain] = f"n{len(fresh)}"
        filled = re.sub(r"\$(\d+)", lambda found: value(values[found[1]]), statement) if values else statement
        parts = [filled] if values else [part for part in filled.split(";") if part.strip()]
        writes = statement.startswith(("INSERT", "UPDATE", "DELETE", "COMMIT"))
        runs = together and (is_read or writes)
        if together and (len(parts) > 1 or runs and not is_piping):
            lines.append("\\startpipeline")
        elif is_piping and not runs:
            lines.append("\\endpipeline")
        lines += [" ".join(part.split()) + ";" for part in parts]
        if together and len(parts) > 1:
            lines.append("\\endpipeline")
        is_piping = runs
    if is_piping:
        lines.append("\\endpipeline")
    heads = [f"\\set {name} random(1000000000000000, 8000000000000000)" for name in fresh.values()]
    return "\n".join([*heads, "\\set code random(1, 1000000000000)", *lines]) + "\n"
