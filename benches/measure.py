#!/usr/bin/env python3
"""Measures whole runs of the release binary: CPU time and peak memory of the process, as the kernel counts them.

  python3 benches/measure.py ratio DIR...    taglint against a program that only walks and reads the same files
  python3 benches/measure.py hostile         texts that are made to exhaust a parser, each in two sizes
  python3 benches/measure.py plan [MB...]    Terraform plans of these sizes, else of 30, 100 and 300 MB
  python3 benches/measure.py write-plan SHAPE MB FILE   one such plan: `new` or `changed`
  python3 benches/measure.py reports         every format with 10,000, 20,000 and 40,000 findings in one file
  python3 benches/measure.py human           10,000 findings for people, against programs that write the same bytes
  python3 benches/measure.py shards DIR...   many repositories in one run, and in shards that are merged

Builds what it runs (`cargo build --release`, `cargo bench --no-run`). Linux, Python 3.8 or later, no packages.
"""
import json, os, statistics, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
REPOSITORY = os.path.dirname(HERE)
ROUNDS = int(os.environ.get("ROUNDS", "9"))


def build(command):
    """The executable that a cargo command makes of the target that it names last: a bench comes with the binary, in no certain order."""
    out = subprocess.run(["cargo"] + command + ["--locked", "--message-format=json"], cwd=REPOSITORY, stdout=subprocess.PIPE, check=True).stdout
    made = [json.loads(line) for line in out.splitlines() if line.startswith(b"{")]
    return next(one["executable"] for one in made if one.get("executable") and one["target"]["name"] == command[-1])


# Runs a command and writes what it used. A process begins with the peak memory of the one that started it, which here may hold large texts.
LAUNCHER = """
import os, sys
process = os.fork()
if process == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(process, 0)
print(usage.ru_utime + usage.ru_stime, usage.ru_maxrss, os.waitstatus_to_exitcode(status), file=sys.stderr)
"""


def run(command, directory="/"):
    """(seconds of CPU, peak KiB, exit code, standard output) of one run. What it writes to standard error is lost."""
    with tempfile.TemporaryFile() as out:
        launch = [sys.executable, "-S", "-c", LAUNCHER] + command
        used = subprocess.run(launch, cwd=directory, stdout=out, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, check=True).stderr
        cpu, peak, code = used.split()[-3:]
        out.seek(0)
        return float(cpu), int(peak), int(code), out.read()


def ratio(directories):
    taglint = build(["build", "--release", "--bin", "taglint"])
    reader = build(["bench", "--no-run", "--bench", "walk_and_read"])
    for directory in map(os.path.abspath, directories):
        check = [taglint, "check", ".", "--root", ".", "--isolated", "--format", "concise"]
        pairs, peak = [], 0
        run([reader, directory])
        for _ in range(ROUNDS):
            walked = run([reader, directory])
            checked = run(check, directory)
            one = run(check + ["-j", "1"], directory)
            pairs.append((walked[0], checked[0], one[0]))
            peak = max(peak, checked[1])
        print(directory)
        print("  walk_and_read: %s" % walked[3].decode().strip())
        print("  taglint, exit code %d: %s" % (checked[2], checked[3].decode().strip().split("\n")[-1]))
        for name, at in [("walk_and_read", 0), ("taglint", 1), ("taglint -j 1", 2)]:
            times = sorted(pair[at] for pair in pairs)
            print("  CPU of %-14s median %.3f s (%.3f to %.3f)" % (name, statistics.median(times), times[0], times[-1]))
        for name, at in [("taglint", 1), ("taglint -j 1", 2)]:
            ratios = sorted(pair[at] / pair[0] for pair in pairs)
            print("  ratio of %-12s median %.2f (%.2f to %.2f), %d pairs" % (name, statistics.median(ratios), ratios[0], ratios[-1], ROUNDS))
        print("  peak memory of taglint: %.0f MB" % (peak * 1024 / 1e6))


KEY = 'resource "aws_kms_key" "k%d" {\n  description = "key number %d"\n  tags = { team = "core", "cost-center" = "4711" }\n}\n'


def keys(count):
    return 'resource "aws_kms_key" "k" {\n  tags = {\n' + "".join("    k%d = 1\n" % key for key in range(count)) + "  }\n}\n"


def large(size):
    parts, length, count = [], 0, 0
    while length < size:
        parts.append(KEY % (count, count))
        length += len(parts[-1])
        count += 1
    return "".join(parts)


