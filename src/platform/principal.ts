/** Who asks over REST, and what he may do. Types and the list of scopes; how a credential becomes a principal is src/auth. */
export const scopes = [
  'read:charge_points',
  'write:charge_points',
  'read:sessions',
  'read:billing',
  'write:billing',
  'read:analytics',
  'write:webhooks',
  'write:api_keys',
  'write:commands',
  'read:audit',
] as const;
export type Scope = (typeof scopes)[number];

/** Who is asking. Every query of a handler names `organizationId`. */
export type Principal = {
  readonly kind: 'api_key' | 'user';
  /** key_… or usr_… */
  readonly id: string;
  readonly organizationId: string;
  readonly scopes: ReadonlySet<Scope>;
};

/** Who did something, or whom a refused credential names. */
export type AuditSubject = {
  readonly kind: 'api_key' | 'user';
  readonly id: string;
  readonly organizationId: string;
};
