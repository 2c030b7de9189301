/**
 * A crowd of lesson 0's clients in one process, for clients.ts. Each answers every test packet, and checks that
 * its packets are all for the same id and come in order.
 *
 *     crowd.ts PORT CLIENTS AT_ONCE SECONDS
 *
 * At most AT_ONCE clients wait for their first packet at the same time. Once all have got it, the crowd stays for
 * SECONDS, then prints what it has seen as JSON.
 *
 * @module
 */

import { connect } from "node:net";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { TEST_PACKET } from "../../lessons/0_simple_test_packets/protocol.ts";
import { median, readNumbers } from "./processes.ts";

/** What crowd.ts prints. */
export interface Crowd {
  /** Clients that the server closed, or whose connection broke. */
  readonly closed: number;
  /** Packets that came out of order, for another id, or not in one piece. */
  readonly wrong: number;
  /** Packets answered. */
  readonly packets: number;
  /** Packets that the client with the fewest answered. */
  readonly fewest: number;
  /** From all having their first packet to the end, in seconds. */
  readonly seconds: number;
  /** From connecting to the first packet, in milliseconds. */
  readonly firstPacket: { readonly median: number; readonly max: number };
}

const [port, clients, atOnce, seconds] = readNumbers("crowd.ts", ["PORT", "CLIENTS", "AT_ONCE", "SECONDS"]);

/** True once everything is counted: what the server closes from then on is not an error. */
let done = false;
let closed = 0;
let wrong = 0;
/** How many packets each client has answered, which is the sequence of its last one. */
const answered: number[] = [];
/** How long each client waited for its first packet, in milliseconds. */
const waits: number[] = [];

// One array for all: a packet is checked and answered before the next one comes in.
const received = Buffer.alloc(1024);

/** Connects one client; resolves when its first packet is there, or will never come. */
function join(index: number): Promise<void> {
  const startedAt = performance.now();
  let id = 0;
  answered[index] = 0;
  return new Promise((resolve) => {
    const socket = connect({
      host: "127.0.0.1",
      port,
      noDelay: true,
      onread: {
        buffer: received,
        callback: (size: number) => {
          const packet = received.subarray(0, size);
          if (size === TEST_PACKET.size) {
            const [packetId, sequence] = TEST_PACKET.unpack(packet);
            if (sequence === 1 && id === 0) {
              id = packetId;
              waits.push(performance.now() - startedAt);
              resolve();
            }
            const last = answered[index] as number;
            if (packetId !== id || sequence !== last + 1) wrong++;
            answered[index] = sequence;
          } else {
            wrong++;
          }
          socket.write(Uint8Array.from(packet));
          return true;
        },
      },
    });
    socket.on("error", (error) => {
      if (closed === 0 && !done) console.error(`crowd: ${error.message}`);
    });
    socket.on("close", () => {
      closed++;
      resolve();
    });
  });
}

let next = 0;
async function joinOneByOne(): Promise<void> {
  while (next < clients) await join(next++);
}
await Promise.all(Array.from({ length: atOnce }, joinOneByOne));

const startedAt = performance.now();
await setTimeout(seconds * 1000);
done = true;
const crowd: Crowd = {
  closed,
  wrong,
  packets: answered.reduce((sum, packets) => sum + packets, 0),
  fewest: answered.reduce((least, packets) => Math.min(least, packets)),
  seconds: (performance.now() - startedAt) / 1000,
  firstPacket: { median: median(waits), max: waits.reduce((most, wait) => Math.max(most, wait), 0) },
};
console.log(JSON.stringify(crowd));
// The reader of this line looks at the server one last time while all clients are there, not while they leave.
await setTimeout(1000);
process.exit(0);
