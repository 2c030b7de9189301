/**
 * The minimal Node server that gives the same answers as lesson 1's: one callback, no layers, no deadlines, no
 * bounds. It is what lesson 1's server is measured against, see server.ts.
 *
 * @module
 */

import { isUtf8 } from "node:buffer";
import { type AddressInfo, createServer } from "node:net";
import { readCommandLine } from "../../src/command_line.ts";

readCommandLine("tsx test/bench/least_server.ts", {});

const OK = 0;
const UNKNOWN_COMMAND = 1;
const DIVISION_BY_ZERO = 2;
const MALFORMED = 3;

const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
  /** The bytes so far of a request that is not whole yet. */
  let rest: Buffer | undefined;

  socket.on("data", (chunk: Buffer) => {
    const bytes = rest ? Buffer.concat([rest, chunk]) : chunk;
    const answers = Buffer.allocUnsafe(12 * Math.ceil(bytes.length / 9) + 12);
    let size = 0;
    const answer = (status: number, result: number) => {
      answers.writeInt32LE(status, size);
      answers.writeDoubleLE(result, size + 4);
      size += 12;
    };

    let at = 0;
    let malformed = false;
    while (bytes.length - at >= 4) {
      const length = bytes.readInt32LE(at);
      malformed = length < 1 || length > 64;
      if (malformed || bytes.length - at < 8 + length) break;
      const first = bytes.readInt16LE(at + 4);
      const second = bytes.readInt16LE(at + 6);
      const command = bytes.toString("latin1", at + 8, at + 8 + length);
      if (command === "SUMA") answer(OK, first + second);
      else if (command === "RESTA") answer(OK, first - second);
      else if (command === "MULTIPLICACION") answer(OK, first * second);
      else if (command === "DIVISION") {
        if (second === 0) answer(DIVISION_BY_ZERO, Number.NaN);
        else answer(OK, first / second);
      } else {
        malformed = !isUtf8(bytes.subarray(at + 8, at + 8 + length));
        if (malformed) break;
        answer(UNKNOWN_COMMAND, Number.NaN);
      }
      at += 8 + length;
    }
    rest = at < bytes.length ? bytes.subarray(at) : undefined;
    if (malformed) answer(MALFORMED, Number.NaN);
    if (size > 0) socket.write(answers.subarray(0, size));
    if (malformed) socket.destroySoon();
  });
  socket.on("end", () => socket.end());
  socket.on("error", () => socket.destroy());
});

server.listen({ host: "127.0.0.1", port: 0, backlog: 4096 }, () => {
  const { address, port } = server.address() as AddressInfo;
  console.log(`listening on ${address}:${port}`);
});
