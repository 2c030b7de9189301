/**
 * Lesson 1 · a client that doesn't wait: it sends several requests, and only then reads their answers (pipelining).
 *
 *   npx tsx lessons/1_simple_math_server/pipelining_client.ts --count 10 --at-once 10
 *
 * `--at-once 1` waits for each answer, as client.ts does. The requests are SUMA 1 1, SUMA 2 1, SUMA 3 1, and so on, twelve
 * bytes each. At the end it says how long all of them took.
 */

import { clientFlags, openClient } from "../../src/client.ts";
import { numberFlag, readCommandLine } from "../../src/command_line.ts";
import { deadlineIn } from "../../src/deadline.ts";
import { log } from "../../src/log.ts";
import { exit, run } from "../../src/program.ts";
import { PACKETS, packRequest, RESPONSE } from "./protocol.ts";

const FLAGS = {
  ...clientFlags(9001, 5000, "how long to wait for the answers"),
  count: numberFlag("N", 10, 1, 1000, "how many requests to send"),
  "at-once": numberFlag("N", 10, 1, 1000, "how many to send before reading their answers"),
};

async function main(): Promise<void> {
  const { options } = readCommandLine("pipelining_client.ts [flags]", FLAGS);
  const { count, timeout, "at-once": atOnce } = options;
  const { connection } = await openClient(options, PACKETS);

  const start = performance.now();
  for (let sent = 0; sent < count; ) {
    const deadline = deadlineIn(timeout);
    const last = Math.min(sent + atOnce, count);
    const first = sent + 1;
    while (sent < last) await connection.write(packRequest("SUMA", ++sent, 1), deadline);
    // The answers come in the order of the requests, so counting tells which answer belongs to which request.
    for (let number = first; number <= last; number++) {
      const [, result] = RESPONSE.unpack(await connection.read(RESPONSE.size, deadline));
      log(`${number} + 1 = ${result}`);
    }
  }
  log(`${count} answers in ${((performance.now() - start) / 1000).toFixed(2)} s`);
  await connection.close();
  return exit(0);
}

run(main);
