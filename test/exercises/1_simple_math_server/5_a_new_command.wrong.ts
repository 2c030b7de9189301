import type { WrongAnswer } from "../wrong.ts";

const POWER = "first ** second]";
const ZERO = "first === 0 && second < 0 ?";

export default [
  { name: "exclusive or", edits: [[POWER, "first ^ second]"]], says: /exclusive or/ },
  { name: "a product", edits: [[POWER, "first * second]"]], says: /That is first × second/ },
  { name: "swapped", edits: [[POWER, "second ** first]"]], says: /changed places/ },
  { name: "a sum", edits: [[POWER, "first + second]"]], says: /That is first \+ second/ },
  { name: "an integer", edits: [[POWER, "Math.trunc(first ** second)]"]], says: /cut to an integer/ },
  { name: "32 bits", edits: [[POWER, "(first ** second) | 0]"]], says: /cut to 32 bits/ },
  {
    name: "the sign outside",
    edits: [[POWER, "Math.sign(first) * Math.abs(first) ** second]"]],
    says: /Its sign is wrong/,
  },
  { name: "Infinity for 1 ÷ 0", edits: [[ZERO, "false ?"]], says: /JavaScript says Infinity/ },
  { name: "0 refused always", edits: [[ZERO, "first === 0 ?"]], says: /Only a negative exponent of 0/ },
  { name: "negative exponents refused", edits: [[ZERO, "second < 0 ?"]], says: /Only 0 to a negative power/ },
  { name: "another name", edits: [['case "POTENCIA"', 'case "POTENCIAS"']], says: /does not know it yet/ },
  { name: "SUMA broken", edits: [["first + second]", "first - second]"]], says: /SUMA was right before/ },
  {
    name: "a loop",
    edits: [
      [
        POWER,
        "Array.from({ length: Math.max(second, 0) }, () => first).reduce((product, value) => product * value, 1)]",
      ],
    ],
    says: /does nothing for a negative exponent/,
  },
] satisfies WrongAnswer[];
