"""What the models of AWS services say of requests with tags: those that tag and untag in `rules/tagging/aws.json`, those that create or
change something and take tags with it in `rules/creating/aws.json`."""
import re
from collections import defaultdict

import services
import tables

TAG_OPERATION = re.compile(r"^(TagLogGroup|Put\w*Tagging)$")
UNTAG_OPERATION = re.compile(r"^(Un[tT]ag\w*|BatchUntag\w*|Remove\w*Tags?\w*|Delete\w*Tags?|DeleteTagsForDomain)$")
TAGS = re.compile(r"^(TagsList|TagsToAdd|AddTags)$")
KEYS = re.compile(r"(?i)^((resource)?tag_?keys?(tounset|list)?|tags?to(remove|delete)|removetagkeys|untaglist|tagkeylist|keys|tags|items)$")
NESTED_TAGS = re.compile(r"^([tT]ags|TagSet|TagList)$")
ARN = re.compile(r"(?i)arn$|^resource$|^resource(name|id|identifier)$|arns?list$|^resources$")


def generate(data, version):
    """The file, by its path below `rules/`."""
    rows, by_hand = {}, tables.REQUESTS_BY_HAND
    for name, api, model in services.models(data):
        for operation_name, operation in sorted(model["operations"].items()):
            id = f"{name}:{operation_name}"
            if id in by_hand or "input" not in operation:
                continue
            row = _row(name, operation_name, operation, model)
            if row:
                rows[id] = row
    head = {"$schema": "../schema/tagging.schema.json", "source": f"https://pypi.org/project/botocore/{version}/"}
    return "tagging/aws.json", head, "operations", rows


def generate_creating(data, version):
    """The other file, by its path below `rules/`."""
    rows, targets, endpoints = {}, defaultdict(list), defaultdict(list)
    for name, api, model in services.models(data):
        metadata = model["metadata"]
        if "targetPrefix" in metadata:
            targets[metadata["targetPrefix"]].append(name)
        if metadata["protocol"].startswith("rest"):
            endpoints[metadata["endpointPrefix"]].append(name)
        for operation_name, operation in sorted(model["operations"].items()):
            id = f"{name}:{operation_name}"
            known = id in tables.REQUESTS_BY_HAND or id in tables.CREATES_BY_HAND
            if known or "input" not in operation or services.READS.match(operation_name) or _row(name, operation_name, operation, model):
                continue
            if row := _creating(id, operation, model):
                rows[id] = row
    head = {
        "$schema": "../schema/creating.schema.json",
        "source": f"https://pypi.org/project/botocore/{version}/",
        "targets": dict(sorted(targets.items())),
        "endpoints": dict(sorted(endpoints.items())),
    }
    return "creating/aws.json", head, "operations", rows


def _creating(id, operation, model):
    shapes = model["shapes"]
    shape = shapes[operation["input"]["shape"]]
    members = shape.get("members", {})
    tags = [place for place in _places(shapes, shape) if (id, place["member"]) not in tables.NO_TAGS_OF_REQUESTS]
    if not tags:
        return None
    row = {}
    if id in tables.TAGGED_AS:
        row["service"] = f"aws:{tables.TAGGED_AS[id]}"
    row |= _sent(operation, model, members, tags)
    sent_apart = [member for member, reference in members.items() if reference.get("location")]
    row["required"] = [member for member in shape.get("required", []) if member not in sent_apart]
    whole = {place["member"] for place in tags if "." not in place["member"]}
    row["members"] = {member: _code(shapes, reference) for member, reference in members.items() if member not in whole}
    return row | {"tags": tags}


def _sent(operation, model, members, tags):
    """Method and path, where they tell the operation, the names that members have there, and the member that is the body itself."""
    shapes = model["shapes"]
    if any(members[place["member"].split(".")[0]].get("location") for place in tags):
        return {}
    if not model["metadata"]["protocol"].startswith("rest") or any(_is_renamed(shapes, operation["input"]["shape"], place) for place in tags):
        return {}
    said = {"http": f"{operation['http']['method']} {operation['http']['requestUri']}"}
    wire = {name: member["locationName"] for name, member in members.items() if "locationName" in member and not member.get("location")}
    wire = {name: sent for name, sent in wire.items() if sent != name}
    payload = shapes[operation["input"]["shape"]].get("payload")
    return said | ({"wire": wire} if wire else {}) | ({"payload": payload} if payload else {})


def _is_renamed(shapes, name, place):
    """Whether what is inside of a member, down to a tag, has other names where it is sent."""
    first, *rest = place["member"].split(".")
    shape = shapes[shapes[name]["members"][first]["shape"]]
    for step in [*rest, None]:
        if shape["type"] == "list":
            shape = shapes[shape["member"]["shape"]]
        if step is None:
            break
        reference = shape["members"][step]
        if reference.get("locationName", step) != step:
            return True
        shape = shapes[reference["shape"]]
    names = shape.get("members", {}) if shape["type"] == "structure" else {}
    return any(member.get("locationName", name) != name for name, member in names.items())


def _places(shapes, shape, path="", depth=0):
    """All places where tags are: members of the request, tags of a structure or of the entries of a list in it, and tag specifications."""
    for member, reference in shape.get("members", {}).items():
        target, at = shapes[reference["shape"]], f"{path}{member}"
        named = services.TAGS.match(member) if depth == 0 else NESTED_TAGS.match(member)
        if named and not services.NO_TAGS.search(at):
            if target["type"] == "map" and shapes[target["value"]["shape"]]["type"] == "string":
                yield {"member": at, "map": True} | _limits(target)
                continue
            entry = shapes[target["member"]["shape"]] if target["type"] == "list" else {}
            if entry.get("type") == "structure" and (found := services._members(entry["members"])) and len(entry["members"]) == 2:
                needed = [name for name in found if name in entry.get("required", [])]
                yield {"member": at, "key": found[0], "value": found[1], "needs": needed} | _limits(target)
                continue
        inner = shapes[target["member"]["shape"]] if target["type"] == "list" else target
        specified = re.match(r"(?i)\w*tagspecifications$", member)
        if inner["type"] == "structure" and (depth == 0 or specified and depth < 3):
            yield from _places(shapes, inner, f"{at}.", depth + 1)


