/**
 * The files to mutate, each with its tests in tiers: quick ones first, then those that look from outside, on the one
 * of the two kinds of handlers that the file is about. A tier is a line of words for Vitest: parts of the names of test
 * files, and perhaps `-t` with a part of the names of tests.
 *
 * Lesson 2's map has scripts that need a browser (page.js, picture.js, words.js). They are not here: their tests are in
 * test/docs, and each takes seconds.
 */

const LESSON_0 = "0_simple_test_packets";
const LESSON_1 = "1_simple_math_server";
const LESSON_2 = "2_simple_broadcast_test";
const LESSON_3 = "3_simple_cluster_test";

const CONNECTION = [
  "src/buffers src/deadline src/connection",
  "src/threads.test lessons/bytes",
  `${LESSON_1}/server -t tasks`,
];

export const TARGETS: Readonly<Record<string, readonly string[]>> = {
  "src/connection.ts": CONNECTION,
  "src/buffers.ts": CONNECTION,
  "src/deadline.ts": CONNECTION,
  "src/threads.ts": ["src/threads", `${LESSON_1}/server -t threads`],
  "src/server.ts": [
    "src/server",
    `${LESSON_1}/server -t tasks`,
    `${LESSON_0}/server -t threads`,
    "lessons/descriptors",
  ],
  "src/client.ts": ["src/client", `${LESSON_0}/client -t times`],
  "src/command_line.ts": ["src/command_line"],
  "src/errors.ts": ["src/errors"],
  "src/log.ts": ["src/log", "lessons/bytes"],
  "src/printable.ts": ["src/log"],
  "src/program.ts": ["src/program"],
  "src/packets.ts": ["src/packets"],
  "src/wire.ts": ["src/packets", "lessons/bytes"],
  "src/page_server.ts": ["src/page_server", `${LESSON_2}/map.test`, "lessons/network.test"],
  "src/relay.ts": ["src/relay", "lessons/network.test"],

  ...Object.fromEntries(
    ["command", "conversation", "host", "learner_program", "peer", "process_group", "server_stages", "stages"]
      .concat("server_under_test", "client_stages")
      .map((name) => [`src/checks/${name}.ts`, ["src/checks/", "lessons/check_ lessons/attacks"]]),
  ),
  "lessons/attack.ts": ["lessons/attacks"],
  "lessons/check_server.ts": ["lessons/check_server"],
  "lessons/check_client.ts": ["lessons/check_client"],
  "lessons/network.ts": ["lessons/network.test"],
  "lessons/network/hand.ts": ["src/relay", "lessons/network.test"],
  "lessons/network/journal.ts": ["src/relay", "lessons/network.test"],
  "lessons/network/page_commands.ts": ["lessons/network_recipe", "lessons/network.test"],
  "lessons/network/picture.ts": ["lessons/network_picture"],
  "lessons/network/recipe.ts": ["lessons/network_recipe", "lessons/network.test"],
  "lessons/start.ts": ["lessons/start"],
  "lessons/lessons.ts": ["lessons/lessons"],

  [`lessons/${LESSON_0}/protocol.ts`]: ["lessons/protocols"],
  [`lessons/${LESSON_0}/server.ts`]: [`${LESSON_0}/server -t tasks`],
  [`lessons/${LESSON_0}/client.ts`]: [`${LESSON_0}/client`],

  [`lessons/${LESSON_1}/protocol.ts`]: ["lessons/protocols"],
  [`lessons/${LESSON_1}/server.ts`]: [`${LESSON_1}/server -t tasks`],
  [`lessons/${LESSON_1}/client.ts`]: [`${LESSON_1}/client`],

  [`lessons/${LESSON_2}/protocol.ts`]: ["lessons/protocols"],
  [`lessons/${LESSON_2}/outbox.ts`]: [`${LESSON_2}/outbox`],
  [`lessons/${LESSON_2}/bus.ts`]: [
    `${LESSON_2}/bus`,
    `${LESSON_2}/server -t threads`,
    `${LESSON_2}/server -t tells`,
  ],
  [`lessons/${LESSON_2}/handler.ts`]: [`${LESSON_2}/handler`, `${LESSON_2}/status`],
  [`lessons/${LESSON_2}/server.ts`]: [
    `${LESSON_2}/handler`,
    `${LESSON_2}/server -t first`,
    `${LESSON_2}/status`,
  ],
  [`lessons/${LESSON_2}/client.ts`]: [`${LESSON_2}/client`, `${LESSON_2}/terminal`],
  [`lessons/${LESSON_2}/walker.ts`]: [`${LESSON_2}/client`, `${LESSON_2}/terminal`, `${LESSON_3}/client`],
  [`lessons/${LESSON_2}/screen.ts`]: [`${LESSON_2}/screen`],
  [`lessons/${LESSON_2}/terminal.ts`]: [`${LESSON_2}/terminal`, "src/exercises -t watches"],
  [`lessons/${LESSON_2}/room.ts`]: [`${LESSON_2}/room`],
  [`lessons/${LESSON_2}/map.ts`]: [`${LESSON_2}/map_visits`, `${LESSON_2}/map.test`],
  [`lessons/${LESSON_2}/map/clients.js`]: [`${LESSON_2}/map_clients`],

  [`lessons/${LESSON_3}/protocol.ts`]: [`${LESSON_3}/protocol`],
  [`lessons/${LESSON_3}/peers.ts`]: [`${LESSON_3}/peers`],
  [`lessons/${LESSON_3}/backoff.ts`]: [`${LESSON_3}/backoff`],
  [`lessons/${LESSON_3}/link.ts`]: [`${LESSON_3}/server`, `${LESSON_3}/security`],
  [`lessons/${LESSON_3}/bus.ts`]: [`${LESSON_3}/server`],
  [`lessons/${LESSON_3}/server.ts`]: [`${LESSON_3}/server`, `${LESSON_3}/security`, "lessons/command_line"],
  [`lessons/${LESSON_3}/broker.ts`]: [`${LESSON_3}/broker`],
  [`lessons/${LESSON_3}/client.ts`]: [`${LESSON_3}/client`],
};

/**
 * Takes a tier apart.
 *
 * @param tier - e.g. `src/connection lessons/bytes -t tasks`
 * @returns the words for names of files, and the one for names of tests if there is one
 */
export function readTier(tier: string): { files: string[]; name: string | undefined } {
  const [files = "", name] = tier.split(" -t ");
  return { files: files.split(" "), name };
}
