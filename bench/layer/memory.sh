# What one large artifact adds to the memory of both layers on its way up and down; sourced by bench/layers.
# shellcheck shell=bash

measure_memory() {
    start_second second
    start_first feeder "$(upstream "$second_port")"
    start_first first "$(upstream "$second_port" "write_through = false")"
    python3 -B bench/layer/memory.py \
        "$feeder_pid:$feeder_port:$feeder_api" "$first_pid:$first_port:$first_api" "$second_pid"
    for server in feeder first second; do stop_server "$server"; done
    rm -rf "$WORK"/{feeder,first,second}-store
}
