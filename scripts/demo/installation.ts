/** The server that the demo plays on: one that runs already, or one of its own that it starts and removes afterwards. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, startServer, sweepRuns } from '../kit/server-process.ts';

export type Installation = {
  /** http://host:port */
  readonly base: string;
  readonly apiKey: string;
  readonly isOwn: boolean;
  /** What our own server wrote last. */
  output(): string;
  stop(): Promise<void>;
};

export class CannotPlay extends Error {
  override readonly name = 'CannotPlay';
}

type Found = 'nobody' | 'dynamo' | 'something else';

async function whoAnswers(base: string): Promise<Found> {
  try {
    const response = await fetch(`${base}/livez`, { signal: AbortSignal.timeout(3000), redirect: 'manual' });
    const text = await response.text();
    return response.ok && /^\{"status":"ok"/.test(text) ? 'dynamo' : 'something else';
  } catch (cause) {
    const { code } = ((cause as Error).cause ?? {}) as { code?: string }; // as: fetch wraps the system's error
    return code === 'ECONNREFUSED' ? 'nobody' : 'something else';
  }
}

export async function findInstallation(options: {
  readonly port: number;
  readonly apiKey: string | undefined;
  readonly folder: string;
  readonly caFile: string;
  readonly isVerbose: boolean;
  readonly say: (text: string) => void;
}): Promise<Installation> {
  const { port, apiKey, folder, caFile, say } = options;
  const base = `http://127.0.0.1:${port}`;
  const found = await whoAnswers(base);
  if (found === 'dynamo') {
    if (apiKey === undefined) {
      throw new CannotPlay(
        `A Dynamo CSMS answers at ${base} already. Play on it with: npm run demo -- --api-key KEY\n` +
          '(a key with all scopes; it was shown at the first start), or on a server of the demo with: npm run demo -- --port 0',
      );
    }
    say(`playing on the server that runs at ${base}`);
    return { base, apiKey, isOwn: false, output: () => '', stop: async () => undefined };
  }
  if (apiKey !== undefined)
    throw new CannotPlay(`No Dynamo CSMS answers at ${base}; without --api-key the demo starts one.`);
  const own = port === 0 || found === 'something else' ? await freePort() : port;
  if (found === 'something else' && port !== 0) say(`port ${port} belongs to another program; taking ${own}`);
  const key = `demo-${randomBytes(24).toString('hex')}`;
  const dataDir = join(folder, `run-${Date.now()}`);
  mkdirSync(dataDir, { recursive: true });
  sweepRuns(folder);
  say(`starting a server of its own, with an embedded PostgreSQL, on port ${own} …`);
  try {
    const server = await startServer({
      port: own,
      env: {
        DATA_DIR: dataDir,
        DATABASE_URL: '',
        DIRECT_DATABASE_URL: '',
        SECRET_KEYS: '',
        PUBLIC_URL: '',
        BOOTSTRAP_ORG: 'Demo',
        BOOTSTRAP_API_KEY: key,
        WEBHOOK_ALLOW_SUBNETS: '127.0.0.0/8',
        WEBHOOK_CA_FILE: caFile,
        LOG_LEVEL: options.isVerbose ? 'info' : 'warn',
      },
      ...(options.isVerbose ? { onLine: (line: string) => console.error(line) } : {}),
    });
    return {
      base: server.base,
      apiKey: key,
      isOwn: true,
      output: server.output,
      async stop() {
        await server.stop();
        rmSync(dataDir, { recursive: true, force: true });
      },
    };
  } catch (cause) {
    rmSync(dataDir, { recursive: true, force: true });
    throw cause;
  }
}
