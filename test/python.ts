/** The Python of this machine, for tests that compare the kit with Python's programs. */

import { spawnSync } from "node:child_process";

/**
 * How Python is started, up to the name of the script; undefined where there is none.
 *
 * `python3` may be a script of a version manager's, and Python itself may load what else is installed on this machine
 * before it starts: together that takes ten times as long as what the tests need. So Python is asked where it is, and
 * starts alone (`-I -S`). It prints UTF-8, which is not every system's encoding.
 */
export const PYTHON = ["python3", "python"]
  .map((name) => {
    const asked = "import sys; print(sys.executable); sys.exit(sys.version_info < (3, 8))";
    const { status, stdout } = spawnSync(name, ["-c", asked], { encoding: "utf8" });
    return status === 0 ? [stdout.trim(), "-I", "-S", "-X", "utf8"] : undefined;
  })
  .find((command) => command !== undefined);
