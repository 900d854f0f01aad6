# Runs a Redis server that is gone, with all it wrote, soon after its standard input ends: also when
# whoever holds the other end panics or is killed. $1 is the server's program, $2 its password. Says
# `ready FOLDER` once the server answers at the socket `redis.sock` in that folder; what goes wrong,
# it says too. Then does what the lines of its standard input say, and says `done` after each: stop
# and start the server, or have it hang and go on.
set -eu
exec 2>&1
trap '' INT TERM HUP
home=$(mktemp -d "${TMPDIR:-/tmp}/vitrine-redis.XXXXXX")
program=$1
password=$2
server=

stop() {
    if [ -n "$server" ]; then
        kill -KILL "$server" || true
        wait "$server" || true
    fi
    server=
    rm -f "$home/redis.sock"
}

finish() {
    stop
    rm -rf "$home"
}
trap finish EXIT

start() {
    # What it holds need not outlive it, so it writes nothing.
    "$program" --port 0 --unixsocket "$home/redis.sock" --dir "$home" --save '' --appendonly no \
        --requirepass "$password" --logfile "$home/server.log" &
    server=$!
    tries=0
    until [ -S "$home/redis.sock" ]; do
        tries=$((tries + 1))
        if [ "$tries" -gt 100 ]; then
            cat "$home/server.log"
            exit 1
        fi
        sleep 0.1
    done
}

start
echo "ready $home"
while read -r order; do
    case $order in
    stop) stop ;;
    start) start ;;
    hang) kill -STOP "$server" ;;
    go) kill -CONT "$server" ;;
    esac
    echo "done"
done
