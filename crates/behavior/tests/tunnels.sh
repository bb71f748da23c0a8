#!/bin/sh
# Records what a resolver logs while real tools tunnel through it: iodine and dns2tcp, with BIND between client and server, each in a network
# namespace of its own, joined by nothing but two virtual cables. No packet leaves them.
#
#     tunnels.sh FOLDER [SECONDS]
#
# writes FOLDER/iodine-busy.log, iodine-idle.log and dns2tcp.log: BIND's query logs. SECONDS (20) is for how long each is used. Needs root. Installs
# iodine, dns2tcp, bind9 and iproute2 where apt-get can; where something is missing it says what and ends with 77.
set -u
folder=${1:?usage: tunnels.sh FOLDER [SECONDS]}
seconds=${2:-20}
PATH=$PATH:/usr/sbin:/sbin

skip() { echo "skipped: $*" >&2; exit 77; }
[ "$(id -u)" = 0 ] || skip "namespaces need root"
missing() { for tool in ip iodine iodined dns2tcpc dns2tcpd named python3; do command -v "$tool" >/dev/null || echo "$tool"; done; }
if [ -n "$(missing)" ]; then
    apt-get install -y --no-install-recommends iproute2 iodine dns2tcp bind9 python3 >/dev/null 2>&1
    [ -z "$(missing)" ] || skip "not installed:" $(missing)
fi
[ -c /dev/net/tun ] || skip "no /dev/net/tun"

client=tunnel-client-$$ resolver=tunnel-resolver-$$ server=tunnel-server-$$
work=$(mktemp -d)
pids=
tidy() {
    for pid in $pids; do kill "$pid" 2>/dev/null; done
    for one in $client $resolver $server; do ip netns del "$one" 2>/dev/null; done
    rm -rf "$work"
}
trap tidy EXIT INT TERM
start() { "$@" >>"$work/said" 2>&1 & pids="$pids $!"; }
in_client() { ip netns exec "$client" "$@"; }

for one in $client $resolver $server; do
    ip netns add "$one" 2>/dev/null || skip "no network namespaces here"
    ip -n "$one" link set lo up
done
ip link add tc$$ netns "$client" type veth peer name tr$$ netns "$resolver" || skip "no virtual cables here"
ip link add ts$$ netns "$server" type veth peer name tq$$ netns "$resolver"
ip -n "$client" addr add 10.77.0.2/24 dev tc$$ && ip -n "$client" link set tc$$ up
ip -n "$resolver" addr add 10.77.0.1/24 dev tr$$ && ip -n "$resolver" link set tr$$ up
ip -n "$resolver" addr add 10.77.1.1/24 dev tq$$ && ip -n "$resolver" link set tq$$ up
ip -n "$server" addr add 10.77.1.2/24 dev ts$$ && ip -n "$server" addr add 10.77.1.3/24 dev ts$$ && ip -n "$server" link set ts$$ up

mkdir -p "$folder" "$work/named"
cat >"$work/named.conf" <<CONF
options {
    directory "$work/named"; pid-file none; session-keyfile none; listen-on { 10.77.0.1; }; listen-on-v6 { none; };
    recursion yes; allow-query { any; }; allow-recursion { any; }; querylog yes; dnssec-validation no; minimal-responses yes;
};
logging { channel queries { file "$work/named/queries.log"; print-time yes; print-category yes; print-severity yes; }; category queries { queries; }; };
controls { };
zone "iodine.example" { type forward; forward only; forwarders { 10.77.1.2; }; };
zone "dns2tcp.example" { type forward; forward only; forwarders { 10.77.1.3; }; };
CONF
chmod -R a+rwX "$work"
start ip netns exec "$resolver" named -f -c "$work/named.conf"
head -c 400000 /dev/urandom >"$work/named/data"
start ip netns exec "$server" python3 -m http.server 8000 --directory "$work/named"

# What was logged since the last call.
cut_log() { cp "$work/named/queries.log" "$folder/$1"; : >"$work/named/queries.log"; echo "$1: $(wc -l <"$folder/$1") queries"; }
fetch() { in_client timeout "$seconds" python3 -c "
import urllib.request
while True: urllib.request.urlopen('$1').read()" >>"$work/said" 2>&1; }

start ip netns exec "$server" iodined -f -c -l 10.77.1.2 -P invented 10.99.0.1 iodine.example
sleep 2
start ip netns exec "$client" iodine -f -r -P invented 10.77.0.1 iodine.example
for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
    sleep 1
    in_client ip addr 2>/dev/null | grep -q 10.99.0 && break
done
in_client ip addr | grep -q 10.99.0 || { cat "$work/said" >&2; skip "iodine did not come up"; }
fetch http://10.99.0.1:8000/data
cut_log iodine-busy.log
sleep "$seconds"
cut_log iodine-idle.log

cat >"$work/dns2tcpd.conf" <<CONF
listen = 10.77.1.3
port = 53
user = nobody
chroot = $work/named
domain = dns2tcp.example
resources = web:127.0.0.1:8000
CONF
start ip netns exec "$server" dns2tcpd -F -f "$work/dns2tcpd.conf"
sleep 1
start ip netns exec "$client" dns2tcpc -z dns2tcp.example -r web -l 8001 10.77.0.1
sleep 2
: >"$work/named/queries.log"
fetch http://127.0.0.1:8001/data
grep dns2tcp.example "$work/named/queries.log" >"$work/only" && cat "$work/only" >"$work/named/queries.log"
cut_log dns2tcp.log
