# Servers and what the system knows of them; sourced by the benchmarks. Needs WORK and FABRIK.
# shellcheck shell=bash

# Every server has a name; its process is in NAME_pid, what it prints in $WORK/NAME.log.
servers=()

# launch NAME PORT COMMAND...: starts a server, and waits until it listens.
launch() {
    local name=$1 port=$2
    local -n launched="${name}_pid"
    shift 2
    "$@" >>"$WORK/$name.log" 2>&1 &
    launched=$!
    servers+=("$name")
    await_port "$port" "$launched"
}

# stop_server NAME [SIGNAL]: ends it, if it runs.
stop_server() {
    local -n stopped="$1_pid"
    [ -n "${stopped:-}" ] || return 0
    kill -s "${2:-TERM}" "$stopped" 2>/dev/null || true
    wait "$stopped" 2>/dev/null || true
    stopped=""
}

stop_servers() {
    local name
    for name in "${servers[@]}"; do stop_server "$name"; done
}
trap stop_servers EXIT

# Below the ports that the system gives to clients: there a probe could meet itself.
free_port() {
    local port
    while :; do
        port=$((RANDOM % 20000 + 10000))
        is_listening "$port" || { echo "$port"; return; }
    done
}

is_listening() { { exec {probe}<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null && exec {probe}>&-; }

# Waits without starting processes, so that what is measured is not disturbed.
exec {nothing}<> <(:)
pause() { read -r -t "$1" -u "$nothing" || true; }

# await_port PORT PID: until the process listens, at most a minute.
await_port() {
    local limit=$((SECONDS + 60))
    until is_listening "$1"; do
        if ! kill -0 "$2" 2>/dev/null || [ "$SECONDS" -gt "$limit" ]; then
            echo "[fabrik] the server does not listen on port $1; its log:" >&2
            cat "$WORK"/*.log >&2
            return 1
        fi
        pause 0.002
    done
}

start_nginx() {
    nginx_port=$(free_port)
    mkdir -p "$WORK/nginx/files" "$WORK/nginx/tmp"
    sed -e "s#@ROOT@#$WORK/nginx#g" -e "s#@PORT@#$nginx_port#" -e "s#@USER@#$(id -un)#" \
        bench/nginx.conf >"$WORK/nginx/nginx.conf"
    launch nginx "$nginx_port" nginx -p "$WORK/nginx" -e "$WORK/nginx.log" -c "$WORK/nginx/nginx.conf"
}

# Writes the configuration of a server with its own folder; every setting that is not named keeps its default.
configure_fabrik() {
    fabrik_port=$(free_port)
    cat >"$WORK/fabrik.toml" <<END
[cache]
dir = "$1"
max_size = "60GB"
[build_tools]
enabled = ["http"]
port = $fabrik_port
[observability]
log_level = "warn"
health_bind = "127.0.0.1:$(free_port)"
api_bind = "127.0.0.1:$(free_port)"
END
}

start_fabrik() { launch fabrik "$fabrik_port" "$FABRIK" server --config "$WORK/fabrik.toml"; }

stop_fabrik() { stop_server fabrik; }

# The processes of a server: for nginx its workers too.
pids_of() {
    local -n of="$1_pid"
    echo "$of" "$(<"/proc/$of/task/$of/children")"
}

# Clock ticks (10 ms) of user and system time that a server has used.
cpu_ticks() {
    local pid stat sum=0
    for pid in $(pids_of "$1"); do
        stat=$(<"/proc/$pid/stat")
        # shellcheck disable=SC2086
        set -- ${stat##*) }
        sum=$((sum + ${12} + ${13}))
    done
    echo "$sum"
}

# Clock ticks that all processes of this machine have used.
busy_ticks() { awk '/^cpu / { print $2 + $3 + $4 }' /proc/stat; }

# Resident memory in MiB, all processes of a server together.
resident() {
    local pid files=()
    for pid in $(pids_of "$1"); do files+=("/proc/$pid/status"); done
    awk '/^VmRSS/ { sum += $2 } END { printf "%.0f", sum / 1024 }' "${files[@]}"
}

# The median of the numbers on the input.
median() { sort -g | awk '{ a[NR] = $1 } END { print NR % 2 ? a[(NR + 1) / 2] : (a[NR / 2] + a[NR / 2 + 1]) / 2 }'; }
