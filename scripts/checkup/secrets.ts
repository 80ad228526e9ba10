/** What scripts/doctor says of secrets, without ever showing one: weak ones, ones that lie about, and the key ring. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, ConfigError } from '../../src/config/index.ts';
import { openKeyRing } from '../../src/secrets/index.ts';
import { type Finding, fault, ok, warning } from './finding.ts';

/** Of what people type: too few different characters, or what everybody tries first. */
export function isWeak(secret: string): boolean {
  const common = /^(?:change.?me|password|passwort|secret|admin|dynamo|example|test|default|letmein|qwert[yz])/i;
  return common.test(secret) || new Set(secret).size < 8 || /^(.{1,8})\1+$/.test(secret);
}

const keyFile = (config: Config): string => join(config.dataDir, 'secret-keys');

/** Never makes a key file: that is the server's. */
function ringOf(config: Config): { kids: readonly string[] } | { why: readonly string[] } | undefined {
  if (config.secretKeys === undefined && !existsSync(keyFile(config))) return undefined;
  try {
    return { kids: openKeyRing({ keys: config.secretKeys, dataDir: config.dataDir }).kids };
  } catch (cause) {
    if (cause instanceof ConfigError) return { why: cause.faults };
    throw cause;
  }
}

export function kidsOf(config: Config): readonly string[] {
  const ring = ringOf(config);
  return ring !== undefined && 'kids' in ring ? ring.kids : [];
}

export function checkSecrets(config: Config): Finding[] {
  const findings: Finding[] = [];
  const ring = ringOf(config);
  if (ring === undefined) findings.push(ok('secrets', 'there is no key ring yet; the first start makes one'));
  else if ('why' in ring)
    findings.push(
      ...ring.why.map((why) =>
        fault('secrets', why, 'Repair that file or its rights; a copy of it belongs apart from the database.'),
      ),
    );
  else findings.push(ok('secrets', `key ring: ${ring.kids.join(', ')}`));
  const typed: Readonly<Record<string, string | undefined>> = {
    METRICS_TOKEN: config.metricsToken,
    BOOTSTRAP_PASSWORD: config.bootstrap.password,
    BOOTSTRAP_API_KEY: config.bootstrap.apiKey,
    CERTIFICATE_SIGNER_SECRET: 'secret' in config.certificateSigner ? config.certificateSigner.secret : undefined,
    V2G_CERTIFICATE_SIGNER_SECRET:
      'secret' in config.v2gCertificateSigner ? config.v2gCertificateSigner.secret : undefined,
    EV_CERTIFICATE_PROVIDER_SECRET: 'secret' in config.iso15118.provider ? config.iso15118.provider.secret : undefined,
  };
  for (const [name, secret] of Object.entries(typed))
    if (secret !== undefined && isWeak(secret))
      findings.push(
        fault(
          'secrets',
          `${name} is easily guessed`,
          `Choose a random one: node -p "crypto.randomBytes(24).toString('base64url')"`,
        ),
      );
  const { url } = config.database;
  const password = url === undefined ? '' : new URL(url).password;
  if (password !== '' && isWeak(decodeURIComponent(password)))
    findings.push(
      warning(
        'secrets',
        'the password in DATABASE_URL is easily guessed',
        'Choose a random one (ALTER ROLE … PASSWORD …).',
      ),
    );
  return [...findings, ...openFiles(config)];
}

/** What others on this machine may read. */
function openFiles({ tls }: Config): Finding[] {
  if (process.platform === 'win32') return [];
  return (tls?.files.certificates ?? []).flatMap(({ key }) => {
    const mode = statSync(key, { throwIfNoEntry: false })?.mode ?? 0;
    if ((mode & 0o004) === 0) return [];
    return [warning('secrets', `${key} can be read by everybody on this machine`, `chmod 640 ${JSON.stringify(key)}`)];
  });
}
