"""Writes docs/repositories.md: what taglint finds in public repositories with all of its default rules, and whether it is true.

`python3 generate/repositories.py --taglint BINARY CHECKOUTS...`: each of CHECKOUTS has repositories in folders called OWNER+NAME, of the commits
that `fixtures/repositories.json` names. Findings in policies have their verdicts in `fixtures/policy/public.json`. A finding without a verdict,
a verdict without a finding, a crash, another commit, and a file of Terraform that is not read are errors.
"""

import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys

import public

ROOT = pathlib.Path(__file__).resolve().parent.parent
FLAGS = ["--isolated", "--no-ignores", "--fail-on", "never", "--min-severity", "info", "--format", "json"]
TERRAFORM = (".tf", ".tofu", ".tf.json", ".tofu.json", ".tfvars", ".tfvars.json")


def terraform_files(folder):
    """How many files of Terraform a walk has to read: those that are neither hidden nor ignored by git."""
    found = set()
    for directory, names, files in os.walk(folder):
        names[:] = [name for name in names if not name.startswith(".")]
        found |= {os.path.relpath(os.path.join(directory, name), folder) for name in files if name.endswith(TERRAFORM) and name[0] != "."}
    ask = ["git", "-C", folder, "check-ignore", "--no-index", "--stdin"]
    ignored = subprocess.run(ask, input="\n".join(sorted(found)), capture_output=True, text=True).stdout.split("\n")
    return len(found - set(ignored))


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--taglint", required=True)
    arguments.add_argument("checkouts", nargs="+", type=pathlib.Path)
    arguments = arguments.parse_args()
    table = json.loads((ROOT / "fixtures/repositories.json").read_text())
    of_policies = json.loads((ROOT / "fixtures/policy/public.json").read_text())["verdicts"]
    repositories, rows, wrong, partly, used = [], [], [], [], set()
    for repository, commit in sorted(table["repositories"].items(), key=lambda row: row[0].lower()):
        folder = next((str(at) for base in arguments.checkouts if (at := base / repository.replace("/", "+")).is_dir()), None)
        if folder is None:
            sys.exit(f"no checkout of {repository}")
        head = subprocess.run(["git", "-C", folder, "rev-parse", "HEAD"], capture_output=True, text=True).stdout.strip()
        if head != commit:
            wrong.append(f"{repository} is at {head}, not at {commit}")
        run = subprocess.run([arguments.taglint, "check", folder, "--root", folder, *FLAGS], capture_output=True, text=True)
        if run.returncode not in (0, 3):
            sys.exit(f"{repository}: taglint ended with {run.returncode}: {run.stderr[-2000:]}")
        report = json.loads(run.stdout)
        summary, files = report["summary"], terraform_files(folder)
        if summary["files"] < files:
            wrong.append(f"{repository} has {files} files of Terraform, {summary['files']} were read")
        told = {finding["path"] for finding in report["findings"]}
        partly += [(repository, file["path"], file["message"]) for file in report["incomplete"] if file["path"] not in told]
        repositories.append((repository, commit, files, summary, len(report["findings"])))
        grouped = collections.defaultdict(list)
        for finding in report["findings"]:
            is_policy = finding["rule"].startswith("policy-")
            verdict = public.verdict_of(of_policies if is_policy else table["verdicts"], repository, finding)
            if verdict is None:
                wrong.append(f"no verdict: {repository} {finding['path']}:{finding['start']['line']} {finding['rule']}: {finding['message']}")
                continue
            used.add(id(verdict))
            places = finding["path"], finding["start"]["line"]
            grouped[finding["rule"], finding["severity"], verdict["verdict"], verdict["why"]].append(places)
        rows += [(repository, key, sorted(set(places))) for key, places in sorted(grouped.items())]
    wrong += [f"no finding: {json.dumps(row)}" for row in table["verdicts"] if id(row) not in used]
    if wrong:
        sys.exit("\n".join(wrong))
    (ROOT / "docs/repositories.md").write_text(page(repositories, rows, partly))


