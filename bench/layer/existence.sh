# One question for ten thousand artifacts over two layers; sourced by bench/layers.
# shellcheck shell=bash

measure_existence() {
    dotnet build bench/Fabrik.StoreBench -c Release --nologo -v quiet >&2
    start_second second
    artifacts/bin/Fabrik.StoreBench/release/Fabrik.StoreBench --folder "$WORK/existence" --only existence \
        --upstream "grpc://127.0.0.1:$second_port"
    stop_server second
}
