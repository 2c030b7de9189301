/**
 * The runs whose buffers are measured: a client that asks and never reads, and a client that should only read but
 * doesn't.
 *
 * The operating system shows how much it holds in `/proc/net/tcp`, so the runs can only be measured on Linux. Programs
 * report their own buffers, the server through gauge.js.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import process from "node:process";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { packRequest } from "../../lessons/1_simple_math_server/protocol.ts";
import { PLACE } from "../../lessons/2_simple_broadcast_test/protocol.ts";
import { type Queues, readQueues } from "../../src/tcp_queues.ts";
import { type Container, type Moment, pickMoments, type RecordedBuffers } from "./buffers.ts";

/** How long to rest between two samples, in milliseconds. */
const BETWEEN = 10;

/** This many bytes in a server's program show that it has no limit. */
const ENOUGH = 12_000_000;

/** A server that reads nothing during this many samples has stopped reading. */
const STALLED = 50;

/** A run that can be measured again and again. */
export interface BufferRun {
  /** What it shows, in a sentence. */
  readonly title: string;
  /** The server's file in its lessons folder, and its arguments. */
  readonly server: readonly string[];
  /** Which client is looked at: 1 for the first that connects. */
  readonly client: number;
  /** The buffers that the bytes pass through, in that order. */
  readonly containers: readonly Container[];
  /** Does the run, with clients that read only when told to. Resolves with what ended it. */
  run(scene: Scene): Promise<string>;
  /** Puts what was measured into the containers. */
  pour(levels: Levels): number[];
}

/** How many bytes are where, of one connection. */
export interface Levels {
  /** In the client's program: not sent yet, and not read yet. */
  readonly client: Program;
  /** In its operating system. */
  readonly clientSystem: Queues;
  /** In the server's. */
  readonly serverSystem: Queues;
  /** In the server's program. */
  readonly server: Program;
}

interface Program {
  readonly unsent: number;
  readonly received: number;
}

/** The runs, by the names of their pictures. */
export const BUFFER_RUNS: Readonly<Record<string, BufferRun>> = {
  "1_buffers": {
    title: "Where the bytes are when a client asks and never reads",
    server: ["1_simple_math_server/server.ts", "--port", "0", "--quiet", "--timeout", "3000"],
    client: 1,
    containers: [
      { bytes: "requests", owner: "client", name: "program" },
      { bytes: "requests", owner: "client", name: "operating system" },
      { bytes: "requests", owner: "server", name: "operating system" },
      { bytes: "requests", owner: "server", name: "program" },
      { bytes: "answers", owner: "server", name: "program" },
      { bytes: "answers", owner: "server", name: "operating system" },
      { bytes: "answers", owner: "client", name: "operating system" },
      { bytes: "answers", owner: "client", name: "program" },
    ],
    async run(scene) {
      const client = await scene.connect();
      await scene.measured();
      const requests = Buffer.concat(Array(4096).fill(packRequest("SUMA", 2, 3)));
      // Send no faster than the server reads, so that the picture shows what fills first. Once it has stopped reading,
      // send without end.
      let stalled = 0;
      for (let seen = scene.levels; !scene.line; await setTimeout(1)) {
        if (scene.levels === seen) continue;
        seen = scene.levels;
        stalled = seen?.clientSystem.sending ? stalled + 1 : 0;
        const goesOn = stalled === 0 || stalled > STALLED;
        if (goesOn && client.writableLength === 0) client.write(requests);
      }
      return scene.line;
    },
    pour: ({ client, clientSystem, serverSystem, server }) => [
      client.unsent,
      clientSystem.sending,
      serverSystem.receiving,
      server.received,
      server.unsent,
      serverSystem.sending,
      clientSystem.receiving,
      client.received,
    ],
  },
  "2_buffers": {
    title: "Where the bytes are when a server writes to a deaf client (step 1)",
    server: ["2_simple_broadcast_test/steps/1_everybody_hears.ts", "0"],
    client: 2,
    containers: [
      { bytes: "positions", owner: "server", name: "program" },
      { bytes: "positions", owner: "server", name: "operating system" },
      { bytes: "positions", owner: "client", name: "operating system" },
      { bytes: "positions", owner: "client", name: "program" },
    ],
    async run(scene) {
      const mover = await scene.connect();
      await scene.connect();
      mover.resume();
      await scene.measured();
      // Rounds, as the attack has them: the next when the mover has heard the last.
      while ((scene.levels?.server.unsent ?? 0) < ENOUGH) {
        const heard = mover.bytesRead;
        mover.write(Buffer.concat(Array.from({ length: 4096 }, (_, move) => PLACE.pack(move % 60, 7))));
        while (mover.bytesRead < heard + 4096 * 8) await setTimeout(1);
      }
      return "the recording ends; the server’s program would go on filling";
    },
    pour: ({ client, clientSystem, serverSystem, server }) => [
      server.unsent,
      serverSystem.sending,
      clientSystem.receiving,
      client.received,
    ],
  },
};

