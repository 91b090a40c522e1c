# Servers of memcached and proxies before them; sourced by bench/memcached. See bench/servers.sh. Each is NAME_port,
# NAME_pid.
# shellcheck shell=bash disable=SC2154

# A proxy has the first core for itself, all else shares the others: PROXY_CORES and OTHER_CORES say otherwise.
cores=$(nproc)
proxy_cores=${PROXY_CORES:-0}
other_cores=${OTHER_CORES:-$((cores > 1 ? 1 : 0))-$((cores - 1))}

# start_memcached NAME: one thread and enough memory that nothing is evicted.
start_memcached() {
    local -n memcached_at="$1_port"
    memcached_at=$(free_port)
    launch "$1" "$memcached_at" taskset -c "$other_cores" memcached -u "$(id -un)" -l 127.0.0.1 \
        -p "$memcached_at" -U 0 -t 1 -c 4096 -m 512
}

# proxy_config TEMPLATE NAME: the file to start it with, before the two servers.
proxy_config() {
    local -n config_port="$2_port"
    sed -e "s#@PORT@#$config_port#" -e "s#@FIRST@#$first_port#" -e "s#@SECOND@#$second_port#" \
        -e "s#@THREADS@#$threads#" -e "s#@HEALTH@#$(free_port)#" -e "s#@API@#$(free_port)#" \
        "bench/memcached-proxies/$1" >"$WORK/$2-$1"
    echo "$WORK/$2-$1"
}

has_proxy() {
    case $1 in
        nutcracker) [ "$threads" = 1 ] ;;
        memcached) [ -x "$memcached_proxy" ] ;;
        *) true ;;
    esac
}

# start_proxy NAME: on the cores of proxies, with as many threads as is said; nutcracker has one.
start_proxy() {
    local -n proxy_at="$1_port"
    proxy_at=$(free_port)
    case $1 in
        fabrik)
            launch fabrik "$proxy_at" taskset -c "$proxy_cores" \
                "$FABRIK" memcached-proxy --config "$(proxy_config fabrik.yaml fabrik)"
            ;;
        nutcracker)
            launch nutcracker "$proxy_at" taskset -c "$proxy_cores" \
                nutcracker -c "$(proxy_config nutcracker.yml nutcracker)" -v 4 -a 127.0.0.1 -s "$(free_port)"
            ;;
        memcached)
            launch memcached "$proxy_at" taskset -c "$proxy_cores" \
                "$memcached_proxy" -u "$(id -un)" -l 127.0.0.1 -p "$proxy_at" -U 0 -t "$threads" -c 4096 \
                -o "proxy_config=$(proxy_config memcached.lua memcached)"
            ;;
    esac
}
