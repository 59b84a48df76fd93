#!/usr/bin/env bash
# The endurance tests for as long as one likes; each option names one of them, and without any it is the first:
#   bash tests/endurance.sh --two-nodes --kills 200 [--seed 42]
#     Two nodes on PostgreSQL take pushes while one of them, or both, are killed at random moments; what was acknowledged has to happen once.
#     Prints the seed of its choices, by which they can be made again.
#   bash tests/endurance.sh --pushes 50
#     Eight syncs push so many commits each to one branch at once; none may be lost.
#   bash tests/endurance.sh --objects 1000
#     So many flows and files with hostile names and contents go from Kestra to Git and back; every byte has to be the same.
# Ends with "N passed, N failed, N skipped".
set -uo pipefail
cd "$(dirname "$0")/.."
kills=200 seed=$RANDOM filters=()
while [ $# -gt 0 ]; do
  case "$1" in
    --two-nodes) filters+=(Cluster.KillTests); shift ;;
    --kills) kills=$2; shift 2 ;;
    --seed) seed=$2; shift 2 ;;
    --pushes) filters+=(Eight_syncs_push_to_one_branch); export KESTRA_GITHUB_PUSHES=$2; shift 2 ;;
    --objects) filters+=(Conformance.RoundTripTests); export KESTRA_GITHUB_OBJECTS=$2; shift 2 ;;
    *) echo "unknown: $1 (known: --two-nodes, --kills N, --seed N, --pushes N, --objects N)"; exit 2 ;;
  esac
done
[ ${#filters[@]} -gt 0 ] || filters=(Cluster.KillTests)
case " ${filters[*]} " in *KillTests*) echo "seed $seed, $kills kills" ;; esac

log=$(mktemp)
trap 'rm -f "$log"' EXIT
KESTRA_GITHUB_KILLS=$kills KESTRA_GITHUB_SEED=$seed dotnet test tests/KestraGitHub.IntegrationTests --nologo \
  --filter "$(printf '|FullyQualifiedName~%s' "${filters[@]}" | cut -c2-)" --logger "console;verbosity=detailed" 2>&1 | tee "$log" | grep -vE '^\[xUnit|^ *$'
passed=$(grep -cE '^ +Passed ' "$log") failed=$(grep -cE '^ +Failed ' "$log")
[ $((passed + failed)) -gt 0 ] || failed=1
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
