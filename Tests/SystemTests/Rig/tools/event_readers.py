"""event_readers.py SOCKET READERS DEAF: so many connections to an event socket, of which DEAF never read. Writes "ready" when the others have
their snapshots; they read until a command says "end" (30 s at most). Prints a JSON object: the least number of commands that a reader
saw, gaps in the numbers, overflows, and in how many seconds from the first command to the last."""

import json
import selectors
import socket
import sys
import time

path, count, deaf = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


def connect():
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(10)
    connection.connect(path)
    return connection


never = [connect() for _ in range(deaf)]
readers = [connect() for _ in range(count - deaf)]
content = {reader: bytearray() for reader in readers}
for reader in readers:
    while b"\n" not in content[reader]:
        content[reader] += reader.recv(65536)
    reader.setblocking(False)
print("ready", flush=True)

selector = selectors.DefaultSelector()
for reader in readers:
    selector.register(reader, selectors.EVENT_READ)
deadline, waiting, closed, first, last = time.monotonic() + 30, set(readers), 0, None, None
while waiting and time.monotonic() < deadline:
    for key, _ in selector.select(0.5):
        reader = key.fileobj
        data = reader.recv(1 << 18)
        if not data:
            closed += 1
            selector.unregister(reader)
            waiting.discard(reader)
            continue
        if b"custom-command" in data:
            last = time.monotonic()
            first = first or last
        content[reader] += data
        if b'"command":"end"' in content[reader][-len(data) - 100 :]:
            waiting.discard(reader)

commands, gaps, overflows = [], 0, 0
for reader in readers:
    seen, before = 0, None
    for line in content[reader].split(b"\n")[:-1]:
        start = line.index(b'"seq":') + 6
        seq = int(line[start : line.index(b",", start)])
        name = line[line.index(b'"event":"') + 9 :].split(b'"', 1)[0]
        overflows += name == b"overflow"
        # Volatile events have the number of the last reliable one.
        gaps += before is not None and seq not in (before, before + 1)
        before = seq
        seen += name == b"custom-command"
    commands.append(seen)
print(
    json.dumps(
        {"commands": min(commands), "gaps": gaps, "overflows": overflows, "closed": closed, "unfinished": len(waiting),
         "seconds": (last or 0) - (first or 0)}
    ),
    flush=True,
)
# The deaf ones stay until nobody waits for what becomes of them.
time.sleep(60)
