/**
 * `npm run check-server LESSON …` checks a server of a lesson from outside, stage by stage. The server may be written
 * in any language.
 *
 *     npm run check-server 0 127.0.0.1:9000                      one that is running
 *     npm run check-server 0 "python3 my_server.py {port}"       one that this starts, on a free port
 *     npm run check-server -- --timeout 500 0 127.0.0.1:9000     one with a shorter timeout
 *
 *     npm run check-server 3 "python3 my_server.py {port} {broker}"     several of them, and a broker at {broker}
 *
 * Exit code 0 means that all stages passed, 1 that not all did, and 130 that you interrupted the check.
 *
 * @module
 */

import { readCheckLine, readCommand, typedIn, withPort } from "../src/checks/command.ts";
import { freePort } from "../src/checks/host.ts";
import { LearnerProgram, STOPS_TITLE } from "../src/checks/learner_program.ts";
import { attackStages, basicStages, type ServerChecks, serverStages } from "../src/checks/server_stages.ts";
import { ServerUnderTest } from "../src/checks/server_under_test.ts";
import { runStages, type Stage } from "../src/checks/stages.ts";
import type { Address } from "../src/client.ts";
import { hostAndPort } from "../src/log.ts";
import { exit, INTERRUPTED, onStop, run } from "../src/program.ts";
import { findLessons, type Lessons, pickLesson } from "./lessons.ts";

/** How long the last lines of a server that no longer listens may take to arrive, in milliseconds. */
const LAST_WORDS = 1000;

/** What was typed after LESSON: where a server listens, or how to start one. */
type Server = Address | readonly string[];

async function main(): Promise<void> {
  const usage = "npm run check-server [-- flags] LESSON HOST:PORT | COMMAND … {port} …";
  const lessons = await findLessons();
  const { options, arguments: chosen } = readCheckLine(usage, (texts) => readServer(lessons, texts));
  const { checks, server } = chosen;
  const times = { timeout: options.timeout ?? checks.timeout, interval: options.interval ?? checks.interval };
  onStop(() => {}, undefined, INTERRUPTED);

  if ("host" in server) {
    const target = new ServerUnderTest(server, times, checks.packets);
    if (!(await target.listens())) {
      return exit(1, `no server is listening on ${hostAndPort(server.host, server.port)}.`);
    }
    const passed = await runStages(serverStages(checks, target), () => target.listens());
    return exit(passed ? 0 : 1);
  }

  const port = await freePort();
  const room = checks.room?.(server, options["server-timeout"]);
  const command = room ? await room.commandFor(port) : withPort(server, port);
  const subject = new LearnerProgram(command, undefined, typedIn());
  const target = new ServerUnderTest({ host: "127.0.0.1", port }, times, checks.packets);
  let hasStopped = false;
  const stages: Stage[] = [
    {
      title: "it listens on the port that it is given",
      run: async () => {
        const sentence = await subject.until(() => target.listens());
        const advice = "Listen on 127.0.0.1, and on the port from the command line.";
        return sentence === undefined ? undefined : { sentence, cause: subject.causeOfNoStart(advice) };
      },
    },
    // If the program has ended, its last lines say more than what its client saw.
    ...(room ? basicStages(checks, target) : serverStages(checks, target)).map((stage) => ({
      ...stage,
      run: async () => {
        const failure = await stage.run();
        if (failure && !(await target.listens())) await subject.ends(LAST_WORDS);
        return failure && { ...failure, sentence: subject.ended ?? failure.sentence };
      },
    })),
    {
      title: STOPS_TITLE,
      run: () => {
        hasStopped = true;
        return subject.stop();
      },
    },
    // The attacks on a room start servers of their own. The one above is none of them, so it has ended by now.
    ...(room ? attackStages(checks, room) : []),
  ];
  const passed = await runStages(stages, async () => hasStopped || target.listens());
  subject.kill();
  await room?.leave();
  await exit(passed ? 0 : 1);
}

function readServer(
  lessons: Lessons,
  [number, ...words]: string[],
): { checks: ServerChecks; server: Server } {
  const { serverChecks: checks } = pickLesson(lessons, number);
  const [, host, port] = /^\[?([^[\]]+)\]?:(\d+)$/.exec(words.length === 1 ? (words[0] ?? "") : "") ?? [];
  if (host && checks.room) {
    throw new RangeError(
      "this lesson's check starts the servers itself: give it COMMAND … {port} … {broker} …",
    );
  }
  if (host) return { checks, server: { host, port: Number(port) } };
  return { checks, server: readCommand(words, checks.room ? ["{broker}", "{port}"] : ["{port}"]) };
}

run(main);
