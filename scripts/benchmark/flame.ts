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
});
type Profile = z.infer<typeof profileSchema>;

/** One function on one stack; those that are alike are one. `us`: it and what it called. */
export type Flame = {
  readonly name: string;
  readonly where: string;
  us: number;
  readonly children: Map<string, Flame>;
};

export function flamesOf(json: unknown): Flame {
  const { nodes, samples, timeDeltas }: Profile = profileSchema.parse(json);
  const own = new Map<number, number>();
  for (const [i, id] of samples.entries()) own.set(id, (own.get(id) ?? 0) + Math.max(0, timeDeltas[i] ?? 0));
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

/** A flame graph beside each profile of that folder that has none yet; their names. */
export function drawFlames(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.cpuprofile') && !existsSync(join(folder, `${name}.svg`)))
    .map((name) => {
      const root = flamesOf(JSON.parse(readFileSync(join(folder, name), 'utf8')));
      const svg = join(folder, `${name}.svg`);
      writeFileSync(svg, flameSvg(root, `${name}: ${(root.us / 1e6).toFixed(1)} s, idle left out`));
      return svg;
    });
}
