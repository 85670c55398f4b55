"""browser.py SOCKET MICROPHONE.wav [--insecure-origin URL] [--trust-key HASH] [--microphone-is none|denied] [--without red|nack]…

One headless Chromium, driven over a Unix socket: a JSON-RPC request a line, an answer a line. The microphone is the file, over and over,
unless there is none or it is not allowed; loudspeakers are not needed. The pages are the product's own, without a hook: what a test wants to know of their RTCPeerConnections is
learned by a script that the browser runs before the page's (recorder.js). What it shall do without is taken out of its offers.

Methods: open{url}, reload, click{selector}, press{key}, fill{selector,text}, text{selector}, wait{selector,text?,seconds?}, evaluate{script},
capture{seconds,path}, statistics, firstAudioMs, screenshot{path,width?,height?,dark?}, complaints, quit.
"""

import argparse
import base64
import os
import sys
import time

from playwright.sync_api import sync_playwright
from serving import recorder, serve, write_wav

class Driver:
    def __init__(self, browser, without):
        self.context = browser.new_context()
        self.context.add_init_script(recorder(without))
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
        write_wav(path, base64.b64decode(self.page.evaluate("(seconds) => rig.capture(seconds)", seconds)))

    def screenshot(self, path, width=1200, height=900, dark=False):
        self.page.emulate_media(color_scheme="dark" if dark else "light")
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.screenshot(path=path, full_page=True)
        return self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")

    def complaints(self):
        return self.said


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("socket")
    parser.add_argument("microphone")
    parser.add_argument("--insecure-origin")
    parser.add_argument("--trust-key", help="the SHA-256 of a server's SubjectPublicKeyInfo in Base64, as if an authority had vouched for it")
    parser.add_argument("--microphone-is", choices=["file", "none", "denied"], default="file")
    parser.add_argument("--without", choices=["red", "nack"], action="append", default=[])
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
    if options.trust_key:
        arguments.append(f"--ignore-certificate-errors-spki-list={options.trust_key}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", headless=True, args=arguments)
        serve(Driver(browser, options.without), options.socket)
        browser.close()


main()
sys.exit(0)
