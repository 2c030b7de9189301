/**
 * Exercise 0.8 · The whole server: our solution.
 *
 * @module
 */

import { createServer, type Socket } from "node:net";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { pack } from "#src/struct.ts";

const [port, timeout = 3000, interval = 1000] = process.argv.slice(2).map(Number);
const clients = new Map<number, Socket>();
let lastId = 0;

/** Gives out the bytes of a socket in exactly the numbers asked for, whatever chunks they arrived in. */
class PacketReader {
  readonly #socket: Socket;
  #unread: Uint8Array = new Uint8Array(0);
  #end: Error | undefined;
  #wake = () => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk) => {
      this.#unread = Buffer.concat([this.#unread, chunk]);
      this.#wake();
    });
    socket.on("end", () => this.#stop(new Error("the client closed the connection")));
    socket.on("error", (error) => this.#stop(error));
    // Nothing is read until somebody asks: what a client sends unasked waits in its own operating system.
    socket.pause();
  }

  #stop(why: Error): void {
    this.#end ??= why;
    this.#wake();
  }

  /** Reads exactly `size` bytes, the whole of them within the timeout. */
  async read(size: number): Promise<Uint8Array> {
    const timer = setTimeout(() => this.#stop(new Error("timed out")), timeout);
    while (this.#unread.length < size && !this.#end) {
      this.#socket.resume();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    clearTimeout(timer);
    this.#socket.pause();
    if (this.#unread.length < size) throw this.#end;
    const bytes = this.#unread.subarray(0, size);
    this.#unread = this.#unread.subarray(size);
    return bytes;
  }
}

/** One client, from its first test until it leaves. */
async function handleClient(socket: Socket, id: number): Promise<never> {
  const reader = new PacketReader(socket);
  for (let sequence = 1; ; sequence++) {
    const test = pack("<ii", id, sequence);
    socket.write(test);
    const answer = await reader.read(test.length);
    if (Buffer.compare(answer, test) !== 0) throw new Error("wrong answer");
    await pause(interval);
  }
}

createServer((socket) => {
  const id = ++lastId;
  clients.set(id, socket);
  handleClient(socket, id).catch((error: Error) => {
    socket.destroy();
    clients.delete(id);
    console.log(`client ${id} left: ${error.message}; ${clients.size} remain`);
  });
}).listen(port, "127.0.0.1");
