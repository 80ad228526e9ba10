/** What is told to the person whose start failed: the thing and the remedy. */
import { statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { ConfigError } from './config/index.ts';

export function whyNoStart(cause: unknown): unknown {
  if (cause instanceof ConfigError) return `The configuration is not usable:\n${cause.message}`;
  if (!(cause instanceof Error)) return cause;
  return `Dynamo CSMS could not start: ${whyNoFile(cause) ?? cause.message}`;
}

/** undefined: it is not a file that may not be read or made. */
function whyNoFile({ code = '', path, message }: NodeJS.ErrnoException): string | undefined {
  if (path === undefined || !['EACCES', 'EPERM', 'EROFS'].includes(code)) return undefined;
  const why =
    code === 'EROFS'
      ? 'it lies on a file system that this process may only read'
      : `it ${ownerOf(path)}, and this process runs as ${me()}`;
  return `${path} cannot be read or written: ${why}. Give it to the user who runs the server (chown), or set another DATA_DIR. (${message})`;
}

/** Of the file; where it is not there or cannot be looked at, of the folder that would have to be passed. */
function ownerOf(path: string): string {
  for (let at = path; ; at = dirname(at)) {
    try {
      const { uid } = statSync(at);
      return at === path ? `belongs to user id ${uid}` : `is in ${at}, which belongs to user id ${uid}`;
    } catch (cause) {
      if (dirname(at) === at) throw cause;
    }
  }
}

/** A user without an entry in /etc/passwd has no name. */
const me = (): string => (process.getuid === undefined ? userInfo().username : `user id ${process.getuid()}`);
