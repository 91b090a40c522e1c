"""Sends one large artifact up through two layers and fetches it through another first one; prints what memory it took.

    bench/layer/memory.py PID:PORT:API PID:PORT:API PID

The layer 1 that it is given to, the one that it is fetched from, and the layer 2 of both.
"""

import os
import sys
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
# pylint: disable=wrong-import-position
from memory import GIB, LARGE, MIB, Memory, download, upload

WARM_SIZE = 64 * MIB
WARM_TIMES = 4


def await_carried(api):
    """Waits until nothing is on its way up, for an hour at most."""
    end = time.monotonic() + 3600
    while time.monotonic() < end:
        with urllib.request.urlopen(f"http://127.0.0.1:{api}/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        depth = [line for line in lines if line.startswith("fabrik_upstream_queue_depth")]
        if depth and all(float(line.split()[-1]) == 0 for line in depth):
            return
        time.sleep(0.2)
    raise TimeoutError("uploads still wait")


def measure(name, layers, action):
    """Rows with the growth of each layer while an action ran."""
    before = [memory.now() for _, memory in layers]
    for _, memory in layers:
        memory.reset_peak()
    start = time.monotonic()
    action()
    seconds = time.monotonic() - start
    for (layer, memory), held in zip(layers, before):
        most = memory.peak()
        print(
            f"| {name}: {layer} | {held / MIB:.0f} | {most / MIB:.0f} | {(most - held) / MIB:.1f} MiB | 32 MiB"
            f" | {LARGE / MIB / seconds:.0f} |",
            flush=True)


def main():
    feeder, first = ([int(part) for part in each.split(":")] for each in sys.argv[1:3])
    second = Memory(int(sys.argv[3]))

    def carry(path, size):
        upload(feeder[1], path, size, chunked=False)
        await_carried(feeder[2])

    # What every process pays once: compiled code, pools, connections.
    for number in range(WARM_TIMES):
        carry(f"/http/warm/{number}", WARM_SIZE)
        download(first[1], f"/http/warm/{number}", WARM_SIZE)
    print("| what | before, MiB | most, MiB | added | bar | MiB/s |")
    print("|---|---:|---:|---:|---:|---:|")
    gib = LARGE // GIB
    measure(
        f"{gib} GiB up",
        [("layer 1", Memory(feeder[0])), ("layer 2", second)],
        lambda: carry("/http/large", LARGE))
    measure(
        f"{gib} GiB down",
        [("layer 1", Memory(first[0])), ("layer 2", second)],
        lambda: download(first[1], "/http/large", LARGE))


if __name__ == "__main__":
    main()
