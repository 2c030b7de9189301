"""The original course's design of lesson 2: one thread for each client, which loops over all sockets with sendall.

It is what lesson 2's server is measured against, see broadcast.ts.
"""

import itertools
import random
import socket
import struct
import threading

POSITION = struct.Struct("<ihh")
ids = itertools.count(1)
clients = {}  # the newest position of each, by socket
lock = threading.Lock()  # for those who come and leave


def read_exactly(connection, count):
    received = b""
    while len(received) < count:
        piece = connection.recv(count - len(received))
        if not piece:
            raise ConnectionError("the peer closed")
        received += piece
    return received


def publish(position):
    for client in list(clients):
        try:
            client.sendall(position)
        except OSError:
            pass  # its own thread learns of it when it reads


def handle_client(connection):
    client_id = next(ids)
    with connection:
        try:
            with lock:
                start = POSITION.pack(client_id, random.randrange(60), random.randrange(20))
                publish(start)
                connection.sendall(start + b"".join(clients.values()))
                clients[connection] = start
            while True:
                x, y = struct.unpack("<hh", read_exactly(connection, 4))
                clients[connection] = position = POSITION.pack(client_id, x, y)
                publish(position)
        except OSError:
            pass
        finally:
            with lock:
                clients.pop(connection, None)
                publish(POSITION.pack(client_id, -32768, -32768))


server = socket.create_server(("127.0.0.1", 0), backlog=4096)
print("listening on %s:%d" % server.getsockname(), flush=True)
while True:
    client, _ = server.accept()
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    threading.Thread(target=handle_client, args=(client,), daemon=True).start()
