# What the queue carries to object storage, and whether writes wait for it; sourced by bench/layers.
# shellcheck shell=bash

queue_workers=20
queue_size=65536
queue_connections=16

declare -A queue_title=(
    [none]="none"
    [away]="away: all of it waits"
    [dav]="nginx WebDAV"
    [s3]="s3rver"
)
queues=(none away dav s3)

start_s3() {
    s3_port=$(free_port)
    mkdir -p "$WORK/s3"
    launch s3 "$s3_port" .clients/npm/node_modules/.bin/s3rver -d "$WORK/s3" -a 127.0.0.1 -p "$s3_port" --silent \
        --configure-bucket builds
}

# The upstream of each case, as TOML; nothing where there is none.
queue_upstream() {
    local head
    head=$(printf '%s\n' "[[upstream]]" "name = \"$1\"" "workers = $queue_workers" "queue_limit = 1000000")
    case $1 in
        away) printf '%s\n' "$head" "url = \"http://127.0.0.1:$away_port/\"" ;;
        dav) printf '%s\n' "$head" "url = \"http://127.0.0.1:$nginx_port/http/\"" ;;
        s3) printf '%s\n' "$head" 'url = "s3://builds/"' "endpoint = \"http://127.0.0.1:$s3_port\"" \
            'region = "us-east-1"' 'path_style = true' 'access_key = "S3RVER"' 'secret_key = "S3RVER"' ;;
    esac
}

stored() { metric "$1" 'fabrik_upstream_uploads_total{result="stored"'; }

seconds_since() { awk -v from="$1" -v to="$EPOCHREALTIME" 'BEGIN { print to - from }'; }

# carry NAME ROUND: a cache with an empty store takes uploads for a while, then only carries for as long again.
carry() {
    local name=$1 round=$2 output start before during waiting after=0 took=1
    local -n cache_at="queue_${name}_port"
    start_first "queue_$name" "$(queue_upstream "$name")"
    upload_rate "$cache_at" 1 >/dev/null
    pause 1
    before=$(stored "queue_$name") start=$EPOCHREALTIME
    output=$(upload_rate "$cache_at" "$DURATION")
    took=$(seconds_since "$start")
    during=$(awk -v n="$(($(stored "queue_$name") - before))" -v s="$took" 'BEGIN { print n / s }')
    before=$(stored "queue_$name") start=$EPOCHREALTIME
    waiting=$(metric "queue_$name" fabrik_upstream_queue_depth)
    if [ "$name" = dav ] || [ "$name" = s3 ]; then
        await_drained "queue_$name"
        took=$(seconds_since "$start")
        after=$(awk -v n="$(($(stored "queue_$name") - before))" -v s="$took" 'BEGIN { print n / s }')
    fi
    # What still waits is not to be carried while the next one is measured.
    stop_server "queue_$name" KILL
    rm -rf "$WORK/queue_$name-store"
    printf '%s\t%s\t%d\t%.1f\t%.2f\t%.2f\t%.1f\t%.1f\t%d\n' PUT "$name" "$round" $output "$during" "$after" "$waiting" |
        tee -a "$WORK/last" >&2
}

# await_drained NAME: until nothing waits, or for as long as DURATION.
await_drained() {
    local limit=$((SECONDS + DURATION))
    until [ "$SECONDS" -ge "$limit" ] || [ "$(metric "$1" fabrik_upstream_queue_depth)" = 0 ]; do pause 0.05; done
}

# upload_rate PORT SECONDS: uploads/s, p50 and p99 in ms.
upload_rate() {
    queue_runs=$((${queue_runs:-0} + 1))
    wrk -t 1 -c "$queue_connections" -d "$2" --timeout 30 -s bench/requests.lua "http://127.0.0.1:$1/http/" -- \
        put "queue-$queue_runs" "$queue_size" "$((RANDOM))" |
        awk '/^RESULT/ {
            if ($6 > 0) { print "[fabrik] " $6 " errors in " $2 " uploads" >"/dev/stderr"; exit 1 }
            printf "%.1f %.3f %.3f", $2 * 1e6 / $3, $4 / 1000, $5 / 1000
        }'
}

queue_round() {
    local round=$1 i
    : >"$WORK/last"
    for ((i = 0; i < ${#queues[@]}; i++)); do
        sync
        carry "${queues[(round + i) % ${#queues[@]}]}" "$round"
    done
    ((round == 0)) || cat "$WORK/last" >>"$results"
}

print_queues() {
    local name
    echo "Median of $ROUNDS rounds of $DURATION s; $queue_connections clients write 64 KiB each," \
        "$queue_workers workers carry."
    echo
    echo "| upstream | writes/s | p50 ms | p99 ms | carried/s meanwhile | carried/s afterwards |"
    echo "|---|---:|---:|---:|---:|---:|"
    for name in "${queues[@]}"; do
        printf '| %s | %.0f | %.2f | %.2f | %.0f | %s |\n' "${queue_title[$name]}" "$(column PUT "$name" 4)" \
            "$(column PUT "$name" 5)" "$(column PUT "$name" 6)" "$(column PUT "$name" 7)" \
            "$(column PUT "$name" 8 | awk '$1 > 0 { printf "%.0f", $1 }')"
    done
}

measure_queue() {
    local round
    : >"$results"
    eng/install-npm-clients
    start_nginx
    start_s3
    away_port=$(free_port)
    for ((round = 0; round <= ROUNDS; round++)); do queue_round "$round"; done
    print_queues
    stop_server s3
    stop_server nginx
}
