"""The server of Python's aiohttp: sends back what it gets. Prints its port."""
import asyncio

from aiohttp import WSMsgType, web


async def echo(request):
    websocket = web.WebSocketResponse(protocols=["echo.v1"], max_msg_size=0)
    await websocket.prepare(request)
    async for message in websocket:
        if message.type == WSMsgType.TEXT and message.data == "close me":
            await websocket.close(code=4003, message=b"asked")
        elif message.type == WSMsgType.TEXT:
            await websocket.send_str(message.data)
        elif message.type == WSMsgType.BINARY:
            await websocket.send_bytes(message.data)
    return websocket


async def main():
    app = web.Application()
    app.router.add_get("/", echo)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(site._server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Future()


asyncio.run(main())
