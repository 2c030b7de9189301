import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import type * as Ours from "#lessons/0_simple_test_packets/exercises/solutions/7_a_deadline.ts";
import { PACKETS, TEST_PACKET } from "#lessons/0_simple_test_packets/protocol.ts";
import { packetFrom } from "#src/packets.ts";
import { exercise, fail, samePacket } from "../assertions.ts";
import { arrived, type Pair, pair, Started } from "../sockets.ts";

type ReadAnswer = typeof Ours.readAnswer;

const ANSWER = packetFrom(PACKETS, "client");
const PACKET = TEST_PACKET.pack(3, 0x01020304);
const SIZE = TEST_PACKET.size;

/** How long a client has here, in milliseconds. */
const SHORT = 300;
/** Long enough that it never passes in a check. */
const LONG = 10_000;

const TIMER =
  "A timer must reject the promise: `setTimeout(…, timeout)`, started at once, and only once. `timeout` and `setTimeout` both count milliseconds.";
const COLLECT = "Keep every chunk, and append each new one: `Buffer.concat`.";

/** How many timers run. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
}

async function start(readAnswer: ReadAnswer, timeout: number) {
  const ends = await pair(PACKETS);
  ends.socket.on("error", () => {}); // a server has a listener of its own
  const before = timers();
  const read = (size = SIZE) =>
    new Started(`readAnswer(socket, ${size}, ${timeout})`, () => readAnswer(ends.socket, size, timeout));
  return { ends, read, before, started: read() };
}

async function send({ socket, peer }: Pair, bytes: Uint8Array): Promise<void> {
  const before = socket.bytesRead;
  await peer.send(bytes);
  await arrived(socket, before + bytes.length);
}

function expectPacket(came: Uint8Array): void {
  samePacket(() => came, PACKET, ANSWER, "What `readAnswer` gave:", [
    [PACKET.subarray(3), `Only the last chunk was kept. ${COLLECT}`],
  ]);
}

function listeners(socket: Pair["socket"]): Record<string, number> {
  const events = ["data", "end", "error", "close"];
  return Object.fromEntries(events.map((event) => [event, socket.listenerCount(event)]));
}

/** The client that kept the server waiting must be closed. */
function expectDestroyed({ socket }: Pair): void {
  if (socket.destroyed) return;
  fail(
    "The deadline has passed and the promise is rejected, but the connection is still open.",
    socket.writableEnded
      ? "`end` closes only this side's half, and waits for the client to do the same. `destroy` does not wait."
      : "Close it, with `socket.destroy()`: a client that says nothing costs memory until it is closed.",
  );
}

