/** Whose what we make is: what root makes in the folder of somebody else is his, or he could not read it once he starts the server himself. */
import { statSync } from 'node:fs';

export type Owner = { readonly uid: number; readonly gid: number };

/** undefined: it stays ours. */
export function ownerIn(folder: string): Owner | undefined {
  if (process.platform === 'win32' || process.getuid?.() !== 0) return undefined;
  const { uid, gid } = statSync(folder);
  return uid === 0 ? undefined : { uid, gid };
}
