/**
 * Lesson 0 · the client: it answers test packets, and so shows that it is alive.
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
import { millisecondsFlag, numberFlag, readCommandLine, textFlag } from "../../src/command_line.ts";
import { Connection, deadlineIn } from "../../src/connection.ts";
import { log } from "../../src/log.ts";
import { onStop, run } from "../../src/program.ts";
import { TEST_PACKET } from "./protocol.ts";

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
};

async function main(): Promise<void> {
  const { options } = readCommandLine("client.ts [flags]", FLAGS);

  // Step 8 · Connect
  // ----------------
  // The server listens on a port we know; ours is any free one that the operating system picks. "connect"
  // comes when both sides have agreed (TCP's three-way handshake); a server that is not there is an error.
  const socket = connect({ host: options.host, port: options.port, noDelay: true });
  onStop(() => socket.destroy());
  await once(socket, "connect", { signal: AbortSignal.timeout(options.timeout) });
  log(`connected to ${options.host}:${options.port} from port ${socket.localPort}`);

  // Step 9 · Answer every test packet
  // ---------------------------------
  // The loop has no end of its own: it ends when the server closes the connection, which the read reports as
  // an error, or when you press Ctrl-C.
  const connection = new Connection(socket);
  const silentAfter = options["silent-after"] ?? Number.POSITIVE_INFINITY;
  for (let answers = 0; ; ) {
    const packet = await connection.read(TEST_PACKET.size, deadlineIn(options.timeout));
    const [id, sequence] = TEST_PACKET.unpack(packet);

    if (answers >= silentAfter) {
      log(`test packet: id ${id} sequence ${sequence} · not answered`, "yellow");
      continue;
    }
    await connection.write(packet, deadlineIn(options.timeout));
    answers++;
    log(`test packet: id ${id} sequence ${sequence} · answered`);
  }
}

run(main);
