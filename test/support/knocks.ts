/**
 * What may be wrong with the credentials and the line of a charger that knocks, and what should come of it: 24 faults, each shown to a
 * charge point of every security profile. The truth is told here a second time, in other words than the gate's.
 */
import { connect as connectPlain } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { upgradeRequest } from '../ocpp/rig.ts';
import type { Issued } from './pki.ts';

export type Profile = 0 | 1 | 2 | 3;
export type Line = 'plain' | 'tls';
export type Certificate =
  | 'own'
  | "another charger's"
  | "another organization's"
  | "another authority's"
  | 'ended'
  | 'self-signed';

/** Whom somebody says to be. `old`: the key before the last rotation; `other`: of another charge point. */
export type Holder = { readonly identity: string; readonly key: string; readonly old: string; readonly other: string };

type Fault = {
  readonly name: string;
  readonly line: Line;
  readonly header: (holder: Holder) => string | undefined;
  readonly isRightKey?: boolean;
  readonly certificate?: Certificate;
};

const basic = (name: string, key: string): string => `Basic ${Buffer.from(`${name}:${key}`).toString('base64')}`;
const right = ({ identity, key }: Holder): string => basic(identity, key);
const headers = {
  'no key': () => undefined,
  'a wrong key': ({ identity }: Holder) => basic(identity, 'f'.repeat(40)),
  "another charger's key": ({ identity, other }: Holder) => basic(identity, other),
  "its key under another's name": ({ key }: Holder) => basic('SOMEBODY', key),
  'the key before the last': ({ identity, old }: Holder) => basic(identity, old),
  'an empty key': ({ identity }: Holder) => basic(identity, ''),
  'its key but for the last digit': ({ identity, key }: Holder) => basic(identity, key.slice(0, -1)),
  'its key as a bearer token': ({ key }: Holder) => `Bearer ${key}`,
  'its key without base64': ({ identity, key }: Holder) => `Basic ${identity}:${key}`,
  'its key without a name': ({ key }: Holder) => `Basic ${Buffer.from(key).toString('base64')}`,
};
type Header = keyof typeof headers;
const everyHeader = Object.keys(headers) as Header[];
const onTls: readonly Header[] = everyHeader.slice(0, 5);

export const faults: readonly Fault[] = [
  ...everyHeader.map((name): Fault => ({ name, line: 'plain', header: headers[name] })),
  { name: 'its key', line: 'plain', header: right, isRightKey: true },
  ...onTls.map((name): Fault => ({ name, line: 'tls', header: headers[name] })),
  { name: 'its key', line: 'tls', header: right, isRightKey: true },
  { name: 'its certificate and no key', line: 'tls', header: () => undefined, certificate: 'own' },
  { name: 'its certificate and a wrong key', line: 'tls', header: headers['a wrong key'], certificate: 'own' },
  ...(["another charger's", "another organization's", "another authority's", 'ended', 'self-signed'] as const).map(
    (certificate): Fault => ({
      name: `its key and a certificate that is ${certificate}`,
      line: 'tls',
      header: right,
      isRightKey: true,
      certificate,
    }),
  ),
];

/** By the specification: profile 0 is open by choice and unencrypted, 1 and 2 ask for the key alone, 3 for the certificate alone. */
export function mayCome(profile: Profile, { line, isRightKey = false, certificate }: Fault): boolean {
  const wantsTls = profile >= 2;
  if (wantsTls !== (line === 'tls')) return false;
  return profile === 0 || (profile === 3 ? certificate === 'own' : isRightKey);
}

/** All that comes back: the head of the answer, and the rest of a refusal. Who is let in stays until he leaves. */
export function knockWith(
  fault: Pick<Fault, 'line' | 'header'>,
  {
    holder,
    port,
    ca,
    certificate,
    from,
  }: {
    readonly holder: Holder;
    readonly port: number;
    readonly ca: string;
    readonly certificate: Issued | undefined;
    /** As a trusted proxy says: every guesser is another. */
    readonly from: string;
  },
): Promise<{ readonly text: string; readonly isOpen: () => boolean; readonly leave: () => void }> {
  const socket =
    fault.line === 'plain'
      ? connectPlain(port, '127.0.0.1')
      : connectTls({ host: '127.0.0.1', port, ca, ...certificate });
  const request = upgradeRequest(`/ocpp/${holder.identity}`, {
    Authorization: fault.header(holder),
    'X-Forwarded-For': from,
  });
  return new Promise((resolve, reject) => {
    let text = '';
    const held = { isOpen: () => !socket.destroyed, leave: () => void socket.destroy() };
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.startsWith('HTTP/1.1 101') && text.includes('\r\n\r\n')) resolve({ text, ...held });
    });
    socket.on('end', () => resolve({ text, ...held }));
    socket.on('close', () => resolve({ text, ...held }));
    socket.on('error', reject);
    socket.on(fault.line === 'plain' ? 'connect' : 'secureConnect', () => socket.write(request));
  });
}
