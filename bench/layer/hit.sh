# A hit that layer 2 has and layer 1 does not, against nginx in both places; sourced by bench/layers.
# shellcheck shell=bash

# Name, bytes of a file, files that are asked for in one measurement, connections.
hits=("1k 1024 20000 64" "64k 65536 4000 64" "1m 1048576 256 32" "16m 16777216 24 8")

# Before that as many others are asked for in several bursts: compiled code is replaced by better one in the pauses.
warm_bursts=4

make_hit_files() {
    local hit name size count
    for hit in "${hits[@]}"; do
        read -r name size count _ <<<"$hit"
        random_files "$WORK/nginx/files/$name" "$size" "$count"
        random_files "$WORK/nginx/files/warm-$name" "$size" "$count"
    done
}

start_proxy() {
    local root=$WORK/proxy-$1
    proxy_port=$(free_port)
    mkdir -p "$root/tmp"
    sed -e "s#@ROOT@#$root#g" -e "s#@PORT@#$proxy_port#" -e "s#@ORIGIN@#$nginx_port#" -e "s#@USER@#$(id -un)#" \
        bench/layer/proxy.conf >"$root/nginx.conf"
    launch proxy "$proxy_port" nginx -p "$root" -e "$WORK/proxy.log" -c "$root/nginx.conf"
}

# The server whose clients are measured, and the one behind it.
declare -A front_of=([nginx]=proxy [fabrik]=first) behind_of=([nginx]=nginx [fabrik]=second)

# start_front SERVER ROUND: with nothing in its store. Earlier stores stay: files that are being freed cost who makes
# new ones.
start_front() {
    if [ "$1" = nginx ]; then
        start_proxy "$2"
    else
        start_first first "$(upstream "$second_port" "write_through = false")"
    fi
}

stop_front() {
    stop_server "${front_of[$1]}"
    [ "$1" = nginx ] || mv "$WORK/first-store" "$WORK/first-store-$2"
}

# ask_once SERVER FOLDER FIRST COUNT CONNECTIONS: each key once; the output of wrk.
ask_once() {
    local -n asked_port="${front_of[$1]}_port"
    wrk -t 1 -c "$5" -d 600 --timeout 60 -s bench/layer/once.lua "http://127.0.0.1:$asked_port/http/" -- \
        "$2/" "$3" "$4" "$5"
}

# await_idle NAME: until a server has used less than 20 ms in half a second, at most half a minute.
await_idle() {
    local limit=$((SECONDS + 30)) before=-100 now
    while now=$(cpu_ticks "$1") && ((now - before > 2 && SECONDS < limit)); do
        before=$now
        pause 0.5
    done
}

warm_up() {
    local server=$1 burst hit name count connections
    for ((burst = 0; burst < warm_bursts; burst++)); do
        for hit in "${hits[@]}"; do
            read -r name _ count connections <<<"$hit"
            count=$((count / warm_bursts))
            ((connections < count)) || connections=$count
            ask_once "$server" "warm-$name" $((burst * count)) "$count" "$connections" >>"$WORK/warm.log"
        done
        await_idle "${front_of[$server]}"
        await_idle "${behind_of[$server]}"
    done
}

ask_measured() {
    local name=$1 count=$2 connections=$3 server=$4 round=$5
    local front=${front_of[$server]} behind=${behind_of[$server]} output cpu back busy
    sync
    pause 1
    cpu=$(cpu_ticks "$front") back=$(cpu_ticks "$behind") busy=$(busy_ticks)
    TIMEFORMAT='CLIENT %U %S'
    output=$({ time ask_once "$server" "$name" 0 "$count" "$connections"; } 2>&1)
    cpu=$(($(cpu_ticks "$front") - cpu)) back=$(($(cpu_ticks "$behind") - back)) busy=$(($(busy_ticks) - busy))
    awk -v point="GET $name" -v server="$server" -v round="$round" -v cpu="$cpu" -v back="$back" -v busy="$busy" \
        -v rss="$(resident "$front")" -v expected="$count" '
        /^RESULT/ { n = $2; us = $3; p50 = $4; p99 = $5; errors = $6 }
        /^CLIENT/ { client = ($2 + $3) * 100 }
        END {
            if (n != expected || errors > 0) {
                print "[fabrik] " server " " point ": " n " of " expected " answers, " errors " errors" >"/dev/stderr"
                exit 1
            }
            other = (busy - cpu - back - client) / (us / 1e4)
            printf "%s\t%s\t%d\t%.1f\t%.3f\t%.3f\t%.4f\t%.4f\t%d\t%.2f\n", point, server, round,
                n * 1e6 / us, p50 / 1000, p99 / 1000, cpu * 10 / n, back * 10 / n, rss, other < 0 ? 0 : other
        }' <<<"$output" | tee -a "$WORK/last" >&2
}

hit_both() {
    local round=$1 hit name count connections server
    for server in $2 $3; do
        start_front "$server" "$round"
        warm_up "$server"
    done
    for hit in "${hits[@]}"; do
        read -r name _ count connections <<<"$hit"
        for server in $2 $3; do ask_measured "$name" "$count" "$connections" "$server" "$round"; done
    done
    for server in $2 $3; do stop_front "$server" "$round"; done
}

print_hits() {
    local point
    echo "Median of $ROUNDS rounds; $(nginx -v 2>&1 | sed 's/.*: //'), wrk on the same cores. Each cell: nginx / Fabrik."
    echo "CPU of the cache that is asked, and of the one behind it."
    echo
    echo "| request | requests/s | ratio | p50 ms | p99 ms | CPU ms/request | behind | memory MiB |"
    echo "|---|---:|---:|---:|---:|---:|---:|---:|"
    while read -r point; do
        echo "| $point | $(pair "$point" 4 4 0) | $(ratio "$point") | $(pair "$point" 5 5 2) | $(pair "$point" 6 6 2)" \
            "| $(pair "$point" 7 7 3) | $(pair "$point" 8 8 3) | $(pair "$point" 9 9 0) |"
    done < <(cut -f1 "$results" | awk '!seen[$0]++')
    echo
    echo "Other processes of the machine used $(cut -f10 "$results" | median) cores meanwhile (median)," \
        "at most $(cut -f10 "$results" | sort -g | tail -1)."
}

measure_hit() {
    start_nginx
    make_hit_files
    start_second second
    start_first feeder "$(upstream "$second_port" "workers = 20")"
    upload "$feeder_port" "$WORK/nginx/files"
    await_carried feeder
    stop_server feeder
    # Reads are of a store that was opened, not of what it has just been given and still has in its memtables.
    stop_server second
    start_layer second
    rounds hit_both
    print_hits
    stop_server second
    stop_server nginx
}