/** A server that is measured, and its clients. */
class Scene {
  readonly #server: ChildProcess;
  readonly #port: number;
  readonly #clients: Socket[] = [];
  /** What the server says about a client that it has closed. */
  line = "";
  /** What was measured last. */
  levels: Levels | undefined;

  private constructor(server: ChildProcess, port: number) {
    this.#server = server;
    this.#port = port;
  }

  static async open([file = "", ...flags]: readonly string[]): Promise<Scene> {
    const gauge = new URL("gauge.js", import.meta.url).href;
    const program = fileURLToPath(new URL(`../../lessons/${file}`, import.meta.url));
    const server = spawn(process.execPath, ["--import", "tsx", "--import", gauge, program, ...flags], {
      stdio: ["ignore", "pipe", "inherit", "ipc"],
    });
    const lines = createInterface({ input: server.stdout as NodeJS.ReadableStream });
    const [first] = await Promise.race([once(lines, "line"), once(server, "close")]);
    const scene = new Scene(server, Number(/:(\d+)$/.exec(String(first))?.[1]));
    lines.on("line", (text) => {
      if (/ left: /.test(text)) scene.line = text;
    });
    return scene;
  }

  /** Connects a client that does not read. */
  async connect(): Promise<Socket> {
    const socket = connect(this.#port, "127.0.0.1");
    this.#clients.push(socket);
    socket.on("error", () => {}); // the server may reset it
    await once(socket, "connect");
    return socket;
  }

  /** Waits for the first sample: it shows the buffers before anything fills them. */
  async measured(): Promise<void> {
    while (!this.levels) await setTimeout(1);
  }

  /** Measures one of the connections; undefined when it is gone. */
  async measure(number: number): Promise<Levels | undefined> {
    const client = this.#clients[number - 1];
    const port = client?.localPort;
    if (!client || !port) return undefined;
    this.#server.send(number);
    const [server] = (await once(this.#server, "message")) as [Program];
    const queuesOf = readQueues();
    const clientSystem = queuesOf?.(port, this.#port);
    const serverSystem = queuesOf?.(this.#port, port);
    if (!clientSystem || !serverSystem) return undefined;
    const { writableLength: unsent, readableLength: received } = client;
    this.levels = { client: { unsent, received }, clientSystem, serverSystem, server };
    return this.levels;
  }

  close(): void {
    this.#server.kill("SIGKILL");
    for (const client of this.#clients) client.destroy();
  }
}

/**
 * Does a run, and measures it.
 *
 * @param run - what to do
 * @returns the moments worth drawing
 */
export async function measure({
  title,
  server,
  client,
  containers,
  run,
  pour,
}: BufferRun): Promise<RecordedBuffers> {
  const scene = await Scene.open(server);
  try {
    const samples: Moment[] = [];
    let end: string | undefined;
    const running = run(scene).then((how) => {
      end = how;
    });
    let start: number | undefined;
    while (end === undefined) {
      const levels = await scene.measure(client);
      if (levels) {
        start ??= performance.now();
        samples.push({ at: Math.round(performance.now() - start), bytes: pour(levels) });
      }
      await setTimeout(BETWEEN);
    }
    await running;
    return { title, end, containers, moments: pickMoments(samples) };
  } finally {
    scene.close();
  }
}
