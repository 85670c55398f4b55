"""control_load.py zegod|mpv PROGRAM [READERS]: starts the program without a sound card and without a network, in a folder of its own, and prints
a JSON object of how it does as a daemon that is driven by JSON lines over a Unix socket: seconds from its start to the first answer, processor
time and memory while it idles, requests a second when each waits for the answer before it, and when 32 are under way; and how many events are
raised, and lines written to READERS readers (50), a second: commands of 20 other users to zegod, changes of the volume of mpv."""

import json
import os
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import time

kind, program = sys.argv[1], sys.argv[2]
readers = int(sys.argv[3]) if len(sys.argv) > 3 else 50
place = tempfile.mkdtemp(prefix="zegoload.", dir="/tmp")
control = f"{place}/run/control.sock" if kind == "zegod" else f"{place}/mpv.sock"
if kind == "zegod":
    os.makedirs(f"{place}/media")
    with open(f"{place}/zegod.toml", "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(f'[audio]\ninput = "null"\noutput = "null"\n[server]\nport = 0\n[files]\ndirectory = "{place}/media"\n')
    command = [program, "--config", f"{place}/zegod.toml", "--runtime-dir", f"{place}/run", "--state-dir", f"{place}/state"]
    request = '{"jsonrpc":"2.0","id":%d,"method":"getAudioConfig","params":{}}\n'
    loud = None
else:
    command = [program, "--no-config", "--idle", "--ao=null", "--vo=null", "--really-quiet", f"--input-ipc-server={control}"]
    request = '{"command":["get_property","volume"],"request_id":%d}\n'
    loud = '{"command":["set_property","volume",%d],"request_id":%d}\n'
answer_mark = b'"id":' if kind == "zegod" else b'"request_id":'


def connect(path):
    # Blocking: a program whose backlog is short is waited for.
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(path)
    connection.settimeout(20)
    return connection


class Lines:
    def __init__(self, connection):
        self.connection, self.buffer = connection, b""

    def answer(self):
        """The next line that answers something."""
        while True:
            while b"\n" in self.buffer:
                line, self.buffer = self.buffer.split(b"\n", 1)
                if answer_mark in line and b'"event"' not in line:
                    return line
            data = self.connection.recv(1 << 16)
            if not data:
                raise SystemExit("closed")
            self.buffer += data


def idle(pid, seconds):
    def ticks():
        fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    before = ticks()
    time.sleep(seconds)
    share = (ticks() - before) / os.sysconf("SC_CLK_TCK") / seconds
    status = open(f"/proc/{pid}/smaps_rollup").read()
    memory = {name: int(status.split(f"\n{name}:")[1].split()[0]) / 1024 for name in ("Rss", "Pss", "Private_Dirty")}
    return round(share * 100, 2), {name: round(value, 1) for name, value in memory.items()}


def rate(lines, depth, seconds):
    sent = done = 0
    began = time.monotonic()
    while (now := time.monotonic() - began) < seconds or done < sent:
        portion = b""
        while sent - done < depth and now < seconds:
            sent += 1
            portion += (request % sent).encode()
        if portion:
            lines.connection.sendall(portion)
        lines.answer()
        done += 1
    return round(done / (time.monotonic() - began))


def call(path, method):
    lines = Lines(connect(path))
    lines.connection.sendall(('{"jsonrpc":"2.0","id":1,"method":"%s"}\n' % method).encode())
    return json.loads(lines.answer())["result"]


def fan_out(seconds):
    """Events that are raised, and lines that all readers together get, a second; and the share that the last of them got."""
    main = Lines(connect(control))
    crowd = [connect(f"{place}/run/events.sock" if kind == "zegod" else control) for _ in range(readers)]
    for connection in crowd:
        if kind == "mpv":
            connection.sendall(b'{"command":["observe_property",1,"volume"]}\n')
        connection.settimeout(0.2)
    selector = selectors.DefaultSelector()
    for connection in crowd:
        try:
            while connection.recv(1 << 16):
                pass
        except TimeoutError:
            pass
        connection.setblocking(False)
        selector.register(connection, selectors.EVENT_READ)
    counts = dict.fromkeys(crowd, 0)
    mark = b'"custom-command"' if kind == "zegod" else b'"property-change"'

    def read(timeout):
        for key, _ in selector.select(timeout):
            counts[key.fileobj] += key.fileobj.recv(1 << 18).count(mark)

    began = time.monotonic()
    if kind == "zegod":
        # Other users of its room send it commands, as many as one may.
        main.connection.sendall(
            b'{"jsonrpc":"2.0","id":1,"method":"loginRoom","params":{"roomID":"r","user":{"userID":"u"}}}\n')
        main.answer()
        app = call(f"{place}/run/admin.sock", "app.show")
        port = call(control, "status")["server"]["listen"].rsplit(":", 1)[1]
        tool = os.path.join(os.path.dirname(os.path.abspath(__file__)), "room_flood.py")
        flood = subprocess.Popen(
            [sys.executable, tool, port, str(app["appID"]), app["appSign"], "r", "u", "20", "190", str(seconds)],
            stdout=subprocess.PIPE)
        while flood.poll() is None:
            read(0.1)
        sent = json.loads(flood.stdout.read())
        raised, lasted = sent["taken"] + 1, sent["seconds"]
    else:
        raised = 0
        while time.monotonic() - began < seconds:
            raised += 1
            main.connection.sendall((loud % (raised % 100 + 1, raised)).encode())
            main.answer()
            read(0)
        lasted = time.monotonic() - began
    end = time.monotonic()
    while time.monotonic() < end + 1:
        read(0.1)
    return {
        "raisedPerSecond": round(raised / lasted), "linesPerSecond": round(sum(counts.values()) / lasted),
        "leastOfAReader": round(min(counts.values()) / raised, 3),
    }


log = open(f"{place}/log", "w")
began = time.monotonic()
process = subprocess.Popen(command, stdout=log, stderr=log)
try:
    while True:
        try:
            lines = Lines(connect(control))
            lines.connection.sendall((request % 0).encode())
            lines.answer()
            break
        except OSError:
            if process.poll() is not None or time.monotonic() - began > 20:
                raise SystemExit(open(f"{place}/log").read())
            time.sleep(0.001)
    result = {"program": kind, "startSeconds": round(time.monotonic() - began, 3)}
    time.sleep(2)
    result["idlePercent"], result["idleMegabytes"] = idle(process.pid, 5)
    result["requestsPerSecond"] = rate(lines, 1, 3)
    result["pipelinedPerSecond"] = rate(lines, 32, 3)
    result["events"] = fan_out(3)
    print(json.dumps(result))
finally:
    process.terminate()
    process.wait(10)
    shutil.rmtree(place, ignore_errors=True)
