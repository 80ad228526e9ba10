/**
 * Where an upgrade request came from, by the same rule as Express's req.ip: X-Forwarded-For is believed only as far as it was
 * written by configured proxies (TRUST_PROXY). Without any, it is what the socket says.
 */
import type { IncomingMessage } from 'node:http';
import type { Express } from 'express';

/** Whether a request came over TLS: here, or at the proxy that handed it on, if that one is trusted (X-Forwarded-Proto). */
export function createIsSecure(app: Express): (request: IncomingMessage) => boolean {
  const trusts = app.get('trust proxy fn') as Trusts; // as above
  return (request) => {
    if ('encrypted' in request.socket && request.socket.encrypted === true) return true;
    if (!trusts(request.socket.remoteAddress ?? '', 0)) return false;
    const told = String(request.headers['x-forwarded-proto'] ?? '')
      .split(',')[0]
      ?.trim()
      .toLowerCase();
    return told === 'https' || told === 'wss';
  };
}

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
