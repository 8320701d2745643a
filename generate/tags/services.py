"""What the models of AWS services say of tags: `rules/tags/aws-services.json`."""
import gzip
import json
import os
import re

import tables

KEY, VALUE = ("Key", "TagKey", "key", "tagKey"), ("Value", "TagValue", "value", "tagValue")
TAG_OPERATION = re.compile(
    r"^(Tag\w*|BatchTag\w*|Add\w*Tags?\w*|CreateTags?|CreateOrUpdateTags|ChangeTagsForResource|UpdateTagsForResource|"
    r"PutResourceTags?|SetTags\w*|UpdateTags?\w*|PutTags?|ManageTags|PutBucketTagging|PutObjectTagging)$"
)
READS = re.compile(r"^(Describe|List|Get|Search|Query|BatchGet|Scan|Lookup|Filter|Preview|Estimate|Validate|Test|Is|Check|Head|Select)")
TAGS = re.compile(r"^(\w*[tT]ags?|\w*TagSet|\w*TagList|TagMap|Tagging|TagsToUpdate)$")
NO_TAGS = re.compile(r"(?i)filter|criteria|condition|untag|remove|tagkeys|tagoption|lftag|(?-i:ETag|^etag)|stage|exclude|copytags|imagetag")
# Lengths that no service means.
MEANINGLESS = 4096
TOO_MANY = re.compile(r"TooManyTags|TagLimit|TagsLimit|TagQuota|LimitExceeded|QuotaExceeded")
INVALID = re.compile(r"^(ValidationException|ValidationError|InvalidTag\w*|InvalidParameter\w*|InvalidInput\w*|BadRequestException)$")


def generate(data, version):
    """The file, by its path below `rules/`."""
    rows = {f"aws:{name}": _row(name, api, model, version) for name, api, model in models(data)}
    head = {
        "$schema": "../schema/tags.schema.json",
        "source": f"https://pypi.org/project/botocore/{version}/",
    }
    return "tags/aws-services.json", head, "services", rows


def models(data):
    """Name, version and model of each service: the newest version of its API."""
    for name in sorted(os.listdir(data)):
        folder = os.path.join(data, name)
        versions = [v for v in os.listdir(folder) if re.match(r"\d{4}-\d{2}-\d{2}$", v)] if os.path.isdir(folder) else []
        if versions:
            api = max(versions)
            path = os.path.join(folder, api, "service-2.json.gz")
            if os.path.exists(path):
                with gzip.open(path, "rt", encoding="utf-8") as file:
                    yield name, api, json.load(file)


def _row(name, api, model, version):
    row = {"extends": "aws", "name": _name(name, model["metadata"])}
    found = _container(name, model)
    if not found:
        return row
    key, value, operation = found
    errors = [error["shape"] for error in operation.get("errors", [])]
    invalid = [error for error in errors if INVALID.match(error)]
    answer = {"refused_with": invalid[0]} if len(invalid) == 1 else {}
    texts = {part: text for part, shape in (("key", key), ("value", value)) if (text := _text(shape, part, answer))}
    if texts:
        row["source"] = f"https://github.com/boto/botocore/blob/{version}/botocore/data/{name}/{api}/service-2.json.gz"
        row |= texts
    if any(re.search(r"\(\?!\[aA\]", shape.get("pattern", "")) for shape in (key,)):
        row["reserved"] = _reserved_in_any_case()
    return row


def _name(name, metadata):
    if name in tables.NAMES:
        return tables.NAMES[name]
    short, full = metadata.get("serviceAbbreviation", ""), metadata["serviceFullName"]
    if short.startswith(("AWS ", "Amazon ")) and len(short) <= len(full):
        return short
    return full


def _container(name, model):
    """The shapes of key and value where a service takes tags, and the operation that tags: `TagResource` if there is one."""
    shapes = model["shapes"]
    candidates = []
    for operation_name, operation in sorted(model["operations"].items()):
        if "input" not in operation or READS.match(operation_name):
            continue
        tags = bool(TAG_OPERATION.match(operation_name))
        for shape in _containers(shapes, operation["input"]["shape"], 0):
            wanted = tables.SHAPES.get(name)
            if wanted in (None, shape):
                candidates.append((operation_name != "TagResource", not tags, operation_name, shape, operation))
    if not candidates:
        return None
    _, _, _, shape, operation = min(candidates, key=lambda candidate: candidate[:4])
    tagging = next((model["operations"][c[2]] for c in sorted(candidates, key=lambda c: c[:4]) if not c[1]), {})
    container = shapes[shape]
    if container["type"] == "map":
        return shapes[container["key"]["shape"]], shapes[container["value"]["shape"]], tagging
    members = shapes[container["member"]["shape"]]["members"]
    key, value = _members(members)
    return shapes[members[key]["shape"]], shapes[members[value]["shape"]], tagging


def _members(members):
    key = next((name for name in KEY if name in members), None)
    value = next((name for name in VALUE if name in members), None)
    return (key, value) if key and value else None


