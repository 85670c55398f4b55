"""rude_clients.py SOCKET SECONDS: clients of a control socket that send lines of a mebibyte, halves of lines, and ten thousand requests each
without reading one answer; then, when the time is up, prints a JSON object of what they could send."""

import json
import socket
import sys
import time

path, seconds = sys.argv[1], float(sys.argv[2])
hello = b'{"jsonrpc":"2.0","id":1,"method":"status"}\n'
large = b'{"jsonrpc":"2.0","id":1,"method":"hello","params":{"client":"' + b"x" * ((1 << 20) - 100) + b'"}}\n'
nested = b"[" * ((1 << 20) - 100) + b"\n"


def connect():
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(path)
    connection.setblocking(False)
    return connection


class Client:
    """Sends `data` over and over, `times` times at most; reads what comes back or not."""

    def __init__(self, data, times, reads):
        self.socket, self.data, self.reads = connect(), data, reads
        self.left, self.rest, self.sent, self.gone = times, b"", 0, False

    def turn(self):
        if self.gone:
            return False
        moved = False
        try:
            if not self.rest and self.left:
                self.left -= 1
                self.rest = memoryview(self.data)
            if self.rest:
                count = self.socket.send(self.rest[: 1 << 16])
                self.rest = self.rest[count:]
                self.sent += count
                moved = True
        except BlockingIOError:
            pass
        except OSError:
            self.gone = True
        try:
            if self.reads:
                moved = bool(self.socket.recv(1 << 16)) or moved
        except BlockingIOError:
            pass
        except OSError:
            self.gone = True
        return moved


clients = {
    "large": [Client(large, 20, True) for _ in range(2)],
    "nested": [Client(nested, 20, True)],
    "half": [Client(hello[:20], 1, True) for _ in range(3)],
    "deaf": [Client(hello, 10_000, False) for _ in range(4)],
}
deadline = time.monotonic() + seconds
while time.monotonic() < deadline:
    moved = [client.turn() for group in clients.values() for client in group]
    if not any(moved):
        time.sleep(0.005)
print(json.dumps({name: sum(client.sent for client in group) for name, group in clients.items()}))
