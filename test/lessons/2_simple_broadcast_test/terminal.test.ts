import process from "node:process";
import { expect, test } from "vitest";
import { PYTHON } from "../../python.ts";
import {
  clientCommand,
  closedPort,
  FakeServer,
  LESSON_2,
  LESSON_3,
  type Lesson,
  type Peer,
  startClient,
  twoServers,
} from "../harness.ts";
import { NOWHERE } from "../packets.ts";
import { type Screen, Terminal } from "./terminal.ts";

/** Python's pseudo-terminals are those of Unix. */
const inTerminal = test.skipIf(process.platform === "win32" || PYTHON === undefined);

/** Deno has to ask for each environment variable, and on a terminal it would ask the person there. */
const commandOf = (lesson: Lesson, ...flags: string[]) =>
  clientCommand(lesson, ...flags).flatMap((word) =>
    word === "run" && onDeno ? [word, "--allow-env"] : [word],
  );
const command = (...flags: string[]) => commandOf(LESSON_2, ...flags);
const onDeno = (process.env["LESSON_CLIENT_RUNTIME"] ?? "").includes("deno");

function position(id: number, x: number, y: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeInt32LE(id, 0);
  bytes.writeInt16LE(x, 4);
  bytes.writeInt16LE(y, 6);
  return bytes;
}

async function place(peer: Peer): Promise<[x: number, y: number]> {
  const bytes = await peer.read(4);
  return [bytes.readInt16LE(0), bytes.readInt16LE(2)];
}

/** So long that it does not walk while a test runs. */
const STANDING = ["--interval", "600000"];

/** A client with a map, which is client 3 at 10 5, and what the server sees of it. */
async function open(flags = STANDING, size = {}) {
  const server = await FakeServer.start();
  const terminal = new Terminal(command("--port", `${server.port}`, "--map", ...flags), size);
  const peer = await server.accept();
  peer.send(position(3, 10, 5));
  return { terminal, peer };
}

const has = (text: string) => (screen: Screen) => screen.lines.join("\n").includes(text);

/** The column and row of a place: around the room there is a frame. */
const at = (screen: Screen, x: number, y: number) => screen.lines[y + 1]?.[x + 1];