def tag_list(size):
    tag = '{ "TagKey": "team", "TagValue": "core" },\n'
    return '{ "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "Tags": [\n' + tag * (size // len(tag)) + '{ "TagKey": "a", "TagValue": "b" } ] }\n'


def large_json(size):
    key = '"k%d":{"description":"key number %d","tags":{"team":"core","cost-center":"4711"}}'
    count = size // len(key % (100_000, 100_000))
    return '{"resource":{"aws_kms_key":{%s}}}' % ",".join(key % (at, at) for at in range(count))


DOCUMENT = """data "aws_iam_policy_document" "d%d" {
  statement {
    actions = ["kms:*"]
  }
}
resource "aws_kms_key" "k%d" {
  policy = data.aws_iam_policy_document.d%d.json
}
"""


def policies(size):
    return "".join(DOCUMENT % (at, at, at) for at in range(size // len(DOCUMENT % (10_000, 10_000, 10_000))))


def policy_string(size):
    statement = '{"Sid":"s","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}'
    policy = '{"Version":"2012-10-17","Statement":[%s]}' % ",".join([statement] * (size // len(json.dumps(statement))))
    return json.dumps({"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "PolicyName": "default", "Policy": policy})


# What, file name, text of a size, the two sizes.
HOSTILE = [
    ("`[` many times", "main.tf", lambda n: "a = " + "[" * n, (500_000, 1_000_000)),
    ("`[` many times", "a.kms-tag-resource.json", lambda n: "[" * n, (500_000, 1_000_000)),
    ("`\"${` many times", "main.tf", lambda n: "a = " + '"${' * n, (500_000, 1_000_000)),
    ("a string of many bytes", "main.tf", lambda n: 'resource "aws_kms_key" "k" {\n  tags = { a = "%s" }\n}\n' % ("x" * n), (2_500_000, 5_000_000)),
    ("a string of many bytes", "a.kms-tag-resource.json",
     lambda n: '{ "KeyId": "k", "Tags": [{ "TagKey": "a", "TagValue": "%s" }] }' % ("x" * n), (2_500_000, 5_000_000)),
    ("keys in one object", "main.tf", keys, (20_000, 40_000)),
    ("a sum of many terms", "main.tf", lambda n: "locals {\n  a = 1%s\n}\n" % (" + 1" * n), (250_000, 500_000)),
    ("locals of one file", "main.tf", lambda n: "locals {\n%s}\n" % "".join("  name_%d = \"value %d\"\n" % (i, i) for i in range(n // 28)), (25_000_000, 50_000_000)),
    ("keys with tags in one file", "main.tf", large, (50_000_000, 100_000_000)),
    ("keys with tags in one file", "main.tf.json", large_json, (50_000_000, 100_000_000)),
    ("outputs of one file", "main.tf", lambda n: "".join("output \"o%d\" {\n  value = aws_kms_key.k%d.arn\n}\n" % (i, i) for i in range(n // 55)), (25_000_000, 50_000_000)),
    ("variables of one file", "main.tf", lambda n: "".join("variable \"v%d\" {\n  type = string\n  default = \"x\"\n}\n" % i for i in range(n // 55)), (25_000_000, 50_000_000)),
    ("tags in one map", "main.tf", lambda n: "resource \"aws_kms_key\" \"k\" {\n  tags = {\n%s  }\n}\n" % "".join("    k%d = \"v%d\"\n" % (i, i) for i in range(n // 25)), (25_000_000, 50_000_000)),
    ("statements in one document", "main.tf", lambda n: "data \"aws_iam_policy_document\" \"d\" {\n%s}\nresource \"aws_kms_key\" \"k\" {\n  policy = data.aws_iam_policy_document.d.json\n}\n" % ("  statement {\n    actions = [\"kms:*\"]\n  }\n" * (n // 43)), (25_000_000, 50_000_000)),
    ("parts of one template", "main.tf", lambda n: "resource \"aws_kms_key\" \"k\" {\n  tags = { a = \"%s\" }\n}\n" % ("x${1}" * (n // 5)), (25_000_000, 50_000_000)),
    ("keys with policies and two findings each", "main.tf", policies, (8_700_000, 17_400_000)),
    ("tags in one request", "a.kms-tag-resource.json", tag_list, (25_000_000, 50_000_000)),
    ("a policy as a string in a request", "a.kms-put-key-policy.json", policy_string, (25_000_000, 50_000_000)),
]


def hostile():
    taglint = build(["build", "--release", "--bin", "taglint"])
    with tempfile.TemporaryDirectory() as directory:
        idle = run([taglint, "check", ".", "--isolated"], directory)[1]
        print("peak memory without a file: %.1f MB" % (idle * 1024 / 1e6))
        print("| input | size | CPU | twice the input takes | peak memory | for each byte more |")
        print("|---|---|---|---|---|---|")
        for what, name, text, sizes in HOSTILE:
            rows = []
            for size in sizes:
                path = os.path.join(directory, name)
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text(size))
                length = os.path.getsize(path)
                runs = [run([taglint, "check", name, "--root", ".", "--isolated", "--format", "concise"], directory) for _ in range(3)]
                os.remove(path)
                if any(code not in (0, 1, 3) for _, _, code, _ in runs):
                    sys.exit("%s: exit code %d" % (what, runs[0][2]))
                rows.append((length, min(r[0] for r in runs), max(r[1] for r in runs) * 1024))
            (small, first, below), (length, second, peak) = rows
            print("| %s, `%s` | %.1f MB | %.2f s | %.1f times as long | %.0f MB | %.1f |"
                  % (what, name.split(".", 1)[1], length / 1e6, second, second / max(first, 0.001), peak / 1e6, (peak - below) / (length - small)))


def write_plan(path, size, changed):
    """A plan of so many bytes: the resources of fixtures/terraform/plans/keys over and over, each time in another instance of a module. Where
    they are `changed` they have a state before, too, as most plans of a running system do."""
    with open(os.path.join(REPOSITORY, "fixtures", "terraform", "plans", "keys", "plan.json"), encoding="utf-8") as file:
        plan = json.load(file)
    changes = [change for change in plan["resource_changes"] if change["mode"] == "managed"]
    compact = {"separators": (",", ":"), "ensure_ascii": False}
    values = {resource["address"]: resource for resource in plan["planned_values"]["root_module"]["resources"]}

    def texts(n):
        prefix = 'module.m["%d"]' % n
        planned, resources = [], []
        for change in changes:
            one = json.loads(json.dumps(change))
            value = dict(values[change["address"]], address="%s.%s" % (prefix, change["address"]))
            one["address"], one["module_address"] = value["address"], prefix
            if changed:
                one["change"]["actions"], one["change"]["before"] = ["update"], dict(one["change"]["after"], description="before")
            planned.append(value)
            resources.append(json.dumps(one, **compact))
        module = json.dumps({"resources": planned, "address": prefix}, **compact)
        return module, ",".join(resources)

    one = sum(len(text) * (1 + (at == 0 and changed)) for at, text in enumerate(texts(10000)))
    count = max(1, size // one)
    module = {"source": "./m", "for_each_expression": {"references": ["var.m"]}, "module": plan["configuration"]["root_module"]}
    configuration = dict(plan["configuration"], root_module={"module_calls": {"m": module}})
    with open(path, "w", encoding="utf-8") as out:
        def modules():
            for n in range(count):
                out.write(("," if n else "") + texts(n)[0])

        out.write('{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{"root_module":{"child_modules":[')
        modules()
        out.write(']}},"resource_changes":[')
        for n in range(count):
            out.write(("," if n else "") + texts(n)[1])
        out.write("]")
        if changed:
            out.write(',"prior_state":{"format_version":"1.0","terraform_version":"1.11.4","values":{"root_module":{"child_modules":[')
            modules()
            out.write("]}}}")
        out.write(',"configuration":%s,"applyable":true,"complete":true,"errored":false}' % json.dumps(configuration, **compact))
    return count * len(changes)


def plan(sizes):
    taglint = build(["build", "--release", "--bin", "taglint"])
    with tempfile.TemporaryDirectory() as directory:
        idle = run([taglint, "check", ".", "--isolated"], directory)[1]
        print("| plan | resources | CPU | CPU per MB | peak memory | per byte of the file | from standard input |")
        print("|---|---|---|---|---|---|---|")
        for shape in ("new", "changed"):
            for size in sizes:
                path = os.path.join(directory, "plan.json")
                resources = write_plan(path, size * 1000000, shape == "changed")
                length = os.path.getsize(path)
                check = [taglint, "check", "plan.json", "--root", ".", "--isolated", "--format", "concise", "--quiet"]
                runs = [run(check, directory) for _ in range(3)]
                piped = run(["sh", "-c", 'exec "$0" check - --stdin-filename plan.json --root . --isolated --format concise --quiet < plan.json', taglint], directory)
                if any(code != 1 for _, _, code, _ in runs + [piped]):
                    sys.exit("exit code %d" % runs[0][2])
                os.remove(path)
                seconds, peak = min(r[0] for r in runs), max(r[1] for r in runs)
                per_byte = lambda kib: (kib - idle) * 1024 / length
                print("| %s | %s in %.1f MB | %.2f s | %.1f ms | %.0f MB | %.2f | %.2f |"
                      % (shape, "{:,}".format(resources), length / 1e6, seconds, seconds * 1e9 / length, peak * 1024 / 1e6, per_byte(peak), per_byte(piped[1])))
FORMATS = "human concise grouped json jsonl sarif github gitlab azure junit checkstyle rdjson markdown".split()
FINDING = 'resource "aws_kms_key" "k%d" {\n  tags = { "aws:team" = "core" } # words\n}\n'


def findings(directory, count):
    """A file with so many findings; its length."""
    with open(os.path.join(directory, "main.tf"), "w") as file:
        return file.write("".join(FINDING % number for number in range(count)))


def best(command, directory):
    """(CPU seconds, peak KiB, bytes written) of the cheapest of some runs."""
    runs = [run(command, directory) for _ in range(ROUNDS)]
    return min(r[0] for r in runs), max(r[1] for r in runs), len(runs[0][3])


def check(taglint, *flags):
    return [taglint, "check", ".", "--root", ".", "--isolated"] + list(flags)


def reports():
    taglint = build(["build", "--release", "--bin", "taglint"])
    sizes = (10_000, 20_000, 40_000)
    print("| format | CPU, 10,000 | 20,000 | 40,000 | peak memory | | | output | | |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as directory:
        rows = {name: [] for name in ["none"] + FORMATS}
        for size in sizes:
            findings(directory, size)
            for name, row in rows.items():
                flags = ["--statistics", "-q"] if name == "none" else ["--format", name]
                row.append(best(check(taglint, *flags), directory))
        for name, row in rows.items():
            print("| %s | %s | %s | %s |" % (
                "none: only counted" if name == "none" else "`%s`" % name,
                " | ".join("%.2f s" % cpu for cpu, _, _ in row),
                " | ".join("%.0f MB" % (peak * 1024 / 1e6) for _, peak, _ in row),
                " | ".join("%.1f MB" % (size / 1e6) for _, _, size in row)))


def human():
    taglint = build(["build", "--release", "--bin", "taglint"])
    with tempfile.TemporaryDirectory() as directory:
        length = findings(directory, 10_000)
        counted = best(check(taglint, "--statistics", "-q"), directory)[0]
        rendered, _, size = best(check(taglint), directory)
        with open(os.path.join(directory, "report.txt"), "wb") as file:
            file.write(run(check(taglint), directory)[3])
        cost = rendered - counted
        print("10,000 findings in a file of %d kB, a report of %.1f MB" % (length / 1000, size / 1e6))
        print("rendering takes %.3f s of CPU, beside %.3f s for finding them" % (cost, counted))
        writer = build(["bench", "--no-run", "--bench", "plain_write"])
        for what, command in [("benches/plain_write.rs, line by line", [writer, "report.txt"]), ("sed, line by line", ["sed", "", "report.txt"]), ("cat, in blocks", ["cat", "report.txt"])]:
            plain = best(command, directory)[0]
            print("writing the same bytes with %s takes %.3f s: rendering takes %.1f times as long" % (what, plain, cost / max(plain, 0.0005)))


def shards(directories):
    taglint = build(["build", "--release", "--bin", "taglint"])
    with tempfile.TemporaryDirectory() as scratch:
        listed = os.path.join(scratch, "repositories.txt")
        with open(listed, "w") as file:
            file.writelines(os.path.abspath(directory) + "\n" for directory in directories)
        above = os.path.commonpath([os.path.abspath(directory) for directory in directories])
        given = [taglint, "check", "--file-list", listed, "-q"]
        for count in (1, 4):
            parts = []
            for part in range(1, count + 1):
                path = os.path.join(scratch, "%d-%d.jsonl" % (part, count))
                parts.append((path,) + run(given + ["--shard", "%d/%d" % (part, count), "-o", "jsonl:" + path], above)[:3])
            merged = run([taglint, "merge"] + [part[0] for part in parts], scratch)
            records = merged[3].count(b'{"type":"finding"')
            if count == 1:
                whole = merged[3]
            print("%2d shards: CPU %.2f s together, the longest %.2f s; peak memory %.0f MB; merge %.2f s, %.0f MB; %d findings, %s" % (
                count, sum(part[1] for part in parts), max(part[1] for part in parts), max(part[2] for part in parts) * 1024 / 1e6,
                merged[0], merged[1] * 1024 / 1e6, records, "the same bytes" if merged[3] == whole else "NOT the same bytes"))


if __name__ == "__main__":
    if len(sys.argv) > 2 and sys.argv[1] == "ratio":
        ratio(sys.argv[2:])
    elif sys.argv[1:] == ["hostile"]:
        hostile()
    elif sys.argv[1:2] == ["plan"]:
        plan([int(size) for size in sys.argv[2:]] or [30, 100, 300])
    elif len(sys.argv) == 5 and sys.argv[1] == "write-plan":
        write_plan(sys.argv[4], int(sys.argv[3]) * 1000000, sys.argv[2] == "changed")
    elif sys.argv[1:] == ["reports"]:
        reports()
    elif sys.argv[1:] == ["human"]:
        human()
    elif len(sys.argv) > 2 and sys.argv[1] == "shards":
        shards(sys.argv[2:])
    else:
        sys.exit(__doc__)
