/** OCPP's EnergyTransferModeEnumType and ours, side by side. */
import type { EnergyTransferMode } from '../../ingest/inputs.ts';
import { fromWord } from './pairs.ts';

const WORDS = {
  ac_single_phase: 'AC_single_phase',
  ac_two_phase: 'AC_two_phase',
  ac_three_phase: 'AC_three_phase',
  dc: 'DC',
  ac_bpt: 'AC_BPT',
  ac_bpt_der: 'AC_BPT_DER',
  ac_der: 'AC_DER',
  dc_bpt: 'DC_BPT',
  dc_acdp: 'DC_ACDP',
  dc_acdp_bpt: 'DC_ACDP_BPT',
  wpt: 'WPT',
} as const satisfies Record<EnergyTransferMode, string>;

export const transferModeToWire = (mode: EnergyTransferMode): string => WORDS[mode];
export const transferModeFromWire = fromWord(WORDS);
