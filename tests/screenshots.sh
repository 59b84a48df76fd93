#!/usr/bin/env bash
# Starts the service after a made-up but plausible month, and writes one PNG for each page, width (390, 1024, 1600) and theme to OUT.
set -euo pipefail
out=${1:?usage: bash tests/screenshots.sh OUT   (or --stay, to look in a browser of your own)}
[ "$out" = --stay ] || out=$(mkdir -p "$out" && cd "$out" && pwd)
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
command -v chromium >/dev/null || { echo "This needs chromium: apt-get install chromium" >&2; exit 2; }
# A month is some ten thousand commits of the database: in memory they cost nothing.
[ -d /dev/shm ] && [ -w /dev/shm ] && export TMPDIR=/dev/shm
dotnet build tests/KestraGitHub.Pictures -nologo -v quiet -clp:NoSummary
exec dotnet run --project tests/KestraGitHub.Pictures --no-build -- "$out"
