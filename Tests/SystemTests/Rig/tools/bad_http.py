"""bad_http.py PORT APP_ID TOKEN: HTTP clients of a room server that do not keep the rules. Standard library only.

Prints one JSON object: `refused`, a list of {sent, status, type} of requests with the token in every place where one can stand (some right,
most wrong), and `slow`, a list of {sent, seconds} of clients that do not get on: after how long they were closed (null: not within 20 s).
"""

import json
import socket
import sys
import threading
import time
from urllib.parse import quote

from websocket_client import WebSocket

PORT, APP, TOKEN = int(sys.argv[1]), sys.argv[2], sys.argv[3]
WHIP, WHEP = f"/whip/{APP}/room1/s", f"/whep/{APP}/s"
SDP, FRAGMENT = "application/sdp", "application/trickle-ice-sdpfrag"


def exchange(method, path, headers=(), body=b""):
    """One request, and the status and media type of its answer."""
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers)
    if body:
        head += f"Content-Length: {len(body)}\r\n"
    with socket.create_connection(("127.0.0.1", PORT), timeout=20) as connection:
        try:
            connection.sendall(head.encode() + b"\r\n" + body)
        except (BrokenPipeError, ConnectionResetError):
            pass  # It may have been refused before it was read.
        answer = connection.makefile("rb").read()
    lines = answer.split(b"\r\n\r\n")[0].decode().split("\r\n")
    types = [line.split(":", 1)[1].strip() for line in lines if line.lower().startswith("content-type:")]
    status = lines[0].split(" ")
    return {"status": int(status[1]) if len(status) > 1 else None, "type": types[0] if types else None}


def bearer(token=TOKEN):
    return ("Authorization", "Bearer " + token)


def typed(kind):
    return ("Content-Type", kind)


half = TOKEN[: len(TOKEN) // 2]
offer = b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
REQUESTS = {
    "no SDP": ("POST", WHIP, [bearer(), typed(SDP)], b"not SDP " + TOKEN.encode()),
    "SDP without sound": ("POST", WHIP, [bearer(), typed(SDP)], offer + b"a=x:" + TOKEN.encode() + b"\r\n"),
    "no SDP, to play": ("POST", WHEP, [bearer(), typed(SDP)], b"\xff\xfe\x00"),
    "a huge body": ("POST", WHIP, [bearer(), typed(SDP)], b"v" * 70_000),
    "another type": ("POST", WHIP, [bearer(), typed("text/plain")], offer),
    "no type": ("POST", WHIP, [bearer()], offer),
    "half a token": ("POST", WHIP, [bearer(half), typed(SDP)], offer + b"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"),
    "another scheme": ("POST", WHIP, [("Authorization", "Basic " + TOKEN), typed(SDP)], offer),
    "two tokens": ("POST", WHIP, [bearer(), bearer(half), typed(SDP)], offer),
    "a token in the query": ("POST", WHIP + "?token=" + TOKEN, [typed(SDP)], offer),
    "a token as the stream": ("POST", f"/whip/{APP}/room1/{quote(TOKEN, safe='')}", [bearer(), typed(SDP)], offer),
    "a token as the path": ("GET", "/" + TOKEN, [], b""),
    "a token as the session": ("DELETE", "/whip/sessions/" + TOKEN, [bearer()], b""),
    "an unknown session": ("PATCH", "/whip/sessions/unknown", [bearer(), typed(FRAGMENT), ("If-Match", "*")], b"a=ice-ufrag:x\r\n"),
    "an unknown session, to leave": ("DELETE", "/whep/sessions/unknown", [bearer()], b""),
    "a token in other fields": ("GET", "/", [("Cookie", "token=" + TOKEN), ("Referer", "http://x/#" + TOKEN), ("X-Token", TOKEN)], b""),
    "a token as the method": (TOKEN[:40], "/", [], b""),
    "a token in the signalling's query": ("GET", "/v1/signal?token=" + TOKEN, [], b""),
}


def signalling():
    """Tokens in logins that fail, and in messages that are none."""
    user = {"userID": "nobody-" + TOKEN[:8], "userName": "nobody"}
    for text in (
        json.dumps({"jsonrpc": "2.0", "id": 1, "method": "login", "params": {"appID": int(APP), "roomID": "room1", "user": user, "config": {}, "auth": {"token": TOKEN}}}),
        json.dumps({"jsonrpc": "2.0", "id": 1, "method": "login", "params": {"token": TOKEN}}),
        json.dumps({"jsonrpc": "2.0", "id": 1, "method": TOKEN}),
        TOKEN,
        '{"token":"' + TOKEN,
    ):
        connection = WebSocket(PORT, "/v1/signal", subprotocol="zego-room.v1")
        connection.receive()
        connection.send(text)
        connection.socket.settimeout(2)
        try:
            connection.receive()
        except TimeoutError:
            pass
        connection.socket.close()


SLOW = {
    "nothing": [b""],
    "half a head": [b"POST " + WHIP.encode() + b" HTTP/1.1\r\nHost: x\r\n"],
    "half a body": [b"POST " + WHIP.encode() + b" HTTP/1.1\r\nHost: x\r\nContent-Type: application/sdp\r\nContent-Length: 1000\r\n\r\nv=0"],
    "a byte at a time": [b"GET / HTTP/1.1\r\nHost: x\r\nX: "] + [b"x"] * 40,
    "a body at a time": [b"POST " + WHIP.encode() + b" HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"] + [b"1\r\nv\r\n"] * 40,
    "half of TLS": [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"],
    "a WebSocket without a login": [
        f"GET /v1/signal HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: zego-room.v1\r\n\r\n".encode()],
}


def dawdle(name, parts, report):
    """Sends a part every half second, and waits to be closed."""
    begin = time.monotonic()
    closed = None
    with socket.create_connection(("127.0.0.1", PORT), timeout=0.5) as connection:
        parts = list(parts)
        while closed is None and time.monotonic() - begin < 20:
            try:
                if parts:
                    connection.sendall(parts.pop(0))
                if connection.recv(65536) == b"":
                    closed = time.monotonic() - begin
            except TimeoutError:
                pass
            except OSError:
                closed = time.monotonic() - begin
    report.append({"sent": name, "seconds": closed})


slow, threads = [], []
for entry in SLOW.items():
    threads.append(threading.Thread(target=dawdle, args=(*entry, slow)))
    threads[-1].start()
refused = [{"sent": name} | exchange(*request) for name, request in REQUESTS.items()]
signalling()
for thread in threads:
    thread.join()
print(json.dumps({"refused": refused, "slow": slow}))
