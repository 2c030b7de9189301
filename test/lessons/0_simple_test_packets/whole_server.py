"""A whole server of lesson 0 in Python, with a thread for each client: `check-server` must pass it.

python3 whole_server.py PORT TIMEOUT INTERVAL: the times in milliseconds.
"""

import itertools
import socket
import struct
import sys
import threading
import time

PORT = int(sys.argv[1])
TIMEOUT, INTERVAL = (int(text) / 1000 for text in sys.argv[2:])


def receive(connection, count, deadline):
    data = b""
    while len(data) < count:
        connection.settimeout(max(deadline - time.monotonic(), 0.001))
        piece = connection.recv(count - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data


def serve(connection, identifier):
    with connection:
        try:
            for sequence in itertools.count(1):
                deadline = time.monotonic() + TIMEOUT
                test = struct.pack("<ii", identifier, sequence)
                connection.sendall(test)
                if receive(connection, 8, deadline) != test:
                    return
                time.sleep(INTERVAL)
        except (OSError, EOFError):
            pass


with socket.create_server(("127.0.0.1", PORT)) as listener:
    for identifier in itertools.count(1):
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection, identifier), daemon=True).start()
