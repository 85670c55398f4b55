#!/usr/bin/env python3
"""A client of zegod in Python's standard library: JSON-RPC over a Unix socket, one JSON value a line.

As a program it makes one call and prints the result:  zegod_client.py status
"""
import collections
import json
import os
import select
import socket
import sys
import time


class CallFailed(Exception):
    """The daemon answered with an error; `name` is stable, the text is for people."""

    def __init__(self, method, error):
        data = error.get("data") or {}
        self.code = error["code"]
        self.name = data.get("name", "")
        super().__init__(f"{method}: {self.name} ({self.code}): {error['message']}. {data.get('hint', '')}")


class Zegod:
    """One connection. Events come on it after `subscribe`, in order, also while a call is waited for."""

    def __init__(self, path=None):
        self.path = path or os.environ.get("ZEGOD_SOCKET", "/run/zegod/control.sock")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(self.path)
        self.buffer = b""
        self.last_id = 0
        self.events = collections.deque()

    def call(self, method, **params):
        """Makes a call and gives its result; raises CallFailed."""
        self.last_id += 1
        request = {"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params}
        self.socket.sendall(json.dumps(request).encode() + b"\n")
        while True:
            message = self._read(None)
            if message.get("method") == "event":
                self.events.append(message["params"])
            elif message.get("id") == self.last_id:
                if "error" in message:
                    raise CallFailed(method, message["error"])
                return message["result"]

    def subscribe(self, *patterns):
        """Asks for events, and gives the status of the moment in which they begin."""
        params = {"events": list(patterns)} if patterns else {}
        return self.call("subscribe", snapshot=True, **params)["snapshot"]

    def next_event(self, timeout=None):
        """The next event; None when none comes in `timeout` seconds (0: when none is there)."""
        if self.events:
            return self.events.popleft()
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            message = self._read(deadline)
            if message is None:
                return None
            if message.get("method") == "event":
                return message["params"]

    def _read(self, deadline):
        while b"\n" not in self.buffer:
            # What is there already is taken, even if the time is over.
            left = None if deadline is None else max(0, deadline - time.monotonic())
            if not select.select([self.socket], [], [], left)[0]:
                return None
            data = self.socket.recv(65536)
            if not data:
                raise ConnectionError(f"{self.path} was closed by the daemon")
            self.buffer += data
        line, self.buffer = self.buffer.split(b"\n", 1)
        return json.loads(line)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: zegod_client.py METHOD [JSON]")
    try:
        print(json.dumps(Zegod().call(sys.argv[1], **json.loads(sys.argv[2] if len(sys.argv) > 2 else "{}")), indent=2))
    except (CallFailed, OSError) as error:
        sys.exit(str(error))
