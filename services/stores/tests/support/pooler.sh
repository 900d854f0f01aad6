# Runs a PgBouncer that pools the sessions of the user `vitrine` and speaks TLS alone, as a server
# whose certificate an authority of its own signed; it is gone soon after its standard input ends.
# $1 is the folder of the server's socket, $2 the password there, $3 the port to listen on. Says
# `ready FOLDER` once it listens; what goes wrong, it says too.
set -eu
exec 2>&1
trap '' INT TERM HUP
# Debian keeps it out of most users' PATH.
PATH=$PATH:/usr/sbin
home=$(mktemp -d "${TMPDIR:-/tmp}/vitrine-pooler.XXXXXX")
pooler=

finish() {
    if [ -n "$pooler" ]; then
        kill "$pooler" || true
    fi
    rm -rf "$home"
}
trap finish EXIT
cd "$home"

key="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
for authority in own other; do
    # shellcheck disable=SC2086
    openssl req -x509 $key -keyout $authority.key -out $authority.crt -days 2 \
        -subj "/CN=$authority authority" -addext basicConstraints=critical,CA:TRUE
done
# shellcheck disable=SC2086
openssl req $key -keyout server.key -out server.csr -subj /CN=localhost
printf 'subjectAltName=DNS:localhost\n' >extensions
openssl x509 -req -in server.csr -CA own.crt -CAkey own.key -CAcreateserial -days 2 \
    -extfile extensions -out server.crt

printf '"vitrine" "%s"\n' "$2" >users
cat >settings <<SETTINGS
[databases]
* = host=$1
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $3
unix_socket_dir =
auth_type = scram-sha-256
auth_file = $home/users
pool_mode = session
client_tls_sslmode = require
client_tls_cert_file = $home/server.crt
client_tls_key_file = $home/server.key
SETTINGS
pgbouncer settings >log 2>&1 &
pooler=$!
while ! grep -q 'process up' log; do
    kill -0 "$pooler" || { cat log; exit 1; }
    sleep 0.1
done
echo "ready $home"
read -r _ || true
