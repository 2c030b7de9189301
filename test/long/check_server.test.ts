/** `check-server` passes what is right, and names each mistake that learners make. */

import process from "node:process";
import { expect, test } from "vitest";
import { SERVER_CHECKS as LESSON_0_CHECKS } from "../../lessons/0_simple_test_packets/attacks.ts";
import { SERVER_CHECKS as LESSON_1_CHECKS } from "../../lessons/1_simple_math_server/attacks.ts";
import { SERVER_CHECKS as LESSON_2_CHECKS } from "../../lessons/2_simple_broadcast_test/attacks.ts";
import { runCheck, type ServerChecks, serverStages } from "../../src/checks/server_stages.ts";
import { ServerUnderTest } from "../../src/checks/server_under_test.ts";
import { redirectLog } from "../../src/log.ts";
import { compiled } from "../compiled.ts";
import { type Ended, LESSON_0, LESSON_1, LESSON_2, Program } from "../lessons/harness.ts";
import { PYTHON } from "../python.ts";
import { sharded } from "../shard.ts";
import {
  brokenServer0,
  brokenServer1,
  brokenServer2,
  type Mistake0,
  type Mistake1,
  type Mistake2,
  TIMES,
} from "./broken.ts";

redirectLog(() => {});

/** What the check says about the first stage that fails, or "passed". */
async function firstFailure(port: number, lesson: ServerChecks): Promise<string> {
  const times = { ...TIMES, interval: lesson.interval === 0 ? 0 : TIMES.interval };
  const target = new ServerUnderTest({ host: "127.0.0.1", port }, times, lesson.packets);
  for (const { title, run } of serverStages(lesson, target)) {
    const failure = await run();
    if (failure) return `${title}: ${failure.sentence} Likely cause: ${failure.cause}`;
  }
  return "passed";
}

const SAID_0: Record<Mistake0, RegExp> = {
  none: /^passed$/,
  "big-endian": /test 1 as soon.*opposite byte order/,
  "sends nothing": /test 1 as soon.*test 1 did not arrive within.*Write the first test/,
  "one id for all": /no id is given twice.*gave the id 1 again.*Count every client/,
  "ids used twice": /no id is given twice.*gave the id 1 again/,
  "a sequence that stands still":
    /next test after each answer.*instead of id \d+ sequence 2 it sent id \d+ sequence 1\..*never changes/,
  "deaf to a goodbye": /said goodbye.*still open.*no answer will come/,
  "one client at a time": /three clients at once.*test 1 did not arrive.*It serves one client at a time/,
  "one recv for one packet":
    /eight pieces.*(closed|was reset).*before test 2 arrived.*treated each chunk as one answer/,
  "whole packets only": /eight pieces.*test 2 did not arrive.*threw the pieces away/,
  "any answer taken":
    /not the answer.*sent something where it should have closed.*does not look at the answer/,
  "one client's error ends all": /half an answer, and then the connection breaks.*closes other clients, too/,
  "one that leaves ends all":
    /three clients at once.*(closed|was reset).*before test [34] arrived.*closes other clients, too/,
  "no deadline": /never again.*still open.*deadline/,
  "a deadline for each byte": /a byte now and then.*still open.*one moment for the whole answer/,
  "reads on without being asked": /answers without end.*did not stop.*Read no more/,
};