export default exercise<typeof Ours>({
  exports: ["readAnswer"],
  hints: [
    {
      for: /^gives|^closes/,
      text: 'Two things race: the bytes (`socket.on("data", …)`) and a timer (`setTimeout(…, timeout)`). The first of them settles a promise: `return new Promise((resolve, reject) => { … })`.',
    },
    {
      for: /^gives|start again|has answered|again for the next/,
      text: 'Start the timer once, before the first byte. The listener for "data" leaves it alone until all the bytes are there. Then it calls `clearTimeout(timer)` and `resolve`.',
    },
    {
      for: /^closes|start again/,
      text: 'When the time is up: `socket.destroy()` and `reject(new Error("timed out"))`.',
    },
    {
      for: /has left/,
      text: 'Do not wait for a client that has left: on "end", "error" and "close", clear the timer and reject.',
    },
    {
      for: /has answered|again for the next|no timer/,
      text: "Clean up whenever the promise is settled: `clearTimeout(timer)`, and `socket.off(…)` for each listener that you have added.",
    },
  ],
  checks: {
    "gives an answer that comes in time, in any pieces": async ({ readAnswer }) => {
      const whole = await start(readAnswer, LONG);
      await pause(0);
      if (whole.started.settled && "value" in whole.started.settled) {
        fail(
          "It returned before a single byte had arrived.",
          'It has to wait: `return new Promise(…)`, or `await` it, and resolve that in the listener for "data".',
        );
      }
      await whole.started.during(send(whole.ends, PACKET));
      expectPacket(await whole.started.value("all eight bytes have arrived"));
      if (whole.ends.socket.destroyed || whole.ends.socket.writableEnded) {
        fail(
          "The answer came in time, and the connection was closed all the same.",
          "Only a client that does not answer is closed. This one gets the next test on the same connection.",
        );
      }
      await whole.ends.close();

      const { ends, started } = await start(readAnswer, LONG);
      await started.during(send(ends, PACKET.subarray(0, 3)));
      if (started.settled) {
        if ("value" in started.settled && started.settled.value.length > 3) {
          fail(
            "It returned after three of eight bytes, with more than these.",
            "The bytes of another answer are in front of them: each call needs its own place for the bytes, inside the function.",
          );
        }
        fail(
          "It returned after three of eight bytes.",
          "A chunk is not an answer: collect until there are `size` bytes.",
        );
      }
      await started.during(send(ends, PACKET.subarray(3)));
      expectPacket(await started.value("all eight bytes have arrived, in two chunks", COLLECT));
      await ends.close();
    },
    "closes a client that says nothing": async ({ readAnswer }) => {
      const { ends, started } = await start(readAnswer, SHORT);
      const begin = performance.now();
      await started.error(`nothing came for ${SHORT} ms`, SHORT + 700, TIMER);
      const took = Math.round(performance.now() - begin);
      if (took < SHORT * 0.9)
        fail(
          `After ${took} ms it gave up, though the answer may take ${SHORT}.`,
          "The timer runs for `timeout` milliseconds.",
        );
      expectDestroyed(ends);
      await ends.close();
    },
    "closes a client that sends half an answer": async ({ readAnswer }) => {
      const { ends, started } = await start(readAnswer, SHORT);
      await started.during(send(ends, PACKET.subarray(0, 4)));
      await started.error(`only four of eight bytes came in ${SHORT} ms`, SHORT + 700, TIMER);
      expectDestroyed(ends);
      await ends.close();
    },
    "does not start again with each byte": async ({ readAnswer }) => {
      const { ends, started } = await start(readAnswer, SHORT);
      const begin = performance.now();
      // Seven bytes, each well within the timeout after the one before: 1,050 ms for what may take 300.
      for (const byte of PACKET.subarray(0, 7)) {
        if (started.settled) break;
        await ends.peer.send(Uint8Array.of(byte));
        await pause(SHORT / 2);
      }
      if (!started.settled) {
        fail(
          `After ${Math.round((performance.now() - begin) / 100) / 10} s it still waits; the whole answer had ${SHORT / 1000} s.`,
          'Each byte started the timer again. Start it before the first byte, not in the listener for "data". (`socket.setTimeout` also starts again with each byte.)',
        );
      }
      await started.error("the whole answer was not there in time");
      expectDestroyed(ends);
      await ends.close();
    },
    "leaves a client that has answered alone": async ({ readAnswer }) => {
      const { ends, started } = await start(readAnswer, SHORT);
      await started.during(send(ends, PACKET));
      await started.value("all eight bytes have arrived");
      await pause(SHORT + 50);
      if (ends.socket.destroyed) {
        fail(
          "The answer came in time, and its client was closed all the same when the deadline had passed.",
          "The timer still ran: stop it with `clearTimeout` when the answer is there.",
        );
      }
      await ends.close();

      // A timer kept outside of the function is there once for all clients.
      const one = await start(readAnswer, SHORT);
      const other = await start(readAnswer, SHORT);
      await one.started.during(send(one.ends, PACKET));
      await one.started.value("all eight bytes have arrived, on the first of two connections");
      await other.started.error(
        "its own client has not answered in time (only another client has)",
        SHORT + 700,
        "Each call needs its own timer: keep it inside the function, and each clears only its own.",
      );
      await one.ends.close();
      await other.ends.close();
    },
    "can be called again for the next answer": async ({ readAnswer }) => {
      const { ends, started, read } = await start(readAnswer, LONG);
      await started.during(send(ends, PACKET));
      expectPacket(await started.value("all eight bytes have arrived"));
      const next = read();
      const other = TEST_PACKET.pack(9, 2);
      await next.during(send(ends, other));
      const came = await next.value("the eight bytes of the second answer have arrived");
      samePacket(() => came, other, ANSWER, "What the second call gave:", [
        [PACKET, "That is the first answer: each call needs its own place for the bytes."],
        [
          new Uint8Array([...PACKET, ...other]),
          "The first answer is still in front of it: each call needs its own place for the bytes.",
        ],
      ]);
      const short = read(4);
      await short.during(send(ends, PACKET.subarray(0, 4)));
      await short.value(
        "four bytes have arrived, and no more were asked for",
        "`size` is the number of bytes in an answer.",
      );
      await ends.close();
    },
    "does not wait for a client that has left": async ({ readAnswer }) => {
      const ended = await start(readAnswer, LONG);
      await ended.started.during(send(ended.ends, PACKET.subarray(0, 4)));
      ended.ends.peer.socket.end();
      await ended.started.error('the client ended the connection, and the socket has emitted "end"');
      await ended.ends.close();

      const { ends, started } = await start(readAnswer, LONG);
      await ends.peer.reset();
      await started.error('the connection was reset, and the socket has emitted "error"');
      await ends.close();
    },
    "leaves no timer and no listener behind": async ({ readAnswer }) => {
      const ended = await start(readAnswer, LONG);
      ended.ends.peer.socket.end();
      await ended.started.error('the client ended the connection, and the socket has emitted "end"');
      if (timers() > ended.before) {
        fail(
          "The client has left and the promise is rejected, but a timer still runs.",
          "Call `clearTimeout` there, too. Until the timer goes off, it keeps the process running and the client's memory in use.",
        );
      }
      await ended.ends.close();

      const { ends, started, read } = await start(readAnswer, LONG);
      const { socket } = ends;
      await started.during(send(ends, PACKET));
      await started.value("all eight bytes have arrived");
      const before = listeners(socket);
      const next = read();
      await next.during(send(ends, PACKET));
      await next.value("the eight bytes of the second answer have arrived");
      const after = listeners(socket);
      const more = Object.keys(after).find((event) => (after[event] ?? 0) > (before[event] ?? 0));
      if (more) {
        fail(
          `After each call a listener for "${more}" remains.`,
          `Take it off when the answer is there, \`socket.off("${more}", listener)\`: after a thousand answers there would be a thousand.`,
        );
      }
      if (!after["error"]) {
        fail(
          'The socket had a listener for "error", and now has none.',
          "`removeAllListeners` also removes listeners that other code added. Remove only your own, with `off`.",
        );
      }
      await ends.close();
    },
  },
});
