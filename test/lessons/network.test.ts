/** `npm run network`, between a client and a server that know nothing of it. */

import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  closedPort,
  eventually,
  LESSON_1,
  memoryOf,
  serverRuntime,
  startClient,
  startServer,
} from "./harness.ts";
import { ask, request, response } from "./packets.ts";
import { between, chunksOf, Far, near, program, startNetwork } from "./relayed.ts";

/** Whether the relay can see what a receiver hasn't read yet: on Linux, where the runtime lets it read that file. */
const CAN_SEE_QUEUES = process.platform === "linux" && !serverRuntime.includes("deno");

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "network-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function recipe(...lines: string[]): string {
  const file = join(folder, `${lines.join(" ").replace(/\W+/g, "_").slice(0, 60)}.recipe`);
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}

describe("without a recipe", () => {
  test("lets lesson 1's programs talk, and shows what arrives and what leaves, with the lesson's fields", async () => {
    const server = await startServer(LESSON_1);
    const network = await startNetwork("1", server.port);
    const client = startClient(LESSON_1, network.port, "SUMA", "2", "3");
    expect((await client.exit()).stdout).toBe("5\n");
    await network.program.line(
      /^in {2}client 1 → 04 00 00 00 │ 02 00 │ 03 00 │ 53 55 4D 41 +request: SUMA 2 3$/,
    );
    await network.program.line(
      /^out client 1 → 04 00 00 00 │ 02 00 │ 03 00 │ 53 55 4D 41 +request: SUMA 2 3$/,
    );
    await network.program.line(/^in {2}client 1 ← 00 00 00 00 │ 00 00 00 00 00 00 14 40 +response: ok, 5$/);
    await network.program.line(/^out client 1 ← 00 00 00 00 │ 00 00 00 00 00 00 14 40 +response: ok, 5$/);
    await network.program.line(/^out client 1 → FIN$/);
    await network.program.line(/^client 1: both sides are closed$/);
    await network.program.stops();
  });

  test("passes a FIN on as a FIN, and the other half stays open", async () => {
    const { client, server } = await between();
    client.end(request("SUMA", 2, 3));
    expect(await server.rest()).toEqual(request("SUMA", 2, 3));
    server.send(response(0, 5));
    expect(await client.read(12)).toEqual(response(0, 5));
    server.end();
    expect(await client.over).toBe("closed");
  });

  test("passes a RST on as a RST, either way", async () => {
    const one = await between();
    one.client.reset();
    expect(await one.server.over).toBe("reset");
    const other = await between();
    other.server.reset();
    expect(await other.client.over).toBe("reset");
  });

  test("carries three megabytes each way, unchanged", async () => {
    const { client, server } = await between("--no-page");
    const bytes = Buffer.from(
      Array.from({ length: 3_000_000 }, (_, index) => (index * 31 + (index >> 8)) & 0xff),
    );
    client.end(bytes);
    server.end(bytes);
    expect((await server.rest()).equals(bytes)).toBe(true);
    expect((await client.rest()).equals(bytes)).toBe(true);
  });

  test("carries sixty connections at once, and turns the sixty-fifth away", async () => {
    const far = await Far.listen();
    const network = await startNetwork("1", far.port);
    const clients = await Promise.all(Array.from({ length: 60 }, () => near(network.port)));
    for (const [index, client] of clients.entries()) client.send(Buffer.from(`client ${index}`));
    const texts: string[] = [];
    for (const _ of clients) texts.push((await (await far.accept()).read(8)).toString());
    expect(new Set(texts.map((text) => text.slice(0, 7)))).toEqual(new Set(["client "]));
    for (let count = 61; count <= 64; count++) await near(network.port);
    const late = await near(network.port);
    expect(await late.rest()).toHaveLength(0);
    await network.program.line(/^turned away 127\.0\.0\.1:\d+: too many connections$/);
  });

  test("says that no server is there, and resets the client", async () => {
    const network = await startNetwork("1", await closedPort());
    const client = await near(network.port);
    expect(await client.over).toBe("reset");
    await network.program.line(/^client 1: connection refused/);
  });

  test("reads no faster than the other side does, in bounded memory", async () => {
    const far = await Far.listen();
    const network = await startNetwork("1", far.port, "--no-page");
    const client = await near(network.port);
    await far.accept({ reads: false });
    const before = memoryOf(network.program.pid);
    const chunk = Buffer.alloc(64 * 1024);
    let isFull = false;
    for (let count = 0; count < 1000 && !isFull; count++) {
      if (client.socket.write(chunk)) continue;
      const drained = once(client.socket, "drain").then(() => true);
      isFull = !(await Promise.race([
        drained,
        new Promise<boolean>((resolve) => setTimeout(resolve, 1000, false)),
      ]));
    }
    expect(isFull).toBe(true);
    expect(memoryOf(network.program.pid) - before).toBeLessThan(40_000_000);
  });
});

