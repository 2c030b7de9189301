/**
 * Lesson 3 · the client: it knows several servers, and goes to another one when its own dies.
 *
 * What you learn here: how a client comes back, and why a thousand clients must not come back at the same moment.
 *
 * Run it while servers run: `npx tsx lessons/3_simple_cluster_test/client.ts --servers 127.0.0.1:9003,127.0.0.1:9013`. It
 * takes the flags of lesson 2's client too.
 *
 * @module
 */

import { setTimeout as pause } from "node:timers/promises";
import { type Address, connectTo } from "../../src/client.ts";
import { type Flag, readCommandLine, wholeNumber } from "../../src/command_line.ts";
import type { Connection } from "../../src/connection.ts";
import { deadlineIn } from "../../src/deadline.ts";
import { messageOf } from "../../src/errors.ts";
import { hostAndPort, log, showPackets, startClock } from "../../src/log.ts";
import { exit, onStop, run } from "../../src/program.ts";
import { logWire } from "../../src/wire.ts";
import { PACKETS, PLACE, POSITION } from "../2_simple_broadcast_test/protocol.ts";
import { Walker, walkerFlags } from "../2_simple_broadcast_test/walker.ts";
import { Backoff } from "./backoff.ts";

/** The first wait before the client connects again, and the longest one, in milliseconds. */
const [FIRST_WAIT, LONGEST_WAIT] = [500, 30_000];

const FLAGS = { ...walkerFlags(9003), servers: serversFlag() };

// Step 4 · Know several servers
// -----------------------------
// The client picks one of them at random, so that many clients spread over all of them.

/** A flag whose value is a list of addresses. */
function serversFlag(): Flag<readonly Address[] | undefined> {
  return {
    placeholder: "HOST:PORT,…",
    default: undefined,
    help: "servers to choose from, instead of --host and --port",
    parse: (name, text) => text.split(",").map((address) => readAddress(name, address)),
  };
}

function readAddress(name: string, text: string): Address {
  const [, host, port] = /^\[?(.+?)\]?:(\d+)$/.exec(text.trim()) ?? [];
  if (host === undefined || port === undefined)
    throw new RangeError(
      `${name} needs HOST:PORT, or several with commas between them, not ${JSON.stringify(text)}`,
    );
  return { host, port: wholeNumber(`the port of ${name}`, port, 1, 65535) };
}

/** Picks a server at random, but not the one that was just lost, if there is another. */
function pickServer(servers: readonly Address[], lost: Address | undefined): Address {
  const others = servers.filter((server) => server !== lost);
  const choice = others.length > 0 ? others : servers;
  return choice[Math.floor(Math.random() * choice.length)] as Address;
}

// Step 5 · Come back
// ------------------
// A connection is lost when its server dies, and also when an attempt to connect fails. Either way the client waits, longer
// each time and never exactly as long as the others (see `backoff.ts`). Then it tries another server.

async function main(): Promise<void> {
  const { options } = readCommandLine("client.ts [flags]", FLAGS);
  const servers = options.servers ?? [{ host: options.host, port: options.port }];
  const backoff = new Backoff(FIRST_WAIT, LONGEST_WAIT);
  const walker = new Walker(options);
  const watcher = options.bytes ? logWire("", "client", PACKETS) : undefined;
  if (options.bytes) showPackets("bytes");
  if (options.times) startClock();
  let connection: Connection | undefined;
  let isStopping = false;
  onStop(async () => {
    isStopping = true;
    log("closing the connection");
    walker.close();
    await connection?.close();
  });

  let hasWalked = false;
  let lost: Address | undefined;
  for (;;) {
    const server = pickServer(servers, lost);
    try {
      ({ connection } = await connectTo(server, options.timeout, watcher));
      const [id, x, y] = POSITION.unpack(await connection.read(POSITION.size, deadlineIn(options.timeout)));
      backoff.reset();
      // To its new server it is a new client, with a new id and a new place. It walks on from where it was.
      const place = hasWalked ? walker.place : { x, y };
      if (hasWalked) await connection.write(PLACE.pack(place.x, place.y), deadlineIn(options.timeout));
      hasWalked = true;
      log(
        `connected to ${hostAndPort(server.host, server.port)} as client ${id}, at ${place.x} ${place.y}`,
        "green",
      );
      await walker.join(connection, id, place);
      walker.close();
      await connection.close();
      return exit(0);
    } catch (error) {
      if (isStopping) return;
      connection?.destroy();
      lost = server;
      const wait = backoff.next();
      const seconds = (wait / 1000).toFixed(1);
      log(
        `lost ${hostAndPort(server.host, server.port)}: ${messageOf(error)}; trying again in ${seconds} s`,
        "yellow",
      );
      await pause(wait);
    }
  }
}

run(main);
