import type * as Ours from "#lessons/1_simple_math_server/exercises/solutions/5_a_new_command.ts";
import {
  PACKETS,
  packRequest,
  RESPONSE,
  STATUS,
  STATUS_WORDS,
} from "#lessons/1_simple_math_server/protocol.ts";
import { CheckFailed, type Peer } from "#src/checks/peer.ts";
import type { ServerUnderTest } from "#src/checks/server_under_test.ts";
import { exercise, fail } from "../assertions.ts";
import { serve } from "../sockets.ts";

async function withServer(
  startServer: typeof Ours.startServer,
  use: (client: Peer, target: ServerUnderTest) => Promise<void>,
): Promise<void> {
  const { server, target } = await serve(startServer, PACKETS);
  await use(await target.connect("client"), target);
  await target.leave();
  server.close();
}

const CUT = "The result was cut to an integer: with a negative exponent it is a fraction.";
const NEGATIVE =
  "A negative exponent gives a fraction: first to the power of −2 is 1 ÷ first². `**` knows that.";

/** Powers whose first value is not 0. */
const POWERS = [
  [2, 10],
  [3, 4],
  [10, 9],
  [10, 15],
  [-2, 10],
  [-2, 3],
  [2, -1],
  [-4, -2],
  [5, 0],
] as const;

/** Ways of computing a power wrongly: whoever agrees with one in all of {@link POWERS} has made that mistake. */
const HABITS: readonly (readonly [power: (first: number, second: number) => number, sentence: string])[] = [
  [(a, b) => a ^ b, "In TypeScript, `^` compares bits (exclusive or). A power is `**`."],
  [(a, b) => a * b, "That is first × second. A power is `first ** second`."],
  [(a) => a * a, "That is first × first, whatever second is. A power is `first ** second`."],
  [(a, b) => b ** a, "That is second to the power of first: they are swapped."],
  [(a, b) => a + b, "That is first + second."],
  [(a, b) => Math.trunc(a ** b), CUT],
  [(a, b) => Math.round(a ** b), CUT],
  [(a, b) => (b < 0 ? 0 : a ** b), CUT],
  [(a, b) => Math.round(a ** b * 100) / 100, "The result was rounded: it is a double, so leave it as it is."],
  [(a, b) => (a ** b) | 0, "The result was cut to 32 bits: it is a double, so leave it as it is."],
  [
    (a, b) => Math.min(a ** b, 32767),
    "The result was limited to that of a short: only the values are shorts.",
  ],
  [
    (a, b) => Math.sign(a) * Math.abs(a) ** b,
    "Its sign is wrong: −2 to the power of 10 is 1024, since it is (−2)¹⁰.",
  ],
  [(a, b) => Math.abs(a) ** b, "The sign of first was lost: −2 to the power of 3 is −8."],
  [(a, b) => a ** Math.abs(b), NEGATIVE],
  [(a, b) => (b < 0 ? 1 / a : a ** b), NEGATIVE],
  [(a, b) => (b < 0 ? -(a ** -b) : a ** b), NEGATIVE],
  [
    (a, b) => a ** Math.max(b, 0),
    "A loop that multiplies `second` times does nothing for a negative exponent. `**` knows what to do.",
  ],
  [
    (a, b) => a ** Math.max(b, 1),
    "A loop that begins with `first` is wrong when second is 0 or less: the product begins with 1. And `**` needs no loop.",
  ],
  [
    (a, b) => a ** (Math.max(b, 0) + 1),
    "It multiplies once too often: start the product at 1, or run the loop one time fewer. And `**` needs no loop.",
  ],
  [
    (a, b) => (a < 0 ? Number.NaN : a ** b),
    "A logarithm of a negative number is NaN. `**` knows what to do.",
  ],
  [
    (a, b) => (a < 0 ? Number.NaN : Math.round(a ** b)),
    "A logarithm of a negative number is NaN, and a negative exponent gives a fraction. `**` knows what to do.",
  ],
  [
    (a, b) => (b < 0 ? Number.NaN : a ** b),
    "Only 0 to a negative power divides by zero. Other negative exponents give a fraction.",
  ],
  [(a, b) => (b === 0 ? Number.NaN : a ** b), "An exponent of 0 divides nothing: 5 to the power of 0 is 1."],
];

