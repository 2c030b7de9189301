import type * as Ours from "#lessons/0_simple_test_packets/exercises/solutions/5_whole_packets.ts";
import { PACKETS, TEST_PACKET } from "#lessons/0_simple_test_packets/protocol.ts";
import { packetFrom } from "#src/packets.ts";
import { exercise, fail, samePacket } from "../check.ts";
import { hex } from "../draw.ts";
import { arrived, type Pair, pair, Started } from "../sockets.ts";

type Reader = typeof Ours.PacketReader;

const ANSWER = packetFrom(PACKETS, "client");
const FIRST = TEST_PACKET.pack(3, 1);
const SECOND = TEST_PACKET.pack(3, 0x01020304);
const BOTH = new Uint8Array([...FIRST, ...SECOND]);

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
  samePacket(() => came, expected, ANSWER, `${what}, of the chunks ${chunks}:`, [
    [FIRST, "These are the eight bytes before: once given out, they must be gone."],
    [BOTH, "More was given out than was asked for: what is left over is the beginning of the next packet."],
    [new Uint8Array(expected.length), "All of them are 0: was the array made, and nothing copied into it?"],
  ]);
}

export default exercise<typeof Ours>({
  exports: ["PacketReader"],
  hints: [
    "Keep what has arrived and was not given out yet in a field of the class. Every chunk is put behind it, e.g. with `Buffer.concat([this.#unread, chunk])`.",
    "`read` takes the first `count` bytes of it, if there are as many, and keeps the rest: `subarray(0, count)` and `subarray(count)`.",
    'If there are not enough, it waits: `await new Promise((resolve) => { this.#wake = resolve; })`, and the listener of "data" calls `this.#wake()`. Then it looks again, so this is a `while`.',
    'Listen to "end", "error" and "close" too: remember why it ended, and wake the read that waits. In its loop: `if (this.#end) throw this.#end;`',
  ],
  checks: {
    "reads a packet that comes in one chunk": async ({ PacketReader }) => {
      const { ends, read } = await start(PacketReader);
      const first = read(8);
      await first.during(send(ends, FIRST));
      expectBytes(await first.value("eight bytes have come"), FIRST, "What `read(8)` gave", hex(FIRST));
      await ends.close();
    },
    "reads what came before it was asked": async ({ PacketReader }) => {
      const { ends, readNow } = await start(PacketReader);
      await send(ends, FIRST);
      const came = await readNow(
        8,
        "the eight bytes came before it was called, and no more are on their way",
      );
      expectBytes(came, FIRST, "What `read(8)` gave", hex(FIRST));
      await ends.close();
    },
    "puts a packet together that comes in pieces": async ({ PacketReader }) => {
      const { ends, read } = await start(PacketReader);
      const first = read(8);
      await first.during(send(ends, FIRST.subarray(0, 3)));
      if (first.settled && "value" in first.settled) {
        const came = first.settled.value;
        fail(
          `\`read(8)\` came back after 3 bytes, with ${came instanceof Uint8Array ? `${came.length} of them` : String(came)}.`,
          "A chunk is not a packet: wait until there are eight bytes.",
        );
      }
      await first.during(send(ends, FIRST.subarray(3, 4), FIRST.subarray(4)));
      const came = await first.value("all eight bytes have come, in three chunks");
      expectBytes(came, FIRST, "What `read(8)` gave", "of 3, 1 and 4 bytes");
      await ends.close();
    },
    "keeps what is left over for the next read": async ({ PacketReader }) => {
      const { ends, readNow } = await start(PacketReader);
      await send(ends, BOTH.subarray(0, 12), BOTH.subarray(12));
      const chunks = `${hex(BOTH.subarray(0, 12))} │ ${hex(BOTH.subarray(12))}`;
      const first = await readNow(8, "twelve bytes and four more have come");
      expectBytes(first, FIRST, "What the first `read(8)` gave", chunks);
      const second = await readNow(8, "sixteen bytes have come, and only eight were given out");
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
        const came = await readNow(to - from, "sixteen bytes have come");
        if (Buffer.compare(came, BOTH.subarray(from, to)) !== 0) {
          fail(
            `Of ${hex(BOTH)}, after ${from} bytes were read, \`read(${to - from})\` gave ${hex(came) || "no bytes"}.`,
            came.length === 8 ? "It gives eight bytes, whatever it is asked for: use `count`." : undefined,
          );
        }
      }
      await ends.close();
    },
    "rejects when the other side has ended": async ({ PacketReader }) => {
      const { ends, read } = await start(PacketReader);
      const first = read(8);
      await first.during(send(ends, FIRST.subarray(0, 3)));
      ends.peer.socket.end();
      await first.error('the other side has ended after three bytes, and the socket has an "end"');
      await read(8).error("the other side had ended before it was called");
      await ends.close();

      const next = await start(PacketReader);
      await send(next.ends, FIRST);
      next.ends.peer.socket.end();
      await arrived(next.ends.socket, 8);
      const came = await next.readNow(8, "eight bytes came before the other side ended: they still count");
      expectBytes(came, FIRST, "What `read(8)` gave after the end", hex(FIRST));
      await next.ends.close();
    },
    "rejects when the connection breaks": async ({ PacketReader }) => {
      const { ends, read } = await start(PacketReader);
      const first = read(8);
      await ends.peer.reset();
      await first.error('the connection was reset, and the socket has an "error"');
      await ends.close();
    },
    "keeps two connections apart": async ({ PacketReader }) => {
      const one = await start(PacketReader);
      const two = await start(PacketReader);
      await send(one.ends, FIRST.subarray(0, 3));
      await send(two.ends, SECOND);
      const came = await two.readNow(8, "its eight bytes have come");
      if (Buffer.compare(came, SECOND) !== 0) {
        fail(
          `The reader of the second connection gave ${hex(came)}; only ${hex(SECOND)} came there, and ${hex(FIRST.subarray(0, 3))} on the first.`,
          "Both keep their bytes in one place: keep them in a field of the class, not outside of it.",
        );
      }
      await one.ends.close();
      await two.ends.close();
    },
  },
});
