/**
 * A CPU profile (V8's .cpuprofile, which DevTools and speedscope read too) as a flame graph: one SVG that needs nothing else and shows
 * the name, the file and the share of each box under the pointer. Boxes are as wide as the time in which they were on the stack.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const node = z.object({
  id: z.int(),
  callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.int() }),
  children: z.array(z.int()).optional(),
});
const profileSchema = z.object({
  nodes: z.array(node).min(1),
  samples: z.array(z.int()),
  timeDeltas: z.array(z.number()),
  /** µs of the machine's monotonic clock. */
  startTime: z.number().default(0),
});
type Profile = z.infer<typeof profileSchema>;

/** One function on one stack; those that are alike are one. `us`: it and what it called. */
export type Flame = {
  readonly name: string;
  readonly where: string;
  us: number;
  readonly children: Map<string, Flame>;
};

/** A time that was measured, in µs of the machine's monotonic clock, which V8's profiles count in as well. */
export type Window = { readonly scenario: string; readonly from: number; readonly until: number };
export const monotonicUs = (): number => Number(process.hrtime.bigint() / 1000n);

const isWithin = (windows: readonly Window[], at: number): boolean =>
  windows.some(({ from, until }) => at >= from && at < until);

/** `windows`: only what was on the stack in one of them counts. */
export function flamesOf(json: unknown, windows?: readonly Window[]): Flame {
  const { nodes, samples, timeDeltas, startTime }: Profile = profileSchema.parse(json);
  const own = new Map<number, number>();
  let at = startTime;
  for (const [i, id] of samples.entries()) {
    const us = Math.max(0, timeDeltas[i] ?? 0);
    at += us;
    if (windows === undefined || isWithin(windows, at)) own.set(id, (own.get(id) ?? 0) + us);
  }
  const byId = new Map(nodes.map((each) => [each.id, each]));
  const [first] = nodes;
  const root: Flame = { name: 'all', where: '', us: 0, children: new Map() };
  if (first === undefined) return root;
  // Without recursion: stacks of generated code are deep.
  const order: { id: number; flame: Flame; above: readonly Flame[] }[] = [{ id: first.id, flame: root, above: [] }];
  for (let entry = order.pop(); entry !== undefined; entry = order.pop()) {
    const { id, flame, above } = entry;
    const us = own.get(id) ?? 0;
    for (const each of [...above, flame]) each.us += us;
    for (const childId of byId.get(id)?.children ?? []) {
      const child = byId.get(childId);
      if (child === undefined || child.callFrame.functionName === '(idle)') continue;
      const { functionName, url, lineNumber } = child.callFrame;
      const name = functionName === '' ? '(anonymous)' : functionName;
      const where = url === '' ? '' : `${url.replace(/^.*\/((?:dist|node_modules)\/)/, '$1')}:${lineNumber + 1}`;
      const key = `${name} ${where}`;
      const known = flame.children.get(key) ?? { name, where, us: 0, children: new Map<string, Flame>() };
      flame.children.set(key, known);
      order.push({ id: childId, flame: known, above: [...above, flame] });
    }
  }
  return root;
}

const WIDTH = 1600;
const ROW = 17;
/** Narrower ones cannot be seen. */
const LEAST = 0.4;
const MOST_ROWS = 150;

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c] ?? '&quot;');
/** Our own code warm, packages cool, Node.js and V8 grey; alike names alike. */
function colourOf({ name, where }: Flame): string {
  let hash = 0;
  for (const c of name) hash = (hash * 31 + c.charCodeAt(0)) % 997;
  const shade = 55 + (hash % 20);
  if (where.startsWith('dist/')) return `hsl(${20 + (hash % 30)} 85% ${shade}%)`;
  return where.startsWith('node_modules/') ? `hsl(${190 + (hash % 40)} 50% ${shade}%)` : `hsl(0 0% ${shade + 10}%)`;
}

export function flameSvg(root: Flame, title: string): string {
  const boxes: string[] = [];
  let deepest = 0;
  const todo = [{ flame: root, x: 0, depth: 0 }];
  for (let entry = todo.pop(); entry !== undefined; entry = todo.pop()) {
    const { flame, x, depth } = entry;
    const width = (flame.us / Math.max(1, root.us)) * WIDTH;
    if (width < LEAST || depth > MOST_ROWS) continue;
    deepest = Math.max(deepest, depth);
    const y = 30 + depth * ROW;
    const share = `${((100 * flame.us) / Math.max(1, root.us)).toFixed(2)} %, ${(flame.us / 1000).toFixed(0)} ms`;
    const letters = Math.floor((width - 4) / 6.5);
    const label =
      letters < 3
        ? ''
        : `<text x="${(x + 2).toFixed(1)}" y="${y + 12}">${escaped(flame.name.slice(0, letters))}</text>`;
    boxes.push(
      `<g><title>${escaped(`${flame.name} ${flame.where}`.trim())} (${share})</title>` +
        `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${ROW - 1}" fill="${colourOf(flame)}"/>${label}</g>`,
    );
    let at = x;
    for (const child of [...flame.children.values()].sort((a, b) => b.us - a.us)) {
      todo.push({ flame: child, x: at, depth: depth + 1 });
      at += (child.us / Math.max(1, root.us)) * WIDTH;
    }
  }
  const height = 40 + (deepest + 1) * ROW;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="monospace" font-size="11">` +
    `<rect width="100%" height="100%" fill="#fff"/><text x="4" y="18" font-size="13">${escaped(title)}</text>${boxes.join('')}</svg>\n`
  );
}

/** Flame graphs beside each profile of that folder that has none yet: of all of it, and of each scenario's windows. Their names. */
export function drawFlames(folder: string, windows: readonly Window[] = []): string[] {
  if (!existsSync(folder)) return [];
  if (windows.length > 0) writeFileSync(join(folder, 'windows.json'), JSON.stringify(windows));
  const scenarios = [...new Set(windows.map(({ scenario }) => scenario))];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.cpuprofile') && !existsSync(join(folder, `${name}.svg`)))
    .flatMap((name) => {
      const profile: unknown = JSON.parse(readFileSync(join(folder, name), 'utf8'));
      const draw = (root: Flame, what: string, file: string) => {
        const svg = join(folder, file);
        writeFileSync(svg, flameSvg(root, `${what}: ${(root.us / 1e6).toFixed(1)} s, idle left out`));
        return svg;
      };
      const whole = draw(flamesOf(profile), name, `${name}.svg`);
      const parts = scenarios.flatMap((scenario) => {
        const root = flamesOf(
          profile,
          windows.filter((window) => window.scenario === scenario),
        );
        // another process's time
        if (root.us === 0) return [];
        return draw(root, scenario, `${name}.${scenario.replaceAll(/[^a-z0-9]+/giu, '-')}.svg`);
      });
      return [whole, ...parts];
    });
}
