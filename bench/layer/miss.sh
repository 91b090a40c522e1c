# What layers add to a miss: none, one that answers, one that is down, one that hangs; sourced by bench/layers.
# shellcheck shell=bash

# Name, and what is behind the cache.
declare -A miss_title=(
    [alone]="no upstream"
    [healthy]="layer 2 that answers"
    [dead]="port closed, breaker open"
    [hanging]="never answers, breaker open"
)
misses=(alone healthy dead hanging)
miss_runs=0

# open_breaker NAME: asks until the upstream is left alone, at most a minute.
open_breaker() {
    local -n asked_at="$1_port"
    local limit=$((SECONDS + 60)) tries=0 jobs
    until [ "$(metric "$1" fabrik_upstream_breaker_state)" = 2 ]; do
        [ "$SECONDS" -lt "$limit" ] || { echo "[fabrik] the breaker of $1 does not open" >&2; return 1; }
        jobs=()
        for _ in {1..8}; do
            tries=$((tries + 1))
            curl --silent --output /dev/null "http://127.0.0.1:$asked_at/http/open-$tries" &
            jobs+=($!)
        done
        wait "${jobs[@]}"
    done
}

# ask_missing NAME ROUND CONNECTIONS
ask_missing() {
    local name=$1 round=$2 connections=$3 output
    local -n asked_at="${name}_port"
    miss_runs=$((miss_runs + 1))
    output=$(wrk -t 1 -c "$connections" -d "$DURATION" --timeout 30 -s bench/layer/misses.lua \
        "http://127.0.0.1:$asked_at/http/" -- "$miss_runs")
    awk -v point="$connections" -v server="$name" -v round="$round" '
        /^RESULT/ { n = $2; us = $3; p50 = $4; p99 = $5; max = $6; errors = $7 }
        END {
            if (n == 0 || errors > 0) {
                print "[fabrik] " server ": " errors " errors in " n " requests" >"/dev/stderr"
                exit 1
            }
            printf "%s\t%s\t%d\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\n", point, server, round, n * 1e6 / us, p50,
                us * point / n, p99, max
        }' <<<"$output" | tee -a "$WORK/last" >&2
}

miss_round() {
    local round=$1 connections i
    : >"$WORK/last"
    for connections in 1 32; do
        for ((i = 0; i < ${#misses[@]}; i++)); do
            ask_missing "${misses[(round + i) % ${#misses[@]}]}" "$round" "$connections"
        done
    done
    ((round == 0)) || cat "$WORK/last" >>"$results"
}

# added NAME COLUMN: the median over the rounds of what it takes more than without an upstream, at one connection.
added() {
    awk -F'\t' -v s="$1" -v c="$2" '$1 == 1 { r[$3, $2] = $c; n = $3 > n ? $3 : n }
        END { for (i = 1; i <= n; i++) print r[i, s] - r[i, "alone"] }' "$results" | median
}

longest() { awk -F'\t' -v s="$1" '$1 == 1 && $2 == s && $8 > max { max = $8 } END { print max / 1000 }' "$results"; }

print_misses() {
    local name
    echo "Median of $ROUNDS rounds of $DURATION s; \"added\" is to the cache without an upstream, in the same round."
    echo
    echo "| upstream | p50 µs | added | mean µs | added | longest ms | requests/s, 32 connections |"
    echo "|---|---:|---:|---:|---:|---:|---:|"
    for name in "${misses[@]}"; do
        printf '| %s | %.0f | %.0f | %.1f | %.1f | %.1f | %.0f |\n' "${miss_title[$name]}" \
            "$(column 1 "$name" 5)" "$(added "$name" 5)" "$(column 1 "$name" 6)" "$(added "$name" 6)" \
            "$(longest "$name")" "$(column 32 "$name" 4)"
    done
}

measure_miss() {
    local round
    : >"$results"
    silent_port=$(free_port)
    launch silent "$silent_port" python3 bench/layer/silent.py "$silent_port"
    start_second second
    start_first alone
    start_first healthy "$(upstream "$second_port")"
    start_first dead "$(upstream "$(free_port)")"
    start_first hanging "$(upstream "$silent_port")"
    open_breaker dead
    open_breaker hanging
    # The pauses between its probes double at first.
    wrk -t 1 -c 4 -d 45 --timeout 30 -s bench/layer/misses.lua "http://127.0.0.1:$hanging_port/http/" -- settle \
        >"$WORK/settle.log"
    for ((round = 0; round <= ROUNDS; round++)); do miss_round "$round"; done
    print_misses
    for server in "${misses[@]}" second silent; do stop_server "$server"; done
}
