import type * as Ours from "#lessons/1_simple_math_server/exercises/solutions/3_split_a_stream.ts";
import { PACKETS, packRequest, REQUEST } from "#lessons/1_simple_math_server/protocol.ts";
import { compare, count, exercise, fail, type Mistakes } from "../check.ts";
import { describeValue, hex } from "../draw.ts";
import { arrived, pair } from "../sockets.ts";

const SUMA = packRequest("SUMA", 2, 3);
const RESTA = packRequest("RESTA", 9, 4);
const LONG = packRequest("ñ".repeat(150), 1, 2);

const join = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

/** A request as a person reads it, and its bytes: `RESTA 9 4 = 05 00 …`. */
function show(request: unknown): string {
  if (!(request instanceof Uint8Array)) return `no bytes, but ${describeValue(request)}`;
  const bytes =
    request.length > 20 ? `${hex(request.subarray(0, 20))} … ${request.length} bytes` : hex(request);
  if (request.length < REQUEST.size) return `${count(request.length)}: ${bytes}`;
  const [, first, second] = REQUEST.unpackFrom(request);
  return `${new TextDecoder().decode(request.subarray(REQUEST.size))} ${first} ${second} = ${bytes}`;
}

/** What a wrong splitter may give for this chunk, and why. */
function mistakes(
  chunk: Uint8Array,
  before: readonly Uint8Array[],
  expected: readonly Uint8Array[],
): Mistakes {
  const all = (requests: readonly Uint8Array[]) => requests.map(show);
  const stream = join(...before, chunk);
  const found: [unknown, string][] = [
    [
      all([]),
      before.length === 0
        ? "A whole request has come, and none was given out: to see whether it is whole, compare with 8 + its length."
        : "A request is whole now, and was not given out: does what came before this chunk come back, in front of it?",
    ],
    [all([chunk]), "The chunk itself was given out, whatever is in it: a chunk is not a request."],
    [
      all(expected.slice(0, 1)),
      "Only the first was given out, but more are whole: go on as long as there is a whole request (`while`, not `if`).",
    ],
    [all(expected.toReversed()), "They are in the opposite order: the first that came must be first."],
    [all([stream]), "All bytes so far were given out as one request: cut it off after 8 + its length."],
    [
      all(expected.map((request) => request.subarray(REQUEST.size))),
      "Only the commands were given out: a request has its header in front of it.",
    ],
    [
      all(expected.map((request) => request.subarray(0, REQUEST.size))),
      "Only the headers were given out: the command belongs to it, 8 + its length in all.",
    ],
  ];
  if (expected.length === 0) {
    found.push([
      all([stream]),
      "This is not a whole request yet: wait until there are 8 + its length bytes.",
    ]);
  }
  if (before.length > 0) {
    found.push([
      all([SUMA, ...expected]),
      "A request was given out a second time: once returned, it must be gone from what you keep.",
    ]);
  }
  return found;
}

/** Pushes the chunks, and checks which requests each of them completes. */
function check(
  Splitter: typeof Ours.RequestSplitter,
  chunks: readonly Uint8Array[],
  expected: readonly (readonly Uint8Array[])[],
): void {
  const splitter = new Splitter();
  const given: [Uint8Array, string][] = [];
  for (const [index, chunk] of chunks.entries()) {
    const wanted = expected[index] ?? [];
    const before = chunks.slice(0, index);
    const sent = chunk.slice();
    const requests: unknown = splitter.push(chunk);
    const what = `The requests that chunk ${index + 1} completes: ${drawChunk(sent)}${index > 0 ? `\nafter ${before.map(drawChunk).join(" │ ")}` : ""}`;
    const came = Array.isArray(requests) ? requests.map(show) : requests;
    compare(came, wanted.map(show), what, [
      [
        undefined,
        "`push` returns nothing: it should always return an array, an empty one if no request is whole.",
      ],
      [null, "`push` should always return an array, an empty one if no request is whole."],
      ...mistakes(sent, before, wanted),
    ]);
    compare(chunk, sent, "The chunk, after it was pushed:", [
      [chunk, "Your splitter has changed the bytes that it was given: only read them."],
    ]);
    for (const request of requests as Uint8Array[]) given.push([request, show(request)]);
    // The array belongs to whoever asked for it.
    (requests as Uint8Array[]).length = 0;
  }
  for (const [request, was] of given) {
    compare(show(request), was, "A request that was given out before, after the next chunks were pushed:", [
      [show(request), "Its bytes were overwritten later: what is given out must stay as it is."],
    ]);
  }
}

function drawChunk(chunk: Uint8Array): string {
  return chunk.length > 24 ? `${hex(chunk.subarray(0, 12))} … ${chunk.length} bytes` : hex(chunk);
}

export default exercise<typeof Ours>({
  exports: ["RequestSplitter", "onRequest"],
  hints: [
    "Keep the bytes that you have not returned yet in a field, and put each new chunk behind them: `Buffer.concat([this.#unread, chunk])`.",
    "As long as there is a whole request at the beginning, cut it off. To know whether it is whole you need four bytes, the length, and then 8 + length bytes in all.",
    '`const [length] = unpackFrom("<i", this.#unread)` reads the length of the first; before that, check that there are four bytes. Then `subarray(0, 8 + length)` is the request, and `subarray(8 + length)` what stays.',
    '`onRequest` makes one splitter, and listens: `socket.on("data", (chunk) => { for (const request of splitter.push(chunk)) handle(request); })`.',
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
      const splitter = new RequestSplitter();
      const came = splitter.push(LONG) as unknown;
      if (!Array.isArray(came) || came.length !== 1 || show(came[0]) !== show(LONG)) {
        const got = Array.isArray(came) ? came.map(show) : came;
        fail(
          `A request whose command has 300 bytes (length 2C 01 00 00):\n\n  expected  ${show(LONG)}\n  got       ${describeValue(got)}`,
          "The length has four bytes, 300 is 2C 01 00 00: its first byte alone says 44.",
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
          'It was never called: listen to the socket\'s "data", push each chunk, and call `handle` with each request.',
        ],
        [[`A: ${show([Buffer.from(SUMA)])}`], "It was called with the array. Call it once for each request."],
      ]);
      await send(one, SUMA.subarray(0, 6));
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
          "A's request, which came in two chunks, was lost: a splitter made anew for each chunk forgets. Make it once for each socket, before you listen.",
        ],
        [
          [...whole, `B: ${show(RESTA)}`, `A: ${show(SUMA)}`],
          "Only the first of the requests in a chunk was handed on: loop over all of them.",
        ],
      ]);
      await one.close();
      await two.close();
    },
  },
});
