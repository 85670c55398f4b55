"""browser.py SOCKET MICROPHONE.wav [--insecure-origin URL] [--microphone-is none|denied]

One headless Chromium, driven over a Unix socket: a JSON-RPC request a line, an answer a line. The microphone is the file, over and over,
unless there is none or it is not allowed; loudspeakers are not needed. The pages are the product's own, without a hook: what a test wants to know of their RTCPeerConnections is
learned by a script that the browser runs before the page's.

Methods: open{url}, reload, click{selector}, press{key}, fill{selector,text}, text{selector}, wait{selector,text?,seconds?}, evaluate{script},
capture{seconds,path}, statistics, firstAudioMs, screenshot{path,width?,height?,dark?}, complaints, quit.
"""

import argparse
import base64
import json
import os
import socket
import struct
import sys
import time

from playwright.sync_api import sync_playwright

RECORDER = """
(() => {
    const rig = { connections: [], began: 0, firstAudio: 0 };
    window.rig = rig;
    const Original = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Original {
        constructor(...parameters) {
            super(...parameters);
            rig.connections.push(this);
        }
    };
    // From the click (or Enter) on the form to the first sound that a receiver plays out.
    document.addEventListener("submit", () => { rig.began = performance.now(); rig.firstAudio = 0; }, true);
    setInterval(() => {
        if (!rig.began || rig.firstAudio) return;
        const heard = rig.connections.some((connection) => connection.connectionState !== "closed"
            && connection.getReceivers().some((receiver) => receiver.getSynchronizationSources().length > 0));
        if (heard) rig.firstAudio = performance.now();
    }, 5);
    rig.connection = () => rig.connections.findLast(({ connectionState }) => connectionState !== "closed");
    rig.statistics = async () => {
        // There is none between a click and the login that it leads to.
        const reports = [...((await rig.connection()?.getStats()) ?? new Map()).values()];
        const kinds = ["inbound-rtp", "outbound-rtp", "remote-inbound-rtp", "candidate-pair", "transport", "codec", "media-playout"];
        return reports.filter(({ type }) => kinds.includes(type));
    };
    rig.capture = async (seconds) => {
        const section = rig.connection().getTransceivers().find(({ currentDirection }) => currentDirection === "recvonly");
        const context = new AudioContext({ sampleRate: 48000 });
        await context.resume();
        const source = context.createMediaStreamSource(new MediaStream([section.receiver.track]));
        // An AudioWorklet would need a script of its own, which the page's Content-Security-Policy rightly refuses.
        const processor = context.createScriptProcessor(4096, 1, 1);
        const wanted = seconds * 48000;
        const samples = new Int16Array(wanted);
        let count = 0;
        await new Promise((resolve) => {
            processor.onaudioprocess = ({ inputBuffer }) => {
                for (const sample of inputBuffer.getChannelData(0)) {
                    if (count < wanted) samples[count++] = Math.max(-1, Math.min(1, sample)) * 32767;
                }
                if (count >= wanted) resolve();
            };
            source.connect(processor).connect(context.destination);
        });
        processor.onaudioprocess = null;
        await context.close();
        const bytes = new Uint8Array(samples.buffer);
        let text = "";
        for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
        return btoa(text);
    };
})();
"""


class Driver:
    def __init__(self, browser):
        self.context = browser.new_context()
        self.context.add_init_script(RECORDER)
        self.page = self.context.new_page()
        self.said = []
        self.page.on("console", self.hear)
        self.page.on("pageerror", lambda error: self.said.append(f"uncaught: {error}"))

    def hear(self, message):
        # The recorder's own node is no matter of the page.
        if message.type in ("error", "warning") and "ScriptProcessorNode" not in message.text:
            self.said.append(message.text)

    def open(self, url):
        # The same page with another fragment is not loaded again by itself.
        self.page.goto("about:blank")
        self.page.goto(url)
        return self.page.url

    def reload(self):
        self.page.reload()
        return self.page.url

    def click(self, selector):
        self.page.click(selector, timeout=5000)

    def press(self, key):
        self.page.keyboard.press(key)

    def fill(self, selector, text):
        self.page.fill(selector, text, timeout=5000)

    def text(self, selector):
        return self.page.locator(selector).first.text_content(timeout=5000)

    def wait(self, selector, text="", seconds=20):
        found = self.page.locator(selector).filter(has_text=text).first
        found.wait_for(state="visible", timeout=seconds * 1000)
        return found.text_content()

    def evaluate(self, script):
        return self.page.evaluate(script)

    def statistics(self):
        return self.page.evaluate("rig.statistics()")

    def firstAudioMs(self):
        # Asked again and again: a function that waits inside the page would be a script that its policy refuses.
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if elapsed := self.page.evaluate("rig.firstAudio && rig.firstAudio - rig.began"):
                return elapsed
            self.page.wait_for_timeout(20)
        raise TimeoutError("nothing was heard for 20 s")

    def capture(self, seconds, path):
        sound = base64.b64decode(self.page.evaluate("(seconds) => rig.capture(seconds)", seconds))
        head = b"RIFF" + struct.pack("<I", 36 + len(sound)) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 48000, 96000, 2, 16)
        with open(path, "wb") as file:
            file.write(head + b"data" + struct.pack("<I", len(sound)) + sound)

    def screenshot(self, path, width=1200, height=900, dark=False):
        self.page.emulate_media(color_scheme="dark" if dark else "light")
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.screenshot(path=path, full_page=True)
        return self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")

    def complaints(self):
        return self.said


def answer(driver, line):
    request = json.loads(line)
    reply = {"jsonrpc": "2.0", "id": request["id"]}
    try:
        reply["result"] = getattr(driver, request["method"])(**request.get("params", {}))
    except Exception as error:  # told to the test, which decides
        reply["error"] = {"code": -32000, "message": f"{type(error).__name__}: {error}"}
    return json.dumps(reply)


def serve(driver, path):
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


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("socket")
    parser.add_argument("microphone")
    parser.add_argument("--insecure-origin")
    parser.add_argument("--microphone-is", choices=["file", "none", "denied"], default="file")
    options = parser.parse_args()
    arguments = [
        "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required",
        "--use-fake-ui-for-media-stream" + ("=deny" if options.microphone_is == "denied" else ""),
    ]
    if options.microphone_is != "none":
        arguments.append("--use-fake-device-for-media-stream")
        arguments.append(f"--use-file-for-fake-audio-capture={os.path.abspath(options.microphone)}")
    if options.insecure_origin:
        arguments.append(f"--unsafely-treat-insecure-origin-as-secure={options.insecure_origin}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", headless=True, args=arguments)
        serve(Driver(browser), options.socket)
        browser.close()


main()
sys.exit(0)
