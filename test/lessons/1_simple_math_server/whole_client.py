"""A client of lesson 1 in Python, for check-client: python3 whole_client.py PORT. It asks ten times a second."""

import random
import socket
import struct
import sys
import time


def receive(connection, count):
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            sys.exit("the server closed the connection")
        data += piece
    return data


try:
    with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=1) as connection:
        while True:
            command = random.choice([b"SUMA", b"RESTA", b"MULTIPLICACION", b"DIVISION"])
            values = random.randint(-100, 100), random.randint(-100, 100)
            connection.sendall(struct.pack("<ihh", len(command), *values) + command)
            status, result = struct.unpack("<id", receive(connection, 12))
            print(result if status == 0 else f"status {status}")
            time.sleep(0.1)
except OSError as error:
    sys.exit(f"the connection was lost: {error}")
