import { isUtf8 } from "node:buffer";
import { expect } from "vitest";
import { LESSON_1, Peer } from "../harness.ts";
import { lengthField, request, response } from "../packets.ts";
import {
  type Attack,
  CONNECT_AND_LEAVE,
  dice,
  LONG,
  RANDOM_BYTES,
  RUBBISH_FLOOD,
  sendInPieces,
  siege,
  slow,
  turn,
} from "../siege.ts";
import { askingWitness } from "../witness.ts";

const malformed = response(3, Number.NaN);
const MALFORMED_LENGTHS = [0, 65, 66, 127, 128, 255, 256, 2 ** 15, 2 ** 16, 2 ** 24, 2 ** 31 - 1].flatMap(
  (length) => [length, -length - 1],
);

const TWO_REQUESTS = Buffer.concat([request("SUMA", 1, 1), request("RESTA", 5, 2)]);
const TWO_ANSWERS = Buffer.concat([response(0, 2), response(0, 3)]);

const ATTACKS: Attack[] = [
  CONNECT_AND_LEAVE,
  RANDOM_BYTES,
  RUBBISH_FLOOD,
  slow(request("MULTIPLICACION", 1, 1)),
  {
    name: "every malformed length",
    crowd: {
      tasks: MALFORMED_LENGTHS.length * (LONG ? 50 : 2),
      threads: LONG ? MALFORMED_LENGTHS.length : 2,
    },
    attacker: async (port, number) => {
      const peer = await Peer.connect(port);
      peer.send(lengthField(MALFORMED_LENGTHS[number % MALFORMED_LENGTHS.length] ?? 0));
      expect(await peer.rest()).toEqual(malformed);
      await peer.over;
    },
  },
  {
    name: "resets after each byte of two requests",
    crowd: { tasks: LONG ? 2500 : 50, threads: LONG ? 25 : 2 },
    attacker: async (port, number) => {
      const peer = await Peer.connect(port);
      peer.send(TWO_REQUESTS.subarray(0, number % (TWO_REQUESTS.length + 1)));
      await turn();
      peer.reset();
      await peer.over;
    },
  },
  {
    name: "half-closes after each byte of two requests, which still get their answers",
    crowd: { tasks: LONG ? 2500 : 50, threads: LONG ? 25 : 2 },
    attacker: async (port, number) => {
      const peer = await Peer.connect(port);
      const sent = TWO_REQUESTS.subarray(0, number % (TWO_REQUESTS.length + 1));
      peer.end(sent);
      const due = sent.length === TWO_REQUESTS.length ? 24 : sent.length >= 12 ? 12 : 0;
      expect(await peer.rest()).toEqual(TWO_ANSWERS.subarray(0, due));
      await peer.over;
    },
  },
  {
    name: "floods of requests whose answers are never read",
    crowd: { tasks: LONG ? 100 : 5, threads: LONG ? 10 : 1 },
    atOnce: 5,
    attacker: async (port) => {
      const peer = await Peer.connect(port, { reads: false });
      const requests = Buffer.concat(Array.from({ length: 1000 }, () => request("S", 1, 1)));
      for (let sent = 0; sent < (LONG ? 100 : 20) && !peer.socket.destroyed; sent++) {
        peer.send(requests);
        await turn();
      }
      peer.reset();
      await peer.over;
    },
  },
];

/** A random stream of valid and invalid requests gets exactly the answers that the protocol prescribes. */
async function fuzz(port: number, number: number): Promise<void> {
  const { below, pick, bytes } = dice(number);
  const pieces: Buffer[] = [];
  for (let count = below(30); count >= 0; count--) {
    const command = pick([
      "SUMA",
      "RESTA",
      "MULTIPLICACION",
      "DIVISION",
      "suma",
      "constructor",
      "\u{feff}SUMA",
    ]);
    const value = () => pick([0, 1, -1, 32767, -32768, below(65536) - 32768]);
    pieces.push(request(command, value(), value()));
    if (below(10) === 0) pieces.push(request(bytes(1 + below(64)), value(), value()));
    if (below(40) === 0) pieces.push(lengthField(below(2 ** 32) | 0));
    if (below(40) === 0) pieces.push(bytes(1 + below(200)));
  }
  const whole = Buffer.concat(pieces);
  const stream = below(3) === 0 ? whole.subarray(0, below(whole.length)) : whole;

  const peer = await Peer.connect(port);
  await sendInPieces(peer, stream, below);
  if (below(5) === 0) peer.reset();
  else {
    peer.end();
    expect((await peer.rest()).toString("hex")).toBe(answersTo(stream).toString("hex"));
  }
  await peer.over;
}

/** The protocol in the fewest words: the answers to a stream of requests. */
function answersTo(stream: Buffer): Buffer {
  const answers: Buffer[] = [];
  for (let at = 0; at + 4 <= stream.length; ) {
    const length = stream.readInt32LE(at);
    const end = at + 8 + length;
    if (length < 1 || length > 64) return Buffer.concat([...answers, malformed]);
    if (end > stream.length) break;
    const command = stream.subarray(at + 8, end);
    if (!isUtf8(command)) return Buffer.concat([...answers, malformed]);
    answers.push(
      answerTo(command.toString("latin1"), stream.readInt16LE(at + 4), stream.readInt16LE(at + 6)),
    );
    at = end;
  }
  return Buffer.concat(answers);
}

function answerTo(command: string, first: number, second: number): Buffer {
  if (command === "SUMA") return response(0, first + second);
  if (command === "RESTA") return response(0, first - second);
  if (command === "MULTIPLICACION") return response(0, first * second + 0);
  if (command !== "DIVISION") return response(1, Number.NaN);
  return second === 0 ? response(2, Number.NaN) : response(0, first / second);
}

siege(LESSON_1, [], askingWitness, ATTACKS, fuzz);
