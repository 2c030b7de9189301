/** `check-client` passes what is right, and names each mistake that learners make. */

import process from "node:process";
import { expect, test } from "vitest";
import { CLIENT_CHECKS as LESSON_0_CHECKS } from "../../lessons/0_simple_test_packets/client_checks.ts";
import { CLIENT_CHECKS as LESSON_1_CHECKS } from "../../lessons/1_simple_math_server/client_checks.ts";
import { CLIENT_CHECKS as LESSON_2_CHECKS } from "../../lessons/2_simple_broadcast_test/client_checks.ts";
import { CLIENT_CHECKS as LESSON_3_CHECKS } from "../../lessons/3_simple_cluster_test/client_checks.ts";
import { type ClientChecks, ClientUnderTest, clientStages } from "../../src/checks/client_stages.ts";
import { redirectLog } from "../../src/log.ts";
import { compiled } from "../compiled.ts";
import { LESSON_0, LESSON_1, LESSON_2, LESSON_3, Program } from "../lessons/harness.ts";
import { PYTHON } from "../python.ts";
import { sharded } from "../shard.ts";

redirectLog(() => {});

const TIMES = { timeout: 2000, interval: 100 };

/** What the check says about the first stage that fails, or "passed". */
async function firstFailure(number: string, checks: ClientChecks, mistake: string): Promise<string> {
  const client = compiled("test/fixtures/broken_client.ts");
  const command = [process.execPath, client, number, "{port}", String(TIMES.interval), mistake];
  return firstFailureOf(checks, new ClientUnderTest(command, TIMES, checks.packets));
}

async function firstFailureOf(checks: ClientChecks, program: ClientUnderTest): Promise<string> {
  for (const { title, run } of clientStages(checks, program)) {
    const failure = await run();
    if (failure) return `${title}: ${failure.sentence} Likely cause: ${failure.cause}`;
  }
  return "passed";
}

const SAID_0: Record<string, RegExp> = {
  none: /^passed$/,
  "does not connect":
    /it connects.*it did not connect to 127\.0\.0\.1:\d+ within 30\.0 s\. Likely cause: Connect to 127\.0\.0\.1/,
  "ends at once":
    /it connects.*did not connect.*has ended with exit code 0\. It printed:\n +which port\?.* It ended by itself/s,
  "speaks first": /sends nothing before.*sent something before any test/,
  "big-endian": /same eight bytes.*with id 50331648 .*opposite order/,
  "the sequence first": /same eight bytes.*with id 1 sequence 3\..* The id comes first/s,
  "counts up":
    /same eight bytes.*sequence 1 with id 3 sequence 2\..* The client counts up\. The server does that/,
  "answers in words": /only 4 of the 8 bytes of the answer to test 1 arrived/,
  "answers only once": /next tests.*closed the connection before the answer to test 2 arrived/,
  "answers only once, and stays": /next tests.*the answer to test 2 did not arrive within/,
  "answers twice": /next tests.*after its answer to test 1 it sent something more.*more than once/,
  "gives up while the server rests": /next tests.*closed the connection before the answer to test 2 arrived/,
  "always id 1": /same eight bytes.*with id 1 .*not always 1/,
  "counts by itself": /whatever the numbers.*sequence 7 with id \d+ sequence 1\./,
  "only low bytes": /whatever the numbers.*four bytes, not only the lowest/,
  "text of the bytes": /whatever the numbers.*as text/,
  "one recv for one packet":
    /eight pieces.*(closed the connection|connection was reset) before the answer to test 1.*StructError.*treated each chunk as one test/s,
  "whole packets only": /eight pieces.*the answer to test 1 did not arrive.*threw the pieces away/,
  "only the first packet of a chunk":
    /two tests in one piece.*the answer to test 2 did not arrive.*only the first test/,
  "deaf to a goodbye": /server closes the connection: it was still running 2\.0 s later/,
  "crashes at a goodbye": /server closes the connection: it crashed with a stack trace.*GoodbyeError/s,
  "unpacks what has come when the server closes": /in the middle of a test: it crashed.*StructError/s,
  "crashes when the connection breaks": /connection breaks: it crashed with a stack trace/,
  "crashes when nobody listens": /no server listens on its port: it crashed with a stack trace/,
  "an exit code of its own when nobody listens": /no server listens on its port: it crashed with exit code 7/,
  "deaf to SIGTERM":
    /\(SIGTERM\): it was still running 2 s after SIGTERM, and was killed\. Likely cause: Code that catches signals/,
};

