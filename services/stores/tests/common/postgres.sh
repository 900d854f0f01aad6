# Runs a PostgreSQL server that is gone, with all it wrote, soon after its standard input ends: also
# when whoever holds the other end panics or is killed. $1 is the folder of initdb and pg_ctl, $2
# the password of the user `vitrine`. Says `ready FOLDER` once the server answers at the socket in
# that folder; what goes wrong, it says too. Then does what the lines of its standard input say, and
# says `done` after each: kill the server and start it again.
set -eu
exec 2>&1
trap '' INT TERM HUP
bin=$1
home=$(mktemp -d "${TMPDIR:-/tmp}/vitrine-postgres.XXXXXX")
started=

finish() {
    if [ -f "$home/data/postmaster.pid" ]; then
        "$bin/pg_ctl" --pgdata="$home/data" --mode=immediate stop >"$home/stop.log" || true
    fi
    if [ -z "$started" ]; then
        cat "$home"/*.log
    fi
    rm -rf "$home"
}
trap finish EXIT

create() {
    "$bin/initdb" --pgdata="$home/data" --username=vitrine --auth=scram-sha-256 \
        --pwfile="$home/password" --no-sync --encoding=UTF8 --locale=C "$@" >"$home/initdb.log"
}

printf '%s' "$2" >"$home/password"
# A database that sorts as people do, where the server can, shows what relies on the order of bytes.
create --locale-provider=icu --icu-locale=en || create

# What it holds need not outlive the machine, so it syncs nothing; what it acknowledged outlives itself.
start() {
    "$bin/pg_ctl" --pgdata="$home/data" --log="$home/server.log" --wait start >"$home/start.log" --options "\
        -c listen_addresses= -c unix_socket_directories=$home -c shared_buffers=32MB \
        -c fsync=off -c full_page_writes=off -c max_connections=200"
}

# The others of its processes end soon after it is gone, and hold what they share until then.
start_again() {
    tries=0
    until start; do
        tries=$((tries + 1))
        if [ "$tries" -gt 20 ]; then
            cat "$home"/*.log
            exit 1
        fi
        sleep 0.2
    done
}

start
started=yes
echo "ready $home"
while read -r order; do
    case $order in
    kill) kill -KILL "$(head -n 1 "$home/data/postmaster.pid")" ;;
    start) start_again ;;
    esac
    echo "done"
done