def page(repositories, rows, partly):
    """The text of docs/repositories.md."""
    count, reasons = collections.Counter(), collections.Counter()
    for _, (_, _, verdict, _), places in rows:
        count[verdict] += len(places)
    for _, _, _, summary, _ in repositories:
        reasons.update(summary["not_judged"])
    of = lambda name: sum(row[3][name] for row in repositories)
    lines = [
        "# Public repositories",
        "",
        f"Made by `generate/repositories.py` from checkouts, with all default rules; the verdicts are in `fixtures/repositories.json`, those of policies in",
        f"`fixtures/policy/public.json`. {len(repositories)} repositories, {of('files'):,} files read, {of('judged'):,} of {of('tag_sets'):,} tag maps known to the last value.",
        "Every file of Terraform that is neither hidden nor ignored by git was read, no run crashed, and what does not parse is a finding. Of other files",
        f"{len(partly)} could not be read in full: " + "; ".join(f"{path} of {repository} ({why})" for repository, path, why in partly) + ".",
        "",
        "*true*: it is as the finding says. *as it stands*: true of the file, which another tool fills in or which its module's caller completes.",
        f"*false*: the mechanism is wrong. Of the places, {count['true']:,} are true, {count['as it stands']} as it stands, {count['false']} false. Tags that repeat `default_tags` were",
        "compared by a script: 1,000 have the same key and the same expression on both lines, 16 variables with the same default; of the others each kind",
        "was looked at.",
        "",
        "A tag map is judged where nothing in it is open. What is known of the others is judged all the same. What kept maps from it, with the number",
        "of maps and policies:",
        "",
        "| reason | of | what it is here |",
        "|---|---|---|",
    ]
    lines += [f"| {reason} | {number:,} | {WHAT.get(reason, '')} |" for reason, number in reasons.most_common()]
    lines += [
        "",
        "| repository | commit | files of Terraform | tag maps judged | findings |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {name} | `{commit[:12]}` | {files:,} | {summary['judged']:,} of {summary['tag_sets']:,} | {found or ''} |"
        for name, commit, files, summary, found in repositories
    ]
    before = None
    for repository, (rule, severity, verdict, why), places in rows:
        if repository != before:
            lines += ["", f"## {repository}", "", "| finding | places | verdict | why |", "|---|---|---|---|"]
            before = repository
        lines.append(f"| {severity} `{rule}` | {where(places)} | {verdict} | {why} |")
    return "\n".join(lines) + "\n"


# Read at the places that the reports name.
WHAT = {
    "known after apply": "data sources, identifiers, random values: `local.tags` from `data.http` in ministryofjustice/modernisation-platform-environments, the names of zones in the VPC module",
    "variable without a value": "variables without a default, set by a pipeline or by hand: `govuk_environment`, `stack_description`",
    "workspace that is not pinned": "`terraform.workspace`; `terraform.workspace` in `taglint.toml` says which one",
    "module not here": "modules of a registry that are not installed: `terraform init` brings them, and they are read then",
    "provider that is not followed": "a root that is a module itself, whose callers hand it the provider",
    "machine on which Terraform runs": "`basename(abspath(path.root))`",
    "Terraform would refuse it": "references to what is not there, in test data of other tools; an expression that is a finding",
    "conditional on an unknown value": "both branches were looked at, and differ",
    "function that is not evaluated": "`map(…)`, which Terraform has no more",
    "file that is not read": "`.git/HEAD`, which is another one at each checkout",
    "input of a called module": "a module that is called with what is not known",
}


def where(places):
    """The first places, and how many more there are."""
    shown = [f"{path}:{line}" for path, line in places[:3]]
    return ", ".join(shown) + (f" and {len(places) - 3} more" if len(places) > 3 else "")


if __name__ == "__main__":
    main()
