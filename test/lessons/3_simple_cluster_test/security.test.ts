/** Who may publish into the room: with Mosquitto, where it is installed. */

import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectAsync, type MqttClient } from "mqtt";
import { beforeAll, describe, expect, test } from "vitest";
import {
  endWith,
  eventually,
  LESSON_3,
  listening,
  Program,
  ROOT,
  Server,
  serverCommand,
} from "../harness.ts";
import { Walker } from "../walker.ts";
import { type Broker, installed, meets, startMember, startMosquitto } from "./cluster.ts";

/** It has the characters that mean something in a URL. */
const PASSWORD = "ge:h/e@i%m";
/** How it is written there. A colon may stay as it is, and `mqtt` by itself would stumble over it. */
const ENCODED = "ge:h%2Fe%40i%25m";
const FOLDER = mkdtempSync(join(tmpdir(), "room-"));

const MISSING = ["mosquitto", "mosquitto_passwd", "openssl"].filter((name) => installed(name) === undefined);
const SKIPPED = MISSING.length > 0 ? ` (SKIPPED: no ${MISSING.join(", ")} on this machine)` : "";

if (SKIPPED) console.warn(`The tests of who may publish are skipped:${SKIPPED}`);

function run(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: "utf8" });
  expect({ command, status, stderr: status === 0 ? "" : stderr }).toEqual({ command, status: 0, stderr: "" });
}

/** Makes a certificate for 127.0.0.1, signed by an authority of our own. Deno wants these to be two certificates. */
function makeCertificate(): void {
  const file = (name: string) => join(FOLDER, name);
  const newKey = (name: string) => ["-newkey", "rsa:2048", "-nodes", "-keyout", file(name)];
  const sign = ["-CA", file("authority.pem"), "-CAkey", file("authority_key.pem"), "-CAcreateserial"];
  const openssl = (...args: string[]) => run("openssl", ...args);
  writeFileSync(file("names"), "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n");
  openssl("req", "-x509", ...newKey("authority_key.pem"), "-subj", "/CN=ours", "-out", file("authority.pem"));
  openssl("req", ...newKey("key.pem"), "-subj", "/CN=127.0.0.1", "-out", file("request.pem"));
  openssl(
    "x509",
    "-req",
    "-in",
    file("request.pem"),
    ...sign,
    "-extfile",
    file("names"),
    "-out",
    file("certificate.pem"),
  );
  chmodSync(file("key.pem"), 0o644);
}

/** Starts Mosquitto as the lesson's configuration has it, but on another port, and with these files. */
async function startLocked(settings = ""): Promise<Broker> {
  const read = (file: string) => readFileSync(`${ROOT}lessons/${LESSON_3}/${file}`, "utf8");
  const lesson = read("mosquitto.conf")
    .replace(/^(listener|allow_anonymous) .*$/gm, "")
    .replace("password_file passwords", `password_file ${join(FOLDER, "passwords")}`)
    .replace("mosquitto.acl", `${ROOT}lessons/${LESSON_3}/mosquitto.acl`);
  return startMosquitto(undefined, `${settings}\n${lesson}`, false);
}

/** The URL of a broker with a user's name and password. */
const as = ({ port }: Broker, user: string, scheme = "mqtt") => `${scheme}://${user}@127.0.0.1:${port}`;

/** A client of MQTT that writes down which topics it hears. */
async function listener(
  broker: Broker,
  username: string,
  password: string,
): Promise<MqttClient & { topics: string[] }> {
  const client = await connectAsync(broker.url, {
    protocolVersion: 4,
    reconnectPeriod: 0,
    username,
    password,
  });
  endWith(() => client.end(true));
  const topics: string[] = [];
  client.on("message", (topic) => topics.push(topic));
  return Object.assign(client, { topics });
}

/** Starts a server that is expected to remain alone, and waits until it has said so. */
async function startAlone(url: string, reason: RegExp, env = {}): Promise<Server> {
  const flags = ["--port", "0", "--broker", url, "--name", "stranger"];
  const server = await listening(new Server(serverCommand(LESSON_3, ...flags), { env }));
  const [, says] = await server.line(/^no broker at 127\.0\.0\.1:\d+: (.*); trying again$/);
  expect(says).toMatch(reason);
  return server;
}

