"""many_connects.py COUNT PLACE…: connects to the places (paths of Unix sockets, or TCP ports of this machine) in turn, COUNT times in all, and
goes away at once: without a word, in the middle of one, or after an answer. Prints a JSON object of how many were let in."""

import json
import socket
import sys

count, places = int(sys.argv[1]), sys.argv[2:]
words = {True: b'{"jsonrpc":"2.0","id":1,"method":"hello"}\n', False: b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"}
connected, answered = 0, 0
for number in range(count):
    place = places[number % len(places)]
    is_path = place.startswith("/")
    connection = socket.socket(socket.AF_UNIX if is_path else socket.AF_INET)
    connection.settimeout(20)
    connection.connect(place if is_path else ("127.0.0.1", int(place)))
    connected += 1
    kind = number // len(places) % 10
    try:
        if kind == 0:
            connection.sendall(words[is_path])
            answered += bool(connection.recv(4096))
        elif kind < 5:
            connection.sendall(words[is_path][: kind * 7])
    except OSError:
        pass
    connection.close()
print(json.dumps({"connected": connected, "answered": answered}))
