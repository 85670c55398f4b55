#!/usr/bin/env python3
"""usage: page.py ROOM USER FILE

Paging: enters the room, publishes FILE (a WAV file below the daemon's media folder, /var/lib/zegod/media) once, and leaves when it has
been heard. MEDIA names the folder where it is another, so that the length of the file can be read.
"""
import os
import sys
import time
import wave

from zegod_client import CallFailed, Zegod


def main(room, user, name):
    with wave.open(os.path.join(os.environ.get("MEDIA", "/var/lib/zegod/media"), name)) as file:
        seconds = file.getnframes() / file.getframerate()
    zegod = Zegod()
    zegod.call("loginRoom", roomID=room, user={"userID": user})
    try:
        # The file begins when the stream is published, so that nothing of it is lost.
        zegod.call("startPublishing", streamID=f"{user}-page", source={"file": name})
        print(f"{name}: {seconds:.1f} s into {room}", flush=True)
        time.sleep(seconds + 0.3)
    finally:
        zegod.call("logoutRoom", roomID=room)
    print("done", flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except (CallFailed, OSError, wave.Error) as error:
        sys.exit(str(error))
