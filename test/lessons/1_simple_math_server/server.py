"""A server of lesson 1 as the original course writes it: one thread a client, a blocking socket, struct.

python3 server.py: prints its port, then answers requests.
"""

import operator
import socket
import struct
import threading

OPERATIONS = {
    "SUMA": operator.add,
    "RESTA": operator.sub,
    "MULTIPLICACION": operator.mul,
    "DIVISION": operator.truediv,
}


def receive(connection, count):
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data


def answer(command, first, second):
    if command not in OPERATIONS:
        return 1, float("nan")
    try:
        return 0, OPERATIONS[command](first, second)
    except ZeroDivisionError:
        return 2, float("nan")


def serve(connection):
    with connection:
        try:
            while True:
                length, first, second = struct.unpack("<ihh", receive(connection, 8))
                command = receive(connection, length).decode()
                # One text, one write: between the words of a longer print another thread's can come.
                print(f"{command} {first} {second}\n", end="", flush=True)
                connection.sendall(struct.pack("<id", *answer(command, first, second)))
        except EOFError:
            pass


with socket.create_server(("127.0.0.1", 0)) as listener:
    print(listener.getsockname()[1], flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()
