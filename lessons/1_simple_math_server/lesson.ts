/**
 * Lesson 1 · what the commands need to know about it.
 *
 * @module
 */

import { type Lesson, numbered } from "../../src/lesson.ts";
import { SERVER_CHECKS } from "./attacks.ts";
import { CLIENT_CHECKS } from "./client_checks.ts";

/** Lesson 1. */
export const LESSON: Lesson = {
  port: 9001,
  serverChecks: SERVER_CHECKS,
  clientChecks: CLIENT_CHECKS,
  demo: {
    programs: [
      { name: "server", command: "server.ts --port 0 --bytes" },
      ...numbered(...[2000, 3000, 5000].map((ms) => `client.ts --port {server port} --interval ${ms}`)),
    ],
  },
};
