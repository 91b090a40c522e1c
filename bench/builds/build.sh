# A build by Bazel itself, with nothing cached and with everything, over both protocols; sourced by bench/bazel.
# shellcheck shell=bash

# Bazel runs in a root of its own, and sees of this machine /tmp alone.
place=$(mktemp -d /tmp/fabrik-bazel.XXXXXX)
bazel=$PWD/.clients/bazel/bazel

# Every command but the first enters the root of the server that runs: from another one it would look to Bazel as if the
# server's folder was gone, and it would start a new server.
run_bazel() {
    local pid line=(--output_base="$place/base" --max_idle_secs=300 --host_jvm_args=-Xmx1g "$@") user=()
    pid=$(cat "$place/base/server/server.pid.txt" 2>/dev/null || true)
    if [ -n "$pid" ] && [ -d "/proc/$pid" ]; then
        [ "$(id -u)" -eq 0 ] || user=(--user --preserve-credentials)
        nsenter --target "$pid" "${user[@]}" --mount --root \
            /usr/bin/env -C "$place/workspace" USER=root /usr/bin/bazel "${line[@]}"
    else
        (cd "$place/workspace" && "$bazel" "${line[@]}")
    fi
}

end_bazel() {
    run_bazel shutdown >/dev/null 2>&1 || true
    # Bazel takes the right to write from what it has made.
    chmod -R u+w "$place"
    rm -rf "$place"
}
trap 'end_bazel; stop_servers' EXIT

# buildbox-casd is not among them: it wants clients of a newer API than Debian's Bazel speaks.
caches=(none grpc http nginx)

# What a build finds in a cache that has everything.
all_hits=0

# build CASE SERVER ROUND HITS FLAG...: seconds from the first action to the end. Bazel's own start, and what it does
# before actions, is not in it. HITS are "none" or "all".
build() {
    local case=$1 server=$2 round=$3 expected=$4 start seconds output hits ran=none
    shift 4
    local line=(--color=no --curses=no --noshow_progress "$@" //:everything)
    run_bazel clean >>"$WORK/bazel.log" 2>&1
    run_bazel build --nobuild "${line[@]}" >>"$WORK/bazel.log" 2>&1
    sync
    start=$EPOCHREALTIME
    output=$(run_bazel build "${line[@]}" 2>&1) || { echo "$output" >&2; return 1; }
    echo "$output" >>"$WORK/bazel.log"
    seconds=$(awk -v from="$start" -v to="$EPOCHREALTIME" 'BEGIN { print to - from }')
    hits=$(grep -oP '\d+(?= remote cache hit)' <<<"$output" || echo 0)
    grep -qE '[0-9] ([a-z-]+-sandbox|local)' <<<"$output" && ran=some
    if { [ "$expected" = none ] && ((hits > 0)); } || { [ "$expected" = all ] && [ "$ran" = some ]; }; then
        echo "[fabrik] $case, $server: expected $expected of the actions from the cache: $output" >&2
        return 1
    fi
    ((hits == 0)) || all_hits=$hits
    printf '%s\t%s\t%d\t%.3f\n' "$case" "$server" "$round" "$seconds" | tee -a "$WORK/last" >&2
}

# build_with SERVER ROUND URL: the first build fills the cache.
build_with() {
    build cold "$1" "$2" none --remote_cache="$3" --remote_download_outputs=toplevel
    build warm "$1" "$2" all --remote_cache="$3" --remote_download_outputs=toplevel
    build every "$1" "$2" all --remote_cache="$3" --remote_download_outputs=all
}

# The store of layer 1 is empty each time.
build_behind() {
    start_cache front "$(upstream "$behind_port" "write_through = false")"
    local url=grpc://127.0.0.1:$front_port
    [ "$1" = grpc ] || url=http://127.0.0.1:$front_http
    build layer "$1" "$2" all --remote_cache="$url" --remote_download_outputs=toplevel
    stop_cache front
}

# What comes in over gRPC is served over HTTP too.
fill_behind() {
    start_second behind
    start_cache feeder "$(upstream "$behind_port" "workers = 20")"
    build cold grpc 0 none --remote_cache="grpc://127.0.0.1:$feeder_port"
    await_carried feeder
    stop_cache feeder
}

build_none() { build cold none "$1" none; }

build_grpc() {
    start_cache fabrik
    build_with grpc "$1" "grpc://127.0.0.1:$fabrik_port"
    stop_cache fabrik
    build_behind grpc "$1"
}

build_http() {
    start_cache fabrik
    build_with http "$1" "http://127.0.0.1:$fabrik_http"
    stop_cache fabrik
    build_behind http "$1"
}

build_nginx() {
    start_nginx
    build_with nginx "$1" "http://127.0.0.1:$nginx_port/http"
    stop_server nginx
    rm -rf "$WORK/nginx"
}

# Each goes first in its turn.
build_round() {
    local i
    : >"$WORK/last"
    for ((i = 0; i < ${#caches[@]}; i++)); do
        "build_${caches[($1 + i) % ${#caches[@]}]}" "$1"
    done
    cat "$WORK/last" >>"$results"
}

# seconds CASE SERVER: the median, with the lowest and highest; nothing where that was not measured.
seconds() {
    awk -F'\t' -v c="$1" -v s="$2" '$1 == c && $2 == s { print $4 }' "$results" | sort -g |
        awk '{ a[NR] = $1 }
            END {
                m = NR % 2 ? a[(NR + 1) / 2] : (a[NR / 2] + a[NR / 2 + 1]) / 2
                if (NR) printf "%.2f (%.2f–%.2f)", m, a[1], a[NR]
            }'
}

print_builds() {
    local server version
    version=$(zcat .clients/bazel/usr/share/doc/bazel-bootstrap/changelog.Debian.gz | grep -m 1 -oP '\(\K[^)-]+')
    declare -A title=([none]="none" [grpc]="Fabrik, gRPC" [http]="Fabrik, HTTP" [nginx]="nginx, HTTP")
    echo "Seconds, median of $BUILDS rounds, with the lowest and highest; $all_hits actions, Bazel $version."
    echo
    echo "| cache | cold | warm | warm, every output fetched | warm, through layer 2 |"
    echo "|---|---:|---:|---:|---:|"
    for server in "${caches[@]}"; do
        echo "| ${title[$server]} | $(seconds cold $server) | $(seconds warm $server) | $(seconds every $server)" \
            "| $(seconds layer $server) |"
    done
}

measure_builds() {
    local round
    : >"$results"
    python3 -B bench/builds/workspace.py "$place/workspace" "$ACTIONS"
    # The Java of a Bazel that runs gets faster with each build: the first ones do not count.
    : >"$WORK/last"
    build cold none 0 none
    fill_behind
    for ((round = 1; round <= BUILDS; round++)); do build_round "$round"; done
    print_builds
    stop_server behind
    rm -rf "$WORK/behind-store"
}
