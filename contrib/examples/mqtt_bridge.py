#!/usr/bin/env python3
"""usage: mqtt_bridge.py [BROKER [PORT]]

A bridge between zegod and MQTT, by the programs of Debian's mosquitto-clients. Topics below zegod/HOST, HOST being this machine's name:

  zegod/HOST/available        online, or offline (the bridge's last will)
  zegod/HOST/event/NAME       every event as JSON
  zegod/HOST/room             the room that the machine is in, or none
  zegod/HOST/microphone       ON or OFF
  zegod/HOST/microphone/set   ON or OFF
  zegod/HOST/volume/set       0-200: of all that is played
  zegod/HOST/call             any call: {"method":"loginRoom","params":{...}}; the answer comes to zegod/HOST/answer

Home Assistant finds the microphone as a switch and the room as a sensor by its discovery.
"""
import json
import os
import select
import signal
import socket
import subprocess
import sys

from zegod_client import CallFailed, Zegod


class Broker:
    """Publishes by a mosquitto_pub each, which is enough for events of a room; reads by one mosquitto_sub."""

    def __init__(self, host, port, base):
        self.address = ["-h", host, "-p", port]
        self.base = base
        will = ["--will-topic", f"{base}/available", "--will-payload", "offline", "--will-retain"]
        self.listener = subprocess.Popen(
            ["mosquitto_sub", *self.address, *will, "-F", "%t %p", "-t", f"{base}/call", "-t", f"{base}/+/set"],
            stdout=subprocess.PIPE)
        self.buffer = b""

    def messages(self):
        """What has come, as topics and payloads; select() said that there is something."""
        data = os.read(self.listener.stdout.fileno(), 65536)
        if not data:
            sys.exit("the broker is gone")
        *lines, self.buffer = (self.buffer + data).split(b"\n")
        for line in lines:
            topic, _, payload = line.decode().partition(" ")
            yield topic, payload

    def close(self):
        self.listener.terminate()
        self.listener.wait()

    def publish(self, topic, payload, retain=True):
        flags = ["-r"] if retain else []
        subprocess.run(["mosquitto_pub", *self.address, *flags, "-t", topic, "-m", payload], check=True)


def announce(broker, name):
    """Home Assistant's discovery."""
    common = {
        "availability_topic": f"{broker.base}/available",
        "device": {"identifiers": [f"zegod-{name}"], "name": f"zegod {name}", "model": "zegod"},
    }
    switch = {
        "name": "Microphone", "unique_id": f"zegod-{name}-microphone", "state_topic": f"{broker.base}/microphone",
        "command_topic": f"{broker.base}/microphone/set", "icon": "mdi:microphone", **common,
    }
    sensor = {
        "name": "Room", "unique_id": f"zegod-{name}-room", "state_topic": f"{broker.base}/room", "icon": "mdi:account-voice",
        **common,
    }
    broker.publish(f"homeassistant/switch/zegod-{name}/microphone/config", json.dumps(switch))
    broker.publish(f"homeassistant/sensor/zegod-{name}/room/config", json.dumps(sensor))
    broker.publish(f"{broker.base}/available", "online")


def tell_state(broker, status):
    rooms = [room["roomID"] for room in status["rooms"] if room["reason"] in ("logined", "reconnected")]
    broker.publish(f"{broker.base}/room", ", ".join(rooms) or "none")
    muted = status.get("audio", {}).get("muteMicrophone", False)
    broker.publish(f"{broker.base}/microphone", "OFF" if muted else "ON")


def command(broker, zegod, topic, payload):
    """What came from MQTT."""
    try:
        if topic == f"{broker.base}/microphone/set":
            zegod.call("muteMicrophone", mute=payload.upper() != "ON")
        elif topic == f"{broker.base}/volume/set":
            zegod.call("setAllPlayStreamVolume", volume=int(payload))
        else:
            request = json.loads(payload)
            answer = zegod.call(request["method"], **request.get("params", {}))
            broker.publish(f"{broker.base}/answer", json.dumps(answer), retain=False)
    except (CallFailed, ValueError, KeyError, TypeError) as error:
        broker.publish(f"{broker.base}/answer", json.dumps({"error": str(error)}), retain=False)
    tell_state(broker, zegod.call("status"))


def main(host, port):
    name = socket.gethostname()
    zegod = Zegod()
    broker = Broker(host, port, f"zegod/{name}")
    # A service manager ends it so; its mosquitto_sub goes with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        bridge(zegod, broker, name)
    finally:
        broker.close()


def bridge(zegod, broker, name):
    announce(broker, name)
    # Levels and quality come too often for MQTT.
    tell_state(broker, zegod.subscribe("*-state", "*-update", "*-message", "custom-command", "token-will-expire"))
    print("bridging", flush=True)
    while True:
        while (event := zegod.next_event(timeout=0)) is not None:
            broker.publish(f"{broker.base}/event/{event['event']}", json.dumps(event), retain=False)
            if event["event"] == "room-state":
                tell_state(broker, zegod.call("status"))
        readable, _, _ = select.select([zegod.socket, broker.listener.stdout], [], [])
        if broker.listener.stdout in readable:
            for topic, payload in broker.messages():
                command(broker, zegod, topic, payload)


if __name__ == "__main__":
    try:
        main(sys.argv[1] if len(sys.argv) > 1 else "localhost", sys.argv[2] if len(sys.argv) > 2 else "1883")
    except KeyboardInterrupt:
        pass
    except (CallFailed, OSError, subprocess.CalledProcessError) as error:
        sys.exit(str(error))
