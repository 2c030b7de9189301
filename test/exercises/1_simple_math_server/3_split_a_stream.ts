import type { Socket } from "node:net";
import type * as Ours from "#lessons/1_simple_math_server/exercises/solutions/3_split_a_stream.ts";
import { PACKETS, packRequest, REQUEST } from "#lessons/1_simple_math_server/protocol.ts";
import { hexDigits } from "#src/printable.ts";
import { compare, count, exercise, fail, type Mistakes } from "../assertions.ts";
import { describeValue } from "../draw.ts";
import { arrived, pair } from "../sockets.ts";

const SUMA = packRequest("SUMA", 2, 3);
const RESTA = packRequest("RESTA", 9, 4);
/** 200 is C8 00, which isn't text. */
const ODD = packRequest("AñOS", 200, 1);

const join = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

/** A request as a person reads it, and its bytes: `RESTA 9 4 = 05 00 …`. */
function show(request: unknown): string {
  if (!(request instanceof Uint8Array)) return `no bytes, but ${describeValue(request)}`;
  const bytes =
    request.length > 20
      ? `${hexDigits(request.subarray(0, 20))} … ${request.length} bytes`
      : hexDigits(request);
  if (request.length < REQUEST.size) return `${count(request.length)}: ${bytes}`;
  const [, first, second] = REQUEST.unpackFrom(request);
  return `${new TextDecoder().decode(request.subarray(REQUEST.size))} ${first} ${second} = ${bytes}`;
}

/** What a wrong splitter may give for this chunk, and why. */
function mistakes(
  Splitter: Splitter,
  chunk: Uint8Array,
  before: readonly Uint8Array[],
  expected: readonly Uint8Array[],
): Mistakes {
  const all = (requests: readonly Uint8Array[]) => requests.map(show);
  const stream = join(...before, chunk);
  const length = stream.length < 4 ? 0 : new DataView(stream.buffer).getInt32(0, true);
  const found: [unknown, string][] = [];
  if (expected.length === 0) {
    found.push([
      all([stream]),
      "These bytes are not a whole request, and were given out: a chunk is not a request. Wait until there are 8 + its length bytes.",
    ]);
  } else {
    found.push([all([]), before.length === 0 ? whyNothing(Splitter) : NOTHING_KEPT]);
  }
  found.push(
    [all([chunk]), "The chunk itself was given out, whatever is in it: a chunk is not a request."],
    [
      all([stream.subarray(0, length)]),
      "You gave out only as many bytes as the length says. The length counts only the command: a request has 8 + length bytes in all.",
    ],
    [
      all(expected.slice(0, 1)),
      "Only the first was given out, but more are whole: keep what follows it in the chunk, and go on as long as there is a whole request (`while`, not `if`).",
    ],
    [all(expected.toReversed()), "They are in the opposite order: the first that came must be first."],
    [all([stream]), "All bytes so far were given out as one request: cut it off after 8 + its length."],
    [
      all(expected.map((request) => request.subarray(REQUEST.size))),
      "Only the commands were given out: a request has its header in front of it.",
    ],
    [
      all(expected.map((request) => request.subarray(0, REQUEST.size))),
      "Only the headers were given out. The command belongs to the request, which has 8 + length bytes in all.",
    ],
    [
      all(expected.map((request) => request.subarray(0, SUMA.length))),
      "It was cut off after 12 bytes, as many as SUMA 2 3 has: each request has a length of its own.",
    ],
  );
  if (before.length > 0) {
    found.push([
      all([SUMA, ...expected]),
      "You gave out a request a second time. Once you have returned it, remove it from what you keep.",
    ]);
  }
  return found;
}

const NOTHING_KEPT =
  "A request is whole now, but it was not given out. Do you keep the bytes that came before this chunk, and put them in front of it?";

