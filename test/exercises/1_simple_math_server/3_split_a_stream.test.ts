import { it } from "vitest";
import { RequestSplitter } from "../../../lessons/1_simple_math_server/exercises/3_split_a_stream.ts";
import { packRequest, REQUEST } from "../../../lessons/1_simple_math_server/protocol.ts";
import { hex, sameValue } from "../check.ts";

const SUMA = packRequest("SUMA", 2, 3);
const RESTA = packRequest("RESTA", 9, 4);

/** Pushes the chunks, and checks which requests each of them completes. */
function check(
  chunks: readonly Uint8Array[],
  expected: readonly (readonly Uint8Array[])[],
  look: string,
): void {
  const splitter = new RequestSplitter();
  const before: string[] = [];
  for (const [index, chunk] of chunks.entries()) {
    const requests = splitter.push(chunk);
    sameValue(
      Array.isArray(requests) ? requests.map(show) : requests,
      expected[index]?.map(show),
      `the requests that chunk ${index + 1} completes: ${hex(chunk)}${before.length > 0 ? `\nafter ${before.join(" │ ")}` : ""}`,
      look,
    );
    before.push(hex(chunk));
  }
}

/** A request as a person reads it, and its bytes: `RESTA 9 4 = 05 00 …`. */
function show(request: Uint8Array): string {
  if (request.length < REQUEST.size) return `half a header = ${hex(request)}`;
  const [, first, second] = REQUEST.unpackFrom(request);
  const command = new TextDecoder().decode(request.subarray(REQUEST.size));
  return `${command} ${first} ${second} = ${hex(request)}`;
}

const join = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

it("returns a request that comes in one chunk", () => {
  check([SUMA, RESTA], [[SUMA], [RESTA]], "a chunk may be exactly one request");
});

it("waits for the rest of a request", () => {
  check(
    [SUMA.slice(0, 6), SUMA.slice(6)],
    [[], [SUMA]],
    "what you keep of a chunk that completes no request",
  );
});

it("returns all the requests in one chunk, in order", () => {
  check(
    [join(SUMA, RESTA, SUMA)],
    [[SUMA, RESTA, SUMA]],
    "the loop: it goes on while there is a whole request",
  );
});

it("keeps the beginning of the next request", () => {
  const stream = join(SUMA, RESTA);
  check(
    [stream.slice(0, 6), stream.slice(6, 14), stream.slice(14)],
    [[], [SUMA], [RESTA]],
    "what you keep after you have cut a request off",
  );
});

it("finds the requests wherever the stream is cut in two", () => {
  const stream = join(SUMA, RESTA);
  for (let cut = 1; cut < stream.length; cut++) {
    const first = cut >= SUMA.length ? [SUMA] : [];
    const second = cut >= SUMA.length ? [RESTA] : [SUMA, RESTA];
    check([stream.slice(0, cut), stream.slice(cut)], [first, second], `a cut after ${cut} bytes`);
  }
});

it("finds them when the bytes come one by one", () => {
  const stream = join(SUMA, RESTA);
  check(
    Array.from(stream, (byte) => Uint8Array.of(byte)),
    Array.from(stream, (_, index) =>
      index === SUMA.length - 1 ? [SUMA] : index === stream.length - 1 ? [RESTA] : [],
    ),
    "a request is whole with its last byte, neither before nor after",
  );
});

it("keeps two streams apart", () => {
  new RequestSplitter().push(SUMA.slice(0, 6));
  check([RESTA], [[RESTA]], "what you keep outside the class: each client has its own stream");
});
