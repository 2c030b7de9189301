/** What the attacks see of servers that are right but slow, or wrong only for a moment. */

import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { SERVER_CHECKS as LESSON_0 } from "../../lessons/0_simple_test_packets/attacks.ts";
import { TEST_PACKET } from "../../lessons/0_simple_test_packets/protocol.ts";
import { SERVER_CHECKS as LESSON_1 } from "../../lessons/1_simple_math_server/attacks.ts";
import { RESPONSE } from "../../lessons/1_simple_math_server/protocol.ts";
import { runCheck, type ServerCheck, type ServerChecks } from "../../src/checks/server_stages.ts";
import { ServerUnderTest } from "../../src/checks/server_under_test.ts";
import { redirectLog } from "../../src/log.ts";
import { Program } from "./harness.ts";

redirectLog(() => {});

/** The server's timeout: it has to do within half of it what it does at once. */
const TIMEOUT = 200;

async function serve(welcome: (socket: Socket) => void): Promise<ServerUnderTest> {
  const server = createServer((socket) => welcome(socket.on("error", () => {}))).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return new ServerUnderTest({ host: "127.0.0.1", port }, { timeout: TIMEOUT, interval: 0 }, []);
}

/** An attack that lasts as long as a busy machine keeps a client waiting. */
const flood: ServerCheck = {
  name: "flood",
  title: "a flood",
  cause: "",
  floods: true,
  run: async () => {
    await setTimeout(3 * TIMEOUT);
    return "fine.";
  },
};

const slowly = (send: () => void) => void setTimeout(2 * TIMEOUT).then(send);

test.each<[string, ServerChecks, (socket: Socket) => void]>([
  [
    "0",
    LESSON_0,
    (socket) => {
      let sequence = 0;
      const test = () => slowly(() => socket.write(TEST_PACKET.pack(1, ++sequence)));
      socket.on("data", test);
      test();
    },
  ],
  ["1", LESSON_1, (socket) => socket.on("data", () => slowly(() => socket.write(RESPONSE.pack(0, 5))))],
])(
  "a flood may keep the bystander of lesson %s waiting, and no other attack may",
  async (_, checks, welcome) => {
    const target = await serve(welcome);
    expect(await runCheck(flood, target, checks)).toMatchObject({ survived: true });
    await expect(checks.addBystander(target, target.promptly)).rejects.toThrow(
      "did not arrive within 100 ms",
    );
    await target.leave();
  },
);

/** A right server, but for this: it answers a moment later, and gives up a client that says goodbye. */
const GIVES_UP = `
  const server = require("node:net").createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {});
    socket.on("data", (chunk) => setTimeout(() => {
      const ok = Buffer.alloc(12);
      ok.writeDoubleLE(5, 4);
      for (let at = 0; at < chunk.length; at += 12) if (!socket.destroyed) socket.write(ok);
    }, 0));
    socket.on("end", () => socket.destroy());
  });
  server.listen(0, "127.0.0.1", () => console.log("listening on port " + server.address().port));
`;

test("half_close finds a server that answers a moment after the goodbye, if not each time", async () => {
  const server = new Program([process.execPath, "--eval", GIVES_UP]);
  const [, port] = await server.line(/^listening on port (\d+)$/);
  const times = { timeout: 4000, interval: 0 };
  const target = new ServerUnderTest({ host: "127.0.0.1", port: Number(port) }, times, LESSON_1.packets);
  const halfClose = LESSON_1.attacks.find(({ name }) => name === "half_close") as ServerCheck;
  expect(await runCheck(halfClose, target, LESSON_1)).toMatchObject({
    survived: false,
    cause: expect.stringContaining("allowHalfOpen"),
  });
});