describe("a recipe", () => {
  test("holds from before the first byte, and releases five bytes, then the rest, as two chunks", async () => {
    const file = recipe("hold →", "release → 5", "release → all", "pass →");
    const { client, server } = await between("--recipe", file);
    const chunks = chunksOf(server);
    client.send(request("SUMA", 2, 3));
    expect(await server.read(12)).toEqual(request("SUMA", 2, 3));
    expect(chunks).toEqual([5, 7]);
  });

  test("releases a packet: the lesson's descriptions say how long it is", async () => {
    const file = recipe(
      "hold to-server",
      "release to-server 3",
      "release to-server packet",
      "release → packet",
    );
    const { client, server } = await between("--recipe", file);
    const chunks = chunksOf(server);
    client.send(Buffer.concat([request("SUMA", 2, 3), request("DIVISION", 7, 2), request("RESTA", 1, 1)]));
    await server.read(12 + 16);
    expect(chunks).toEqual([3, 9, 16]);
  });

  test("releases byte by byte, and each arrives by itself", async () => {
    const file = recipe("hold →", ...Array.from({ length: 12 }, () => "release → 1"));
    const { client, server } = await between("--recipe", file);
    const chunks = chunksOf(server);
    client.send(request("SUMA", 2, 3));
    await server.read(12);
    expect(chunks).toEqual(Array.from({ length: 12 }, () => 1));
  });

  test.runIf(CAN_SEE_QUEUES)("waits for a receiver that is busy with the byte before", async () => {
    const file = recipe("hold →", ...Array.from({ length: 9 }, () => "release → 1"));
    const { client, server } = await between("--recipe", file);
    const chunks = chunksOf(server);
    // This process is the receiver: meanwhile it reads nothing. In all that takes longer than READ_LIMIT.
    server.socket.on("data", () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300));
    client.send(Buffer.from("abcdefghi"));
    await server.read(9);
    expect(chunks).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1]);
  });

  test("lets two requests go together that were sent apart", async () => {
    const file = recipe("hold →", "release → 24");
    const { client, server } = await between("--recipe", file);
    const chunks = chunksOf(server);
    client.send(request("SUMA", 2, 3));
    await new Promise((resolve) => setTimeout(resolve, 100));
    client.send(request("SUMA", 4, 5));
    await server.read(24);
    expect(chunks).toEqual([24]);
  });

  test("holds the other way as well", async () => {
    const file = recipe("hold ←", "release ← packet", "pass to-client");
    const { client, server } = await between("--recipe", file);
    const chunks = chunksOf(client);
    server.send(Buffer.concat([response(0, 1), response(0, 2)]));
    await client.read(24);
    expect(chunks).toEqual([12, 12]);
  });

  test("releases what there is if the sender says goodbye before there are enough", async () => {
    const file = recipe("hold →", "release → 100", "pass →");
    const { client, server } = await between("--recipe", file);
    client.end(Buffer.from("hello"));
    expect((await server.rest()).toString()).toBe("hello");
  });

  test("swallows bytes and goodbyes, and passes on what comes later", async () => {
    const file = recipe("swallow →", "wait 300", "pass →");
    const { network, client, server } = await between("--recipe", file);
    client.send(Buffer.from("lost"));
    await network.program.line(/^✕ {3}client 1 → 4 bytes, thrown away$/);
    await network.program.line(/^ {4}client 1 → pass$/);
    client.send(Buffer.from("there"));
    expect((await server.read(5)).toString()).toBe("there");

    const black = await between("--recipe", recipe("swallow →"));
    black.client.end(Buffer.from("bye"));
    await black.network.program.line(/client 1 → FIN, thrown away$/);
    black.server.send(Buffer.from("still here"));
    expect((await black.client.read(10)).toString()).toBe("still here");
  });

  test("stops reading: the sender feels it, and reads on when it passes again", async () => {
    const file = recipe("stop reading →", "wait 1500", "pass →");
    const { client, server } = await between("--recipe", file, "--no-page");
    const bytes = Buffer.alloc(20_000_000, 7);
    client.end(bytes);
    expect((await server.rest()).length).toBe(bytes.length);
  });

  test("delays: nothing arrives before its time, and in the same order", async () => {
    const file = recipe("delay → 300");
    const { client, server } = await between("--recipe", file);
    const start = performance.now();
    client.send(Buffer.from("one"));
    client.send(Buffer.from("two"));
    client.end();
    expect((await server.rest()).toString()).toBe("onetwo");
    expect(performance.now() - start).toBeGreaterThan(290);
  });

  test("sends a FIN as if the sender had done it; what was held was never sent", async () => {
    const file = recipe("hold →", "release → 5", "fin →");
    const { network, client, server } = await between("--recipe", file);
    client.send(request("SUMA", 2, 3));
    expect(await server.rest()).toEqual(request("SUMA", 2, 3).subarray(0, 5));
    await network.program.line(/^✕ {3}client 1 → 7 bytes, thrown away$/);
    server.end(Buffer.from("the answer"));
    expect((await client.rest()).toString()).toBe("the answer");
  });

  test("sends a RST as if the sender had done it; the sender hears nothing of it", async () => {
    const file = recipe("hold →", "release → 5", "wait 100", "reset →");
    const { network, client, server } = await between("--recipe", file);
    client.send(request("SUMA", 2, 3));
    expect(await server.over).toBe("reset");
    await network.program.line(/^out client 1 → RST$/);
    expect(client.socket.destroyed).toBe(false);
  });

  test("is done to each connection by itself", async () => {
    const far = await Far.listen();
    const network = await startNetwork(
      "1",
      far.port,
      "--recipe",
      recipe("hold →", "release → 2", "release → 3"),
    );
    for (const text of ["first", "other"]) {
      const client = await near(network.port);
      const server = await far.accept();
      const chunks = chunksOf(server);
      client.send(Buffer.from(text));
      expect((await server.read(5)).toString()).toBe(text);
      expect(chunks).toEqual([2, 3]);
    }
  });

  test.each([
    ["hold", /line 1: expected → \(or to-server\) or ← \(or to-client\) after hold, not ""/],
    ["hold → now", /line 1: expected nothing after hold →, not "now"/],
    ["# fine\nhold →\nrelease → many", /line 3: expected a number of bytes from 1 to 4194304, packet or all/],
    ["release → 5", /line 1: expected hold → before release →: nothing is held there/],
    ["hold →\npass →\nrelease → all", /line 3: expected hold →/],
    ["delay → soon", /line 1: expected milliseconds, from 0 to 2147483647, after delay →, not "soon"/],
    ["wait", /line 1: expected milliseconds/],
    ["fin →\nhold →", /line 2: expected no more steps for →: line 1 closed that direction/],
    ["drop →", /line 1: expected hold, stop reading, swallow/],
  ])("that makes no sense, %j, is refused with 2 and one line", async (text, message) => {
    const file = recipe(text);
    const { code, stdout, stderr } = await program("1", "--recipe", file).exit();
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.split("\n")[0]).toMatch(message);
    expect(stderr).toContain("usage: npm run network LESSON");
  });
});

