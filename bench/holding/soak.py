"""A mixed load on a caching proxy, and what it held meanwhile: soak.py PORT API_PORT

SOAK_MINUTES (2) is how long, SOAK_HEADS (33000) how many heads are asked for before that: all that memory keeps. Hits,
misses, ranges, purges, reloads of the configuration, and clients that leave. Any answer that is wrong ends it. The
origin is origin.py.
"""
import asyncio
import json
import os
import random
import sys
import time

MINUTES = float(os.environ.get("SOAK_MINUTES", "2"))
HEADS = int(os.environ.get("SOAK_HEADS", "33000"))
POINTS = 8
MIB = 1 << 20
SHARED = f"/bench/{64 * MIB}/soaked"
SIZES = (1000, 4096, 65536, 300_000, 2 * MIB)
SAMPLED = {
    "process_resident_memory_bytes": "rss", "dotnet_gc_heap_bytes": "heap", "fabrik_proxy_slice_memory_bytes": "slices",
    "fabrik_proxy_heads": "heads", "process_open_fds": "files",
}


class Client:
    """One kept-alive connection."""

    def __init__(self, port):
        self.port = port
        self.writer = None

    async def ask(self, method, path, *headers, body=b"", take=None):
        """The status and the length of the body; with take, of its beginning, and then the connection is closed."""
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        length = f"Content-Length: {len(body)}"
        self.writer.write("\r\n".join([f"{method} {path} HTTP/1.1", "Host: soak", length, *headers, "", ""]).encode())
        self.writer.write(body)
        head = await self.reader.readuntil(b"\r\n\r\n")
        status, size = int(head.split(b" ", 2)[1]), 0
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                size = int(line.split(b":")[1])
        left = size if take is None else min(take, size)
        self.body = b""
        while left > 0:
            self.body = await self.reader.read(min(left, 256 * 1024))
            assert self.body, f"{method} {path}: the answer broke off"
            left -= len(self.body)
        if take is not None:
            self.writer.transport.abort()
            self.writer = None
        return status, size


async def get(client, counts, kind, path, size, *headers, status=200, take=None):
    answer = await client.ask("GET", path, *headers, take=take)
    assert answer == (status, size), f"GET {path}: {answer}, expected {(status, size)}"
    counts[kind] = counts.get(kind, 0) + 1


async def read(port, counts, end, seed):
    chance, client = random.Random(seed), Client(port)
    number = 0
    while time.monotonic() < end:
        number += 1
        what, size = chance.random(), chance.choice(SIZES)
        if what < 0.5:
            await get(client, counts, "hits", f"/bench/{size}/hit-{chance.randrange(20)}", size)
        elif what < 0.7:
            await get(client, counts, "misses", f"/bench/{size}/miss-{seed}-{number}", size)
        elif what < 0.95:
            first, count = chance.randrange(63 * MIB), chance.choice((1, 1000, 65536, MIB))
            part = f"Range: bytes={first}-{first + count - 1}"
            await get(client, counts, "ranges", SHARED, count, part, status=206)
        else:
            path = f"/bench/{64 * MIB}/left-{seed}-{number}"
            await get(client, counts, "left", path, 64 * MIB, take=256 * 1024)


async def operate(api, counts, end):
    client = Client(api)
    number = 0
    while time.monotonic() < end:
        number += 1
        what, path, body = "purges", "purge", {"bucket": "open", "glob": "**/hit-1*", "soft": number % 2 == 0}
        if number % 5 == 0:
            what, path, body = "reloads", "reload", {}
        prefix = "/api/v1/" if what == "reloads" else "/api/v1/s3-proxy/"
        status, _ = await client.ask("POST", prefix + path, body=json.dumps(body).encode())
        assert status == 200, f"{path}: {status}"
        counts[what] = counts.get(what, 0) + 1
        await asyncio.sleep(1)


async def sample(api, samples, end):
    begin = time.monotonic()
    while time.monotonic() < end:
        reader, writer = await asyncio.open_connection("127.0.0.1", api)
        writer.write(b"GET /metrics HTTP/1.1\r\nHost: soak\r\nConnection: close\r\n\r\n")
        lines = (await reader.read()).decode().splitlines()
        writer.close()
        now = {"at": time.monotonic() - begin}
        for line in lines:
            name, _, value = line.partition(" ")
            if name in SAMPLED:
                now[SAMPLED[name]] = float(value)
        samples.append(now)
        await asyncio.sleep(1)


async def fill(port):
    async def some(part):
        client = Client(port)
        for number in range(HEADS // 16):
            await client.ask("GET", f"/bench/1000/head-{part}-{number}")

    await asyncio.gather(*(some(part) for part in range(16)))


def slope(samples, name):
    """MiB in a minute, by least squares."""
    at = [one["at"] / 60 for one in samples]
    values = [one[name] / MIB for one in samples]
    middle, mean = sum(at) / len(at), sum(values) / len(values)
    return sum((x - middle) * (y - mean) for x, y in zip(at, values)) / sum((x - middle) ** 2 for x in at)


def report(samples, counts):
    print("| minute | resident, MiB: mean | most | GC heap, MiB | slices on their way, MiB | heads | open files |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    for point in range(POINTS):
        some = samples[point * len(samples) // POINTS:(point + 1) * len(samples) // POINTS]

        def mean(name):
            return sum(one[name] for one in some) / len(some)

        print(f"| {some[-1]['at'] / 60:.2f} | {mean('rss') / MIB:.0f} | {max(one['rss'] for one in some) / MIB:.0f} | "
              f"{mean('heap') / MIB:.0f} | {mean('slices') / MIB:.1f} | {mean('heads'):.0f} | {mean('files'):.0f} |")
    # What is compiled, pooled and cached for the first time is growth, but not a leak.
    later = samples[len(samples) // 3:]
    print()
    print(f"Behind the first third: resident {slope(later, 'rss'):+.1f} MiB a minute, GC heap "
          f"{slope(later, 'heap'):+.1f} MiB a minute (least squares). "
          + ", ".join(f"{count} {what}" for what, count in sorted(counts.items())) + ".")


async def main():
    port, api = int(sys.argv[1]), int(sys.argv[2])
    await fill(port)
    samples, counts = [], {}
    end = time.monotonic() + MINUTES * 60
    await asyncio.gather(
        sample(api, samples, end), operate(api, counts, end), *(read(port, counts, end, seed) for seed in range(16)))
    report(samples, counts)


if __name__ == "__main__":
    asyncio.run(main())
