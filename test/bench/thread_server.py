"""The original course's design of lesson 1: one thread for each client, and the struct module.

It is what lesson 1's server is measured against, see server.ts.
"""

import socket
import struct
import threading

OK, UNKNOWN_COMMAND, DIVISION_BY_ZERO, MALFORMED = range(4)
NAN = float("nan")


def read_exactly(connection, count):
    received = b""
    while len(received) < count:
        piece = connection.recv(count - len(received))
        if not piece:
            raise ConnectionError("the peer closed")
        received += piece
    return received


def compute(command, first, second):
    if command == "SUMA":
        return OK, first + second
    if command == "RESTA":
        return OK, first - second
    if command == "MULTIPLICACION":
        return OK, first * second
    if command == "DIVISION":
        return (OK, first / second) if second else (DIVISION_BY_ZERO, NAN)
    return UNKNOWN_COMMAND, NAN


def handle_client(connection):
    with connection:
        try:
            while True:
                length, first, second = struct.unpack("<ihh", read_exactly(connection, 8))
                if not 1 <= length <= 64:
                    connection.sendall(struct.pack("<id", MALFORMED, NAN))
                    return
                try:
                    command = read_exactly(connection, length).decode()
                except UnicodeDecodeError:
                    connection.sendall(struct.pack("<id", MALFORMED, NAN))
                    return
                connection.sendall(struct.pack("<id", *compute(command, first, second)))
        except ConnectionError:
            pass


server = socket.create_server(("127.0.0.1", 0), backlog=4096)
print("listening on %s:%d" % server.getsockname(), flush=True)
while True:
    client, _ = server.accept()
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    threading.Thread(target=handle_client, args=(client,), daemon=True).start()