describe.skipIf(SKIPPED !== "")(`with Mosquitto${SKIPPED}`, () => {
  beforeAll(() => {
    chmodSync(FOLDER, 0o755); // Mosquitto gives up the administrator's rights before it reads its files
    const passwords = join(FOLDER, "passwords");
    run(installed("mosquitto_passwd") ?? "", "-c", "-b", passwords, "room", PASSWORD);
    run(installed("mosquitto_passwd") ?? "", "-b", passwords, "lamp", "100%");
    chmodSync(passwords, 0o644);
    makeCertificate();
  });

  test("servers with the password share the room, and others serve their own clients and publish nothing", async () => {
    const broker = await startLocked();
    const right = as(broker, `room:${ENCODED}`);
    const spy = await listener(broker, "room", PASSWORD);
    await spy.subscribeAsync("room/+");
    const [a, b] = await Promise.all([startMember(right, "A"), startMember(right, "B")]);
    await Promise.all([meets(a, ["B"]), meets(b, ["A"])]);

    const strangers = await Promise.all(
      [broker.url, as(broker, "room"), as(broker, "room:wrong"), as(broker, `lamp:${ENCODED}`)].map((url) =>
        startAlone(url, /not authorized/i),
      ),
    );
    const [one, two] = [await Walker.join(a), await Walker.join(b)];
    await one.knows((map) => map.has(two.self));
    for (const stranger of strangers) {
      const [three, four] = [await Walker.join(stranger), await Walker.join(stranger)];
      await three.moves(7, 7);
      await four.knows((map) => map.get(three.self) === "7 7");
      expect([...four.map.keys()].sort()).toEqual([three.self, four.self].sort());
    }
    // What comes later than all that is heard; the strangers' clients are not.
    await two.moves(9, 9);
    await one.hears(two.self, 9, 9);
    expect([...one.map.keys()].sort()).toEqual([one.self, two.self].sort());
    expect(new Set(spy.topics).size).toBe(2);
    for (const { stdout, stderr } of [a, b, ...strangers]) expect(stdout + stderr).not.toMatch(/ge:h|wrong/);
  });

  test("a server with another user's password reaches the broker, but not the room", async () => {
    const broker = await startLocked();
    const spy = await listener(broker, "room", PASSWORD);
    await spy.subscribeAsync("room/+");
    const [a, lamp] = await Promise.all([
      startMember(as(broker, `room:${ENCODED}`), "A"),
      // A percent sign that begins no code stands for itself.
      startMember(as(broker, "lamp:100%"), "lamp", "--server-timeout", "500"),
    ]);
    await Promise.all([a, lamp].map((server) => server.line(/^connected to the broker/)));
    const [one, two, three] = [await Walker.join(lamp), await Walker.join(lamp), await Walker.join(a)];
    await one.moves(7, 7);
    await two.knows((map) => map.get(one.self) === "7 7");
    await eventually(
      () => spy.topics.length > 3,
      () => "A has beaten a few times",
    );
    expect(new Set(spy.topics).size).toBe(1);
    await three.moves(8, 8);
    expect([...three.map.keys()]).toEqual([three.self]);
  });

  test("a user publishes and hears only on its own topics", async () => {
    const broker = await startLocked();
    const room = await listener(broker, "room", PASSWORD);
    const lamp = await listener(broker, "lamp", "100%");
    await room.subscribeAsync("#");
    await lamp.subscribeAsync("#").catch(() => {}); // either is right: to refuse it, or to deliver nothing
    await lamp.publishAsync("room/00000001", "from the lamp", { qos: 1 });
    await lamp.publishAsync("lamp/on", "from the lamp", { qos: 1 });
    await room.publishAsync("room/00000002", "from the room", { qos: 1 });
    await room.publishAsync("room/00000003", "from the room", { qos: 1 });
    await eventually(
      () => room.topics.includes("room/00000003") && lamp.topics.length > 0,
      () => `both have heard their own; ${room.topics}; ${lamp.topics}`,
    );
    expect(room.topics).toEqual(["room/00000002", "room/00000003"]);
    expect(lamp.topics).toEqual(["lamp/on"]);
  });

  test("mqtts:// reaches a broker whose certificate is known, and no other", async () => {
    const files = `certfile ${join(FOLDER, "certificate.pem")}\nkeyfile ${join(FOLDER, "key.pem")}`;
    const broker = await startLocked(files);
    const url = as(broker, `room:${ENCODED}`, "mqtts");
    const authority = join(FOLDER, "authority.pem");
    const env = { NODE_EXTRA_CA_CERTS: authority, DENO_CERT: authority };
    const start = (name: string) => {
      const flags = ["--port", "0", "--broker", url, "--name", name, "--quiet"];
      return listening(new Server(serverCommand(LESSON_3, ...flags), { env }));
    };
    const [a, b] = await Promise.all([start("A"), start("B")]);
    await Promise.all([meets(a, ["B"]), meets(b, ["A"])]);
    const [one, two] = [await Walker.join(a), await Walker.join(b)];
    await one.knows((map) => map.has(two.self));
    const stranger = await startAlone(url, /certificate|issuer/i);
    expect(stranger.stdout).not.toContain("connected to the broker");
    await startAlone(url.replace("mqtts", "mqtt"), /closed|reset/i, env);
  });
});

test("a broker that is no URL is refused without its password", async () => {
  for (const url of ["http://room:geheim@127.0.0.1", "mqtt//room:geheim@127.0.0.1"]) {
    const { code, stderr } = await new Program(serverCommand(LESSON_3, "--broker", url)).exit();
    expect(code).toBe(2);
    expect(stderr).toContain('not "…@127.0.0.1"');
    expect(stderr).not.toContain("geheim");
  }
});
