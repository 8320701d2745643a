"""Writes the facts that are generated: limits from the models of AWS services, resource types from the Terraform providers.

    python3 generate/tags            write the files of the versions in versions.txt
    python3 generate/tags --newest   take the newest versions first, and write them to versions.txt
    python3 generate/tags --check    write nothing; exit with 1 where a file is not what would be written
"""
import argparse
import datetime
import glob
import json
import os
import re
import subprocess
import sys
import venv

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
RULES = os.path.join(ROOT, "rules")
WORK = os.path.join(ROOT, "target", "generate")
VERSIONS = os.path.join(HERE, "versions.txt")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--newest", action="store_true")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    wheels = _packages(arguments.newest)
    # botocore is read, not used: its models are files in its wheel.
    data = os.path.join(WORK, "botocore", "botocore", "data")

    import packages
    import operations
    import resources
    import services

    version = packages.package_version(wheels["botocore"])
    files = [services.generate(data, version), operations.generate(data, version), operations.generate_creating(data, version)]
    names = {name for name, _, _ in services.models(data)}
    files += resources.generate(wheels, names)
    known = {f"aws:{name}" for name in names} | _by_hand()
    differ = []
    for path, head, member, rows in files:
        if member == "resources":
            unknown = {row["service"] for row in rows.values()} | {tag["service"] for row in rows.values() for tag in row.get("tags", []) if "service" in tag}
            if unknown := unknown - known:
                sys.exit(f"{path} names services that no file has: {', '.join(sorted(unknown))}")
        if member == "operations" and (unknown := {row["service"] for row in rows.values() if "service" in row} - known):
            sys.exit(f"{path} names services that no file has: {', '.join(sorted(unknown))}")
        differ += _write(path, head, member, rows, arguments.check)
    if arguments.check and differ:
        sys.exit(f"not what generate/tags writes: {', '.join(differ)}")


def _packages(newest):
    """The wheels that versions.txt names, by package; downloaded if they are not there."""
    with open(VERSIONS, encoding="utf-8") as file:
        wanted = [line.strip() for line in file if line.strip() and not line.startswith("#")]
    if newest:
        wanted = [line.split("==")[0] for line in wanted]
    os.makedirs(WORK, exist_ok=True)
    python = os.path.join(WORK, "venv", "bin", "python")
    if not os.path.exists(python):
        venv.create(os.path.join(WORK, "venv"), with_pip=True)
    subprocess.run([python, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", WORK, *wanted], check=True)
    wheels = {}
    for line in wanted:
        name, _, version = line.partition("==")
        found = glob.glob(os.path.join(WORK, f"{name.replace('-', '_')}-{version or '*'}-*.whl"))
        wheels[name] = max(found, key=lambda path: (version != "", os.path.getmtime(path)))
    if newest:
        import packages

        with open(VERSIONS, encoding="utf-8") as file:
            comments = [line for line in file if line.startswith("#")]
        with open(VERSIONS, "w", encoding="utf-8") as file:
            file.writelines(comments)
            file.writelines(f"{name}=={packages.package_version(path)}\n" for name, path in wheels.items())
    folder = os.path.join(WORK, "botocore")
    subprocess.run([python, "-m", "zipfile", "-e", wheels["botocore"], folder], check=True)
    return wheels


def _by_hand():
    with open(os.path.join(RULES, "tags", "platforms.json"), encoding="utf-8") as file:
        return set(json.load(file)["services"])


def fingerprint(rows):
    """A number for the generator and for what it wrote, so that a test sees a table that was changed and not used, and a row that was
    changed by hand: FNV-1a, 64 bits, of the sources in the order of their names, then of the rows."""
    texts = [rows.encode()]
    for name in sorted(os.listdir(HERE), reverse=True):
        if name.endswith((".py", ".txt")):
            with open(os.path.join(HERE, name), "rb") as file:
                texts.insert(0, file.read())
    number = 0xCBF29CE484222325
    for byte in b"".join(texts):
        number = (number ^ byte) * 0x100000001B3 % 2**64
    return f"{number:016x}"


def _write(path, head, member, rows, check):
    """Writes a file, and says whether it was another one before. The day on which it was checked only changes with the content."""
    import packages

    target = os.path.join(RULES, path)
    before = ""
    if os.path.exists(target):
        with open(target, encoding="utf-8") as file:
            before = file.read()
    dates = re.findall(r'"checked": "([\d-]+)"', before[:2000])
    body = packages.rows(member, rows)
    text = lambda date: packages.file(head | {"checked": date, "generated": fingerprint(body)}, body)
    same = bool(dates) and before == text(dates[0])
    if not same and not check:
        with open(target, "w", encoding="utf-8", newline="\n") as file:
            file.write(text(datetime.date.today().isoformat()))
        print(f"rules/{path}: {len(rows)} rows")
    return [] if same else [path]


if __name__ == "__main__":
    sys.path.insert(0, HERE)
    main()
