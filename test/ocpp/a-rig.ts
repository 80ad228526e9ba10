/** Rigs that are closed when the tests of their file are over. */
import { afterAll } from '@jest/globals';
import { createRig, type Rig } from './rig.ts';

const rigs: Rig[] = [];
afterAll(async () => {
  for (const each of rigs) await each.close();
});

export async function aRig(...options: Parameters<typeof createRig>): Promise<Rig> {
  const made = await createRig(...options);
  rigs.push(made);
  return made;
}
