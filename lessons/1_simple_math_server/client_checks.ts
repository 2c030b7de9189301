/**
 * Lesson 1 · the checks of a client: what a program that asks a math server has to do.
 *
 * `npm run check-client 1 "… {port}"` runs them on any client of the lesson, in any language: `client.ts` or yours.
 * The client chooses what it asks, and whether it waits for each answer or asks several times at once.
 *
 * @module
 */

import type { ClientChecks } from "../../src/checks/client_stages.ts";
import { CheckFailed, type Peer, PROMPTLY, say } from "../../src/checks/peer.ts";
import { printable } from "../../src/log.ts";
import { decode, meaningOf, NoPacketError, packetFrom } from "../../src/packets.ts";
import { unpackFrom } from "../../src/struct.ts";
import { COMMAND_LIMIT, COMMANDS, PACKETS, REQUEST, RESPONSE, STATUS } from "./protocol.ts";

const REQUEST_PACKET = packetFrom(PACKETS, "client");

/** A client that is silent for this long has sent all that it sends at once, in milliseconds. */
const QUIET = 200;

/** How many requests a client may send at once. */
const MOST_AT_ONCE = 1000;

/**
 * The first result that a client receives; each later one is one more. It is never right, so a client can't print it
 * without reading it.
 */
const RESULT = 234.5;

/** Reads a request, which must be whole and well-formed. Returns it in words, e.g. `SUMA 2 3`. */
async function readRequest(client: Peer, what = "a request"): Promise<string> {
  const head = await client.read(REQUEST.size, what);
  const [length] = REQUEST.unpack(head);
  if (length < 1 || length > COMMAND_LIMIT) {
    throw new CheckFailed(
      `the length in ${what} is ${length}; a command has 1 to ${COMMAND_LIMIT} bytes.`,
      "wrong",
      guessLength(head),
    );
  }
  const text = await client.read(length, `the command of ${what} (length ${length})`);
  const request = Buffer.concat([head, text]);
  try {
    checkCommand(String(decode(REQUEST_PACKET, request)["command"]));
  } catch (error) {
    if (error instanceof NoPacketError) throw new CheckFailed(`${what} has ${error.message}.`);
    throw error;
  }
  return meaningOf(REQUEST_PACKET, request);
}

/** The likely cause of a wrong length, if it shows in the first bytes. */
function guessLength(head: Uint8Array): string | undefined {
  const isLength = (value: number) => value >= 1 && value <= COMMAND_LIMIT;
  if (isLength(unpackFrom(">i", head)[0]))
    return "The bytes are in the opposite order: the lowest comes first.";
  if (isLength(unpackFrom("<i", head, 4)[0])) return "The length comes first, and then the values.";
  if (isLength(unpackFrom("<h", head)[0])) return "The length is an int, four bytes, not a short.";
  return undefined;
}

/** A client may ask for an unknown command, but not by mistake. */
function checkCommand(command: string): void {
  const fail = (cause: string): never => {
    throw new CheckFailed(`it asked for ${printable(command)}.`, "wrong", cause);
  };
  if (/^(\w\0)+$/.test(command)) fail("That is UTF-16. The text is UTF-8.");
  if (/^\w+[\r\n\0]+$/.test(command)) {
    fail("The line end or zero byte is not part of the command. Cut it off before you count and send.");
  }
  if (/\p{Cc}/u.test(command)) {
    fail("The values are shorts, two bytes each, and the text begins at byte 8.");
  }
  const known = COMMANDS.find((one) => one === command.trim().toUpperCase());
  if (known && known !== command) fail(`The servers know only ${known}, spelled exactly like that.`);
}

/** What a client asks before it waits for an answer: one request, or several. */
async function readRequests(client: Peer): Promise<string[]> {
  const requests = [await readRequest(client)];
  while (requests.length < MOST_AT_ONCE && (await client.speaks(QUIET))) {
    requests.push(await readRequest(client, `what follows ${requests.at(-1)}`));
  }
  return requests;
}

/** The responses to some requests. */
function responsesTo(requests: readonly string[]): Uint8Array[] {
  return requests.map((_, index) => RESPONSE.pack(STATUS.OK, RESULT + index));
}

/** A result as programs print it, with or without zeros at the end, and with a comma in languages that use one. */
function printed(result: number): RegExp {
  return new RegExp(`(?<!\\d)${String(result).replace(".", "[.,]")}`);
}

