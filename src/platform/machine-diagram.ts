/**
 * The table of a machine as a mermaid diagram, for the documents: `npm run docs:machines` writes it, test/docs/machines.test.ts
 * compares. So what is drawn is what is decided. Pure.
 */

/** By state: what leads to which other state. A state that nothing leads from is an end. */
export type MachineRules = Readonly<Record<string, Readonly<Partial<Record<string, string>>>>>;

export type DiagramOptions = {
  readonly initial: string;
  /** What may happen in every state that is no end: sign → state. Drawn once, around all of them. */
  readonly everywhere?: Readonly<Record<string, string>>;
  /** The name of what holds all of them; default: open. */
  readonly whole?: string;
};

/** The fenced block, without a line break behind it. */
export function machineDiagram(rules: MachineRules, { initial, everywhere, whole = 'open' }: DiagramOptions): string {
  const outside = new Set(Object.values(everywhere ?? {}));
  const edges = Object.entries(rules).flatMap(([from, moves]) =>
    Object.entries(moves).map(([sign, to]) => `${from} --> ${to}: ${sign}`),
  );
  const ends = Object.entries(rules)
    .filter(([state, moves]) => Object.keys(moves).length === 0 && !outside.has(state))
    .map(([state]) => `${state} --> [*]`);
  const inner = [`[*] --> ${initial}`, ...edges, ...ends];
  const lines =
    everywhere === undefined
      ? inner
      : [
          `[*] --> ${whole}`,
          `state ${whole} {`,
          ...inner.map((line) => `  ${line}`),
          '}',
          ...Object.entries(everywhere).map(([sign, to]) => `${whole} --> ${to}: ${sign}`),
        ];
  return ['```mermaid', 'stateDiagram-v2', ...lines.map((line) => `  ${line}`), '```'].join('\n');
}
