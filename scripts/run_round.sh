#!/usr/bin/env bash
# The main job on a synthetic England: write it, build the school register, run one national round.
# Called by `make run`, which sets SCHOOLHUBS, OUTPUT, SEED and CHECK.
set -euo pipefail
schoolhubs="${SCHOOLHUBS:-.venv/bin/schoolhubs}"
output="${OUTPUT:-output}"
seed="${SEED:-2025}"
on="2026-01-29"

"$schoolhubs" synthetic england --out "$output/england" --seed "$seed" --year 2024/25
"$schoolhubs" data build --from "$output/england" --on "$on" --out "$output/register"
"$schoolhubs" round run --programme rise-hubs-2025 --register "$output/register" \
  --leads "$output/england/leads.csv" --applications "$output/england/applications.csv" \
  --on "$on" --seed "$seed" --out "$output/round"

echo "Ready: the round pack is in $output/round; open $output/round/report.html in a browser." >&2
if [ -z "${CHECK:-}" ]; then
  echo "Next: $schoolhubs round explain --round $output/round --urn URN (any URN in matches.csv)" >&2
fi
