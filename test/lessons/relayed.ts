/** A relay of `npm run network`, with a client and a server that know nothing of it. */

import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { expect } from "vitest";
import { learnerCommand, Peer, Program, within } from "./harness.ts";

/** A relay that runs, and where clients and the page find it. */
export interface Network {
  readonly program: Program;
  readonly port: number;
  /** The page's address; empty with `--no-page`. */
  readonly page: string;
}

export function program(...args: string[]): Program {
  return new Program(learnerCommand("lessons/network.ts", ...args));
}

export async function startNetwork(lesson: string, to: number, ...flags: string[]): Promise<Network> {
  const started = program(lesson, "--port", "0", "--to", `127.0.0.1:${to}`, "--page", "0", ...flags);
  const [, port] = await started.line(/^listening on 127\.0\.0\.1:(\d+)$/);
  expect(started.lines[0]).toBe(`listening on 127.0.0.1:${port}`);
  await started.line(/^passing on to /);
  const page = flags.includes("--no-page") ? "" : ((await started.line(/^page: (\S+)$/))[1] ?? "");
  return { program: started, port: Number(port), page };
}

/** A server that takes connections and does nothing; it may be half closed. */
export class Far {
  readonly port: number;
  readonly #sockets: Socket[] = [];
  #wake = () => {};

  private constructor(port: number) {
    this.port = port;
  }

  static async listen(): Promise<Far> {
    const server = createServer({ allowHalfOpen: true });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const far = new Far((server.address() as { port: number }).port);
    server.unref().on("connection", (socket) => {
      far.#sockets.push(socket);
      far.#wake();
    });
    return far;
  }

  async accept({ reads = true } = {}): Promise<Peer> {
    const came = async () => {
      while (this.#sockets.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
      return this.#sockets.shift() as Socket;
    };
    const peer = new Peer(await within(came(), () => "a connection through the relay"));
    if (reads) peer.startReading();
    return peer;
  }
}

export async function near(port: number, { reads = true } = {}): Promise<Peer> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  await within(once(socket, "connect"), () => "the relay to accept");
  const peer = new Peer(socket);
  if (reads) peer.startReading();
  return peer;
}

/** A client and a server, with the relay in between. */
export async function between(...flags: string[]) {
  const far = await Far.listen();
  const network = await startNetwork("1", far.port, ...flags);
  const client = await near(network.port);
  const server = await far.accept();
  return { far, network, client, server };
}

/** How many chunks a peer gets, and their sizes. */
export function chunksOf(peer: Peer): number[] {
  const sizes: number[] = [];
  peer.socket.on("data", (chunk: Buffer) => sizes.push(chunk.length));
  return sizes;
}
