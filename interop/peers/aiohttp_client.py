"""The client of Python's aiohttp. The URL is the last argument."""
import asyncio
import json
import sys

import aiohttp


async def main(url):
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(
            url, protocols=["unknown.v9", "echo.v1"], max_msg_size=0, compress=15
        ) as websocket:
            reason = ""
            while True:
                message = await websocket.receive()
                if message.type == aiohttp.WSMsgType.TEXT and message.data == "close me":
                    await websocket.close(code=4003, message=b"asked")
                    break
                if message.type == aiohttp.WSMsgType.TEXT:
                    await websocket.send_str(message.data)
                elif message.type == aiohttp.WSMsgType.BINARY:
                    await websocket.send_bytes(message.data)
                else:
                    reason = message.extra or ""
                    break
            end = {
                "code": websocket.close_code,
                "reason": reason,
                "clean": websocket.close_code != 1006,
                "subprotocol": websocket.protocol,
            }
            print(json.dumps(end))


asyncio.run(main(sys.argv[-1]))
