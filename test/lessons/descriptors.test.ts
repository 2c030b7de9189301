/** Every connection takes a file descriptor of the server's, and a process may have only so many (`ulimit -n`). */

import { describe, expect, test } from "vitest";
import {
  LESSON_0,
  LESSON_1,
  LESSON_2,
  listening,
  MODES,
  Peer,
  Server,
  serverCommand,
  serverRuntime,
} from "./harness.ts";
import { ask, readPosition, readTest } from "./packets.ts";
import { askingWitness, movingWitness, testedWitness } from "./witness.ts";

/** On Windows sockets are no file descriptors, and there is no `sh` to set the limit. */
const HAS_LIMIT = process.platform !== "win32";

/** Enough for the runtime itself and some clients, but not for all of the crowd. */
const DESCRIPTORS = 128;
const CROWD = 80;

const LESSONS = [
  { lesson: LESSON_0, flags: ["--interval", "50"], bearWitness: testedWitness, isServed: readTest },
  { lesson: LESSON_1, flags: [], bearWitness: askingWitness, isServed: (peer: Peer) => ask(peer, "SUMA") },
  { lesson: LESSON_2, flags: [], bearWitness: movingWitness, isServed: readPosition },
] as const;

// On Deno this waits forever for now: docs/runtimes.md says why a server there may run out of descriptors.
describe.runIf(HAS_LIMIT && !serverRuntime.includes("deno")).each(LESSONS)(
  "$lesson with few descriptors",
  ({ lesson, flags, bearWitness, isServed }) => {
    test.each(MODES)(
      "turns away one client too many, and says why, clients as $mode",
      async ({ flags: modeFlags }) => {
        const command = serverCommand(lesson, "--port", "0", "--timeout", "60000", ...flags, ...modeFlags);
        const limited = ["sh", "-c", `ulimit -n ${DESCRIPTORS}; exec "$@"`, "sh", ...command];
        const server = await listening(new Server(limited));
        const witness = bearWitness(await Peer.connect(server.port));
        await witness.hasMissedNothing();

        const crowd = await Promise.all(Array.from({ length: CROWD }, () => Peer.connect(server.port)));
        const [, possible] = await server.line(
          /the limit is reached: (\d+) connected, and no file descriptors for more/,
        );
        await server.when("the whole crowd to be accepted or turned away", () => {
          const turnedAway = server.lines.filter((line) => line.startsWith("turned away")).length;
          return turnedAway === 1 + CROWD - Number(possible) || undefined;
        });
        expect(server.listed).toBe(Number(possible));
        await witness.hasMissedNothing();

        for (const peer of crowd) peer.reset();
        await server.when("the crowd to leave", () => server.listed === 1 || undefined);
        await isServed(await Peer.connect(server.port));
        await witness.hasMissedNothing();
        await server.stops();
      },
    );
  },
);
