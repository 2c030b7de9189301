/**
 * The load that server.ts puts on a server: lesson 1 clients that keep IN_FLIGHT requests each in flight.
 *
 *     load.ts PORT PID CLIENTS IN_FLIGHT SECONDS
 *
 * It must be cheaper than any server it measures. So its requests are packed before it starts, all that a chunk
 * of answers allows goes out in one write, and the answers are compared with the expected ones as bytes, not
 * unpacked. It prints what it counted as JSON, and how busy it was: near 1, it was the bottleneck itself.
 *
 * @module
 */

import { connect } from "node:net";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { packRequest, RESPONSE, STATUS } from "../../lessons/1_simple_math_server/protocol.ts";
import { cpuSeconds, readNumbers } from "./processes.ts";

/** What load.ts prints. */
export interface Load {
  /** Requests answered while it measured. */
  readonly requests: number;
  /** For how long it measured. */
  readonly seconds: number;
  /** How much of a processor the load generator used meanwhile, 0 … 1. */
  readonly busy: number;
  /** Processor time that the server used meanwhile, in seconds; absent if it cannot be measured. */
  readonly serverCpu?: number | undefined;
}

const [port, pid, clients, inFlight, seconds] = readNumbers("load.ts", [
  "PORT",
  "PID",
  "CLIENTS",
  "IN_FLIGHT",
  "SECONDS",
]);

/** The share of the time that a server has to warm up before it is measured. */
const WARM_UP = 0.25;

// What every client sends, again and again, and what has to come back: CYCLE requests, each of the four commands,
// an unknown one and a division by zero among them. Both are repeated in memory, so that any piece can be cut out.

const CYCLE = 32;
const requests: Uint8Array[] = [];
const answers: Uint8Array[] = [];

for (let index = 0; index < CYCLE; index++) {
  const first = index * 999 - 16_000;
  const second = index * 7 - 14; // 0 at index 2
  const [command, status, result] = (
    [
      ["SUMA", STATUS.OK, first + second],
      ["RESTA", STATUS.OK, first - second],
      ["DIVISION", second ? STATUS.OK : STATUS.DIVISION_BY_ZERO, second ? first / second : Number.NaN],
      ["MULTIPLICACION", STATUS.OK, first * second],
      ...(index === 4 ? [["POTENCIA", STATUS.UNKNOWN_COMMAND, Number.NaN] as const] : []),
    ] as const
  )[index === 4 ? 4 : index % 4] as readonly [string, number, number];
  requests.push(packRequest(command, first, second));
  answers.push(RESPONSE.pack(status, result));
}

/** `pieces[from][count]` is `count` requests from number `from` on. */
const pieces = requests.map((_, from) =>
  Array.from({ length: inFlight + 1 }, (_, count) =>
    Buffer.concat(Array.from({ length: count }, (_, n) => requests[(from + n) % CYCLE] as Uint8Array)),
  ),
);
const expected = Buffer.concat(
  Array.from({ length: CYCLE + inFlight + 1 }, (_, n) => answers[n % CYCLE] as Uint8Array),
);
const CYCLE_SIZE = CYCLE * RESPONSE.size;

let answered = 0;
/** Clients that have got an answer; the first may have waited until the server had a thread for it. */
let started = 0;

// With `onread`, bytes come into this one array and not through the layers of a stream.
const received = Buffer.alloc(64 * 1024);

function startClient(): void {
  /** Bytes of answers received: where in `expected` the next ones are. */
  let at = 0;
  let next = 0;
  let waiting = true;
  const socket = connect({
    host: "127.0.0.1",
    port,
    noDelay: true,
    onread: {
      buffer: received,
      callback: (size: number) => {
        if (received.compare(expected, at, at + size, 0, size) !== 0) fail("a wrong answer came");
        const before = Math.floor(at / RESPONSE.size);
        const whole = Math.floor((at + size) / RESPONSE.size) - before;
        at = (at + size) % CYCLE_SIZE;
        answered += whole;
        if (whole > 0) send(whole);
        if (waiting) started++;
        waiting = false;
        return true;
      },
    },
  });
  const send = (count: number) => {
    socket.write(pieces[next]?.[count] as Uint8Array);
    next = (next + count) % CYCLE;
  };
  socket.on("error", (error) => fail(error.message));
  socket.on("end", () => fail("the server closed a connection"));
  socket.once("connect", () => send(inFlight));
}

function fail(message: string): never {
  console.error(`load: ${message}`);
  process.exit(1);
}

for (let index = 0; index < clients; index++) startClient();
while (started < clients) await setTimeout(10);
await setTimeout(seconds * WARM_UP * 1000);

const startedAt = performance.now();
const ownCpu = process.cpuUsage();
const serverCpu = cpuSeconds(pid);
const answeredBefore = answered;
await setTimeout(seconds * 1000);
const { user, system } = process.cpuUsage(ownCpu);
const serverCpuAfter = cpuSeconds(pid);
const measured = (performance.now() - startedAt) / 1000;
const load: Load = {
  requests: answered - answeredBefore,
  seconds: measured,
  busy: (user + system) / 1e6 / measured,
  serverCpu: serverCpu !== undefined && serverCpuAfter !== undefined ? serverCpuAfter - serverCpu : undefined,
};
console.log(JSON.stringify(load));
process.exit(0);
