/** The places of a charge point that can be named in a request. */
import { type ChargePoint, connectorsOf } from '../../api/fleet.ts';
import { useTexts } from '../../texts/use-texts.ts';

/** By the one number of each place: 1.6 counts connectors, 2.x EVSEs. */
export function usePlaces(chargePoint: ChargePoint): { value: string; label: string }[] {
  const t = useTexts();
  const isOld = chargePoint.protocol === null || chargePoint.protocol === 'ocpp1.6';
  const numbers = new Set(
    connectorsOf(chargePoint).map(({ evse_id, connector_id }) => (isOld ? connector_id : evse_id)),
  );
  numbers.delete(0);
  const named = [...numbers].map((each) => ({
    value: String(each),
    label: isOld ? t.chargePoint.connector(each) : t.chargePoint.evse(each),
  }));
  return [{ value: '0', label: t.chargePoint.whole }, ...named];
}
