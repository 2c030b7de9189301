/**
 * Lesson 2 · what the commands need to know about it.
 *
 * @module
 */

import { type Lesson, numbered } from "../../src/lesson.ts";
import { SERVER_CHECKS } from "./attacks.ts";
import { CLIENT_CHECKS } from "./client_checks.ts";

/** Lesson 2. */
export const LESSON: Lesson = {
  port: 9002,
  serverChecks: SERVER_CHECKS,
  clientChecks: CLIENT_CHECKS,
  demo: {
    programs: [
      { name: "server", command: "server.ts --port 0 --quiet --status-port 0" },
      ...numbered(
        ...[1200, 1600, 2000, 2400].map((ms) => `client.ts --port {server port} --interval ${ms}`),
        // One that is slow on purpose.
        "client.ts --port {server port} --interval 2000 --deaf-after 3",
      ),
      {
        name: "map",
        command:
          "map.ts --port {server port} --status-port {server status port} --http-port 0 --interval 20000",
      },
    ],
    // All clients hear the same. Shown once, it leaves the address of the map in sight for a while.
    shownOnce: /^client \d+ (is at|has left)/,
  },
};