/** Why a splitter gives out nothing for a whole request: it is asked some more. */
function whyNothing(Splitter: Splitter): string {
  const gives = (...chunks: readonly Uint8Array[]) => {
    try {
      const splitter = new Splitter();
      return chunks.some((chunk) => splitter.push(chunk).length > 0);
    } catch {
      return false;
    }
  };
  if (gives(join(SUMA.slice(0, 4).reverse(), SUMA.subarray(4)))) {
    return "A whole request has arrived, and none was given out: the length was read with its highest byte first. The format of an int is `<i`.";
  }
  if (gives(SUMA, Uint8Array.of(5))) {
    return "A whole request has arrived, and was given out only after one more byte: it is whole with 8 + its length bytes, not with more (`<`, not `<=`).";
  }
  return "A whole request has arrived, and none was given out: to see whether it is whole, compare with 8 + its length.";
}

type Splitter = typeof Ours.RequestSplitter;

/** Pushes the chunks, and checks which requests each of them completes. */
function check(
  Splitter: Splitter,
  chunks: readonly Uint8Array[],
  expected: readonly (readonly Uint8Array[])[],
): void {
  const splitter = new Splitter();
  const given: [Uint8Array, string][] = [];
  const arrays = new Set<unknown>();
  for (const [index, chunk] of chunks.entries()) {
    const wanted = expected[index] ?? [];
    const before = chunks.slice(0, index);
    const sent = chunk.slice();
    const requests: unknown = splitter.push(chunk);
    const what = `The requests that chunk ${index + 1} completes: ${drawChunk(sent)}${index > 0 ? `\nafter ${before.map(drawChunk).join(" │ ")}` : ""}`;
    const came = Array.isArray(requests) ? requests.map(show) : requests;
    const strange = Array.isArray(requests) && requests.find((request) => !(request instanceof Uint8Array));
    if (strange) {
      fail(
        `${what}\n\n  expected  a Uint8Array for each request\n  got       ${describeValue(strange)}`,
        "Give out a request as bytes: a `subarray` of those that have arrived.",
      );
    }
    const isText = Array.isArray(came) && came.some((request) => request.includes("EF BF BD"));
    compare(came, wanted.map(show), what, () => [
      [
        undefined,
        "`push` returns nothing: it should always return an array, an empty one if no request is whole.",
      ],
      [null, "`push` should always return an array, an empty one if no request is whole."],
      [
        isText ? came : SUMA,
        "EF BF BD replaces bytes that aren't text: the chunk was turned into text and back. Bytes must stay bytes.",
      ],
      ...mistakes(Splitter, sent, before, wanted),
    ]);
    compare(chunk, sent, "The chunk, after it was pushed:", [
      [chunk, "Your splitter has changed the bytes that it was given: only read them."],
    ]);
    if (arrays.has(requests)) {
      fail(
        `${what}\n\nThe requests are right, but they are in the same array as the ones before.`,
        "What was given out changes with the next chunk: make a new array inside `push`.",
      );
    }
    arrays.add(requests);
    for (const request of requests as Uint8Array[]) given.push([request, show(request)]);
  }
  for (const [request, was] of given) {
    compare(show(request), was, "A request that was given out before, after the next chunks were pushed:", [
      [show(request), "Its bytes were overwritten later: what is given out must stay as it is."],
    ]);
  }
}

function drawChunk(chunk: Uint8Array): string {
  return chunk.length > 24 ? `${hexDigits(chunk.subarray(0, 12))} … ${chunk.length} bytes` : hexDigits(chunk);
}

