"""packet_receiver.py DIRECTORY [--at-a-time N] [--buffer adaptive|MS]...

What Chromium makes of packets: each DIRECTORY/NAME.packets (written by `zego-bench quality --packets`) is sent in real time to an
RTCPeerConnection of a headless Chromium; what its loudspeaker would get becomes NAME.raw (48 kHz, mono, float), and the figures of its jitter
buffer NAME.json. With --buffer, which may be repeated, each call is heard once for each: `jitterBufferTarget` of the receiver is set to MS, what its
buffer is to hold at least, and the files are NAME-MSms.raw and .json. A .packets file has a line for each packet that arrives, in order: {"ms": when, "seq": 16 bits, "timestamp": 48 kHz,
"red": whether it is a RED payload (RFC 2198), "payload": hexadecimal}.
"""

import argparse
import asyncio
import base64
import glob
import json
import os
import random
import re
import time

from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack
from aiortc.rtp import RtpPacket
from playwright.async_api import async_playwright

PAGE = """<!doctype html><title>receiver</title><script>
const worklet = URL.createObjectURL(new Blob([`
registerProcessor("tap", class extends AudioWorkletProcessor {
    process([[samples]]) { this.port.postMessage(samples ? samples.slice() : new Float32Array(128)); return true; }
});`], { type: "text/javascript" }));
const calls = {};
window.offer = async (name, buffer) => {
    const connection = new RTCPeerConnection();
    const { receiver } = connection.addTransceiver("audio", { direction: "recvonly" });
    if (buffer !== null) {
        if (!("jitterBufferTarget" in receiver)) throw new Error("this browser has no jitterBufferTarget");
        receiver.jitterBufferTarget = buffer;
    }
    const call = calls[name] = { connection, blocks: [] };
    connection.ontrack = async ({ track }) => {
        const stream = new MediaStream([track]);
        // Chromium decodes a remote stream only while an element plays it.
        call.element = new Audio();
        call.element.muted = true;
        call.element.srcObject = stream;
        await call.element.play();
        call.context = new AudioContext({ sampleRate: 48000, latencyHint: "interactive" });
        await call.context.audioWorklet.addModule(worklet);
        call.tap = new AudioWorkletNode(call.context, "tap", { channelCount: 1, channelCountMode: "explicit" });
        call.tap.port.onmessage = ({ data }) => call.blocks.push(data);
        call.context.createMediaStreamSource(stream).connect(call.tap).connect(call.context.destination);
    };
    await connection.setLocalDescription(await connection.createOffer());
    while (connection.iceGatheringState !== "complete") await new Promise((done) => setTimeout(done, 20));
    return connection.localDescription.sdp;
};
window.answer = (name, sdp) => calls[name].connection.setRemoteDescription({ type: "answer", sdp });
window.begin = (name) => { calls[name].blocks.length = 0; };
const figures = async ({ connection }) => [...(await connection.getStats()).values()].find(({ type }) => type === "inbound-rtp");
window.settle = async (name) => { calls[name].settled = await figures(calls[name]); };
window.finish = async (name) => {
    const { connection, context, blocks, tap, settled } = calls[name];
    const end = await figures(calls[name]);
    tap.port.onmessage = null;
    const all = new Float32Array(blocks.reduce((sum, block) => sum + block.length, 0));
    let at = 0;
    for (const block of blocks) { all.set(block, at); at += block.length; }
    await context.close();
    connection.close();
    delete calls[name];
    const bytes = new Uint8Array(all.buffer);
    let text = "";
    for (let from = 0; from < bytes.length; from += 32768) text += String.fromCharCode(...bytes.subarray(from, from + 32768));
    return { sound: btoa(text), settled, end };
};
</script>"""


class Silence(AudioStreamTrack):
    """Makes aiortc a sender; what it would send itself never comes."""

    async def recv(self):
        await asyncio.Event().wait()


def payload_types(sdp):
    """Those of Opus and of RED in Chromium's offer."""
    opus = re.search(r"^a=rtpmap:(\d+) opus/48000/2", sdp, re.M)
    red = re.search(r"^a=rtpmap:(\d+) red/48000/2", sdp, re.M)
    return int(opus[1]), int(red[1])


