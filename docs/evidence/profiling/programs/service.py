"""A small service on asyncio and clients that ask it, in one process: sockets, tasks, JSON."""

import asyncio
import json
import sys

from measured import measured

CLIENTS = 8


async def answer(reader, writer):
    """Answer one client."""
    while line := await reader.readline():
        asked = json.loads(line)
        words = sorted(asked["text"].split())
        body = {"words": words, "longest": max(words, key=len), "count": len(words)}
        writer.write(json.dumps(body).encode() + b"\n")
        await writer.drain()
    writer.close()


async def ask(port, times):
    """Ask so many times."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    question = json.dumps({"text": "the quick brown fox jumps over the lazy dog " * 3}).encode() + b"\n"
    for _ in range(times):
        writer.write(question)
        await reader.readline()
    writer.close()
    await writer.wait_closed()


async def serve(rounds):
    """Serve all clients."""
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        await asyncio.gather(*(ask(port, rounds // CLIENTS) for _ in range(CLIENTS)))


def work(rounds):
    """Serve so many questions."""
    asyncio.run(serve(rounds))


work(CLIENTS * 5)
measured(work, int(sys.argv[1]))