export default exercise<typeof Ours>({
  exports: ["RequestSplitter", "onRequest"],
  hints: [
    {
      for: /^returns|^waits|^takes|^keeps|^finds/,
      text: "Keep the bytes that you have not returned yet in a field, and append each new chunk to it: `Buffer.concat([this.#unread, chunk])`.",
    },
    {
      for: /^returns|^waits|^takes|^finds|^reads/,
      text: "As long as a whole request is at the beginning, cut it off. To know whether it is whole, you need four bytes, which are the length, and then 8 + length bytes in all.",
    },
    {
      for: /^returns|^waits|^keeps the|^finds|^reads/,
      text: '`const [length] = unpackFrom("<i", this.#unread)` reads the length of the first request; check first that there are four bytes. Then `subarray(0, 8 + length)` is the request, and you keep `subarray(8 + length)`.',
    },
    {
      for: /onRequest/,
      text: '`onRequest` makes one splitter, and listens: `socket.on("data", (chunk) => { for (const request of splitter.push(chunk)) handle(request); })`.',
    },
  ],
  checks: {
    "returns a request that comes in one chunk": ({ RequestSplitter }) => {
      check(RequestSplitter, [SUMA, RESTA], [[SUMA], [RESTA]]);
    },
    "waits for the rest of a request": ({ RequestSplitter }) => {
      check(RequestSplitter, [SUMA.slice(0, 9), SUMA.slice(9)], [[], [SUMA]]);
      check(RequestSplitter, [SUMA.slice(0, 2), SUMA.slice(2)], [[], [SUMA]]);
    },
    "returns all the requests in one chunk, in order": ({ RequestSplitter }) => {
      check(RequestSplitter, [join(SUMA, RESTA, SUMA)], [[SUMA, RESTA, SUMA]]);
    },
    "takes any bytes, not only letters": ({ RequestSplitter }) => {
      check(RequestSplitter, [ODD], [[ODD]]);
      check(RequestSplitter, [ODD.slice(0, 10), ODD.slice(10)], [[], [ODD]]);
    },
    "keeps the beginning of the next request": ({ RequestSplitter }) => {
      const stream = join(SUMA, RESTA);
      check(
        RequestSplitter,
        [stream.slice(0, 6), stream.slice(6, 14), stream.slice(14)],
        [[], [SUMA], [RESTA]],
      );
    },
    "finds the requests wherever the stream is cut in two": ({ RequestSplitter }) => {
      const stream = join(SUMA, RESTA);
      for (let cut = 1; cut < stream.length; cut++) {
        const isWhole = cut >= SUMA.length;
        check(
          RequestSplitter,
          [stream.slice(0, cut), stream.slice(cut)],
          [isWhole ? [SUMA] : [], isWhole ? [RESTA] : [SUMA, RESTA]],
        );
      }
    },
    "finds them when the bytes come one by one": ({ RequestSplitter }) => {
      const stream = join(SUMA, RESTA);
      check(
        RequestSplitter,
        Array.from(stream, (byte) => Uint8Array.of(byte)),
        Array.from(stream, (_, index) =>
          index === SUMA.length - 1 ? [SUMA] : index === stream.length - 1 ? [RESTA] : [],
        ),
      );
    },
    "reads all four bytes of the length": ({ RequestSplitter }) => {
      for (const bytes of [300, 70_000]) {
        const long = packRequest("S".repeat(bytes), 1, 2);
        const came: unknown = new RequestSplitter().push(long);
        const sizes = Array.isArray(came) ? came.map((request: Uint8Array) => request.length) : [];
        const cut = (mask: number) => REQUEST.size + (bytes & mask);
        compare(
          sizes[0],
          long.length,
          `A request whose command has ${bytes} bytes (length ${hexDigits(long.subarray(0, 4))}). The size of the first request that was given out:`,
          [
            [undefined, "None was given out, though it is whole."],
            [cut(0xff), "The length has four bytes, 300 is 2C 01 00 00: its first byte alone says 44."],
            [cut(0xffff), "The length has four bytes, 70000 is 70 11 01 00: its first two alone say 4464."],
          ],
        );
      }
    },
    "keeps two streams apart": ({ RequestSplitter }) => {
      const one = new RequestSplitter();
      one.push(SUMA.slice(0, 6));
      const other = new RequestSplitter();
      const came = other.push(RESTA) as unknown;
      if (!Array.isArray(came) || came.map(show).join() !== show(RESTA)) {
        fail(
          `A second splitter, after half a request was pushed into the first:\n\n  expected  ${show(RESTA)}\n  got       ${describeValue(Array.isArray(came) ? came.map(show) : came)}`,
          "Both keep their bytes in one place: keep them in a field of the class, not outside of it and not `static`.",
        );
      }
    },
    "is joined to a socket by onRequest": async ({ onRequest }) => {
      const one = await pair(PACKETS);
      const two = await pair(PACKETS);
      const got: string[] = [];
      const handle = (name: string) => (request: Uint8Array) => {
        got.push(`${name}: ${show(request)}`);
      };
      onRequest(one.socket, handle("A"));
      onRequest(two.socket, handle("B"));
      if (one.socket.readableEncoding !== null) {
        fail(
          "`onRequest` calls `setEncoding`.",
          "That turns the bytes into text, and bytes that aren't text are lost. Without that call, a chunk is bytes already.",
        );
      }
      const send = async ({ socket, peer }: typeof one, bytes: Uint8Array) => {
        const before = socket.bytesRead;
        await peer.send(bytes);
        await arrived(socket, before + bytes.length);
      };
      await send(one, SUMA);
      const whole = [`A: ${show(SUMA)}`];
      compare(got, whole, "What `handle` was called with after client A sent a whole request:", [
        [
          [],
          'It was not called: listen to the socket\'s "data", push each chunk, and call `handle` with each request, at once.',
        ],
        [[`A: ${show([Buffer.from(SUMA)])}`], "It was called with the array. Call it once for each request."],
      ]);
      stillListens(one.socket);
      await send(one, SUMA.subarray(0, 6));
      if (got[1] !== undefined) {
        fail(
          `Client A has sent half a request, and \`handle\` got:\n\n  ${got[1]}`,
          got[1].includes("undefined")
            ? "Often no request is whole yet, and `push` returns an empty array: call `handle` for each request in it, and for nothing else."
            : "That is not a whole request: push each chunk, and call `handle` with what `push` gives out.",
        );
      }
      await send(two, RESTA);
      if (got[1] !== `B: ${show(RESTA)}`) {
        const what = `After half a request of client A, client B sent RESTA 9 4 in one chunk. Then \`handle\` got:\n\n  ${got[1] ?? "nothing"}`;
        fail(
          what,
          "A's half request is in front of it: all sockets share one splitter. Make it inside `onRequest`.",
        );
      }
      await send(one, join(SUMA.subarray(6), RESTA));
      const expected = [...whole, `B: ${show(RESTA)}`, `A: ${show(SUMA)}`, `A: ${show(RESTA)}`];
      compare(got, expected, "Then A sends half a request, B a whole one, and A the rest and another:", [
        [
          [...whole, `B: ${show(RESTA)}`],
          "A's request arrived in two chunks and was lost: a new splitter for each chunk knows nothing about the chunk before. Make one for each socket, before you listen.",
        ],
        [
          [...whole, `B: ${show(RESTA)}`, `A: ${show(SUMA)}`],
          "Only the first of the requests in a chunk was passed on: loop over all of them.",
        ],
      ]);
      await one.close();
      await two.close();
    },
  },
});

/** Fails if no more requests can come from a socket. */
function stillListens(socket: Socket): void {
  const what = "After the first request of a client";
  if (socket.destroyed || socket.writableEnded) {
    fail(
      `${what} its socket is closed.`,
      "The client may have more to ask. The code that handles its requests closes it.",
    );
  }
  if (socket.listenerCount("readable") > 0) return;
  if (socket.listenerCount("data") === 0) {
    fail(`${what} nobody listens to its socket.`, "`once` hears one chunk only: listen with `on`.");
  }
  if (socket.isPaused()) {
    fail(`${what} its socket is paused.`, "Nothing comes from it until somebody calls `resume()`.");
  }
}
