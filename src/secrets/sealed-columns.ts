/**
 * Everything that the key ring seals, purpose by purpose: what stays is brought under the first key by rotation, what is gone in a
 * day or less keeps its key until then. A purpose that does not stand here is refused by test/secrets.
 */

/** Rows of one table: `id` is a text that sorts and names a row; its parts are the `key` columns, with a blank between. */
export type SealedTable = {
  readonly what:
    | 'webhook secrets'
    | 'web payment secrets'
    | 'web payment secrets on their way'
    | 'certificate authorities'
    | 'second factors'
    | 'single sign-on secrets';
  readonly purpose: string;
  readonly table: string;
  readonly key: readonly (readonly [column: string, type: 'text' | 'int4'])[];
  /** bytea: what is sealed now, and what it replaced if that is kept. */
  readonly secret: string;
  readonly previous: string | null;
  /** What the text was sealed for (cipher.ts). */
  readonly aad: (id: string) => string;
  /** What an admin does where a secret does not open any more. */
  readonly remedy: string;
};

export const SEALED: readonly SealedTable[] = [
  {
    what: 'webhook secrets',
    purpose: 'webhook-secret',
    table: 'webhook_endpoints',
    key: [['id', 'text']],
    secret: 'secret',
    previous: 'previous_secret',
    aad: (id) => id, // webhooks/secrets.ts
    remedy: 'Give them new ones (rotate-secret)',
  },
  {
    // Before those that they become.
    what: 'web payment secrets on their way',
    purpose: 'web-payment',
    table: 'web_payment_offers',
    key: [
      ['charge_point_id', 'text'],
      ['evse_id', 'int4'],
      ['command_id', 'text'],
    ],
    secret: 'secret',
    previous: null,
    aad: (id) => `web-payment:${id.split(' ').slice(0, 2).join(':')}`, // payments/web-payment-routes.ts
    remedy: 'Set the QR codes of these EVSEs anew',
  },
  {
    what: 'web payment secrets',
    purpose: 'web-payment',
    table: 'web_payments',
    key: [
      ['charge_point_id', 'text'],
      ['evse_id', 'int4'],
    ],
    secret: 'secret',
    previous: 'previous_secret',
    aad: (id) => `web-payment:${id.replace(' ', ':')}`, // payments/web-payment-routes.ts
    remedy: 'Set the QR codes of these EVSEs anew',
  },
  {
    what: 'certificate authorities',
    purpose: 'certificate-authority',
    table: 'certificate_authorities',
    key: [['id', 'text']],
    secret: 'private_key',
    previous: null,
    aad: (id) => `certificate-authority:${id}`, // certificates/dev-authority.ts
    remedy: 'They are for development: delete their rows, and others are made',
  },
  {
    what: 'second factors',
    purpose: 'second-factor',
    table: 'users',
    key: [['id', 'text']],
    secret: 'totp_secret',
    previous: null,
    aad: (id) => `totp:${id}`, // auth/second-factor.ts
    remedy: 'Reset them (POST /members/{id}/reset-second-factor); recovery codes still work',
  },
  {
    what: 'single sign-on secrets',
    purpose: 'sso-secret',
    table: 'single_sign_ons',
    key: [['organization_id', 'text']],
    secret: 'client_secret',
    previous: null,
    aad: (id) => `sso:${id}`, // sso/settings.ts
    remedy: 'Set single sign-on of these organizations anew (PUT /organization/sso)',
  },
];

/** Sealed for a while, by purpose. Their rows are counted by the key that they name. */
export const PASSING: Readonly<Record<'idempotency' | 'command-secret' | 'customer-information', string>> = {
  /** For a day (http/kit/idempotency.ts). */
  idempotency: 'kept answers',
  /** Until the command, or the change of configuration, has ended (commands/sealing.ts). */
  'command-secret': 'secrets of commands under way',
  /** Until it is collected, a day at most (customer-information/store.ts). */
  'customer-information': 'customer reports',
};
