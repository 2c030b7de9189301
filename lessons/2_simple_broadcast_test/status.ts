/**
 * Lesson 2 · the status: how much waits for each client.
 *
 * What you learn here: that most of what waits for a slow client isn't in the program, and how to ask a server that is
 * running without a new packet in its protocol.
 *
 * ```text
 *   $ curl http://127.0.0.1:9202/status.json
 *   {"clients":[{"id":1,"positions":0,"sending":0,"unread":0},{"id":5,"positions":3,"sending":4096,"unread":65536}]}
 *
 *   server's program          server's operating system      client's operating system
 *   [ outbox: positions ] ──▶ [ send buffer: sending ] ────▶ [ receive buffer: unread ] ──▶ client's program
 * ```
 *
 * The status has a port of its own, because the lesson's port belongs to the lesson's packets: a client there can't ask
 * for anything else. Only this machine can ask. While nobody does, it costs an entry in a list for each client.
 *
 * @module
 */

import { log } from "../../src/log.ts";
import { PageServer } from "../../src/page_server.ts";
import { explain } from "../../src/program.ts";
import { readQueues } from "../../src/tcp_queues.ts";
import { outboxes } from "./outbox.ts";

/** What waits for a client. */
export interface Waiting {
  /** The client. */
  readonly id: number;
  /** How many positions wait in its outbox: one of each other client, at most. */
  readonly positions: number;
  /** How many bytes the server's operating system holds for it. Only Linux tells. */
  readonly sending?: number;
  /** How many bytes its own operating system holds, because it doesn't read. Only if that is this machine, on Linux. */
  readonly unread?: number;
}

/** How old an answer may be, in milliseconds: a program that asks all the time gets the same one again. */
const OLDEST = 200;

/**
 * Answers anyone on this machine who asks.
 *
 * @param port - the port to listen on; 0 takes any free one
 * @param serverPort - the port of the lesson's server
 * @returns once it listens, and has logged where
 * @throws Error if the port is in use, in words that name its flag
 */
export async function tellStatus(port: number, serverPort: number): Promise<void> {
  let answer = "";
  let answered = Number.NEGATIVE_INFINITY;
  const status = () => {
    if (performance.now() - answered > OLDEST) {
      answer = `${JSON.stringify({ clients: readWaiting(serverPort) })}\n`;
      answered = performance.now();
    }
    return answer;
  };
  const server = new PageServer({
    folder: new URL(".", import.meta.url),
    files: [],
    whole: () => `data: ${status()}\n`,
    make: (name) => (name === "status.json" ? status() : undefined),
  });
  const bound = await server.listen(port).catch((error: unknown) => {
    throw new Error(explain(error).replace("--port", "--status-port"));
  });
  log(`the status is at http://127.0.0.1:${bound}/status.json`);
}

function readWaiting(serverPort: number): Waiting[] {
  const queuesOf = readQueues();
  return Array.from(outboxes, ([id, { waiting, clientPort = 0 }]) => {
    const sending = queuesOf?.(serverPort, clientPort)?.sending;
    const unread = queuesOf?.(clientPort, serverPort)?.receiving;
    return {
      id,
      positions: waiting,
      ...(sending !== undefined && { sending }),
      ...(unread !== undefined && { unread }),
    };
  });
}
