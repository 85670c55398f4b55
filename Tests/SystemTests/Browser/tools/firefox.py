"""firefox.py SOCKET MICROPHONE.wav [--insecure-origin URL] [--microphone-is none|denied]

One headless Firefox, driven as browser.py drives Chromium: the same methods on the same kind of socket. It speaks WebDriver BiDi to
Firefox itself, so that no other program is needed. Firefox takes no file for its microphone: what it says is its own tone (1 kHz, or
--tone HERTZ), and MICROPHONE.wav is not looked at.
"""

import argparse
import base64
import ctypes
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import av

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Rig", "tools"))

from serving import recorder, serve, write_wav  # noqa: E402  (only after the path)
from websocket_client import WebSocket  # noqa: E402

PR_SET_PDEATHSIG = 1
KEYS = {"Enter": "\ue006", "Tab": "\ue004", "Space": " ", "Escape": "\ue00c"}

# Elements by CSS, visible as a person would see them.
FIND = """
const visible = (element) => element.checkVisibility() && element.getClientRects().length > 0;
const find = (selector, text) => [...document.querySelectorAll(selector)].find((element) => element.textContent.includes(text));
"""


def preferences(options):
    values = {
        "media.navigator.streams.fake": options.microphone_is == "file",
        "media.navigator.audio.fake_frequency": options.tone,
        "media.navigator.permission.disabled": options.microphone_is != "denied",
        "permissions.default.microphone": 2 if options.microphone_is == "denied" else 1,
        "media.autoplay.default": 0,
        "media.autoplay.blocking_policy": 0,
        "media.autoplay.block-webaudio": False,
        # Nothing that calls home or asks.
        "browser.shell.checkDefaultBrowser": False,
        "browser.aboutwelcome.enabled": False,
        "datareporting.policy.dataSubmissionEnabled": False,
        "app.normandy.enabled": False,
        "network.captive-portal-service.enabled": False,
        "network.connectivity-service.enabled": False,
        "browser.safebrowsing.malware.enabled": False,
        "browser.safebrowsing.phishing.enabled": False,
        "media.gmp-manager.updateEnabled": False,
        "extensions.update.enabled": False,
        "app.update.enabled": False,
        "toolkit.telemetry.enabled": False,
    }
    if options.loopback:
        values["media.peerconnection.ice.loopback"] = True
    if options.insecure_origin:
        values["media.devices.insecure.enabled"] = True
        values["media.getusermedia.insecure.enabled"] = True
    return "".join(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in values.items())


class Firefox:
    """The process and the protocol."""

    def __init__(self, options):
        self.profile = tempfile.mkdtemp(prefix="zego-firefox-")
        with open(os.path.join(self.profile, "user.js"), "w", encoding="utf-8") as file:
            file.write(preferences(options))
        self.process = subprocess.Popen(
            ["firefox-esr", "--headless", "--no-remote", "--profile", self.profile, "--remote-debugging-port", "0", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ | {"HOME": self.profile, "MOZ_HEADLESS": "1"},
            # Whatever becomes of this process, Firefox does not outlive it.
            preexec_fn=lambda: ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL))
        self.socket = WebSocket(self.port(), "/session", timeout=60)
        self.number = 0
        self.events = []

    def port(self):
        path = os.path.join(self.profile, "WebDriverBiDiServer.json")
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise SystemExit(f"Firefox ended with {self.process.returncode}")
            try:
                with open(path, encoding="utf-8") as file:
                    return json.load(file)["ws_port"]
            except (FileNotFoundError, json.JSONDecodeError):
                time.sleep(0.05)
        raise SystemExit("Firefox opens no port for its driver")

    def call(self, method, **parameters):
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while (text := self.socket.receive()) is not None:
            message = json.loads(text)
            if message["type"] == "event":
                self.events.append(message)
            elif message["id"] == self.number:
                if message["type"] == "error":
                    raise RuntimeError(f"{method}: {message['error']}: {message['message']}")
                return message["result"]
        raise RuntimeError(f"{method}: Firefox is gone")

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
        shutil.rmtree(self.profile, ignore_errors=True)