def _code(shapes, reference):
    """The type of a member and its limits in few letters: `t1-256` is a text, `l-50` a list."""
    shape = shapes[reference["shape"]]
    letters = {"string": "t", "list": "l", "structure": "o", "map": "o", "boolean": "b", "integer": "i", "long": "i"}
    letter = "*" if shape.get("document") else letters.get(shape["type"], "*")
    least, most = shape.get("min") or "", shape.get("max", "")
    return f"{letter}{least}-{most}" if letter in "tl" and (least or most) else letter


def _row(name, operation_name, operation, model):
    shapes, metadata = model["shapes"], model["metadata"]
    shape = shapes[operation["input"]["shape"]]
    members = shape.get("members", {})
    tags = None
    if (services.TAG_OPERATION.match(operation_name) or TAG_OPERATION.match(operation_name)) and not UNTAG_OPERATION.match(operation_name):
        tags = _tags(shapes, shape)
    elif UNTAG_OPERATION.match(operation_name):
        tags = _keys(shapes, shape) or _tags(shapes, shape)
    if not tags:
        return None
    top = tags["member"].split(".")[0]
    row = {"service": f"aws:{tables.TAGGED_AS.get(f'{name}:{operation_name}', name)}"}
    if "targetPrefix" in metadata:
        row["target"] = f"{metadata['targetPrefix']}.{operation_name}"
    # The name of a resource comes as a parameter of the path in some protocols, and as a member of the body in a file for the command line.
    sent_apart = [member for member, reference in members.items() if reference.get("location")]
    row["required"] = [member for member in shape.get("required", []) if member not in sent_apart]
    apart = [member for member in shape.get("required", []) if member in sent_apart]
    if apart:
        row["apart"] = apart
    row["members"] = {member: _member(shapes, reference) for member, reference in members.items() if member != top or "." in tags["member"]}
    row |= _sent(operation, model, members, [tags])
    named = [m for m in shape.get("required", []) if m != top and ARN.search(m) and _is_text(shapes, members[m]["shape"])]
    if named:
        row["arn"] = {"member": named[0], "services": tables.ARN_WORDS.get(name) or [metadata.get("signingName", metadata["endpointPrefix"])]}
    row["tags"] = tags
    return row


def _is_text(shapes, name):
    shape = shapes[name]
    return shape["type"] == "string" or shape["type"] == "list" and shapes[shape["member"]["shape"]]["type"] == "string"


def _member(shapes, reference):
    """A flat schema: a text where nothing else is said."""
    shape = shapes[reference["shape"]]
    kind = shape["type"]
    if kind == "string":
        said = {"minLength": shape.get("min") or None, "maxLength": shape.get("max"), "enum": shape.get("enum")}
        return {key: value for key, value in said.items() if value is not None}
    if kind == "list":
        said = {"type": "array", "minItems": shape.get("min") or None, "maxItems": shape.get("max")}
        return {key: value for key, value in said.items() if value is not None}
    names = {"structure": "object", "map": "object", "boolean": "boolean", "integer": "integer", "long": "integer"}
    return {"type": names[kind]} if kind in names else {"type": ["string", "number", "object"]}


def _limits(shape):
    said = {"min": shape.get("min") or None, "max": shape.get("max")}
    return {key: value for key, value in said.items() if value is not None}


def _tags(shapes, shape, path="", depth=0, inside=False):
    """Where the tags are, and how they are written."""
    for member, reference in shape.get("members", {}).items():
        target = shapes[reference["shape"]]
        at = f"{path}{member}"
        is_tags = TAGS.match(member) or services.TAGS.match(member) and not services.NO_TAGS.search(member) or inside and member == "Items"
        if is_tags and target["type"] == "map" and shapes[target["value"]["shape"]]["type"] == "string":
            return {"member": at, "map": True} | _limits(target)
        if is_tags and target["type"] == "list":
            entry = shapes[target["member"]["shape"]]
            if entry["type"] == "structure" and (found := services._members(entry["members"])):
                needed = [name for name in found if name in entry.get("required", [])]
                extra = [name for name in entry["members"] if name not in found]
                row = {"member": at, "key": found[0], "value": found[1], "needs": needed}
                if extra:
                    row["more"] = extra
                return row | _limits(target)
        if target["type"] == "structure" and (is_tags or depth < 1):
            if found := _tags(shapes, target, f"{at}.", depth + 1, bool(is_tags)):
                return found
    return None


def _keys(shapes, shape, path="", depth=0):
    """Where the keys are that are to be removed."""
    for member, reference in shape.get("members", {}).items():
        target = shapes[reference["shape"]]
        if KEYS.match(member) and target["type"] == "list":
            entry = shapes[target["member"]["shape"]]
            if entry["type"] == "string":
                return {"member": f"{path}{member}"} | _limits(target)
            if entry["type"] == "structure" and list(entry.get("members", {})) == ["Key"]:
                return {"member": f"{path}{member}", "key": "Key", "needs": []} | _limits(target)
        if target["type"] == "structure" and depth < 1:
            found = _keys(shapes, target, f"{path}{member}.", depth + 1) if re.search("(?i)tag", member) else None
            if found:
                return found
    return None
