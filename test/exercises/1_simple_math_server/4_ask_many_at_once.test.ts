import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { afterEach, it } from "vitest";
import { askAll, type Request } from "../../../lessons/1_simple_math_server/exercises/4_ask_many_at_once.ts";
import { packRequest, REQUEST, RESPONSE, STATUS } from "../../../lessons/1_simple_math_server/protocol.ts";
import { Connection, ConnectionError } from "../../../src/connection.ts";
import { deadlineIn } from "../../../src/deadline.ts";
import { sameValue } from "../check.ts";

const close: (() => void)[] = [];
afterEach(() => {
  for (const step of close.splice(0)) step();
});

/** Connects to a server that answers only when it has all the requests, and then with these results. */
async function connectToServer(requests: readonly Request[], results: readonly number[]) {
  const received = { count: 0 };
  const handleClient = async (connection: Connection) => {
    const deadline = deadlineIn(4000);
    for (const { command } of requests) {
      const size = REQUEST.size + new TextEncoder().encode(command).length;
      await connection.read(size, deadline);
      received.count++;
    }
    for (const result of results) await connection.write(RESPONSE.pack(STATUS.OK, result), deadline);
  };
  const server = createServer((socket) => {
    close.push(() => socket.destroy());
    handleClient(new Connection(socket)).catch(() => {
      // The exercise gave up; the check says why.
    });
  });
  server.listen(0, "127.0.0.1");
  close.push(() => server.close());
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  close.push(() => socket.destroy());
  await once(socket, "connect");
  return { connection: new Connection(socket), received };
}

async function check(requests: readonly Request[], results: readonly number[], look: string): Promise<void> {
  const { connection, received } = await connectToServer(requests, results);
  const came = await askAll(connection, requests, 700).catch((error: unknown) => {
    if (!(error instanceof ConnectionError)) throw error;
    return `${error.code}: ${error.message}. The server, which answers once it has all ${requests.length} requests, has received ${received.count}`;
  });
  sameValue(came, results, `the results of ${requests.length} requests sent together`, look);
}

it("sends all the requests before it waits for the first answer", async () => {
  await check(
    [
      { command: "SUMA", first: 2, second: 3 },
      { command: "RESTA", first: 9, second: 4 },
      { command: "DIVISION", first: 7, second: 2 },
    ],
    [5, 5, 3.5],
    "the loops: one that only writes, then one that only reads",
  );
});

it("returns the results of many requests in order", async () => {
  const requests = Array.from({ length: 300 }, (_, i) => ({ command: "SUMA", first: i, second: 1 }));
  await check(
    requests,
    requests.map(({ first }) => first + 1),
    "the order of the results, and how many there are",
  );
});

it("asks nothing when there is nothing to ask", async () => {
  await check([], [], "both loops: with no requests there is no answer to wait for");
});

it("leaves the connection open", async () => {
  const request = { command: "SUMA", first: 1, second: 1 };
  const { connection } = await connectToServer([request, request], [2, 2, 7]);
  await askAll(connection, [request, request], 1000);
  await connection.write(packRequest("SUMA", 3, 4), deadlineIn(1000));
  const [, result] = RESPONSE.unpack(await connection.read(RESPONSE.size, deadlineIn(1000)));
  sameValue(
    result,
    7,
    "the result of a request after askAll",
    "close and destroy are not for askAll to call",
  );
});
