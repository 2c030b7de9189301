/** Mutants that may survive, each with the reason: nobody could see what they change, or only in how fast it is. */

/** A mutant, as the report shows it. */
export interface Justified {
  readonly file: string;
  readonly original: string;
  readonly replacement: string;
  readonly reason: string;
}

const COPIES = "only how often bytes are copied, which no test measures: the benchmarks do";
const SAME_TIMER = "only how often a timer is set anew, which no test measures: the benchmarks do";
const BOTH_FOR_BYTES =
  "bytes are shown only if both of its conditions are true, and each may be without the other";
const ONE_DIGIT = "the names of folders are sorted already, as long as each number has one digit";
const ONLY_TYPES = "only the type checker needs it: the value is always there";
const GOODBYE = "the operating system closes the connection of a process that ends, too";
const ONLY_NODE_20 = "it is false on Node 20; where it is true, npm run test:runtimes tests it";

export const JUSTIFIED: readonly Justified[] = [
  {
    file: "src/packets.ts",
    original: "format.slice(1).match(/\\d*\\D/g) ?? []",
    replacement: "format.slice(1).match(/\\d*\\D/g)",
    reason: ONLY_TYPES,
  },
  { file: "src/buffers.ts", original: "this.size === 0", replacement: "false", reason: COPIES },
  {
    file: "src/buffers.ts",
    original: "this.#end + chunk.length > this.#bytes.length",
    replacement: "true",
    reason: COPIES,
  },
  {
    file: "src/buffers.ts",
    original: "this.#end + chunk.length > this.#bytes.length",
    replacement: "this.#end + chunk.length >= this.#bytes.length",
    reason: COPIES,
  },
  { file: "src/buffers.ts", original: "this.#start > 0", replacement: "true", reason: COPIES },
  {
    file: "src/buffers.ts",
    original: "this.#start > 0",
    replacement: "this.#start >= 0",
    reason: COPIES,
  },
  { file: "src/buffers.ts", original: "size > this.#bytes.length", replacement: "true", reason: COPIES },
  {
    file: "src/buffers.ts",
    original: "size > this.#bytes.length",
    replacement: "size >= this.#bytes.length",
    reason: COPIES,
  },
  {
    file: "src/deadline.ts",
    original: "this.#timer && this.#timerDue <= this.#deadline",
    replacement: "false",
    reason: SAME_TIMER,
  },
  {
    file: "src/deadline.ts",
    original: "this.#timerDue <= this.#deadline",
    replacement: "this.#timerDue < this.#deadline",
    reason: SAME_TIMER,
  },
  {
    file: "src/deadline.ts",
    original: "!wake",
    replacement: "false",
    reason: "a timer that nobody waits for runs on until the last deadline, and then does nothing",
  },
  {
    file: "src/deadline.ts",
    original: "performance.now() < condition.#deadline",
    replacement: "performance.now() <= condition.#deadline",
    reason: "the clock does not show the same fraction of a microsecond twice",
  },
  {
    file: "src/connection.ts",
    original: "16 * 1024",
    replacement: "16 / 1024",
    reason: "every chunk ends the turn of a peer then: fairer, and slower",
  },
  {
    file: "src/connection.ts",
    original: "this.#unsent.size === 0",
    replacement: "true",
    reason: "only how often a connection stands in the list of those to flush: a second flush finds nothing",
  },
  {
    file: "src/connection.ts",
    original: "!this.#readable.isAwaited || chunk.length >= LARGE_CHUNK",
    replacement: "true",
    reason: "every chunk ends the turn of a peer then: fairer, and slower",
  },
  {
    file: "src/log.ts",
    original: "queue.length > QUEUE_LIMIT",
    replacement: "queue.length >= QUEUE_LIMIT",
    reason: "one line more or less in a queue of thousands",
  },
  {
    file: "src/program.ts",
    original: "performance.now() - (endingSince ?? 0) > SAME_CTRL_C",
    replacement: "performance.now() - (endingSince ?? 0) >= SAME_CTRL_C",
    reason: "the clock does not show exactly that fraction of a microsecond",
  },
  {
    file: "src/program.ts",
    original: "endingSince ?? 0",
    replacement: "endingSince",
    reason: "only the type checker needs it: a program that is ending has begun to",
  },
  {
    file: "src/threads.ts",
    original: "this.destroyed",
    replacement: "false",
    reason: "a stream that is destroyed takes no notice of what still comes",
  },
  {
    file: "src/threads.ts",
    original: "error",
    replacement: "true",
    reason: "it fails to send what no one would read: the stream is closing without an error, as it should",
  },
  {
    file: "src/threads.ts",
    original: "error.code ?? error.message",
    replacement: "error.code",
    reason: "only the type checker needs it: each error of these streams has a code",
  },
  {
    file: "src/threads.ts",
    original: 'typescript || "deno" in process.versions || "bun" in process.versions',
    replacement: 'typescript || "deno" in process.versions && "bun" in process.versions',
    reason: ONLY_NODE_20,
  },
  {
    file: "src/threads.ts",
    original: 'typescript || "deno" in process.versions',
    replacement: 'typescript && "deno" in process.versions',
    reason: ONLY_NODE_20,
  },
  {
    file: "src/wire.ts",
    original: 'FIELD_COLOURS[index % FIELD_COLOURS.length] ?? "cyan"',
    replacement: "FIELD_COLOURS[index % FIELD_COLOURS.length]",
    reason: "only the type checker needs it: there is a colour for each remainder",
  },
  {
    file: "src/server.ts",
    original: "noDelay: true",
    replacement: "false",
    reason: "only when small packets leave, which no test measures: the benchmarks do",
  },
  {
    file: "src/server.ts",
    original: "options.bytes",
    replacement: "true",
    reason: "only how fast it is: nobody is shown what this watcher sees",
  },
  {
    file: "src/connection.ts",
    original: "chunk.length >= LARGE_CHUNK",
    replacement: "chunk.length > LARGE_CHUNK",
    reason: "a chunk of exactly that size ends the turn of a peer or not: the next larger one does",
  },
  {
    file: "src/connection.ts",
    original: "this.#stream.isPaused()",
    replacement: "true",
    reason: "only how fast it is: a stream that is not paused goes on",
  },
  {
    file: "src/server.ts",
    original: '/^Max open files\\s+(\\d+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? []',
    replacement: '/^Max open files\\s+(\\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))',
    reason: "it throws where the system has no limit, and that is caught and means the same",
  },
  {
    file: "lessons/1_simple_math_server/server.ts",
    original: "await connection.write(RESPONSE.pack(STATUS.MALFORMED, Number.NaN), deadline)",
    replacement: "connection.write(RESPONSE.pack(STATUS.MALFORMED, Number.NaN), deadline)",
    reason: "the handler returns, and the server then sends what is still unsent, until the same deadline",
  },
  {
    file: "lessons/1_simple_math_server/client.ts",
    original: "await connection.close();",
    replacement: "nothing",
    reason: GOODBYE,
  },
  {
    file: "lessons/1_simple_math_server/client.ts",
    original: "await connection.close()",
    replacement: "connection.close()",
    reason: GOODBYE,
  },
  {
    file: "lessons/1_simple_math_server/client.ts",
    original: 'COMMANDS[randomInteger(0, COMMANDS.length - 1)] ?? "SUMA"',
    replacement: "COMMANDS[randomInteger(0, COMMANDS.length - 1)]",
    reason: ONLY_TYPES,
  },
  {
    file: "lessons/1_simple_math_server/client.ts",
    original: "COMMANDS.length - 1",
    replacement: "COMMANDS.length + 1",
    reason: "SUMA is then asked more often than the others, which no test counts",
  },
  {
    file: "lessons/1_simple_math_server/client.ts",
    original: "max - min + 1",
    replacement: "max - min - 1",
    reason: "the two largest values then never come, and a test would have to wait for them",
  },
  {
    file: "lessons/2_simple_broadcast_test/walker.ts",
    original: "me.resting > 0",
    replacement: "me.resting >= 0",
    reason: "it rests for one move more, which a random walk does now and then anyway",
  },
  {
    file: "lessons/2_simple_broadcast_test/screen.ts",
    original: "ids[0] ?? 0",
    replacement: "ids[0]",
    reason: ONLY_TYPES,
  },
  {
    file: "lessons/2_simple_broadcast_test/screen.ts",
    original: "places.get(id) ?? {}",
    replacement: "places.get(id)",
    reason: ONLY_TYPES,
  },
  {
    file: "lessons/2_simple_broadcast_test/screen.ts",
    original: "COLOURS[remainder(id - 1, COLOURS.length)] ?? 39",
    replacement: "COLOURS[remainder(id - 1, COLOURS.length)]",
    reason: ONLY_TYPES,
  },
  { file: "src/checks/command.ts", original: 'argv[at] ?? ""', replacement: "argv[at]", reason: ONLY_TYPES },
  {
    file: "src/errors.ts",
    original: "isUrl",
    replacement: "false",
    reason: "it makes no difference where the clone's path has no character that an address encodes",
  },
  { file: "src/errors.ts", original: 'after ?? ""', replacement: "after", reason: ONLY_TYPES },
  { file: "src/errors.ts", original: 'code ?? ""', replacement: "code", reason: ONLY_TYPES },
  {
    file: "src/page_server.ts",
    original: 'request.url ?? ""',
    replacement: "request.url",
    reason: ONLY_TYPES,
  },
  {
    file: "src/page_server.ts",
    original: 'TYPES[(file ?? name).split(".").at(-1) ?? ""] ?? ""',
    replacement: 'TYPES[(file ?? name).split(".").at(-1) ?? ""]',
    reason: ONLY_TYPES,
  },
  {
    file: "src/client.ts",
    original: "watcher",
    replacement: "true",
    reason: "a connection without a watcher does not differ from one that is told that it has none",
  },
  { file: "src/client.ts", original: "options.bytes", replacement: "true", reason: BOTH_FOR_BYTES },
  {
    file: "lessons/2_simple_broadcast_test/map.ts",
    original: "options.bytes",
    replacement: "true",
    reason: BOTH_FOR_BYTES,
  },
  {
    file: "lessons/2_simple_broadcast_test/map.ts",
    original: "await connection.write(PLACE.pack(x, y), deadlineIn(timeout))",
    replacement: "connection.write(PLACE.pack(x, y), deadlineIn(timeout))",
    reason: "four bytes every two seconds fill no buffer while a test waits",
  },
  {
    file: "lessons/lessons.ts",
    original: "([one], [other]) => Number(one) - Number(other)",
    replacement: "undefined",
    reason: ONE_DIGIT,
  },
  {
    file: "lessons/lessons.ts",
    original: "Number(one) - Number(other)",
    replacement: "Number(one) + Number(other)",
    reason: ONE_DIGIT,
  },
];
