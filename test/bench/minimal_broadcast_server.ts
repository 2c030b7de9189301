/**
 * The minimal Node server that sends the same bytes as lesson 2's: one loop, no layers, no deadlines, no bounds. It is
 * what lesson 2's server is measured against, see broadcast.ts.
 *
 * @module
 */

import { type AddressInfo, createServer, type Socket } from "node:net";
import { readCommandLine } from "../../src/command_line.ts";

readCommandLine("tsx test/bench/minimal_broadcast_server.ts", {});

const clients = new Map<Socket, Buffer>();
let lastId = 0;

function publish(position: Buffer): void {
  for (const client of clients.keys()) client.write(position);
}

const server = createServer({ noDelay: true }, (socket) => {
  const id = ++lastId;
  const pack = (x: number, y: number) => {
    const position = Buffer.allocUnsafe(8);
    position.writeInt32LE(id, 0);
    position.writeInt16LE(x, 4);
    position.writeInt16LE(y, 6);
    return position;
  };

  const start = pack(Math.floor(Math.random() * 60), Math.floor(Math.random() * 20));
  publish(start);
  socket.write(start);
  for (const position of clients.values()) socket.write(position);
  clients.set(socket, start);

  /** The bytes so far of a place that is not whole yet. */
  let rest: Buffer | undefined;
  socket.on("data", (chunk: Buffer) => {
    const bytes = rest ? Buffer.concat([rest, chunk]) : chunk;
    let at = 0;
    for (; at + 4 <= bytes.length; at += 4) {
      const position = pack(bytes.readInt16LE(at), bytes.readInt16LE(at + 2));
      clients.set(socket, position);
      publish(position);
    }
    rest = at < bytes.length ? bytes.subarray(at) : undefined;
  });
  socket.on("error", () => {}); // "close" follows
  socket.on("close", () => {
    clients.delete(socket);
    publish(pack(-32768, -32768));
  });
});

server.listen({ host: "127.0.0.1", port: 0, backlog: 4096 }, () => {
  const { address, port } = server.address() as AddressInfo;
  console.log(`listening on ${address}:${port}`);
});