const SAID_1: Record<Mistake1, RegExp> = {
  none: /^passed$/,
  "big-endian": /SUMA 2 3 is 5.*opposite/,
  "int division": /results that need a double.*DIVISION 7 2 with ok, 3, not ok, 3\.5.*integers/,
  "a 4-byte float": /only 8 of the 12 bytes.*status 0 and 5/,
  "results wrapped to 16 bits": /SUMA 32767 32767 with ok, -2, not ok, 65534.*wraps round/,
  "closes after an unknown command":
    /division by zero get their status.*closed the connection.*go on to the next request/,
  "no status for a division by zero":
    /DIVISION 7 0 with ok, Infinity, not division by zero, NaN.*a division by zero with status 2/,
  "minus zero": /MULTIPLICACION 0 -5 with ok, -0, not ok, 0\. Likely cause: .*Add 0/,
  "one recv for one packet": /twelve pieces.*(closed|was reset).*treated each chunk as one request/,
  "only the first request of a chunk":
    /three requests in one piece.*the second.*did not arrive.*only the first request/,
  "answers out of order":
    /three requests in one piece.*first, SUMA 2 3, with ok, 3\.5, not ok, 5\. Likely cause: The answers arrived in a different order/,
  "a length believed": /a browser sends.*did not arrive within.*trusted the length/,
  "malformed and not closed": /a browser sends.*sent something where it should have closed.*went on reading/,
  "UTF-8 repaired": /not UTF-8.*with unknown command, NaN, not malformed.*repaired/,
  "a byte order mark removed": /not UTF-8.*byte order mark with ok, 5.*removed the byte order mark/,
  "deaf after the half-close": /still wanted.*closed the connection before.*allowHalfOpen/,
  "answers a turn after the goodbye": /still wanted.*(closed the connection|was reset) before.*allowHalfOpen/,
  "commands that every object inherits": /every JavaScript object inherits.*inherited/,
  "one client's error ends all": /half a request, and then the connection breaks.*closes other clients, too/,
  "one that leaves ends all": /three clients at once.*(closed|was reset).*closes other clients, too/,
  "no deadline": /never ends.*still open.*deadline/,
};

const SAID_2: Partial<Record<Mistake2, RegExp>> = {
  "big-endian": /who it is.*opposite byte order/,
  "sends nothing": /who it is.*first position for client did not arrive/,
  "all others first": /newcomer hears who is there.*First it must be told who it is itself/,
  "the mover is not told": /hears about its own moves.*did not arrive.*including the one that moved/,
  "places added up": /hears about its own moves.*not how far it went/,
  "x and y exchanged": /hears about its own moves.*swapped/,
  "a newcomer is told nothing":
    /newcomer hears who is there.*did not arrive.*newest position of every client/,
  "a newcomer is told where all began": /newcomer hears who is there.*where it was before/,
  "nobody is told of a newcomer": /hear about a newcomer.*did not arrive.*for all the others/,
  "a leaver is not told": /leaves.*has left did not arrive.*However a client leaves/,
  "a leaver is told twice": /leaves.*and then heard about that client again.*announced one departure twice/,
  "a leaver is remembered": /leaves.*a newcomer was told about client \d+, which had left.*on its list/,
  "one that leaves ends all": /leaves.*(closed the connection|was reset).*closes other clients, too/,
  "ids used twice": /leaves.*it gave the id 2 again.*Count every client/,
  "one recv for one packet": /four pieces.*has left”, not.*treated each chunk as one place/,
  "only the first place of a chunk": /three places in one piece.*did not arrive.*only the first place/,
  "only the newest place of a chunk": /three places in one piece.*only the newest/,
  walls: /outside the room.*was told “client \d+ has left”, not/,
  "a single -32768 is nowhere": /outside the room.*was told “client \d+ has left”, not/,
  "nowhere passed on": /says it is nowhere.*still open.*vanish from all maps/,
  "a goodbye overtakes the places":
    /goodbye right after.*has left”, not.*What arrived before the goodbye counts/,
  "one client's error ends all":
    /connection breaks.*(closed the connection|was reset).*(closes other clients|must end only that client)/,
  "whoever writes to a broken connection pays":
    /connection breaks.*(closed the connection|was reset).*(closes other clients|must end only that client)/,
  "no deadline": /never ends.*still open.*deadline/,
  "a deadline for each byte": /never ends.*still open.*not for each byte/,
};

const CASES = [
  ...Object.entries(SAID_0).map(([mistake, said]) => ({
    name: `lesson 0: ${mistake}`,
    said,
    broken: () => brokenServer0(mistake as Mistake0),
    lesson: LESSON_0_CHECKS,
  })),
  ...Object.entries(SAID_1).map(([mistake, said]) => ({
    name: `lesson 1: ${mistake}`,
    said,
    broken: () => brokenServer1(mistake as Mistake1),
    lesson: LESSON_1_CHECKS,
  })),
  ...casesOf2(SAID_2),
];

function casesOf2(said: Partial<Record<Mistake2, RegExp>>) {
  return Object.entries(said).map(([mistake, sentence]) => ({
    name: `lesson 2: ${mistake}`,
    said: sentence,
    broken: () => brokenServer2(mistake as Mistake2),
    lesson: LESSON_2_CHECKS,
  }));
}

