#!/bin/sh
# usage: call.sh ROOM USER STREAM: enters the room, publishes the microphone as STREAM, and prints every event until interrupted.
set -eu
room=$1 user=$2 stream=$3
control=${ZEGOD_SOCKET:-/run/zegod/control.sock}
events=$(dirname "$control")/events.sock

# One request is one line, and gets one line back. -t30: socat waits for it after the end of its input.
call() { printf '%s\n' "$1" | socat -t30 - "UNIX-CONNECT:$control"; }

call "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"loginRoom\",\"params\":{\"roomID\":\"$room\",\"user\":{\"userID\":\"$user\"},\"config\":{\"isUserStatusNotify\":true}}}"
call "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"startPublishing\",\"params\":{\"streamID\":\"$stream\"}}"
# The first line is a snapshot; then every event as it happens.
exec socat -u "UNIX-CONNECT:$events" -
