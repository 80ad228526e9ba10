/** How an EV may be served with energy (ISO 15118). Types only. */

export type EnergyTransferMode =
  | 'ac_single_phase'
  | 'ac_two_phase'
  | 'ac_three_phase'
  | 'dc'
  | 'ac_bpt'
  | 'ac_bpt_der'
  | 'ac_der'
  | 'dc_bpt'
  | 'dc_acdp'
  | 'dc_acdp_bpt'
  | 'wpt';
