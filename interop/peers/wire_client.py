"""A client of Tautline in Python, written from docs/3-reference/wire.md alone: the proof that the page is enough, and an example to
begin from. It leaves out rosters, tokens that end, and the binary codec.

In: the URL of a hub and a token; then commands, one JSON object on each line of the standard input (`obey`). Out: what happens, one JSON
object on each line. Fails: ends when the hub says to stay away; from everything else it comes back by itself.

`Link` is one connection. `Client` holds what outlives connections: the stay, and requests without an answer. `Followed` is what a client does
with the messages of a channel, and keeps the position; `Producer` numbers what is published, so that it is in the log once."""
import asyncio
import base64
import itertools
import json
import random
import secrets
import sys
import time
from collections import deque

import websockets

FRAME_CHARACTERS = 1_048_576
CHANNELS_IN_RESUME = 128
MAX_REQUESTS = 10_000  # of ours, sent or kept back; more are not taken
MAX_REPAIRS = 3  # how often in a row a channel is asked for again on one connection
ANSWER_WITHIN = 10.0  # seconds, for a connection and for its welcome
HEARTBEAT = 2.0  # seconds of silence until a ping, and from there until the connection counts as lost
FIRST_CEILING, LAST_CEILING = 0.2, 20.0  # seconds, of the random wait before the client comes back
STEADY = 2.0  # seconds that a connection has to last until the ceiling begins anew


class Ended(Exception):
    """A connection ended, or never began. The code says whether to come back, and `retry_after` when at the earliest."""

    def __init__(self, code, name, reason="", retry_after=0.0):
        super().__init__(reason)
        self.code, self.name, self.reason, self.retry_after = code, name, reason, retry_after
        self.stay_away = 4500 <= code <= 4999


class Followed:
    """One channel. `last` is the position to come back with; `values` has of a state the latest publication of each key."""

    def __init__(self, client, name, since):
        self.client, self.name, self.last = client, name, since
        self.live = self.caught_up = False
        self.kind, self.values, self.collected, self.repairs = None, {}, None, 0

    def tell(self, what, **more):
        self.client.tell(what, channel=self.name, **more)

    def wanted(self):
        return {"channel": self.name, **({"since": self.last} if self.last else {})}

    def ask(self):
        if self.client.link and self.client.channels.get(self.name) is self and not self.live:
            self.client.request({"type": "subscribe", **self.wanted()}, self.answered)

    def answered(self, answer):
        """To `subscribe`, or for this channel to `resume`."""
        if answer["type"] == "subscribed":
            self.live, self.caught_up, self.kind = True, False, answer["kind"]
            self.collected = {} if answer.get("snapshot") else dict(self.values)
            if "gap" in answer:
                self.tell("gap", gap=answer["gap"])
            if self.kind == "log":
                self.last = answer["position"]
        elif answer["retryable"]:
            asyncio.get_running_loop().call_later(random.uniform(0.5, 1.5), self.ask)
        else:
            self.client.channels.pop(self.name, None)
            self.tell("refused", code=answer["code"])

    def repair(self):
        """Something is missing: leave, and ask again from `last` on. What comes until then is not looked at."""
        self.repairs += 1
        if self.repairs > MAX_REPAIRS:
            raise ValueError(f"{self.name} cannot be followed")
        self.tell("unlinked")
        self.live = False
        self.client.request({"type": "unsubscribe", "channel": self.name}, ignore)
        self.ask()

    def take(self, message):
        if self.live:
            getattr(self, "on_" + message["type"])(message)

    def on_publication(self, message):
        entry = message["publication"]
        if self.kind == "state":
            return self.set(entry)
        place = {**self.last, "offset": entry["offset"], "id": entry["id"]}
        if entry["prev"] == {"offset": self.last["offset"], "id": self.last["id"]}:
            self.last, self.repairs = place, 0
            self.tell("publication", offset=entry["offset"], data=content(entry), by=entry.get("by"))
        elif place != self.last and entry["offset"] >= self.last["offset"]:
            self.repair()

    def set(self, entry):
        if self.caught_up:
            if entry["offset"] <= self.last["offset"]:
                return
            self.last = {**self.last, "offset": entry["offset"], "id": entry["id"]}
            self.tell("changed", key=entry["key"], data=content(entry), removed="removed" in entry)
        values = self.values if self.collected is None else self.collected
        values[entry["key"]] = entry
        if "removed" in entry:
            del values[entry["key"]]

    def on_advance(self, message):
        if (self.kind == "log" or self.caught_up) and message["to"]["offset"] >= self.last["offset"]:
            self.last = message["to"]

    def on_gap(self, message):
        self.tell("gap", gap=message["gap"])
        if self.kind == "state":
            self.collected, self.caught_up = {}, False
        else:
            self.last = message["gap"]["to"]

    def on_caughtUp(self, message):
        if self.kind == "log" and message["position"] != self.last:
            return self.repair()
        self.caught_up = True
        if self.kind == "state":
            self.last = message["position"]
            self.values, self.collected = self.collected, None
        self.tell("caughtUp", position=self.last, values={key: content(entry) for key, entry in self.values.items()})

    def on_signal(self, message):
        self.tell("signal", data=content(message), event=message.get("event"), by=message.get("by"))


