#!/usr/bin/env bash
# The endurance tests for as long as one likes; each option names one of them, and without any it is the first:
#   bash tests/endurance.sh --two-nodes [--kills 50] [--seed 42]
#     Two nodes on PostgreSQL take pushes while one of them, or both, are killed at random moments; what was acknowledged has to happen once.
#     Beside that, one of two is stopped with SIGSTOP past its lease in the middle of its writes: none of them lands after the other's first.
#     Prints the seed of its choices, by which they can be made again.
#   bash tests/endurance.sh --histories 3000 [--seed 1]
#     So many random histories of edits, faults, crashes and undone runs against a reference model of the core, and a twentieth as many through the service
#     itself. One that goes wrong is told with its seed; --histories 1 --seed N plays it again.
#   bash tests/endurance.sh --crash-points
#     The service is killed before and after each write, commit of its database and git of a run, and started again.
#   bash tests/endurance.sh --pushes 50
#     Eight syncs push so many commits each to one branch at once; none may be lost.
#   bash tests/endurance.sh --objects 1000
#     So many flows and files with hostile names and contents go from Kestra to Git and back; every byte has to be the same.
# --seconds S: histories and kills end after that time, however many were asked for.
# Ends with "N passed, N failed, N skipped".
set -uo pipefail
cd "$(dirname "$0")/.."
kills=50 seed=$RANDOM filters=() projects=()
integration=tests/KestraGitHub.IntegrationTests
while [ $# -gt 0 ]; do
  case "$1" in
    --two-nodes) filters+=(Cluster.KillTests Cluster.HandoverTests); shift ;;
    --kills) kills=$2; shift 2 ;;
    --seed) seed=$2; shift 2 ;;
    --seconds) export KESTRA_GITHUB_SECONDS=$2; shift 2 ;;
    --histories)
      export KESTRA_GITHUB_HISTORIES=$2 KESTRA_GITHUB_REAL_HISTORIES=$(( $2 < 20 ? 1 : $2 / 20 ))
      filters+=(Trust.HistoryTests Trust.RealHistoryTests) projects=(tests/KestraGitHub.Tests); shift 2 ;;
    --crash-points) filters+=(Trust.CrashPointTests); export KESTRA_GITHUB_CRASH_STEP=1; shift ;;
    --pushes) filters+=(Eight_syncs_push_to_one_branch); export KESTRA_GITHUB_PUSHES=$2; shift 2 ;;
    --objects) filters+=(Conformance.RoundTripTests); export KESTRA_GITHUB_OBJECTS=$2; shift 2 ;;
    *) echo "unknown: $1 (known: --two-nodes, --kills N, --histories N, --crash-points, --pushes N, --objects N, --seed N, --seconds S)"; exit 2 ;;
  esac
done
[ ${#filters[@]} -gt 0 ] || filters=(Cluster.KillTests)
case " ${filters[*]} " in *KillTests*) echo "seed $seed, $kills kills" ;; *HistoryTests*) echo "first seed $seed" ;; esac

log=$(mktemp)
trap 'rm -f "$log"' EXIT
export KESTRA_GITHUB_KILLS=$kills KESTRA_GITHUB_SEED=$seed
for project in $integration ${projects[@]+"${projects[@]}"}; do
  dotnet test "$project" --nologo --filter "$(printf '|FullyQualifiedName~%s' "${filters[@]}" | cut -c2-)" --logger "console;verbosity=detailed" 2>&1 \
    | tee -a "$log" | grep -vE '^\[xUnit|^ *$'
done
passed=$(grep -cE '^ +Passed ' "$log") failed=$(grep -cE '^ +Failed ' "$log")
[ $((passed + failed)) -gt 0 ] || failed=1
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
