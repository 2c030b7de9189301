import { setTimeout } from "node:timers/promises";
import { expectResults, SERVER_CHECKS } from "#lessons/1_simple_math_server/attacks.ts";
import { packRequest, RESPONSE } from "#lessons/1_simple_math_server/protocol.ts";
import { CheckFailed, type Peer } from "#src/checks/peer.ts";
import type { ServerCheck, ServerChecks } from "#src/checks/server_stages.ts";
import { exercise, SLOWNESS } from "../assertions.ts";
import { SERVER_LIMIT, serverChecks } from "../server.ts";

/** How long a whole request may take, in milliseconds. */
const TIMEOUT = 1000 * SLOWNESS;

/** How long the network may take to bring a piece by itself, in milliseconds. */
const PAUSE = 50;

const SUM = packRequest("SUMA", 2, 3);

async function expectResult(client: Peer, to: string, right: number): Promise<void> {
  const [, result] = RESPONSE.unpack(await client.read(RESPONSE.size, `the response to ${to}`));
  if (result !== right) throw new CheckFailed(`it answered ${to} with ${result}, not ${right}.`);
}

// One mistake each, which the lesson's attacks would find, too, but take for another.

const AGAIN: ServerCheck = {
  name: "again",
  title: "a client asks twice",
  cause: "The next request follows an answer: read in a loop, until the client leaves.",
  async run(target) {
    const client = await target.connect("client");
    await expectResults(client, [
      ["SUMA", 2, 3, 5],
      ["RESTA", 9, 4, 5],
    ]);
    return "both answers came.";
  },
};

const BYTES: ServerCheck = {
  name: "bytes",
  title: "numbers whose bytes aren't text, and negative ones",
  cause:
    "Values are shorts with a sign: `readInt16LE`, not `readUInt16LE`. And a chunk is bytes: if you turn it into text, you lose bytes that aren't text.",
  async run(target) {
    await expectResults(await target.connect("client"), [
      ["SUMA", 200, 3, 203],
      ["SUMA", -1, -2, -3],
    ]);
    return "both answers came.";
  },
};

const TWO_PIECES: ServerCheck = {
  name: "two_pieces",
  title: "one client alone, and its request in two pieces",
  cause:
    "Each chunk was treated as one request. Collect what arrives until there are 8 + length bytes, and keep what is left over.",
  async run(target) {
    const client = await target.connect("client");
    await client.send(SUM.subarray(0, 6));
    await setTimeout(PAUSE);
    await client.send(SUM.subarray(6));
    await expectResult(client, "both pieces of SUMA 2 3", 5);
    return "it put the pieces together.";
  },
};

const HALVES: ServerCheck = {
  name: "halves",
  title: "half a request from one client, and a whole one from another",
  cause: "The bytes of all clients are kept in one place: each connection needs a place of its own.",
  async run(target) {
    const [one, other] = [await target.connect("client A"), await target.connect("client B")];
    await one.send(SUM.subarray(0, 6));
    await expectResults(other, [["RESTA", 9, 4, 5]]);
    await one.send(SUM.subarray(6));
    await expectResult(one, "both halves of SUMA 2 3", 5);
    return "each got its own answer.";
  },
};

const PATIENCE: ServerCheck = {
  name: "patience",
  title: "a client that is never slow, and stays for longer than the timeout",
  cause: "The timeout is for one request, not for the connection: each gets a deadline of its own.",
  async run(target) {
    const client = await target.connect("client");
    for (const _ of [1, 2, 3]) {
      await expectResults(client, [["SUMA", 2, 3, 5]]);
      await setTimeout(target.timeout / 2);
    }
    await expectResults(client, [["SUMA", 2, 3, 5]]);
    return "it got all its answers.";
  },
};

