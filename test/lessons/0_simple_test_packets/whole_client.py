"""A client of lesson 0 in Python, for check-client: python3 whole_client.py PORT."""

import socket
import sys


def receive(connection, count):
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            sys.exit("the server closed the connection")
        data += piece
    return data


try:
    with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as connection:
        while True:
            connection.sendall(receive(connection, 8))
except OSError as error:
    sys.exit(f"the connection was lost: {error}")
