/**
 * `npm run check-client LESSON COMMAND … {port} …` checks a client of a lesson from outside, stage by stage. It may be
 * written in any language. The check is its server, on the port that stands in place of {port}.
 *
 *     npm run check-client 0 "python3 my_client.py {port}"
 *     npm run check-client -- --interval 500 1 "npx tsx my_client.ts {port}"     one that asks every half second
 *
 * Exit code 0 means that all stages passed, 1 that not all did.
 *
 * @module
 */

import { type ClientChecks, clientStagesOf, readCommand, runStages, setCommandApart } from "../src/check.ts";
import { millisecondsFlag, readCommandLine } from "../src/command_line.ts";
import { exit, onStop, run } from "../src/program.ts";
import { CLIENT_CHECKS as LESSON_0 } from "./0_simple_test_packets/client_checks.ts";
import { CLIENT_CHECKS as LESSON_1 } from "./1_simple_math_server/client_checks.ts";
import { CLIENT_CHECKS as LESSON_2 } from "./2_simple_broadcast_test/client_checks.ts";

const LESSONS: Readonly<Record<string, ClientChecks>> = { "0": LESSON_0, "1": LESSON_1, "2": LESSON_2 };

const FLAGS = {
  timeout: millisecondsFlag(undefined, 1, "how long the client waits for the server, if not as long as ours"),
  interval: millisecondsFlag(undefined, 0, "how long it rests between what it sends, if not as long as ours"),
};

async function main(): Promise<void> {
  setCommandApart();
  const usage = "npm run check-client [-- flags] LESSON COMMAND … {port} …";
  const { options, arguments: chosen } = readCommandLine(usage, FLAGS, readClient);
  const { checks, command } = chosen;
  const times = { timeout: options.timeout ?? checks.timeout, interval: options.interval ?? checks.interval };
  onStop(() => {});
  const passed = await runStages(clientStagesOf(checks, times, command), async () => true);
  await exit(passed ? 0 : 1);
}

function readClient([number = "", ...words]: string[]): { checks: ClientChecks; command: readonly string[] } {
  const checks = Object.hasOwn(LESSONS, number) ? LESSONS[number] : undefined;
  if (!checks) throw new RangeError(`LESSON is one of ${Object.keys(LESSONS).join(", ")}`);
  return { checks, command: readCommand(words) };
}

run(main);
