/** The ports that the server listens at: PORT, and OCPP_TLS_PORT if there is one. REST and chargers are served at both. */
import { createServer, type Server } from 'node:http';
import type { Server as NetServer } from 'node:net';
import { hostname } from 'node:os';
import type { Express } from 'express';
import type { Certificates } from './certificates/index.ts';
import type { Config } from './config/index.ts';
import { createOwnTls, type OwnTls } from './http/index.ts';
import type { Transport } from './ocpp/index.ts';
import type { Logger } from './telemetry/index.ts';

/** Longer than the proxies in front, so that they close first. */
const KEEP_ALIVE_MS = 65_000;
/** A log over a slow radio link; src/uploads and src/http end what hardly moves. */
const REQUEST_MS = 3_600_000;

export type Servers = {
  readonly plain: Server;
  start(): Promise<{ readonly port: number; readonly tlsPort: number | undefined }>;
  port(): number;
  tlsPort(): number | undefined;
  /** Reads the TLS files again. */
  reload(): void;
  /** Takes no connection more. */
  refuse(): void;
  /** Cuts off what is left. */
  stop(): Promise<void>;
};

export function createServers(options: {
  readonly app: Express;
  readonly config: Pick<Config, 'http' | 'tls'>;
  readonly transport: Pick<Transport, 'attach'>;
  readonly devCa: Certificates['devCa'];
  readonly log: Logger;
}): Servers {
  const { app, config, transport, devCa, log } = options;
  const { http } = config;
  const plain = createServer(app);
  let tls: OwnTls | undefined;
  let closed: readonly Promise<void>[] = [];
  const all = () => (tls === undefined ? [plain] : [plain, tls.server]);

  function open(server: ReturnType<typeof all>[number], name: 'PORT' | 'OCPP_TLS_PORT', port: number): Promise<void> {
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.requestTimeout = REQUEST_MS;
    transport.attach(server);
    return new Promise((resolve, reject) => {
      const refuse = (cause: NodeJS.ErrnoException): void => reject(whyNotOpen(name, cause));
      server.once('error', refuse);
      server.listen({ port, host: http.host, backlog: 4096 }, () => {
        server.off('error', refuse);
        resolve();
      });
    });
  }

  const port = () => portOf(plain) ?? http.port;
  const tlsPort = () => portOf(tls?.server);
  return {
    plain,
    port,
    tlsPort,
    async start() {
      if (config.tls !== undefined) {
        const own = http.publicUrl === undefined ? hostname() : new URL(http.publicUrl).hostname;
        const names = [...new Set([own, 'localhost', '127.0.0.1', '::1'])];
        tls = await createOwnTls({ app, config: config.tls, devCa, names, log });
        await open(tls.server, 'OCPP_TLS_PORT', config.tls.port);
      }
      await open(plain, 'PORT', http.port);
      return { port: port(), tlsPort: tlsPort() };
    },
    reload: () => tls?.reload(),
    refuse() {
      closed = all().map((server) => new Promise((resolve) => server.close(() => resolve())));
      for (const server of all()) server.closeIdleConnections();
    },
    async stop() {
      for (const server of all()) server.closeAllConnections();
      await Promise.all(closed);
    },
  };
}

/** Told to the person who starts it: the variable that has to change. */
function whyNotOpen(name: string, cause: NodeJS.ErrnoException): Error {
  const whys: Record<string, string> = {
    EACCES: 'may not be opened by this user',
    EADDRINUSE: 'is used by another program',
  };
  const why = whys[cause.code ?? ''];
  if (why === undefined) return cause;
  return new Error(`its port ${why}. Choose another one with ${name}. (${cause.message})`, { cause });
}

function portOf(server: NetServer | undefined): number | undefined {
  const address = server?.address();
  return typeof address === 'object' && address !== null ? address.port : undefined;
}
