/**
 * Step 5 · Deadlines. Step 4 waited forever for a client that says nothing.
 *
 *   npx tsx lessons/0_simple_test_packets/steps/5_deadlines.ts
 *
 * Now the whole answer has until its deadline: one byte a second gains a client nothing. What is still missing, and is in
 * `server.ts`: a client that sends without end fills the memory, and Ctrl-C cuts all clients off.
 */

import { type AddressInfo, createServer, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { pack, unpack } from "../../../src/struct.ts";

const port = Number(process.argv[2] ?? 9000);
const TIMEOUT = 3000; // how long a client may take to answer, in milliseconds

class Reader {
  #chunks: Uint8Array[] = [];
  #size = 0;
  #wake = () => {};
  #end: string | undefined;
  constructor(socket: Socket) {
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
    // One timer for the whole read, however many chunks it takes. It ends the connection's reading as an error would.
    const timer = setTimeout(() => this.#stop(`timed out after ${this.#size} of ${count} bytes`), timeout);
    while (this.#size < count && this.#end === undefined) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    clearTimeout(timer);
    if (this.#size < count) throw new Error(this.#end);
    const bytes = Buffer.concat(this.#chunks);
    this.#chunks = [bytes.subarray(count)];
    this.#size -= count;
    return bytes.subarray(0, count);
  }
}

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
  handleClient(socket, id).catch((error: Error) => {
    socket.destroy();
    clients.delete(id);
    console.log(`client ${id} left: ${error.message}; ${clients.size} remain`);
  });
});

server.listen(port, "127.0.0.1", () => {
  console.log(`listening on 127.0.0.1:${(server.address() as AddressInfo).port}`);
});
