/** As whom the embedded server runs. PostgreSQL refuses to run as root, so root lends it an unprivileged account. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** undefined where an Account is expected: run as we are. */
export type Account = { readonly uid: number; readonly gid: number; readonly name: string };

const candidates = ['postgres', 'node', 'nobody'];

/** initdb asks for the name of its user, so the account must have a passwd entry. */
function accountNamed(name: string): Account | undefined {
  const number = (flag: string): number =>
    Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    const uid = number('-u');
    return uid === 0 ? undefined : { uid, gid: number('-g'), name };
  } catch {
    return undefined; // `id` fails for a name that does not exist: that is the answer
  }
}

/**
 * The account for the server; undefined unless we are root. It is the owner of the first of these folders that exists and is
 * not root's: a cluster keeps its owner, and a mounted volume tells who may write to it.
 */
export function serverAccount(folders: readonly string[]): Account | undefined {
  if (process.platform === 'win32' || process.getuid?.() !== 0) return undefined;
  for (const folder of folders) {
    if (!existsSync(folder)) continue;
    const { uid, gid } = statSync(folder);
    if (uid === 0) continue;
    const owner = accountNamed(String(uid));
    if (owner !== undefined) return owner;
    // only initdb asks for a name, and it has run
    if (existsSync(join(folder, 'PG_VERSION'))) return { uid, gid, name: String(uid) };
  }
  for (const name of candidates) {
    const account = accountNamed(name);
    if (account !== undefined) return account;
  }
  throw new Error(
    'Running as root, and none of the users postgres, node, nobody exists that the embedded database could run as. Start as another user or set DATABASE_URL.',
  );
}

export const identityOf = (account: Account | undefined): { uid?: number; gid?: number } =>
  account === undefined ? {} : { uid: account.uid, gid: account.gid };

/** Whether the account can walk to `dir`: /root, for one, is closed to everybody else. */
export function canReach(dir: string, account: Account | undefined): boolean {
  if (account === undefined) return true;
  return (
    spawnSync('/bin/sh', ['-c', 'cd "$0"', dir], { ...identityOf(account), cwd: '/', stdio: 'ignore' }).status === 0
  );
}
