"""What the models of AWS services say of the requests that tag and untag: `rules/tagging/aws.json`."""
import re

import services
import tables

TAG_OPERATION = re.compile(r"^(TagLogGroup|Put\w*Tagging)$")
UNTAG_OPERATION = re.compile(r"^(Un[tT]ag\w*|BatchUntag\w*|Remove\w*Tags?\w*|Delete\w*Tags?|DeleteTagsForDomain)$")
TAGS = re.compile(r"^(TagsList|TagsToAdd|AddTags)$")
KEYS = re.compile(r"(?i)^((resource)?tag_?keys?(tounset|list)?|tags?to(remove|delete)|removetagkeys|untaglist|tagkeylist|keys|tags|items)$")
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
