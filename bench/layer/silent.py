"""A server that hangs: it takes every connection, and whatever comes, and answers nothing.

    bench/layer/silent.py PORT
"""

import asyncio
import sys


async def swallow(reader, writer):
    while await reader.read(65536):
        pass
    writer.close()


async def main():
    server = await asyncio.start_server(swallow, "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
