"""A small ASGI service; ``PROFILED=1`` puts perftool's endpoints around it. Its hot handler is slow on purpose."""

import json
import os

TEXT = "the quick brown fox jumps over the lazy dog " * 4


def count_words(times):
    """Count words the slow way: what a profile has to find."""
    seen = {}
    for _ in range(times):
        for word in TEXT.split():
            seen[word] = seen.get(word, 0) + len(word)
    return seen


def listed(number):
    """Make a small answer."""
    return [{"id": i, "name": f"entry {i}"} for i in range(number)]


async def hot():
    """Answer what takes most of the time."""
    return count_words(40)


async def warm():
    """Answer something usual."""
    return listed(40)


async def cold():
    """Answer at once."""
    return {"ok": True}


ROUTES = {"/hot": hot, "/warm": warm, "/cold": cold}


async def service(scope, receive, send):
    """Answer one request."""
    if scope["type"] == "lifespan":
        while True:
            kind = (await receive())["type"]
            await send({"type": f"{kind}.complete"})
            if kind == "lifespan.shutdown":
                return
    handler = ROUTES.get(scope["path"])
    body = json.dumps(await handler() if handler else {"error": "not found"}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200 if handler else 404, "headers": headers})
    await send({"type": "http.response.body", "body": body})


app = service
if os.environ.get("PROFILED"):
    import perftool.profiling

    app = perftool.profiling.asgi(service)