const ORDER: ServerCheck = {
  name: "order",
  title: "answers in the order of the requests, whatever takes longer",
  cause: "An answer has overtaken another: answer a request before you read the next.",
  async run(target) {
    const requests = [
      ["DIVISION", 7, 2, 3.5],
      ["MULTIPLICACION", 4, 5, 20],
      ["RESTA", 2, 3, -1],
      ["SUMA", 2, 3, 5],
      ["DIVISION", 1, 4, 0.25],
      ["SUMA", 4, 4, 8],
    ] as const;
    const client = await target.connect("client");
    await client.send(
      Buffer.concat(requests.map(([command, first, second]) => packRequest(command, first, second))),
    );
    for (const [index, [command, first, second, right]] of requests.entries()) {
      const what = `the answer to request ${index + 1}, ${command} ${first} ${second},`;
      const [, result] = RESPONSE.unpack(await client.read(RESPONSE.size, what));
      if (result === right) continue;
      const other = requests.find(([, , , wrong]) => wrong === result);
      throw new CheckFailed(
        `${what} should be ${right}, but ${result} came${other ? `: that belongs to ${other.slice(0, 3).join(" ")}` : ""}.`,
      );
    }
    return "they kept their order.";
  },
};

const LATE: ServerCheck = {
  name: "late",
  title: "a request in three parts: each part comes in time, but the whole request too late",
  cause:
    "Each part got a deadline of its own. The time for the whole request starts with its first byte: use one deadline for all its reads.",
  async run(target) {
    const client = await target.connect("client");
    await client.send(SUM.subarray(0, 2));
    await setTimeout(target.timeout * 0.75);
    await client.send(SUM.subarray(2, 8));
    await setTimeout(target.timeout * 0.75);
    try {
      await client.send(SUM.subarray(8));
      await client.read(RESPONSE.size, "the response");
    } catch {
      return "it was closed in between.";
    }
    throw new CheckFailed(
      `a request that took ${1.5 * target.timeout} ms was answered; ${target.timeout} are allowed.`,
    );
  },
};

/** The steps, with others behind some of them. */
function inserted(
  steps: readonly ServerCheck[],
  behind: Readonly<Record<string, readonly ServerCheck[]>>,
): readonly ServerCheck[] {
  return steps.flatMap((step) => [step, ...(behind[step.name] ?? [])]);
}

const CHECKED: ServerChecks = {
  ...SERVER_CHECKS,
  basics: inserted(SERVER_CHECKS.basics, { sum: [AGAIN, BYTES], several: [TWO_PIECES, HALVES, PATIENCE] }),
  attacks: inserted(SERVER_CHECKS.attacks, { together: [ORDER], silent: [LATE] }),
};

export default exercise<object>({
  exports: [],
  hints: [
    {
      for: /./,
      text: "Exercise 1.5 is most of it. It lacks MULTIPLICACION, malformed requests, commands that are not UTF-8, and clients that end their half. Begin with it, and run the checks after each part.",
    },
    {
      for: /browser|no sense|length|UTF-8/,
      text: "With `peek`, four bytes are enough to see a wrong length: answer with status 3 at once, and close. A `TextDecoder` with `{ fatal: true }` throws when a text is not UTF-8.",
    },
    {
      for: /goodbye/,
      text: "Use `createServer({ allowHalfOpen: true }, …)`. Without it, Node closes your half as soon as the client has ended its own, and answers are lost.",
    },
    { for: /double|operations|negative/, text: "0 × −5 is −0 in JavaScript. `+ 0` makes it 0." },
    {
      for: /never ends|too late|timeout|half a request/,
      text: "Make a new `deadlineIn(timeout)` for each request, and use it for the peek, the read and the answer of that request.",
    },
    {
      for: /never reads/,
      text: "Await each `write`: while the client does not read, your server must not read its next request.",
    },
  ],
  limit: SERVER_LIMIT,
  checks: serverChecks(CHECKED, { timeout: TIMEOUT, interval: 0 }, [`${TIMEOUT}`]),
});
