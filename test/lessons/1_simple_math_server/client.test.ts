import { beforeAll, describe, expect, test } from "vitest";
import {
  closedPort,
  FakeServer,
  HAS_SIGNALS,
  LESSON_1,
  type Peer,
  type Server,
  startClient,
  startServer,
} from "../harness.ts";
import { OK, request, response, UNKNOWN_COMMAND } from "../packets.ts";

describe("lesson 1's client, asked for one calculation", () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer(LESSON_1);
  });

  test.each([
    ["SUMA 2 3", "5"],
    ["SUMA -5 3", "-2"],
    ["DIVISION 7 2", "3.5"],
  ])("prints the result of %s and nothing else", async (calculation, result) => {
    const { code, stdout, stderr } = await startClient(
      LESSON_1,
      server.port,
      ...calculation.split(" "),
    ).exit();
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${result}\n`, stderr: "" });
  });

  test.each([
    ["DIVISION 7 0", /division by zero/],
    ["POTENCIA 2 3", /unknown command.*SUMA.*DIVISION/],
    [`${"A".repeat(65)} 2 3`, /malformed.*64/],
  ])("prints what the status means for %s, and exits 1", async (calculation, meaning) => {
    const { code, stdout, stderr } = await startClient(
      LESSON_1,
      server.port,
      ...calculation.split(" "),
    ).exit();
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(meaning);
    expect(stderr).toMatch(/^.+\n$/);
  });

  test.each([
    [["SUMA", "two", "3"], /FIRST.*"two"/],
    [["SUMA", "2", "-32769"], /SECOND.*-32768.*"-32769"/],
    [["SUMA"], /three arguments/],
    [["SUMA", "2"], /three arguments/],
    [["SUMA", "2", "3", "4"], /three arguments/],
  ])("refuses %j before it connects, names what is wrong, and exits 2", async (calculation, names) => {
    const { code, stdout, stderr } = await startClient(LESSON_1, await closedPort(), ...calculation).exit();
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.split("\n")[0]).toMatch(names);
    expect(stderr).toMatch(/^usage: /m);
  });
});

describe("lesson 1's client on the wire", () => {
  async function ask(...flags: string[]) {
    const server = await FakeServer.start();
    const client = startClient(LESSON_1, server.port, ...flags);
    return { client, peer: await server.accept() };
  }

  test("sends the length in bytes, the two values, and the command after them", async () => {
    const { client, peer } = await ask("ñandú", "2", "-3");
    expect((await peer.read(15)).toString("hex")).toBe("07000000" + "0200" + "fdff" + "c3b1616e64c3ba");
    peer.send(response(OK, 0.1));
    expect((await client.exit()).stdout).toBe("0.1\n");
    expect(await peer.rest()).toHaveLength(0);
  });

  test("takes an answer in pieces", async () => {
    const { client, peer } = await ask("--count", "11", "--interval", "0");
    for (let cut = 1; cut < 12; cut++) {
      await readRequest(peer);
      const answer = response(OK, cut + 0.25);
      peer.send(answer.subarray(0, cut));
      // Nothing shows that the first piece has been read; a turn of both event loops later it usually has.
      await new Promise((resolve) => setTimeout(resolve, 5));
      peer.send(answer.subarray(cut));
      await client.line(new RegExp(`^= ${cut}\\.25$`));
    }
    expect((await client.exit()).code).toBe(0);
  });

  test("sends a random operation at once and then after every interval, --count of them", async () => {
    const { client, peer } = await ask("--count", "20", "--interval", "0");
    const commands = new Set<string>();
    const values = new Set<number>();
    for (let sent = 1; sent <= 20; sent++) {
      const { command, first, second } = await readRequest(peer);
      commands.add(command);
      values.add(first);
      expect(["SUMA", "RESTA", "MULTIPLICACION", "DIVISION"]).toContain(command);
      await client.line(new RegExp(`^${command} ${first} ${second}$`));
      peer.send(response(OK, sent));
      await client.line(new RegExp(`^= ${sent}$`));
    }
    // The same operation twenty times in a row: that happens once in 4^19 runs.
    expect(commands.size).toBeGreaterThan(1);
    expect(values.size).toBeGreaterThan(1);
    expect(client.lines[0]).toMatch(/^connected to 127\.0\.0\.1:\d+$/);
    expect(await peer.rest()).toHaveLength(0);
    const { code, stderr } = await client.exit();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  test("waits for the interval before it asks again, ten seconds unless told otherwise", async () => {
    const { client, peer } = await ask();
    await readRequest(peer);
    peer.send(response(OK, 1));
    await client.line(/^= 1$/);
    // It rests, and ends at once when told to: no second request came.
    await client.stops("SIGINT");
    if (HAS_SIGNALS) expect(await peer.rest()).toHaveLength(0);
  });

  test("goes on after a status that is not ok", async () => {
    const { client, peer } = await ask("--count", "2", "--interval", "0");
    await readRequest(peer);
    peer.send(response(UNKNOWN_COMMAND, Number.NaN));
    await client.line(/= unknown command/);
    await readRequest(peer);
    peer.send(response(77, Number.NaN));
    await client.line(/= status 77/);
    expect((await client.exit()).code).toBe(0);
  });

  test.each<[string, (peer: Peer) => void, RegExp]>([
    ["closes before it answers", (peer) => peer.end(), /closed/],
    ["closes inside an answer", (peer) => peer.end(response(OK, 1).subarray(0, 5)), /5 of 12/],
    ["resets", (peer) => peer.reset(), /lost|reset/i],
    ["does not answer in time", () => {}, /timed out after 0 of 12 bytes/],
    ["answers and then closes", (peer) => peer.end(response(OK, 1)), /closed/],
    ["answers twice", (peer) => peer.send(Buffer.concat([response(OK, 1), response(OK, 2)])), /not asked/],
  ])("ends with 1 and one line when the server %s", async (_, behave, says) => {
    const { client, peer } = await ask("--timeout", "500");
    await readRequest(peer);
    behave(peer);
    const { code, stderr } = await client.exit();
    expect(code).toBe(1);
    expect(stderr).toMatch(says);
    expect(stderr).toMatch(/^.+\n$/);
  });

  test("ends with 1 and says what to try when nothing is listening", async () => {
    const port = await closedPort();
    const { code, stdout, stderr } = await startClient(LESSON_1, port, "SUMA", "2", "3").exit();
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^connection refused.*127\\.0\\.0\\.1:${port}.*server.*\\n$`));
  });

  test.runIf(HAS_SIGNALS)(
    "on SIGTERM it closes its socket and exits 0, even while it waits for an answer",
    async () => {
      const { client, peer } = await ask();
      await readRequest(peer);
      await client.stops();
      expect(await peer.rest()).toHaveLength(0);
    },
  );
});

/** What a lesson's server reads. */
async function readRequest(peer: Peer): Promise<{ command: string; first: number; second: number }> {
  const head = await peer.read(8);
  const command = (await peer.read(head.readInt32LE(0))).toString("utf8");
  const [first, second] = [head.readInt16LE(4), head.readInt16LE(6)];
  expect(Buffer.concat([head, Buffer.from(command)])).toEqual(request(command, first, second));
  return { command, first, second };
}
