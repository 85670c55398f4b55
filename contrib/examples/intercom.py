#!/usr/bin/env python3
"""usage: intercom.py ROOM USER

An intercom that answers by itself: enters the room, publishes the microphone as USER-mic, and plays everybody who publishes there. A
room that was lost is entered again by the daemon; one that has ended is entered anew by this program.
"""
import sys
import time

from zegod_client import CallFailed, Zegod


def say(text):
    print(text, flush=True)


def enter(zegod, room, user):
    zegod.call("loginRoom", roomID=room, user={"userID": user}, config={"isUserStatusNotify": True})
    publish(zegod, user)
    say(f"in {room}")


def publish(zegod, user):
    zegod.call("startPublishing", streamID=f"{user}-mic")


def play(zegod, streams):
    for stream in streams:
        zegod.call("startPlaying", streamID=stream["streamID"])
        say(f"plays {stream['streamID']}")


def main(room, user):
    zegod = Zegod()
    status = zegod.subscribe("room-state", "stream-update", "user-update")
    present = [entry for entry in status["rooms"] if entry["roomID"] == room and entry["reason"] in ("logined", "reconnected")]
    if present:
        # The daemon took the room up again after a restart, or somebody entered it: only what is missing is asked for.
        if not status["publishers"]:
            publish(zegod, user)
        playing = {player["streamID"] for player in status["players"]}
        play(zegod, [stream for stream in present[0]["streamList"] if stream["streamID"] not in playing])
        say(f"in {room}")
    else:
        enter(zegod, room, user)
    while True:
        event = zegod.next_event()
        if event.get("roomID") != room:
            continue
        if event["event"] == "stream-update":
            if event["updateType"] == "add":
                play(zegod, event["streamList"])
            else:
                for stream in event["streamList"]:
                    try:
                        zegod.call("stopPlaying", streamID=stream["streamID"])
                    except CallFailed as error:
                        if error.name != "PLAYER_STREAM_WAS_NOT_PLAYED":
                            say(str(error))
        elif event["event"] == "user-update":
            names = ", ".join(user["userID"] for user in event["userList"])
            say(f"{names} {'came' if event['updateType'] == 'add' else 'left'}")
        elif event["event"] == "room-state" and event["reason"] in ("login-failed", "reconnect-failed", "kick-out"):
            say(f"{event['reason']} ({event['errorCode']}); tried again in a minute")
            time.sleep(60)
            try:
                enter(zegod, room, user)
            except CallFailed as error:
                # A login that fails is told as an event too, and that brings the next attempt.
                say(str(error))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        pass
    except (CallFailed, OSError) as error:
        sys.exit(str(error))
