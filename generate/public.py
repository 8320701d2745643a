"""Writes docs/policies-of-others.md: what taglint finds in the key policies of public repositories, and whether it is true.

`python3 generate/public.py --taglint BINARY CHECKOUTS...`: each of CHECKOUTS has repositories in folders called OWNER+NAME, of the commits that
`fixtures/policy/public.json` names. A finding without a verdict there, or a verdict without a finding, is an error: each is to be read.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FLAGS = ["--isolated", "--select", "policy", "--no-ignores", "--fail-on", "never", "--min-severity", "info", "--format", "json"]


def findings_of(taglint, folder):
    """The findings of one checkout, and how many policies it has."""
    run = subprocess.run([taglint, "check", folder, "--root", folder, *FLAGS], capture_output=True, text=True)
    report = json.loads(run.stdout)
    return report["findings"], report["summary"]["policies"]


def verdict_of(verdicts, repository, finding):
    """The first row that is about a finding: a row may name a repository, the beginning of a path, a rule, a part of the message."""
    for row in verdicts:
        asked = [("repository", repository), ("rule", finding["rule"]), ("severity", finding["severity"])]
        fits = all(row.get(name, value) == value for name, value in asked)
        if fits and finding["path"].startswith(row.get("path", "")) and row.get("says", "") in finding["message"]:
            return row
    return None


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--taglint", required=True)
    arguments.add_argument("checkouts", nargs="+", type=pathlib.Path)
    arguments = arguments.parse_args()
    table = json.loads((ROOT / "fixtures/policy/public.json").read_text())
    repositories, rows, missing, used = [], [], [], set()
    for repository, commit in sorted(table["repositories"].items(), key=lambda row: row[0].lower()):
        folder = next((found for base in arguments.checkouts if (found := base / repository.replace("/", "+")).is_dir()), None)
        if folder is None:
            sys.exit(f"no checkout of {repository}")
        found, policies = findings_of(arguments.taglint, str(folder))
        repositories.append((repository, commit, policies, collections.Counter(finding["severity"] for finding in found)))
        grouped = collections.defaultdict(list)
        for finding in found:
            verdict = verdict_of(table["verdicts"], repository, finding)
            if verdict is None:
                missing.append(f"{repository} {finding['path']}:{finding['start']['line']} {finding['rule']}: {finding['message']}")
                continue
            used.add(id(verdict))
            key = (finding["path"], finding["rule"], finding["severity"], verdict["verdict"], verdict["why"])
            grouped[key].append(finding["start"]["line"])
        rows += [(repository, key, sorted(set(lines))) for key, lines in sorted(grouped.items())]
    idle = [row for row in table["verdicts"] if id(row) not in used]
    if missing or idle:
        sys.exit("\n".join(["without a verdict:", *missing, "without a finding:", *map(json.dumps, idle)]))
    count = collections.Counter()
    for _, key, lines in rows:
        count[key[3]] += len(lines)
    policies = sum(row[2] for row in repositories)
    lines = [
        "# Key policies of public repositories",
        "",
        f"Made by `generate/public.py` from checkouts; the verdicts are in `fixtures/policy/public.json`. {policies} policies of keys and secrets in",
        f"{len(repositories)} repositories. The messages of all were read; the code was opened at some thirty places, of each kind of finding one at least.",
        "",
        "*true*: it is as the finding says. *as it stands*: true of the file, which another tool fills in or which its module's caller completes.",
        f"*false*: the mechanism is wrong. There are {count['true']} true, {count['as it stands']} as it stands, {count['false']} false.",
        "",
        "| repository | commit | policies | errors | warnings | info |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {name} | `{commit[:12]}` | {policies} | {by['error'] or ''} | {by['warning'] or ''} | {by['info'] or ''} |"
        for name, commit, policies, by in repositories
    ]
    before = None
    for repository, (path, rule, severity, verdict, why), places in rows:
        if repository != before:
            lines += ["", f"## {repository}", "", "| place | finding | verdict | why |", "|---|---|---|---|"]
            before = repository
        numbers = ", ".join(map(str, places))
        lines.append(f"| {path}:{numbers} | {severity} `{rule.removeprefix('policy-')}` | {verdict} | {why} |")
    (ROOT / "docs/policies-of-others.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
