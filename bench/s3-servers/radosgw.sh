# Ceph's object gateway on a cluster of one process of each kind, in memory; sourced by bench/s3.
# shellcheck shell=bash

has_radosgw() {
    local program
    for program in ceph ceph-mon ceph-osd monmaptool radosgw radosgw-admin; do
        command -v "$program" >/dev/null || return 1
    done
}

# start_radosgw ACCESS_KEY SECRET: at radosgw_port, with one user; nothing asks for a key inside of it.
start_radosgw() {
    local root=$WORK/ceph monitor=$(free_port) cluster=00000000-0000-4000-8000-000000000001
    radosgw_port=$(free_port)
    mkdir -p "$root"/{mon,osd,rgw,run}
    cat >"$root/ceph.conf" <<END
[global]
fsid = $cluster
mon host = [v2:127.0.0.1:$monitor/0]
ms bind ipv6 = false
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc secure
run dir = $root/run
admin socket = $root/run/\$name.asok
log file = $root/\$name.log
pid file =
crash dir = $root/run
paxos propose interval = 0.05
paxos min wait = 0.01
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd crush chooseleaf type = 0
mon allow pool size one = true
mon data = $root/mon
osd data = $root/osd
osd objectstore = memstore
osd class load list = *
osd class default list = *
memstore device bytes = 4294967296
rgw data = $root/rgw
rgw frontends = beast endpoint=127.0.0.1:$radosgw_port tcp_nodelay=1
END
    {
        monmaptool --create --fsid "$cluster" --addv a "[v2:127.0.0.1:$monitor/0]" "$root/monmap"
        ceph-mon -c "$root/ceph.conf" --mkfs -i a --monmap "$root/monmap"
    } >"$WORK/ceph.log" 2>&1
    launch ceph_mon "$monitor" ceph-mon -c "$root/ceph.conf" -i a -f
    {
        timeout 60 ceph -c "$root/ceph.conf" osd new "$cluster" </dev/null
        ceph-osd -c "$root/ceph.conf" -i 0 --mkfs --osd-uuid "$cluster"
    } >>"$WORK/ceph.log" 2>&1
    ceph-osd -c "$root/ceph.conf" -i 0 -f >>"$WORK/ceph.log" 2>&1 &
    ceph_osd_pid=$!
    servers+=(ceph_osd)
    timeout 60 radosgw-admin -c "$root/ceph.conf" user create --uid bench --display-name bench \
        --access-key "$1" --secret "$2" >>"$WORK/ceph.log" 2>&1
    launch radosgw "$radosgw_port" radosgw -c "$root/ceph.conf" -n client.admin -f
}

# stop_radosgw: at once; asked to end it would take two minutes.
stop_radosgw() {
    stop_server radosgw KILL
    stop_server ceph_osd KILL
    stop_server ceph_mon KILL
}