class Entry:
    """Something to publish. `unsure`: it may be in the log, though nobody said so. `refused`: the code of the latest refusal."""

    def __init__(self, said, tag):
        self.said, self.tag, self.seq, self.unsure, self.refused = said, tag, 0, False, None


class Producer:
    """Numbers what is published in one channel. `open` has in their order the entries without a final answer."""

    def __init__(self, client, channel):
        self.client, self.channel, self.open = client, channel, deque()
        self.waiting, self.settling = 0, False  # for so many answers; nothing more is sent before they are here
        self.name, self.epoch, self.first, self.last = secrets.token_urlsafe(16), 1, 1, 0
        self.lost = self.nameless = False

    def begin_anew(self):
        """Beyond all numbers that were used, so that what is under way yet is fenced."""
        self.epoch, self.first = self.epoch + 1, self.last + 1
        if self.nameless:
            self.name, self.epoch = secrets.token_urlsafe(16), 1
        self.lost = self.nameless = False

    def publish(self, said, tag):
        self.open.append(Entry(said, tag))
        if not self.settling:
            self.send(self.open[-1])

    def send(self, entry):
        if entry.seq == 0:
            self.last = entry.seq = self.last + 1
        producer = {"name": self.name, "epoch": self.epoch, "first": self.first, "seq": entry.seq}
        message = {"type": "publish", "channel": self.channel, **entry.said, "producer": producer}
        request = self.client.request(message, lambda answer: self.answered(entry, answer, request), again="always")
        self.waiting += 1

    def answered(self, entry, answer, request):
        self.waiting -= 1
        entry.unsure, entry.refused = entry.unsure or request.repeated, answer.get("code")
        if answer["type"] == "appended":
            self.end(entry, "stored", position=answer["position"], duplicate="duplicate" in answer)
        elif entry.refused in ("ANSWER_UNKNOWN", "NUMBER_REUSED", "PRODUCER_FENCED"):
            self.lost = True
            self.nameless = self.nameless or entry.refused == "PRODUCER_FENCED" or entry.seq == self.first
        elif entry.refused != "OUT_OF_SEQUENCE":
            entry.unsure = entry.unsure or entry.refused == "BROKER_UNAVAILABLE"
            if not answer["retryable"]:
                self.end(entry, "unknown" if entry.unsure else "failed", code=entry.refused)
        self.settling = self.settling or answer["type"] == "error"
        if self.settling and self.waiting == 0:
            asyncio.get_running_loop().call_later(random.uniform(0.05, 0.5), self.go_on)

    def go_on(self):
        """One was refused, and all are answered: send again by the same numbers, or what is certainly not in the log by others."""
        may_enter = any(entry.seq and entry.refused != "OUT_OF_SEQUENCE" for entry in self.open)
        if self.lost or not may_enter:
            for entry in [entry for entry in self.open if entry.unsure]:
                self.end(entry, "unknown", code=entry.refused)
            for entry in self.open:
                entry.seq = 0
            self.begin_anew()
        self.settling = False
        for entry in self.open:
            self.send(entry)

    def end(self, entry, how, **more):
        self.open.remove(entry)
        self.client.tell(how, channel=self.channel, tag=entry.tag, **more)


