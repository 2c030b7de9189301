/**
 * Lesson 0 · what the commands need to know of it.
 *
 * @module
 */

import type { Lesson } from "../../src/lesson.ts";
import { SERVER_CHECKS } from "./attacks.ts";
import { CLIENT_CHECKS } from "./client_checks.ts";

/** Lesson 0. */
export const LESSON: Lesson = {
  port: 9000,
  serverChecks: SERVER_CHECKS,
  clientChecks: CLIENT_CHECKS,
  demo: {
    serverFlags: ["--bytes"],
    programs: ["client.ts", "client.ts", "client.ts --silent-after 3"],
  },
};
