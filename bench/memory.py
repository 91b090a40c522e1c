"""Asks a server in the ways that could make it hold memory, and prints a table of what it held.

    bench/memory.py PID PORT

Needs the server's process, because memory is read from /proc. Bodies are made while they are sent.
"""

import asyncio
import os
import random
import socket
import sys
import time

MIB = 1024 * 1024
GIB = 1024 * MIB
CLIENTS = 1000
LARGE = int(os.environ.get("LARGE_GIB", "4")) * GIB
SLOW_SIZE = 16 * MIB
SLOW_RATE = 10_000
SLOW_SECONDS = 20
CHUNK = random.Random(1).randbytes(MIB)


class Memory:
    """Resident memory of a process: what it is now, and the most since it was last reset."""

    def __init__(self, pid):
        self.pid = pid

    def read(self, field):
        with open(f"/proc/{self.pid}/status", encoding="ascii") as status:
            for line in status:
                if line.startswith(field + ":"):
                    return int(line.split()[1]) * 1024
        raise KeyError(field)

    def now(self):
        return self.read("VmRSS")

    def peak(self):
        return self.read("VmHWM")

    def reset_peak(self):
        with open(f"/proc/{self.pid}/clear_refs", "w", encoding="ascii") as refs:
            refs.write("5")


def head(method, path, *headers):
    lines = [f"{method} {path} HTTP/1.1", "Host: bench", *headers, "", ""]
    return "\r\n".join(lines).encode()


def read_status(stream):
    status = int(stream.readline().split()[1])
    length = 0
    while (line := stream.readline().strip()):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return status, length


def block(number):
    """A MiB that no other block repeats as a whole."""
    return number.to_bytes(8, "little") + CHUNK[8:]


def upload(port, path, size, chunked):
    framing = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {size}"
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(head("PUT", path, framing))
        for number in range(size // MIB):
            piece = block(number)
            connection.sendall(b"%x\r\n" % len(piece) + piece + b"\r\n" if chunked else piece)
        if chunked:
            connection.sendall(b"0\r\n\r\n")
        status, _ = read_status(connection.makefile("rb"))
        assert status in (200, 201), f"PUT {path}: {status}"


def download(port, path, size):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(head("GET", path))
        stream = connection.makefile("rb")
        status, length = read_status(stream)
        assert (status, length) == (200, size), f"GET {path}: {status}, {length} bytes"
        buffer = bytearray(MIB)
        while length > 0:
            count = stream.readinto(buffer)
            assert count, "the download broke off"
            length -= count


async def open_slow(port, path):
    connection = socket.socket()
    # What the client's own system would take in for it would hide how slow it is.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
    connection.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(connection, ("127.0.0.1", port))
    if path:
        await loop.sock_sendall(connection, head("GET", path))
    return connection


async def read_slowly(connection, seconds):
    loop = asyncio.get_running_loop()
    begin = time.monotonic()
    taken = 0
    while time.monotonic() < begin + seconds:
        piece = await loop.sock_recv(connection, SLOW_RATE)
        assert piece, "a slow client was cut off"
        taken += len(piece)
        await asyncio.sleep(max(0, begin + taken / SLOW_RATE - time.monotonic()))
    return taken


async def crowd(memory, port, path):
    """Memory with many clients, and what they took on average."""
    connections = [await open_slow(port, path) for _ in range(CLIENTS)]
    taken = [0]
    if path:
        taken = await asyncio.gather(*(read_slowly(each, SLOW_SECONDS) for each in connections))
    else:
        await asyncio.sleep(5)
    held = memory.now()
    for each in connections:
        each.close()
    await asyncio.sleep(2)
    return held, sum(taken) / len(taken)


def main():
    memory, port = Memory(int(sys.argv[1])), int(sys.argv[2])
    # What every process pays once: compiled code, pools, the index's own buffers.
    for number in range(20):
        upload(port, f"/http/warm/{number}", 8 * MIB, chunked=number % 2 == 0)
        download(port, f"/http/warm/{number}", 8 * MIB)
    upload(port, "/http/slow", SLOW_SIZE, chunked=False)
    print("| what | before, MiB | most, MiB | added | bar |")
    print("|---|---:|---:|---:|---:|")

    def row(name, before, most, added, bar):
        print(f"| {name} | {before / MIB:.0f} | {most / MIB:.0f} | {added} | {bar} |", flush=True)

    def large(name, action):
        before = memory.now()
        memory.reset_peak()
        action()
        most = memory.peak()
        row(name, before, most, f"{(most - before) / MIB:.1f} MiB", "32 MiB")

    def many(name, path):
        before = memory.now()
        held, taken = asyncio.run(crowd(memory, port, path))
        each = (held - before) / CLIENTS / 1024
        rate = f" (took {taken / SLOW_SECONDS / 1000:.1f} kB/s each)" if path else ""
        row(name + rate, before, held, f"{each:.1f} KiB each", "64 KiB each")

    gib = LARGE // GIB
    large(f"upload of {gib} GiB with its length", lambda: upload(port, "/http/length", LARGE, chunked=False))
    large(f"upload of {gib} GiB in chunks", lambda: upload(port, "/http/chunked", LARGE, chunked=True))
    large(f"download of {gib} GiB", lambda: download(port, "/http/length", LARGE))
    many(f"{CLIENTS} idle connections", None)
    many(f"{CLIENTS} slow downloads of 16 MiB", "/http/slow")


if __name__ == "__main__":
    main()