/** The checks of `npm run check-client 1`. */
export const CLIENT_CHECKS: ClientChecks = {
  timeout: 5000,
  interval: 10_000,
  packets: PACKETS,
  begin: async (client) => {
    await readRequest(client);
  },

  stages: [
    {
      title: "it asks: a length, two values, and a command of that length",
      cause:
        'A client asks at once: eight bytes, "<ihh", with the length of the command in bytes and the two values, and then the command as UTF-8. The length does not count the eight bytes.',
      fits: ["silence", "part", "wrong"],
      async run(program) {
        await readRequest(await program.connect());
      },
    },
    {
      title: "nothing follows its request but another request",
      cause:
        'The length counts bytes, and "ñ" has two of them. Nothing follows the command, neither a line end nor a zero byte.',
      fits: ["part", "wrong"],
      async run(program) {
        await readRequests(await program.connect());
      },
    },
    {
      title: "it reads the answer, and prints the result",
      cause:
        'Read twelve bytes, and unpack "<id": the status, and the result, which is a double. Print the result.',
      fits: ["unprinted", "crashed"],
      async run(program) {
        const client = await program.connect();
        for (const response of responsesTo(await readRequests(client))) await client.send(response);
        await program.expectPrinted(client, printed(RESULT), `the result, ${RESULT}`);
      },
    },
    {
      title: "an answer in twelve pieces: TCP carries bytes, not answers",
      cause: "It treated each chunk as one answer. Collect what arrives until there are twelve bytes.",
      fits: ["unprinted", "crashed"],
      async run(program) {
        const client = await program.connect();
        const [first, ...others] = responsesTo(await readRequests(client)) as [Uint8Array, ...Uint8Array[]];
        await client.drip(first, program.pause);
        for (const response of others) await client.send(response);
        await program.expectPrinted(client, printed(RESULT), `the result, ${RESULT}`);
      },
    },
    {
      title: "several requests at once: all their answers come in one piece",
      cause:
        "It looked at only the first answer of the chunk. After each answer, check whether the next is there already.",
      fits: ["unprinted"],
      async run(program) {
        const client = await program.connect();
        const responses = responsesTo(await readRequests(client));
        if (responses.length === 1) return say("it asks for one thing at a time");
        await client.send(Buffer.concat(responses));
        const last = RESULT + responses.length - 1;
        await program.expectPrinted(client, printed(last), `the last result, ${last}`);
      },
    },
    {
      title: "it ends when the server closes after an answer",
      cause:
        'The end of what a server sends (an empty read, Node\'s "end") means that no answer will come: print one line that says so, and exit. A client that rests before it asks again notices it at its next read.',
      fits: ["runs", "crashed"],
      async run(program) {
        const client = await program.connect();
        for (const response of responsesTo(await readRequests(client))) await client.send(response);
        client.end();
        await program.expectEnd(program.interval + PROMPTLY);
      },
    },
    {
      title: "an unknown command, a division by zero: it goes on after any status",
      cause:
        "Look at the status before the result: if it is not 0, the result is NaN. Say what the status means, and go on.",
      fits: ["crashed"],
      async run(program) {
        for (const status of [STATUS.UNKNOWN_COMMAND, STATUS.DIVISION_BY_ZERO]) {
          const client = await program.connect();
          await readRequest(client);
          await client.send(RESPONSE.pack(status, Number.NaN));
          client.end();
          await program.hasEnded();
        }
      },
    },
    {
      title: "it ends when the server calls its request malformed, and closes",
      cause: "After status 3 the server closes. Say what the status means, close, and end.",
      fits: ["runs", "crashed"],
      async run(program) {
        const client = await program.connect();
        await readRequest(client);
        await client.send(RESPONSE.pack(STATUS.MALFORMED, Number.NaN));
        client.end();
        await program.expectEnd(program.interval + PROMPTLY);
      },
    },
    {
      title: "it does not wait forever for an answer",
      cause:
        "A read needs a deadline: a server that hangs neither answers nor closes. Say so in one line, and end.",
      fits: ["runs", "crashed"],
      async run(program) {
        const client = await program.connect();
        await readRequest(client);
        await client.send(RESPONSE.pack(STATUS.OK, RESULT).subarray(0, 6));
        await program.expectEnd(program.timeout + PROMPTLY);
      },
    },
  ],
};
