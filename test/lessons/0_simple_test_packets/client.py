"""A client of lesson 0 as the original course writes it: a blocking socket and struct.

python3 client.py PORT COUNT: answers COUNT tests, prints "id sequence" for each, and leaves.
"""

import socket
import struct
import sys


def receive(connection, count):
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise EOFError(f"the server closed after {len(data)} of {count} bytes")
        data += piece
    return data


with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as connection:
    for _ in range(int(sys.argv[2])):
        identifier, sequence = struct.unpack("<ii", receive(connection, 8))
        connection.sendall(struct.pack("<ii", identifier, sequence))
        print(identifier, sequence, flush=True)
