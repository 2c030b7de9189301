"""A whole server of lesson 2 in Python, with two threads for each client: `check-server` must pass it.

python3 whole_server.py PORT TIMEOUT: the time in milliseconds.
"""

import collections
import itertools
import random
import socket
import struct
import sys
import threading
import time

PORT = int(sys.argv[1])
TIMEOUT = int(sys.argv[2]) / 1000

NOWHERE = -32768
ROOM = 10_000  # so many positions may wait for a client before only the newest of each other client are kept

lock = threading.Lock()
clients = {}


class Client:
    def __init__(self, connection, identifier):
        self.connection = connection
        self.identifier = identifier
        self.position = (random.randrange(60), random.randrange(20))
        self.waiting = collections.deque()
        self.newest = {}
        self.more = threading.Condition()
        self.is_over = False

    def tell(self, identifier, place):
        """Never waits: whoever moved must not suffer from this client."""
        with self.more:
            if self.newest or len(self.waiting) >= ROOM:
                self.newest[identifier] = place
            else:
                self.waiting.append((identifier, place))
            self.more.notify()

    def send(self):
        """In a thread of its own: sends what waits. A client that takes nothing for the timeout is closed."""
        sender = self.connection.dup()  # with a timeout of its own
        sender.settimeout(TIMEOUT)
        try:
            while True:
                with self.more:
                    while not self.waiting and not self.newest and not self.is_over:
                        self.more.wait()
                    if self.is_over:
                        return
                    positions = [*self.waiting, *self.newest.items()]
                    self.waiting.clear()
                    self.newest.clear()
                data = b"".join(struct.pack("<ihh", identifier, *place) for identifier, place in positions)
                while data:
                    data = data[sender.send(data) :]  # the timeout is for each part that is taken
        except OSError:
            self.connection.shutdown(socket.SHUT_RD)  # ends the thread that reads
        finally:
            sender.close()

    def receive(self):
        """Yields each place. No whole place within the timeout ends it."""
        data = b""
        deadline = time.monotonic() + TIMEOUT
        while True:
            self.connection.settimeout(max(deadline - time.monotonic(), 0.001))
            piece = self.connection.recv(4096)
            if not piece:
                return
            data += piece
            whole = len(data) - len(data) % 4
            if whole:
                deadline = time.monotonic() + TIMEOUT
            yield from struct.iter_unpack("<hh", data[:whole])
            data = data[whole:]


def tell_all(identifier, place):
    for client in clients.values():
        client.tell(identifier, place)


def serve(client):
    with client.connection:
        with lock:
            client.tell(client.identifier, client.position)
            for other in clients.values():
                client.tell(other.identifier, other.position)
            tell_all(client.identifier, client.position)
            clients[client.identifier] = client
        threading.Thread(target=client.send, daemon=True).start()
        try:
            for place in client.receive():
                if place == (NOWHERE, NOWHERE):
                    break
                with lock:
                    client.position = place
                    tell_all(client.identifier, place)
        except OSError:
            pass
        with lock:
            del clients[client.identifier]
            tell_all(client.identifier, (NOWHERE, NOWHERE))
        with client.more:
            client.is_over = True
            client.more.notify()
        try:
            client.connection.shutdown(socket.SHUT_RDWR)  # for the sender's copy, too
        except OSError:
            pass


with socket.create_server(("127.0.0.1", PORT)) as listener:
    for identifier in itertools.count(1):
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=serve, args=(Client(connection, identifier),), daemon=True).start()
