/** `check-client` passes what is right, and names each mistake that learners make. */

import process from "node:process";
import { expect, test } from "vitest";
import { CLIENT_CHECKS as LESSON_0_CHECKS } from "../../lessons/0_simple_test_packets/client_checks.ts";
import { CLIENT_CHECKS as LESSON_1_CHECKS } from "../../lessons/1_simple_math_server/client_checks.ts";
import { CLIENT_CHECKS as LESSON_2_CHECKS } from "../../lessons/2_simple_broadcast_test/client_checks.ts";
import { clientStagesOf } from "../../src/check.ts";
import { redirectLog } from "../../src/log.ts";
import { compiled } from "../compiled.ts";
import { LESSON_0, LESSON_1, LESSON_2, Program, PYTHON } from "../lessons/harness.ts";

redirectLog(() => {});

const CHECKS = { "0": LESSON_0_CHECKS, "1": LESSON_1_CHECKS, "2": LESSON_2_CHECKS };

/** What the check says first: `title: sentence`, or "passed". */
async function firstFailure(lesson: keyof typeof CHECKS, mistake: string): Promise<string> {
  const command = [process.execPath, compiled("test/fixtures/broken_client.ts"), lesson, mistake, "{port}"];
  const times = { timeout: 1500, interval: 100 };
  for (const { title, run } of clientStagesOf(CHECKS[lesson], times, command)) {
    const wrong = await run();
    if (wrong !== undefined) return `${title}: ${wrong}`;
  }
  return "passed";
}

const SAID: Record<keyof typeof CHECKS, Record<string, RegExp>> = {
  "0": {
    none: /^passed$/,
    "crashes at once": /has ended with exit code 1\. It printed:[\s\S]*no module named sockets/,
    "never connects": /runs, but has not connected within/,
    "big-endian": /same eight bytes: .*opposite order/,
    "answers half a test": /same eight bytes: .*to id 3 sequence 1 it answered|opposite|within|did not come/,
    "adds one": /to id 3 sequence 1 it answered id 3 sequence 2/,
    "counts by itself":
      /whatever the numbers: to id 2147483647 sequence 16909060 it answered id 2147483647 sequence 3/,
    "low bytes only": /whatever the numbers: to id 258 sequence 1 it answered id 2 sequence 1/,
    "answers once": /whatever the numbers: the answer to id 258 sequence 2 did not come/,
    "speaks first": /same eight bytes: to id 3 sequence 1 it answered id 0 sequence 0/,
    "answers twice": /to id 258 sequence 2 it answered id 258 sequence 1/,
    "one recv for one packet": /eight pieces.*(closed|was reset)/,
    "ignores the end": /when the server closes.*still ran/,
    "ignores a reset": /when the connection breaks.*still ran/,
    "ignores SIGTERM": /SIGTERM.*still ran/,
  },
  "1": {
    none: /^passed$/,
    "big-endian": /can read: .*opposite byte order/,
    "counts the whole request": /can read: .*the command, of 12 bytes as its request says/,
    "length last": /can read: it sent a length of 196610; /,
    "a command that nobody knows": /can read: it asked for "suma"; the commands are SUMA/,
    "a zero at the end": /can read: it asked for "SUMA\\u\{0\}"/,
    "UTF-16": /can read: it asked for "S\\u\{0\}U/,
    "prints the status": /prints the result: it did not print the result, 1234\.5\./,
    "prints whole numbers": /prints the result: it did not print the result, 1234\.5\./,
    "one recv for one packet": /twelve pieces.*has ended with exit code 1/,
    "ends after an error": /goes on asking.*closed the connection before a request/,
    "asks once": /goes on asking.*a request .* did not come/,
    "no deadline": /forever.*half a response came, and it still waited/,
  },
  "2": {
    none: /^passed$/,
    "big-endian": /a step at a time: .*(more than a step|the room is)/,
    "sends its id too": /a step at a time: .*(more than a step|the room is)/,
    "starts at zero": /a step at a time: from 33 9 it went to [01] [01]: that is more than a step/,
    leaps: /a step at a time: .*more than a step/,
    "leaves the room": /stays in the room: it went to 60 /,
    "never listens": /prints where the others are: it did not print where client 2 is, 42 17\./,
    "one recv for one packet": /pieces.*has ended with exit code 1/,
  },
};

const CASES = Object.entries(SAID).flatMap(([lesson, said]) =>
  Object.entries(said).map(([mistake, pattern]) => ({
    name: `lesson ${lesson}: ${mistake}`,
    run: () => firstFailure(lesson as keyof typeof CHECKS, mistake),
    pattern,
  })),
);

test.concurrent.each(CASES)("$name", { timeout: 60_000 }, async ({ run, pattern }) => {
  expect(await run()).toMatch(pattern);
});

/** Checks a client as a learner does. */
function check(...args: string[]): Program {
  return new Program([process.execPath, compiled("lessons/check_client.ts"), ...args]);
}

test.skipIf(PYTHON === undefined).each([
  [LESSON_0, ""],
  [LESSON_1, "--interval 100 --timeout 1000"],
  [LESSON_2, "--interval 100"],
])(
  "passes ours and Python's client of %s, and ends what it started",
  { timeout: 60_000 },
  async (lesson, flags) => {
    const number = lesson.slice(0, 1);
    const times = ["--timeout", "1000", "--interval", "100"];
    const ours = `${process.execPath} ${compiled(`lessons/${lesson}/client.ts`)} ${flags} --port {port}`;
    const pythons = `${PYTHON} test/lessons/${lesson}/whole_client.py {port}`;
    for (const command of [ours, pythons]) {
      const { code, stdout, stderr } = await check(...times, number, command).exit();
      expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: "" });
      expect(stdout).toMatch(/^(\d+) of \1 passed\n$/m);
    }
  },
);