const SAID_1: Record<string, RegExp> = {
  none: /^passed$/,
  "asks three times at once": /^passed$/,
  "asks once": /^passed$/,
  "prints all at its end": /^passed$/,
  "asks nothing": /it asks.*a request did not arrive within 2\.0 s\. Likely cause: A client asks at once/,
  "big-endian": /it asks.*length in a request is 67108864.*opposite order/,
  "the length last": /it asks.*length in a request is 196610.*The length comes first/,
  "whole numbers": /prints the result.*did not print the result, 234\.5\..* It printed:\n += 234\n/s,
  "a short for the length": /it asks.*length in a request is 131076.*not a short/,
  "ints for the values": /it asks.*it asked for "\\u\{3\}.*shorts, two bytes each/,
  "a length of the whole":
    /it asks.*only 4 of the 12 bytes of the command of a request \(length 12\) arrived/,
  "Latin-1": /it asks.*a request has a command that is not UTF-8/,
  "UTF-16": /it asks.*That is UTF-16/,
  "lower case": /it asks.*it asked for "suma"\..* The servers know only SUMA/s,
  "a zero byte that counts": /it asks.*"SUMA\\u\{0\}".*line end or zero byte/,
  "a length in characters": /nothing follows.*only 1 of the 8 bytes of what follows raí 2 3 arrived/,
  "a line end that does not count": /nothing follows.*only 1 of the 8 bytes of what follows SUMA 2 3 arrived/,
  "prints nothing": /prints the result.*it did not print the result, 234\.5/,
  "big-endian results": /prints the result.*did not print.* It printed:\n/s,
  "floats for doubles": /prints the result.*did not print/,
  "one recv for one packet": /twelve pieces.*did not print the result.*StructError/s,
  "whole packets only": /twelve pieces.*did not print the result/,
  "only the first packet of a chunk": /several requests at once.*did not print the last result, 236\.5/,
  "deaf to a goodbye": /closes after an answer: it was still running 2\.1 s later/,
  "crashes at a goodbye": /closes after an answer: it crashed with a stack trace/,
  "deaf to a goodbye before an answer": /closes the connection: it was still running 2\.0 s later/,
  "unpacks what has come when the server closes": /closes in the middle of a response: it crashed/,
  "crashes at a status": /unknown command, a division by zero.*it crashed.*status [12].*before the result/s,
  "stays after malformed": /malformed.*still running/,
  "crashes when the connection breaks": /connection breaks: it crashed/,
  "no deadline": /does not wait forever for an answer: it was still running 4\.0 s later/,
  "crashes when it gives up": /does not wait forever for an answer: it crashed/,
  "crashes when nobody listens": /no server listens on its port: it crashed/,
};

const SAID_2: Record<string, RegExp> = {
  none: /^passed$/,
  "big-endian": /a step at a time: .*the room is.*opposite order/,
  "sends its id too": /a step at a time: .*(more than a step|the room is)/,
  "starts at zero": /a step at a time: from 33 9 it went to 0 9: that is more than a step.*place of its own/,
  leaps: /a step at a time: from 33 9 it went to 28 9: that is more than a step/,
  "leaves the room": /stays in the room: from 59 0 it went to 60 0.*leads out of the room/,
  "never listens": /prints where the others are: it did not print where client 2 is, 42 17\./,
  "one recv for one packet": /pieces.*did not print.*StructError/s,
  "crashes at a goodbye": /server closes the connection: it crashed/,
  "unpacks what has come when the server closes": /in the middle of a position: it crashed/,
};

