"""A process like those of bot/workers.py, whose core does as it is told: `python -m tests.ops.a_worker FD`."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from typing import Any

from bot.workers import answer_calls
from channels.messages import IncomingMessage, Reply, Turn


class ToldCore:
    """Says which process it is in; "die" ends that, "fail" raises, "wait" lets others pass."""

    def __init__(self) -> None:
        self.stopped = 0

    async def handle(self, message: IncomingMessage) -> Turn:
        if message.text == "die":
            os._exit(3)
        if message.text == "fail":
            raise ValueError("as told")
        if message.text == "hang":
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.stopped += 1
                raise
        if message.text == "wait":
            await asyncio.sleep(0.2)
        return Turn("answered", (Reply(f"{os.getpid()}"),))

    async def understand(self, text: str) -> dict[str, Any]:
        return {"text": text, "stopped": self.stopped}

    def forget_old(self, now: object) -> int:
        return 2

    def ping(self) -> None:
        return None


if __name__ == "__main__":
    if os.environ.get("NEVER_READY"):
        sys.exit(1)
    with socket.socket(fileno=int(sys.argv[1])) as line:
        asyncio.run(answer_calls(ToldCore(), line))
