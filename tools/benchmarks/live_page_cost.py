"""What an open live page costs the training beneath it.

    python -m tools.benchmarks.live_page_cost [PAIRS]

Trains the preset that the app opens with, again and again, in the app's own background thread: with a client that
polls as the page in a browser does, and without anybody looking, in turn. Compared are the seconds of training, a
pair at a time. Drawing the charts is the browser's work and is not in it.
"""

import asyncio
import json
import statistics
import sys
import tempfile
from collections.abc import Set
from pathlib import Path
from typing import Any

from serving import Server
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

START = "Start training"


class Tab:
    """As much of a browser's tab as it takes to press a button and to refresh what asks to be refreshed."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._timers: dict[str, asyncio.Task[None]] = {}  # what refreshes each fragment
        self._wanted: set[str] = set()  # fragments that asked for it since the script began
        self.buttons: dict[str, str] = {}
        self.refreshed = 0
        self._reading = asyncio.create_task(self._read())

    async def ask(self, pressed: str = "", fragment: str = "") -> None:
        message = BackMsg()
        message.rerun_script.fragment_id = fragment
        if pressed:
            message.rerun_script.widget_states.widgets.add(id=self.buttons[pressed], trigger_value=True)
        await self._socket.send(message.SerializeToString())

    async def _read(self) -> None:
        async for content in self._socket:
            message = ForwardMsg()
            message.ParseFromString(content)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self._wanted.clear()
            elif kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                self._cancel(self._timers.keys() - self._wanted)  # of the page as it was before
            elif kind == "auto_rerun":
                fragment, interval = message.auto_rerun.fragment_id, message.auto_rerun.interval
                self._wanted.add(fragment)
                self._cancel({fragment})
                self._timers[fragment] = asyncio.create_task(self._refresh(fragment, interval))
            elif kind == "delta" and message.delta.new_element.WhichOneof("type") == "button":
                button = message.delta.new_element.button
                self.buttons[button.label] = button.id

    async def _refresh(self, fragment: str, interval: float) -> None:
        while True:
            await asyncio.sleep(interval)
            self.refreshed += 1
            await self.ask(fragment=fragment)

    def _cancel(self, fragments: Set[str]) -> None:
        for fragment in fragments & self._timers.keys():
            self._timers.pop(fragment).cancel()

    async def button(self, label: str) -> None:
        """Wait until the page has this button."""
        while label not in self.buttons:
            await asyncio.sleep(0.1)
            self.check()

    def check(self) -> None:
        """Raise what went wrong while reading."""
        if self._reading.done():
            self._reading.result()

    def close(self) -> None:
        self._cancel(self._timers.keys())
        self._reading.cancel()


async def train(server: Server, watched: bool) -> tuple[float, int]:
    """Press Start, and stay or go: seconds of training, and how often something was refreshed."""
    before = _runs(server)
    address = f"ws://127.0.0.1:{server.port}/_stcore/stream"
    async with connect(address, subprotocols=["streamlit"], max_size=None) as socket:  # type: ignore[list-item]
        tab = Tab(socket)
        await tab.ask()
        await tab.button(START)
        await asyncio.sleep(10)  # torch, the images and the compiled loops are ready by then
        await tab.ask(pressed=START)
        while _runs(server).keys() == before.keys():
            await asyncio.sleep(0.05)
        run = (_runs(server).keys() - before.keys()).pop()
        if watched:
            await _end(server, run)
            tab.check()
        tab.close()
    await _end(server, run)
    return float(_runs(server)[run]["train_seconds"]), tab.refreshed if watched else 0


async def _end(server: Server, run: str) -> None:
    while (found := _runs(server)[run])["state"] != "done":
        assert not found["message"], found["message"]
        await asyncio.sleep(0.2)


def _runs(server: Server) -> dict[str, dict[str, Any]]:
    return {path.parent.name: json.loads(path.read_bytes()) for path in server.home.glob("runs/*/run.json")}


async def main(pairs: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "playground")
        try:
            await train(server, watched=False)  # warm
            costs = []
            for pair in range(pairs):
                order = (True, False) if pair % 2 else (False, True)
                found = {watched: await train(server, watched) for watched in order}
                (seen, refreshed), (alone, _) = found[True], found[False]
                costs.append(seen / alone - 1)
                print(
                    f"alone {alone:.2f} s, watched {seen:.2f} s ({refreshed} refreshes): {costs[-1]:+.1%}",
                    flush=True,
                )
        finally:
            server.kill()
    middle, spread = statistics.median(costs), statistics.stdev(costs) if pairs > 1 else 0.0
    print(
        f"median {middle:+.1%}, mean {statistics.fmean(costs):+.1%}, standard deviation {spread:.1%}, n = {pairs}"
    )


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 7))
