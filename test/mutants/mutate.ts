/** The mutants of a source file: each is the file with one small mistake in it. */

import ts from "typescript";

/** One mistake. */
export interface Mutant {
  /** The line that it is on, from 1. */
  readonly line: number;
  /** What stands there, on one line. */
  readonly original: string;
  /** What the mutant has there. */
  readonly replacement: string;
  /** The whole file with the mistake. */
  readonly source: string;
}

const SWAPPED: Partial<Record<ts.SyntaxKind, string>> = {
  [ts.SyntaxKind.LessThanToken]: "<=",
  [ts.SyntaxKind.LessThanEqualsToken]: "<",
  [ts.SyntaxKind.GreaterThanToken]: ">=",
  [ts.SyntaxKind.GreaterThanEqualsToken]: ">",
  [ts.SyntaxKind.EqualsEqualsEqualsToken]: "!==",
  [ts.SyntaxKind.ExclamationEqualsEqualsToken]: "===",
  [ts.SyntaxKind.AmpersandAmpersandToken]: "||",
  [ts.SyntaxKind.BarBarToken]: "&&",
  [ts.SyntaxKind.PlusToken]: "-",
  [ts.SyntaxKind.MinusToken]: "+",
  [ts.SyntaxKind.AsteriskToken]: "/",
};

/**
 * Makes all mutants of a file: statements deleted, conditions always true or false, operators swapped, booleans
 * flipped, `await` forgotten, and callbacks that do nothing. Texts and types stay as they are.
 *
 * @param source - the text of the file
 * @returns its mutants, from top to bottom
 */
export function mutantsOf(source: string): Mutant[] {
  const file = ts.createSourceFile("file.ts", source, ts.ScriptTarget.Latest, true);
  const mutants: Mutant[] = [];

  const replace = (node: ts.Node, replacement: string, shown: ts.Node = node): void => {
    const [start, end] = [node.getStart(file), node.getEnd()];
    mutants.push({
      line: file.getLineAndCharacterOfPosition(start).line + 1,
      original: shown.getText(file).replace(/\s+/g, " ").slice(0, 100),
      replacement: replacement === "" ? "nothing" : replacement.replace(/\s+/g, " ").slice(0, 100),
      source: source.slice(0, start) + replacement + source.slice(end),
    });
  };
  const replaceCondition = (condition: ts.Expression): void => {
    replace(condition, "true");
    replace(condition, "false");
  };

  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    if (ts.isExpressionStatement(node)) replace(node, "");
    if (ts.isIfStatement(node) || ts.isWhileStatement(node)) replaceCondition(node.expression);
    if (ts.isConditionalExpression(node)) replaceCondition(node.condition);
    if (ts.isAwaitExpression(node)) replace(node, node.expression.getText(file));
    if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) replace(node.body, "undefined", node);
    if (node.kind === ts.SyntaxKind.TrueKeyword) replace(node, "false", node.parent);
    if (node.kind === ts.SyntaxKind.FalseKeyword) replace(node, "true", node.parent);
    if (ts.isBinaryExpression(node)) {
      const swapped = SWAPPED[node.operatorToken.kind];
      if (swapped) {
        const [left, right] = [node.left.getText(file), node.right.getText(file)];
        replace(node, `${left} ${swapped} ${right}`);
      }
      if (node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken)
        replace(node, node.left.getText(file));
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return mutants;
}
