"""Clients of lesson 2 that walk and do not read, for broadcast_load.ts.

    broadcast_deaf.py PORT CLIENTS MOVES_PER_SECOND

On one machine the system would keep megabytes for each of them, because it sends itself pieces of 64 KiB. A client on
the other side of an Ethernet gets pieces of 1460 bytes, and so little is kept for it that a server soon notices that it
does not read. Python can ask for pieces of that size; Node cannot.
"""

import select
import socket
import struct
import sys
import time

port, clients, moves_per_second = (int(float(word)) for word in sys.argv[1:])
NOWHERE = 0x80008000


def connect():
    connection = socket.socket()
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1460)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


connections = [connect() for _ in range(clients)]
print("connected", flush=True)
sys.stdin.readline()

start = time.monotonic()
moved = 0
# Until the load generator has ended: then its pipe can be read, and there is nothing in it.
while not select.select([sys.stdin], [], [], 0.001)[0]:
    while moved < (time.monotonic() - start) * moves_per_second:
        # The same clock as the load generator's, in microseconds.
        now = time.monotonic_ns() // 1000 % 2**32
        try:
            connections[moved % clients].sendall(struct.pack("<I", now + (now == NOWHERE)))
        except ConnectionError:
            sys.exit(1)  # the server has closed it
        moved += 1
