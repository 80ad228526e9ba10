/** What a start tells the person who started it, on standard output beside the log. */
import type { Bootstrapped } from './auth/index.ts';

/** They cannot be read again. */
export function tellCredentials(first: Extract<Bootstrapped, { created: true }>): void {
  const lines = ['', `Organization "${first.organizationName}" was created. What follows is shown this once:`];
  lines.push(`  owner      ${first.email}`);
  if (first.generatedPassword !== undefined) lines.push(`  password   ${first.generatedPassword}`);
  if (first.generatedApiKey !== undefined) lines.push(`  API key    ${first.generatedApiKey}`);
  console.log(lines.join('\n'));
}

export function greet(of: {
  readonly url: string;
  readonly version: string;
  readonly tlsPort: number | undefined;
  /** undefined: that of DATABASE_URL. */
  readonly databaseIn: string | undefined;
  readonly workers: number;
}): void {
  const ws = of.url.replace(/^http/, 'ws');
  const wss = `wss://${new URL(of.url).hostname}:${of.tlsPort}`;
  const lines = [
    '',
    `Dynamo CSMS ${of.version} is running.`,
    `  chargers   ${ws}/ocpp/{identity}   OCPP 1.6J, 2.0.1, 2.1`,
    ...(of.tlsPort === undefined ? [] : [`             ${wss}/ocpp/{identity}   security profiles 2 and 3`]),
    `  console    ${of.url}`,
    `  REST       ${of.url}/api/v1   documentation: ${of.url}/docs`,
    `  health     ${of.url}/readyz   metrics: ${of.url}/metrics`,
    `  database   ${of.databaseIn === undefined ? 'PostgreSQL of DATABASE_URL' : `embedded PostgreSQL in ${of.databaseIn}`}`,
    ...(of.workers === 1 ? [] : [`  workers    ${of.workers} processes; SIGHUP replaces them one after another`]),
  ];
  console.log(`${lines.join('\n')}\n`);
}
