// Loaded into a server before its own code: on demand it tells how many bytes the program holds for each client.
// Plain JavaScript, because Node loads it as it is.

import { Server } from "node:net";
import process from "node:process";

/** The server's sockets, in the order in which the clients came. */
const sockets = [];
const emit = Server.prototype.emit;
Server.prototype.emit = function (event, ...values) {
  if (event === "connection") sockets.push(values[0]);
  return emit.call(this, event, ...values);
};

/** What a `Connection` keeps beside what Node keeps, with one client only: a program may not have it. */
const held = { received: new Set(), unsent: new Set() };
const buffers = await import("../../src/buffers.ts");
for (const [name, { prototype }] of [
  ["received", buffers.ReceiveBuffer],
  ["unsent", buffers.SendBuffer],
]) {
  const { push } = prototype;
  prototype.push = function (...values) {
    held[name].add(this);
    return push.apply(this, values);
  };
}
const sum = (some) => [...some].reduce((bytes, { size }) => bytes + size, 0);

process.on("message", (client) => {
  const socket = sockets[client - 1];
  process.send({
    received: sum(held.received) + (socket?.readableLength ?? 0),
    unsent: sum(held.unsent) + (socket?.writableLength ?? 0),
  });
});
process.channel.unref();
