"""human.py SOUNDS DIRECTORY SPEAKER...

Makes a DIRECTORY/SPEAKER.wav of some 25 s (16 kHz, mono) for `zego-bench quality` of some prompts that Asterisk has recorded of people,
SOUNDS/SPEAKER/*.g722: the same in each language, with half a second between them.
"""

import sys
import wave

import av

PROMPTS = ["vm-intro", "queue-periodic-announce", "demo-thanks", "pbx-invalid"]
PAUSE = bytes(2 * 8000)


def decoded(path):
    with av.open(path, format="g722") as file:
        return b"".join(frame.to_ndarray().tobytes() for frame in file.decode(audio=0))


sounds, directory, *speakers = sys.argv[1:]
for speaker in speakers:
    with wave.open(f"{directory}/{speaker}.wav", "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        file.writeframes(PAUSE.join(decoded(f"{sounds}/{speaker}/{prompt}.g722") for prompt in PROMPTS))
