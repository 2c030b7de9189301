/** The map for a browser, without one: what the page's files and its events are, and who may have them. */

import { once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage, request } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { createInterface, type Interface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import {
  closedPort,
  FakeServer,
  HAS_SIGNALS,
  LESSON_2,
  mapCommand,
  Peer,
  Program,
  startServer,
} from "../harness.ts";
import { place, positionsIn } from "../packets.ts";

/** A map that looks at a server, on any free port. */
async function startMap(port: number, ...flags: string[]): Promise<{ map: Program; page: number }> {
  const map = new Program(
    mapCommand("--port", String(port), "--http-port", "0", "--interval", "50", ...flags),
  );
  const [, page] = await map.line(/^the map is at http:\/\/127\.0\.0\.1:(\d+)\/$/);
  expect(map.lines[0]).toBe(`listening on 127.0.0.1:${page}`);
  return { map, page: Number(page) };
}

async function get(port: number, path: string, headers: Record<string, string> = {}, method = "GET") {
  const asked = request({ host: "127.0.0.1", port, path, headers, method, agent: false }).end();
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  onTestFinished(() => void response.destroy());
  return response;
}

/** The events of a page, one by one. */
class Events {
  readonly #lines: AsyncIterator<string>;

  constructor(lines: Interface) {
    this.#lines = lines[Symbol.asyncIterator]();
  }

  static async open(port: number): Promise<Events> {
    const response = await get(port, "/events");
    expect(response.headers["content-type"]).toBe("text/event-stream");
    return new Events(createInterface(response));
  }

  /** Reads until an event's data matches. */
  async until(pattern: RegExp): Promise<string> {
    for (;;) {
      const { value = "", done } = await this.#lines.next();
      if (done) throw new Error(`the events ended before ${pattern}`);
      if (!value.startsWith("data: ")) continue;
      expect(JSON.parse(value.slice("data: ".length)), "an event has something to say").toBeTypeOf("object");
      if (pattern.test(value)) return value;
    }
  }
}

test("the page loads nothing from elsewhere, and may run nothing but its own files", async () => {
  const { page } = await startMap(await closedPort());
  const html = await get(page, "/");
  expect(html.statusCode).toBe(200);
  expect(html.headers["content-security-policy"]).toMatch(
    /^default-src 'none'; script-src 'self'; style-src 'self'/,
  );
  expect(html.headers["content-security-policy"]).not.toMatch(/unsafe|\*|https?:/);
  expect(html.headers["x-content-type-options"]).toBe("nosniff");
  const text = (await html.toArray()).join("");
  const files = [...text.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, file]) => file ?? "");
  expect(files.length).toBeGreaterThan(1);
  for (const file of files)
    expect((await get(page, new URL(file, "http://x/").pathname)).statusCode, file).toBe(200);
  expect((await get(page, "/map.ts")).statusCode).toBe(404);
  expect((await get(page, "/../map.ts")).statusCode).toBe(404);
  expect((await get(page, "/constructor")).statusCode).toBe(404);
  expect((await get(page, "/", {}, "POST")).statusCode).toBe(405);
});

test("a stranger's site gets nothing", async () => {
  const { page } = await startMap(await closedPort());
  expect((await get(page, "/", { host: "evil.example" })).statusCode).toBe(403);
  expect((await get(page, "/events", { host: `evil.example:${page}` })).statusCode).toBe(403);
  expect((await get(page, "/events", { "sec-fetch-site": "cross-site" })).statusCode).toBe(403);
});

test("tells a page who is there, who moves and who leaves", async () => {
  const server = await startServer(LESSON_2);
  const walker = await Peer.connect(server.port);
  walker.send(place(12, 7));
  const [own, moved] = positionsIn(await walker.read(16));
  expect(moved).toEqual({ id: own?.id, x: 12, y: 7 });
  const { page } = await startMap(server.port);
  const events = await Events.open(page);
  await events.until(/12,7/);
  walker.send(place(-32768, 32767));
  await events.until(/-32768,32767/);
  walker.end();
  await events.until(new RegExp(`"left":\\[${own?.id}\\]`));
});

test("is a client that is not closed for its silence: it repeats where it stands", async () => {
  const server = await startServer(LESSON_2, "--timeout", "3000");
  await startMap(server.port);
  const [, id] = await server.line(/^client (\d+) connected/);
  const peer = await Peer.connect(server.port);
  const places = new Set<string>();
  for (let told = 0; told < 80; ) {
    const [position] = positionsIn(await peer.read(8));
    if (position?.id !== Number(id)) continue;
    told++;
    places.add(`${position.x} ${position.y}`);
    peer.send(place(1, 1)); // it must not be silent either
  }
  expect(places.size).toBe(1);
  expect(server.lines.filter((line) => line.startsWith(`client ${id} left`))).toEqual([]);
});

test("asks the server what waits for whom, and forgets it when nobody answers", async () => {
  const server = await startServer(LESSON_2);
  const answer = JSON.stringify({ clients: [{ id: 1, positions: 3, sending: 40 }] });
  const status = createHttpServer((_, response) => response.setHeader("connection", "close").end(answer));
  await once(status.listen(0, "127.0.0.1"), "listening");
  const { port } = status.address() as AddressInfo;
  const { page } = await startMap(server.port, "--status-port", String(port));
  const events = await Events.open(page);
  await events.until(/"waiting":\[\[1,3,40\]\]/);
  status.close();
  await events.until(/"waiting":null/);
});

test("survives the server's end, says so, and comes back with it", async () => {
  const first = await startServer(LESSON_2);
  const { map, page } = await startMap(first.port);
  await map.line(/^connected to /);
  const events = await Events.open(page);
  await first.stops();
  await map.line(/^connection lost.* Trying again\.$/);
  await events.until(/"connected":false/);

  const again = createServer();
  await once(again.listen(first.port, "127.0.0.1"), "listening");
  const server = new FakeServer(again);
  const peer = await server.accept();
  const start = Buffer.alloc(8);
  start.writeInt32LE(77, 0);
  peer.send(start);
  await map.line(/^connected to .* as client 77$/);
  await events.until(/"connected":true,"self":77,"places":\[\[77,0,0\]\]/);
});

test("says that its port is in use, and what to try: one line, exit 1", async () => {
  const { port } = await FakeServer.start();
  const { code, stdout, stderr } = await new Program(mapCommand("--http-port", String(port))).exit();
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(new RegExp(`^port ${port} is in use.*--http-port\\.\\n$`));
});

test("a server that makes up ids and places changes nothing but numbers, and Ctrl-C ends the map", async () => {
  const server = await FakeServer.start();
  const { map, page } = await startMap(server.port);
  const peer = await server.accept();
  const rubbish = Buffer.from("0100000005000500" + "ffffffff00800000" + "00000080ff7fff7f", "hex");
  peer.send(rubbish);
  await map.line(/^connected to .* as client 1$/);
  const events = await Events.open(page);
  await events.until(/\[1,5,5\],\[-1,-32768,0\],\[-2147483648,32767,32767\]/);
  const { stdout } = await map.stops("SIGINT");
  if (HAS_SIGNALS) expect(stdout).toMatch(/closing the connection\n$/);
});