def _containers(shapes, name, depth, inside=False):
    """The lists and maps of tags in a structure, outermost first."""
    for member, reference in shapes[name].get("members", {}).items():
        target = reference["shape"]
        shape = shapes[target]
        tags = TAGS.match(member) and not NO_TAGS.search(member) or inside and member == "Items"
        if tags and shape["type"] == "map" and shapes[shape["value"]["shape"]]["type"] == "string":
            yield target
        elif tags and shape["type"] == "list":
            entry = shapes[shape["member"]["shape"]]
            if entry["type"] == "structure" and len(entry.get("members", {})) <= 6 and _members(entry["members"]):
                yield target
        elif shape["type"] == "structure" and (tags or depth < 1):
            yield from _containers(shapes, target, depth + 1, bool(tags))


def _text(shape, part, answer):
    """Limits of a key or a value, as the schema of facts writes them; nothing where the model says nothing."""
    fewest = 1 if part == "key" else 0
    accepted, least, most = _characters(shape["pattern"]) if "pattern" in shape else (None, 0, None)
    longest = min((n for n in (shape.get("max"), most) if n is not None and n <= MEANINGLESS), default=None)
    text = {}
    if longest is not None:
        # A model that says 0 and whose pattern wants a character is not sure of itself.
        shortest = max(fewest, shape.get("min", least))
        text["length"] = [{"min": shortest, "max": longest, "unit": "characters", "severity": "error"} | answer]
    if accepted == "":
        text["characters"] = []
    elif accepted is not None:
        accepted, described = _describe(accepted)
        text["characters"] = [{"accepted": accepted, "describe": described, "severity": "error"} | answer]
    return text


def _characters(pattern):
    """Of a model's pattern: the set of accepted characters (`""` for all, `None` where it cannot be told), and the fewest and the
    most characters that it takes."""
    if pattern in tables.PATTERNS:
        accepted, least = tables.PATTERNS[pattern]
        return accepted, least, None
    text = re.sub(r"\(\?!aws:\)|\(\?!\[aA\](\{1\})?\[wW\](\{1\})?\[sS\](\{1\})?:\)|\(\?=\.\{\d+,\d+\}\$\)", "", pattern)
    text = text.lstrip("^").rstrip("$")
    if text.startswith("(") and text.endswith(")") and text.count("(") == 1:
        text = text[1:-1].lstrip("^").rstrip("$")
    match = re.fullmatch(r"(\.|\\[PpSsWw](?:\{\w+\})?|\[(?:\\.|[^\]\\])+\])([*+]|\{(\d+),(\d+)\})", text)
    if not match:
        raise SystemExit(f"a pattern that tables.py has to explain: {pattern}")
    accepted, repeat, least, most = match.groups()
    if accepted in (".", r"[\s\S]", r"[\S\s]", r"[\p{all}]"):
        accepted = ""
    return accepted.replace(r"\/", "/"), int(least or repeat == "+"), int(most) if most else None


PUNCTUATION = "_.:/=+-@"


def _describe(accepted):
    """The set again, written in one way whatever the model's way, and in words."""
    if accepted in tables.DESCRIPTIONS:
        return accepted, tables.DESCRIPTIONS[accepted]
    if accepted.startswith("[^") or not accepted.startswith("["):
        raise SystemExit(f"a set of characters that tables.py has to describe: {accepted}")
    # Patterns of models are those of ECMA 262, where `\w` holds ASCII only.
    letters, digits, spaces = (any(c in accepted for c in classes) for classes in ((r"\p{L}",), (r"\p{N}",), (r"\p{Z}", r"\s")))
    plain = re.sub(r"\\p\{\w\}", "", accepted)
    ascii_set = re.compile(plain, re.A) if plain != "[]" else re.compile(r"(?!)")
    has = lambda c: bool(ascii_set.fullmatch(c))
    every = lambda letters: all(has(c) for c in letters)
    lower, upper = every("abcxyz"), every("ABCXYZ")
    others = [c for c in map(chr, range(33, 127)) if not c.isalnum() and has(c)]
    others.sort(key=lambda c: (PUNCTUATION.find(c) % 99, c))
    words, parts = [], []
    if letters:
        words, parts = ["letters"], [r"\p{L}"]
    elif lower and upper:
        words, parts = ["ASCII letters"], ["a-zA-Z"]
    else:
        raise SystemExit(f"a set of characters without letters: {accepted}")
    if digits or every("0123456789"):
        words.append("digits")
        parts.append(r"\p{N}" if digits else "0-9")
    if r"\s" in accepted:
        words.append("white space")
        parts.append(r"\s")
    elif spaces or has(" "):
        words.append("spaces")
        parts.append(r"\p{Z}" if spaces else " ")
    if r"\n" in accepted:
        raise SystemExit(f"a set of characters with line breaks: {accepted}")
    if others:
        words.append("`" + "".join(others) + "`")
        escaped = [("\\" if c in r"\[]^&~" else "") + c for c in others if c != "-"]
        parts.append("".join(escaped) + ("-" if "-" in others else ""))
    described = ", ".join(words[:-1]) + f" and {words[-1]}" if len(words) > 1 else words[0]
    return "[" + "".join(parts) + "]", described


def _reserved_in_any_case():
    fact = {"prefix": "aws:", "severity": "error", "by": "AWS"}
    return [
        fact | {"any_case": False, "place": "key"},
        fact | {"any_case": True, "place": "key", "note": "the service reserves every letter case of it"},
        fact
        | {
            "any_case": True,
            "place": "value",
            "severity": "warning",
            "note": "the rule is written for values too, but few services enforce it there",
        },
    ]
