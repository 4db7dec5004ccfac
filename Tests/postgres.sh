#!/usr/bin/env bash
# A throwaway PostgreSQL 15 for tests: Tests/postgres.sh FOLDER [SETTING=VALUE …]
# Makes a cluster in FOLDER (a short path: its socket is there), starts it on a free port of loopback, prints
# "ready HOST PORT", and then does what it reads, a word a line, and answers "done": `kill` stops it as a power loss would,
# `stop` in order, `start` starts it again. At the end of its input it stops and removes everything.
set -euo pipefail
folder=$1; shift
binaries=$(pg_config --bindir 2>/dev/null) && [ -x "$binaries/initdb" ] || {
    echo "Tests/postgres.sh: no PostgreSQL; run scripts/setup test" >&2; exit 1; }
mkdir -p "$folder"; folder=$(realpath "$folder")
as=()
if [ "$(id -u)" = 0 ]; then  # PostgreSQL refuses to run as root.
    chown postgres: "$folder"
    as=(setpriv --reuid=postgres --regid=postgres --init-groups)
fi
cd "$folder"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
options="-p $port -h 127.0.0.1 -k $folder -c shared_buffers=32MB -c max_connections=300"
for setting in "$@"; do options+=" -c $setting"; done
control() { "${as[@]}" "$binaries/pg_ctl" -D "$folder/data" -w -t 30 "$@" >>"$folder/control.log" 2>&1; }
# Without its log the output would stay open in the server.
start() { control -l "$folder/server.log" -o "$options" start; }
end() { control -m immediate stop || true; rm -rf "$folder"; }
"${as[@]}" "$binaries/initdb" -D "$folder/data" -U placet -A trust -E UTF8 --locale=C.UTF-8 --no-sync >initdb.log
trap end EXIT
start
echo "ready 127.0.0.1 $port"
while read -r word; do
    case $word in
        kill) control -m immediate stop ;;
        stop) control -m fast stop ;;
        start) start ;;
        *) echo "unknown: $word"; continue ;;
    esac
    echo done
done
