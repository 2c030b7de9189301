/**
 * The server for checking a client.
 *
 * @module
 */

import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { Connection } from "../connection.ts";
import type { PacketDescription } from "../packets.ts";
import { logWire } from "../wire.ts";
import { CheckFailed, Peer, seconds } from "./peer.ts";

/** The server for checking a client: it accepts the client's connections one by one, and does nothing by itself. */
export class Host {
  /** The port on which it listens. */
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Socket[] = [];
  readonly #packets: readonly PacketDescription[];
  readonly #promptly: number;
  #accepted = 0;
  #wake = () => {};

  private constructor(server: Server, packets: readonly PacketDescription[], promptly: number) {
    this.#server = server;
    this.#packets = packets;
    this.#promptly = promptly;
    this.port = (server.address() as AddressInfo).port;
    server.on("connection", (socket) => {
      socket.on("error", () => {}); // its Connection reports the error
      this.#sockets.push(socket);
      this.#wake();
    });
  }

  /**
   * Listens.
   *
   * @param packets - the lesson's packets
   * @param promptly - how long a client may take for what it does at once, in milliseconds
   * @param port - where to listen; 0 for a free port
   * @returns the server
   */
  static async listen(packets: readonly PacketDescription[], promptly: number, port = 0): Promise<Host> {
    // Paused: whatever arrives before `accept`, even a reset, waits for it.
    const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true });
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return new Host(server, packets, promptly);
  }

  /** How many clients have connected so far. */
  get count(): number {
    return this.#sockets.length;
  }

  /** How many of them haven't been accepted yet. */
  get waiting(): number {
    return this.#sockets.length - this.#accepted;
  }

  /**
   * Waits for the next client.
   *
   * @param name - what its lines start with
   * @param limit - how long it may take, in milliseconds
   * @returns its connection
   * @throws CheckFailed if no client connects
   */
  async accept(name: string, limit: number = this.#promptly): Promise<Peer> {
    if (this.#accepted === this.#sockets.length) {
      const came = new Promise<boolean>((resolve) => {
        this.#wake = () => resolve(true);
      });
      const stop = new AbortController();
      const late = setTimeout(limit, false, { signal: stop.signal }).catch(() => false);
      if (!(await Promise.race([came, late])))
        throw new CheckFailed(`no client connected within ${seconds(limit)}.`, "silence");
      stop.abort();
    }
    const socket = this.#sockets[this.#accepted++] as Socket;
    const connection = new Connection(socket);
    connection.watch(logWire(name, "server", this.#packets));
    return new Peer(socket, connection, this.#promptly, "the client");
  }

  /** Ends all connections, and stops listening. */
  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

/**
 * Finds a port that is free.
 *
 * @returns the port
 */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
