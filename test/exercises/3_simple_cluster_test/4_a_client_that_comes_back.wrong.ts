import type { WrongAnswer } from "../wrong.ts";

const OTHERS = "const others = servers.filter((server) => server !== lost);";
const PICK = "const server = choice[Math.floor(world.random() * choice.length)] as string;";
const RESET = "      longest = FIRST_WAIT;\n";
const OVER = 'if ((await connection.over) === "finished") return;';
const CATCH = "} catch {";
const SLEEP = "await world.sleep(longest / 2 + (world.random() * longest) / 2);";
const DOUBLE = "longest = Math.min(longest * 2, LONGEST_WAIT);";

export default [
  {
    name: "does not come back",
    edits: [[OVER, "await connection.over;\n      return;"]],
    says: /Only `finished` is the end/,
  },
  { name: "never ends", edits: [[OVER, "await connection.over;"]], says: /nothing left to do/ },
  {
    name: "gives up when it is refused",
    edits: [[CATCH, "} catch (error) {\n      throw error;"]],
    says: /An attempt that fails is a failure like any other/,
  },
  { name: "does not wait", edits: [[SLEEP, ""]], says: /connects again at once/ },
  {
    name: "does not await its wait",
    edits: [[SLEEP, SLEEP.replace("await ", "void ")]],
    says: /Is an `await` missing/,
  },
  {
    name: "waits only after a refusal",
    edits: [[OVER, `${OVER}\n      lost = server;\n      continue;`]],
    says: /connects again at once/,
  },
  { name: "always waits equally long", edits: [[DOUBLE, ""]], says: /isn't longer than the wait before/ },
  {
    name: "doubles first",
    edits: [[`${SLEEP}\n    ${DOUBLE}`, `${DOUBLE}\n    ${SLEEP}`]],
    says: /double it after it was used/,
  },
  {
    name: "adds instead of doubling",
    edits: [[DOUBLE, "longest = Math.min(longest + 500, LONGEST_WAIT);"]],
    says: /doubles with each failure/,
  },
  { name: "without a limit", edits: [[DOUBLE, "longest *= 2;"]], says: /longer than 30 seconds/ },
  { name: "waits long forever", edits: [[RESET, ""]], says: /begin at one again/ },
  {
    name: "without a random part",
    edits: [[SLEEP, "await world.sleep(longest);"]],
    says: /They come back at the same moment/,
  },
  {
    name: "hardly a random part",
    edits: [[SLEEP, "await world.sleep(longest - world.random() * 20);"]],
    says: /nearly the same moment/,
  },
  {
    name: "a random part from 0 on",
    edits: [[SLEEP, "await world.sleep(world.random() * longest);"]],
    says: /shorter than half/,
  },
  {
    name: "in seconds",
    edits: [[SLEEP, "await world.sleep((longest / 2 + (world.random() * longest) / 2) / 1000);"]],
    says: /not seconds/,
  },
  { name: "the same server again", edits: [[OTHERS, "const others = servers;"]], says: /has just failed/ },
  {
    name: "always the first server",
    edits: [[PICK, "const server = choice[0] as string;"]],
    says: /Choose at random, so that they spread/,
  },
  {
    name: "the next in the list",
    edits: [
      [
        PICK,
        "const server = (lost === undefined ? choice[Math.floor(world.random() * choice.length)] : servers[(servers.indexOf(lost) + 1) % servers.length]) as string;",
      ],
    ],
    says: /among the others, too/,
  },
] satisfies WrongAnswer[];
