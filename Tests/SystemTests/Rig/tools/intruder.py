"""intruder.py PORT APP_ID APP_SIGN: a participant that does not keep the rules, on the WebSocket of a room server.

Logs in as ROOM-PROTOCOL says, then sends what is not SDP, not JSON, not a known method; prints a JSON list of {sent, answer} and last whether
the session still answers a ping. Standard library only.
"""

import hashlib
import hmac
import json
import sys
import time

from websocket_client import WebSocket

PORT, APP_ID, APP_SIGN = int(sys.argv[1]), int(sys.argv[2]), bytes.fromhex(sys.argv[3])


class Signalling(WebSocket):
    def __init__(self, port):
        super().__init__(port, "/v1/signal", subprotocol="zego-room.v1")

    def receive(self):
        """The next message, or None when the server has closed."""
        text = super().receive()
        return None if text is None else json.loads(text)

    def call(self, number, method, params):
        self.send(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}))
        return self.answer(number)

    def answer(self, number):
        while (message := self.receive()) is not None:
            if message.get("id") == number and ("result" in message or "error" in message):
                return message
        return None


def log_in():
    connection = Signalling(PORT)
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
