"""Reads the classes of prebuilt CDK packages of Terraform providers.

A package (a PyPI wheel around an npm archive) has one generated JavaScript class for each resource type. The functions
that write a class out as HCL name every argument with its container type. They are read as text; nothing is run.
"""
import io
import json
import os
import re
import tarfile
import zipfile
from collections import defaultdict
from dataclasses import dataclass, field

ARGUMENT = re.compile(
    r'^\s+"?(\w+)"?: \{\s*\n\s+value: (.*?),\n\s+isBlock: (true|false),\n\s+type: "(\w+)",\n'
    r'\s+storageClassType: "(\w+)",',
    re.M | re.S,
)
STRUCT = re.compile(r"^function (\w+)ToHclTerraform\(struct\) \{\n(.*?)^\}", re.M | re.S)
RESOURCE = re.compile(r"^    synthesizeHclAttributes\(\) \{\n(.*?)^    \}", re.M | re.S)
TYPE = re.compile(r'tfResourceType = "(\w+)"')
VERSION = re.compile(r"providerName: ['\"](\w+)['\"],\s*providerVersion: ['\"]([\w.\-]+)['\"]")
REFERENCE = re.compile(r"(\w+)ToHclTerraform\b")
PRIMITIVE = ("string", "number", "boolean", "any", "list", "hash")


@dataclass
class Argument:
    """An argument or a nested block, as the class declares it."""

    block: bool
    type: str  # simple, map, list, set
    storage: str  # string, stringList, …
    struct: str | None  # the nested structure, if it has one


@dataclass
class Resource:
    """A resource type: its arguments, and the structures they name."""

    arguments: dict[str, Argument]
    structs: dict[str, dict[str, Argument]] = field(repr=False)
    computed_tags_all: bool = False  # whether the provider computes `tags_all`


def _archive(path):
    wheel = zipfile.ZipFile(path)
    inner = next(name for name in wheel.namelist() if name.endswith(".jsii.tgz"))
    return tarfile.open(fileobj=io.BytesIO(wheel.read(inner)), mode="r:gz")


def _arguments(body):
    found = {}
    for name, value, block, kind, storage in ARGUMENT.findall(body):
        structs = [ref for ref in REFERENCE.findall(value) if not ref.startswith(PRIMITIVE)]
        found[name] = Argument(block == "true", kind, storage, structs[0] if structs else None)
    return found


def resources(path):
    """The provider's version, and every resource type of it."""
    sources = defaultdict(list)
    for member in _archive(path):
        if member.isfile() and member.name.startswith("package/lib/") and member.name.endswith(".js"):
            sources[os.path.dirname(member.name)].append(member)
    archive = _archive(path)
    version, found = None, {}
    for folder, members in sources.items():
        base = folder.rsplit("/", 1)[-1]
        if base.startswith(("data-", "ephemeral-")) or base == "provider":
            continue
        texts = [archive.extractfile(member.name).read().decode("utf-8", "replace") for member in members]
        text = "\n".join(texts)
        if not TYPE.search(text):
            continue
        version = version or (VERSION.search(text) or [None, None, None])[2]
        structs = {name: _arguments(body) for name, body in STRUCT.findall(text)}
        for source in texts:
            name, body = TYPE.search(source), RESOURCE.search(source)
            if name and body:
                found[name[1]] = Resource(_arguments(body[1]), structs, "tags_all" in source)
    return version, found


def groups(path):
    """The service group of each AWS resource type: the folder its class stands in."""
    found = {}
    for member in (archive := _archive(path)):
        parts = member.name.split("/")
        if member.isfile() and member.name.endswith(".js") and len(parts) > 3 and parts[3].startswith("aws-"):
            if name := TYPE.search(archive.extractfile(member).read().decode("utf-8", "replace")):
                found.setdefault(name[1], parts[2])
    return found


def package_version(path):
    """`25.8.1` of `cdktn_provider_aws-25.8.1-py3-none-any.whl`."""
    return os.path.basename(path).split("-")[1]


def rows(member, rows):
    """Rows of a file of facts, one a line: small, and a diff shows what changed. The program finds a row by its line."""
    body = ",\n".join(f"    {json.dumps(name)}: {json.dumps(row, ensure_ascii=False)}" for name, row in sorted(rows.items()))
    return f'  "{member}": {{\n{body}\n  }}\n'


def file(head, body):
    """A file of facts: what holds for all rows, then the rows."""
    return f"{json.dumps(head, indent=2, ensure_ascii=False)[:-2]},\n{body}}}\n"
