/** Who asks over REST, and what he may do. Types and the list of scopes; how a credential becomes a principal is src/auth. */
export const scopes = [
  'read:charge_points',
  'write:charge_points',
  'read:sessions',
  'read:billing',
  'write:billing',
  'read:analytics',
  'read:events',
  'write:webhooks',
  'write:api_keys',
  'write:commands',
  'write:load_meter',
  'read:audit',
  'read:members',
  'write:members',
] as const;
export type Scope = (typeof scopes)[number];

/** Who is asking. Every query of a handler names `organizationId`. */
export type Principal = {
  readonly kind: 'api_key' | 'user';
  /** key_… or usr_… */
  readonly id: string;
  readonly organizationId: string;
  readonly scopes: ReadonlySet<Scope>;
  /** Of a person: lgn_…, which his access token is of. */
  readonly loginId?: string;
  /** His provider vouches for him in this organization alone: the account itself, which is another's too, is closed to this login. */
  readonly isGuest?: true;
  /** Of a member of some sites, or an installer: nothing beyond it exists for him. Absent: the whole organization. */
  readonly within?: Within;
};

/** What hangs on one charge point, or is a site; as the first part of its path says it. */
export const reachedKinds = [
  'charge-points',
  'sites',
  'sessions',
  'commands',
  'alerts',
  'reservations',
  'uploads',
  'handovers',
  'commissioning-runs',
  'configuration-changes',
  'customer-information',
  'device-reports',
  'firmware-updates',
] as const;
export type ReachedKind = (typeof reachedKinds)[number];

export type Within = {
  /** Who sees his jobs only; null: no installer. */
  readonly installerId: string | null;
  /** What he registers must be at one of his sites. */
  readonly mustNameSite: boolean;
  /** What it is made of, in a text: another one is another reach. */
  readonly bounds: string;
  has(kind: ReachedKind, id: string): Promise<boolean>;
  chargePointIds(): Promise<string[]>;
  siteIds(): Promise<string[]>;
};

/** Who did something, or whom a refused credential names. */
export type AuditSubject = {
  readonly kind: 'api_key' | 'user';
  readonly id: string;
  readonly organizationId: string;
};
