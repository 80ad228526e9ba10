/** The address that a charger is to be configured with. */
export type OcppUrl = (of: {
  readonly identity: string;
  readonly securityProfile: number;
  /** How the caller of REST reached this server: what to assume when no public address is configured. */
  readonly host: string | undefined;
  readonly isSecure: boolean;
}) => string;

/** `publicUrl`: PUBLIC_URL, without a slash at its end. */
export const createOcppUrl =
  ({ publicUrl }: { publicUrl: string | undefined }): OcppUrl =>
  ({ identity, securityProfile, host, isSecure }) => {
    const base = publicUrl ?? `${isSecure ? 'https' : 'http'}://${host ?? 'localhost'}`;
    // Profiles 2 and 3 are TLS by definition, whatever REST was reached by.
    const url = base.replace(/^http/, 'ws').replace(/^ws:/, securityProfile >= 2 ? 'wss:' : 'ws:');
    return `${url}/ocpp/${encodeURIComponent(identity)}`;
  };
