/** A load balancer in front of two servers: with HAProxy, where it is installed. */

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { closedPort, eventually, LESSON_3, Program, ROOT, type Server, startClient } from "../harness.ts";
import { NOWHERE } from "../packets.ts";
import { Walker } from "../walker.ts";
import { installed, startAedes, startMember, startRoom } from "./cluster.ts";

const HAPROXY = installed("haproxy");
const SKIPPED = HAPROXY === undefined ? " (SKIPPED: no haproxy on this machine)" : "";
if (SKIPPED) console.warn(`The tests with a load balancer are skipped:${SKIPPED}`);

interface LoadBalancer {
  readonly port: number;
  /** Gives it a command. Returns what it says. */
  tell(command: string): Promise<string>;
}

/** Starts HAProxy as the lesson's configuration has it, but with other ports. */
async function startHaproxy(a: number, b: number): Promise<LoadBalancer> {
  const port = await closedPort();
  const folder = mkdtempSync(join(tmpdir(), "haproxy-"));
  const [file, socket] = [join(folder, "haproxy.cfg"), join(folder, "haproxy.sock")];
  const lesson = readFileSync(`${ROOT}lessons/${LESSON_3}/haproxy.cfg`, "utf8");
  const ports: Record<string, number> = { 9000: port, 9003: a, 9013: b };
  const settings = lesson
    .replace("haproxy.sock", socket)
    .replace(/127\.0\.0\.1:(\d+)/g, (_, before: string) => `127.0.0.1:${ports[before]}`);
  writeFileSync(file, settings);
  const program = new Program([HAPROXY ?? "", "-f", file]);

  const tell = async (command: string) => {
    const connection = connect(socket);
    connection.end(`${command}\n`);
    return text(connection);
  };
  const answer = () => tell("show info").catch(() => "");
  let isUp = false;
  await eventually(
    () => {
      void answer().then((info) => {
        isUp ||= info.includes("HAProxy");
      });
      return isUp;
    },
    () => `HAProxy runs; ${program.stderr}`,
  );
  return { port, tell };
}

/** Which of the servers a client is on: the one whose log names its id. */
async function serverOf(servers: Server[], id: number): Promise<Server> {
  const find = () => servers.find(({ stdout }) => stdout.includes(`client ${id} connected`));
  await eventually(
    () => find() !== undefined,
    () => `a server's log names client ${id}`,
  );
  return find() as Server;
}

describe.skipIf(SKIPPED !== "")(`behind HAProxy${SKIPPED}`, () => {
  test("clients are spread over the servers and share the room, and a killed server's come back on the other", async () => {
    const { url } = await startAedes();
    const servers = await startRoom(url, ["A", "B"]);
    const [a, b] = servers as [Server, Server];
    const { port } = await startHaproxy(a.port, b.port);
    const walkers = [await Walker.join({ port }), await Walker.join({ port })];
    const [one, two] = walkers as [Walker, Walker];
    const ofOne = await serverOf(servers, one.self);
    const ofTwo = await serverOf(servers, two.self);
    expect(new Set([ofOne, ofTwo])).toEqual(new Set([a, b]));
    await one.moves(5, 5);
    await two.hears(one.self, 5, 5);

    const client = startClient(LESSON_3, port, "--interval", "100");
    const [, id] = await client.line(/as client (\d+), at/);
    const killed = await serverOf(servers, Number(id));
    const [, survivor] = killed === ofOne ? [one, two] : [two, one];
    await survivor.knows((map) => map.has(Number(id)));
    await killed.exit("SIGKILL");
    await survivor.hears(Number(id), NOWHERE, NOWHERE);
    // It knows one address, and the load balancer finds it another server.
    const [, back] = await client.when("a second connection", () => {
      const found = client.lines
        .map((line) => /as client (\d+), at/.exec(line))
        .filter((match) => match !== null);
      return found.length > 1 ? (found.at(-1) ?? undefined) : undefined;
    });
    await survivor.knows((map) => map.has(Number(back)));
    expect(await serverOf(servers, Number(back))).not.toBe(killed);
  });

  test("a server that is drained keeps its clients and gets no others, and can be replaced by a new version", async () => {
    const { url } = await startAedes();
    const [a, b] = (await startRoom(url, ["A", "B"])) as [Server, Server];
    const { port, tell } = await startHaproxy(a.port, b.port);
    const one = await Walker.join({ port });
    const two = await Walker.join({ port });
    const [stays, other] = (await serverOf([a, b], one.self)) === a ? [one, two] : [two, one];

    await tell("set server servers/A state drain");
    const more = [await Walker.join({ port }), await Walker.join({ port }), await Walker.join({ port })];
    for (const walker of more) expect(await serverOf([a, b], walker.self)).toBe(b);
    await stays.moves(9, 9);
    await other.hears(stays.self, 9, 9);

    await a.stops();
    await other.hears(stays.self, NOWHERE, NOWHERE);
    const a2 = await startMember(url, "A2", "--port", String(a.port));
    await b.line(/^server A2 is here/);
    await tell("set server servers/A state ready");
    const newcomer = await Walker.join({ port });
    await other.knows((map) => map.has(newcomer.self));
    expect(await serverOf([a2, b], newcomer.self)).toBe(a2);
  });
});
