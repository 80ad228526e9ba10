/**
 * The configuration: read once, from the environment and .env, checked whole. Nothing else reads the environment, and a bad
 * value stops the start with every fault named.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { HOW_TO_MAKE_A_KEY, parseKeyRing } from '../secrets/key-text.ts';
import { AUTHORITIES_WANTED, authorities } from './authorities.ts';
import { ConfigError } from './config-error.ts';
import { readTlsFiles, type TlsFiles } from './tls-files.ts';
import type { MapAttribution, MapTiles, SmtpServer } from './values.ts';
import { secretVariables, type Variables, variableNames, variables } from './variables.ts';

export { ConfigError } from './config-error.ts';
export { installationHome, installationRoot, programVersion } from './installation.ts';

export type CertificateSigner =
  | { readonly kind: 'none' | 'dev-ca' }
  | { readonly kind: 'hook'; readonly url: string; readonly secret: string };

/** Pictures of the earth below the sites, and who is to be named for them. */
export type ConsoleMap = { readonly tiles: MapTiles; readonly attribution: MapAttribution };

export type Config = {
  readonly http: {
    /** 0: any free port. */
    readonly port: number;
    /** undefined: all addresses of the machine. */
    readonly host: string | undefined;
    /** Without a slash at its end; undefined: http://localhost:PORT. */
    readonly publicUrl: string | undefined;
    /** CIDRs of proxies whose X-Forwarded-For is believed. */
    readonly trustedProxies: readonly string[];
  };
  /** Server processes that share the ports; 1: this process alone. */
  readonly workers: number;
  /** Absolute. */
  readonly dataDir: string;
  readonly database: {
    /** undefined: the embedded server in dataDir. */
    readonly url: string | undefined;
    readonly directUrl: string | undefined;
    readonly poolSize: number;
  };
  /** Transactions of charger inputs side by side; less than the pool holds. */
  readonly ingestLanes: number;
  /** For src/secrets only. undefined: the key file in dataDir. */
  readonly secretKeys: string | undefined;
  /** First start only. undefined: generated and shown once. */
  readonly bootstrap: {
    readonly organization: string | undefined;
    readonly email: string | undefined;
    readonly password: string | undefined;
    readonly apiKey: string | undefined;
  };
  /** undefined: TLS ends in a proxy, or nowhere. */
  readonly tls: TlsConfig | undefined;
  readonly ocpp: {
    readonly unknownIdentity: 401 | 404 | 'pending';
    /** Of URLs that chargers are told to fetch from or send to. */
    readonly transferSchemes: readonly string[];
  };
  readonly deviceModel: {
    /** auto: the server asks stations of OCPP 2.x for an inventory when it knows none of their firmware. */
    readonly inventory: 'auto' | 'off';
    /** Streams of values that one station may have open. */
    readonly mostStreams: number;
  };
  /** Files from chargers. */
  readonly uploads: {
    /** Absolute. Several processes share it. */
    readonly dir: string;
    readonly maxBytes: number;
    /** Of all files together. */
    readonly quotaBytes: number;
    /** 0: for ever. */
    readonly retentionDays: number;
  };
  /** Files of export schedules. */
  readonly exports: {
    /** Absolute. Several processes share it. */
    readonly dir: string;
    /** 0: for ever. */
    readonly retentionDays: number;
  };
  /** Images of firmware, and where chargers fetch them. */
  readonly firmware: {
    /** Absolute. Several processes share it. */
    readonly dir: string;
    readonly maxBytes: number;
    /** Of all images together. */
    readonly quotaBytes: number;
    /** Without a slash at its end; undefined: http.publicUrl. */
    readonly url: string | undefined;
  };
  /** Who signs certificates of chargers for their connections. */
  readonly certificateSigner: CertificateSigner;
  /** Who signs those that they show to cars. */
  readonly v2gCertificateSigner: CertificateSigner;
  /** Contracts of cars. */
  readonly iso15118: {
    /** PEM: roots of V2G and of mobility operators, beside those that organizations install. */
    readonly roots: string | undefined;
    /** What is made of a contract whose status nobody can be asked for. */
    readonly whenUnavailable: 'refuse' | 'accept';
    readonly provider:
      | { readonly kind: 'none' | 'echo' }
      | { readonly kind: 'hook'; readonly url: string; readonly secret: string };
  };
  /** What becomes of VAT numbers that drivers give at payment terminals: held against the form of their country, or refused. */
  readonly vatValidation: 'format' | 'refuse';
  readonly webhooks: {
    /** CIDRs. */
    readonly allowSubnets: readonly string[];
    /** Names, or *.name for all below it; none: any. */
    readonly allowHosts: readonly string[];
    /** PEM, beside the authorities that Node trusts. */
    readonly ca: string | undefined;
    readonly retryOffsetsS: readonly number[];
    readonly timeoutMs: number;
  };
  /** undefined: no e-mails are sent. */
  readonly mail: (SmtpServer & { readonly caPem: string | undefined; readonly from: string }) | undefined;
  /** 0: for ever. */
  readonly retention: {
    readonly frameDays: number;
    readonly statusMonths: number;
    readonly meterMonths: number;
    /** Events and deliveries; never 0. */
    readonly eventDays: number;
    readonly commandDays: number;
    readonly auditDays: number;
  };
  readonly costs: {
    /** The running cost of a session is told at most so often. */
    readonly updateEveryS: number;
  };
  readonly console: {
    /** undefined: the map has a plain ground, and pages show nothing of other servers. */
    readonly map: ConsoleMap | undefined;
  };
  readonly logLevel: Variables['LOG_LEVEL'];
  readonly metricsToken: string | undefined;
};

