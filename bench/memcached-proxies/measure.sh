# Runs of the load tool against several proxies, and their tables; sourced by bench/memcached.
# shellcheck shell=bash disable=SC2154

# One line each: point, server, round, requests/s, p50 µs, p99 µs, p99.9 µs, CPU µs, the client's CPU µs, bytes
# allocated, MiB, cores of the server, cores of all.
results=$WORK/results.tsv
: >"$results"

declare -A title_of=(
    [fabrik]="Fabrik"
    [nutcracker]="nutcracker"
    [memcached]="memcached's proxy"
    [first]="memcached itself"
)

# turn ROUND: the servers, each first in its turn.
turn() {
    local i
    for ((i = 0; i < ${#servers_of[@]}; i++)); do echo "${servers_of[($1 + i) % ${#servers_of[@]}]}"; done
}

# measure ROUND POINT SERVER ARGUMENT...: one run of the client, one line of results. The first round warms up.
measure() {
    local round=$1 point=$2 server=$3 output time=$((DURATION * 1000)) statistics=no
    local -n measured_port="${server}_port" measured_pid="${server}_pid"
    shift 3
    [ "$round" -gt 0 ] || time=1000
    [ "$server" != fabrik ] || statistics=yes
    output=$(taskset -c "$other_cores" "$client" load --port "$measured_port" --pid "$measured_pid" \
        --statistics "$statistics" --time "$time" "$@") || {
        echo "[fabrik] $server, $point: failed" >&2
        return 1
    }
    awk -v point="$point" -v server="$server" -v round="$round" -v OFS='\t' '
        /^RESULT/ { print point, server, round, $2 * 1e6 / $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 }
    ' <<<"$output" >"$WORK/line"
    cat "$WORK/line" >&2
    ((round == 0)) || cat "$WORK/line" >>"$results"
}

# rounds FUNCTION: one that warms up and does not count, then those whose median does.
rounds() {
    local round
    for ((round = 0; round <= ROUNDS; round++)); do "$1" "$round"; done
}

# each ROUND POINT ARGUMENT...
each() {
    local round=$1 point=$2 server
    shift 2
    for server in $(turn "$round"); do measure "$round" "$point" "$server" "$@"; done
}

# column POINT SERVER COLUMN: the median over the rounds.
column() { awk -F'\t' -v p="$1" -v s="$2" -v c="$3" '$1 == p && $2 == s { print $c }' "$results" | median; }

# against POINT SERVER COLUMN OTHER: the median of the rounds' own ratios, or differences where a column is a time.
ratio_to() {
    awk -F'\t' -v p="$1" -v s="$2" -v c="$3" -v o="$4" '$1 == p { v[$3, $2] = $c; n = $3 > n ? $3 : n }
        END { for (i = 1; i <= n; i++) if (v[i, o] > 0) print v[i, s] / v[i, o] }' "$results" | median
}

added_to() {
    awk -F'\t' -v p="$1" -v s="$2" -v c="$3" -v o="$4" '$1 == p { v[$3, $2] = $c; n = $3 > n ? $3 : n }
        END { for (i = 1; i <= n; i++) print v[i, s] - v[i, o] }' "$results" | median
}

points() { awk -F'\t' '!seen[$1]++ { print $1 }' "$results"; }

# allocated POINT SERVER: bytes for a request; only Fabrik tells.
allocated() { [ "$2" != fabrik ] || printf '%.1f' "$(column "$1" "$2" 10)"; }

print_rates() {
    local point server
    echo "Median of $ROUNDS rounds of $DURATION s. The ratio is Fabrik's rate to that of the same line, in one round."
    echo
    echo "| request | server | requests/s | Fabrik's ratio | p50 µs | p99 µs | p99.9 µs | CPU µs/request |" \
        "busy cores | allocated B/request | memory MiB | client's CPU µs/request |"
    echo "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    while IFS= read -r point; do
        for server in "${servers_of[@]}"; do
            printf '| %s | %s | %.0f | %.2f | %.0f | %.0f | %.0f | %.2f | %.2f | %s | %.0f | %.2f |\n' \
                "$point" "${title_of[$server]}" "$(column "$point" "$server" 4)" \
                "$(ratio_to "$point" fabrik 4 "$server")" "$(column "$point" "$server" 5)" \
                "$(column "$point" "$server" 6)" "$(column "$point" "$server" 7)" "$(column "$point" "$server" 8)" \
                "$(column "$point" "$server" 12)" "$(allocated "$point" "$server")" \
                "$(column "$point" "$server" 11)" "$(column "$point" "$server" 9)"
        done
    done < <(points)
}

print_latencies() {
    local point server
    echo "Median of $ROUNDS rounds of $DURATION s; \"added\" is to memcached itself in the same round."
    echo
    echo "| request | server | p50 µs | added | p99 µs | added | p99.9 µs | CPU µs/request |"
    echo "|---|---|---:|---:|---:|---:|---:|---:|"
    while IFS= read -r point; do
        for server in "${servers_of[@]}"; do
            printf '| %s | %s | %.0f | %.0f | %.0f | %.0f | %.0f | %.2f |\n' "$point" "${title_of[$server]}" \
                "$(column "$point" "$server" 5)" "$(added_to "$point" "$server" 5 first)" \
                "$(column "$point" "$server" 6)" "$(added_to "$point" "$server" 6 first)" \
                "$(column "$point" "$server" 7)" "$(column "$point" "$server" 8)"
        done
    done < <(points)
}
