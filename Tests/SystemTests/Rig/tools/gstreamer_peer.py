"""gstreamer_peer.py whip URL FILE SECONDS | whep URL FILE SECONDS

A WebRTC peer of GStreamer (webrtcbin over libnice), with the bearer token in the environment variable TOKEN; for Debian's own Python, which
has python3-gi. `whip` publishes the WAV file, again and again; `whep` records what it plays into the WAV file. Both leave by DELETE after so
many seconds of media and print one JSON object: the statuses of the requests, the location, the entity tag, the offer, and the peer's RTP
statistics.
"""

import json
import sys
import threading
import time
import wave
from urllib.parse import urljoin

import gi
from resource_client import request

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import Gst, GstSdp, GstWebRTC  # noqa: E402  (only after the versions)

RATE = 48000
FORMAT = f"audio/x-raw,format=S16LE,rate={RATE},channels=1,layout=interleaved"
OPUS = "application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,encoding-params=(string)2,payload=111"


class Peer:
    def __init__(self, kind, path, seconds):
        self.pipeline = Gst.Pipeline.new()
        self.connection = Gst.ElementFactory.make("webrtcbin", "connection")
        self.connection.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
        self.pipeline.add(self.connection)
        self.path = path
        self.recorder = None
        if kind == "whip":
            self.publish(seconds)
        else:
            self.connection.connect("pad-added", self.play)
            self.connection.emit(
                "add-transceiver", GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY, Gst.Caps.from_string(OPUS))

    def publish(self, seconds):
        with wave.open(self.path) as file:
            assert file.getframerate() == RATE and file.getnchannels() == 1 and file.getsampwidth() == 2
            voice = file.readframes(file.getnframes())
        # More than is sent: what has not been asked for when the time is up is thrown away.
        size = int(2 * RATE * (seconds + 30))
        data = (voice * (size // len(voice) + 1))[:size]
        buffer = Gst.Buffer.new_wrapped(data)
        buffer.pts, buffer.duration = 0, size * Gst.SECOND // (2 * RATE)
        sender = Gst.parse_bin_from_description(
            f"appsrc name=voice format=time ! {FORMAT} ! clocksync ! audioconvert ! opusenc ! rtpopuspay ! capsfilter caps={OPUS}", True)
        self.pipeline.add(sender)
        sender.link(self.connection)
        source = sender.get_by_name("voice")
        source.set_property("max-bytes", 0)
        block = RATE // 50 * 2
        for at in range(0, size, block):
            part = buffer.copy_region(Gst.BufferCopyFlags.MEMORY, at, min(block, size - at))
            part.pts, part.duration = at * Gst.SECOND // (2 * RATE), Gst.SECOND // 50
            source.emit("push-buffer", part)

    def play(self, _, pad):
        if pad.get_direction() != Gst.PadDirection.SRC:
            return
        self.recorder = Gst.parse_bin_from_description(
            f"rtpopusdepay ! opusdec ! audioconvert ! audioresample ! {FORMAT} ! wavenc ! filesink name=file location={self.path}", True)
        self.pipeline.add(self.recorder)
        self.recorder.sync_state_with_parent()
        pad.link(self.recorder.get_static_pad("sink"))

    def ask(self, signal, *arguments):
        promise = Gst.Promise.new()
        self.connection.emit(signal, *arguments, promise)
        if promise.wait() != Gst.PromiseResult.REPLIED:
            raise SystemExit(f"{signal}: no reply")
        return promise.get_reply()

    def wait(self, what, condition, seconds=20):
        deadline = time.monotonic() + seconds
        bus = self.pipeline.get_bus()
        while not condition():
            if time.monotonic() > deadline:
                raise SystemExit(f"waited in vain for {what}")
            message = bus.timed_pop_filtered(10 * Gst.MSECOND, Gst.MessageType.ERROR)
            if message:
                raise SystemExit(f"{message.parse_error()}")

    def offer(self):
        needed = threading.Event()
        self.connection.connect("on-negotiation-needed", lambda _: needed.set())
        self.pipeline.set_state(Gst.State.PLAYING)
        self.wait("something to negotiate", needed.is_set)
        # The reply has to stay: what it holds is its own.
        reply = self.ask("create-offer", None)
        self.ask("set-local-description", reply.get_value("offer"))
        complete = GstWebRTC.WebRTCICEGatheringState.COMPLETE
        self.wait("the candidates", lambda: self.connection.get_property("ice-gathering-state") == complete)
        return self.connection.get_property("local-description").sdp.as_text()

    def answer(self, text):
        _, message = GstSdp.SDPMessage.new_from_text(text)
        description = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, message)
        self.ask("set-remote-description", description)
        connected = GstWebRTC.WebRTCPeerConnectionState.CONNECTED
        self.wait("the connection", lambda: self.connection.get_property("connection-state") == connected)

    def statistics(self):
        found = {}

        def look(_, value):
            if isinstance(value, Gst.Structure):
                kind = value.get_name()
                for name in ("packets-sent", "packets-received", "packets-lost", "nack-count"):
                    if kind in ("inbound-rtp", "outbound-rtp", "remote-inbound-rtp") and value.has_field(name):
                        found[f"{kind}.{name}"] = value.get_value(name)
            return True

        self.ask("get-stats", None).foreach(look)
        return found

    def end(self):
        if self.recorder:
            # The recorder finishes its file; the network goes on bringing what nobody wants.
            pad = self.recorder.get_static_pad("sink")
            pad.get_peer().unlink(pad)
            pad.send_event(Gst.Event.new_eos())
            file = self.recorder.get_by_name("file").get_static_pad("sink")
            self.wait("the file to be whole", lambda: file.get_sticky_event(Gst.EventType.EOS, 0) is not None)
        self.pipeline.set_state(Gst.State.NULL)


def main(kind, url, path, seconds):
    peer = Peer(kind, path, seconds)
    offer = peer.offer()
    status, headers, body = request("POST", url, offer.encode())
    if status != 201:
        raise SystemExit(f"POST: {status} {body}\n{offer}")
    peer.answer(body)
    begin = time.monotonic()
    peer.wait("the time to pass", lambda: time.monotonic() - begin >= seconds, seconds + 5)
    statistics = peer.statistics()
    location = urljoin(url, headers["Location"])
    deleted, _, _ = request("DELETE", location)
    again, _, _ = request("DELETE", location)
    peer.end()
    report = {"post": status, "delete": deleted, "deleteAgain": again, "location": headers["Location"], "etag": headers["ETag"], "offer": offer}
    print(json.dumps(report | statistics))


Gst.init(None)
main(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4]))
