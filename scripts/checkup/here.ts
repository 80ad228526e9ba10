/** What scripts/doctor looks at on this machine: disks and ports. It opens nothing that the server needs for longer than a moment. */
import { statfs as realStatfs, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import type { Config } from '../../src/config/index.ts';
import { whereDatabaseLies } from '../../src/database/embedded/place.ts';
import { type Finding, fault, ok, sizeText, warning } from './finding.ts';

export type Statfs = (
  path: string,
) => Promise<{ readonly bavail: number; readonly blocks: number; readonly bsize: number }>;

const GIB = 1_073_741_824;
/** Less than that is too little whatever the disk's size. */
const LITTLE = GIB;
const HARDLY = 0.2 * GIB;

export function judgeDisk(name: string, path: string, free: number, whole: number): Finding {
  const what = `${name} (${path}): ${sizeText(free)} free of ${sizeText(whole)}`;
  const remedy =
    'Make room, give it a larger disk, or shorten the retention (*_RETENTION_*): with a full disk nothing of chargers is acknowledged.';
  if (free < HARDLY || free < whole * 0.01) return fault('disk', what, remedy);
  return free < LITTLE || free < whole * 0.05 ? warning('disk', what, remedy) : ok('disk', what);
}

type Room = { readonly free: number; readonly whole: number; readonly disk: number };

/** Of a folder that is not there yet: of where it will be made. */
async function roomAt(path: string, statfs: Statfs): Promise<Room> {
  for (let at = path; ; at = dirname(at)) {
    try {
      const { bavail, blocks, bsize } = await statfs(at);
      return { free: bavail * bsize, whole: blocks * bsize, disk: (await stat(at)).dev };
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(at) === at) throw cause;
    }
  }
}

/** undefined: with DATA_DIR, on a server of its own, or nobody knows: then the check of the database says why. */
function databaseElsewhere({ database, dataDir }: Config): string | undefined {
  if (database.url !== undefined) return undefined;
  try {
    const { dir } = whereDatabaseLies(dataDir);
    return dir === dataDir ? undefined : dir;
  } catch {
    return undefined;
  }
}

export async function checkDisks(config: Config, statfs: Statfs = realStatfs): Promise<Finding[]> {
  const { dataDir, uploads, firmware, exports } = config;
  const elsewhere = databaseElsewhere(config);
  const database = elsewhere === undefined ? {} : { 'the database of DATA_DIR': elsewhere };
  // of several on one disk the first is named
  const places = {
    ...database,
    DATA_DIR: dataDir,
    UPLOADS_DIR: uploads.dir,
    FIRMWARE_DIR: firmware.dir,
    EXPORTS_DIR: exports.dir,
  };
  const findings: Finding[] = [];
  const disks = new Set<number>();
  for (const [name, path] of Object.entries(places)) {
    try {
      const { free, whole, disk } = await roomAt(path, statfs);
      if (!disks.has(disk)) findings.push(judgeDisk(name, path, free, whole)); // else it was looked at with another one
      disks.add(disk);
    } catch (cause) {
      const { code = 'unknown' } = cause as NodeJS.ErrnoException;
      findings.push(
        fault(
          'disk',
          `${name} (${path}) cannot be looked at (${code})`,
          `Let the user who runs the server reach ${path}.`,
        ),
      );
    }
  }
  return findings;
}

/** undefined: it is free. */
const whyTaken = (port: number, host: string | undefined): Promise<string | undefined> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', ({ code = 'unknown' }: NodeJS.ErrnoException) => resolve(code));
    probe.listen({ port, ...(host !== undefined && { host }), exclusive: true }, () =>
      probe.close(() => resolve(undefined)),
    );
  });

/** Whether a Dynamo answers there. Of its own certificate nobody says that it is one that this machine believes. */
async function isDynamo(port: number, host: string | undefined): Promise<boolean> {
  const at =
    host === undefined || host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  try {
    const answer = await fetch(`http://${at}:${port}/readyz`, { signal: AbortSignal.timeout(3000), redirect: 'error' });
    const body: unknown = await answer.json();
    return typeof body === 'object' && body !== null && 'checks' in body;
  } catch {
    return false; // nobody, or somebody else
  }
}

export async function checkPorts({ http, tls }: Config): Promise<Finding[]> {
  const findings: Finding[] = [];
  const isOurs = http.port !== 0 && (await isDynamo(http.port, http.host));
  const ports = [
    { name: 'PORT', port: http.port },
    ...(tls === undefined ? [] : [{ name: 'OCPP_TLS_PORT', port: tls.port }]),
  ];
  for (const { name, port } of ports) {
    if (port === 0) {
      findings.push(ok('ports', `${name} is 0: any free port`));
      continue;
    }
    const why = await whyTaken(port, http.host);
    const what = `${name} ${port}`;
    if (why === undefined) findings.push(ok('ports', `${what} is free`));
    else if (why === 'EADDRINUSE' && isOurs) findings.push(ok('ports', `${what} is served by Dynamo CSMS`));
    else if (why === 'EADDRINUSE')
      findings.push(
        fault(
          'ports',
          `${what} is used by another program`,
          `Stop that one (ss -ltnp 'sport = :${port}'), or choose another ${name}.`,
        ),
      );
    else if (why === 'EACCES')
      findings.push(
        fault(
          'ports',
          `${what} may not be opened by this user`,
          `Choose a ${name} from 1024 on and let a proxy have the low one, or give Node the right (setcap cap_net_bind_service).`,
        ),
      );
    else
      findings.push(
        fault('ports', `${what} cannot be opened (${why})`, 'Look at HOST: it must be an address of this machine.'),
      );
  }
  return findings;
}