test("--hold holds both ways of every new connection, in bounded memory", async () => {
  const { network, client, server } = await between("--hold", "--no-page");
  const before = memoryOf(network.program.pid);
  server.send(Buffer.from("x"));
  await network.program.line(/^in {2}client 1 ← /);
  for (let count = 0; count < 480; count++) client.socket.write(Buffer.alloc(64 * 1024));
  await eventually(
    () => client.socket.bytesWritten - client.socket.writableLength > 4_000_000,
    () => "the relay held four megabytes",
  );
  expect(memoryOf(network.program.pid) - before).toBeLessThan(60_000_000);
  expect(network.program.stdout).not.toMatch(/^out client 1/m);
});

test.each([
  [[], /^LESSON is one of 0, 1, 2, 3/],
  [["9"], /^LESSON is one of 0, 1, 2, 3/],
  [["1", "--to", "nowhere"], /^--to must be HOST:PORT, not "nowhere"/],
  [["1", "--port", "many"], /^--port must be a whole number/],
  // Deno may only look into this folder.
  [["1", "--recipe", `${tmpdir()}/no/such/file`], /^--recipe ".+\/no\/such\/file": ENOENT/],
  [["1", "extra"], /^unexpected argument "extra"/],
])("refuses %j with 2", async (args, message) => {
  const { code, stdout, stderr } = await program(...args).exit();
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(message);
});

