"""The client of Python's websockets. The URL is the last argument."""
import asyncio
import json
import sys

import websockets


async def main(url):
    async with websockets.connect(
        url, subprotocols=["unknown.v9", "echo.v1"], max_size=None
    ) as websocket:
        try:
            async for message in websocket:
                if message == "close me":
                    await websocket.close(4003, "asked")
                else:
                    await websocket.send(message)
        except websockets.ConnectionClosed:
            pass
        end = {
            "code": websocket.close_code,
            "reason": websocket.close_reason,
            "clean": websocket.close_code != 1006,
            "subprotocol": websocket.subprotocol,
        }
        print(json.dumps(end))


asyncio.run(main(sys.argv[-1]))
