/**
 * Who has contract certificates for cars (2.0.1 M01, M02): nobody, an operator's server that is asked by a signed POST, or, in
 * development, an echo. What the car and its mobility operator say to each other (EXI) is passed through unread.
 */
import { z } from 'zod';
import { isFinal, type SignedPost } from '../certificates/index.ts';
import type { EvCertificateAnswer, EvCertificateProvider } from './types.ts';

/** 2.1 takes 17,000 characters of EXI. */
const LONGEST_EXI = 17_000;
const LONGEST_REPLY = 64 * 1024;

const failed = (reasonCode: string, why: string): EvCertificateAnswer => ({ status: 'failed', reasonCode, why });

export const noProvider: EvCertificateProvider = () =>
  Promise.resolve(failed('NotEnabled', 'This server has no provider of contract certificates'));

/** Shows that requests arrive and answers go back; no car takes its own request for an answer. */
export const echoProvider: EvCertificateProvider = ({ exiRequest }) =>
  Promise.resolve({ status: 'accepted', exiResponse: exiRequest, remainingContracts: 0 });

const exi = z
  .string()
  .max(LONGEST_EXI)
  .regex(/^[A-Za-z0-9+/=\s]*$/);
const answer = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('accepted'),
    exi_response: exi.min(1),
    remaining_contracts: z.int().min(0).max(2_147_483_647).nullish(),
  }),
  z.object({
    status: z.literal('failed'),
    reason_code: z.string().min(1).max(20).optional(),
    message: z.string().max(1024).optional(),
    exi_response: exi.optional(),
  }),
]);

export function createProviderHook({
  post,
  newId,
}: {
  readonly post: SignedPost;
  readonly newId: () => string;
}): EvCertificateProvider {
  return async (request) => {
    const { status, text } = await post({
      id: newId(),
      body: {
        action: request.action,
        iso15118_schema_version: request.schemaVersion,
        exi_request: request.exiRequest,
        maximum_contract_certificate_chains: request.maximumContractCertificateChains ?? null,
        prioritized_emaids: request.prioritizedEmaids,
        charge_point_id: request.chargePointId,
        charge_point_identity: request.identity,
        organization_id: request.organizationId,
      },
      accept: 'application/json',
      userAgent: 'DynamoCSMS-EvCertificates/1.0',
      mostBytes: LONGEST_REPLY,
    });
    if (isFinal(status)) return failed('RequestRejected', `The provider answered ${status}`);
    if (status < 200 || status >= 300) throw new Error(`the provider answered ${status}`);
    return read(text);
  };
}

function read(text: string): EvCertificateAnswer {
  const parsed = answer.safeParse(jsonOf(text));
  if (!parsed.success) return failed('InvalidAnswer', "The provider's answer cannot be read");
  const { data } = parsed;
  if (data.status === 'accepted') {
    return {
      status: 'accepted',
      exiResponse: data.exi_response,
      remainingContracts: data.remaining_contracts ?? undefined,
    };
  }
  const { reason_code: reasonCode = 'Failed', message = 'The provider has no certificate' } = data;
  return { ...failed(reasonCode, message), ...(data.exi_response !== undefined && { exiResponse: data.exi_response }) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the schema says so
  }
}
