/** OCPP 2.0.1 M01, M02 Get15118EVCertificate: what a car and its mobility operator say to each other is passed through unread. */
import type { EvCertificateAnswer, Iso15118 } from '../../../iso15118/index.ts';
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import { enumReader, MOST_INT32, readInteger, readText } from '../../reading.ts';
import type { V2Protocol } from '../needs.ts';

/** exiRequest and exiResponse, in characters of Base64. */
const LONGEST_REQUEST = 11_000;
const LONGEST_RESPONSE = { 'ocpp2.0.1': 5600, 'ocpp2.1': 17_000 } as const satisfies Record<V2Protocol, number>;
const MOST_EMAIDS = 8;

const readAction = enumReader(['Install', 'Update']);
const failed = (reasonCode: string, why: string, exiResponse = '') => ({
  status: 'Failed',
  exiResponse,
  statusInfo: { reasonCode, additionalInfo: why.slice(0, 512) },
});

export const get15118EvCertificate = ({ evCertificate }: Iso15118, protocol: V2Protocol): FromCharger => ({
  action: 'Get15118EVCertificate',

  async handle({ payload, link: { chargePointId, organizationId, identity } }) {
    const action = readAction(payload['action']);
    const { exiRequest } = payload;
    if (action === undefined || typeof exiRequest !== 'string' || exiRequest === '')
      throw new UnusableMessage('there is no action, or no exiRequest');
    if (exiRequest.length > LONGEST_REQUEST) return failed('TooLong', 'The request of the car is too long');
    const emaids = Array.isArray(payload['prioritizedEMAIDs']) ? payload['prioritizedEMAIDs'] : [];
    const answer = await evCertificate({
      action: action === 'Install' ? 'install' : 'update',
      schemaVersion: readText(payload['iso15118SchemaVersion'], 50) ?? '',
      exiRequest,
      maximumContractCertificateChains: readInteger(payload['maximumContractCertificateChains'], 0, MOST_INT32),
      prioritizedEmaids: emaids.slice(0, MOST_EMAIDS).flatMap((each) => readText(each, 255) ?? []),
      chargePointId,
      organizationId,
      identity,
    }).catch(
      (): EvCertificateAnswer => ({
        status: 'failed',
        reasonCode: 'Unavailable',
        why: 'The provider could not be asked',
      }),
    );
    if (answer.status === 'failed') return failed(answer.reasonCode.slice(0, 20), answer.why, answer.exiResponse);
    const { exiResponse, remainingContracts } = answer;
    if (exiResponse.length > LONGEST_RESPONSE[protocol])
      return failed('TooLong', 'The answer of the provider is too long for a station');
    const isTold = protocol === 'ocpp2.1' && remainingContracts !== undefined;
    return { status: 'Accepted', exiResponse, ...(isTold && { remainingContracts }) };
  },

  minimal: () => failed('InvalidRequest', 'The request could not be read'),
});
