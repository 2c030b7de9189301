/** Vitest runs this before each file, also before one that shares its process with others. */

import { endWhatIsStarted } from "./lessons/harness.ts";

endWhatIsStarted();
