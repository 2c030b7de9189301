/**
 * `npm run check-server LESSON …` checks a server of a lesson from outside, stage by stage. It may be written in any
 * language.
 *
 *     npm run check-server 0 127.0.0.1:9000                      one that is running
 *     npm run check-server 0 "python3 my_server.py {port}"       one that this starts, on a free port
 *     npm run check-server -- --timeout 500 0 127.0.0.1:9000     one that waits less long for its clients
 *
 * Exit code 0 means that all stages passed, 1 that not all did.
 *
 * @module
 */

import { type Attacks, Target } from "../src/attack.ts";
import {
  freePort,
  readCheckLine,
  readCommand,
  runStages,
  STOPS,
  type Stage,
  Subject,
  stagesOf,
  withPort,
} from "../src/check.ts";
import type { Address } from "../src/client.ts";
import { hostAndPort } from "../src/log.ts";
import { exit, onStop, run } from "../src/program.ts";
import { attacksOf } from "./attacks.ts";

/** What was typed after LESSON: where a server listens, or how to start one. */
type Server = Address | readonly string[];

async function main(): Promise<void> {
  const usage = "npm run check-server [-- flags] LESSON HOST:PORT | COMMAND … {port} …";
  const { options, arguments: chosen } = readCheckLine(usage, readServer);
  const { lesson, server } = chosen;
  const times = { timeout: options.timeout ?? lesson.timeout, interval: options.interval ?? lesson.interval };

  if ("host" in server) {
    onStop(() => {});
    const target = new Target(server, times, lesson.packets);
    if (!(await target.listens())) {
      return exit(1, `no server is listening on ${hostAndPort(server.host, server.port)}.`);
    }
    const passed = await runStages(stagesOf(lesson, target), () => target.listens());
    return exit(passed ? 0 : 1);
  }

  const port = await freePort();
  const subject = new Subject(withPort(server, port));
  onStop(() => {});
  const target = new Target({ host: "127.0.0.1", port }, times, lesson.packets);
  const stages: Stage[] = [
    {
      title: "it listens on the port that it is given",
      cause: "Listen on 127.0.0.1, and on the port from the command line.",
      run: () => subject.until(() => target.listens()),
    },
    // If the program has ended, what it printed last says more than what its client saw.
    ...stagesOf(lesson, target).map((stage) => ({
      ...stage,
      run: async () => {
        const wrong = await stage.run();
        return wrong && (subject.ended ?? wrong);
      },
    })),
    { ...STOPS, run: () => subject.stop() },
  ];
  const passed = await runStages(stages, () => target.listens());
  subject.kill();
  await exit(passed ? 0 : 1);
}

function readServer([number, ...words]: string[]): { lesson: Attacks; server: Server } {
  const lesson = attacksOf(number);
  const [, host, port] = /^\[?([^[\]]+)\]?:(\d+)$/.exec(words.length === 1 ? (words[0] ?? "") : "") ?? [];
  return { lesson, server: host ? { host, port: Number(port) } : readCommand(words) };
}

run(main);
