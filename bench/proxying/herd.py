"""Many clients ask for one object at the same time, each on a connection of its own: herd.py PORT PATH CLIENTS SIZE

Prints a line as requests.lua does: answers, microseconds until all had theirs, p50 and p99, errors, bytes. An answer
that is not 200 or does not have SIZE bytes is an error.
"""
import selectors
import socket
import sys
import time

LIMIT = 120


class Client:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.head = b""
        self.received = -1
        self.took = None

    def take(self, data: memoryview, size: int) -> bool:
        """Takes what came; whether that was the last of it."""
        if self.received < 0:
            self.head += bytes(data)
            end = self.head.find(b"\r\n\r\n")
            if end < 0:
                return not data
            if not self.head.startswith(b"HTTP/1.1 200 "):
                return True
            self.received = len(self.head) - end - 4
        else:
            self.received += len(data)
        return self.received >= size or not data


def run(port: int, path: str, count: int, size: int) -> None:
    clients = [Client(port) for _ in range(count)]
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    buffer = memoryview(bytearray(1 << 20))
    start = time.monotonic()
    with selectors.DefaultSelector() as selector:
        for client in clients:
            client.socket.sendall(request)
            selector.register(client.socket, selectors.EVENT_READ, client)
        while selector.get_map() and time.monotonic() - start < LIMIT:
            for key, _ in selector.select(1):
                client = key.data
                read = client.socket.recv_into(buffer)
                if client.take(buffer[:read], size):
                    selector.unregister(client.socket)
                    if client.received == size:
                        client.took = time.monotonic() - start
    took = sorted(client.took for client in clients if client.took is not None)
    total = sum(max(0, client.received) for client in clients)
    if not took:
        sys.exit(f"no client had an answer; one had {clients[0].head[:200]!r}")
    print(
        "RESULT", len(took), round(took[-1] * 1e6), round(took[len(took) // 2] * 1e6),
        round(took[len(took) * 99 // 100] * 1e6), count - len(took), total)


run(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
