/**
 * The checks of an exercise that is a whole server: the stages of `check-server`.
 *
 * @module
 */

import process from "node:process";
import { withPort } from "../../src/checks/command.ts";
import { freePort } from "../../src/checks/host.ts";
import { LearnerProgram } from "../../src/checks/learner_program.ts";
import {
  attackStages,
  basicStages,
  type ServerChecks,
  type ServersUnderTest,
  serverStages,
} from "../../src/checks/server_stages.ts";
import { ServerUnderTest } from "../../src/checks/server_under_test.ts";
import { type Check, fail, Wrong } from "./assertions.ts";

/** How this process itself reads TypeScript, if it does: the learner's program is read in the same way. */
const LOADER = process.execArgv.filter((flag) => !flag.startsWith("--max-old-space-size"));

/** How long one stage may take, in milliseconds. */
export const SERVER_LIMIT = 20_000;

/** How long a program that has ended may take to say why, in milliseconds. */
const LAST_WORDS = 1000;

/** A learner's server that runs. */
interface Running {
  readonly subject: LearnerProgram;
  readonly target: ServerUnderTest;
}

/**
 * The checks of a server, which is started with the first and ended with the last.
 *
 * @param lesson - what the lesson's servers have to do and to withstand
 * @param times - its timeout and its interval, and its timeout for other servers if it has any, in milliseconds
 * @param args - how the server is told these, after its port; `{broker}` is where the room's broker listens
 * @returns the checks by title
 */
export function serverChecks(
  lesson: ServerChecks,
  times: { timeout: number; interval: number; serverTimeout?: number },
  args: readonly string[],
): Record<string, Check<object>> {
  let server: Running | undefined;
  let room: ServersUnderTest | undefined;

  /** How to start the server. All it starts is in the group of this process: when somebody stops waiting, it ends too. */
  const wordsFor = (file: string) => [process.execPath, ...LOADER, file, "{port}", ...args];

  /** The room that attacks start servers in, if the lesson has one. */
  function roomFor(file: string): ServersUnderTest | undefined {
    room ??= lesson.room?.(wordsFor(file), times.serverTimeout, false);
    return room;
  }

  /** Starts the server, or gives the one that runs. */
  async function running(file: string): Promise<Running> {
    if (server && !server.subject.ended) return server;
    const port = await freePort();
    const command = (await roomFor(file)?.commandFor(port)) ?? withPort(wordsFor(file), port);
    const subject = new LearnerProgram(command, false);
    server = { subject, target: new ServerUnderTest({ host: "127.0.0.1", port }, times, lesson.packets) };
    const { target } = server;
    const wrong = await subject.until(() => target.listens());
    if (!wrong) return server;
    if (/exit code 0/.test(wrong)) {
      const advice =
        'A server begins with `createServer(…).listen(port, "127.0.0.1")`, and runs until somebody stops it.';
      throw new Wrong(`The program exited by itself, without listening anywhere.\n\n${advice}`, true, true);
    }
    const advice = "Its port is `Number(process.argv[2])`, and its host is 127.0.0.1.";
    throw new Wrong(`${wrong}\n\n${advice}`, true, true);
  }

  const checks: Record<string, Check<object>> = {
    "listens on the port that it is given": async (_, file) => {
      await running(file);
    },
  };
  const stagesOf = lesson.room ? basicStages : serverStages;
  const nobody = new ServerUnderTest({ host: "127.0.0.1", port: 0 }, times, lesson.packets);
  for (const [index, { title }] of stagesOf(lesson, nobody).entries()) {
    checks[title] = async (_, file) => {
      const { subject, target } = await running(file);
      const failure = await stagesOf(lesson, target)[index]?.run();
      if (failure === undefined) return;
      // Its end may be noticed before its last words.
      if (/has ended/.test(failure.sentence)) await subject.ends(LAST_WORDS);
      if (!subject.ended) fail(failure.sentence, `Likely cause: ${failure.cause}`);
      fail(
        subject.ended,
        `Whatever one client does, the program must go on. Listen to the "error" of each socket, and catch what is thrown for one client. Likely cause here: ${failure.cause}`,
      );
    };
  }
  checks["ends when it is told to (SIGTERM)"] = async (_, file) => {
    const { subject } = await running(file);
    const failure = await subject.stop();
    if (failure) fail(failure.sentence, failure.cause);
  };
  // The attacks on a room start servers of their own. The one above is none of them, so it has ended by now.
  for (const [index, { title }] of lesson.room ? attackStages(lesson, nobody).entries() : []) {
    checks[title] = async (_, file) => {
      const target = roomFor(file);
      const failure = target && (await attackStages(lesson, target)[index]?.run());
      if (failure) fail(failure.sentence, `Likely cause: ${failure.cause}`);
    };
  }
  return checks;
}
