# Runs of wrk against several caches, and their table; sourced by bench/proxy.
# shellcheck shell=bash

# One line each: point, server, round, requests/s, p50 ms, p99 ms, CPU ms, MiB, other cores, MiB/s, ms.
results=$WORK/results.tsv
: >"$results"

declare -A title_of=(
    [fabrik]="Fabrik"
    [fabrik-jwt]="Fabrik, with a token"
    [nginx]="nginx"
    [varnish]="Varnish"
    [origin]="the origin itself"
)

# turn ROUND: the servers, each first in its turn.
turn() {
    local i
    for ((i = 0; i < ${#servers_of[@]}; i++)); do echo "${servers_of[($1 + i) % ${#servers_of[@]}]}"; done
}

# rounds FUNCTION: one that warms up and does not count, then those whose median does.
rounds() {
    local round
    for ((round = 0; round <= ROUNDS; round++)); do "$1" "$round"; done
}

# each ROUND POINT CONNECTIONS REQUEST...
each() {
    local round=$1 point=$2 server
    shift 2
    for server in $(turn "$round"); do measure "$round" "$point" "$server" "$@"; done
}

# measure ROUND POINT SERVER CONNECTIONS REQUEST...: one run of a client, one line of results.
measure() {
    local round=$1 point=$2 server=$3 process=${3%-jwt} cpu busy output
    shift 3
    cpu=$(cpu_ticks "$process") busy=$(busy_ticks)
    TIMEFORMAT='CLIENT %U %S'
    output=$({ time ask "$server" "$round" "$@"; } 2>&1)
    cpu=$(($(cpu_ticks "$process") - cpu)) busy=$(($(busy_ticks) - busy))
    awk -v point="$point" -v server="$server" -v round="$round" -v cpu="$cpu" -v busy="$busy" \
        -v rss="$(resident "$process")" '
        /^RESULT/ { n = $2; us = $3; p50 = $4; p99 = $5; errors = $6; bytes = $7 }
        /^CLIENT/ { client = ($2 + $3) * 100 }
        END {
            if (n == 0 || errors > 0) {
                print "[fabrik] " server " " point ": " n " answers, " errors " errors" >"/dev/stderr"
                exit 1
            }
            other = (busy - cpu - client) / (us / 1e4)
            printf "%s\t%s\t%d\t%.1f\t%.3f\t%.3f\t%.4f\t%d\t%.2f\t%.0f\t%.0f\n", point, server, round,
                n * 1e6 / us, p50 / 1000, p99 / 1000, cpu * 10 / n, rss, other < 0 ? 0 : other,
                bytes / 1048576 * 1e6 / us, us / 1000
        }' <<<"$output" >"$WORK/line" || { echo "$output" >&2; return 1; }
    cat "$WORK/line" >&2
    ((round == 0)) || cat "$WORK/line" >>"$results"
}

# ask SERVER ROUND CONNECTIONS REQUEST...: what the client says. The first round only warms up.
ask() {
    local server=$1 round=$2 connections=$3 threads=2 path=/bench/ seconds=$DURATION token=()
    local -n asked_port="${server%-jwt}_port"
    shift 3
    if [ "$1" = herd ]; then
        python3 bench/proxying/herd.py "$asked_port" "/bench/herd/$2" "$connections" "$3"
        return
    fi
    [ "$connections" -gt 1 ] || threads=1
    [ "$round" -gt 0 ] || [ "$seconds" -le 2 ] || seconds=2
    [[ "$server" != *-jwt ]] || { path=/secured/bench/ token=(TOKEN="$TOKEN_OF_BENCH"); }
    env "${token[@]}" wrk -t "$threads" -c "$connections" -d "$seconds" --timeout 60 \
        -s bench/proxying/requests.lua "http://127.0.0.1:$asked_port$path" -- "$@"
}

# column POINT SERVER COLUMN: the median over the rounds.
column() { awk -F'\t' -v p="$1" -v s="$2" -v c="$3" '$1 == p && $2 == s { print $c }' "$results" | median; }

# The points and servers that were measured, a pair in a line, points together.
measured() { awk -F'\t' '!seen[$1, $2]++ { at[$1] = at[$1] ? at[$1] : ++n; print at[$1] "\t" $1 "\t" $2 }' "$results" |
    sort -t$'\t' -k1,1n -k3,3 | cut -f2-; }

print_rates() {
    local point server
    echo "Median of $ROUNDS rounds of $DURATION s."
    echo
    echo "| request | server | requests/s | MiB/s | p50 ms | p99 ms | CPU ms/request | memory MiB |"
    echo "|---|---|---:|---:|---:|---:|---:|---:|"
    while IFS=$'\t' read -r point server; do
        printf '| %s | %s | %.0f | %.0f | %.2f | %.2f | %.3f | %.0f |\n' "$point" "${title_of[$server]}" \
            "$(column "$point" "$server" 4)" "$(column "$point" "$server" 10)" "$(column "$point" "$server" 5)" \
            "$(column "$point" "$server" 6)" "$(column "$point" "$server" 7)" "$(column "$point" "$server" 8)"
    done < <(measured)
    print_others
}

# What the machine did besides; on the misses that is the origin.
print_others() {
    echo
    echo "Other processes used $(cut -f9 "$results" | median) cores meanwhile (median)," \
        "at most $(cut -f9 "$results" | sort -g | tail -1); on a miss the origin is one of them."
}

# added POINT SERVER COLUMN: the median over the rounds of what a server takes longer than the origin.
added() {
    awk -F'\t' -v p="$1" -v s="$2" -v c="$3" '$1 == p { v[$3, $2] = $c; n = $3 > n ? $3 : n }
        END { for (i = 1; i <= n; i++) print v[i, s] - v[i, "origin"] }' "$results" | median
}

print_added() {
    local point="GET 64k, 1 connection" server
    echo
    echo "| what a miss adds to the origin's answer, $point | p50 ms | p99 ms |"
    echo "|---|---:|---:|"
    for server in "${servers_of[@]}"; do
        printf '| %s | %.2f | %.2f |\n' "${title_of[$server]}" "$(added "$point" "$server" 5)" \
            "$(added "$point" "$server" 6)"
    done
}

print_herds() {
    local server point="$herd_clients clients"
    echo "Median of $ROUNDS rounds: $herd_clients clients ask at once for one object of 64 MiB that no cache has."
    echo
    echo "| server | seconds until all have it | MiB/s | CPU ms/request | memory MiB | requests to the origin |" \
        "bytes from it, objects |"
    echo "|---|---:|---:|---:|---:|---:|---:|"
    for server in "${servers_of[@]}"; do
        printf '| %s | %.2f | %.0f | %.1f | %.0f | %.0f | %.2f |\n' "${title_of[$server]}" \
            "$(column "$point" "$server" 11 | awk '{ print $1 / 1000 }')" "$(column "$point" "$server" 10)" \
            "$(column "$point" "$server" 7)" "$(column "$point" "$server" 8)" \
            "$(fetched "$server" 2)" "$(fetched "$server" 3)"
    done
}

# fetched SERVER COLUMN: the most over all rounds: each one is to be 1.
fetched() {
    awk -F'\t' -v s="$1" -v c="$2" '$1 == s && $c > most { most = $c } END { print most + 0 }' "$WORK/fetches"
}
