#!/usr/bin/env bash
# Installs what the tests need (on Debian, as root), builds, runs every test, and ends with "N passed, N failed, N skipped".
set -uo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

finish() { echo "$1 passed, $2 failed, $3 skipped"; [ "$2" -eq 0 ] && [ "$1" -gt 0 ]; exit $?; }

# What is missing is installed; what cannot be had makes its tests fail, never skip.
missing=()
command -v git >/dev/null || missing+=(git)
command -v setpriv >/dev/null || missing+=(util-linux)
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1 || missing+=(libfaketime)
command -v chromium >/dev/null || missing+=(chromium)
[ -x /usr/sbin/sshd ] || missing+=(openssh-server)
command -v npm >/dev/null || missing+=(npm)
command -v zsh >/dev/null || missing+=(zsh)
command -v fish >/dev/null || missing+=(fish)
if [ ${#missing[@]} -gt 0 ]; then
  echo "installing ${missing[*]}"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || echo "could not install ${missing[*]}"
fi

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
# Every warning of the product is an error here; the tests' own analysis is left to whoever builds while writing them. One compiler takes all projects.
export KESTRA_GITHUB_TEST_RUN=true
dotnet build KestraGitHub.sln -nologo -v quiet -clp:NoSummary -p:UseSharedCompilation=true || { echo "the build failed"; finish 0 1 0; }
dotnet build-server shutdown --vbcscompiler >/dev/null 2>&1

# Hundreds of short-lived processes are started: what they would spend on compiling well is more than they would get back.
export DOTNET_TieredPGO=0 DOTNET_TC_CallCountThreshold=200

run() {
  local name=$1 project=$2
  shift 2
  dotnet test "$project" --no-build --nologo "$@" >"$results/$name.log" 2>&1
  # A runner that dies without its last line has failed, whatever it printed before.
  grep -qE '^(Passed|Failed)! ' "$results/$name.log" || { echo "$name did not finish" >>"$results/$name.log"; touch "$results/$name.unfinished"; }
  printf '== %s\n%s\n' "$name" "$(cat "$results/$name.log")"
}

# What belongs to the collection "Endurance" goes one by one, and mostly waits (for leases, for retries, for a server that starts):
# three parts of it go beside all else, which keeps the processors busy.
integration=tests/KestraGitHub.IntegrationTests/KestraGitHub.IntegrationTests.csproj
endurance=(IntegrationTests.Endurance)
cluster=(IntegrationTests.Cluster Trust.Crash)
shipping=(IntegrationTests.Shipping IntegrationTests.Canary IntegrationTests.Cli GitHub.Outage)
any() { printf '|FullyQualifiedName~%s' "$@" | cut -c2-; }
none() { printf '&FullyQualifiedName!~%s' "$@" | cut -c2-; }

run Integration.Endurance "$integration" --filter "$(any "${endurance[@]}")" &
run Integration.Cluster "$integration" --filter "$(any "${cluster[@]}")" &
run Integration "$integration" --filter "$(none "${endurance[@]}" "${cluster[@]}" "${shipping[@]}")" &
run Integration.Shipping "$integration" --filter "$(any "${shipping[@]}")"
for project in tests/*Tests/*.csproj; do
  [ "$project" = "$integration" ] || run "$(basename "$project" .csproj)" "$project"
done
wait

# "Passed!  - Failed:     0, Passed:    46, Skipped:     0, Total: …", one line a project.
sum() { grep -hE '^(Passed|Failed)! ' "$results"/*.log 2>/dev/null | grep -oE "$1: +[0-9]+" | grep -oE '[0-9]+' | awk '{ n += $1 } END { print n + 0 }'; }
finish "$(sum Passed)" "$(( $(sum Failed) + $(find "$results" -name '*.unfinished' | wc -l) ))" "$(sum Skipped)"
