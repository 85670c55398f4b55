#!/usr/bin/env python3
"""usage: levels.py [SECONDS]

A level meter: what is captured, and every stream that is played, as bars; for so many seconds, or until interrupted.
"""
import sys
import time

from zegod_client import CallFailed, Zegod


def main(seconds):
    zegod = Zegod()
    zegod.subscribe("sound-level")
    zegod.call("startSoundLevelMonitor", intervalMs=200)
    deadline = None if seconds is None else time.monotonic() + seconds
    try:
        while deadline is None or time.monotonic() < deadline:
            event = zegod.next_event(timeout=None if deadline is None else deadline - time.monotonic())
            if event is None:
                break
            for name, level in [("captured", event["captured"]), *event["remote"].items()]:
                print(f"{name:30.30} {'#' * round(level / 2):50} {level:5.1f}", flush=True)
    finally:
        zegod.call("stopSoundLevelMonitor")


if __name__ == "__main__":
    try:
        main(float(sys.argv[1]) if len(sys.argv) > 1 else None)
    except KeyboardInterrupt:
        pass
    except (CallFailed, OSError) as error:
        sys.exit(str(error))
