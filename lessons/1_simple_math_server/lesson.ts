/**
 * Lesson 1 · what the commands need to know of it.
 *
 * @module
 */

import type { Lesson } from "../../src/lesson.ts";
import { SERVER_CHECKS } from "./attacks.ts";
import { CLIENT_CHECKS } from "./client_checks.ts";

/** Lesson 1. */
export const LESSON: Lesson = {
  port: 9001,
  serverChecks: SERVER_CHECKS,
  clientChecks: CLIENT_CHECKS,
  demo: {
    serverFlags: ["--bytes"],
    programs: ["client.ts --interval 2000", "client.ts --interval 3000", "client.ts --interval 5000"],
  },
};
