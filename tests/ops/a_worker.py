"""A process like those of bot/workers.py, whose core does as it is told: `python -m tests.ops.a_worker FD`."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
from typing import Any

from bot.workers import answer_calls
from channels.messages import IncomingMessage, Reply, Turn


class ToldCore:
    """Says which process it is in; "die" ends that, "fail" raises, "block" stops it, "wait" lets others pass.

    Having waited, it makes the folder that `WAITED` names.
    """

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
        if message.text == "block":
            time.sleep(60)  # noqa: ASYNC251
        if message.text == "wait":
            await asyncio.sleep(0.2)
            if "WAITED" in os.environ:
                os.mkdir(os.environ["WAITED"])
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
    time.sleep(float(os.environ.get("SLOW_START", "0")))
    with socket.socket(fileno=int(sys.argv[1])) as line:
        asyncio.run(answer_calls(ToldCore(), line))
