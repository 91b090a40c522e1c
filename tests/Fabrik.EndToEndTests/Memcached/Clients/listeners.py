"""pymemcache, by TLS and by a Unix socket: listeners.py TLS_PORT CA_FILE SOCKET"""
import ssl
import sys

from pymemcache.client.base import Client

port, authority, socket = sys.argv[1:]
by_tls = Client(("127.0.0.1", int(port)), timeout=10, tls_context=ssl.create_default_context(cafile=authority))
by_socket = Client(socket, timeout=10)
large = b"x" * 700000
for writer, reader in ((by_tls, by_socket), (by_socket, by_tls)):
    values = {f"key{i}": b"value %d" % i for i in range(300)}
    values["large"] = large
    assert writer.set_many(values, noreply=False) == []
    assert reader.get_many(list(values)) == values
    assert reader.delete_many(list(values), noreply=False)
    assert writer.get("large") is None

try:
    Client(("127.0.0.1", int(port)), timeout=10, tls_context=ssl.create_default_context()).get("key")
except ssl.SSLCertVerificationError:
    print("all is well")
