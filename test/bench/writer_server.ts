/**
 * A server that only writes: it shows how much the load generator of broadcast.ts can take, and how old a position
 * looks that no server has kept waiting.
 *
 *     writer_server.ts CLIENTS BATCH PAUSE
 *
 * Once CLIENTS are connected it sends BATCH positions in one write to each of them, every PAUSE milliseconds; 0 is as
 * fast as it can. What the clients send is thrown away.
 *
 * @module
 */

import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import process from "node:process";
import { setImmediate, setTimeout } from "node:timers/promises";
import { POSITION } from "../../lessons/2_simple_broadcast_test/protocol.ts";
import { readNumbers } from "./processes.ts";

const [clients, batch, pause] = readNumbers("writer_server.ts", ["CLIENTS", "BATCH", "PAUSE"]);

const sockets: Socket[] = [];
const server = createServer({ noDelay: true }, (socket) => {
  sockets.push(socket);
  socket.on("error", () => {});
  socket.resume();
  socket.write(Buffer.alloc(clients * POSITION.size)); // where everybody is
});
server.listen({ host: "127.0.0.1", port: 0, backlog: 4096 }, () => {
  const { address, port } = server.address() as AddressInfo;
  console.log(`listening on ${address}:${port}`);
});

while (sockets.length < clients) await once(server, "connection");
for (let next = performance.now(); ; ) {
  const positions = Buffer.alloc(batch * POSITION.size);
  const now = Number((process.hrtime.bigint() / 1000n) & 0xffffffffn);
  for (let at = 4; at < positions.length; at += POSITION.size) positions.writeUInt32LE(now, at);
  for (const socket of sockets) if (!socket.writableNeedDrain) socket.write(positions);
  next += pause;
  await (next > performance.now() ? setTimeout(next - performance.now()) : setImmediate());
}