describe("the page", () => {
  /** Asks the page's server, as a browser or anybody else may. */
  function fetchFrom(
    url: string,
    {
      method = "GET",
      headers = {},
      body = "",
    }: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ): Promise<{ status: number; text: string; headers: NodeJS.Dict<string | string[]> }> {
    return new Promise((resolve, reject) => {
      const sent = httpRequest(url, { method, headers }, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (part: string) => {
          text += part;
          if (answer.headers["content-type"] === "text/event-stream") done();
        });
        const done = () => {
          resolve({ status: answer.statusCode ?? 0, text, headers: answer.headers });
          sent.destroy();
        };
        answer.on("end", done);
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }

  const post = (page: string, command: unknown, headers: Record<string, string> = {}) =>
    fetchFrom(`${page}command`, {
      method: "POST",
      headers: { origin: new URL(page).origin, "content-type": "application/json", ...headers },
      body: JSON.stringify(command),
    });

  test("is there at its address, with a strict policy, and nowhere else", async () => {
    const { network } = await between();
    const { status, text, headers } = await fetchFrom(network.page);
    expect({ status, isPage: text.includes("The network in your hands") }).toEqual({
      status: 200,
      isPage: true,
    });
    expect(headers["content-security-policy"]).toMatch(/^default-src 'none'; script-src 'self'/);
    const { origin } = new URL(network.page);
    for (const path of ["/", "/page.html", "/events", `/${"0".repeat(32)}/`, `/${"0".repeat(32)}/events`]) {
      expect((await fetchFrom(origin + path)).status, path).toBe(404);
    }
    expect((await fetchFrom(`${network.page}../../package.json`)).status).toBe(404);
  });

  test("does what the page asks for", async () => {
    const { network, client, server } = await between("--hold");
    client.send(request("SUMA", 2, 3));
    await network.program.line(/^in {2}client 1 →/);
    expect((await post(network.page, { connection: 1, step: "release → 5" })).status).toBe(204);
    expect(await server.read(5)).toEqual(request("SUMA", 2, 3).subarray(0, 5));
    expect((await post(network.page, { connection: 1, step: "release → 100" })).text).toBe(
      "fewer bytes are held\n",
    );
    expect((await post(network.page, { connection: 1, step: "pass →" })).status).toBe(204);
    await server.read(7);
    await post(network.page, { connection: 1, predict: "it waits" });
    const { text } = await fetchFrom(`${network.page}events`);
    expect(text).toMatch(/^event: whole\ndata: \{/);
    const whole = JSON.parse(text.slice(text.indexOf("{"), text.indexOf("\n\n")));
    expect(whole.connections[0].ways["to-server"]).toMatchObject({
      came: 12,
      left: 12,
      held: 0,
      mode: "pass",
    });
    expect(whole.events[1].map(({ text: said }: { text?: string }) => said)).toContain("predicted: it waits");
    const saved = await fetchFrom(`${network.page}saved/1.recipe`);
    expect(saved.text).toMatch(/^# .*\nhold →\nhold ←\n(wait \d+\n)?release → 5\n(wait \d+\n)?pass →\n$/);
    expect((await fetchFrom(`${network.page}saved/1.svg`)).text).toMatch(/^<svg /);
    expect((await fetchFrom(`${network.page}saved/7.svg`)).status).toBe(404);
  });

  test("obeys nobody else: no other name, origin or key, and nothing that is no command", async () => {
    const { network, client, server } = await between("--hold");
    client.send(Buffer.from("x"));
    await network.program.line(/^in {2}client 1 →/);
    const { host } = new URL(network.page);
    const step = { connection: 1, step: "release → all" };
    const refused = await Promise.all([
      post(network.page, step, { host: "attacker.example" }),
      post(network.page, step, { origin: "http://attacker.example" }),
      post(network.page, step, { origin: "null" }),
      post(network.page, step, { "content-type": "text/plain" }),
      post(`http://${host}/${"0".repeat(32)}/`, step, { origin: `http://${host}` }),
      post(network.page, "x".repeat(20_000)),
      post(network.page, { connection: 1, step: "explode →" }),
      post(network.page, { connection: 99, step: "release → all" }),
      post(network.page, { connection: "1", step: "release → all" }),
      post(network.page, { connection: 1, step: "hold →\npass →" }),
      fetchFrom(`${network.page}command`),
      fetchFrom(`${network.page}events`, { headers: { "sec-fetch-site": "cross-site" } }),
    ]);
    expect(refused.map(({ status }) => status)).toEqual([
      403, 403, 403, 415, 404, 413, 422, 422, 422, 422, 404, 403,
    ]);
    server.send(Buffer.from("y"));
    await network.program.line(/^in {2}client 1 ←/);
    expect(network.program.stdout).not.toMatch(/^out client 1 →/m);
  });
});

test("an answer through the relay is the answer", async () => {
  const server = await startServer(LESSON_1);
  const network = await startNetwork("1", server.port, "--no-page");
  const client = await near(network.port);
  expect(await ask(client, "DIVISION", 7, 2)).toEqual({ status: 0, result: 3.5 });
});
