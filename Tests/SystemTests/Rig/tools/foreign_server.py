"""foreign_server.py VOICE DIRECTORY

A WHIP and WHEP server that shares nothing with zegod (aiortc over libav and its own ICE, DTLS and SRTP), which does what real servers do to their
clients. It listens on a free port of 127.0.0.1 and prints one JSON object a line: the port, then every request with its answer.

`POST /whip/NAME` records what comes into DIRECTORY/NAME.wav; `POST /whep/NAME` plays VOICE, again and again. The query says how:
  token=T       the bearer token that it wants; 401 without
  pt=96         Opus under this number, whatever the offer says
  busy=N        503 with Retry-After for the first N offers; conflict=N: 409
  hop=P         307 to the same path at the port P (0: its own), without this part of the query
  location=relative|none, etag=none|bare     how the session is named
  counter=1     (WHEP) 406 with an offer of its own, which is answered by PATCH
  type=text     the answer as text/plain with status 200
It takes no candidates after the offer and no ICE restarts: 405.
"""

import asyncio
import json
import sys
import uuid
from urllib.parse import parse_qs, urlsplit

from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaPlayer, MediaRecorder

REASONS = {200: "OK", 201: "Created", 204: "No Content", 307: "Temporary Redirect", 401: "Unauthorized", 404: "Not Found", 405: "Method Not Allowed"}


class Session:
    def __init__(self, kind, name):
        self.kind = kind
        self.connection = RTCPeerConnection()
        self.recorder = None
        if kind == "whip":
            self.recorder = MediaRecorder(f"{sys.argv[2]}/{name}.wav")

            @self.connection.on("track")
            def track(track):
                self.recorder.addTrack(track)
                asyncio.ensure_future(self.recorder.start())

    def play(self):
        self.connection.addTransceiver(MediaPlayer(sys.argv[1], loop=True).audio, direction="sendonly")

    async def answer(self, offer):
        await self.connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        if self.kind == "whep":
            player = MediaPlayer(sys.argv[1], loop=True)
            transceiver = self.connection.getTransceivers()[0]
            transceiver.direction = "sendonly"
            transceiver.sender.replaceTrack(player.audio)
        await self.connection.setLocalDescription(await self.connection.createAnswer())
        return self.connection.localDescription.sdp

    async def offer(self):
        self.play()
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return self.connection.localDescription.sdp

    async def close(self):
        if self.recorder:
            await self.recorder.stop()
        await self.connection.close()


class Server:
    def __init__(self):
        self.sessions = {}
        self.counts = {}
        self.port = 0

    async def serve(self):
        server = await asyncio.start_server(self.connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        say({"port": self.port})
        await server.serve_forever()

    async def connected(self, reader, writer):
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                lines = head.split("\r\n")
                method, target, _ = lines[0].split(" ")
                headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if line)}
                body = (await reader.readexactly(int(headers.get("content-length", 0)))).decode()
                status, fields, text = await self.answer(method, target, headers, body)
                said = {"method": method, "path": urlsplit(target).path, "status": status, "authorized": "authorization" in headers}
                say(said | {"type": headers.get("content-type"), "match": headers.get("if-match")})
                data = text.encode()
                reply = f"HTTP/1.1 {status} {REASONS.get(status, 'Reason')}\r\nContent-Length: {len(data)}\r\n"
                reply += "".join(f"{name}: {value}\r\n" for name, value in fields.items())
                writer.write(reply.encode() + b"\r\n" + data)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def answer(self, method, target, headers, body):
        parts = urlsplit(target)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        if method == "DELETE":
            session = self.sessions.pop(parts.path, None)
            if session is None:
                return 404, {}, ""
            await session.close()
            return 200, {}, ""
        if method == "PATCH":
            session = self.sessions.get(parts.path)
            if session is None:
                return 404, {}, ""
            if headers.get("content-type") == "application/sdp" and session.connection.signalingState == "have-local-offer":
                await session.connection.setRemoteDescription(RTCSessionDescription(body, "answer"))
                return 204, {}, ""
            return 405, {}, ""
        if method != "POST":
            return 405, {}, ""
        return await self.offered(parts, query, headers, body)

    async def offered(self, parts, query, headers, body):
        _, kind, name = parts.path.split("/")
        if "hop" in query:
            rest = "&".join(part for part in parts.query.split("&") if not part.startswith("hop="))
            port = int(query["hop"]) or self.port
            return 307, {"Location": f"http://127.0.0.1:{port}{parts.path}?{rest}"}, ""
        if "token" in query and headers.get("authorization") != "Bearer " + query["token"]:
            return 401, {"Content-Type": "application/json"}, json.dumps({"error": f"no such token: {headers.get('authorization')}"})
        for key, status in (("busy", 503), ("conflict", 409)):
            count = self.counts[name, key] = self.counts.get((name, key), 0) + 1
            if count <= int(query.get(key, 0)):
                return status, {"Retry-After": "1"}, ""
        session = Session(kind, name)
        path = f"/session/{uuid.uuid4()}"
        self.sessions[path] = session
        fields = {"Content-Type": "application/sdp", "Location": f"http://127.0.0.1:{self.port}{path}", "ETag": '"first"'}
        if query.get("location") == "relative":
            fields["Location"] = f"..{path}"
        elif query.get("location") == "none":
            del fields["Location"]
        if query.get("etag") == "none":
            del fields["ETag"]
        elif query.get("etag") == "bare":
            fields["ETag"] = "*"
        if "counter" in query:
            return 406, fields, await session.offer()
        if "pt" in query:
            number = query["pt"]
            for before, after in (("SAVPF 63 111", f"SAVPF {number}"), ("SAVPF 111", f"SAVPF {number}"), (":111 ", f":{number} ")):
                body = body.replace(before, after)
        answer = await session.answer(body)
        if query.get("type") == "text":
            return 200, fields | {"Content-Type": "text/plain"}, answer
        return 201, fields, answer


def say(value):
    print(json.dumps(value), flush=True)


asyncio.run(Server().serve())
