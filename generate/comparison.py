"""Makes docs/comparison.md: what parliament, cfn-lint and taglint find in the same documents, where they point, and their false alarms.

`generate/comparison.sh` makes the environment and calls this file. The documents are the examples of fixtures/policy/checks.json and the
documented policies of fixtures/policy/documented. What IAM Access Analyzer would say is not run, since it needs an account: its column
is what its reference documents, from fixtures/policy/access-analyzer.json.
"""

import argparse
import collections
import io
import contextlib
import json
import os
import subprocess
import tempfile
import warnings

from common import read_json

HERE = os.path.dirname(os.path.abspath(__file__))
FIXTURES = os.path.join(HERE, "..", "fixtures", "policy")
TOOLS = ["taglint", "parliament", "cfn-lint"]


class Written:
    """JSON with a line for each member, and where each value and name is."""

    def __init__(self, value):
        self.text, self.names, self.values = "", {}, {}
        self._write(value, "", 0)

    def _write(self, value, at, depth):
        start = len(self.text)
        if isinstance(value, dict):
            self._items("{}", list(value.items()), depth, lambda item: self._member(item, at, depth))
        elif isinstance(value, list):
            self._items("[]", list(enumerate(value)), depth, lambda item: self._write(item[1], f"{at}/{item[0]}", depth + 1))
        else:
            self.text += json.dumps(value, ensure_ascii=False)
        self.values[at] = (start, len(self.text))

    def _member(self, item, at, depth):
        name, value = item
        below = f"{at}/{name.replace('~', '~0').replace('/', '~1')}"
        start = len(self.text)
        self.text += json.dumps(name, ensure_ascii=False)
        self.names[below] = (start, len(self.text))
        self.text += ": "
        self._write(value, below, depth + 1)

    def _items(self, brackets, items, depth, write):
        self.text += brackets[0]
        for nth, item in enumerate(items):
            self.text += ("," if nth else "") + "\n" + "  " * (depth + 1)
            write(item)
        self.text += ("\n" + "  " * depth if items else "") + brackets[1]

    def place(self, at):
        """The range of `/a/b`, of the name in `/a/b#`, of both in `/a/b@`."""
        if at.endswith("#"):
            return self.names[at[:-1]]
        if at.endswith("@"):
            return self.names[at[:-1]][0], self.values[at[:-1]][1]
        return self.values[at]


def document(row, example):
    """The document of an example and the pointer before its place; None where it is no JSON value."""
    actions = {"key": "kms:*", "secret": "secretsmanager:*"}[row["of"]]
    admin = {
        "Sid": "Administration",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        "Action": actions,
        "Resource": "*",
    }
    if "statement" in example:
        return {"Version": "2012-10-17", "Statement": [admin, example["statement"]]}, "/Statement/1"
    if "statements" in example:
        return {"Version": "2012-10-17", "Statement": [*example["statements"], admin]}, "/Statement"
    if "document" in example:
        return example["document"], ""
    return None, None


def taglint(binary, texts):
    """Findings by name of document: (code, severity, start, end)."""
    found = collections.defaultdict(list)
    with tempfile.TemporaryDirectory() as work:
        for name, (text, of) in texts.items():
            with open(os.path.join(work, f"{name}.{of}-policy.json"), "w", encoding="utf-8") as file:
                file.write(text)
        command = [binary, "check", work, "--isolated", "--exit-zero", "--allow-incomplete", "--format", "json", "--min-severity", "info"]
        report = json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
        for finding in report["findings"]:
            name = os.path.basename(finding["path"]).rsplit(".", 2)[0]
            found[name].append((finding["rule"], finding["severity"], finding))
    return found


def parliament(texts):
    from parliament import analyze_policy_string, enhance_finding

    found = collections.defaultdict(list)
    for name, (text, _) in texts.items():
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            try:
                findings = [enhance_finding(finding) for finding in analyze_policy_string(text).findings]
            except Exception as error:  # it fails on some documents: that is a result too
                found[name].append((f"fails ({type(error).__name__})", "ERROR", None))
                continue
        for finding in findings:
            location = finding.location or {}
            found[name].append((finding.issue, finding.severity, (location.get("line"), location.get("column"))))
    return found


