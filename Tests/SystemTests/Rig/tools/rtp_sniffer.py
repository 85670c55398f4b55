"""rtp_sniffer.py PORT: what RTP goes to and from a UDP port of this machine, on all interfaces (root only).

SRTP leaves headers in the clear, so that the wire tells which payload types, header extensions and retransmissions a call has. Prints
`ready`, and at SIGTERM one JSON list of {from, to, ssrc, payloadType, packets, again, extensions}: `again` counts packets whose sequence
number was seen before, `extensions` how many packets had the extension of each identifier (RFC 8285).
"""

import json
import signal
import socket
import struct
import sys

PORT = int(sys.argv[1])
IPV4, ALL, UDP, OUTGOING = 0x0800, 0x0003, 17, 4


def extensions(packet, at):
    """The identifiers in the one-byte form."""
    profile, words = struct.unpack_from("!HH", packet, at)
    found, at, end = set(), at + 4, at + 4 + 4 * words
    while profile == 0xBEDE and at < end:
        number, length = packet[at] >> 4, (packet[at] & 15) + 1
        if number == 0:
            at += 1
            continue
        found.add(number)
        at += 1 + length
    return found


class Sniffer:
    def __init__(self):
        self.flows, self.numbers = {}, {}

    def take(self, packet, address):
        header = (packet[0] & 15) * 4
        # Loopback shows everything twice: as it goes and as it comes.
        if packet[9] != UDP or (address[0] == "lo" and address[2] == OUTGOING) or len(packet) < header + 20:
            return
        source, target = struct.unpack_from("!HH", packet, header)
        rtp = packet[header + 8 :]
        if PORT not in (source, target) or rtp[0] >> 6 != 2 or 192 <= rtp[1] <= 223:
            return
        number, ssrc = struct.unpack_from("!HxxxxI", rtp, 2)
        ends = [f"{socket.inet_ntoa(packet[at : at + 4])}:{port}" for at, port in ((12, source), (16, target))]
        flow = self.flows.setdefault(
            (*ends, ssrc, rtp[1] & 127),
            {"from": ends[0], "to": ends[1], "ssrc": ssrc, "payloadType": rtp[1] & 127, "packets": 0, "again": 0, "extensions": {}})
        flow["packets"] += 1
        seen = self.numbers.setdefault((*ends, ssrc), set())
        flow["again"] += number in seen
        seen.add(number)
        if rtp[0] & 0x10:
            for identifier in extensions(rtp, 12 + 4 * (rtp[0] & 15)):
                flow["extensions"][identifier] = flow["extensions"].get(identifier, 0) + 1


def end(*_):
    raise KeyboardInterrupt


signal.signal(signal.SIGTERM, end)
sniffer = Sniffer()
# The kernel shows what goes out only to sockets of all protocols.
with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ALL)) as wire:
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    print("ready", flush=True)
    try:
        while True:
            packet, address = wire.recvfrom(2048)
            if address[1] == IPV4:
                sniffer.take(packet, address)
    except KeyboardInterrupt:
        pass
print(json.dumps(list(sniffer.flows.values())))
