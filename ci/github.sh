#!/usr/bin/env bash
# What action.yml runs. Its inputs are in INPUT_*; it ends with 0, and a later step fails the job, so that results are uploaded first.
set -euo pipefail

binary=${INPUT_BINARY:-taglint}
sarif="$RUNNER_TEMP/taglint.sarif"
records="$RUNNER_TEMP/taglint.jsonl"
arguments=(check)

# Words are separated by blanks, and nothing in them is expanded.
read -ra paths <<<"${INPUT_PATHS:-.}"
read -ra further <<<"${INPUT_ARGS:-}"
[ -z "${INPUT_CONFIG:-}" ] || arguments+=(--config "$INPUT_CONFIG")
[ -z "${INPUT_FAIL_ON:-}" ] || arguments+=(--fail-on "$INPUT_FAIL_ON")
[ -z "${INPUT_SARIF_CATEGORY:-}" ] || arguments+=(--sarif-category "$INPUT_SARIF_CATEGORY")

if [ "${INPUT_CHANGED_ONLY:-false}" = true ] && [ -n "${GITHUB_BASE_REF:-}" ]; then
  # The checkout has one revision; the one that the pull request is compared with is fetched.
  if git fetch --quiet --depth=1 origin "refs/heads/$GITHUB_BASE_REF"; then
    arguments+=(--changed-since FETCH_HEAD)
  else
    echo "::warning title=taglint::the base of the pull request cannot be fetched: everything is reported"
  fi
fi

code=0
# An empty list is an unbound variable for the shell of macOS.
"$binary" "${arguments[@]}" ${further[@]+"${further[@]}"} -o github -o "sarif:$sarif" -o "jsonl:$records" -- "${paths[@]}" || code=$?

findings=0
[ ! -f "$records" ] || findings=$(grep -c '^{"type":"finding"' "$records" || true)
{
  echo "findings=$findings"
  echo "exit-code=$code"
  [ ! -f "$sarif" ] || echo "sarif-file=$sarif"
} >>"$GITHUB_OUTPUT"
