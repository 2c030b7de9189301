import type * as Ours from "#lessons/1_simple_math_server/exercises/solutions/5_a_new_command.ts";
import {
  PACKETS,
  packRequest,
  RESPONSE,
  STATUS,
  STATUS_WORDS,
} from "#lessons/1_simple_math_server/protocol.ts";
import type { Attacker } from "#src/attack.ts";
import { exercise, fail, Wrong } from "../check.ts";
import { serve } from "../sockets.ts";

async function withServer(
  startServer: typeof Ours.startServer,
  use: (client: Attacker) => Promise<void>,
): Promise<void> {
  const { server, target } = await serve(startServer, PACKETS);
  await use(await target.connect("client"));
  await target.leave();
  server.close();
}

/** What a mistake gives for these values, and its sentence. */
function mistakes(first: number, second: number): readonly (readonly [number, string])[] {
  return [
    [first ^ second, "In TypeScript, `^` compares bits (exclusive or). A power is `**`."],
    [first * second, "That is first × second. A power is `first ** second`."],
    ...(second < 0
      ? [
          [
            1,
            "A loop that multiplies `second` times does nothing for a negative exponent. `**` knows what to do.",
          ] as const,
        ]
      : []),
    [second ** first, "That is second to the power of first: they have changed places."],
    [first + second, "That is first + second."],
    [
      Math.trunc(first ** second),
      "The result was cut to an integer: with a negative exponent it is a fraction.",
    ],
    [(first ** second) | 0, "The result was cut to 32 bits: it is a double, let it be one."],
    [-(first ** second), "Its sign is wrong: −2 to the power of 10 is 1024, since it is (−2)¹⁰."],
  ];
}

async function expect(
  client: Attacker,
  command: string,
  first: number,
  second: number,
  status: number,
  result: number,
): Promise<void> {
  await client.send(packRequest(command, first, second));
  const bytes = await client.read(RESPONSE.size, `the answer to ${command} ${first} ${second}`);
  const [gotStatus, got] = RESPONSE.unpack(bytes);
  if (gotStatus === status && (Object.is(got, result) || Math.abs(got - result) <= 1e-9 * Math.abs(result)))
    return;
  const show = (number: number, value: number) => `${STATUS_WORDS[number] ?? `status ${number}`}, ${value}`;
  const what = `${command} ${first} ${second}:\n\n  expected  ${show(status, result)}\n  got       ${show(gotStatus, got)}`;
  if (command !== "POTENCIA") fail(what, `${command} was right before: it is not part of this exercise.`);
  if (gotStatus === STATUS.UNKNOWN_COMMAND) {
    fail(what, 'The server does not know it yet: a `case "POTENCIA":` in `calculate`.');
  }
  if (status === STATUS.DIVISION_BY_ZERO && got === Number.POSITIVE_INFINITY) {
    fail(what, "0 to the power of −1 is 1 ÷ 0. JavaScript says Infinity; the protocol has a status for it.");
  }
  if (status === STATUS.DIVISION_BY_ZERO && gotStatus === status)
    fail(what, "The status is right; there is no result, so it is NaN.");
  if (status === STATUS.OK && gotStatus === STATUS.DIVISION_BY_ZERO) {
    fail(
      what,
      first === 0
        ? "Only a negative exponent of 0 divides by zero."
        : "Only 0 to a negative power divides by zero.",
    );
  }
  const known =
    gotStatus === status ? mistakes(first, second).find(([wrong]) => Object.is(wrong, got)) : undefined;
  if (known) fail(what, known[1]);
  throw new Wrong(what, false);
}

export default exercise<typeof Ours>({
  exports: ["startServer"],
  hints: [
    "Everything that a command means is in `calculate`. The rest of the server carries bytes, and does not change.",
    'Add a `case "POTENCIA":` before the `default:`.',
    "`first ** second` is a power in TypeScript, fractions included. One case needs a status: 0 to a negative power.",
    "`return first === 0 && second < 0 ? [STATUS.DIVISION_BY_ZERO, Number.NaN] : [STATUS.OK, first ** second];`",
  ],
  checks: {
    "knows POTENCIA": ({ startServer }) =>
      withServer(startServer, async (client) => {
        await expect(client, "POTENCIA", 2, 10, STATUS.OK, 1024);
        await expect(client, "POTENCIA", 3, 4, STATUS.OK, 81);
        await expect(client, "POTENCIA", 10, 9, STATUS.OK, 1e9);
        await expect(client, "POTENCIA", 10, 15, STATUS.OK, 1e15);
      }),
    "takes negative values": ({ startServer }) =>
      withServer(startServer, async (client) => {
        await expect(client, "POTENCIA", -2, 10, STATUS.OK, 1024);
        await expect(client, "POTENCIA", -2, 3, STATUS.OK, -8);
        await expect(client, "POTENCIA", 2, -1, STATUS.OK, 0.5);
        await expect(client, "POTENCIA", -4, -2, STATUS.OK, 0.0625);
      }),
    "knows what is special about 0": ({ startServer }) =>
      withServer(startServer, async (client) => {
        await expect(client, "POTENCIA", 0, 5, STATUS.OK, 0);
        await expect(client, "POTENCIA", 5, 0, STATUS.OK, 1);
        await expect(client, "POTENCIA", 0, 0, STATUS.OK, 1);
        await expect(client, "POTENCIA", 0, -1, STATUS.DIVISION_BY_ZERO, Number.NaN);
      }),
    "still answers everything else as before": ({ startServer }) =>
      withServer(startServer, async (client) => {
        await expect(client, "SUMA", 2, 3, STATUS.OK, 5);
        await expect(client, "RESTA", 2, 3, STATUS.OK, -1);
        await expect(client, "DIVISION", 7, 2, STATUS.OK, 3.5);
        await expect(client, "DIVISION", 7, 0, STATUS.DIVISION_BY_ZERO, Number.NaN);
        await expect(client, "RAIZ", 9, 2, STATUS.UNKNOWN_COMMAND, Number.NaN);
      }),
  },
});
