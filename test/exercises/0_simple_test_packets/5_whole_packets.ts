import { once } from "node:events";
import type * as Ours from "#lessons/0_simple_test_packets/exercises/solutions/5_whole_packets.ts";
import { PACKETS, TEST_PACKET } from "#lessons/0_simple_test_packets/protocol.ts";
import { packetFrom } from "#src/packets.ts";
import { hexDigits } from "#src/printable.ts";
import { exercise, fail, LearnerError, type Mistakes, samePacket, UNWRITTEN } from "../assertions.ts";
import { arrived, type Pair, pair, Started } from "../sockets.ts";

type Reader = typeof Ours.PacketReader;

const ANSWER = packetFrom(PACKETS, "client");
const FIRST = TEST_PACKET.pack(3, 1);
const SECOND = TEST_PACKET.pack(200, 0x01020304); // C8 …: no UTF-8
const BOTH = new Uint8Array([...FIRST, ...SECOND]);
const MANY = Uint8Array.from({ length: 3000 }, (_, index) => index % 251);

const COLLECT =
  "Keep every chunk: append the new one to the bytes that wait, and check again whether there are enough.";
const KEEP =
  'Keep the rest of a chunk, and keep what arrives between two reads. Add one listener for "data", and leave it there.';

/** Sends the chunks one by one, so that each arrives as a chunk. */
async function send({ socket, peer }: Pair, ...chunks: Uint8Array[]): Promise<void> {
  for (const chunk of chunks) {
    const before = socket.bytesRead;
    await peer.send(chunk);
    await arrived(socket, before + chunk.length);
  }
}

/** Makes a connection and a reader at its end. */
async function start(PacketReader: Reader) {
  const ends = await pair(PACKETS);
  const reader = new PacketReader(ends.socket);
  const read = (count: number) => new Started(`read(${count})`, () => reader.read(count));
  const readNow = async (count: number, because: string) => await read(count).value(because);
  return { ends, read, readNow };
}

/** The learner has read this; it must be exactly that. */
function expectBytes(came: Uint8Array, expected: Uint8Array, what: string, chunks: string): void {
  samePacket(() => came, expected, ANSWER, `${what}, from the chunks ${chunks}:`, [
    [FIRST, "These are the eight bytes before. Once you have given them out, you must drop them."],
    ...[SECOND, new Uint8Array([...SECOND.subarray(0, 4), ...FIRST.subarray(4)])].map(
      (later): Mistakes[number] => [
        later,
        "These are bytes that arrived later. Did you write them over the bytes that you had already given out? What was given out must stay as it is.",
      ],
    ),
    [
      new Uint8Array([...FIRST.subarray(4), ...FIRST.subarray(3, 4), ...FIRST.subarray(0, 3)]),
      "The chunks are in the opposite order. Append a new one to the bytes that wait, and don't put it in front of them.",
    ],
    [
      Buffer.from(Buffer.from(SECOND).toString()),
      "You collected the bytes as text, and bytes that aren't text were lost. Collect bytes: `Buffer.concat`.",
    ],
    [
      BOTH.subarray(0, 12),
      "You gave out more than `read` was asked for. The rest is the beginning of the next packet.",
    ],
    [
      new Uint8Array(expected.length),
      "All of them are 0. Did you copy nothing into the array, or write over it before you gave it out?",
    ],
  ]);
}

