"""A server of lesson 2 as the original course writes it: a thread for each client, which loops over all sockets.

python3 server.py: prints its port, then "x y" for each place that comes.
"""

import socket
import struct
import threading

NOWHERE = -32768

clients = {}
positions = {}
lock = threading.Lock()


def receive(connection, count):
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data


def tell_all(identity, x, y):
    for connection in clients.values():
        try:
            connection.sendall(struct.pack("<ihh", identity, x, y))
        except OSError:
            pass  # its own thread will notice


def serve(connection, identity):
    with lock:
        connection.sendall(struct.pack("<ihh", identity, 5, 5))
        for other, place in positions.items():
            connection.sendall(struct.pack("<ihh", other, *place))
        tell_all(identity, 5, 5)
        clients[identity] = connection
        positions[identity] = (5, 5)
    try:
        while True:
            x, y = struct.unpack("<hh", receive(connection, 4))
            if x == y == NOWHERE:
                break
            # One text, one write: between the words of a longer print another thread's can come.
            print(f"{x} {y}\n", end="", flush=True)
            with lock:
                positions[identity] = (x, y)
                tell_all(identity, x, y)
    except (EOFError, OSError):
        pass
    with lock:
        del clients[identity], positions[identity]
        tell_all(identity, NOWHERE, NOWHERE)
    connection.close()


with socket.create_server(("127.0.0.1", 0)) as listener:
    print(listener.getsockname()[1], flush=True)
    count = 0
    while True:
        connection, _ = listener.accept()
        count += 1
        threading.Thread(target=serve, args=(connection, count), daemon=True).start()
