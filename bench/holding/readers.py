"""Asks a caching proxy in the ways that could make it hold memory, and prints what it held, and what became of the
origin's answers: readers.py PID PORT ORIGIN_PORT

OBJECT_GIB is the size of the large object (10). The origin is origin.py.
"""
import asyncio
import json
import os
import pathlib
import socket
import sys
import threading
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import memory as server  # noqa: E402
from memory import CLIENTS, MIB, Memory  # noqa: E402

LARGE = int(os.environ.get("OBJECT_GIB", "10")) << 30
SHARED = 64 * MIB
GIVEN_UP_WITHIN = 10


class Origin:
    def __init__(self, port):
        self.address = f"http://127.0.0.1:{port}/stats"

    def read(self, name):
        with urllib.request.urlopen(self.address) as answer:
            return json.load(answer)[name]


def path_of(size, name):
    return f"/bench/{size}/{name}"


def download_by(port, path, size, readers):
    """Several readers at the same time; an error of any is raised."""
    errors = []

    def read():
        try:
            server.download(port, path, size)
        except Exception as error:  # It is raised below, for all to see.
            errors.append(error)

    threads = [threading.Thread(target=read) for _ in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def warm_up(port):
    for number in range(20):
        for size in (MIB, 8 * MIB):
            for _ in range(2):
                server.download(port, path_of(size, f"warm-{number}"), size)
    for number in range(3):
        download_by(port, path_of(SHARED, f"warm-{number}"), SHARED, 2)


def leave(port, path, clients):
    """Clients that ask, take a little, and close."""
    connections = []
    for _ in range(clients):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.sendall(server.head("GET", path))
        connections.append(connection)
    for connection in connections:
        taken = 0
        while taken < 256 * 1024:
            piece = connection.recv(65536)
            assert piece, "the answer broke off"
            taken += len(piece)
    for connection in connections:
        connection.close()


def given_up(origin, before):
    """Seconds until the origin's answer was broken off."""
    begin = time.monotonic()
    while origin.read("active") > 0:
        assert time.monotonic() - begin < GIVEN_UP_WITHIN, "the origin is still being read"
        time.sleep(0.01)
    assert origin.read("broken") > before, "the origin's answer was not broken off"
    return time.monotonic() - begin


def main():
    memory, port, origin = Memory(int(sys.argv[1])), int(sys.argv[2]), Origin(int(sys.argv[3]))
    warm_up(port)
    print("| what | before, MiB | most, MiB | added | bar | requests to the origin |")
    print("|---|---:|---:|---:|---:|---:|")

    def row(name, before, most, added, bar, requests):
        print(f"| {name} | {before / MIB:.0f} | {most / MIB:.0f} | {added} | {bar} | {requests} |", flush=True)

    def large(name, readers):
        before, asked = memory.now(), origin.read("requests")
        memory.reset_peak()
        download_by(port, path_of(LARGE, name), LARGE, readers)
        most = memory.peak()
        who = "one reader" if readers == 1 else f"{readers} readers"
        row(f"object of {LARGE >> 30} GiB that is not cached, {who}", before, most,
            f"{(most - before) / MIB:.1f} MiB", "32 MiB", origin.read("requests") - asked)

    def many(name, path):
        before, asked = memory.now(), origin.read("requests")
        held, taken = asyncio.run(server.crowd(memory, port, path))
        rate = taken / server.SLOW_SECONDS / 1000
        row(f"{CLIENTS} slow readers of 64 MiB, {name} (took {rate:.1f} kB/s each)", before, held,
            f"{(held - before) / CLIENTS / 1024:.1f} KiB each", "64 KiB each", origin.read("requests") - asked)

    large("alone", 1)
    large("shared", 2)
    many("not cached", path_of(SHARED, "crowd"))
    server.download(port, path_of(SHARED, "known"), SHARED)
    many("cached", path_of(SHARED, "known"))
    print()
    print("| who leaves | seconds until the origin's answer was given up | MiB that it had sent | bar |")
    print("|---|---:|---:|---:|")
    for clients in (1, 100):
        broken, sent = origin.read("broken"), origin.read("sent")
        leave(port, path_of(LARGE, f"left-by-{clients}"), clients)
        seconds = given_up(origin, broken)
        who = "the only reader" if clients == 1 else f"all of {clients} readers"
        print(f"| {who} | {seconds:.2f} | {(origin.read('sent') - sent) / MIB:.0f} | 5 s |", flush=True)


if __name__ == "__main__":
    main()
