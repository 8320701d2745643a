#!/usr/bin/env bash
# Makes docs/comparison.md with the newest parliament and cfn-lint. Needs python3 and a release build of taglint.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" --quiet --disable-pip-version-check install parliament cfn-lint 'setuptools<80'
version() { "$work/venv/bin/pip" show "$1" 2>/dev/null | sed -n 's/^Version: //p'; }
export PYTHONDONTWRITEBYTECODE=1 PATH="$work/venv/bin:$PATH"
python "$here/comparison.py" --taglint "${1:-$here/../target/release/taglint}" \
  --versions "parliament $(version parliament), cfn-lint $(version cfn-lint)"