async function isTold({ said, broken, lesson }: (typeof CASES)[number]): Promise<void> {
  const { port, server } = await broken();
  try {
    expect(await firstFailure(port, lesson)).toMatch(said);
  } finally {
    server.close();
  }
}

test.concurrent.each(sharded(CASES))("$name", { timeout: 60_000 }, isTold);
/** In these a client moves so often that nothing else should run at the same time, and the server has to be patient. */
const CROWDED: [mistake: Mistake2, attack: string, timeout: number, said: RegExp][] = [
  ["none", "deaf", 60_000, /^the client was sent .* of 5\.0 MB/],
  ["none", "wakes", 60_000, /^it heard where everyone is now/],
  ["none", "stuck", 4000, /^it closed the client that had read nothing for/],
  ["none", "flood", 60_000, /^it took .* MB in \d+\.\d s, and the others had their turns/],
  ["everything kept", "deaf", 60_000, /^the client was sent all 5\.0 MB/],
  ["one slow client holds up all", "deaf", 60_000, /one slow client holds up everyone/],
  ["closed as soon as slow", "deaf", 60_000, /^it closed a client that had read nothing for .* has 60\.0 s/],
  [
    "nothing kept",
    "wakes",
    60_000,
    /the last thing that the slow client heard is .* and nothing more arrives/,
  ],
  [
    "a leaver not kept",
    "wakes",
    60_000,
    /^client \d+ has left, but the last thing that the slow client heard/,
  ],
  ["no deadline for taking", "stuck", 4000, /read nothing for \d+\.\d s, and was still connected/],
  [
    "reads on without telling",
    "flood",
    60_000,
    /nobody has heard about .* MB of that yet: one client can fill its memory/,
  ],
];

test.sequential.each(sharded(CROWDED))(
  "lesson 2: %s, under attack by %s",
  { timeout: 120_000 },
  async (...row) => {
    const [mistake, name, timeout, said] = row;
    const { port, server } = await brokenServer2(mistake, timeout);
    const attack = LESSON_2_CHECKS.attacks.find((one) => one.name === name);
    if (!attack) throw new Error(`there is no attack ${name}`);
    const times = { timeout, interval: 0 };
    const target = new ServerUnderTest({ host: "127.0.0.1", port }, times, LESSON_2_CHECKS.packets);
    try {
      expect((await runCheck(attack, target, LESSON_2_CHECKS)).sentence).toMatch(said);
    } finally {
      server.close();
    }
  },
);

/** Checks a server as a learner does. */
function check(...args: string[]): Program {
  return new Program([process.execPath, compiled("lessons/check_server.ts"), ...args]);
}

const server = (lesson: string) => `${process.execPath} ${compiled(`lessons/${lesson}/server.ts`)}`;

test.skipIf(PYTHON === undefined)("passes ours and Python's, and ends what it started", async () => {
  const times = ["--timeout", "1000", "--interval", "20"];
  const checks = [
    check(...times, "0", ...`${server(LESSON_0)} ${times.join(" ")} --port {port}`.split(" ")),
    check(...times, "1", `${server(LESSON_1)} --timeout 1000 --port {port}`),
    check(...times, "0", `${PYTHON?.join(" ")} test/lessons/${LESSON_0}/whole_server.py {port} 1000 20`),
    check(...times, "1", `${PYTHON?.join(" ")} test/lessons/${LESSON_1}/whole_server.py {port} 1000`),
  ];
  for (const ended of await Promise.all(checks.map((one) => one.exit()))) hasPassed(ended);
});

// One after the other: each is as busy as the machine allows.
test.sequential.each([
  ["ours", `${server(LESSON_2)} --timeout 3000 --port {port}`],
  ["Python's", `${PYTHON?.join(" ")} test/lessons/${LESSON_2}/whole_server.py {port} 3000`],
])("passes lesson 2's server: %s", { timeout: 120_000 }, async (_whose, command) => {
  if (PYTHON === undefined && command.includes(".py")) return;
  hasPassed(await check("--timeout", "3000", "2", command).ended);
});

function hasPassed({ code, stdout, stderr }: Ended): void {
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^✓ it listens on the port that it is given$/m);
  expect(stdout).toMatch(/^✓ it ends when it is told to \(SIGTERM\)$/m);
  expect(stdout).toMatch(/^(\d+) of \1 passed\n$/m);
}