inTerminal("draws everyone where they are, marks this client, and takes away whoever has left", async () => {
  const { terminal, peer } = await open();
  peer.send(Buffer.concat([position(1, 0, 0), position(2, 59, 19)]));
  const first = await terminal.shows("three clients", has("3 clients"));
  expect(first).toMatchObject({ isAlternate: true, hasCursor: false });
  expect([at(first, 0, 0), at(first, 59, 19), at(first, 10, 5)]).toEqual(["A", "B", "C"]);
  // This client is marked in the room and in the list, even without colours.
  expect(first.lines.at(-1)).toContain("You are C, client 3.");
  expect(first.inverted).toEqual([
    [63, 1],
    [11, 6],
  ]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences for colours and their kin.
  expect(new Set(terminal.stdout.match(/\x1b\[[\d;]*m/g))).toEqual(new Set(["\x1b[7m", "\x1b[0m"]));

  // Below the room stands who has come, however often they move.
  peer.send(position(1, 1, 0));
  const moved = await terminal.shows("a move", (screen) => at(screen, 1, 0) === "A");
  expect(has("client 2 is here")(moved), moved.lines.join("\n")).toBe(true);

  peer.send(position(2, NOWHERE, NOWHERE));
  const second = await terminal.shows("that one has left", has("client 2 has left"));
  expect(second.lines[0]).toContain("2 clients");
  expect([at(second, 0, 0), at(second, 1, 0), at(second, 59, 19)]).toEqual([" ", "A", " "]);
});

inTerminal("moves this client by the arrow keys, at once and inside the room", async () => {
  const { terminal, peer } = await open();
  await terminal.shows("the room", has("You are C"));
  terminal.press("right", "right", "down", "left", "up", "up");
  const places = [];
  for (let count = 0; count < 6; count++) places.push(await place(peer));
  expect(places).toEqual([
    [11, 5],
    [12, 5],
    [12, 6],
    [11, 6],
    [11, 5],
    [11, 4],
  ]);
  // It is drawn where the server says that it is, and nowhere else.
  peer.send(position(3, 11, 4));
  await terminal.shows("the move", (screen) => at(screen, 11, 4) === "C" && at(screen, 10, 5) === " ");

  terminal.press("up", "up", "up", "up", "up");
  for (let count = 0; count < 4; count++) await place(peer);
  expect(await place(peer)).toEqual([11, 0]);
});

inTerminal(
  "stays where the keys have put it for a while, says so to the server, and then walks on",
  async () => {
    const { terminal, peer } = await open(["--interval", "10"]);
    await terminal.shows("the room", has("You are C"));
    terminal.press("right", "left");
    let steered = await place(peer);
    let repeated = 0;
    // The random walk may well have stood still for a move or two, but not for fifteen.
    while (repeated < 14) {
      const next = await place(peer);
      repeated = `${next}` === `${steered}` ? repeated + 1 : 0;
      steered = next;
    }
    let walked = await place(peer);
    while (`${walked}` === `${steered}`) walked = await place(peer);
  },
);

inTerminal(
  "shows a part of the room around this client where it does not fit, and follows a resize",
  async () => {
    const { terminal, peer } = await open(STANDING, { columns: 42, rows: 10 });
    peer.send(Buffer.concat([position(1, 59, 19), position(2, 300, -5)]));
    const small = await terminal.shows("three clients", has("3 clients"));
    expect(small.lines).toHaveLength(10);
    expect(small.lines[0]).toMatch(/^┌┄+B 3 clients/);
    expect(small.lines[7]).toMatch(/^└┄+A/);

    terminal.resize(100, 40);
    const large = await terminal.shows("the whole room", (screen) => at(screen, 10, 5) === "C");
    // Whoever is outside the room stands on its frame.
    expect(at(large, 60, -1)).toBe("B");
    expect(at(large, 59, 19)).toBe("A");

    // What is outside a smaller terminal is gone, whichever side of it has moved.
    terminal.resize(90, 40);
    await terminal.shows(
      "90 columns",
      ({ lines }) => lines.length === 40 && lines.every((l) => l.length <= 90),
    );
    terminal.resize(90, 30);
    await terminal.shows("30 rows", ({ lines }) => lines.length === 30 && lines.every((l) => l.length <= 90));

    terminal.resize(15, 3);
    await terminal.shows("that it is too small", (screen) =>
      screen.lines.join("\n").includes("too small for"),
    );
  },
);

const ENDS: [string, (terminal: Terminal, peer: Peer) => unknown, number, RegExp][] = [
  ["Ctrl-C", (terminal) => terminal.press("Ctrl-C"), 0, /closing the connection/],
  ["q", (terminal) => terminal.press("q"), 0, /closing the connection/],
  ["SIGTERM", (terminal) => process.kill(terminal.pid, "SIGTERM"), 0, /closing the connection/],
  ["the server's end", (_, peer) => peer.end(), 1, /connection lost: the peer closed/],
  ["a reset", (_, peer) => peer.reset(), 1, /connection lost/],
];

inTerminal.each(ENDS)("gives the terminal back as it was after %s", async (_, end, code, says) => {
  const { terminal, peer } = await open();
  await terminal.shows("the room", has("You are C"));
  end(terminal, peer);
  const ended = await terminal.exit();
  expect(ended).toMatchObject({ code, stderr: "as before\n" });
  const { screen, stdout } = terminal;
  expect(screen).toMatchObject({ isAlternate: false, hasCursor: true });
  // Left once: leaving it again would put the cursor back over the last lines.
  expect(stdout.split("\x1b[?1049l")).toHaveLength(2);
  // The old screen, with what happened before and after the map, and nothing of it.
  expect(screen.lines[0]).toMatch(/^connected to 127\.0\.0\.1:\d+ as client 3, at 10 5 *$/);
  // Deno calls the listeners of a signal in the order in which they came, so there this is said on the map.
  if (onDeno && end.toString().includes("SIGTERM")) return;
  expect(screen.lines[1]).toMatch(says);
  expect(screen.lines).toHaveLength(2);
});

// Deno lets a program stop its group only with --allow-run, and the guides don't ask for that.
const whereAllowed = test.skipIf(process.platform === "win32" || PYTHON === undefined || onDeno);
whereAllowed("gives the terminal to the shell on Ctrl-Z, and takes it again on fg", async () => {
  const { terminal, peer } = await open();
  await terminal.shows("the room", has("You are C"));
  terminal.press("Ctrl-Z");
  const shell = await terminal.shows("the shell", has("stopped"));
  expect(shell).toMatchObject({ isAlternate: false, hasCursor: true });

  terminal.order("fg");
  const again = await terminal.shows("the room again", has("You are C"));
  expect(again).toMatchObject({ isAlternate: true, hasCursor: false });
  terminal.press("right");
  expect(await place(peer)).toEqual([11, 5]);
  terminal.press("q");
  expect(await terminal.exit()).toMatchObject({ code: 0, stderr: "as before\n" });
});

inTerminal("draws everything again and takes keys after it was stopped from outside", async () => {
  const { terminal, peer } = await open();
  await terminal.shows("the room", has("You are C"));
  terminal.order("stop");
  await terminal.shows("what the shell wrote over it", has("stopped"));

  terminal.order("fg");
  const again = await terminal.shows("nothing of the shell", (screen) => !has("stopped")(screen));
  expect(again.lines.at(-1)).toContain("You are C, client 3.");
  terminal.press("right");
  expect(await place(peer)).toEqual([11, 5]);
  terminal.press("Ctrl-C");
  expect(await terminal.exit()).toMatchObject({ code: 0, stderr: "as before\n" });
});

inTerminal("prints lines in a terminal, too, unless a map is asked for", async () => {
  const server = await FakeServer.start();
  const terminal = new Terminal(command("--port", `${server.port}`, ...STANDING));
  (await server.accept()).send(Buffer.concat([position(3, 10, 5), position(1, 0, 0)]));
  await terminal.shows("a line", has("client 1 is at 0 0"));
  expect(terminal.screen.isAlternate).toBe(false);
});

inTerminal("draws the map although its input is no terminal", async () => {
  const server = await FakeServer.start();
  const words = command("--port", `${server.port}`, "--map", ...STANDING);
  const terminal = new Terminal(["sh", "-c", 'exec "$@" < /dev/null', "sh", ...words]);
  const peer = await server.accept();
  peer.send(position(3, 10, 5));
  await terminal.shows("the room", has("You are C"));
  peer.end();
  expect(await terminal.exit()).toMatchObject({ code: 1, stderr: "as before\n" });
});

inTerminal("empties the map when lesson 3's client goes to another server", async () => {
  const { addresses, accepted } = await twoServers();
  const terminal = new Terminal(commandOf(LESSON_3, "--servers", addresses, "--map", ...STANDING));
  const { first, other } = await accepted;
  first.send(Buffer.concat([position(3, 10, 5), position(1, 0, 0)]));
  await terminal.shows("the room of the first server", has("2 clients"));
  first.end();
  await terminal.shows("that it is lost", has("trying again"));
  terminal.press("left"); // there is no server to tell

  // Nobody else is in the second room, so nothing more is sent.
  (await other).send(position(9, 1, 1));
  const room = await terminal.shows("the room of the second", has("client 9."));
  expect(room.lines[0]).toContain("1 client ");
  expect(at(room, 0, 0)).toBe(" ");
  terminal.press("q");
  expect(await terminal.exit()).toMatchObject({ code: 0, stderr: "as before\n" });
});

inTerminal("colours the letters where NO_COLOR is not set", async () => {
  const server = await FakeServer.start();
  const terminal = new Terminal(["env", "-u", "NO_COLOR", ...command("--port", `${server.port}`, "--map")]);
  (await server.accept()).send(Buffer.concat([position(1, 10, 5), position(2, 0, 0)]));
  await terminal.shows("two clients", has("2 clients"));
  expect(terminal.stdout).toContain("\x1b[7;1;32mA");
  expect(terminal.stdout).toContain("\x1b[1;35mB");
});

test("prints lines where there is no terminal, and says so", async () => {
  const server = await FakeServer.start();
  const client = startClient(LESSON_2, server.port, "--map", ...STANDING);
  (await server.accept()).send(Buffer.concat([position(3, 10, 5), position(1, 0, 0)]));
  await client.line(/no terminal/);
  await client.line(/^client 1 is at 0 0$/);
  expect(client.stdout).not.toContain("\x1b");
});

inTerminal("says that no server is there without touching the terminal", async () => {
  const terminal = new Terminal(command("--port", `${await closedPort()}`, "--map"));
  expect(await terminal.exit()).toMatchObject({ code: 1, stderr: "as before\n" });
  expect(terminal.screen.lines.join("\n")).toMatch(/^connection refused.*--port\.$/);
  expect(terminal.stdout).not.toContain("\x1b[?");
});
