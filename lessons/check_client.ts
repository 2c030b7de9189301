/**
 * `npm run check-client LESSON COMMAND … {port} …` checks a client of a lesson from outside, stage by stage. The client
 * may be written in any language. The check is its server, and puts its port in place of {port}.
 *
 *     npm run check-client 0 "python3 my_client.py {port}"
 *     npm run check-client -- --interval 500 1 "npx tsx my_client.ts {port}"     one that asks every half second
 *     npm run check-client 3 "python3 my_client.py {servers}"     {servers} becomes HOST:PORT,HOST:PORT
 *
 * Exit code 0 means that all stages passed, 1 that not all did, and 130 that you interrupted the check.
 *
 * @module
 */

import { type ClientChecks, ClientUnderTest, clientStages } from "../src/checks/client_stages.ts";
import { readCheckLine, readCommand, typedIn } from "../src/checks/command.ts";
import { runStages } from "../src/checks/stages.ts";
import { exit, INTERRUPTED, onStop, run } from "../src/program.ts";
import { findLessons, type Lessons, pickLesson } from "./lessons.ts";

async function main(): Promise<void> {
  const usage = "npm run check-client [-- flags] LESSON COMMAND … {port} …";
  const lessons = await findLessons();
  const { options, arguments: chosen } = readCheckLine(usage, (texts) => readClient(lessons, texts));
  const { checks, command } = chosen;
  const times = { timeout: options.timeout ?? checks.timeout, interval: options.interval ?? checks.interval };
  onStop(() => {}, undefined, INTERRUPTED);
  const program = new ClientUnderTest(command, times, checks.packets, typedIn(), checks.servers);
  const passed = await runStages(clientStages(checks, program), async () => program.hasConnected);
  await exit(passed ? 0 : 1);
}

function readClient(
  lessons: Lessons,
  [number, ...words]: string[],
): { checks: ClientChecks; command: string[] } {
  const { clientChecks: checks } = pickLesson(lessons, number);
  return { checks, command: readCommand(words, [checks.servers === undefined ? "{port}" : "{servers}"]) };
}

run(main);
