"""Requests of a WHIP or WHEP client, by the standard library. The bearer token is in the environment variable TOKEN."""

import os
import urllib.error
import urllib.request


def request(method, url, body=None):
    headers = {"Authorization": "Bearer " + os.environ["TOKEN"]}
    if body is not None:
        headers["Content-Type"] = "application/sdp"
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers, method=method), timeout=10) as reply:
            return reply.status, reply.headers, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()
