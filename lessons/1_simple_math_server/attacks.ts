/**
 * Lesson 1 · the attacks that a math server has to survive.
 *
 * `npm run attack 1` lists them, and `npm run attack 1 pieces` runs one. Each works on every server of the lesson,
 * in any language: `server.ts`, `naive_server.ts`, or yours.
 *
 * @module
 */

import { setTimeout } from "node:timers/promises";
import {
  type Causes,
  CheckFailed,
  explained,
  type Peer,
  PROMPTLY,
  say,
  seconds,
} from "../../src/checks/peer.ts";
import { CLOSES_OTHERS, FLOODED_LIMIT, type ServerChecks } from "../../src/checks/server_stages.ts";
import type { ServerUnderTest } from "../../src/checks/server_under_test.ts";
import { numberInWords } from "../../src/packets.ts";
import { unpack } from "../../src/struct.ts";
import {
  COMMAND_LIMIT,
  LENGTH,
  PACKETS,
  packRequest,
  REQUEST,
  RESPONSE,
  STATUS,
  STATUS_WORDS,
} from "./protocol.ts";

/**
 * More than the buffers of two operating systems can hold. If a server takes more than they hold, it has read the rest.
 */
const FLOOD = 64_000_000;

const SUM = packRequest("SUMA", 2, 3);

/**
 * So many clients leave with their answers still wanted, one after another. A server that answers a moment later has
 * answered some of them before their goodbye comes, but hardly all.
 */
const GOODBYES = 12;

/** Reads a response, and compares it with the expected one. */
async function expectResponse(
  client: Peer,
  to: string,
  status: number,
  result = Number.NaN,
  causes: Causes = {},
  patience?: number,
): Promise<void> {
  const bytes = await explained(client.read(RESPONSE.size, `the response to ${to}`, patience), causes);
  const [gotStatus, gotResult] = RESPONSE.unpack(bytes);
  if (gotStatus === status && Object.is(gotResult, result)) return;
  throw new CheckFailed(
    `it answered ${to} with ${inWords(gotStatus, gotResult)}, not ${inWords(status, result)}.`,
    "wrong",
    guess(bytes, status, result) ?? causes.wrong,
  );
}

/** The likely cause of a wrong response, if it shows in the bytes. */
function guess(bytes: Uint8Array, status: number, expected: number): string | undefined {
  const [bigStatus, bigResult] = unpack(">id", bytes);
  if (Object.is(bigResult, expected) || (bigStatus > 0 && bigStatus < 4)) {
    return 'The bytes are in the opposite order. The lowest comes first: "<id", not ">id".';
  }
  const [gotStatus, got] = RESPONSE.unpack(bytes);
  if (gotStatus !== status || status !== STATUS.OK) return undefined;
  if (Object.is(got, -0) && expected === 0) {
    return "To a double, 0 × −5 is −0. Add 0 to the product: −0 + 0 is 0.";
  }
  if (got === Math.trunc(expected) || got === Math.floor(expected)) {
    return "The quotient was computed with integers. DIVISION 7 2 is 3.5.";
  }
  if (Math.abs(got - expected) === 2 ** 16 || Math.abs(got - expected) === 2 ** 32) {
    return "The result was computed in a short, which wraps round. 32767 + 32767 is 65534.";
  }
  return undefined;
}

function inWords(status: number, result: number): string {
  return `${STATUS_WORDS[status] ?? `status ${status}`}, ${numberInWords(result)}`;
}

/**
 * Asks for some calculations, one after another.
 *
 * @param client - a client
 * @param requests - what it asks for, and what should come
 * @throws CheckFailed if something else comes
 */
export async function expectResults(
  client: Peer,
  requests: readonly (readonly [command: string, first: number, second: number, result: number])[],
): Promise<void> {
  for (const [command, first, second, result] of requests) {
    await client.send(packRequest(command, first, second));
    await expectResponse(client, `${command} ${first} ${second}`, STATUS.OK, result);
  }
}

const ONE_CHUNK =
  "It treated each chunk as one request. Collect what arrives until there are 8 + length bytes, and keep what is left over.";