type Answer = readonly [status: number, result: number];

const isClose = (one: number, other: number) =>
  Object.is(one, other) || Math.abs(one - other) <= 1e-9 * Math.abs(other);

async function ask(client: Peer, command: string, first: number, second: number): Promise<Answer> {
  await client.send(packRequest(command, first, second));
  const bytes = await client.read(RESPONSE.size, `the answer to ${command} ${first} ${second}`);
  const [status, result] = RESPONSE.unpack(bytes);
  return [status, result];
}

/** What a client is told that asks for a few things; it fails with an explanation if the answers end. */
async function askAll(
  startServer: typeof Ours.startServer,
  requests: readonly (readonly [command: string, first: number, second: number])[],
): Promise<Answer[]> {
  const answers: Answer[] = [];
  await withServer(startServer, async (client, target) => {
    try {
      for (const request of requests) answers.push(await ask(client, ...request));
    } catch (error) {
      if (!(error instanceof CheckFailed)) throw error;
      fail(error.message, await whySilent(target, error.message));
    }
  });
  return answers;
}

/** Why a server breaks off: it is asked for something that it could do before. */
async function whySilent(target: ServerUnderTest, message: string): Promise<string> {
  if (/only \d+ of/.test(message))
    return "The packets do not change: a response is twelve bytes, status and result.";
  const client = await target.connect("another client");
  try {
    await ask(client, "SUMA", 2, 3);
    await ask(client, "SUMA", 2, 3);
  } catch {
    return "The same happens after SUMA, which the server could answer before. Only `calculate` has to change. The `while` loop must go on to the next request.";
  }
  return "Something was thrown on the way to that answer: by `calculate`, or by `pack` because `calculate` did not return a status and a result, in this order (is a `return` missing?). `.catch(() => {})` keeps quiet about it: let it print the error, `.catch((error) => console.error(error))`.";
}

const show = ([status, result]: Answer) => `${STATUS_WORDS[status] ?? `status ${status}`}, ${result}`;

/** Asks for powers, and explains the first that is wrong by all of them. */
async function checkPowers(startServer: typeof Ours.startServer, count: number): Promise<void> {
  const answers = await askAll(
    startServer,
    POWERS.map(([first, second]) => ["POTENCIA", first, second]),
  );
  for (const [index, [first, second]] of POWERS.entries()) {
    const answer = answers[index] as Answer;
    const [status, result] = answer;
    const right = first ** second;
    if ((status === STATUS.OK && isClose(result, right)) || index >= count) continue;
    const what = `POTENCIA ${first} ${second}:\n\n  expected  ${show([STATUS.OK, right])}\n  got       ${show(answer)}`;
    if (status === STATUS.UNKNOWN_COMMAND && Number.isNaN(result)) {
      fail(
        what,
        'The server does not know it yet. Add a `case "POTENCIA":` to `calculate`, in exactly these letters, and end it with `return`.',
      );
    }
    if (status === right && result === STATUS.OK)
      fail(what, "`calculate` returns first the status, then the result.");
    const habit = HABITS.find(([power]) =>
      POWERS.every(([a, b], at) => isClose(answers[at]?.[1] ?? 0, power(a, b))),
    );
    if (habit) fail(what, habit[1]);
    if (index > 0 && isClose(result, answers[index - 1]?.[1] ?? 0)) {
      fail(what, "That is the answer to the request before it: each is answered once.");
    }
    if (status === STATUS.DIVISION_BY_ZERO) fail(what, "Only 0 to a negative power divides by zero.");
    fail(
      what,
      "A power is `first ** second`, whatever the values are: only 0 to a negative power is a special case.",
    );
  }
}