class Request:
    """A message with an id. `again`: after which welcome it is sent again, 'always', when the stay was 'resumed', or 'never'."""

    def __init__(self, message, answered, again):
        self.message, self.answered, self.again = message, answered, again
        self.sent = self.repeated = False  # on this connection; on one that was lost


class Client:
    """What outlives connections. `tell` hears what happens; `methods` has what the hub may ask, as async functions."""

    def __init__(self, url, token, tell, methods, stay=None):
        self.url, self.token, self.tell, self.methods, self.stay = url, token, tell, methods, stay
        self.ids = itertools.count(1)  # never the same twice, so that it can name a call
        self.channels, self.producers, self.requests = {}, {}, {}
        self.link = self.next = self.moving = None

    def follow(self, channel, since=None):
        self.channels[channel] = Followed(self, channel, since)
        self.channels[channel].ask()

    def leave(self, channel):
        if self.channels.pop(channel).live:
            self.request({"type": "unsubscribe", "channel": channel}, ignore)

    def publish(self, channel, said, tag=None):
        self.producers.setdefault(channel, Producer(self, channel)).publish(said, tag)

    def call(self, method, said, within_ms=10_000):
        """Awaitable: `reply` or `error`, over as many connections as it takes; None when the stay, and the call with it, is lost."""
        return self.ask({"type": "call", "method": method, **said, "withinMs": within_ms}, again="resumed")

    async def history(self, channel, after=None, limit=100):
        """What the log has after a position, or of the latest, page by page."""
        more = True
        while more:
            message = {"type": "history", "channel": channel, "limit": limit, **({"after": after} if after else {})}
            page = await self.ask(message, again="always")
            yield page
            more = page.get("more", False)
            if more:
                end = page["publications"][-1]
                after = {"epoch": page["top"]["epoch"], "offset": end["offset"], "id": end["id"]}

    def ask(self, message, again):
        future = asyncio.get_running_loop().create_future()
        self.request(message, future.set_result, again)
        return future

    def request(self, message, answered, again="never"):
        """`answered` is given the answer; it returns true when more answers come."""
        if len(self.requests) >= MAX_REQUESTS:
            raise OverflowError("too many requests wait")
        id = next(self.ids)
        request = Request({**message, "id": id}, answered, again)
        if len(encode(request.message)) > FRAME_CHARACTERS:
            raise ValueError("this is too long for a frame")
        self.requests[id] = request
        if self.link:
            self.link.enqueue(id)
        return request

    async def run(self):
        """Connects, and comes back, until the hub says to stay away; that is raised as Ended."""
        failures = 0
        while True:
            began = time.monotonic()
            try:
                link, self.next, self.moving = self.next or await self.attach(), None, None
                await link.serve()
            except Ended as end:
                self.drop()
                if self.moving:
                    await asyncio.wait({self.moving})
                if end.name == "FENCED" and not self.next:
                    self.stay = None  # it goes on elsewhere, and this client begins one of its own
                failures = 0 if time.monotonic() - began > STEADY else failures + 1
                wait = end.retry_after + random.uniform(0, min(FIRST_CEILING * 2**failures, LAST_CEILING))
                self.tell("ended", code=end.code, name=end.name, reason=end.reason, back=not end.stay_away)
                if end.stay_away:
                    raise
                await asyncio.sleep(0 if self.next else wait)

    async def attach(self):
        """A connection that was welcomed."""
        hello = {"type": "hello", "version": 1, "capabilities": [], "token": self.token}
        hello.update({"resume": self.stay} if self.stay else {})
        try:
            socket = await websockets.connect(
                self.url, subprotocols=["tautline.v1.json"], max_size=3 * FRAME_CHARACTERS,
                ping_interval=None, open_timeout=ANSWER_WITHIN, close_timeout=1,
            )
            await socket.send(encode(hello))
            messages = decode(await asyncio.wait_for(socket.recv(), ANSWER_WITHIN))
        except websockets.InvalidStatusCode as refused:
            again = refused.status_code == 429 or refused.status_code >= 500
            after = refused.headers.get("Retry-After", "0")
            raise Ended(1006 if again else 4500, "REFUSED", str(refused.status_code), float(after) if after.isdigit() else 0)
        except websockets.ConnectionClosed as closed:
            raise Ended(closed.code, "CLOSED", closed.reason)
        except (OSError, ValueError, asyncio.TimeoutError, websockets.WebSocketException) as failed:
            raise Ended(1006, "FAILED", repr(failed))
        if messages[0]["type"] != "welcome":
            await socket.close()
            raise sent_away(messages[0])
        return Link(self, socket, messages)

    def move(self, link):
        """The server is about to stop: go on elsewhere, and keep this connection until there is another."""

        async def go():
            try:
                self.next = await self.attach()
                await link.socket.close()
            except Ended:
                pass

        if self.link is link:
            self.moving = asyncio.create_task(go())

    def welcomed(self, link, welcome):
        self.link, self.stay = link, {"session": welcome["session"], "secret": welcome["secret"]}
        self.tell("welcome", session=welcome["session"], resumed=welcome["resumed"], user=welcome["user"])
        waiting, names = list(self.requests), list(self.channels)
        for begin in range(0, len(names), CHANNELS_IN_RESUME):
            self.resume({name: self.channels[name] for name in names[begin : begin + CHANNELS_IN_RESUME]})
        for id in waiting:
            request = self.requests[id]
            if request.again == "resumed" and request.repeated and not welcome["resumed"]:
                self.requests.pop(id).answered(None)
            else:
                link.enqueue(id)

    def resume(self, left):
        def answered(answer):
            for name in [answer["channel"]] if "channel" in answer else list(left):
                left.pop(name).answered(answer)
            return len(left) > 0

        self.request({"type": "resume", "channels": [each.wanted() for each in left.values()]}, answered)

    def drop(self):
        """The connection is over: nothing is followed on it, and what it was asked it does not answer."""
        self.link = None
        for followed in self.channels.values():
            followed.live, followed.repairs = False, 0
        for id, request in list(self.requests.items()):
            request.sent, request.repeated = False, request.repeated or request.sent
            if request.again == "never":
                del self.requests[id]


