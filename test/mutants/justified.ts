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
const LAST = "nothing follows it, and the process ends in it";
const RESTORED =
  "each runtime restores the terminal as it ends, too, and until then no test types into a terminal that a program has given back";
const REDRAWN = "only how often, or how much of, the same picture is drawn";
const ONLY_WINDOWS = "it is about Windows, which these tests do not run on";

/** Several mutants of one file that may survive for one reason. */
function justify(
  file: string,
  reason: string,
  mutants: readonly (readonly [original: string, replacement: string])[],
): Justified[] {
  return mutants.map(([original, replacement]) => ({ file, original, replacement, reason }));
}

const TERMINAL = "lessons/2_simple_broadcast_test/terminal.ts";

export const JUSTIFIED: readonly Justified[] = [
  ...justify(TERMINAL, ONLY_WINDOWS, [
    ["HAS_JOBS", "true"],
    ["!HAS_JOBS", "false"],
  ]),
  ...justify(TERMINAL, RESTORED, [
    ['process.on("exit", () => this.close());', "nothing"],
    ["() => this.close()", "undefined"],
    ['process.on("exit", close);', "nothing"],
    ["process.stdin.setRawMode(false)", "true"],
    ["process.stdin.setRawMode(false);", "nothing"],
    ["this.#closed", "false"],
    ["this.#closed", "true"],
    ["this.#closed = true", "false"],
    ["this.#closed = true;", "nothing"],
    ["!this.#closed", "true"],
    ["this.#keyboard.close();", "nothing"],
    ['process.off("SIGCONT", this.#wake);', "nothing"],
    ["process.stdin.isTTY", "false"],
    ["process.stdin.isTTY", "true"],
  ]),
  ...justify(TERMINAL, "only where no shell waits, as under a program that runs another", [
    ["setTimeout(this.#wake, 0);", "nothing"],
  ]),
  ...justify(TERMINAL, REDRAWN, [
    ["this.#drawing", "false"],
    ["this.#drawing = true", "false"],
    ["this.#drawing = true;", "nothing"],
    ["columns !== this.#size.columns || rows !== this.#size.rows", "true"],
    ["columns !== this.#size.columns", "columns === this.#size.columns"],
    ["rows !== this.#size.rows", "rows === this.#size.rows"],
    ["line !== this.#shown[row]", "true"],
    ["this.#shown = lines;", "nothing"],
    ['text !== ""', "true"],
  ]),
  ...justify("lessons/2_simple_broadcast_test/bus.ts", "any thread may answer a newcomer: only how many do", [
    ["isMainThread", "true"],
  ]),
  ...justify("lessons/2_simple_broadcast_test/client.ts", GOODBYE, [
    ["await connection.close()", "connection.close()"],
  ]),
  ...justify("lessons/2_simple_broadcast_test/map.ts", "only how often it asks", [
    ["await pause(ASK);", "nothing"],
    ["await pause(ASK)", "pause(ASK)"],
  ]),
  ...justify("lessons/start.ts", "only which colour a program's name has", [
    ["index === 0", "index !== 0"],
    ["index === 0", "true"],
    ["index === 0", "false"],
    ['COLOURS[(index - 1) % COLOURS.length] ?? "dim"', "COLOURS[(index - 1) % COLOURS.length]"],
    ["index - 1", "index + 1"],
  ]),
  ...justify(
    "lessons/start.ts",
    "only where the server ends within the moment in which the last client starts",
    [
      ["first && running.has(first.child)", "true"],
      ["first && running.has(first.child)", "first || running.has(first.child)"],
    ],
  ),
  ...justify(TERMINAL, ONLY_TYPES, [["key", "true"]]),
  ...justify("src/command_line.ts", ONLY_TYPES, [['rest[0] ?? "--"', "rest[0]"]]),
  ...justify("lessons/attack.ts", LAST, [
    ["await exit(verdict.survived ? 0 : 1)", "exit(verdict.survived ? 0 : 1)"],
  ]),
  ...justify("lessons/start.ts", LAST, [
    [
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the source of a template string.
      "await exit(1, `the ${first?.program.name} has ended, so the other programs were stopped too`)",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the source of a template string.
      "exit(1, `the ${first?.program.name} has ended, so the other programs were stopped too`)",
    ],
  ]),
  ...justify("src/packets.ts", ONLY_TYPES, [
    ["format.slice(1).match(/\\d*\\D/g) ?? []", "format.slice(1).match(/\\d*\\D/g)"],
  ]),
  ...justify("src/buffers.ts", COPIES, [
    ["this.size === 0", "false"],
    ["this.#end + chunk.length > this.#bytes.length", "true"],
    ["this.#end + chunk.length > this.#bytes.length", "this.#end + chunk.length >= this.#bytes.length"],
    ["this.#start > 0", "true"],
    ["this.#start > 0", "this.#start >= 0"],
    ["size > this.#bytes.length", "true"],
    ["size > this.#bytes.length", "size >= this.#bytes.length"],
  ]),
  ...justify("src/deadline.ts", SAME_TIMER, [
    ["this.#timer && this.#timerDue <= this.#deadline", "false"],
    ["this.#timerDue <= this.#deadline", "this.#timerDue < this.#deadline"],
  ]),
  ...justify(
    "src/deadline.ts",
    "a timer that nobody waits for runs on until the last deadline, and then does nothing",
    [["!wake", "false"]],
  ),
  ...justify("src/deadline.ts", "the clock does not show the same fraction of a microsecond twice", [
    ["performance.now() < condition.#deadline", "performance.now() <= condition.#deadline"],
  ]),
  ...justify("src/connection.ts", "every chunk ends the turn of a peer then: fairer, and slower", [
    ["16 * 1024", "16 / 1024"],
    ["!this.#readable.isAwaited || chunk.length >= LARGE_CHUNK", "true"],
  ]),
  ...justify(
    "src/connection.ts",
    "only how often a connection stands in the list of those to flush: a second flush finds nothing",
    [["this.#unsent.size === 0", "true"]],
  ),
  ...justify("src/log.ts", "one line more or less in a queue of thousands", [
    ["queue.length > QUEUE_LIMIT", "queue.length >= QUEUE_LIMIT"],
  ]),
  ...justify("src/program.ts", "the clock does not show exactly that fraction of a microsecond", [
    [
      "performance.now() - (endingSince ?? 0) > SAME_CTRL_C",
      "performance.now() - (endingSince ?? 0) >= SAME_CTRL_C",
    ],
  ]),
  ...justify("src/program.ts", "only the type checker needs it: a program that is ending has begun to", [
    ["endingSince ?? 0", "endingSince"],
  ]),
  ...justify("src/threads.ts", "a stream that is destroyed takes no notice of what still comes", [
    ["this.destroyed", "false"],
  ]),
  ...justify(
    "src/threads.ts",
    "it fails to send what no one would read: the stream is closing without an error, as it should",
    [["error", "true"]],
  ),
  ...justify("src/threads.ts", "only the type checker needs it: each error of these streams has a code", [
    ["error.code ?? error.message", "error.code"],
  ]),
  ...justify("src/threads.ts", ONLY_NODE_20, [
    [
      'typescript || "deno" in process.versions || "bun" in process.versions',
      'typescript || "deno" in process.versions && "bun" in process.versions',
    ],
    ['typescript || "deno" in process.versions', 'typescript && "deno" in process.versions'],
  ]),
  ...justify("src/wire.ts", "only the type checker needs it: there is a colour for each remainder", [
    ['FIELD_COLOURS[index % FIELD_COLOURS.length] ?? "cyan"', "FIELD_COLOURS[index % FIELD_COLOURS.length]"],
  ]),
  ...justify("src/server.ts", "only when small packets leave, which no test measures: the benchmarks do", [
    ["noDelay: true", "false"],
  ]),
  ...justify("src/server.ts", "only how fast it is: nobody is shown what this watcher sees", [
    ["options.bytes", "true"],
  ]),
  ...justify(
    "src/connection.ts",
    "a chunk of exactly that size ends the turn of a peer or not: the next larger one does",
    [["chunk.length >= LARGE_CHUNK", "chunk.length > LARGE_CHUNK"]],
  ),
  ...justify("src/connection.ts", "only how fast it is: a stream that is not paused goes on", [
    ["this.#stream.isPaused()", "true"],
  ]),
  ...justify(
    "src/server.ts",
    "it throws where the system has no limit, and that is caught and means the same",
    [
      [
        '/^Max open files\\s+(\\d+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? []',
        '/^Max open files\\s+(\\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))',
      ],
    ],
  ),
  ...justify(
    "lessons/1_simple_math_server/server.ts",
    "the handler returns, and the server then sends what is still unsent, until the same deadline",
    [
      [
        "await connection.write(RESPONSE.pack(STATUS.MALFORMED, Number.NaN), deadline)",
        "connection.write(RESPONSE.pack(STATUS.MALFORMED, Number.NaN), deadline)",
      ],
    ],
  ),
  ...justify("lessons/1_simple_math_server/client.ts", GOODBYE, [
    ["await connection.close();", "nothing"],
    ["await connection.close()", "connection.close()"],
  ]),
  ...justify("lessons/1_simple_math_server/client.ts", ONLY_TYPES, [
    [
      'COMMANDS[randomInteger(0, COMMANDS.length - 1)] ?? "SUMA"',
      "COMMANDS[randomInteger(0, COMMANDS.length - 1)]",
    ],
  ]),
  ...justify(
    "lessons/1_simple_math_server/client.ts",
    "SUMA is then asked more often than the others, which no test counts",
    [["COMMANDS.length - 1", "COMMANDS.length + 1"]],
  ),
  ...justify(
    "lessons/1_simple_math_server/client.ts",
    "the two largest values then never come, and a test would have to wait for them",
    [["max - min + 1", "max - min - 1"]],
  ),
  ...justify(
    "lessons/2_simple_broadcast_test/walker.ts",
    "it rests for one move more, which a random walk does now and then anyway",
    [["me.resting > 0", "me.resting >= 0"]],
  ),
  ...justify("lessons/2_simple_broadcast_test/screen.ts", ONLY_TYPES, [
    ["ids[0] ?? 0", "ids[0]"],
    ["places.get(id) ?? {}", "places.get(id)"],
    ["COLOURS[remainder(id - 1, COLOURS.length)] ?? 39", "COLOURS[remainder(id - 1, COLOURS.length)]"],
  ]),
  ...justify("src/checks/command.ts", ONLY_TYPES, [['argv[at] ?? ""', "argv[at]"]]),
  ...justify(
    "src/errors.ts",
    "it makes no difference where the clone's path has no character that an address encodes",
    [["isUrl", "false"]],
  ),
  ...justify("src/errors.ts", ONLY_TYPES, [
    ['after ?? ""', "after"],
    ['code ?? ""', "code"],
  ]),
  ...justify("src/page_server.ts", ONLY_TYPES, [
    ['request.url ?? ""', "request.url"],
    ['TYPES[(file ?? name).split(".").at(-1) ?? ""] ?? ""', 'TYPES[(file ?? name).split(".").at(-1) ?? ""]'],
  ]),
  ...justify(
    "src/client.ts",
    "a connection without a watcher does not differ from one that is told that it has none",
    [["watcher", "true"]],
  ),
  ...justify("src/client.ts", BOTH_FOR_BYTES, [["options.bytes", "true"]]),
  ...justify("lessons/2_simple_broadcast_test/map.ts", BOTH_FOR_BYTES, [["options.bytes", "true"]]),
  ...justify(
    "lessons/2_simple_broadcast_test/map.ts",
    "four bytes every two seconds fill no buffer while a test waits",
    [
      [
        "await connection.write(PLACE.pack(x, y), deadlineIn(timeout))",
        "connection.write(PLACE.pack(x, y), deadlineIn(timeout))",
      ],
    ],
  ),
  ...justify("lessons/lessons.ts", ONE_DIGIT, [
    ["([one], [other]) => Number(one) - Number(other)", "undefined"],
    ["Number(one) - Number(other)", "Number(one) + Number(other)"],
  ]),
];
