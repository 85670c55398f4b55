"""opus_frames.py encode WAV FRAMES | decode FRAMES WAV

Between sound (16 bit, mono, 48 kHz) and the frames of Opus that pion_peer sends and receives: each behind its length in two bytes.
The codec is libav's use of libopus.
"""

import struct
import sys
import wave

import av
import numpy as np

RATE, FRAME = 48000, 960


def encode(source, target):
    with wave.open(source) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.format, encoder.layout, encoder.bit_rate = RATE, "s16", "mono", 64000
    with open(target, "wb") as file:
        for at in range(0, len(samples) - FRAME, FRAME):
            frame = av.AudioFrame.from_ndarray(samples[at : at + FRAME].reshape(1, -1), format="s16", layout="mono")
            frame.sample_rate, frame.pts = RATE, at
            for packet in encoder.encode(frame):
                data = bytes(packet)
                file.write(struct.pack("!H", len(data)) + data)


def decode(source, target):
    decoder = av.CodecContext.create("libopus", "r")
    decoder.sample_rate, decoder.layout = RATE, "mono"
    resampler = av.AudioResampler("s16", "mono", RATE)
    with open(source, "rb") as file, wave.open(target, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        while len(head := file.read(2)) == 2:
            for frame in decoder.decode(av.Packet(file.read(struct.unpack("!H", head)[0]))):
                for part in resampler.resample(frame):
                    sound.writeframes(part.to_ndarray().tobytes())


{"encode": encode, "decode": decode}[sys.argv[1]](*sys.argv[2:])
