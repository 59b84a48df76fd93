#!/usr/bin/env bash
# The endurance test for as long as one likes:  bash tests/endurance.sh --two-nodes --kills 200 [--seed 42]
# Two nodes on PostgreSQL take pushes while one of them, or both, are killed at random moments; what was acknowledged has to happen once.
# Prints the seed of its choices, by which they can be made again, and ends with "N passed, N failed, N skipped".
set -uo pipefail
cd "$(dirname "$0")/.."
kills=200 seed=$RANDOM
while [ $# -gt 0 ]; do
  case "$1" in
    --two-nodes) shift ;;
    --kills) kills=$2; shift 2 ;;
    --seed) seed=$2; shift 2 ;;
    *) echo "unknown: $1 (known: --two-nodes, --kills N, --seed N)"; exit 2 ;;
  esac
done

echo "seed $seed, $kills kills"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
KESTRA_GITHUB_KILLS=$kills KESTRA_GITHUB_SEED=$seed dotnet test tests/KestraGitHub.IntegrationTests --nologo \
  --filter "FullyQualifiedName~Cluster.KillTests" --logger "console;verbosity=detailed" 2>&1 | tee "$log" | grep -vE '^\[xUnit|^ *$'
passed=$(grep -cE '^ +Passed ' "$log") failed=$(grep -cE '^ +Failed ' "$log")
[ $((passed + failed)) -gt 0 ] || failed=1
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
