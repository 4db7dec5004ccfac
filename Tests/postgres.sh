#!/usr/bin/env bash
# A throwaway PostgreSQL 15 for tests: Tests/postgres.sh FOLDER [SETTING=VALUE …]
# Makes a cluster in FOLDER (a short path: its socket is there), starts it on a free port of loopback, prints
# "ready HOST PORT", and then does what it reads, a word a line, and answers "done": `kill` stops it as a power loss would,
# `stop` in order, `start` starts it again. `standby` makes a second server, without which the first one confirms no
# commit, and answers "done PORT"; `promote` makes that one the primary. At the end of its input it stops and removes
# everything.
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
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
port=$(free_port)
options="-h 127.0.0.1 -k $folder -c shared_buffers=32MB -c max_connections=300"
for setting in "$@"; do options+=" -c $setting"; done
control() { "${as[@]}" "$binaries/pg_ctl" -D "$folder/$1" -w -t 30 "${@:2}" >>"$folder/control.log" 2>&1; }
# Without its log the output would stay open in the server.
start() { control "$1" -l "$folder/$1.log" -o "-p $2 $options" start; }
standby() {
    "${as[@]}" "$binaries/pg_basebackup" -h "$folder" -p "$port" -U placet -D "$folder/standby" -R -c fast \
        >>"$folder/control.log" 2>&1
    start standby "$1"
    "${as[@]}" psql -q -h "$folder" -p "$port" -U placet postgres -c "ALTER SYSTEM SET synchronous_standby_names = '*'"
    control data reload
}
end() { control data -m immediate stop || true; control standby -m immediate stop || true; rm -rf "$folder"; }
"${as[@]}" "$binaries/initdb" -D "$folder/data" -U placet -A trust -E UTF8 --locale=C.UTF-8 --no-sync >initdb.log
trap end EXIT
start data "$port"
echo "ready 127.0.0.1 $port"
while read -r word; do
    case $word in
        kill) control data -m immediate stop ;;
        stop) control data -m fast stop ;;
        start) start data "$port" ;;
        standby) second=$(free_port); standby "$second"; echo "done $second"; continue ;;
        promote) control standby promote ;;
        *) echo "unknown: $word"; continue ;;
    esac
    echo done
done
