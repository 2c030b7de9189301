"""A client of lesson 2 as the original course writes it: a blocking socket and struct.

python3 client.py PORT COUNT X Y [X Y …]: prints "id x y" for the first position that it gets, its own; sends the
places; then prints COUNT positions more.
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


port, count, *places = (int(word) for word in sys.argv[1:])
with socket.create_connection(("127.0.0.1", port)) as connection:
    print(*struct.unpack("<ihh", receive(connection, 8)), flush=True)
    for index in range(0, len(places), 2):
        connection.sendall(struct.pack("<hh", *places[index : index + 2]))
    for _ in range(count):
        print(*struct.unpack("<ihh", receive(connection, 8)), flush=True)
