"""A client of lesson 2 in Python, for check-client: python3 whole_client.py PORT. It moves ten times a second."""

import os
import random
import socket
import struct
import sys
import threading
import time


def receive(connection, count):
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise OSError("the server closed the connection")
        data += piece
    return data


def listen(connection):
    try:
        while True:
            print(*struct.unpack("<ihh", receive(connection, 8)))
    except OSError as error:
        print(error, flush=True)
        os._exit(1)


def step(place, limit):
    return min(max(place + random.choice([-1, 0, 1]), 0), limit - 1)


try:
    connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    _, x, y = struct.unpack("<ihh", receive(connection, 8))
    threading.Thread(target=listen, args=(connection,), daemon=True).start()
    while True:
        time.sleep(0.1)
        x, y = step(x, 60), step(y, 20)
        connection.sendall(struct.pack("<hh", x, y))
except OSError as error:
    sys.exit(f"the connection was lost: {error}")
