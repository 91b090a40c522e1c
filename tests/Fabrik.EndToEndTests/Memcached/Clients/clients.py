"""pymemcache (text), and pylibmc (libmemcached: text and binary): clients.py PORT"""
import sys

import pylibmc
from pymemcache.client.base import Client

port = int(sys.argv[1])


def with_pymemcache():
    client = Client(("127.0.0.1", port), timeout=10, default_noreply=False)
    assert client.set("one", b"1", expire=100)
    assert client.get("one") == b"1"
    assert client.get("none") is None
    assert not client.add("one", b"2")
    assert client.replace("one", b"2")
    assert client.append("one", b"3") and client.prepend("one", b"1")
    value, unique = client.gets("one")
    assert value == b"123"
    assert client.cas("one", b"new", unique) is True
    assert client.cas("one", b"newer", unique) is False
    assert client.set("count", b"10")
    assert client.incr("count", 5) == 15 and client.decr("count", 1) == 14
    keys = {f"key{i}": b"value of %d" % i for i in range(300)}
    assert client.set_many(keys) == []
    assert client.get_many(list(keys) + ["none"]) == keys
    assert set(client.gets_many(list(keys))) == set(keys)
    assert client.touch("one", 50)
    assert client.delete("one") and not client.delete("one")
    assert client.set("one", b"quiet", noreply=True)
    assert client.get("one") == b"quiet"
    assert client.version().startswith(b"1.6")
    assert client.stats()
    assert client.delete_many(list(keys))
    client.quit()


def with_pylibmc(**options):
    client = pylibmc.Client(["127.0.0.1:%d" % port], behaviors={"tcp_nodelay": True, "cas": True}, **options)
    assert client.set("one", {"a": [1, 2]}, time=100)
    assert client.get("one") == {"a": [1, 2]}
    assert client.get("none") is None
    keys = {f"key{i}": i for i in range(300)}
    assert client.set_multi(keys) == []
    assert client.get_multi(list(keys) + ["none"]) == keys
    assert client.set("text", "b") and client.append("text", "c") and client.prepend("text", "a")
    value, unique = client.gets("text")
    assert client.cas("text", "new", unique) and not client.cas("text", "newer", unique)
    assert client.set("count", 10)
    assert client.incr("count", 5) == 15 and client.decr("count", 1) == 14
    assert client.touch("one", 50)
    assert client.delete("one") and not client.delete("one")
    assert client.set("large", b"x" * 700000) and client.get("large") == b"x" * 700000
    client.disconnect_all()


with_pymemcache()
with_pylibmc()
with_pylibmc(binary=True)
print("all is well")
