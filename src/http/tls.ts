/**
 * The server behind OCPP_TLS_PORT: the same REST and the same chargers as on PORT, over TLS (security profiles 2 and 3). A client
 * certificate is asked for where some authority is known, and judged later, per charge point: profile 2 needs none.
 */
import { createServer, type Server } from 'node:https';
import type { Express } from 'express';
import type { TlsMaterial } from '../config/tls-files.ts';

/** TLS 1.3 has its own. OCPP 1.6 security whitepaper A00.FR.318 and 2.x A00.FR.318 ask for ECDHE-ECDSA and for RSA, with AES-GCM. */
const SUITES = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_AES_128_GCM_SHA256',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES256-GCM-SHA384',
];
/** TLS_RSA_WITH_…: without forward secrecy, and all that some chargers have. */
const RSA_SUITES = ['AES128-GCM-SHA256', 'AES256-GCM-SHA384'];
const HANDSHAKE_MS = 20_000;

export type TlsServer = {
  readonly server: Server;
  /** New certificates for all that connect from now on. Throws, and keeps the old ones, when they cannot be used together. */
  use(material: TlsMaterial): void;
};

export function createTlsServer(options: {
  readonly app: Express;
  readonly material: TlsMaterial;
  /** OCPP_TLS_RSA_KEY_EXCHANGE */
  readonly rsaKeyExchange: boolean;
  /** A handshake came to nothing: why, in OpenSSL's words. */
  readonly onFailed: (why: string, remoteAddress: string | undefined) => void;
}): TlsServer {
  const ciphers = [...SUITES, ...(options.rsaKeyExchange ? RSA_SUITES : [])].join(':');
  const contextOf = ({ certificates, clientCa }: TlsMaterial) => ({
    cert: certificates.map(({ chain }) => chain),
    key: certificates.map(({ key }) => key),
    ca: [...clientCa], // never absent: that would trust every public authority
    minVersion: 'TLSv1.2' as const,
    ciphers,
    honorCipherOrder: true,
  });
  const server = createServer(
    {
      ...contextOf(options.material),
      // Always asked for: chargers of profile 2 have none and say so. Authorities may come later, with new files.
      requestCert: true,
      rejectUnauthorized: false,
      handshakeTimeout: HANDSHAKE_MS,
    },
    options.app,
  );
  server.on('tlsClientError', (cause, socket) => {
    options.onFailed((cause as NodeJS.ErrnoException).code ?? cause.message, socket.remoteAddress);
  });
  return { server, use: (material) => server.setSecureContext(contextOf(material)) };
}
