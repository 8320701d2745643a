#!/usr/bin/env bash
# Compares what taglint says of lock-out and of public keys with an IAM simulator, in a folder that is thrown away. Needs node, npm and a
# release build of taglint. Prints the counts and every kind of difference.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
taglint="$(realpath "${1:-$here/../target/release/taglint}")"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cp "$here/access/oracle.mjs" "$work/"
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @cloud-copilot/iam-simulate
version="$(node -p "JSON.parse(require('fs').readFileSync('node_modules/@cloud-copilot/iam-simulate/package.json', 'utf8')).version")"
node oracle.mjs "$taglint" "$here/../fixtures/policy" "$work" "$work/report.txt" "iam-simulate $version"
