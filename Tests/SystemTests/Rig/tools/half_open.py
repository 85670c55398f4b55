"""half_open.py PORT: clients of a room server that never finish what they began, all at once; prints a JSON object of the
seconds after which each was closed (null: not within 30)."""

import json
import select
import socket
import ssl
import sys
import time

port = int(sys.argv[1])
hello = bytes([0x16, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3])


def plain(first):
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(first)
    return connection


def secure(first):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    connection = context.wrap_socket(plain(b""))
    connection.sendall(first)
    return connection


began = time.monotonic()
clients = {
    "nothing": (plain(b""), b""),
    "half a head": (plain(b"GET /livez HT"), b""),
    "a head byte by byte": (plain(b"GET /livez HTTP/1.1\r\nX: "), b"x"),
    "half a handshake": (plain(hello), b""),
    "a handshake byte by byte": (plain(hello), b"\0"),
    "a head byte by byte, by TLS": (secure(b"GET /livez HTTP/1.1\r\nX: "), b"x"),
}
closed = {name: None for name in clients}
while time.monotonic() - began < 30 and None in closed.values():
    for name, (connection, drop) in clients.items():
        if closed[name] is not None:
            continue
        try:
            if drop:
                connection.sendall(drop)
            # Not by what the socket says: TLS may hold bytes of its own.
            connection.settimeout(0.05)
            if connection.recv(4096) == b"":
                closed[name] = time.monotonic() - began
        except (TimeoutError, ssl.SSLWantReadError):
            pass
        except OSError:
            closed[name] = time.monotonic() - began
    select.select([], [], [], 0.2)
print(json.dumps(closed))
