/** This server's own TLS: which certificates it shows and whose it believes, from files and the development CA, renewed as they change. */
import type { Server } from 'node:https';
import type { Express } from 'express';
import type { TlsConfig } from '../config/index.ts';
import { readTlsFiles, type TlsMaterial } from '../config/tls-files.ts';
import { createTlsServer } from './tls.ts';

export type OwnTls = {
  readonly server: Server;
  /** Reads the files again; when something is wrong with them, the old ones stay and the log says so. */
  reload(): void;
};

type DevCa = {
  certificate(): Promise<string>;
  server(names: readonly string[]): Promise<{ readonly chain: string; readonly key: string }>;
};

type Log = {
  info(fields: object, message: string): void;
  debug(fields: object, message: string): void;
  error(fields: object, message: string): void;
};

export async function createOwnTls(options: {
  readonly app: Express;
  readonly config: TlsConfig;
  /** CERTIFICATE_SIGNER=dev-ca: its certificates are believed as those of chargers, and it may sign this server's. */
  readonly devCa: DevCa | undefined;
  /** Names and addresses that this server is reached by. */
  readonly names: readonly string[];
  readonly log: Log;
}): Promise<OwnTls> {
  const { app, config, devCa, names, log } = options;
  const believed = devCa === undefined ? [] : [await devCa.certificate()];
  const made = config.fromDevCa && devCa !== undefined ? [await devCa.server(names)] : [];
  const read = (): TlsMaterial => {
    const { certificates, clientCa } = readTlsFiles(config.files);
    return { certificates: [...certificates, ...made], clientCa: [...clientCa, ...believed] };
  };
  let current = read();
  const { server, use } = createTlsServer({
    app,
    material: current,
    rsaKeyExchange: config.rsaKeyExchange,
    onFailed: (why, remoteAddress) => log.debug({ why, remoteAddress }, 'a TLS handshake came to nothing'),
  });
  return {
    server,
    reload() {
      try {
        const next = read();
        if (JSON.stringify(next) === JSON.stringify(current)) return;
        use(next);
        current = next;
        log.info({}, 'the certificates of OCPP_TLS_CERTS and OCPP_TLS_CLIENT_CA were read anew');
      } catch (cause) {
        log.error({ err: cause }, 'changed TLS files cannot be used: the old ones stay');
      }
    },
  };
}
