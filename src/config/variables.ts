/**
 * Every variable there is, as the environment and .env spell it. .env.example lists the same ones (a test compares), and no
 * other file knows their names.
 */
import { z } from 'zod';
import {
  email,
  hostPatterns,
  httpsUrl,
  mailAddress,
  mapAttribution,
  mapTiles,
  networks,
  oneOf,
  postgresUrl,
  proxies,
  publicUrl,
  retryOffsets,
  smtpUrl,
  text,
  tlsCertificates,
  transferUrlSchemes,
  whole,
  word,
} from './values.ts';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** What stands in defaults is text, as it would stand in .env. */
export const variables = z.object({
  PORT: whole(0, 65_535).prefault('3000'),
  HOST: text('an address to listen on', 1, 255).optional(),
  PUBLIC_URL: publicUrl.optional(),
  TRUST_PROXY: proxies.prefault(''),
  WORKERS: whole(1, 64).prefault('1'),

  DATA_DIR: text('a folder', 1, 4096).prefault('./data'),
  DATABASE_URL: postgresUrl.optional(),
  DIRECT_DATABASE_URL: postgresUrl.optional(),
  DATABASE_POOL_SIZE: whole(3, 500).prefault('10'),
  INGEST_LANES: whole(1, 64).prefault('4'),

  SECRET_KEYS: z.string().optional(),
  BOOTSTRAP_ORG: text('a name of at most 200 characters', 1, 200).optional(),
  BOOTSTRAP_EMAIL: email.optional(),
  BOOTSTRAP_PASSWORD: z.string().min(12, 'at least 12 characters').max(1024, 'at most 1024 characters').optional(),
  BOOTSTRAP_API_KEY: word('32 to 256 printable characters without spaces', 32, 256).optional(),

  OCPP_UNKNOWN_IDENTITY: oneOf('401', '404', 'pending').prefault('401'),

  OCPP_TLS_PORT: whole(0, 65_535).optional(),
  OCPP_TLS_CERTS: tlsCertificates.optional(),
  OCPP_TLS_CLIENT_CA: text('a file of certificates in PEM form', 1, 4096).optional(),
  OCPP_TLS_RSA_KEY_EXCHANGE: oneOf('on', 'off').prefault('on'),
  DEVICE_INVENTORY: oneOf('auto', 'off').prefault('auto'),
  EVENT_STREAMS_MAX: whole(0, 100).prefault('10'),

  TRANSFER_URL_SCHEMES: transferUrlSchemes.prefault('https,http,ftps,ftp,sftp'),
  UPLOADS_DIR: text('a folder', 1, 4096).optional(),
  UPLOAD_MAX_MIB: whole(1, 10_240).prefault('50'),
  UPLOADS_QUOTA_MIB: whole(1, 10_485_760).prefault('5120'),

  EXPORTS_DIR: text('a folder', 1, 4096).optional(),
  FIRMWARE_DIR: text('a folder', 1, 4096).optional(),
  FIRMWARE_MAX_MIB: whole(1, 16_384).prefault('512'),
  FIRMWARE_QUOTA_MIB: whole(1, 1_048_576).prefault('10240'),
  FIRMWARE_URL: publicUrl.optional(),
  CERTIFICATE_SIGNER: oneOf('none', 'dev-ca', 'hook').prefault('none'),
  CERTIFICATE_SIGNER_URL: httpsUrl.optional(),
  CERTIFICATE_SIGNER_SECRET: word('16 to 256 printable characters without spaces', 16, 256).optional(),
  V2G_CERTIFICATE_SIGNER: oneOf('none', 'dev-ca', 'hook').prefault('none'),
  V2G_CERTIFICATE_SIGNER_URL: httpsUrl.optional(),
  V2G_CERTIFICATE_SIGNER_SECRET: word('16 to 256 printable characters without spaces', 16, 256).optional(),
  V2G_ROOTS_FILE: text('a file of certificates in PEM form', 1, 4096).optional(),
  OCSP_UNAVAILABLE: oneOf('refuse', 'accept').prefault('refuse'),
  EV_CERTIFICATE_PROVIDER: oneOf('none', 'echo', 'hook').prefault('none'),
  EV_CERTIFICATE_PROVIDER_URL: httpsUrl.optional(),
  EV_CERTIFICATE_PROVIDER_SECRET: word('16 to 256 printable characters without spaces', 16, 256).optional(),
  VAT_VALIDATION: oneOf('format', 'refuse').prefault('format'),

  WEBHOOK_ALLOW_SUBNETS: networks.prefault(''),
  WEBHOOK_ALLOW_HOSTS: hostPatterns.prefault(''),
  WEBHOOK_CA_FILE: text('a file of certificates in PEM form', 1, 4096).optional(),
  WEBHOOK_RETRY_OFFSETS: retryOffsets.prefault('60,390,2400,14400,86400'),
  WEBHOOK_TIMEOUT_MS: whole(100, 300_000).prefault('30000'),

  SMTP_URL: smtpUrl.optional(),
  SMTP_CA_FILE: text('a file of certificates in PEM form', 1, 4096).optional(),
  MAIL_FROM: mailAddress.optional(),

  FRAMES_RETENTION_DAYS: whole(0, 3650).prefault('14'),
  STATUS_RETENTION_MONTHS: whole(0, 600).prefault('24'),
  METER_RETENTION_MONTHS: whole(0, 600).prefault('24'),
  EVENTS_RETENTION_DAYS: whole(2, 3650).prefault('30'),
  COMMANDS_RETENTION_DAYS: whole(0, 3650).prefault('365'),
  UPLOADS_RETENTION_DAYS: whole(0, 3650).prefault('30'),
  AUDIT_RETENTION_DAYS: whole(0, 3650).prefault('730'),
  EXPORTS_RETENTION_DAYS: whole(0, 3650).prefault('90'),

  CONSOLE_MAP_TILES_URL: mapTiles.optional(),
  CONSOLE_MAP_ATTRIBUTION: mapAttribution.optional(),

  COST_UPDATE_S: whole(5, 3600).prefault('30'),

  LOG_LEVEL: oneOf(...logLevels).prefault('info'),
  METRICS_TOKEN: word('16 to 256 printable characters without spaces', 16, 256).optional(),
});

export type Variables = z.output<typeof variables>;
export type VariableName = keyof Variables;
export const variableNames = Object.keys(variables.shape) as VariableName[];

/** Their values never appear in a message. */
export const secretVariables: ReadonlySet<string> = new Set<VariableName>([
  'DATABASE_URL',
  'SMTP_URL',
  'DIRECT_DATABASE_URL',
  'SECRET_KEYS',
  'BOOTSTRAP_PASSWORD',
  'BOOTSTRAP_API_KEY',
  'METRICS_TOKEN',
  'CERTIFICATE_SIGNER_SECRET',
  'V2G_CERTIFICATE_SIGNER_SECRET',
  'EV_CERTIFICATE_PROVIDER_SECRET',
]);
