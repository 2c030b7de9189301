"""A client of lesson 1 as the original course writes it: a blocking socket and struct.

python3 client.py PORT COMMAND FIRST SECOND [COMMAND FIRST SECOND …]: sends all requests, then prints
"status result" for each answer.
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


words = sys.argv[2:]
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as connection:
    for index in range(0, len(words), 3):
        command = words[index].encode()
        first, second = int(words[index + 1]), int(words[index + 2])
        connection.sendall(struct.pack("<ihh", len(command), first, second) + command)
    for _ in range(0, len(words), 3):
        status, result = struct.unpack("<id", receive(connection, 12))
        print(status, result, flush=True)
