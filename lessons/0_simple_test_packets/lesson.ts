/**
 * Lesson 0 · what the commands need to know about it.
 *
 * @module
 */

import { type Lesson, numbered } from "../../src/lesson.ts";
import { SERVER_CHECKS } from "./attacks.ts";
import { CLIENT_CHECKS } from "./client_checks.ts";

/** Lesson 0. */
export const LESSON: Lesson = {
  port: 9000,
  serverChecks: SERVER_CHECKS,
  clientChecks: CLIENT_CHECKS,
  demo: {
    programs: [
      { name: "server", command: "server.ts --port 0 --bytes" },
      ...numbered(
        "client.ts --port {server port}",
        "client.ts --port {server port}",
        "client.ts --port {server port} --silent-after 3",
      ),
    ],
  },
};
