"""A server of lesson 3's room with one client, written with a socket and struct alone: MQTT is packed by hand.

python3 member.py BROKER_PORT: its client 7 is at 1 1, then at 2 1, 3 1 and so on, one step a beat. It prints "server NAME" for
each other server that answers its beats, and "id x y" for each position that such a server tells. A line on its standard
input ends it: with "goodbye" politely, with anything else as if it crashed.
"""

import os
import select
import socket
import struct
import sys

BEAT, MOVES, GONE = 1, 2, 3
CONNECT, CONNACK, PUBLISH, SUBSCRIBE, SUBACK, DISCONNECT = 0x10, 0x20, 0x30, 0x82, 0x90, 0xE0
SESSION, LINK = struct.unpack("<II", os.urandom(8))
TOPIC = f"room/{SESSION:08x}"


def text(words):
    data = words.encode() if isinstance(words, str) else words
    return struct.pack(">H", len(data)) + data


def packet(kind, body):
    """A packet is a type, a length with seven bits to a byte, and so many bytes."""
    length, size = b"", len(body)
    while True:
        size, low = size >> 7, size & 0x7F
        length += bytes([low | (0x80 if size else 0)])
        if not size:
            return bytes([kind]) + length + body


def receive(broker, count):
    data = b""
    while len(data) < count:
        piece = broker.recv(count - len(data))
        if not piece:
            raise EOFError("the broker closed")
        data += piece
    return data


def receive_packet(broker):
    kind = receive(broker, 1)[0]
    size = shift = 0
    while True:
        byte = receive(broker, 1)[0]
        size |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return kind, receive(broker, size)


def publish(broker, message):
    broker.sendall(packet(PUBLISH, text(TOPIC) + message))


def say(*words):
    print(*words, flush=True)


heard = {}  # the newest beat of each other server
links = {}  # the connection of each server that has answered
number = struct.unpack("<I", os.urandom(4))[0] >> 1
first = number


def take(topic, message):
    session = int(topic[5:], 16)
    if session == SESSION:
        return
    kind, link = struct.unpack_from("<BI", message)
    if kind == MOVES and links.get(session) == link:
        positions = message[5:]
    elif kind == BEAT:
        _, _, beat, answers, _, length = struct.unpack_from("<BIIHIB", message)
        name, rest = message[16 : 16 + length], message[16 + length :]
        heard[session] = beat
        if not any(
            whose == SESSION and first < answer <= number
            for whose, answer in struct.iter_unpack("<II", rest[: 8 * answers])
        ):
            return
        if session not in links:
            say("server", name.decode())
        links[session] = link
        positions = rest[8 * answers :]
    else:
        return
    for position in struct.iter_unpack("<ihh", positions):
        say(*position)


with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as broker:
    # Protocol level 4 is MQTT 3.1.1; the flags are "clean session" and "a will"; 60 s may pass between two packets.
    will = struct.pack("<BI", GONE, LINK)
    connect = text("MQTT") + struct.pack(">BBH", 4, 0x02 | 0x04, 60)
    broker.sendall(packet(CONNECT, connect + text(f"python-{LINK:08x}") + text(TOPIC) + text(will)))
    assert receive_packet(broker) == (CONNACK, b"\0\0")
    broker.sendall(packet(SUBSCRIBE, struct.pack(">H", 1) + text("room/+") + b"\0"))
    kind, _ = receive_packet(broker)
    while kind != SUBACK:
        kind, _ = receive_packet(broker)

    while True:
        number += 1
        answers = b"".join(struct.pack("<II", *pair) for pair in heard.items())
        start = struct.pack("<BIIHIB", BEAT, LINK, number, len(heard), 1, 6)
        position = struct.pack("<ihh", 7, min(number - first, 32767), 1)
        publish(broker, start + b"Python" + answers + position)
        ready = [broker]
        while broker in ready:
            ready, _, _ = select.select([broker, sys.stdin], [], [], 0.2)
            if sys.stdin in ready:
                if sys.stdin.readline().strip() == "goodbye":
                    publish(broker, will)
                    broker.sendall(packet(DISCONNECT, b""))
                sys.exit()
            if broker in ready:
                kind, body = receive_packet(broker)
                if kind & 0xF0 == PUBLISH:
                    (length,) = struct.unpack_from(">H", body)
                    take(body[2 : 2 + length].decode(), body[2 + length :])
