"""What stands in front of several apps: it hands on what is asked for under one path, and knows nothing else."""

import asyncio
import threading

from serving import free_port


class Proxy:
    """`/lab/one/...` of this port is the app's; with `strips` the app is not told of that path."""

    def __init__(self, path: str, app: int, strips: bool) -> None:
        self.path, self.app, self.strips, self.port = path, app, strips, free_port()
        self.url = f"http://127.0.0.1:{self.port}{path}"
        self.loop, ready = asyncio.new_event_loop(), threading.Event()

        def serve() -> None:
            asyncio.set_event_loop(self.loop)
            self.loop.run_until_complete(asyncio.start_server(self._answer, "127.0.0.1", self.port))
            ready.set()
            self.loop.run_forever()
            left = asyncio.all_tasks(self.loop)
            for each in left:
                each.cancel()
            self.loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
            self.loop.close()

        self.thread = threading.Thread(target=serve, daemon=True)
        self.thread.start()
        ready.wait()

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            first, rest = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n", 1)
            method, target, version = first.decode().split(" ")
            if target.startswith(self.path + "/"):
                target = target.removeprefix(self.path) if self.strips else target
                if b"upgrade: websocket" not in rest.lower():
                    rest = b"Connection: close\r\n" + rest.replace(b"Connection: keep-alive\r\n", b"")
                there, to_app = await asyncio.open_connection("127.0.0.1", self.app)
                to_app.write(f"{method} {target} {version}\r\n".encode() + rest)
                await asyncio.gather(_hand_on(reader, to_app), _hand_on(there, writer))
            else:
                writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        except (OSError, asyncio.IncompleteReadError):
            pass  # a browser that closes a connection it did not need
        finally:
            writer.close()


async def _hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()
