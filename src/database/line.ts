/**
 * How the way to the database is protected, as its URL says: what an operator should know when it leaves this machine and anybody in
 * between can read it. Whoever means that writes sslmode=disable. Pure.
 */
const LOCAL = /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/;

/** undefined: nobody in between can read or change what is said, or its operator has said that this is all right. */
export function openLine(url: string): string | undefined {
  const { hostname, searchParams } = new URL(url);
  const host = searchParams.get('host') ?? decodeURIComponent(hostname);
  if (host === '' || host.startsWith('/') || LOCAL.test(host)) return undefined;
  const mode = searchParams.get('sslmode');
  if (mode === 'disable') return undefined;
  const asLibpq = searchParams.get('uselibpqcompat') === 'true' && !searchParams.has('sslrootcert');
  if (mode === 'no-verify' || (asLibpq && (mode === 'prefer' || mode === 'require')))
    return `${host} is reached by TLS, but its certificate is not looked at: use sslmode=verify-full, with sslrootcert=FILE for an authority of your own`;
  const isTls = mode !== null || searchParams.has('sslrootcert') || /^(true|1)$/.test(searchParams.get('ssl') ?? '');
  if (isTls) return undefined;
  return `${host} is reached in the clear: add sslmode=verify-full to the URL (and sslrootcert=FILE for an authority of your own), or sslmode=disable if nobody else is on that network`;
}
