// npm run test:browser -- --measure [live|many]: how fast the console is, instead of whether it works. Nothing is judged: figures are printed,
// and stand in docs/console.md. CHANGES, POINTS, SITES, SESSIONS, CONNECTED, RATE change the sizes.
import { measureLive } from './live.mjs';
import { measureMany } from './many.mjs';

export async function measure(sight) {
  const asked = process.argv.at(-1);
  if (asked !== 'many') await measureLive(sight);
  if (asked !== 'live') await measureMany(sight);
}
