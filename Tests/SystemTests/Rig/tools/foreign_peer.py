"""foreign_peer.py whip URL FILE SECONDS | whep URL FILE SECONDS

A WebRTC peer that shares nothing with zegod (aiortc over libav and its own ICE, DTLS and SRTP), with the bearer token in the environment
variable TOKEN and, in PROFILE, the one SRTP protection profile that it offers (as OpenSSL names it; aiortc's own choice when absent). `whip`
publishes the WAV file, again and again; `whep` records what it plays into the WAV file. Both leave by DELETE after so many seconds of media
and print one JSON object: the statuses of the requests, the location, the entity tag, the offer, the SRTP profile that was agreed, and the
peer's RTP statistics.
"""

import asyncio
import json
import os
import sys
from urllib.parse import urljoin

from aiortc import RTCPeerConnection, RTCSessionDescription, rtcdtlstransport
from aiortc.contrib.media import MediaPlayer, MediaRecorder
from resource_client import request


async def call(method, url, body=None):
    return await asyncio.to_thread(request, method, url, body)


def only(name):
    """Offers this SRTP profile alone."""
    profiles = rtcdtlstransport.SRTP_PROFILES
    profiles[:] = [profile for profile in profiles if profile.openssl_profile.decode() == name]
    assert len(profiles) == 1, name


def agreed(connection):
    """The SRTP profile of the one transport."""
    transceiver = connection.getTransceivers()[0]
    return transceiver.sender.transport._ssl.get_selected_srtp_profile().decode()


async def main(kind, url, path, seconds):
    if "PROFILE" in os.environ:
        only(os.environ["PROFILE"])
    connection = RTCPeerConnection()
    connected = asyncio.Event()

    @connection.on("connectionstatechange")
    def changed():
        if connection.connectionState == "connected":
            connected.set()

    recorder = None
    if kind == "whip":
        # Loops are made here: the file as it is, as often as it takes.
        connection.addTransceiver(MediaPlayer(path, loop=True).audio, direction="sendonly")
    else:
        recorder = MediaRecorder(path)
        connection.addTransceiver("audio", direction="recvonly")
        connection.on("track", recorder.addTrack)

    await connection.setLocalDescription(await connection.createOffer())
    offer = connection.localDescription.sdp
    status, headers, body = await call("POST", url, offer.encode())
    if status != 201:
        raise SystemExit(f"POST: {status} {body}")
    await connection.setRemoteDescription(RTCSessionDescription(body, "answer"))
    await asyncio.wait_for(connected.wait(), 20)
    if recorder:
        await recorder.start()
    await asyncio.sleep(seconds)

    statistics = {"offer": offer, "profile": agreed(connection)}
    for entry in (await connection.getStats()).values():
        if entry.type == ("outbound-rtp" if kind == "whip" else "inbound-rtp"):
            statistics["packets"] = getattr(entry, "packetsSent", None) or getattr(entry, "packetsReceived", None)
            statistics["lost"] = getattr(entry, "packetsLost", 0)
        elif entry.type == "remote-inbound-rtp":
            statistics["remoteLost"] = entry.packetsLost
    if recorder:
        await recorder.stop()
    location = urljoin(url, headers["Location"])
    deleted, _, _ = await call("DELETE", location)
    again, _, _ = await call("DELETE", location)
    await connection.close()
    print(
        json.dumps(
            {"post": status, "delete": deleted, "deleteAgain": again, "location": headers["Location"], "etag": headers["ETag"]} | statistics
        )
    )


asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])))
