/**
 * Step 3 · Whole packets. Step 2 took each chunk for one whole answer. But TCP carries bytes and knows nothing about
 * answers: eight bytes may arrive as 3 and then 5, or together with the next eight.
 *
 *   npx tsx lessons/0_simple_test_packets/steps/3_whole_packets.ts
 *
 * Now a Reader collects the bytes: ask it for eight, and you get eight. A read can be awaited, so the code for one client
 * becomes a single function that reads from top to bottom, its handler.
 */

import { type AddressInfo, createServer, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { pack, unpack } from "../../../src/struct.ts";

const port = Number(process.argv[2] ?? 9000);

/** Gives out a socket's bytes in exactly the numbers asked for, whatever chunks they arrived in. */
class Reader {
  #chunks: Uint8Array[] = []; // arrived, but not yet given out
  #size = 0; // how many bytes these are
  #wake = () => {}; // wakes the read that waits, if there is one

  constructor(socket: Socket) {
    // A socket keeps what arrives until it has a "data" listener, so nothing was lost before this line.
    socket.on("data", (chunk) => {
      this.#chunks.push(chunk);
      this.#size += chunk.length;
      this.#wake();
    });
  }

  async read(count: number): Promise<Uint8Array> {
    // Enough? Then take it. Otherwise wait for the next chunk, and look again.
    while (this.#size < count) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const bytes = Buffer.concat(this.#chunks);
    // What is left over is the beginning of the next packet: it stays.
    this.#chunks = [bytes.subarray(count)];
    this.#size -= count;
    return bytes.subarray(0, count);
  }
}

// The handler of one client. Every client has its own call of it; while one waits at an `await`, the others go on.
async function handleClient(socket: Socket, id: number) {
  const reader = new Reader(socket);
  for (let sequence = 1; ; sequence++) {
    socket.write(pack("<ii", id, sequence));
    const [answeredId, answered] = unpack("<ii", await reader.read(8));
    console.log(`client ${answeredId} answered test ${answered}`);
    await pause(1000);
  }
}

const clients = new Map<number, Socket>();
let lastId = 0;

const server = createServer((socket) => {
  const id = ++lastId;
  clients.set(id, socket);
  console.log(`client ${id} came; ${clients.size} connected`);
  // Not awaited: the next client must not wait until this one has left.
  handleClient(socket, id).catch(console.error);
});

server.on("error", (error) => {
  console.error(error.message);
  process.exitCode = 1;
});

server.listen(port, "127.0.0.1", () => {
  console.log(`listening on 127.0.0.1:${(server.address() as AddressInfo).port}`);
});
