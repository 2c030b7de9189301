/** What the build finds: the lessons that there are. */

import { FAMOUS, lessonPresets, type Preset } from "../../../docs/playground/presets.ts";
import { type Reading, read, type Trouble } from "../../../docs/playground/reading.ts";
import { EMPTY, type State } from "../../../docs/playground/state.ts";
import { PACKETS as TEST_PACKETS } from "../../../lessons/0_simple_test_packets/protocol.ts";
import { PACKETS as MATH_PACKETS } from "../../../lessons/1_simple_math_server/protocol.ts";

/** All that the page offers. */
export const PRESETS: readonly Preset[] = [
  ...lessonPresets([
    { number: 0, title: "Lesson 0", packets: TEST_PACKETS },
    { number: 1, title: "Lesson 1", packets: MATH_PACKETS },
  ]),
  ...FAMOUS,
];

/** A preset by its name in links. */
export function presetNamed(id: string): Preset {
  const found = PRESETS.find((preset) => preset.id === id);
  if (!found) throw new Error(`no preset ${id}`);
  return found;
}

/** A state of which only this was typed. */
export function typed(changes: Partial<State>): State {
  return { ...EMPTY, ...changes };
}

/** What is shown of a state; fails if it is nothing. */
export function shown(state: State): Reading {
  const reading = read(state, PRESETS);
  if ("about" in reading) throw new Error(reading.message);
  return reading;
}

/** Why nothing is shown of a state; fails if something is. */
export function trouble(state: State): Trouble {
  const reading = read(state, PRESETS);
  if ("about" in reading) return reading;
  throw new Error("it is shown");
}
