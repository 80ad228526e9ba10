/** A network profile in a request, and as OCPP 2.x has it (NetworkConnectionProfileType). */
import { z } from 'zod';

const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}]*$/u, { error: 'must not contain control characters' });
const secret = text(64).describe('Goes to the station, and is shown to nobody');
const interfaces = [
  ...(['Wired0', 'Wired1', 'Wired2', 'Wired3', 'Wireless0', 'Wireless1', 'Wireless2', 'Wireless3', 'Any'] as const),
] as const;

export const profileBody = {
  slot: z
    .int()
    .min(0)
    .max(1000)
    .meta({ examples: [1] }),
  url: z
    .string()
    .max(2000)
    .regex(/^wss?:\/\/[^\s]+$/, { error: 'must be a ws:// or wss:// URL' })
    .meta({ examples: ['wss://csms.example.com/ocpp'] }),
  interface: z.enum(interfaces).default('Wired0').describe('Any: 2.1'),
  security_profile: z
    .int()
    .min(0)
    .max(3)
    .meta({ examples: [2] }),
  message_timeout_s: z.int().min(1).max(3600).default(30),
  ocpp_version: z
    .enum(['OCPP16', 'OCPP20', 'OCPP201', 'OCPP21'])
    .default('OCPP20')
    .describe('2.0.1 knows OCPP20 for itself; a station of 2.1 leaves it to the subprotocol'),
  identity: text(48).optional().describe('2.1: by another name'),
  basic_auth_password: secret.optional().describe('2.1: for the server at that URL. This server does not learn it'),
  apn: z
    .strictObject({
      apn: text(2000),
      user_name: text(50).optional(),
      password: secret.optional(),
      sim_pin: z.int().min(0).max(99_999_999).optional(),
      preferred_network: text(6).optional(),
      use_only_preferred_network: z.boolean().optional(),
      authentication: z.enum(['CHAP', 'NONE', 'PAP', 'AUTO']),
    })
    .optional(),
  vpn: z
    .strictObject({
      server: text(2000),
      user: text(50),
      group: text(50).optional(),
      password: secret,
      key: text(255).describe('The shared secret'),
      type: z.enum(['IKEv2', 'IPSec', 'L2TP', 'PPTP']),
    })
    .optional(),
};
type Body = z.output<z.ZodObject<typeof profileBody>>;

/** What is longer or newer than the station's version knows, the schema of the command says. */
export function connectionOf(body: Body, is21: boolean): Record<string, unknown> {
  const { apn } = body;
  return {
    ...(is21 && body.ocpp_version === 'OCPP20' ? {} : { ocppVersion: body.ocpp_version }),
    ocppTransport: 'JSON',
    ocppCsmsUrl: body.url,
    messageTimeout: body.message_timeout_s,
    securityProfile: body.security_profile,
    ocppInterface: body.interface,
    ...(body.identity !== undefined && { identity: body.identity }),
    ...(body.basic_auth_password !== undefined && { basicAuthPassword: body.basic_auth_password }),
    ...(apn !== undefined && {
      apn: {
        apn: apn.apn,
        ...(apn.user_name !== undefined && { apnUserName: apn.user_name }),
        ...(apn.password !== undefined && { apnPassword: apn.password }),
        ...(apn.sim_pin !== undefined && { simPin: apn.sim_pin }),
        ...(apn.preferred_network !== undefined && { preferredNetwork: apn.preferred_network }),
        ...(apn.use_only_preferred_network !== undefined && {
          useOnlyPreferredNetwork: apn.use_only_preferred_network,
        }),
        apnAuthentication: apn.authentication,
      },
    }),
    ...(body.vpn !== undefined && { vpn: { ...body.vpn } }),
  };
}
