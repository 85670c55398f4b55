"""https_load.py PORT STOP: one https request after the other until the file STOP is there; for each a JSON line of the
certificate that was shown and the answer's status."""

import hashlib
import http.client
import json
import os
import ssl
import sys

port, stop = int(sys.argv[1]), sys.argv[2]
context = ssl.create_default_context()
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
while not os.path.exists(stop):
    line = {"pin": None, "status": None}
    try:
        connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=10)
        connection.connect()
        digest = hashlib.sha256(connection.sock.getpeercert(binary_form=True)).hexdigest().upper()
        line["pin"] = ":".join(digest[at : at + 2] for at in range(0, 64, 2))
        connection.request("GET", "/livez")
        line["status"] = connection.getresponse().status
        connection.close()
    except OSError as error:
        line["error"] = str(error)
    print(json.dumps(line), flush=True)
