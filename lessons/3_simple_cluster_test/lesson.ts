/**
 * Lesson 3 · what the commands need to know about it.
 *
 * @module
 */

import { type Lesson, numbered } from "../../src/lesson.ts";
import { SERVER_CHECKS } from "./attacks.ts";
import { CLIENT_CHECKS } from "./client_checks.ts";

const IN_THE_ROOM = "--quiet --broker mqtt://{broker}";

/** Lesson 3. */
export const LESSON: Lesson = {
  port: 9003,
  serverChecks: SERVER_CHECKS,
  clientChecks: CLIENT_CHECKS,
  demo: {
    programs: [
      { name: "broker", command: "broker.ts --port 0" },
      { name: "server A", command: `server.ts --port 0 ${IN_THE_ROOM} --name A` },
      { name: "server B", command: `server.ts --port 0 ${IN_THE_ROOM} --name B`, dies: { at: 10, back: 20 } },
      ...numbered(
        ...[1200, 1600, 2000, 2400].map((ms) => `client.ts --servers {server A},{server B} --interval ${ms}`),
      ),
      {
        name: "map",
        command: "../2_simple_broadcast_test/map.ts --port {server A port} --http-port 0 --interval 20000",
      },
    ],
    // All clients hear the same. Shown once, it leaves the address of the map in sight for a while.
    shownOnce: /^client \d+ (is at|has left)/,
  },
};
