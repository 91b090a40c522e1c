"""An origin of objects of any size, which it makes while it sends them: origin.py PORT

/BUCKET/SIZE/NAME has SIZE bytes, any other path 4096; no MiB of any object is like another. /stats says how many
requests there were, how many bytes were sent, how many answers are under way, and how many were broken off.
"""
import hashlib
import json
import random
import socketserver
import sys
import threading

MIB = 1 << 20
SMALL = 4096
FILLING = random.Random(1).randbytes(MIB)


class Counts:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.values = {"requests": 0, "sent": 0, "active": 0, "broken": 0}

    def add(self, **changes: int) -> None:
        with self.lock:
            for name, change in changes.items():
                self.values[name] += change

    def read(self) -> bytes:
        with self.lock:
            return json.dumps(self.values).encode()


COUNTS = Counts()


def size_of(path: str) -> int:
    parts = path.split("?")[0].split("/")
    return int(parts[2]) if len(parts) > 3 and parts[2].isdigit() else SMALL


def part_of(value: str, size: int) -> tuple[int, int]:
    first, _, last = value.removeprefix("bytes=").partition("-")
    return int(first), min(size, int(last) + 1 if last else size)


class Connection(socketserver.StreamRequestHandler):
    wbufsize = 0

    def handle(self) -> None:
        self.block = memoryview(bytearray(FILLING))
        try:
            while line := self.rfile.readline():
                method, path, _ = line.decode("latin-1").split()
                fields = {}
                while (field := self.rfile.readline().strip()):
                    name, _, value = field.decode("latin-1").partition(":")
                    fields[name.lower()] = value.strip()
                self.answer(method, path, fields)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def answer(self, method: str, path: str, fields: dict) -> None:
        if path == "/stats":
            body = COUNTS.read()
            self.connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            return
        size = size_of(path)
        first, end = part_of(fields["range"], size) if "range" in fields else (0, size)
        name = hashlib.sha256(path.encode()).digest()[:8]
        status = f"206 Partial Content\r\nContent-Range: bytes {first}-{end - 1}/{size}" \
            if "range" in fields else "200 OK"
        head = (f"HTTP/1.1 {status}\r\nContent-Length: {end - first}\r\nETag: \"{name.hex()}\"\r\n"
                "Cache-Control: public, max-age=86400\r\n\r\n")
        COUNTS.add(requests=1, active=1)
        try:
            self.connection.sendall(head.encode())
            if method == "GET":
                self.send(name, first, end)
        except OSError:
            COUNTS.add(broken=1)
            raise
        finally:
            COUNTS.add(active=-1)

    def send(self, name: bytes, first: int, end: int) -> None:
        self.block[:8] = name
        while first < end:
            self.block[8:16] = (first // MIB).to_bytes(8, "little")
            within = first % MIB
            count = min(MIB - within, end - first)
            self.connection.sendall(self.block[within:within + count])
            COUNTS.add(sent=count)
            first += count


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 1024


Server(("127.0.0.1", int(sys.argv[1])), Connection).serve_forever()
