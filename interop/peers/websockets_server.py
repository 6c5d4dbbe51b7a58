"""The server of Python's websockets: sends back what it gets. Prints its port."""
import asyncio

import websockets


async def echo(websocket):
    async for message in websocket:
        if message == "close me":
            await websocket.close(4003, "asked")
        else:
            await websocket.send(message)


async def main():
    async with websockets.serve(
        echo, "127.0.0.1", 0, subprotocols=["echo.v1"], max_size=None
    ) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


asyncio.run(main())
