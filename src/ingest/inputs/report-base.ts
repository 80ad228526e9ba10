/** Which inventories of a station's device model there are. Types only. */

/** What may be asked for as a whole (2.0.1 B07). */
export type ReportBase = 'full_inventory' | 'configuration_inventory' | 'summary_inventory';
