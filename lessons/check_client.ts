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

import { readCheckLine, readCommand, runStages } from "../src/check.ts";
import { type ClientChecks, ClientProgram, clientStagesOf } from "../src/client_check.ts";
import { exit, onStop, run } from "../src/program.ts";
import { CLIENT_CHECKS as LESSON_0 } from "./0_simple_test_packets/client_checks.ts";
import { CLIENT_CHECKS as LESSON_1 } from "./1_simple_math_server/client_checks.ts";
import { CLIENT_CHECKS as LESSON_2 } from "./2_simple_broadcast_test/client_checks.ts";

const LESSONS: Readonly<Record<string, ClientChecks>> = { "0": LESSON_0, "1": LESSON_1, "2": LESSON_2 };

async function main(): Promise<void> {
  const usage = "npm run check-client [-- flags] LESSON COMMAND … {port} …";
  const { options, arguments: chosen } = readCheckLine(usage, readClient);
  const { checks, command } = chosen;
  const times = { timeout: options.timeout ?? checks.timeout, interval: options.interval ?? checks.interval };
  onStop(() => {});
  const program = new ClientProgram(command, times, checks.packets);
  const passed = await runStages(clientStagesOf(checks, program), async () => program.hasConnected);
  await exit(passed ? 0 : 1);
}

function readClient([number = "", ...words]: string[]): { checks: ClientChecks; command: readonly string[] } {
  const checks = Object.hasOwn(LESSONS, number) ? LESSONS[number] : undefined;
  if (!checks) throw new RangeError(`LESSON is one of ${Object.keys(LESSONS).join(", ")}`);
  return { checks, command: readCommand(words) };
}

run(main);
