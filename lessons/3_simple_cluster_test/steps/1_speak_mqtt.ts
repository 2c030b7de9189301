/**
 * Step 1 · Speak MQTT. A plain socket and `struct`: connect to a broker, subscribe, publish, and show every byte.
 *
 *   npx tsx lessons/3_simple_cluster_test/broker.ts
 *   npx tsx lessons/3_simple_cluster_test/steps/1_speak_mqtt.ts            in another terminal
 *
 * It stays connected and shows what others publish, until you press Ctrl-C.
 */

import { connect } from "node:net";
import { pack, unpack } from "../../../src/struct.ts";

// The broker: this machine's unless you give another.
const url = new URL(process.argv[2] ?? "mqtt://127.0.0.1:1883");

// The type is the upper half of a packet's first byte. The lower half holds flags.
const TYPES = "0 CONNECT CONNACK PUBLISH 4 5 6 7 SUBSCRIBE SUBACK 10 11 PINGREQ PINGRESP DISCONNECT".split(
  " ",
);

// Every packet: its first byte, the remaining length (how many bytes follow), and then that many bytes. It's lesson 1's
// request again. One byte of length is enough up to 127. Longer packets need more bytes, and this program can't send or
// read them.
function packet(firstByte: number, ...parts: Uint8Array[]) {
  const rest = Buffer.concat(parts);
  if (rest.length > 127) throw new RangeError("more than 127 bytes need a longer remaining length");
  return Buffer.concat([pack("BB", firstByte, rest.length), rest]);
}

// A string is packed after its length. MQTT's numbers are big-endian, so the format begins with ">".
function text(words: string) {
  const bytes = Buffer.from(words);
  return Buffer.concat([pack(">H", bytes.length), bytes]);
}

function show(arrow: string, bytes: Buffer) {
  const hex = [...bytes].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ");
  console.log(`${arrow} ${(TYPES[(bytes[0] ?? 0) >> 4] ?? "").padEnd(9)} ${hex}`);
}

const socket = connect(Number(url.port || 1883), url.hostname);
socket.on("error", () => {}); // the loop over the socket throws it too

function send(bytes: Buffer) {
  show("→", bytes);
  socket.write(bytes);
}

// Cuts what arrives into packets, and shows each.
async function* receive() {
  let received = Buffer.alloc(0);
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 2) {
      const [, remaining] = unpack("BB", received.subarray(0, 2));
      if (remaining > 127) throw new RangeError("a packet came that is longer than 127 bytes");
      if (received.length < 2 + remaining) break;
      const whole = received.subarray(0, 2 + remaining);
      received = received.subarray(whole.length);
      show("←", whole);
      yield whole;
    }
  }
}

async function main() {
  const packets = receive();

  // CONNECT: the protocol's name and version (4 is MQTT 3.1.1); the flag 2, which asks the broker to keep nothing about us
  // when we're away; how often it may expect to hear from us (0: no limit); and what we call ourselves.
  send(packet(0x10, text("MQTT"), pack(">BBH", 4, 2, 0), text("by hand")));
  await packets.next(); // CONNACK: its last byte is 0 if the broker lets us in

  // SUBSCRIBE: a number that the answer repeats, a filter, and the quality that is enough for us (0: at most once). The
  // filter "room/#" stands for the topic "room" and all topics below it.
  send(packet(0x82, pack(">H", 1), text("room/#"), pack("B", 0)));
  await packets.next(); // SUBACK

  // PUBLISH: a topic, and any bytes. These are a position of lesson 2: client 3 is at 12 7.
  send(packet(0x30, text("room"), pack("<ihh", 3, 12, 7)));

  for await (const _ of packets); // receive() shows what others publish, and our own message
  console.log("the broker closed the connection");
}

// Such as: there is no broker.
main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
