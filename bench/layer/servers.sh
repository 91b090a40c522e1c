# Layers: caches with a name each, beside the build (layer 1) and behind those (layer 2). See bench/servers.sh.
# shellcheck shell=bash

# write_config NAME TOML...: a server with a folder of its own; every setting that is not named keeps its default.
write_config() {
    local name=$1
    local -n config_api="${name}_api"
    config_api=$(free_port)
    shift
    {
        cat <<END_OF_CONFIG
[cache]
dir = "$WORK/$name-store"
max_size = "60GB"
max_artifact_size = "32GiB"
[observability]
log_level = "warn"
health_bind = "127.0.0.1:$(free_port)"
api_bind = "127.0.0.1:$config_api"
END_OF_CONFIG
        printf '%s\n' "$@"
    } >"$WORK/$name.toml"
}

start_layer() {
    local -n layer_port="$1_port"
    launch "$1" "$layer_port" "$FABRIK" server --config "$WORK/$1.toml"
}

# start_first NAME TOML...: a layer 1 with what it has behind it, none without.
start_first() {
    local name=$1
    local -n first_at="${name}_port"
    first_at=$(free_port)
    shift
    write_config "$name" "[build_tools]" 'enabled = ["http"]' "port = $first_at" "$@"
    start_layer "$name"
}

# start_second NAME: a layer 2, which only other caches use.
start_second() {
    local -n second_at="$1_port"
    second_at=$(free_port)
    write_config "$1" "[build_tools]" "enabled = []" "[fabrik]" "enabled = true" "bind = \"127.0.0.1:$second_at\""
    start_layer "$1"
}

# upstream PORT [TOML...]: the table of a layer 2 that is read and written.
upstream() {
    local port=$1
    shift
    printf '%s\n' "[[upstream]]" 'name = "second"' "url = \"grpc://127.0.0.1:$port\"" "$@"
}

# metric NAME PATTERN: the sum of a server's metrics whose names and labels match.
metric() {
    local -n metric_api="$1_api"
    curl --silent --show-error --fail "http://127.0.0.1:$metric_api/metrics" |
        awk -v pattern="^$2" '$0 ~ pattern { sum += $NF } END { printf "%d\n", sum }'
}

# await_carried NAME: until everything that was written to it is in its upstreams, at most ten minutes.
await_carried() {
    local limit=$((SECONDS + 600))
    until [ "$(metric "$1" fabrik_upstream_queue_depth)" = 0 ]; do
        [ "$SECONDS" -lt "$limit" ] || { echo "[fabrik] the uploads of $1 do not end" >&2; return 1; }
        pause 0.2
    done
    [ "$(metric "$1" fabrik_upstream_dropped_total)" = 0 ] || { echo "[fabrik] $1 dropped uploads" >&2; return 1; }
}

# upload PORT FOLDER: every file below FOLDER, as /http/ and its path there.
upload() {
    (cd "$2" && find . -type f -printf '%P\n') |
        sed -e "s#.*#upload-file = \"$2/&\"\nurl = \"http://127.0.0.1:$1/http/&\"#" >"$WORK/uploads"
    curl --silent --show-error --fail --output /dev/null --config "$WORK/uploads" >"$WORK/uploads.log"
}
