# Caches in front of an origin; sourced by the benchmarks. See bench/servers.sh. Each is NAME_port, NAME_pid.
# shellcheck shell=bash

# nginx_with CONFIGURATION NAME ORIGIN: nginx in a folder of its own, on a port of its own.
nginx_with() {
    local root=$WORK/$2
    local -n nginx_at="$2_port"
    nginx_at=$(free_port)
    mkdir -p "$root/tmp" "$root/files"
    sed -e "s#@ROOT@#$root#g" -e "s#@PORT@#$nginx_at#" -e "s#@ORIGIN@#$3#" -e "s#@USER@#$(id -un)#" \
        "$1" >"$root/nginx.conf"
    launch "$2" "$nginx_at" nginx -p "$root" -e "$WORK/$2.log" -c "$root/nginx.conf"
}

has_varnish() { command -v varnishd >/dev/null; }

# start_varnish ORIGIN: what it keeps is in memory. It has threads for all clients from the start: it turns away those
# that come faster than it makes threads.
start_varnish() {
    varnish_port=$(free_port)
    sed -e "s#@ORIGIN@#$1#" bench/proxying/varnish.vcl >"$WORK/varnish.vcl"
    launch varnish "$varnish_port" varnishd -F -j none -n "$WORK/varnish" -T none -f "$WORK/varnish.vcl" \
        -a "127.0.0.1:$varnish_port" -s malloc,6G -p vsl_space=16m -p thread_pool_min=300
}

# start_s3_proxy NAME YAML...: a folder of its own, of $proxy_disk or 60 GB; what is not named keeps its default. Its
# listener for operators is NAME_api.
start_s3_proxy() {
    local name=$1
    local -n proxy_at="$1_port" api_at="$1_api"
    proxy_at=$(free_port) api_at=$(free_port)
    shift
    {
        cat <<END_OF_CONFIG
s3_proxy:
  bind: 127.0.0.1:$proxy_at
  access_log: false
  cache:
    disk:
      dir: $WORK/$name-store
      max_size: ${proxy_disk:-60GB}
END_OF_CONFIG
        printf '%s\n' "$@"
        cat <<END_OF_CONFIG
observability:
  log_level: warn
  health_bind: 127.0.0.1:$(free_port)
  api_bind: 127.0.0.1:$api_at
END_OF_CONFIG
    } >"$WORK/$name.yaml"
    launch "$name" "$proxy_at" "$FABRIK" s3-proxy --config "$WORK/$name.yaml"
}