export type TlsConfig = {
  /** 0: any free port. */
  readonly port: number;
  /** Absolute paths. */
  readonly files: TlsFiles;
  /** The server's certificate comes from the development CA; `files` holds none. */
  readonly fromDevCa: boolean;
  readonly rsaKeyExchange: boolean;
};

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment wins over the file, also with an empty value, which is the same as none: so a copied .env.example changes
 * nothing, and `DATABASE_URL= npm start` leaves aside what .env says.
 */
function settingsFrom(env: Environment, folder: string): Record<string, string> {
  const file = join(folder, '.env');
  const fromFile: Environment = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  const all = { ...fromFile, ...Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)) };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => (entry[1] ?? '').trim() !== ''),
  );
}

function got(name: string, value: string | undefined): string {
  if (value === undefined) return 'nothing';
  return secretVariables.has(name) ? `a value of ${value.length} characters` : JSON.stringify(value);
}

const fault = (name: string, value: string | undefined, wants: string): string =>
  `${name}: got ${got(name, value)}, wants ${wants}`;

/** What one variable alone cannot tell. */
function crossFaults(settings: Readonly<Record<string, string>>): string[] {
  const faults: string[] = [];
  const { DATABASE_URL, DIRECT_DATABASE_URL, SECRET_KEYS } = settings;
  if (SECRET_KEYS !== undefined) {
    const ring = parseKeyRing(SECRET_KEYS);
    faults.push(...ring.faults.map((wrong) => `SECRET_KEYS: ${wrong}`));
  } else if (DATABASE_URL !== undefined) {
    faults.push(`SECRET_KEYS: got nothing, wants a key ring, as DATABASE_URL is set. ${HOW_TO_MAKE_A_KEY}`);
  }
  if (DIRECT_DATABASE_URL !== undefined && DATABASE_URL === undefined) {
    faults.push('DIRECT_DATABASE_URL: wants DATABASE_URL beside it; alone it means nothing');
  }
  for (const chooser of ['CERTIFICATE_SIGNER', 'V2G_CERTIFICATE_SIGNER', 'EV_CERTIFICATE_PROVIDER']) {
    const isHook = settings[chooser] === 'hook';
    for (const name of [`${chooser}_URL`, `${chooser}_SECRET`]) {
      if (isHook && settings[name] === undefined) faults.push(`${name}: got nothing, wants one, as ${chooser} is hook`);
      if (!isHook && settings[name] !== undefined)
        faults.push(`${name}: wants ${chooser}=hook beside it; alone it means nothing`);
    }
  }
  const { SMTP_URL, MAIL_FROM } = settings;
  if (SMTP_URL !== undefined && MAIL_FROM === undefined)
    faults.push('MAIL_FROM: got nothing, wants the address that mails come from, as SMTP_URL is set');
  if (MAIL_FROM !== undefined && SMTP_URL === undefined)
    faults.push('MAIL_FROM: wants SMTP_URL beside it; alone it means nothing');
  const { CONSOLE_MAP_TILES_URL, CONSOLE_MAP_ATTRIBUTION } = settings;
  if (CONSOLE_MAP_TILES_URL !== undefined && CONSOLE_MAP_ATTRIBUTION === undefined)
    faults.push('CONSOLE_MAP_ATTRIBUTION: got nothing, wants whose map it is, as CONSOLE_MAP_TILES_URL is set');
  if (CONSOLE_MAP_ATTRIBUTION !== undefined && CONSOLE_MAP_TILES_URL === undefined)
    faults.push('CONSOLE_MAP_ATTRIBUTION: wants CONSOLE_MAP_TILES_URL beside it; alone it means nothing');
  const { OCPP_TLS_PORT, OCPP_TLS_CERTS, OCPP_TLS_CLIENT_CA, CERTIFICATE_SIGNER } = settings;
  if (OCPP_TLS_PORT !== undefined && OCPP_TLS_CERTS === undefined)
    faults.push('OCPP_TLS_CERTS: got nothing, wants certificates of this server, as OCPP_TLS_PORT is set');
  for (const [name, value] of Object.entries({ OCPP_TLS_CERTS, OCPP_TLS_CLIENT_CA })) {
    if (value !== undefined && OCPP_TLS_PORT === undefined)
      faults.push(`${name}: wants OCPP_TLS_PORT beside it; alone it means nothing`);
  }
  if (OCPP_TLS_CERTS === 'dev-ca' && CERTIFICATE_SIGNER !== 'dev-ca')
    faults.push('OCPP_TLS_CERTS: dev-ca wants CERTIFICATE_SIGNER=dev-ca beside it');
  return faults;
}

