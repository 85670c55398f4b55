"""What the drivers of browsers have in common: a JSON-RPC request a line on a Unix socket, an answer a line."""

import json
import os
import socket
import struct


def recorder(without=()):
    """The script that a browser runs before the page's."""
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "recorder.js"), encoding="utf-8") as file:
        return file.read().replace("RIG_WITHOUT", json.dumps(list(without)))


def write_wav(path, sound):
    """16-bit mono at 48 kHz."""
    head = b"RIFF" + struct.pack("<I", 36 + len(sound)) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 48000, 96000, 2, 16)
    with open(path, "wb") as file:
        file.write(head + b"data" + struct.pack("<I", len(sound)) + sound)


def answer(driver, line):
    request = json.loads(line)
    reply = {"jsonrpc": "2.0", "id": request["id"]}
    try:
        reply["result"] = getattr(driver, request["method"])(**request.get("params", {}))
    except Exception as error:  # told to the test, which decides
        reply["error"] = {"code": -32000, "message": f"{type(error).__name__}: {error}"}
    return json.dumps(reply)


def serve(driver, path):
    """Answers one client until it says `quit` or is gone."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(1)
    print("ready", flush=True)
    connection, _ = listener.accept()
    with connection, connection.makefile("rw", encoding="utf-8") as stream:
        for line in stream:
            if json.loads(line)["method"] == "quit":
                return
            stream.write(answer(driver, line) + "\n")
            stream.flush()
