/**
 * Lesson 3 · the broker: it passes on what anyone publishes to everyone who has subscribed.
 *
 * The package `aedes` is a whole broker. It runs here so that you don't have to install one. Real systems run a program of
 * its own: Mosquitto, EMQX, HiveMQ, VerneMQ. The servers of this lesson can't tell the difference.
 *
 * Run it: `npx tsx lessons/3_simple_cluster_test/broker.ts`.
 *
 * @module
 */

import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { Aedes } from "aedes";
import { hostFlag, numberFlag, readCommandLine } from "../../src/command_line.ts";
import { hostAndPort, log } from "../../src/log.ts";
import { visible } from "../../src/printable.ts";
import { onStop, run } from "../../src/program.ts";

const FLAGS = {
  host: hostFlag("address to listen on; 0.0.0.0 lets other machines in"),
  port: numberFlag("N", 1883, 0, 65535, "port to listen on; 0 takes any free one"),
};

async function main(): Promise<void> {
  const { host, port } = readCommandLine("broker.ts [flags]", FLAGS).options;
  const broker = await Aedes.createBroker();
  broker.on("clientReady", ({ id }) => log(`${visible(id)} connected`, "green"));
  broker.on("clientDisconnect", ({ id }) => log(`${visible(id)} disconnected`, "yellow"));
  // A connection that breaks, or that speaks another protocol, is over. The others go on.
  broker.on("connectionError", () => {});
  broker.on("clientError", () => {});

  const listener = createServer({ noDelay: true }, (socket) => void broker.handle(socket));
  onStop(() => {
    listener.close();
    return new Promise<void>((resolve) => broker.close(resolve));
  });
  listener.listen({ host, port });
  await once(listener, "listening");
  log(`listening on ${hostAndPort(host, (listener.address() as AddressInfo).port)}`);
}

run(main);