/** It is there, and is no folder; one that is not there is made when it is needed. */
const isNoFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === false;

const MIB = 1024 * 1024;

function mapOf({
  CONSOLE_MAP_TILES_URL: tiles,
  CONSOLE_MAP_ATTRIBUTION: attribution,
}: Variables): ConsoleMap | undefined {
  return tiles === undefined || attribution === undefined ? undefined : { tiles, attribution };
}

function iso15118Of(value: Variables, roots: string | undefined): Config['iso15118'] {
  const { OCSP_UNAVAILABLE: whenUnavailable, EV_CERTIFICATE_PROVIDER: kind } = value;
  const { EV_CERTIFICATE_PROVIDER_URL: url = '', EV_CERTIFICATE_PROVIDER_SECRET: secret = '' } = value;
  return { roots, whenUnavailable, provider: kind === 'hook' ? { kind, url, secret } : { kind } };
}

/** crossFaults has made sure that a hook has both. */
function signerOf(value: Variables, of: 'CERTIFICATE_SIGNER' | 'V2G_CERTIFICATE_SIGNER'): CertificateSigner {
  const { [of]: kind, [`${of}_URL` as const]: url = '', [`${of}_SECRET` as const]: secret = '' } = value;
  return kind === 'hook' ? { kind, url, secret } : { kind };
}

function tlsOf(value: Variables, folder: string): TlsConfig | undefined {
  const { OCPP_TLS_PORT: port, OCPP_TLS_CERTS: certificates = [], OCPP_TLS_CLIENT_CA: clientCa } = value;
  if (port === undefined) return undefined;
  const pairs = certificates === 'dev-ca' ? [] : certificates;
  return {
    port,
    files: {
      certificates: pairs.map(({ chain, key }) => ({ chain: resolve(folder, chain), key: resolve(folder, key) })),
      clientCa: clientCa === undefined ? undefined : resolve(folder, clientCa),
    },
    fromDevCa: certificates === 'dev-ca',
    rsaKeyExchange: value.OCPP_TLS_RSA_KEY_EXCHANGE === 'on',
  };
}

function tlsFault(files: TlsFiles): string | undefined {
  try {
    readTlsFiles(files);
    return undefined;
  } catch (cause) {
    return `OCPP_TLS_CERTS, OCPP_TLS_CLIENT_CA: ${(cause as Error).message}`;
  }
}

