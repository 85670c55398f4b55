"""intruder.py PORT APP_ID APP_SIGN: a participant that does not keep the rules, on the WebSocket of a room server.

Logs in as ROOM-PROTOCOL says, then sends what is not SDP, not JSON, not a known method; prints a JSON list of {sent, answer} and last whether
the session still answers a ping. Standard library only.
"""

import base64
import hashlib
import hmac
import json
import os
import socket
import struct
import sys
import time

PORT, APP_ID, APP_SIGN = int(sys.argv[1]), int(sys.argv[2]), bytes.fromhex(sys.argv[3])


class WebSocket:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET /v1/signal HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Protocol: zego-room.v1\r\n\r\n".encode()
        )
        self.stream = self.socket.makefile("rb")
        if b" 101 " not in self.stream.readline():
            raise SystemExit("no upgrade")
        while self.stream.readline().strip():
            pass

    def send(self, text, opcode=1):
        data, mask = text if isinstance(text, bytes) else text.encode(), os.urandom(4)
        head = bytes([0x80 | opcode])
        if len(data) < 126:
            head += bytes([0x80 | len(data)])
        elif len(data) < 65536:
            head += b"\xfe" + struct.pack("!H", len(data))
        else:
            head += b"\xff" + struct.pack("!Q", len(data))
        self.socket.sendall(head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(data)))

    def receive(self):
        """The next text, or None when the server has closed."""
        while True:
            head = self.stream.read(2)
            if len(head) < 2:
                return None
            size = head[1] & 0x7F
            if size == 126:
                size = struct.unpack("!H", self.stream.read(2))[0]
            elif size == 127:
                size = struct.unpack("!Q", self.stream.read(8))[0]
            data = self.stream.read(size)
            if head[0] & 0x0F == 8:
                return None
            if head[0] & 0x0F == 9:
                self.send(data, 10)
            elif head[0] & 0x0F == 1:
                return json.loads(data)

    def call(self, number, method, params):
        self.send(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}))
        return self.answer(number)

    def answer(self, number):
        while (message := self.receive()) is not None:
            if message.get("id") == number and ("result" in message or "error" in message):
                return message
        return None


def log_in():
    connection = WebSocket(PORT)
    nonce = connection.receive()["params"]["nonce"]
    text = f"zego-room.v1\n{nonce}\n{APP_ID}\nintruder\nroom1"
    proof = hmac.new(APP_SIGN, text.encode(), hashlib.sha256).hexdigest()
    params = {"appID": APP_ID, "roomID": "room1", "user": {"userID": "intruder", "userName": "intruder"}, "config": {}, "auth": {"proof": proof}}
    answer = connection.call(1, "login", params)
    if "result" not in answer:
        raise SystemExit(f"login: {answer}")
    return connection


OFFER = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
NOT_SDP = [
    "",
    "this is not SDP",
    "\r\n" * 1000,
    "v=0",
    OFFER + "m=audio\r\n",
    OFFER + "a=group:BUNDLE 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n",
    OFFER + "m=audio 99999999999999999999 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=ice-ufrag:\r\na=ice-pwd:\r\na=fingerprint:sha-256 zz\r\n",
    OFFER + "a=mid:0\r\n" * 3000,
    OFFER + "".join(f"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:{n}\r\n" for n in range(500)),
]

report = []
connection = log_in()
number = 10
for sdp in NOT_SDP:
    number += 1
    answer = connection.call(number, "negotiate", {"sdp": sdp, "tracks": []})
    report.append({"sent": f"negotiate {sdp[:40]!r}", "answer": answer})
    if answer is None:
        connection = log_in()
for method, params in [
    ("negotiate", {"sdp": 5, "tracks": []}),
    ("negotiate", {}),
    ("candidate", {"candidate": "candidate:nonsense"}),
    ("nothing", {}),
    ("unpublish", {"streamID": "never-there"}),
]:
    number += 1
    report.append({"sent": f"{method} {params}", "answer": connection.call(number, method, params)})
for text in ["{", "[]", "5", '{"jsonrpc":"2.0"}', "\x00"]:
    connection.send(text)
    try:
        connection.socket.settimeout(2)
        answer = connection.receive()
    except TimeoutError:
        answer = {}
    report.append({"sent": text, "answer": answer})
    if answer is None or answer == {}:
        connection = log_in()
    connection.socket.settimeout(10)
alive = connection.call(99, "ping", {"time": time.time()}) or {}
print(json.dumps({"answers": report, "alive": "result" in alive}))
