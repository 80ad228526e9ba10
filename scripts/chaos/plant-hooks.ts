/** Node's module hooks that change the files of a planted fault while they are loaded. Runs in the loader's own thread. */
import { type Fault, faults, planted } from './faults.ts';

type Loaded = { readonly format: string; readonly source?: string | Uint8Array; readonly shortCircuit?: boolean };
type Load = (url: string, context: object) => Promise<Loaded>;

let fault: Fault | undefined;

export function initialize(data: { readonly fault: string | null }): void {
  fault = faults.find(({ name }) => name === data.fault);
  if (fault === undefined) throw new Error(`There is no fault ${JSON.stringify(data.fault)}`);
}

export async function load(url: string, context: object, next: Load): Promise<Loaded> {
  const loaded = await next(url, context);
  const patches = (fault?.patches ?? []).filter(({ file }) => url.endsWith(`/dist/src/${file}`));
  if (patches.length === 0) return loaded;
  const { source = '' } = loaded;
  const text = typeof source === 'string' ? source : Buffer.from(source).toString('utf8');
  return { ...loaded, source: patches.reduce(planted, text) };
}
