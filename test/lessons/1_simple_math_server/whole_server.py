"""A whole server of lesson 1 in Python, with a thread for each client: `check-server` must pass it.

python3 whole_server.py PORT TIMEOUT: the time in milliseconds.
"""

import operator
import socket
import struct
import sys
import threading
import time

PORT = int(sys.argv[1])
TIMEOUT = int(sys.argv[2]) / 1000

OPERATIONS = {
    "SUMA": operator.add,
    "RESTA": operator.sub,
    "MULTIPLICACION": operator.mul,
    "DIVISION": operator.truediv,
}


def receive(connection, count, deadline):
    data = b""
    while len(data) < count:
        connection.settimeout(max(deadline - time.monotonic(), 0.001))
        piece = connection.recv(count - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data


def answer(connection, status, result=float("nan")):
    connection.settimeout(TIMEOUT)
    connection.sendall(struct.pack("<id", status, result))


def serve(connection):
    with connection:
        try:
            while True:
                deadline = time.monotonic() + TIMEOUT
                (length,) = struct.unpack("<i", receive(connection, 4, deadline))
                if not 1 <= length <= 64:
                    break
                first, second = struct.unpack("<hh", receive(connection, 4, deadline))
                command = receive(connection, length, deadline).decode()
                if command not in OPERATIONS:
                    answer(connection, 1)
                elif command == "DIVISION" and second == 0:
                    answer(connection, 2)
                else:
                    answer(connection, 0, OPERATIONS[command](first, second))
        except UnicodeDecodeError:
            pass
        except (OSError, EOFError):
            return
        # Malformed. What is unread would turn the goodbye into a reset: read it, once that was said.
        try:
            answer(connection, 3)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):
                pass
        except OSError:
            pass


with socket.create_server(("127.0.0.1", PORT)) as listener:
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()