/** The likely cause if a server answers status 3, and does not close. */
const NOT_CLOSED: Causes = {
  open: "It answered with status 3, and did not close. It cannot know where the next request would begin: close the connection.",
  spoke:
    "It answered with status 3, and went on reading. It cannot know where the next request would begin: close the connection.",
};

const FIRST_OF_A_CHUNK =
  "It looked at only the first request of the chunk. After each answer, check whether the next request is there already.";

/** Whether a server answers both of two requests that come in one chunk, when no goodbye follows them. */
async function answersBoth(target: ServerUnderTest): Promise<boolean> {
  say("the same again without closing the sending half, to see whether that makes the difference");
  const client = await target.connect("again");
  try {
    await client.send(Buffer.concat([SUM, SUM]));
    await client.read(2 * RESPONSE.size, "both responses");
    return true;
  } catch (error) {
    if (error instanceof CheckFailed) return false;
    throw error;
  }
}

/** The checks of `npm run attack 1` and `npm run check-server 1`. */
export const SERVER_CHECKS: ServerChecks = {
  timeout: 60_000,
  interval: 0,
  packets: PACKETS,

  // A client that asks every now and then, from before the attack until after it.
  async addBystander(target, patience) {
    const client = await target.connect();
    const ask = async () => {
      await client.send(SUM);
      await expectResponse(client, "SUMA 2 3", STATUS.OK, 5, {}, patience);
    };
    await ask();
    let failure: unknown;
    let asking = Promise.resolve();
    const timer = setInterval(
      () => {
        asking = asking.then(ask).catch((error: unknown) => {
          failure = error;
          clearInterval(timer);
        });
      },
      Math.min(1000, target.timeout / 4),
    );
    return async () => {
      clearInterval(timer);
      await asking;
      if (failure) throw failure;
      await ask();
    };
  },

  basics: [
    {
      name: "sum",
      title: "SUMA 2 3 is 5",
      cause:
        'Read 8 + 4 bytes, unpack "<ihh" and the text after it, and answer with twelve bytes, "<id": status 0 and 5.',
      fits: ["silence", "part", "wrong"],
      async run(target) {
        await expectResults(await target.connect("client"), [["SUMA", 2, 3, 5]]);
        return "the sum is right.";
      },
    },
    {
      name: "results",
      title: "the four operations, and results that need a double",
      cause:
        "Check your code against the four operations: SUMA +, RESTA −, MULTIPLICACION ×, DIVISION ÷. The values are signed.",
      fits: ["wrong"],
      async run(target) {
        const client = await target.connect("client");
        await expectResults(client, [["RESTA", 2, 3, -1]]);
        const rest = expectResults(client, [
          ["MULTIPLICACION", -4, 3, -12],
          ["DIVISION", 7, 2, 3.5],
          ["DIVISION", 1, 3, 1 / 3],
          ["SUMA", 32767, 32767, 65534],
          ["RESTA", -32768, 32767, -65535],
          ["MULTIPLICACION", -32768, -32768, 2 ** 30],
          ["MULTIPLICACION", 0, -5, 0],
        ]);
        await explained(rest, {
          silence:
            "It answers one request, and then waits for something else. Read in a loop, until the client leaves.",
          closed: "It answers one request, and then closes. Read in a loop, until the client leaves.",
        });
        return "all results are right.";
      },
    },
    {
      name: "statuses",
      title: "an unknown command and a division by zero get their status, and the connection stays open",
      cause:
        "Answer an unknown command with status 1 and a division by zero with status 2, both with the result NaN, and go on to the next request. A command must match exactly: lower-case letters or a space after it make it unknown.",
      async run(target) {
        const client = await target.connect("client");
        for (const command of ["RAIZ", "suma", "SUMA "]) {
          await client.send(packRequest(command, 9, 2));
          await expectResponse(client, `${JSON.stringify(command)} 9 2`, STATUS.UNKNOWN_COMMAND);
        }
        await client.send(packRequest("DIVISION", 7, 0));
        await expectResponse(client, "DIVISION 7 0", STATUS.DIVISION_BY_ZERO);
        await expectResults(client, [["SUMA", 2, 3, 5]]);
        return "both statuses came, and then a result.";
      },
    },
    {
      name: "several",
      title: "three clients at once",
      cause:
        "While one client is silent, the others must be served: give each a task or a thread of its own.",
      fits: ["silence", "refused"],
      async run(target) {
        const clients = [];
        for (const name of ["client A", "client B", "client C"]) clients.push(await target.connect(name));
        for (const client of clients.reverse()) await expectResults(client, [["SUMA", 2, 3, 5]]);
        // One client leaves. The others must not notice, now or later.
        clients.pop()?.end();
        await setTimeout(target.pause);
        for (const client of [...clients, ...clients]) {
          const asking = expectResults(client, [["SUMA", 2, 3, 5]]);
          await explained(asking, { closed: CLOSES_OTHERS, reset: CLOSES_OTHERS });
        }
        return "each got its answer.";
      },
    },
  ],

  attacks: [
    {
      name: "pieces",
      title: "a request in twelve pieces: TCP carries bytes, not requests",
      cause: ONE_CHUNK,
      async run(target) {
        const client = await target.connect("attacker");
        await client.drip(SUM, target.pause);
        await expectResponse(client, "SUMA 2 3", STATUS.OK, 5, {
          silence:
            "It threw the pieces away, or waits for the whole request in one chunk. Keep what has arrived, and append what comes next.",
        });
        return "it put the twelve pieces together, and answered once.";
      },
    },
    {
      name: "together",
      title: "three requests in one piece",
      cause: FIRST_OF_A_CHUNK,
      fits: ["silence", "closed", "reset"],
      async run(target) {
        const client = await target.connect("attacker");
        const requests = [
          { what: "the first, SUMA 2 3,", right: 5 },
          { what: "the second, RESTA 2 3,", right: -1 },
          { what: "the third, DIVISION 7 2,", right: 3.5 },
        ];
        await client.send(Buffer.concat([SUM, packRequest("RESTA", 2, 3), packRequest("DIVISION", 7, 2)]));
        for (const [index, { what, right }] of requests.entries()) {
          const bytes = await explained(client.read(RESPONSE.size, `the response to ${what}`), {
            ...(index === 0 && {
              silence:
                "It answers none of several requests that come in one chunk. Take 8 + length bytes, and leave the rest for the next request.",
            }),
          });
          const [status, result] = RESPONSE.unpack(bytes);
          if (status === STATUS.OK && result === right) continue;
          const other = requests.find((one) => status === STATUS.OK && one.right === result);
          const sentence = `it answered ${what} with ${inWords(status, result)}, not ${inWords(STATUS.OK, right)}.`;
          throw new CheckFailed(
            sentence,
            "wrong",
            other
              ? "The answers arrived in a different order from the requests. Answer each request before you read the next one, or keep the answers in a queue."
              : "It mixed up the requests of one chunk. Each begins where the one before it ends: after its 8 + length bytes.",
          );
        }
        return "it answered all three, in order.";
      },
    },
    {
      name: "http",
      title: "what a browser sends",
      cause:
        "Check the length before anything else: below 1 or above 64 it is malformed. Answer with status 3, and close.",
      async run(target) {
        const client = await target.connect("attacker");
        await client.send(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
        await expectResponse(client, "a length of 542393671", STATUS.MALFORMED, Number.NaN, {
          silence:
            "It trusted the length, and is waiting for the rest. Check the length before anything else: below 1 or above 64 it is malformed. Answer with status 3, and close.",
          reset:
            "It closed while bytes were still unread, so TCP sent a reset, and that can overtake the answer. Answer with status 3, read what is there, and close.",
        });
        await explained(client.untilClosed(), NOT_CLOSED);
        return "it said that this isn't a request, and closed: it cannot know where the next one would begin.";
      },
    },
    {
      name: "lengths",
      title: "lengths that make no sense, and nothing after them",
      cause:
        "It trusted the length and waited for the rest, or it did not read all four bytes of the length. These four bytes are enough to decide: 1 to 64 make sense, 0 and 65 do not.",
      fits: ["silence", "wrong", "part"],
      async run(target) {
        // The lowest two bytes of the last length would make sense by themselves.
        for (const length of [0, -1, COMMAND_LIMIT + 1, 2 ** 31 - 1, 2 ** 16 + 4]) {
          const client = await target.connect(`length ${length}`);
          await client.send(LENGTH.pack(length));
          await expectResponse(client, `a length of ${length}`, STATUS.MALFORMED, Number.NaN, {
            closed: "It closed without an answer. Answer with status 3 first, and then close.",
          });
          await explained(client.untilClosed(), NOT_CLOSED);
        }
        const client = await target.connect("length 64");
        await client.send(packRequest("S".repeat(COMMAND_LIMIT), 2, 3));
        await expectResponse(client, "a command of 64 bytes", STATUS.UNKNOWN_COMMAND, Number.NaN, {
          wrong: "A length of 64 is allowed: 1 to 64 make sense, 0 and 65 do not.",
          silence: "A length of 64 is allowed: 1 to 64 make sense, 0 and 65 do not.",
          closed: "A length of 64 is allowed: 1 to 64 make sense, 0 and 65 do not.",
        });
        return "four bytes were enough for it to see that no request can follow.";
      },
    },
    {
      name: "utf8",
      title: "a command that is not UTF-8",
      cause:
        "The decoder repaired the text: create it with `fatal: true`. When it throws, answer with status 3, and close.",
      fits: ["wrong"],
      async run(target) {
        const client = await target.connect("attacker");
        await client.send(Buffer.concat([REQUEST.pack(2, 2, 3), Uint8Array.of(0xff, 0xfe)]));
        await expectResponse(client, "bytes that aren't text", STATUS.MALFORMED, Number.NaN, {
          closed:
            "It closed without an answer. When the decoder throws, answer with status 3, and then close.",
          reset:
            "It closed without an answer. When the decoder throws, answer with status 3, and then close.",
          silence:
            "An error stopped the code of this client. When the decoder throws, answer with status 3, and close.",
        });
        await explained(client.untilClosed(), NOT_CLOSED);
        const next = await target.connect("byte order mark");
        await next.send(packRequest("\ufeffSUMA", 2, 3));
        const to = "SUMA after a byte order mark";
        await expectResponse(next, to, STATUS.UNKNOWN_COMMAND, Number.NaN, {
          wrong:
            "The decoder removed the byte order mark, so it saw SUMA. The mark is part of the command: `ignoreBOM: true` keeps it.",
        });
        return "it did not turn rubbish into text.";
      },
    },
    {
      name: "inherited",
      title: "names that aren't commands, but that every JavaScript object inherits",
      cause:
        "It looks up commands in an object, and every object has inherited some names. Use a Map, or a switch.",
      async run(target) {
        const client = await target.connect("attacker");
        for (const command of ["constructor", "toString", "__proto__"]) {
          await client.send(packRequest(command, 2, 3));
          await expectResponse(client, command, STATUS.UNKNOWN_COMMAND);
        }
        await client.send(SUM);
        await expectResponse(client, "SUMA 2 3", STATUS.OK, 5);
        return "it knows its own commands and no others, and the connection stayed open.";
      },
    },
    {
      name: "terminal",
      title: "a command that clears a terminal when it is printed there",
      cause: "Any command that you do not know gets status 1, whatever characters it holds.",
      async run(target) {
        const client = await target.connect("attacker");
        await client.send(packRequest("\x1b[2J\x1b[Hboo!", 1, 1));
        await expectResponse(client, "an unknown command", STATUS.UNKNOWN_COMMAND);
        return "it answered. Now look at its terminal: has it been cleared, with a boo! in the top line?";
      },
    },
    {
      name: "half_request",
      title: "half a request, and then a goodbye",
      cause:
        "A connection that ends in the middle of a request has ended like any other: close, and take the client off the list. Don't unpack half a request.",
      fits: ["open", "ended"],
      async run(target) {
        const client = await target.connect("attacker");
        await client.send(SUM.subarray(0, 6));
        client.end();
        await explained(client.untilClosed(), {
          spoke:
            "It answered a request of which only half had arrived. Half a request has no answer: just close.",
        });
        return "it closed too, without an answer: half a request has none.";
      },
    },
    {
      name: "half_close",
      title: "two requests, and then a goodbye: the answers are still wanted",
      cause:
        'When the client ended its half, yours was closed too, and answers were lost. In Node, pass allowHalfOpen: true to createServer, and on "end" do not destroy a socket that still has answers to send.',
      fits: ["silence", "closed", "reset"],
      async run(target) {
        for (let count = 0; count < GOODBYES; count++) {
          const client = await target.connect("attacker");
          // The goodbye follows at once, so it arrives before a slow server has answered.
          await client.sendAndEnd(Buffer.concat([SUM, SUM]));
          try {
            await expectResponse(client, "the first", STATUS.OK, 5);
            await expectResponse(client, "the second", STATUS.OK, 5);
          } catch (error) {
            if (!(error instanceof CheckFailed) || (await answersBoth(target))) throw error;
            throw new CheckFailed(error.message, error.sign, error.likelyCause ?? FIRST_OF_A_CHUNK);
          }
          await explained(client.untilClosed(), {
            open: "After a goodbye and the last answer there is nothing left to do: close the connection.",
          });
        }
        return "it answered everything that it had been asked before it closed.";
      },
    },
    {
      name: "reset",
      title: "half a request, and then the connection breaks",
      cause:
        "Either it unpacked half a request: wait for the rest. Or nothing listened for the error on the client's socket, which must close only that client.",
      fits: ["ended", "refused", "silence"],
      async run(target) {
        const client = await target.connect("attacker");
        await client.send(SUM.subarray(0, 6));
        await client.reset();
        const next = await target.connect("next client");
        await next.send(SUM);
        await expectResponse(next, "SUMA 2 3", STATUS.OK, 5, { closed: CLOSES_OTHERS, reset: CLOSES_OTHERS });
        return "the next client was served as if nothing had happened.";
      },
    },
    {
      name: "greedy",
      title: "a client that sends requests without end, and never reads an answer",
      cause:
        "Answers that nobody reads pile up. When a write says that there is no room, wait before you read the next request.",
      fits: ["wrong"],
      floods: true,
      async run(target) {
        const client = await target.connect("attacker");
        const requests = Buffer.concat(Array.from({ length: 5000 }, () => packRequest("S", 2, 3)));
        // A server closes such a client after its timeout, but nobody wants to watch that for a minute.
        const patience = target.timeout <= 10_000 ? target.timeout + PROMPTLY : PROMPTLY;
        const serve = async () => {
          const isStillServed = await SERVER_CHECKS.addBystander(target, FLOODED_LIMIT);
          await isStillServed();
        };
        const outcome = await client.flood(requests, FLOOD, false, serve, patience);
        return outcome === "closed"
          ? "it closed the connection before its memory filled up."
          : "it stopped reading the requests of a client that does not read the answers.";
      },
    },
    {
      name: "silent",
      title: "a request that never ends: it comes byte by byte until the timeout is over",
      cause: "Reading needs a deadline for the whole request, not for each byte of it.",
      fits: ["open"],
      async run(target) {
        const client = await target.connect("attacker");
        let closed = false;
        const closing = client.untilClosed(target.timeout + PROMPTLY).finally(() => {
          closed = true;
        });
        const dripping = client.drip(SUM.subarray(0, 11), target.timeout / 4, () => !closed);
        const [took] = await Promise.all([
          explained(closing, {
            spoke: "It answered a request that was not whole yet. Collect 8 + length bytes first.",
          }),
          dripping,
        ]);
        return `it closed the connection after ${seconds(took)}: every request has a deadline.`;
      },
    },
  ],
};