/** Asks for something, and fails with a sentence if something else comes than what should. */
async function expect(
  startServer: typeof Ours.startServer,
  request: readonly [command: string, first: number, second: number],
  wanted: Answer,
  explain: (came: Answer) => string,
): Promise<void> {
  const [came = [0, 0]] = await askAll(startServer, [request]);
  if (came[0] === wanted[0] && isClose(came[1], wanted[1])) return;
  fail(`${request.join(" ")}:\n\n  expected  ${show(wanted)}\n  got       ${show(came)}`, explain(came));
}

export default exercise<typeof Ours>({
  exports: ["startServer"],
  hints: [
    {
      for: /./,
      text: "`calculate` decides what a command means. The rest of the server carries bytes, and does not change.",
    },
    { for: /^knows POTENCIA|^takes|^still/, text: 'Add a `case "POTENCIA":` before the `default:`.' },
    {
      for: /^knows|^takes/,
      text: "`first ** second` is a power in TypeScript, fractions included. One case needs a status: 0 to a negative power.",
    },
    {
      for: /about 0/,
      text: "`return first === 0 && second < 0 ? [STATUS.DIVISION_BY_ZERO, Number.NaN] : [STATUS.OK, first ** second];`",
    },
  ],
  checks: {
    "knows POTENCIA": ({ startServer }) => checkPowers(startServer, 4),
    "takes negative values": ({ startServer }) => checkPowers(startServer, POWERS.length),
    "knows what is special about 0": async ({ startServer }) => {
      const { OK, DIVISION_BY_ZERO } = STATUS;
      for (const [second, result] of [
        [5, 0],
        [0, 1],
      ] as const) {
        await expect(startServer, ["POTENCIA", 0, second], [OK, result], ([status]) =>
          status === DIVISION_BY_ZERO
            ? "0 divides by zero only if the exponent is negative."
            : `0 to the power of ${second} is ${result}, and \`0 ** ${second}\` says so.`,
        );
      }
      await expect(startServer, ["POTENCIA", 0, -1], [DIVISION_BY_ZERO, Number.NaN], ([status, result]) => {
        if (status === DIVISION_BY_ZERO) return "The status is right; there is no result, so it is NaN.";
        if (status !== OK) return "It is a division by zero, 1 ÷ 0: `STATUS.DIVISION_BY_ZERO`.";
        const says = result === Number.POSITIVE_INFINITY ? "JavaScript says Infinity; the" : "The";
        return `0 to the power of −1 is 1 ÷ 0. ${says} protocol has a status for it, \`STATUS.DIVISION_BY_ZERO\`.`;
      });
    },
    "still answers everything else as before": async ({ startServer }) => {
      for (const [command, first, second, status, result] of [
        ["SUMA", 2, 3, STATUS.OK, 5],
        ["RESTA", 2, 3, STATUS.OK, -1],
        ["DIVISION", 7, 2, STATUS.OK, 3.5],
        ["DIVISION", 7, 0, STATUS.DIVISION_BY_ZERO, Number.NaN],
      ] as const) {
        await expect(startServer, [command, first, second], [status, result], ([, came]) =>
          came === first ** second
            ? `${command} was right before, and now is a power: does its \`case\` go on into that of POTENCIA?`
            : `${command} was right before: it is not part of this exercise.`,
        );
      }
      for (const command of ["RAIZ", "potencia", "POTENCIAS", "POTENCIA ", "POT", "suma"]) {
        const wanted = [STATUS.UNKNOWN_COMMAND, Number.NaN] as const;
        await expect(startServer, [command, 9, 2], wanted, ([, came]) =>
          command === "RAIZ"
            ? `No command of this server is called ${command}: the \`default:\` stays as it was${came === 81 ? ', and a `case "POTENCIA":` comes before it' : ""}.`
            : `No command of this server is called ${JSON.stringify(command)}: the text must be the same, letter for letter.`,
        );
      }
    },
  },
});
