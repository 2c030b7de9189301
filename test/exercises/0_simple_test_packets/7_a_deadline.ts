import { setTimeout as pause } from "node:timers/promises";
import type * as Ours from "#lessons/0_simple_test_packets/exercises/solutions/7_a_deadline.ts";
import { PACKETS, TEST_PACKET } from "#lessons/0_simple_test_packets/protocol.ts";
import { packetFrom } from "#src/packets.ts";
import { exercise, fail, samePacket } from "../check.ts";
import { arrived, type Pair, pair, Started } from "../sockets.ts";

type ReadAnswer = typeof Ours.readAnswer;

const ANSWER = packetFrom(PACKETS, "client");
const PACKET = TEST_PACKET.pack(3, 0x01020304);
const SIZE = TEST_PACKET.size;

/** How long a client has here, in milliseconds. */
const SHORT = 300;
/** Long enough that it never passes in a check. */
const LONG = 10_000;

async function start(readAnswer: ReadAnswer, timeout: number) {
  const ends = await pair(PACKETS);
  const read = (limit = timeout) =>
    new Started(`readAnswer(socket, ${SIZE}, ${limit})`, () => readAnswer(ends.socket, SIZE, limit));
  return { ends, read, started: read() };
}

async function send({ socket, peer }: Pair, bytes: Uint8Array): Promise<void> {
  const before = socket.bytesRead;
  await peer.send(bytes);
  await arrived(socket, before + bytes.length);
}

function expectPacket(came: Uint8Array): void {
  samePacket(() => came, PACKET, ANSWER, "What `readAnswer` gave:");
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
    'Two things race: the bytes (`socket.on("data", …)`) and a timer (`setTimeout(…, timeout)`). Whichever is first settles a promise: `return new Promise((resolve, reject) => { … })`.',
    'Start the timer once, before the first byte. The listener of "data" must not touch it until all bytes are there: then `clearTimeout(timer)`, and `resolve`.',
    'When the timer goes off: `socket.destroy()` and `reject(new Error("timed out"))`.',
    'A client that leaves early must not be waited for: on "end", "error" and "close" clear the timer and reject.',
  ],
  checks: {
    "gives an answer that comes in time, in any pieces": async ({ readAnswer }) => {
      const whole = await start(readAnswer, LONG);
      await whole.started.during(send(whole.ends, PACKET));
      expectPacket(await whole.started.value("all eight bytes have come"));
      await whole.ends.close();

      const { ends, started } = await start(readAnswer, LONG);
      await started.during(send(ends, PACKET.subarray(0, 3)));
      if (started.settled) {
        fail(
          "After three of eight bytes it came back.",
          "A chunk is not an answer: collect until there are `size` bytes.",
        );
      }
      await started.during(send(ends, PACKET.subarray(3)));
      expectPacket(await started.value("all eight bytes have come, in two chunks"));
      await ends.close();
    },
    "closes a client that says nothing": async ({ readAnswer }) => {
      const { ends, started } = await start(readAnswer, SHORT);
      await started.error(`nothing came for ${SHORT} ms`, SHORT + 700);
      expectDestroyed(ends);
      await ends.close();
    },
    "closes a client that sends half an answer": async ({ readAnswer }) => {
      const { ends, started } = await start(readAnswer, SHORT);
      await started.during(send(ends, PACKET.subarray(0, 4)));
      await started.error(`only four of eight bytes came in ${SHORT} ms`, SHORT + 700);
      expectDestroyed(ends);
      await ends.close();
    },
    "does not begin anew with each byte": async ({ readAnswer }) => {
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
          'Each byte started the time anew: the timer belongs before the first byte, not into the listener of "data". (`socket.setTimeout` begins anew with each byte, too.)',
        );
      }
      await started.error("the whole answer was not there in time");
      expectDestroyed(ends);
      await ends.close();
    },
    "leaves a client in peace that has answered": async ({ readAnswer }) => {
      const { ends, started } = await start(readAnswer, SHORT);
      await started.during(send(ends, PACKET));
      await started.value("all eight bytes have come");
      await pause(SHORT + 50);
      if (ends.socket.destroyed) {
        fail(
          "The answer came in time, and its client was closed all the same when the deadline had passed.",
          "The timer still ran: stop it with `clearTimeout` when the answer is there.",
        );
      }
      await ends.close();
    },
    "can be called again for the next answer": async ({ readAnswer }) => {
      const { ends, started, read } = await start(readAnswer, LONG);
      await started.during(send(ends, PACKET));
      expectPacket(await started.value("all eight bytes have come"));
      const before = ends.socket.listenerCount("data");
      const next = read();
      const other = TEST_PACKET.pack(9, 2);
      await next.during(send(ends, other));
      const came = await next.value("the eight bytes of the second answer have come");
      samePacket(() => came, other, ANSWER, "What the second call gave:", [
        [PACKET, "That is the first answer: each call needs its own place for the bytes."],
        [
          new Uint8Array([...PACKET, ...other]),
          "The first answer is still in front of it: each call needs its own place for the bytes.",
        ],
      ]);
      if (before > 0) {
        fail(
          `After the first call came back, ${before === 1 ? "a listener" : `${before} listeners`} of "data" still listened.`,
          'Take it off when the answer is there (`socket.off("data", listener)`): after a thousand answers there would be a thousand.',
        );
      }
      await ends.close();
    },
    "does not wait for a client that has left": async ({ readAnswer }) => {
      const ended = await start(readAnswer, LONG);
      await ended.started.during(send(ended.ends, PACKET.subarray(0, 4)));
      ended.ends.peer.socket.end();
      await ended.started.error('the client ended the connection, and the socket has an "end"');
      await ended.ends.close();

      const { ends, started } = await start(readAnswer, LONG);
      await ends.peer.reset();
      await started.error('the connection was reset, and the socket has an "error"');
      await ends.close();
    },
  },
});