const CASES = [
  { checks: LESSON_0_CHECKS, said: SAID_0 },
  { checks: LESSON_1_CHECKS, said: SAID_1 },
  { checks: LESSON_2_CHECKS, said: SAID_2 },
].flatMap(({ checks, said }, lesson) =>
  Object.entries(said).map(([mistake, pattern]) => ({ lesson: String(lesson), checks, mistake, pattern })),
);

test.concurrent.each(sharded(CASES))(
  "lesson $lesson: $mistake",
  async ({ lesson, checks, mistake, pattern }) => {
    expect(await firstFailure(lesson, checks, mistake)).toMatch(pattern);
  },
);

const SAID_3: Record<string, RegExp> = {
  none: /^passed$/,
  "ends with its server":
    /goes to the other.*has ended with exit code 0|goes to the other.*did not come back/s,
  "one server only": /goes to the other.*did not come back within/,
  "starts anew":
    /goes to the other.*it was at 33 9, and with its new server it went to 5 5\..*remember its old place/,
  "crashes inside a position":
    /in the middle of a position: it comes back.*StructError.*The rest of that position will never come/s,
  "waits equally long": /waits longer each time: it waited .* after failure 4\..*Double the wait/,
  "a connection is enough":
    /waits longer each time: it waited .* after failure 4\..*accepts and closes at once/,
  "no jitter": /a crowd doesn't come back.*the waits of 4 clients differ by only \d\.\d %\..*random part/,
  "never short again": /next wait is short again: it waited .*earlier failures still count/,
  "gives up without a server":
    /starts before its servers: it goes on trying: it crashed.*ECONNREFUSED.*one server has failed/s,
  "deaf to SIGTERM": /\(SIGTERM\): it was still running 2 s after SIGTERM/,
  "deaf to SIGTERM while it waits":
    /while it waits for a server, too: it was still running 2 s after SIGTERM/,
};

// A crowd is four programs, and what is measured are waits: one after another.
test.sequential.each(sharded(Object.entries(SAID_3)))(
  "lesson 3: %s",
  { timeout: 240_000 },
  async (mistake, pattern) => {
    const client = compiled("test/fixtures/broken_cluster_client.ts");
    const command = [process.execPath, client, "{servers}", String(TIMES.interval), mistake];
    const { packets, servers } = LESSON_3_CHECKS;
    const program = new ClientUnderTest(command, TIMES, packets, undefined, servers);
    expect(await firstFailureOf(LESSON_3_CHECKS, program)).toMatch(pattern);
  },
);

/** Checks a client as a learner does. */
function check(...args: string[]): Program {
  return new Program([process.execPath, compiled("lessons/check_client.ts"), ...args]);
}

const ours = (file: string) => `${process.execPath} ${compiled(`lessons/${file}`)}`;
const pythons = (lesson: string) =>
  PYTHON ? [`${PYTHON?.join(" ")} test/lessons/${lesson}/whole_client.py {port}`] : [];

test.each([
  ["0", [`${ours(`${LESSON_0}/client.ts`)} --port {port}`]],
  ["0", [`${ours(`${LESSON_0}/steps/client.ts`)} {port}`, ...pythons(LESSON_0)]],
  ["1", [`${ours(`${LESSON_1}/client.ts`)} --port {port} --timeout 1500 --interval 100`]],
  ["1", [`${ours(`${LESSON_1}/client.ts`)} --port {port} --timeout 1500 SUMA -2 3`, ...pythons(LESSON_1)]],
  ["2", [`${ours(`${LESSON_2}/client.ts`)} --port {port} --interval 100`, ...pythons(LESSON_2)]],
  ["3", [`${ours(`${LESSON_3}/client.ts`)} --servers {servers} --interval 100`]],
])("passes ours and Python's clients of lesson %s", async (lesson, commands) => {
  const checks = commands.map((words) => check("--timeout", "1500", "--interval", "100", lesson, words));
  for (const { code, stdout, stderr } of await Promise.all(checks.map(({ ended }) => ended))) {
    expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^(\d+) of \1 passed\n$/m);
  }
});
