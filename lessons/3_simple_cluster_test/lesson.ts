/**
 * Lesson 3 · what the commands need to know of it.
 *
 * @module
 */

import type { Lesson } from "../../src/lesson.ts";
import { SERVER_CHECKS } from "../2_simple_broadcast_test/attacks.ts";
import { CLIENT_CHECKS } from "../2_simple_broadcast_test/client_checks.ts";

/** Lesson 3. */
export const LESSON: Lesson = {
  port: 9003,
  serverChecks: SERVER_CHECKS,
  clientChecks: CLIENT_CHECKS,
  demo: {
    serverFlags: ["--quiet"],
    programs: ["client.ts"],
  },
};