class Link:
    """One connection: sends what waits, takes what comes, and notices when nothing comes."""

    def __init__(self, client, socket, messages):
        self.client, self.socket, self.first = client, socket, messages
        self.unsent, self.others, self.asked = deque(), deque(), {}  # ids of requests; other messages; tasks
        self.awaiting, self.max_pending = 0, messages[0]["maxPending"]
        self.wake, self.heard = asyncio.Event(), time.monotonic()

    def enqueue(self, id):
        self.unsent.append(id)
        self.wake.set()

    def say(self, message):
        self.others.append(message)
        self.wake.set()

    async def serve(self):
        """Until it is over, which is raised as Ended."""
        self.client.welcomed(self, self.first.pop(0))
        tasks = [asyncio.create_task(self.send()), asyncio.create_task(self.beat())]
        try:
            for message in self.first:
                self.take(message)
            async for frame in self.socket:
                self.heard = time.monotonic()
                for message in decode(frame):
                    self.take(message)
        except websockets.ConnectionClosed:
            pass
        except (ValueError, LookupError, TypeError) as wrong:
            await self.socket.close(4501, "MESSAGE_INVALID")
            raise Ended(1006, "MESSAGE_INVALID", repr(wrong))
        finally:
            for task in [*tasks, *self.asked.values()]:
                task.cancel()
            await self.socket.close()
        raise Ended(self.socket.close_code, "CLOSED", self.socket.close_reason)

    async def send(self):
        while True:
            await self.wake.wait()
            self.wake.clear()
            while self.others or (self.unsent and self.awaiting < self.max_pending):
                if self.others:
                    message = self.others.popleft()
                else:
                    request = self.client.requests[self.unsent.popleft()]
                    request.sent, message = True, request.message
                    self.awaiting += 1
                await self.socket.send(encode(message))

    async def beat(self):
        while True:
            heard = self.heard
            await asyncio.sleep(HEARTBEAT)
            if self.heard != heard:
                continue
            # It does not wait for room among the requests: if there is none, the refusal is a sign of life too.
            ping = {"type": "ping", "id": next(self.client.ids)}
            self.client.requests[ping["id"]] = Request(ping, ignore, "never")
            self.awaiting += 1
            self.say(ping)
            await asyncio.sleep(HEARTBEAT)
            if self.heard == heard:
                self.socket.transport.abort()

    def take(self, message):
        kind, client = message["type"], self.client
        if kind in ("subscribed", "unsubscribed", "appended", "entered", "reply", "historyPage", "pong", "error"):
            if not client.requests[message["id"]].answered(message):
                del client.requests[message["id"]]
                self.awaiting -= 1
                self.wake.set()
        elif kind in ("publication", "signal", "advance", "gap", "caughtUp"):
            if message["channel"] in client.channels:
                client.channels[message["channel"]].take(message)
            elif kind == "signal":  # to this stay or to everybody, on ~inbox, which nobody has to follow for that
                client.tell("signal", channel=message["channel"], data=content(message))
        elif kind == "progress":
            client.tell("progress", seq=message["seq"], data=content(message))
        elif kind == "ask":
            self.asked[message["id"]] = asyncio.create_task(self.answer(message))
        elif kind == "revoke":
            if message["id"] in self.asked:
                self.asked.pop(message["id"]).cancel()
        elif kind == "drain":
            within = random.uniform(0, message["reconnectWithinMs"] / 1000)
            asyncio.get_running_loop().call_later(within, client.move, self)
        elif kind == "disconnect":
            raise sent_away(message)
        else:
            raise ValueError(f"{kind} is no message")

    async def answer(self, ask):
        id, method = ask["id"], self.client.methods.get(ask["method"], unknown_method)
        try:
            data = await asyncio.wait_for(method(content(ask)), ask["withinMs"] / 1000)
            self.say({"type": "answer", "id": id, "data": data})
        except asyncio.TimeoutError:
            self.say({"type": "decline", "id": id, "code": "CALL_TOO_LATE", "message": "there was no answer in time"})
        except Exception as why:
            code = "METHOD_UNKNOWN" if method is unknown_method else "CALL_FAILED"
            self.say({"type": "decline", "id": id, "code": code, "message": str(why)[:500]})
        self.asked.pop(id, None)


