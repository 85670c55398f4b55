"""compare.py REFERENCE RECORDING [--reference-start SECONDS --recording-start SECONDS] [--last]

Judges a recording that must hold a whole pass of the reference (which may repeat in it); of several passes the best, or the last. Prints one JSON object:
  found         whether the reference was recognised at all
  pesq          PESQ wide band (ITU-T P.862.2) of that pass, -0.5…4.64; 0 when nothing was found
  atSeconds     where in the recording the pass begins
  delaySeconds  when both starts are given (times of the first samples on one clock): the delay of the pass, less than one reference long
  levelDecibel  level of the pass against the reference
  recognised    part of the 200-ms pieces of speech that correlate with the reference at the place where they belong
  passes        how many passes there were
  spreadMs      how far these pieces lie from each other's place (time-stretching, lost or doubled samples)
Files are WAV of 16 bit, or .raw: 48 kHz, mono, 16 bit, little endian.
"""

import argparse
import json

import numpy as np
from pesq import NoUtterancesError, pesq
from scipy.io import wavfile
from scipy.signal import fftconvolve, resample_poly

RATE = 16000
PIECE = RATE // 5
REACH = RATE // 20


def read(path):
    if path.endswith(".raw"):
        rate, samples = 48000, np.fromfile(path, dtype="<i2")
    else:
        rate, samples = wavfile.read(path)
    if samples.dtype != np.int16:
        raise SystemExit(f"{path}: 16 bit is expected")
    samples = samples.astype(np.float64) / 32768
    if samples.ndim > 1:
        samples = samples[:, 0]
    if rate % RATE:
        raise SystemExit(f"{path}: a multiple of {RATE} Hz is expected")
    return resample_poly(samples, 1, rate // RATE) if rate != RATE else samples


def decibel(samples):
    return 10 * np.log10(np.mean(samples * samples) + 1e-12)


def nothing():
    return {"found": False, "pesq": 0.0, "atSeconds": 0.0, "delaySeconds": None, "levelDecibel": -120.0, "recognised": 0.0, "spreadMs": 0.0}


def whole_passes(reference, recording):
    """Where the reference fits: the peaks of the correlation, each normalised by the energy of what lies under it, best first, none overlapping."""
    if len(recording) < len(reference):
        return []
    product = fftconvolve(recording, reference[::-1], mode="valid")
    power = np.concatenate(([0.0], np.cumsum(recording * recording)))
    under = power[len(reference) :] - power[: -len(reference)]
    likeness = product / np.sqrt(np.maximum(under, 1e-9) * np.sum(reference * reference))
    places = []
    while (best := likeness[peak := int(np.argmax(likeness))]) > 0.1:
        places.append((peak, best))
        likeness[max(0, peak - len(reference) // 2) : peak + len(reference) // 2] = 0
    return places


def pieces(reference, heard):
    """Likeness and displacement of each piece that holds speech."""
    result = []
    for start in range(REACH, len(reference) - PIECE - REACH, PIECE):
        piece = reference[start : start + PIECE]
        if decibel(piece) < -40:
            continue
        around = heard[start - REACH : start + PIECE + REACH]
        product = fftconvolve(around, piece[::-1], mode="valid")
        power = np.concatenate(([0.0], np.cumsum(around * around)))
        under = power[PIECE:] - power[:-PIECE]
        likeness = product / np.sqrt(np.maximum(under, 1e-9) * np.sum(piece * piece))
        best = int(np.argmax(likeness))
        result.append((float(likeness[best]), (best - REACH) / RATE))
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("reference")
    parser.add_argument("recording")
    parser.add_argument("--reference-start", type=float)
    parser.add_argument("--recording-start", type=float)
    parser.add_argument("--last", action="store_true")
    options = parser.parse_args()

    reference, recording = read(options.reference), read(options.recording)
    # A machine that stalled in one pass is not the fault of the program under test: the best of the passes counts.
    starts = (options.reference_start, options.recording_start)
    places = whole_passes(reference, recording)
    if options.last and places:
        # What is half as like as the best is no pass, but the sound of some word in another.
        places = [max(place for place in places if place[1] > 0.5 * places[0][1])]
    passes = [judgement(reference, recording, at, starts) for at, _ in places]
    return max(passes, key=lambda one: one["pesq"], default=nothing()) | {"passes": len(passes)}


def judgement(reference, recording, at, starts):
    heard = recording[at : at + len(reference)]
    found = pieces(reference, heard)
    good = [displacement for likeness, displacement in found if likeness > 0.6]
    try:
        score = float(pesq(RATE, reference, heard, "wb"))
    except NoUtterancesError:
        score = 0.0
    delay = None
    if None not in starts:
        delay = (at / RATE + starts[1] - starts[0]) % (len(reference) / RATE)
    return {
        "found": True,
        "pesq": score,
        "atSeconds": at / RATE,
        "delaySeconds": delay,
        "levelDecibel": float(decibel(heard) - decibel(reference)),
        "recognised": len(good) / max(len(found), 1),
        "spreadMs": 1000 * (max(good) - min(good)) if good else 0.0,
    }


print(json.dumps(main()))
