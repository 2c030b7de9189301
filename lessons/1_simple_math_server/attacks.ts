/**
 * Lesson 1 · the attacks: what a math server has to withstand.
 *
 * `npm run attack 1` lists them, and `npm run attack 1 pieces` does one. Each works on every server of the lesson, in
 * any language: on `server.ts`, on `naive_server.ts`, on yours.
 *
 * @module
 */

import { type Attacker, type Attacks, NotWithstood, PROMPTLY, seconds } from "../../src/attack.ts";
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

/** More than the buffers of two operating systems hold: what a server takes of it beyond that, it has read. */
const FLOOD = 64_000_000;

const SUM = packRequest("SUMA", 2, 3);

/** Reads a response, which must be this one. */
async function expectResponse(
  client: Attacker,
  to: string,
  status: number,
  result = Number.NaN,
): Promise<void> {
  const [gotStatus, gotResult] = RESPONSE.unpack(await client.read(RESPONSE.size, `the response to ${to}`));
  if (gotStatus === status && Object.is(gotResult, result)) return;
  throw new NotWithstood(
    `to ${to} it answered ${inWords(gotStatus, gotResult)}, not ${inWords(status, result)}.`,
  );
}

function inWords(status: number, result: number): string {
  return `${STATUS_WORDS[status] ?? `status ${status}`}, ${result}`;
}

/** What `npm run attack 1` knows. */
export const ATTACKS: Attacks = {
  port: 9001,
  timeout: 60_000,
  interval: 0,
  packets: PACKETS,

  // A client that asks every now and then, from before the attack until after it.
  async befriend(target) {
    const friend = await target.connect();
    const ask = async () => {
      await friend.send(SUM);
      await expectResponse(friend, "SUMA 2 3", STATUS.OK, 5);
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

  attacks: [
    {
      name: "pieces",
      title: "a request in twelve pieces: TCP carries bytes, not requests",
      async run(target) {
        const client = await target.connect("attacker");
        await client.drip(SUM);
        await expectResponse(client, "SUMA 2 3", STATUS.OK, 5);
        return "it put the twelve pieces together, and answered once.";
      },
    },
    {
      name: "together",
      title: "three requests in one piece",
      async run(target) {
        const client = await target.connect("attacker");
        await client.send(Buffer.concat([SUM, packRequest("RESTA", 2, 3), packRequest("DIVISION", 7, 2)]));
        await expectResponse(client, "the first, SUMA 2 3,", STATUS.OK, 5);
        await expectResponse(client, "the second, RESTA 2 3,", STATUS.OK, -1);
        await expectResponse(client, "the third, DIVISION 7 2,", STATUS.OK, 3.5);
        return "it answered all three, in their order.";
      },
    },
    {
      name: "http",
      title: "what a browser sends",
      async run(target) {
        const client = await target.connect("attacker");
        await client.send(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
        await expectResponse(client, "a length of 542393671", STATUS.MALFORMED);
        await client.untilClosed(PROMPTLY);
        return "it said that this is no request, and closed: it cannot know where the next one would begin.";
      },
    },
    {
      name: "lengths",
      title: "lengths that make no sense, and nothing behind them",
      async run(target) {
        for (const length of [0, -1, COMMAND_LIMIT + 1, 2 ** 31 - 1]) {
          const client = await target.connect(`length ${length}`);
          await client.send(LENGTH.pack(length));
          await expectResponse(client, `a length of ${length}`, STATUS.MALFORMED);
          await client.untilClosed(PROMPTLY);
        }
        return "four bytes were enough for it to see that no request can follow.";
      },
    },
    {
      name: "utf8",
      title: "a command that is not UTF-8",
      async run(target) {
        const client = await target.connect("attacker");
        await client.send(Buffer.concat([REQUEST.pack(2, 2, 3), Uint8Array.of(0xff, 0xfe)]));
        await expectResponse(client, "bytes that are no text", STATUS.MALFORMED);
        await client.untilClosed(PROMPTLY);
        return "it did not turn rubbish into text.";
      },
    },
    {
      name: "inherited",
      title: "commands that are no commands, but that every object of JavaScript knows",
      async run(target) {
        const client = await target.connect("attacker");
        for (const command of ["constructor", "toString", "__proto__"]) {
          await client.send(packRequest(command, 2, 3));
          await expectResponse(client, command, STATUS.UNKNOWN_COMMAND);
        }
        await client.send(SUM);
        await expectResponse(client, "SUMA 2 3", STATUS.OK, 5);
        return "it knows its own commands and no others, and the connection went on.";
      },
    },
    {
      name: "terminal",
      title: "a command that clears the terminal of whoever prints it",
      async run(target) {
        const client = await target.connect("attacker");
        await client.send(packRequest("\x1b[2J\nboo!", 1, 1));
        await expectResponse(client, "an unknown command", STATUS.UNKNOWN_COMMAND);
        return "it answered; but the rest only its terminal shows: is it empty now, with a boo! at the top?";
      },
    },
    {
      name: "half_request",
      title: "half a request, and then a goodbye",
      async run(target) {
        const client = await target.connect("attacker");
        await client.send(SUM.subarray(0, 6));
        client.end();
        await client.untilClosed(PROMPTLY);
        return "it closed too, without an answer: there is none to half a request.";
      },
    },
    {
      name: "half_close",
      title: "two requests, and then a goodbye: the answers are still wanted",
      async run(target) {
        const client = await target.connect("attacker");
        await client.send(Buffer.concat([SUM, SUM]));
        client.end();
        await expectResponse(client, "the first", STATUS.OK, 5);
        await expectResponse(client, "the second", STATUS.OK, 5);
        await client.untilClosed(PROMPTLY);
        return "it answered everything that it had been asked before it closed.";
      },
    },
    {
      name: "reset",
      title: "half a request, and then the connection breaks",
      async run(target) {
        const client = await target.connect("attacker");
        await client.send(SUM.subarray(0, 6));
        await client.reset();
        const next = await target.connect("next client");
        await next.send(SUM);
        await expectResponse(next, "SUMA 2 3", STATUS.OK, 5);
        return "the next client was served as if nothing had happened.";
      },
    },
    {
      name: "greedy",
      title: "asks and asks, and never reads an answer",
      async run(target) {
        const client = await target.connect("attacker");
        const requests = Buffer.concat(Array.from({ length: 5000 }, () => packRequest("S", 2, 3)));
        const outcome = await client.flood(requests, FLOOD);
        return outcome === "closed"
          ? "it closed the connection before its memory filled up."
          : "it stopped reading the requests of a client that does not read the answers.";
      },
    },
    {
      name: "silent",
      title:
        "a request byte by byte that never ends; start the server with --timeout 3000, and give -- --timeout 3000",
      async run(target) {
        const client = await target.connect("attacker");
        let closed = false;
        const closing = client.untilClosed(target.timeout + PROMPTLY).finally(() => {
          closed = true;
        });
        const dripping = client.drip(SUM.subarray(0, 11), target.timeout / 4, () => !closed);
        const [took] = await Promise.all([closing, dripping]);
        return `it closed the connection after ${seconds(took)}: every request has a deadline.`;
      },
    },
  ],
};
