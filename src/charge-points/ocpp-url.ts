/** The address that a charger is to be configured with. */
export type OcppUrl = (of: {
  readonly identity: string;
  readonly securityProfile: number;
  /** How the caller of REST reached this server: what to assume when no public address is configured. */
  readonly host: string | undefined;
  readonly isSecure: boolean;
}) => string;

/** `publicUrl`: PUBLIC_URL, without a slash at its end. `tlsPort`: OCPP_TLS_PORT, once it is open; undefined: TLS ends in a proxy. */
export const createOcppUrl =
  ({ publicUrl, tlsPort }: { publicUrl: string | undefined; tlsPort: () => number | undefined }): OcppUrl =>
  ({ identity, securityProfile, host, isSecure }) => {
    const base = publicUrl ?? `${isSecure ? 'https' : 'http'}://${host ?? 'localhost'}`;
    // Profiles 2 and 3 are TLS by definition, whatever REST was reached by.
    const port = securityProfile >= 2 ? tlsPort() : undefined;
    const at = port === undefined ? base : withPort(base, port);
    const url = at.replace(/^http/, 'ws').replace(/^ws:/, securityProfile >= 2 ? 'wss:' : 'ws:');
    return `${url}/ocpp/${encodeURIComponent(identity)}`;
  };

function withPort(base: string, port: number): string {
  const url = new URL(base);
  url.protocol = 'https:';
  url.port = String(port);
  return url.href.replace(/\/+$/, '');
}
