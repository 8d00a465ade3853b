#!/usr/bin/env bash
# The main job on a synthetic England: write it, build the school register, run one national round,
# and open the service on it. Called by `make run`, which sets SCHOOLHUBS, OUTPUT, SEED, PORT, CHECK.
set -euo pipefail
schoolhubs="${SCHOOLHUBS:-.venv/bin/schoolhubs}"
output="${OUTPUT:-output}"
seed="${SEED:-2025}"
on="2026-01-29"

"$schoolhubs" synthetic england --out "$output/england" --seed "$seed" --year 2024/25 --delivered
"$schoolhubs" data build --from "$output/england" --on "$on" --out "$output/register"
"$schoolhubs" round run --programme rise-hubs-2025 --register "$output/register" \
  --leads "$output/england/leads.csv" --applications "$output/england/applications.csv" \
  --on "$on" --seed "$seed" --out "$output/round"

echo "The round pack is in $output/round; open $output/round/report.html in a browser." >&2
exec "$schoolhubs" demo --england "$output" --data "$output/service" --port "${PORT:-8000}" \
  ${CHECK:+--check}