def cfn_lint(texts):
    found = collections.defaultdict(list)
    with tempfile.TemporaryDirectory() as work:
        paths = []
        for name, (text, of) in texts.items():
            try:
                policy = json.loads(text)
            except ValueError:
                continue
            kind = {
                "key": ("AWS::KMS::Key", {"KeyPolicy": policy}),
                "secret": ("AWS::SecretsManager::ResourcePolicy", {"SecretId": "app", "ResourcePolicy": policy}),
            }[of]
            template = {"Resources": {"R": {"Type": kind[0], "Properties": kind[1]}}}
            path = os.path.join(work, f"{name}.template.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(template, file, indent=2)
            paths.append(path)
        for at in range(0, len(paths), 100):
            run = subprocess.run(["cfn-lint", "--format", "json", *paths[at : at + 100]], capture_output=True, text=True, check=False)
            for finding in json.loads(run.stdout or "[]"):
                name = os.path.basename(finding["Filename"]).rsplit(".", 2)[0]
                path = "/".join(["", *(str(step).replace("~", "~0").replace("/", "~1") for step in finding["Location"]["Path"][4:])])
                found[name].append((finding["Rule"]["Id"], finding["Level"], path))
    return found


def position(text, offset):
    line = text.count("\n", 0, offset) + 1
    return line, offset - (text.rfind("\n", 0, offset) + 1) + 1


def exact(tool, location, written, place, at):
    """Whether a finding points at the very place."""
    if location is None:
        return False
    if tool == "taglint":
        start = (location["start"]["line"], location["start"]["column"])
        end = (location["end"]["line"], location["end"]["column"])
        return position(written.text, place[0]) <= start and end <= position(written.text, place[1])
    if tool == "parliament":
        line, column = location
        if line is None:
            return False
        # Its column is that of the value's first character.
        return position(written.text, place[0]) <= (line, column or 1) <= position(written.text, place[1])
    return location == at.rstrip("#@")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--taglint", required=True, help="the binary")
    parser.add_argument("--versions", required=True, help="the versions of the peers, for the text")
    options = parser.parse_args()
    rows = [row for row in read_json(FIXTURES, "checks.json") if document(row, row["bad"])[0] is not None]
    unchecked = read_json(FIXTURES, "unchecked.json")
    analyzer = read_json(FIXTURES, "access-analyzer.json")
    texts, places = {}, {}
    for row in rows:
        for which in ("bad", "good"):
            value, prefix = document(row, row[which])
            if value is None:
                continue
            written = Written(value)
            texts[f"{row['id']}_{which}"] = (written.text, row["of"])
            if which == "bad":
                places[row["id"]] = (written, prefix + row.get("at", ""))
    clean = {}
    for name in sorted(os.listdir(os.path.join(FIXTURES, "documented"))):
        if name.endswith(".json"):
            with open(os.path.join(FIXTURES, "documented", name), encoding="utf-8") as file:
                clean["documented_" + name.split(".")[0]] = (file.read(), "secret" if ".secret-policy." in name else "key")
    everything = {**texts, **clean}
    found = {"taglint": taglint(options.taglint, everything), "parliament": parliament(everything), "cfn-lint": cfn_lint(everything)}
    lines, counts = [], collections.Counter()
    for row in rows:
        written, at = places[row["id"]]
        place = written.place(at)
        cells = []
        for tool in TOOLS:
            good = {code for code, _, _ in found[tool][f"{row['id']}_good"]}
            own = [finding for finding in found[tool][f"{row['id']}_bad"] if finding[0] not in good]
            if not own:
                cells.append("")
                continue
            is_exact = any(exact(tool, location, written, place, at) for _, _, location in own)
            counts[tool, "found"] += 1
            counts[tool, "exact"] += is_exact
            codes = sorted({code for code, _, _ in own})
            cells.append(("● " if is_exact else "○ ") + ", ".join(code.removeprefix("policy-") for code in codes))
        codes = analyzer.get(row["id"], [])
        counts["Access Analyzer", "found"] += bool(codes)
        note = " (no rule yet)" if row["id"] in unchecked["pending"] else " (left out)" if row["id"] in unchecked["left_out"] else ""
        needs = " †" if row.get("where") else ""
        lines.append(f"| `{row['id']}`{needs}{note} | {row['severity']} | " + " | ".join(cells) + f" | {len(codes) or ''} |")
    alarms = false_alarms(found, clean)
    with open(os.path.join(HERE, "..", "docs", "comparison.md"), "w", encoding="utf-8") as file:
        file.write(page(options.versions, len(rows), len(clean), counts, lines, alarms))


def false_alarms(found, clean):
    """What each tool has against documented policies: code, how many documents, one of them."""
    rows = []
    for tool in TOOLS:
        by_code = collections.defaultdict(set)
        for name in clean:
            for code, severity, _ in found[tool][name]:
                if tool == "taglint" and severity == "info":
                    code += " (info)"
                by_code[code].add(name.removeprefix("documented_"))
        for code, names in sorted(by_code.items(), key=lambda item: -len(item[1])):
            rows.append(f"| {tool} | `{code}` | {len(names)} | {', '.join(sorted(names)[:3])}{', …' if len(names) > 3 else ''} |")
    return rows


def page(versions, checks, documented, counts, lines, alarms):
    share = lambda tool: f"{counts[tool, 'found']} | {counts[tool, 'exact']}"
    return f"""# Comparison

Made by `generate/comparison.sh`; {versions}. The same documents go to each tool: the bad and the good example of {checks} checks of key and
secret policies (`fixtures/policy/checks.json`), and {documented} policies that AWS documents (`fixtures/policy/documented`). cfn-lint gets them in
a template; it has no rule for the policies of secrets. IAM Access Analyzer needs an account and was not run: its column counts the checks
for which its reference documents an issue code.

A check is *found* where a tool reports something on the bad example that it does not report on the good one, whatever it is: that is
generous. It is *exact* where one of these points at the value or member to change.

| tool | found, of {checks} | exact |
|---|---|---|
| taglint | {share('taglint')} |
| parliament | {share('parliament')} |
| cfn-lint | {share('cfn-lint')} |
| IAM Access Analyzer (documented, not run) | {counts['Access Analyzer', 'found']} | |

## False alarms

What the tools report on the {documented} documented policies. Findings of taglint marked (info) do not fail a run.

| tool | code | policies | such as |
|---|---|---|---|
{chr(10).join(alarms)}

## Check by check

● at the exact place, ○ elsewhere in the document. † needs to know something beside the document, which these runs do not tell it.

| check | severity | taglint | parliament | cfn-lint | Access Analyzer codes |
|---|---|---|---|---|---|
{chr(10).join(lines)}
"""


if __name__ == "__main__":
    main()
