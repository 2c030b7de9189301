"""A server of lesson 0 as the original course writes it: one thread a client, a blocking socket, struct.

python3 server.py COUNT: prints its port, tests each client COUNT times, says what came back, and closes it.
"""

import socket
import struct
import sys
import threading


def receive(connection, count):
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise EOFError(f"the client closed after {len(data)} of {count} bytes")
        data += piece
    return data


def serve(connection, identifier):
    with connection:
        for sequence in range(1, int(sys.argv[1]) + 1):
            connection.sendall(struct.pack("<ii", identifier, sequence))
            answer = struct.unpack("<ii", receive(connection, 8))
            verdict = "right" if answer == (identifier, sequence) else f"wrong {answer}"
            # One text, one write: between a line and its end another thread's line can come.
            print(f"{verdict}\n", end="", flush=True)


with socket.create_server(("127.0.0.1", 0)) as listener:
    print(listener.getsockname()[1], flush=True)
    identifier = 0
    while True:
        connection, _ = listener.accept()
        identifier += 1
        threading.Thread(target=serve, args=(connection, identifier), daemon=True).start()
