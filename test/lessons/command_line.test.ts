import { describe, expect, test } from "vitest";
import {
  brokerCommand,
  clientCommand,
  eventually,
  FakeServer,
  HAS_SIGNALS,
  LESSON_0,
  LESSON_1,
  LESSON_2,
  LESSON_3,
  listening,
  mapCommand,
  Peer,
  Program,
  Server,
  serverCommand,
  startServer,
} from "./harness.ts";
import { ask, readTest } from "./packets.ts";

const SERVER_FLAGS = [
  "--host",
  "--port",
  "--timeout",
  "--max-clients",
  "--threads",
  "--quiet",
  "--times",
  "--help",
];

const PROGRAMS = [
  { name: "lesson 0's server", command: serverCommand(LESSON_0), flags: [...SERVER_FLAGS, "--interval"] },
  {
    name: "lesson 0's client",
    command: clientCommand(LESSON_0),
    flags: ["--host", "--port", "--timeout", "--silent-after", "--times", "--help"],
  },
  { name: "lesson 1's server", command: serverCommand(LESSON_1), flags: SERVER_FLAGS },
  {
    name: "lesson 1's client",
    command: clientCommand(LESSON_1),
    flags: ["--host", "--port", "--timeout", "--interval", "--count", "--help"],
  },
  { name: "lesson 2's server", command: serverCommand(LESSON_2), flags: SERVER_FLAGS },
  {
    name: "lesson 2's client",
    command: clientCommand(LESSON_2),
    flags: ["--host", "--port", "--timeout", "--interval", "--count", "--deaf-after", "--map", "--help"],
  },
  {
    name: "lesson 2's map",
    command: mapCommand(),
    flags: ["--host", "--port", "--timeout", "--interval", "--http-port", "--help"],
  },
  {
    name: "lesson 3's server",
    command: serverCommand(LESSON_3),
    flags: [
      ...SERVER_FLAGS.filter((flag) => flag !== "--threads"),
      ...["--broker", "--name", "--server-timeout"],
    ],
  },
  {
    name: "lesson 3's client",
    command: clientCommand(LESSON_3),
    flags: ["--host", "--port", "--servers", "--timeout", "--interval", "--count", "--map", "--help"],
  },
  { name: "lesson 3's broker", command: brokerCommand(), flags: ["--host", "--port", "--help"] },
];

describe.each(PROGRAMS)("$name", ({ command, flags }) => {
  test("--help prints every flag on standard output and exits 0", async () => {
    const { code, stdout, stderr } = await new Program([...command, "--help"]).exit();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^usage: /);
    for (const flag of flags) expect(stdout).toMatch(new RegExp(`^ +(-h, )?${flag}\\b.* \\S`, "m"));
  });

  test("refuses a port that does not exist: one line, then usage, exit 2", async () => {
    const { code, stdout, stderr } = await new Program([...command, "--port", "65536"]).exit();
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    const [first, ...rest] = stderr.split("\n");
    expect(first).toMatch(/--port.*65535.*"65536"/);
    expect(rest.join("\n")).toMatch(/^usage: /m);
  });
});

// What is refused otherwise, the flags decide that all servers share, and test/src/command_line.test.ts tests it.
test.each([[["--prot", "9000"]], [["--timeout", "0"]], [["--max-clients", "none"]]])(
  "lesson 0's server refuses %j and says so on standard error",
  async (args) => {
    const { code, stdout, stderr } = await new Program([...serverCommand(LESSON_0), ...args]).exit();
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.split("\n")[0]).toContain(args[0]);
  },
);

test("a server says that its port is in use and what to try: one line, exit 1", async () => {
  const { port } = await FakeServer.start();
  const { code, stdout, stderr } = await new Program(serverCommand(LESSON_0, "--port", String(port))).exit();
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(new RegExp(`^.*\\b${port}\\b.*in use.*--port.*\\n$`));
});

test("a server says that --host is no address of this machine: one line, exit 1", async () => {
  // 192.0.2.1 is set aside for examples and belongs to no machine (RFC 5737).
  const server = new Program(serverCommand(LESSON_1, "--host", "192.0.2.1", "--port", "0"));
  const { code, stdout, stderr } = await server.exit();
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^.*192\.0\.2\.1.*\n$/);
  expect(stderr).not.toContain("undefined");
  expect(stderr).toContain("--host");
});

test("a server listens on 127.0.0.1 alone, and on --host when asked", async () => {
  const careful = await startServer(LESSON_0);
  expect(careful.host).toBe("127.0.0.1");

  const open = await startServer(LESSON_0, "--host", "0.0.0.0");
  expect(open.host).toBe("0.0.0.0");
  await readTest(await Peer.connect(open.port));
});

test.runIf(process.platform === "linux")(
  "nobody reaches a server that listens on another address",
  async () => {
    // Linux answers on all of 127.0.0.0/8.
    const server = await startServer(LESSON_1, "--host", "127.0.0.2");
    await expect(Peer.connect(server.port)).rejects.toThrow(/ECONNREFUSED/);
    const client = new Program(
      clientCommand(LESSON_1, "--host", "127.0.0.2", "--port", String(server.port), "SUMA", "2", "3"),
    );
    expect((await client.exit()).stdout).toBe("5\n");
  },
);

// What users type. The other tests start what npx and tsx would start, without the types, or the runtime that they are
// told to. Windows has no process groups: a server that npx started there could not be ended with all its processes.
test.skipIf(process.env["LESSON_SERVER_RUNTIME"] || !HAS_SIGNALS)(
  "npx tsx runs a server, its threads too, and Ctrl-C in the terminal leaves no process behind",
  async () => {
    // A process group of its own, as the shell gives each command it runs: Ctrl-C goes to all of the group.
    const typed = `npx tsx lessons/${LESSON_1}/server.ts --port 0 --threads`;
    const server = await listening(new Server(typed.split(" "), { detached: true }));
    const peer = await Peer.connect(server.port);
    expect(await ask(peer, "SUMA", 2, 3)).toEqual({ status: 0, result: 5 });
    process.kill(-server.pid, "SIGINT");
    expect((await server.exit()).stdout).toMatch(/stopping; 1 connected/);
    await peer.over;
    await eventually(
      () => !isRunning(-server.pid),
      () => "no process of the group is left",
    );
  },
);

test.skipIf(process.env["LESSON_CLIENT_RUNTIME"] || HAS_SIGNALS)(
  "npx tsx runs a client on Windows",
  async () => {
    const server = await startServer(LESSON_1);
    // There npx is a script of the shell's.
    const typed = `cmd /c npx tsx lessons/${LESSON_1}/client.ts --port ${server.port} SUMA 2 3`;
    expect(await new Program(typed.split(" ")).exit()).toMatchObject({ code: 0, stdout: "5\n" });
  },
);

test("a server does not stop because nobody reads its log any more", async () => {
  const server = await startServer(LESSON_1);
  server.stopReading();
  const peer = await Peer.connect(server.port);
  for (let asked = 0; asked < 20; asked++) {
    expect(await ask(peer, "SUMA", asked, 1)).toEqual({ status: 0, result: asked + 1 });
  }
  const later = await Peer.connect(server.port);
  expect(await ask(later, "SUMA", 2, 3)).toEqual({ status: 0, result: 5 });
  await server.stops();
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