async def unknown_method(data):
    raise NotImplementedError("there is no such method here")


def ignore(answer):
    pass


def sent_away(message):
    if message["type"] != "disconnect":
        return Ended(1006, "MESSAGE_INVALID", "neither welcome nor disconnect")
    return Ended(message["code"], message["name"], message["reason"], message.get("retryAfterMs", 0) / 1000)


def encode(message):
    return json.dumps(message, separators=(",", ":"), allow_nan=False)  # escapes to ASCII: its length is in characters


def decode(frame):
    messages = json.loads(frame)
    return messages if isinstance(messages, list) else [messages]


def content(message):
    return message["data"] if "data" in message else base64.b64decode(message["bytes"])


def tell(what, **more):
    print(json.dumps({"what": what, **more}, default=lambda data: {"bytes": base64.b64encode(data).decode()}), flush=True)


async def obey(client, command):
    match command:
        case {"do": "follow", "channel": channel}:
            client.follow(channel, command.get("since"))
        case {"do": "leave", "channel": channel}:
            client.leave(channel)
        case {"do": "publish", "channel": channel, "said": said}:
            client.publish(channel, said, command.get("tag"))
        case {"do": "call", "method": method, "said": said}:
            tell("answered", method=method, answer=await client.call(method, said))
        case {"do": "history", "channel": channel}:
            async for page in client.history(channel, command.get("after"), command.get("limit", 100)):
                tell("page", page=page)
        case {"do": "stay"}:
            tell("stay", stay=client.stay)
        case {"do": "cut"}:
            client.link.socket.transport.abort()


async def confirm(data):
    return {"confirmed": data}


async def main(url, token, stay="null"):
    client = Client(url, token, tell, {"confirm": confirm, "sleep": asyncio.sleep}, json.loads(stay))
    loop, lines = asyncio.get_running_loop(), asyncio.StreamReader(limit=FRAME_CHARACTERS)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)

    async def listen():
        tasks = set()
        while line := await lines.readline():
            tasks.add(loop.create_task(obey(client, json.loads(line))))

    running = loop.create_task(client.run())
    await asyncio.wait({running, loop.create_task(listen())}, return_when=asyncio.FIRST_COMPLETED)
    if running.done() and isinstance(running.exception(), Ended):
        sys.exit(1)


asyncio.run(main(*sys.argv[1:]))