export default exercise<typeof Ours>({
  exports: ["PacketReader"],
  hints: [
    {
      for: /^reads|^puts|^keeps/,
      text: "Keep the bytes that have arrived but were not given out yet in a field of the class. Append each new chunk to it, e.g. with `Buffer.concat([this.#unread, chunk])`.",
    },
    {
      for: /^reads|^keeps what|^gives/,
      text: "If there are at least `count` bytes, `read` takes the first `count` of them and keeps the rest: `subarray(0, count)` and `subarray(count)`.",
    },
    {
      for: /^reads a packet|^puts/,
      text: 'If there are too few, wait: `await new Promise((resolve) => { this.#wake = resolve; })`. The listener for "data" calls `this.#wake()`. Then look again, so write a `while`.',
    },
    {
      for: /^rejects/,
      text: 'Listen to "end", "error" and "close" too. Remember why the connection ended, and wake the read that waits.',
    },
    {
      for: /^rejects/,
      text: "In the loop of `read`, check first whether there are enough bytes. Only if there are not: `if (this.#end) throw this.#end;`",
    },
  ],
  checks: {
    "reads a packet that comes in one chunk": async ({ PacketReader }) => {
      const { ends, read } = await start(PacketReader);
      const first = read(8);
      await first.during(send(ends, FIRST)).catch((error: unknown) => {
        const cause = error instanceof LearnerError ? error.cause : undefined;
        if (!(cause instanceof Error) || UNWRITTEN.test(cause.message)) throw error;
        fail(
          `\`read(8)\` was rejected before anything had arrived: ${cause.message}`,
          "Having too few bytes so far isn't an error: wait for more.",
        );
      });
      expectBytes(
        await first.value("eight bytes have arrived"),
        FIRST,
        "What `read(8)` gave",
        hexDigits(FIRST),
      );
      if (ends.socket.destroyed || ends.socket.writableEnded)
        fail(
          "`read(8)` has closed the connection.",
          "It should only read: the next packet arrives on the same connection.",
        );
      await ends.close();
    },
    "reads what came before it was asked": async ({ PacketReader }) => {
      const { ends, readNow } = await start(PacketReader);
      await send(ends, FIRST);
      const came = await readNow(
        8,
        "the eight bytes arrived before it was called, and no others are on their way",
      );
      expectBytes(came, FIRST, "What `read(8)` gave", hexDigits(FIRST));
      await ends.close();
    },
    "puts together a packet that comes in pieces": async ({ PacketReader }) => {
      const { ends, read } = await start(PacketReader);
      const first = read(8);
      await first.during(send(ends, FIRST.subarray(0, 3)));
      if (first.settled && "value" in first.settled) {
        const came = first.settled.value;
        fail(
          `\`read(8)\` returned after 3 bytes, with ${came instanceof Uint8Array ? `${came.length} of them` : String(came)}.`,
          "A chunk is not a packet: wait until there are eight bytes.",
        );
      }
      await first.during(send(ends, FIRST.subarray(3, 4), FIRST.subarray(4)));
      const came = await first.value("all eight bytes have arrived, in three chunks", COLLECT);
      expectBytes(came, FIRST, "What `read(8)` gave", "of 3, 1 and 4 bytes");
      await ends.close();
    },
    "keeps what is left over for the next read": async ({ PacketReader }) => {
      const { ends, read } = await start(PacketReader);
      const reading = read(8);
      await reading.during(send(ends, BOTH.subarray(0, 5), BOTH.subarray(5, 12)));
      const chunks = [BOTH.subarray(0, 5), BOTH.subarray(5, 12), BOTH.subarray(12)]
        .map(hexDigits)
        .join(" │ ");
      const first = await reading.value("twelve bytes have arrived, in chunks of five and seven", COLLECT);
      expectBytes(first, FIRST, "What the first `read(8)` gave", chunks);
      await send(ends, BOTH.subarray(12));
      const second = await read(8).value("sixteen bytes have arrived, and only eight were given out", KEEP);
      expectBytes(second, SECOND, "What the second `read(8)` gave", chunks);
      expectBytes(first, FIRST, "What the first `read(8)` gave, after the second", chunks);
      await ends.close();
    },
    "gives any number of bytes": async ({ PacketReader }) => {
      const { ends, readNow } = await start(PacketReader);
      await send(ends, BOTH);
      for (const [from, to] of [
        [0, 1],
        [1, 4],
        [4, 16],
      ] as const) {
        const came = await readNow(to - from, "sixteen bytes have arrived");
        if (Buffer.compare(came, BOTH.subarray(from, to)) !== 0) {
          fail(
            `After ${from} bytes of ${hexDigits(BOTH)} were read, \`read(${to - from})\` gave ${hexDigits(came) || "no bytes"}.`,
            came.length === 8 ? "It gives eight bytes, whatever you ask for. Use `count`." : undefined,
          );
        }
      }
      await send(ends, MANY.subarray(0, 2000), MANY.subarray(2000));
      const came = await readNow(MANY.length, "3000 bytes have arrived");
      if (Buffer.compare(came, MANY) !== 0)
        fail(`\`read(${MANY.length})\` gave ${came.length} bytes, and not those that had arrived.`, COLLECT);
      await ends.close();
    },
    "rejects when the other side has ended": async ({ PacketReader }) => {
      const { ends, read } = await start(PacketReader);
      const first = read(8);
      await first.during(send(ends, FIRST.subarray(0, 3)));
      ends.peer.socket.end();
      await first.error('the other side has ended after three bytes, and the socket has emitted "end"');
      await read(8).error("the other side had ended before it was called");
      if (!ends.socket.closed) await once(ends.socket.destroy(), "close");
      for (const which of ["a first time", "a second time"])
        await read(8).error(
          `it was called ${which} after the connection had closed, and there will be no more events`,
        );
      await ends.close();

      const next = await start(PacketReader);
      await send(next.ends, FIRST);
      next.ends.peer.socket.end();
      await arrived(next.ends.socket, 8);
      const reading = next.readNow(8, "eight bytes came before the other side ended: they still count");
      const came = await reading.catch((error: unknown) => {
        if (!(error instanceof LearnerError)) throw error;
        fail(
          "Eight bytes came, then the other side ended, and then `read(8)` was rejected.",
          "Bytes that arrived before the end still count. Check first whether there are enough bytes, and only then whether the connection has ended.",
        );
      });
      expectBytes(came, FIRST, "What `read(8)` gave after the end", hexDigits(FIRST));
      await next.ends.close();
    },
    "rejects when the connection breaks": async ({ PacketReader }) => {
      const { ends, read } = await start(PacketReader);
      const first = read(8);
      await ends.peer.reset();
      await first.error('the connection was reset, and the socket has emitted "error"');
      await ends.close();

      const own = await start(PacketReader);
      const waiting = own.read(8);
      own.ends.socket.destroy();
      await waiting.error(
        'this side has destroyed the socket, which then emits neither "end" nor "error", only "close"',
      );
      await own.ends.close();
    },
    "keeps two connections apart": async ({ PacketReader }) => {
      const one = await start(PacketReader);
      const two = await start(PacketReader);
      await send(one.ends, FIRST.subarray(0, 3));
      await send(two.ends, SECOND);
      const came = await two.readNow(8, "its eight bytes have arrived");
      if (Buffer.compare(came, SECOND) !== 0) {
        fail(
          `The reader of the second connection gave ${hexDigits(came)}; only ${hexDigits(SECOND)} came there, and ${hexDigits(FIRST.subarray(0, 3))} on the first.`,
          "Both readers keep their bytes in one place. Keep them in a field of the class, not outside of it.",
        );
      }
      await one.ends.close();
      await two.ends.close();
    },
  },
});