class Driver:
    def __init__(self, firefox):
        self.firefox = firefox
        firefox.call("session.new", capabilities={})
        firefox.call("session.subscribe", events=["log.entryAdded"])
        firefox.call("script.addPreloadScript", functionDeclaration="() => {\n" + recorder() + "}")
        self.context = firefox.call("browsingContext.getTree")["contexts"][0]["context"]

    def open(self, url):
        # The same page with another fragment is not loaded again by itself.
        self.firefox.call("browsingContext.navigate", context=self.context, url="about:blank", wait="complete")
        self.firefox.call("browsingContext.navigate", context=self.context, url=url, wait="complete")
        return self.evaluate("location.href")

    def reload(self):
        self.firefox.call("browsingContext.reload", context=self.context, wait="complete")
        return self.evaluate("location.href")

    def run(self, body, *arguments):
        """Runs the body of an asynchronous function in the page; its result as JSON has it."""
        given = ", ".join(json.dumps(argument) for argument in arguments)
        result = self.firefox.call(
            "script.callFunction", target={"context": self.context}, awaitPromise=True, userActivation=True,
            functionDeclaration=f"async () => JSON.stringify((await (async (...given) => {{ {body} }})({given})) ?? null)")
        if result["type"] == "exception":
            raise RuntimeError(result["exceptionDetails"]["text"])
        return json.loads(result["result"]["value"])

    def evaluate(self, script):
        return self.run(f"return ({script});")

    def act(self, actions):
        self.firefox.call("input.performActions", context=self.context, actions=actions)

    def click(self, selector):
        place = self.until(5, selector, lambda: self.run(
            FIND + """const element = find(given[0], "");
            if (!element || !visible(element) || element.disabled) return null;
            element.scrollIntoView({ block: "center" });
            const { x, y, width, height } = element.getBoundingClientRect();
            return [Math.round(x + width / 2), Math.round(y + height / 2)];""", selector))
        self.act([{"type": "pointer", "id": "mouse", "actions": [
            {"type": "pointerMove", "x": place[0], "y": place[1]}, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]}])

    def press(self, key):
        # Headless Firefox has no focus: fields take keys, but buttons are not pressed by them.
        value = KEYS.get(key, key)
        self.act([{"type": "key", "id": "keyboard", "actions": [{"type": "keyDown", "value": value}, {"type": "keyUp", "value": value}]}])

    def text(self, selector):
        return self.until(5, selector, lambda: self.run(FIND + 'return find(given[0], "")?.textContent;', selector))

    def wait(self, selector, text="", seconds=20):
        return self.until(seconds, f"{selector} {text!r}", lambda: self.run(
            FIND + "const element = find(given[0], given[1]); return element && visible(element) ? element.textContent : null;",
            selector, text))

    @staticmethod
    def until(seconds, what, condition):
        deadline = time.monotonic() + seconds
        while True:
            value = condition()
            if value is not None:
                return value
            if time.monotonic() > deadline:
                raise TimeoutError(f"waited {seconds} s for {what}")
            time.sleep(0.02)

    def statistics(self):
        return self.run("return await rig.statistics();")

    def firstAudioMs(self):
        return self.until(20, "sound", lambda: self.run("return rig.firstAudio ? rig.firstAudio - rig.began : null;"))

    def capture(self, seconds, path):
        # Without a sound card an AudioContext of Firefox stands still; its recorder does not.
        sound = io.BytesIO(base64.b64decode(self.run(
            """const [section] = rig.receiving();
            const recorder = new MediaRecorder(
                new MediaStream([section.receiver.track]), { mimeType: "audio/ogg; codecs=opus", audioBitsPerSecond: 192000 });
            const parts = [];
            recorder.ondataavailable = ({ data }) => parts.push(data);
            await new Promise((resolve) => {
                recorder.onstop = resolve;
                recorder.start();
                setTimeout(() => recorder.stop(), 1000 * given[0]);
            });
            const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
            let text = "";
            for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
            return btoa(text);""", seconds)))
        resampler = av.AudioResampler("s16", "mono", 48000)
        with av.open(sound) as container:
            frames = [part for frame in container.decode(audio=0) for part in resampler.resample(frame)]
        write_wav(path, b"".join(frame.to_ndarray().tobytes() for frame in frames))

    def screenshot(self, path, width=1200, height=900, dark=False):
        self.firefox.call("browsingContext.setViewport", context=self.context, viewport={"width": width, "height": height})
        picture = self.firefox.call("browsingContext.captureScreenshot", context=self.context, origin="document")["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(picture))
        return self.evaluate("[document.documentElement.scrollWidth, innerWidth]")

    def complaints(self):
        self.evaluate("0")
        entries = [event["params"] for event in self.firefox.events]
        return [
            entry["text"] for entry in entries
            # The recorder's own node is no matter of the page.
            if entry["level"] in ("error", "warn") and "ScriptProcessorNode" not in (entry["text"] or "")
        ]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("socket")
    parser.add_argument("microphone")
    parser.add_argument("--insecure-origin")
    parser.add_argument("--microphone-is", choices=["file", "none", "denied"], default="file")
    parser.add_argument("--tone", type=int, default=1000)
    parser.add_argument("--loopback", action="store_true")
    options = parser.parse_args()
    # So that it is tidied up when the test asks this process to end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    firefox = Firefox(options)
    try:
        serve(Driver(firefox), options.socket)
    finally:
        firefox.end()


main()
