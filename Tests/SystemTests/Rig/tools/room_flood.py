"""room_flood.py PORT APPID APPSIGN ROOM TARGET CLIENTS PER_SECOND SECONDS: clients of a room server that send commands to one user, each so
many a second, each the next one only when the last was answered. The very last command says "end". Prints a JSON object of how many were
taken and in how many seconds."""

import hashlib
import hmac
import json
import sys
import threading
import time

from websocket_client import WebSocket

port, app_id, app_sign, room, target = int(sys.argv[1]), int(sys.argv[2]), bytes.fromhex(sys.argv[3]), sys.argv[4], sys.argv[5]
clients, rate, seconds = int(sys.argv[6]), float(sys.argv[7]), float(sys.argv[8])


class Client:
    def __init__(self, user):
        self.socket = WebSocket(port, "/v1/signal", "zego-room.v1", timeout=30)
        nonce = json.loads(self.socket.receive())["params"]["nonce"]
        text = f"zego-room.v1\n{nonce}\n{app_id}\n{user}\n{room}"
        proof = hmac.new(app_sign, text.encode(), hashlib.sha256).hexdigest()
        self.number = 0
        answer = self.call("login", appID=app_id, roomID=room, user={"userID": user, "userName": user}, auth={"proof": proof})
        if "result" not in answer:
            raise SystemExit(f"login: {answer}")

    def call(self, method, **params):
        self.number += 1
        self.socket.send(json.dumps({"jsonrpc": "2.0", "id": self.number, "method": method, "params": params}))
        while True:
            text = self.socket.receive()
            if text is None:
                raise SystemExit(f"{method}: closed by the server")
            answer = json.loads(text)
            if answer.get("id") == self.number:
                return answer

    def command(self, text):
        return "result" in self.call("sendCustomCommand", roomID=room, command=text, toUserList=[target])


taken = [0] * clients


def flood(index, client, began):
    sent = 0
    while (now := time.monotonic() - began) < seconds:
        if sent < now * rate:
            sent += 1
            taken[index] += client.command(f"{index} {sent}")
        else:
            time.sleep(max(0, sent / rate - now))


crowd = [Client(f"crowd{index}") for index in range(clients)]
began = time.monotonic()
threads = [threading.Thread(target=flood, args=(index, client, began)) for index, client in enumerate(crowd)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
lasted = time.monotonic() - began
while not crowd[0].command("end"):
    time.sleep(0.1)
print(json.dumps({"taken": sum(taken), "seconds": lasted}))
