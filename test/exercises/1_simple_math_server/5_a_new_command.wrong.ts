import type { WrongAnswer } from "../wrong.ts";

const POWER = "first ** second]";
const ANSWER = "await connection.write(RESPONSE.pack(...calculate(command, first, second)), deadline);";
const ZERO = "first === 0 && second < 0 ?";

export default [
  { name: "exclusive or", edits: [[POWER, "first ^ second]"]], says: /exclusive or/ },
  { name: "a product", edits: [[POWER, "first * second]"]], says: /That is first × second/ },
  { name: "swapped", edits: [[POWER, "second ** first]"]], says: /swapped/ },
  { name: "a sum", edits: [[POWER, "first + second]"]], says: /That is first \+ second/ },
  { name: "an integer", edits: [[POWER, "Math.trunc(first ** second)]"]], says: /cut to an integer/ },
  { name: "32 bits", edits: [[POWER, "(first ** second) | 0]"]], says: /cut to 32 bits/ },
  {
    name: "the sign outside",
    edits: [[POWER, "Math.sign(first) * Math.abs(first) ** second]"]],
    says: /Its sign is wrong/,
  },
  { name: "Infinity for 1 ÷ 0", edits: [[ZERO, "false ?"]], says: /JavaScript says Infinity/ },
  { name: "0 refused always", edits: [[ZERO, "first === 0 ?"]], says: /0 divides by zero only if/ },
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
  { name: "a square", edits: [[POWER, "first * first]"]], says: /whatever second is/ },
  { name: "two digits", edits: [[POWER, "Number((first ** second).toFixed(2))]"]], says: /was rounded/ },
  {
    name: "no more than a short",
    edits: [[POWER, "Math.min(first ** second, 32767)]"]],
    says: /only the values are shorts/,
  },
  {
    name: "the sign lost",
    edits: [[POWER, "Math.abs(first) ** second]"]],
    says: /The sign of first was lost/,
  },
  {
    name: "the exponent's sign lost",
    edits: [[POWER, "first ** Math.abs(second)]"]],
    says: /A negative exponent gives a fraction/,
  },
  {
    name: "1 ÷ first",
    edits: [[POWER, "second < 0 ? 1 / first : first ** second]"]],
    says: /A negative exponent gives a fraction/,
  },
  {
    name: "0 for a fraction",
    edits: [[POWER, "second < 0 ? 0 : first ** second]"]],
    says: /cut to an integer/,
  },
  {
    name: "a loop that begins with first",
    edits: [[POWER, "first ** Math.max(second, 1)]"]],
    says: /the product begins with 1/,
  },
  {
    name: "a loop of one round too many",
    edits: [[POWER, "first ** (Math.max(second, 0) + 1)]"]],
    says: /multiplies once too often/,
  },
  {
    name: "a logarithm",
    edits: [[POWER, "Math.exp(second * Math.log(first))]"]],
    says: /logarithm of a negative number/,
  },
  {
    name: "an exponent of 0 refused",
    edits: [[ZERO, "second === 0 ?"]],
    says: /An exponent of 0 divides nothing/,
  },
  {
    name: "0 to the power of 0 refused",
    edits: [[ZERO, "first === 0 && second <= 0 ?"]],
    says: /0 divides by zero only if/,
  },
  {
    name: "0 to the power of 0 is 0",
    edits: [[POWER, "first === 0 ? 0 : first ** second]"]],
    says: /0 to the power of 0 is 1/,
  },
  {
    name: "ok, NaN",
    edits: [
      [
        "? [STATUS.DIVISION_BY_ZERO, Number.NaN] : [STATUS.OK, first ** second]",
        "? [STATUS.OK, Number.NaN] : [STATUS.OK, first ** second]",
      ],
    ],
    says: /protocol has a status for it/,
  },
  {
    name: "a result beside the status",
    edits: [
      [
        "? [STATUS.DIVISION_BY_ZERO, Number.NaN] : [STATUS.OK, first ** second]",
        "? [STATUS.DIVISION_BY_ZERO, 0] : [STATUS.OK, first ** second]",
      ],
    ],
    says: /there is no result, so it is NaN/,
  },
  {
    name: "another status",
    edits: [
      [
        "? [STATUS.DIVISION_BY_ZERO, Number.NaN] : [STATUS.OK, first ** second]",
        "? [STATUS.MALFORMED, Number.NaN] : [STATUS.OK, first ** second]",
      ],
    ],
    says: /It is a division by zero, 1 ÷ 0/,
  },
  {
    name: "thrown",
    edits: [
      [
        "      // 0 to the power of −1",
        '      if (first === 0 && second < 0) throw new Error("division by zero");\n      // 0 to the power of −1',
      ],
    ],
    says: /keeps quiet about it: let it print the error/,
  },
  {
    name: "nothing returned",
    edits: [["return first === 0 && second", "break;\n      return first === 0 && second"]],
    says: /[Ii]s a `return` missing\?/,
  },
  {
    name: "big integers",
    edits: [[POWER, "Number(BigInt(first) ** BigInt(second))]"]],
    says: /Something was thrown/,
  },
  {
    name: "the result first",
    edits: [["[STATUS.OK, first ** second]", "[first ** second, STATUS.OK]"]],
    says: /a status and a result, in this order/,
  },
  {
    name: "only the examples",
    edits: [[POWER, "second === 10 ? 1024 : second === -1 ? 0.5 : 1]"]],
    says: /whatever the values are/,
  },
  {
    name: "small letters",
    edits: [['case "POTENCIA"', 'case "potencia"']],
    says: /in exactly these letters/,
  },
  {
    name: "whatever begins like it",
    edits: [["switch (command) {", 'switch (command.startsWith("POT") ? "POTENCIA" : command) {']],
    says: /letter for letter/,
  },
  {
    name: "any letters",
    edits: [["switch (command) {", "switch (command.toUpperCase()) {"]],
    says: /letter for letter/,
  },
  {
    name: "without spaces",
    edits: [["switch (command) {", "switch (command.trim()) {"]],
    says: /letter for letter/,
  },
  {
    name: "whatever it does not know",
    edits: [
      ['case "POTENCIA":', "default:"],
      ["    default:\n      return [STATUS.UNKNOWN_COMMAND, Number.NaN];\n", ""],
    ],
    says: /the `default:` stays as it was, and a `case "POTENCIA":` comes before it/,
  },
  {
    name: "DIVISION goes on into it",
    edits: [
      [
        "return second === 0 ? [STATUS.DIVISION_BY_ZERO, Number.NaN] : [STATUS.OK, first / second];",
        "if (second === 0) return [STATUS.DIVISION_BY_ZERO, Number.NaN];",
      ],
    ],
    says: /does its `case` go on into that of POTENCIA/,
  },
  {
    name: "one answer, and goodbye",
    edits: [["while (await", "if (await"]],
    says: /The same happens after SUMA/,
  },
  {
    name: "two answers each",
    edits: [[ANSWER, `${ANSWER}\n      ${ANSWER}`]],
    says: /each is answered once/,
  },
  {
    name: "a response of eight bytes",
    edits: [
      [
        ANSWER,
        ANSWER.replace(
          "RESPONSE.pack(...calculate(command, first, second))",
          "RESPONSE.pack(...calculate(command, first, second)).subarray(4)",
        ),
      ],
    ],
    says: /a response is twelve bytes/,
  },
  { name: "a port of its own", edits: [["listen(port,", "listen(0,"]], says: /[Pp]ass `port` to `listen`/ },
  {
    name: "every network",
    edits: [['listen(port, "127.0.0.1")', "listen(port)"]],
    says: /this machine only/,
  },
] satisfies WrongAnswer[];