/** `folder` holds .env and is what relative paths start from: installationHome(). Throws ConfigError. */
export function loadConfig(env: Environment, folder: string): Config {
  const settings = settingsFrom(env, folder);
  const named = Object.fromEntries(variableNames.map((name) => [name, settings[name]]));
  const result = variables.safeParse(named);
  const faults = (result.error?.issues ?? []).map((issue) => {
    const name = String(issue.path[0]);
    return fault(name, settings[name], issue.message);
  });
  // a value that breaks two of its rules is still one fault
  const distinct = [...new Set(faults), ...crossFaults(settings)];
  const value = result.data;
  if (value !== undefined && value.INGEST_LANES > value.DATABASE_POOL_SIZE - 2) {
    distinct.push(
      `INGEST_LANES: got ${value.INGEST_LANES}, wants at least 2 less than DATABASE_POOL_SIZE (${value.DATABASE_POOL_SIZE})`,
    );
  }
  if (value?.UPLOADS_DIR !== undefined && isNoFolder(resolve(folder, value.UPLOADS_DIR))) {
    distinct.push(fault('UPLOADS_DIR', value.UPLOADS_DIR, 'a folder; there is something else of that name'));
  }
  if (value?.FIRMWARE_DIR !== undefined && isNoFolder(resolve(folder, value.FIRMWARE_DIR))) {
    distinct.push(fault('FIRMWARE_DIR', value.FIRMWARE_DIR, 'a folder; there is something else of that name'));
  }
  if (value !== undefined && isNoFolder(resolve(folder, value.DATA_DIR))) {
    distinct.push(fault('DATA_DIR', value.DATA_DIR, 'a folder; there is something else of that name'));
  }
  const pemOf = (name: 'WEBHOOK_CA_FILE' | 'V2G_ROOTS_FILE' | 'SMTP_CA_FILE'): string | undefined => {
    const file = value?.[name];
    const read = file === undefined ? undefined : authorities(resolve(folder, file));
    if (file === undefined || read === undefined) return undefined;
    if ('pem' in read) return read.pem;
    distinct.push(`${fault(name, file, AUTHORITIES_WANTED)}${read.why}`);
    return undefined;
  };
  const ca = pemOf('WEBHOOK_CA_FILE');
  const roots = pemOf('V2G_ROOTS_FILE');
  const mailCa = pemOf('SMTP_CA_FILE');
  const tls = value === undefined ? undefined : tlsOf(value, folder);
  const unusable = tls === undefined ? undefined : tlsFault(tls.files);
  if (unusable !== undefined) distinct.push(unusable);
  if (value === undefined || distinct.length > 0) throw new ConfigError(distinct);

  const dataDir = resolve(folder, value.DATA_DIR);
  return {
    http: {
      port: value.PORT,
      host: value.HOST,
      publicUrl: value.PUBLIC_URL,
      trustedProxies: value.TRUST_PROXY,
    },
    workers: value.WORKERS,
    dataDir,
    database: {
      url: value.DATABASE_URL,
      directUrl: value.DIRECT_DATABASE_URL,
      poolSize: value.DATABASE_POOL_SIZE,
    },
    ingestLanes: value.INGEST_LANES,
    secretKeys: value.SECRET_KEYS,
    bootstrap: {
      organization: value.BOOTSTRAP_ORG,
      email: value.BOOTSTRAP_EMAIL,
      password: value.BOOTSTRAP_PASSWORD,
      apiKey: value.BOOTSTRAP_API_KEY,
    },
    tls,
    ocpp: {
      unknownIdentity:
        value.OCPP_UNKNOWN_IDENTITY === 'pending' ? 'pending' : value.OCPP_UNKNOWN_IDENTITY === '404' ? 404 : 401,
      transferSchemes: value.TRANSFER_URL_SCHEMES,
    },
    deviceModel: { inventory: value.DEVICE_INVENTORY, mostStreams: value.EVENT_STREAMS_MAX },
    uploads: {
      dir: value.UPLOADS_DIR === undefined ? join(dataDir, 'uploads') : resolve(folder, value.UPLOADS_DIR),
      maxBytes: value.UPLOAD_MAX_MIB * MIB,
      quotaBytes: value.UPLOADS_QUOTA_MIB * MIB,
      retentionDays: value.UPLOADS_RETENTION_DAYS,
    },
    exports: {
      dir: value.EXPORTS_DIR === undefined ? join(dataDir, 'exports') : resolve(folder, value.EXPORTS_DIR),
      retentionDays: value.EXPORTS_RETENTION_DAYS,
    },
    firmware: {
      dir: value.FIRMWARE_DIR === undefined ? join(dataDir, 'firmware') : resolve(folder, value.FIRMWARE_DIR),
      maxBytes: value.FIRMWARE_MAX_MIB * MIB,
      quotaBytes: value.FIRMWARE_QUOTA_MIB * MIB,
      url: value.FIRMWARE_URL,
    },
    certificateSigner: signerOf(value, 'CERTIFICATE_SIGNER'),
    v2gCertificateSigner: signerOf(value, 'V2G_CERTIFICATE_SIGNER'),
    iso15118: iso15118Of(value, roots),
    vatValidation: value.VAT_VALIDATION,
    webhooks: {
      allowSubnets: value.WEBHOOK_ALLOW_SUBNETS,
      allowHosts: value.WEBHOOK_ALLOW_HOSTS,
      ca,
      retryOffsetsS: value.WEBHOOK_RETRY_OFFSETS,
      timeoutMs: value.WEBHOOK_TIMEOUT_MS,
    },
    mail: value.SMTP_URL === undefined ? undefined : { ...value.SMTP_URL, caPem: mailCa, from: value.MAIL_FROM ?? '' },
    retention: {
      frameDays: value.FRAMES_RETENTION_DAYS,
      statusMonths: value.STATUS_RETENTION_MONTHS,
      meterMonths: value.METER_RETENTION_MONTHS,
      eventDays: value.EVENTS_RETENTION_DAYS,
      commandDays: value.COMMANDS_RETENTION_DAYS,
      auditDays: value.AUDIT_RETENTION_DAYS,
    },
    costs: { updateEveryS: value.COST_UPDATE_S },
    console: { map: mapOf(value) },
    logLevel: value.LOG_LEVEL,
    metricsToken: value.METRICS_TOKEN,
  };
}
