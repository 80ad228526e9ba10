/**
 * Where an upgrade request came from, by the same rule as Express's req.ip: X-Forwarded-For is believed only as far as it was
 * written by configured proxies (TRUST_PROXY). Without any, it is what the socket says.
 */
import type { IncomingMessage } from 'node:http';
import type { Express } from 'express';

type Trusts = (address: string, hop: number) => boolean;

export function createRemoteAddressOf(app: Express): (request: IncomingMessage) => string {
  const trusts = app.get('trust proxy fn') as Trusts; // Express compiles its setting into this, see its app.set
  return (request) => {
    const header = request.headers['x-forwarded-for'];
    const told = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',').map((each) => each.trim());
    const hops = [request.socket.remoteAddress ?? '', ...told.reverse().filter((each) => each !== '')];
    const from = hops.findIndex((address, hop) => !trusts(address, hop));
    return hops[from === -1 ? hops.length - 1 : from] ?? '';
  };
}
