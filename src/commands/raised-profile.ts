/**
 * Commands that may raise the security profile of their charger: 1.6 whitepaper A05 by SecurityProfile, 2.x A05 by the order of the
 * network profiles. What their settings mean charge-points/profile-raise.ts says. Pure.
 */
import type { CommandEnded } from '../ingest/inputs.ts';
import { keyOfVariable } from '../platform/variable-key.ts';
import type { CommandRow } from './types.ts';

type Wanted = NonNullable<CommandEnded['mayHold']>[number];
type Fields = Readonly<Record<string, unknown>>;
const OF_2X = /^(NetworkConfigurationPriority|SecurityProfile)$/i;

export const mayRaiseProfile = (command: Pick<CommandRow, 'action' | 'payload'>): boolean =>
  profileSettingsOf(command).length > 0;

export function profileSettingsOf({ action, payload }: Pick<CommandRow, 'action' | 'payload'>): readonly Wanted[] {
  if (action === 'ChangeConfiguration') {
    const key = String(payload['key']);
    return key.toLowerCase() === 'securityprofile' ? [{ key, value: String(payload['value']) }] : [];
  }
  const data = action === 'SetVariables' ? payload['setVariableData'] : undefined;
  return Array.isArray(data) ? data.flatMap((each) => wantedOf(fieldsOf(each))) : [];
}

/** Of the station itself, as no other place has one. */
function wantedOf(asked: Fields): readonly Wanted[] {
  const [component, variable] = [fieldsOf(asked['component'])['name'], fieldsOf(asked['variable'])['name']];
  const isMeant = typeof component === 'string' && typeof variable === 'string' && OF_2X.test(variable);
  if (!isMeant || (asked['attributeType'] ?? 'Actual') !== 'Actual') return [];
  const place = { componentInstance: null, evseId: null, connectorId: null, variableInstance: null } as const;
  return [
    {
      key: keyOfVariable({ component, variable, ...place, attribute: 'Actual' }),
      value: String(asked['attributeValue']),
    },
  ];
}

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? { ...value } : {});
