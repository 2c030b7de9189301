/**
 * Step 4 · Errors and leaving. In step 3 a broken connection ended the server, a client that had left stayed on the
 * list, and any eight bytes were a good answer.
 *
 *   npx tsx lessons/0_simple_test_packets/steps/4_errors_and_leaving.ts
 *
 * Now the end of a connection ends the read that waits on it, and however a handler ends, its client is closed and taken
 * off the list. What is still wrong: a client may stay connected and say nothing, forever.
 */

import { type AddressInfo, createServer, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { pack, unpack } from "../../../src/struct.ts";

const port = Number(process.argv[2] ?? 9000);

class Reader {
  #chunks: Uint8Array[] = [];
  #size = 0;
  #wake = () => {};
  #end: string | undefined; // why no more bytes will come
  constructor(socket: Socket) {
    socket.on("data", (chunk) => {
      this.#chunks.push(chunk);
      this.#size += chunk.length;
      this.#wake();
    });
    // An "error" that nobody listens to ends the process. This line alone keeps the server alive when a client breaks off.
    socket.on("error", (error) => this.#stop(error.message));
    socket.on("end", () => this.#stop("the client closed the connection"));
  }

  #stop(why: string) {
    this.#end ??= why;
    this.#wake();
  }

  async read(count: number): Promise<Uint8Array> {
    while (this.#size < count) {
      if (this.#end !== undefined) throw new Error(this.#end);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
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
    const [answeredId, answered] = unpack("<ii", await reader.read(8));
    if (answeredId !== id || answered !== sequence) throw new Error("wrong answer");
    console.log(`client ${id} answered test ${answered}`);
    await setTimeout(1000);
  }
}

const clients = new Map<number, Socket>();
let lastId = 0;

const server = createServer((socket) => {
  const id = ++lastId;
  clients.set(id, socket);
  console.log(`client ${id} came; ${clients.size} connected`);
  handleClient(socket, id).catch((error: Error) => {
    // Every way out of the handler leads here, and no error of one client gets any further.
    socket.destroy();
    clients.delete(id);
    console.log(`client ${id} left: ${error.message}; ${clients.size} remain`);
  });
});

server.listen(port, "127.0.0.1", () => {
  console.log(`listening on 127.0.0.1:${(server.address() as AddressInfo).port}`);
});
