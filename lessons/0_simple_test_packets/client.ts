/**
 * Lesson 0 · the client: it answers test packets, which shows that it is alive.
 *
 * What you learn here: how a program connects to a server, that a read may wait for a long time, and how to
 * play dead, so that you can watch what the server does about it.
 *
 * Run it while the server runs: `npx tsx lessons/0_simple_test_packets/client.ts`. With `--silent-after 3` it
 * answers three times and then never again.
 *
 * @module
 */

import { once } from "node:events";
import { connect } from "node:net";
import {
  millisecondsFlag,
  numberFlag,
  readCommandLine,
  switchFlag,
  textFlag,
} from "../../src/command_line.ts";
import { Connection } from "../../src/connection.ts";
import { deadlineIn } from "../../src/deadline.ts";
import { hostAndPort, log } from "../../src/log.ts";
import { onStop, run } from "../../src/program.ts";
import { showBytes } from "../../src/wire.ts";
import { PACKETS, TEST_PACKET } from "./protocol.ts";

const FLAGS = {
  host: textFlag("ADDRESS", "127.0.0.1", "address of the server"),
  port: numberFlag("N", 9000, 1, 65535, "port of the server"),
  timeout: millisecondsFlag(60_000, 1, "how long to wait for the next test packet"),
  "silent-after": numberFlag(
    "N",
    undefined,
    0,
    1_000_000,
    "play dead after N answers: stay connected, answer no more",
  ),
  bytes: switchFlag("show every byte that arrives and leaves"),
};

async function main(): Promise<void> {
  const { options } = readCommandLine("client.ts [flags]", FLAGS);
  const { host, port, timeout } = options;

  // Step 4 · Connect
  // ----------------
  // The server listens on a port we know; ours is any free one that the operating system picks. "connect" comes when
  // both sides have agreed (TCP's three-way handshake). If nothing is listening there, an error comes instead.
  const socket = connect({ host, port, noDelay: true });
  const connection = new Connection(socket);
  if (options.bytes) showBytes(connection, PACKETS);
  onStop(() => {
    log("closing the connection");
    return connection.close();
  });
  await once(socket, "connect", { signal: AbortSignal.timeout(timeout) });
  log(`connected to ${hostAndPort(host, port)} from port ${socket.localPort}`);

  // Step 5 · Answer every test packet
  // ---------------------------------
  // The loop has no end of its own. It ends when the server closes the connection, which makes the read throw, or when
  // you press Ctrl-C.
  const silentAfter = options["silent-after"] ?? Number.POSITIVE_INFINITY;
  for (let answers = 0; ; ) {
    const packet = await connection.read(TEST_PACKET.size, deadlineIn(timeout));
    const [id, sequence] = TEST_PACKET.unpack(packet);

    if (answers >= silentAfter) {
      log(`test packet: id ${id} sequence ${sequence} · not answered`, "yellow");
      continue;
    }
    await connection.write(packet, deadlineIn(timeout));
    answers++;
    log(`test packet: id ${id} sequence ${sequence} · answered`);
  }
}

run(main);
