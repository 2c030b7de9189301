/**
 * Step 5 · Deadlines. Step 4 waited forever for a client that said nothing.
 *
 *   npx tsx lessons/0_simple_test_packets/steps/5_deadlines.ts
 *
 * Now every answer has a deadline: all eight bytes must arrive within three seconds.
 */

import { type AddressInfo, createServer, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { pack, unpack } from "../../../src/struct.ts";

const port = Number(process.argv[2] ?? 9000);
const TIMEOUT = 3000; // how long a client may take to answer, in milliseconds

/** Gives out a socket's bytes in exactly the numbers asked for, whatever chunks they arrived in. */
class Reader {
  #chunks: Uint8Array[] = []; // arrived, but not yet given out
  #size = 0; // how many bytes these are
  #wake = () => {}; // wakes the read that waits, if there is one
  #end: string | undefined; // why no more bytes will come

  constructor(socket: Socket) {
    // A socket keeps what arrives until it has a "data" listener, so nothing was lost before this line.
    socket.on("data", (chunk) => {
      this.#chunks.push(chunk);
      this.#size += chunk.length;
      this.#wake();
    });
    socket.on("error", (error) => this.#stop(error.message));
    socket.on("end", () => this.#stop("the client closed the connection"));
  }

  #stop(why: string) {
    this.#end ??= why;
    this.#wake();
  }

  async read(count: number, timeout: number): Promise<Uint8Array> {
    // One timer for the whole read, however many chunks it takes. It ends the reading as an error would.
    const timer = setTimeout(() => this.#stop(`timed out after ${this.#size} of ${count} bytes`), timeout);
    // Enough? Then take it. Otherwise wait for the next chunk, and look again.
    while (this.#size < count && this.#end === undefined) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    clearTimeout(timer);
    if (this.#size < count) throw new Error(this.#end);
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
    const [answeredId, answered] = unpack("<ii", await reader.read(8, TIMEOUT));
    if (answeredId !== id || answered !== sequence) throw new Error("wrong answer");
    console.log(`client ${id} answered test ${answered}`);
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
  handleClient(socket, id).catch((error: Error) => {
    // Every way out of the handler leads here, and no error of one client gets any further.
    socket.destroy();
    clients.delete(id);
    console.log(`client ${id} left: ${error.message}; ${clients.size} remain`);
  });
});

server.on("error", (error) => {
  console.error(error.message);
  process.exitCode = 1;
});

server.listen(port, "127.0.0.1", () => {
  console.log(`listening on 127.0.0.1:${(server.address() as AddressInfo).port}`);
});
