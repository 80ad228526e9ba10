/** What a scenario plays on: a PostgreSQL, a server beside it, a receiver of webhooks. All of it is gone afterwards, whatever happens. */
import { mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { connectDatabase } from '../../src/database/index.ts';
import { createLocalCertificate } from '../kit/certificate.ts';
import type { Ground } from './load.ts';
import { type Postgres, quiet, startPostgres } from './postgres.ts';
import { PROBE_FLAGS, type ProbeOrder, type ProbeReport } from './probe.ts';
import { type Line, startProxy } from './proxy.ts';
import { startReceiver } from './receiver.ts';
import type { Tools, Verdict } from './scenario.ts';
import { anInstallation, aServerNode, YOUNG_SPACE } from './server-node.ts';

export type Stage = Ground & {
  readonly postgres: Postgres;
  /** Between server and PostgreSQL, where that is wanted. */
  readonly proxy: Line | undefined;
  readonly apiKey: string;
  /** To the probe in the server. */
  order(order: Exclude<ProbeOrder, { do: 'measure' }>): void;
  /** `snapshot`: a file for what is in the heap. */
  measure(snapshot?: string): Promise<ProbeReport>;
};

export type StageOptions = {
  /** The server reaches its PostgreSQL through a proxy. */
  readonly isProxied?: boolean;
  readonly hasProbe?: boolean;
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Of PostgreSQL. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where PostgreSQL keeps its files; default: in the folder of the run. */
  readonly dataDir?: string;
  /** What becomes of that folder at the end; default: it is removed. */
  readonly release?: (dataDir: string) => void;
};

const remove = (dataDir: string): void => rmSync(dataDir, { recursive: true, force: true });

/** The server is not started: whoever plays starts it. */
export async function onStage(
  tools: Tools,
  options: StageOptions,
  play: (stage: Stage) => Promise<Verdict>,
): Promise<Verdict> {
  const endings: (() => unknown)[] = [];
  try {
    const dataDir = options.dataDir ?? mkdtempSync(join(tools.folder, 'run-'));
    endings.push(() => (options.release ?? remove)(dataDir));
    const postgres = await startPostgres(dataDir, options.settings);
    endings.push(() => postgres.stop());
    // else its files lie where nobody would remove them, and on a disk that nobody chose
    if (dirname(postgres.folder) !== dataDir)
      throw new Error(`the account of PostgreSQL cannot reach ${dataDir}; it went to ${postgres.folder}`);
    const proxy = options.isProxied === true ? await startProxy({ path: postgres.socket }) : undefined;
    endings.push(() => proxy?.close());
    const certificate = await createLocalCertificate(7);
    const receiver = await startReceiver(certificate);
    endings.push(() => receiver.close());
    const url = proxy === undefined ? postgres.url : `postgresql://dynamo@127.0.0.1:${proxy.port}/dynamo`;
    const installation = anInstallation(url, certificate.ca);
    endings.push(() => installation.remove());
    const { apiKey } = installation;
    let told: (report: ProbeReport) => void = () => undefined;
    const node = await aServerNode(
      { ...installation, environment: { ...installation.environment, ...options.env } },
      {
        flags: [YOUNG_SPACE, ...(options.hasProbe === true ? PROBE_FLAGS : []), ...(options.flags ?? [])],
        ...(options.hasProbe === true && { onMessage: (report) => told(report as ProbeReport) }), // as: our own probe's
      },
    );
    endings.push(() => node.abandon());
    const db = connectDatabase({ connection: { connectionString: postgres.url }, url, poolSize: 4, log: quiet });
    endings.push(() => db.close());
    return await play({
      ...{ db, node, receiver, postgres, proxy, apiKey },
      order: (order) => node.tell(order),
      measure: (snapshot) =>
        new Promise((resolve) => {
          told = resolve;
          node.tell({ do: 'measure', ...(snapshot !== undefined && { snapshot }) } satisfies ProbeOrder);
        }),
    });
  } finally {
    for (const end of endings.toReversed()) await end();
  }
}