def with_red(sdp, opus, red):
    """aiortc knows nothing of RED, but it is we who send it: its answer takes both."""
    sdp = re.sub(r"^(m=audio \S+ \S+) [^\r]*", rf"\1 {opus} {red}", sdp, flags=re.M)
    keep = [line for line in sdp.split("\r\n") if not re.match(rf"a=(rtpmap|fmtp|rtcp-fb):(?!{opus} )", line)]
    at = next(index for index, line in enumerate(keep) if line.startswith(f"a=rtpmap:{opus} "))
    keep[at + 1 : at + 1] = [f"a=rtpmap:{red} red/48000/2", f"a=fmtp:{red} {opus}/{opus}"]
    return "\r\n".join(keep)


async def settle(page, name):
    """What comes before is not in the figures: as long as the lead-in of `zego-bench quality`."""
    await asyncio.sleep(8)
    await page.evaluate("(name) => settle(name)", name)


async def call(page, path, buffer):
    target = path.removesuffix(".packets") + (f"-{buffer}ms" if buffer is not None else "")
    name = os.path.basename(target)
    with open(path) as lines:
        packets = [json.loads(line) for line in lines]
    connection = RTCPeerConnection()
    sender = connection.addTrack(Silence())
    offer = await page.evaluate("([name, buffer]) => offer(name, buffer)", [name, buffer])
    opus, red = payload_types(offer)
    await connection.setRemoteDescription(RTCSessionDescription(sdp=offer, type="offer"))
    await connection.setLocalDescription(await connection.createAnswer())
    await page.evaluate("([name, sdp]) => answer(name, sdp)", [name, with_red(connection.localDescription.sdp, opus, red)])
    deadline = time.monotonic() + 10
    while connection.connectionState != "connected":
        if time.monotonic() > deadline:
            raise SystemExit(f"{name}: no connection within 10 s")
        await asyncio.sleep(0.02)
    ssrc, base = sender._ssrc, random.getrandbits(16)
    await asyncio.sleep(1)
    await page.evaluate("(name) => begin(name)", name)
    begin = time.monotonic()
    settling = asyncio.create_task(settle(page, name))
    for packet in packets:
        wait = begin + packet["ms"] / 1000 - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
        rtp = RtpPacket(
            payload_type=red if packet["red"] else opus, sequence_number=(base + packet["seq"]) & 0xFFFF,
            timestamp=packet["timestamp"] & 0xFFFFFFFF, ssrc=ssrc, payload=bytes.fromhex(packet["payload"]))
        await sender.transport._send_rtp(rtp.serialize())
    await settling
    result = await page.evaluate("(name) => finish(name)", name)
    await connection.close()
    with open(target + ".raw", "wb") as file:
        file.write(base64.b64decode(result["sound"]))
    grown = {key: result["end"][key] - result["settled"][key] for key, value in result["end"].items() if isinstance(value, (int, float))}
    with open(target + ".json", "w") as file:
        json.dump({
            "bufferMs": 1000 * grown["jitterBufferDelay"] / max(grown["jitterBufferEmittedCount"], 1),
            "concealedPercent": 100 * grown["concealedSamples"] / max(grown["totalSamplesReceived"], 1),
        }, file)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("directory")
    parser.add_argument("--at-a-time", type=int, default=4)
    parser.add_argument("--buffer", action="append", type=lambda text: None if text == "adaptive" else int(text))
    options = parser.parse_args()
    waiting = [(path, buffer) for path in sorted(glob.glob(options.directory + "/*.packets")) for buffer in options.buffer or [None]]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", headless=True,
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required"])
        page = await browser.new_page()
        await page.route("http://localhost/", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
        await page.goto("http://localhost/")

        async def work():
            while waiting:
                await call(page, *waiting.pop(0))

        await asyncio.gather(*(work() for _ in range(options.at_a_time)))
        await browser.close()


asyncio.run(main())
