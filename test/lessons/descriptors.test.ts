/** Every connection takes a file descriptor of the server's, and a process may have only so many (`ulimit -n`). */

import { describe, expect, test } from "vitest";
import {
  LESSON_0,
  LESSON_1,
  listening,
  MODES,
  Peer,
  Server,
  serverCommand,
  serverRuntime,
} from "./harness.ts";
import { ask, readTest } from "./packets.ts";
import { askingWitness, testedWitness } from "./witness.ts";

/** Deno then accepts nobody any more, and with threads both Deno and Bun give up: nothing a lesson could change. */
const SURVIVES = process.platform === "linux" && !/deno|bun/.test(serverRuntime);

const LESSONS = [
  { lesson: LESSON_0, flags: ["--interval", "5"], bearWitness: testedWitness, isServed: readTest },
  { lesson: LESSON_1, flags: [], bearWitness: askingWitness, isServed: (peer: Peer) => ask(peer, "SUMA") },
] as const;

describe.skipIf(!SURVIVES).each(LESSONS)(
  "$lesson with few descriptors",
  ({ lesson, flags, bearWitness, isServed }) => {
    test.each(MODES)(
      "goes on when it has none left, clients as $mode",
      async ({ mode, flags: modeFlags }) => {
        const command = serverCommand(lesson, "--port", "0", "--timeout", "60000", ...flags, ...modeFlags);
        const server = await listening(new Server(["sh", "-c", 'ulimit -n 64; exec "$@"', "sh", ...command]));
        const witness = bearWitness(await Peer.connect(server.port));
        await witness.hasMissedNothing();

        const crowd = await Promise.all(Array.from({ length: 80 }, () => Peer.connect(server.port)));
        // 64 descriptors are not enough for all of them: some are closed, and none of them takes the server along.
        await Promise.race(crowd.map((peer) => peer.over));
        // A client may be one descriptor too many, or one of those that its thread needs.
        await server.line(/no file descriptor is left|EMFILE/);
        await witness.hasMissedNothing();

        for (const peer of crowd) peer.reset();
        // A thread that finds no descriptor while it starts may hang in the runtime for a while: what it held comes back
        // when its time to start is over, which is too long to wait for here.
        if (mode === "tasks") {
          await server.when("the crowd to leave", () => server.listed === 1 || undefined);
          await isServed(await Peer.connect(server.port));
        }
        await witness.hasMissedNothing();
        const { code, stderr } = await server.exit("SIGTERM");
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      },
    );
  },
);
