// Made by npm run client:types from the OpenAPI document. Not to be changed by hand.
/* biome-ignore-all format: generated */

export type Schemas = {
  Alert: { id: string; rule: string; status: 'pending' | 'triggered' | 'acknowledged' | 'resolved'; severity: 'info' | 'warning' | 'critical'; title: string; reason: string; remedy: string | null; evidence: Record<string, unknown>; charge_point_id: string | null; charge_point_identity: string | null; site_id: string | null; evse_id: number; connector_id: number; subject: string | null; charge_points: number; occurrences: number; flapping: boolean; since: string; last_at: string; due_at: string | null; triggered_at: string | null; acknowledged_at: string | null; acknowledged_by: string | null; resolved_at: string | null; resolution: 'auto' | 'manual' | 'superseded' | null; resolved_by: string | null; created_at: string };
  AlertDetail: { id: string; rule: string; status: 'pending' | 'triggered' | 'acknowledged' | 'resolved'; severity: 'info' | 'warning' | 'critical'; title: string; reason: string; remedy: string | null; evidence: Record<string, unknown>; charge_point_id: string | null; charge_point_identity: string | null; site_id: string | null; evse_id: number; connector_id: number; subject: string | null; charge_points: number; occurrences: number; flapping: boolean; since: string; last_at: string; due_at: string | null; triggered_at: string | null; acknowledged_at: string | null; acknowledged_by: string | null; resolved_at: string | null; resolution: 'auto' | 'manual' | 'superseded' | null; resolved_by: string | null; created_at: string; comments: ({ id: string; kind: 'comment' | 'acknowledged' | 'resolved'; author: string; text: string | null; created_at: string })[]; charge_point_ids: (string)[] };
  AlertRecipient: { id: string; email: string; name: string | null; min_severity: 'info' | 'warning' | 'critical'; site_ids: (string)[]; resolved: boolean; active: boolean; delivery: 'on' | 'off'; created_by: string; created_at: string; updated_at: string };
  AlertRecipientDetail: { id: string; email: string; name: string | null; min_severity: 'info' | 'warning' | 'critical'; site_ids: (string)[]; resolved: boolean; active: boolean; delivery: 'on' | 'off'; created_by: string; created_at: string; updated_at: string; emails: ({ alert_id: string; kind: 'triggered' | 'resolved'; status: 'pending' | 'sent' | 'failed' | 'dropped'; attempts: number; last_error: string | null; created_at: string; sent_at: string | null })[] };
  AlertRule: { rule: string; title: string; looks_at: string; ends: string; remedy: string; site_id: string | null; charge_point_id: string | null; enabled: boolean; severity: 'info' | 'warning' | 'critical'; for_s: number; threshold: number | null; threshold_unit: string | null; threshold_alerts: 'at_least' | 'at_most' | null; window_days: number | null; set: { enabled: boolean | null; severity: 'info' | 'warning' | 'critical' | null; for_s: number | null; threshold: number | null; window_days: number | null }; updated_at: string | null };
  ApiKey: { id: string; name: string; prefix: string; scopes: (string)[]; expires_at: string | null; revoked_at: string | null; last_used_at: string | null; created_by: string | null; created_at: string; replaced_by: string | null };
  AuditEntry: { position: number; at: string; who: { kind: 'api_key' | 'user' | 'none' | 'script' | 'charge_point'; id: string | null; address: string | null }; operation: string; method: string | null; path: string | null; target: Record<string, unknown>; detail: Record<string, unknown>; outcome: 'done' | 'failed' | 'refused' | 'unknown'; status: number | null; code: string | null; created_id: string | null; ended_at: string | null; repeated: number; request_id: string | null };
  BatterySwap: { id: string; charge_point_id: string; status: 'requested' | 'accepted' | 'in_progress' | 'completed' | 'timed_out' | 'refused' | 'failed'; why: string | null; request_id: number; command_id: string | null; requested_by: string | null; token: string | null; authorization: string | null; batteries_in: ({ evse_id: number; serial_number: string; soc_percent: number | null; soh_percent: number | null; produced_at: string | null; vendor_info: string | null })[]; batteries_out: ({ evse_id: number; serial_number: string; soc_percent: number | null; soh_percent: number | null; produced_at: string | null; vendor_info: string | null })[]; created_at: string; in_at: string | null; out_at: string | null; ended_at: string | null; updated_at: string };
  BegunPayment: { id: string; charge_point_id: string; evse_id: number; psp_ref: string; token: string; max_cost: string; currency: string | null; card_last4: string | null; via: 'terminal' | 'web'; status: 'waiting' | 'charging' | 'ended' | 'expired'; session_id: string | null; valid_until: string; created_by: string; created_at: string; command: Schemas['Command'] };
  Cdr: { country_code: string; party_id: string; id: string; start_date_time: string; end_date_time: string; session_id?: string; cdr_token: { country_code: string; party_id: string; uid: string; type: 'AD_HOC_USER' | 'APP_USER' | 'OTHER' | 'RFID'; contract_id: string }; auth_method: 'AUTH_REQUEST' | 'COMMAND' | 'WHITELIST'; cdr_location: { id: string; name?: string; address: string; city: string; postal_code?: string; country: string; coordinates: { latitude: string; longitude: string }; evse_uid: string; evse_id: string; connector_id: string; connector_standard: 'CHADEMO' | 'CHAOJI' | 'DOMESTIC_A' | 'DOMESTIC_B' | 'DOMESTIC_C' | 'DOMESTIC_D' | 'DOMESTIC_E' | 'DOMESTIC_F' | 'DOMESTIC_G' | 'DOMESTIC_H' | 'DOMESTIC_I' | 'DOMESTIC_J' | 'DOMESTIC_K' | 'DOMESTIC_L' | 'DOMESTIC_M' | 'DOMESTIC_N' | 'DOMESTIC_O' | 'GBT_AC' | 'GBT_DC' | 'IEC_60309_2_single_16' | 'IEC_60309_2_three_16' | 'IEC_60309_2_three_32' | 'IEC_60309_2_three_64' | 'IEC_62196_T1' | 'IEC_62196_T1_COMBO' | 'IEC_62196_T2' | 'IEC_62196_T2_COMBO' | 'IEC_62196_T3A' | 'IEC_62196_T3C' | 'NEMA_5_20' | 'NEMA_6_30' | 'NEMA_6_50' | 'NEMA_10_30' | 'NEMA_10_50' | 'NEMA_14_30' | 'NEMA_14_50' | 'PANTOGRAPH_BOTTOM_UP' | 'PANTOGRAPH_TOP_DOWN' | 'TESLA_R' | 'TESLA_S'; connector_format: 'SOCKET' | 'CABLE'; connector_power_type: 'AC_1_PHASE' | 'AC_2_PHASE' | 'AC_2_PHASE_SPLIT' | 'AC_3_PHASE' | 'DC' }; meter_id?: string; currency: string; tariffs: ({ country_code: string; party_id: string; id: string; currency: string; min_price?: { excl_vat: number; incl_vat?: number }; max_price?: { excl_vat: number; incl_vat?: number }; elements: ({ price_components: ({ type: 'ENERGY' | 'FLAT' | 'PARKING_TIME' | 'TIME'; price: number; vat?: number; step_size: number })[]; restrictions?: { start_time?: string; end_time?: string; start_date?: string; end_date?: string; min_kwh?: number; max_kwh?: number; min_power?: number; max_power?: number; min_duration?: number; max_duration?: number; day_of_week?: ('MONDAY' | 'TUESDAY' | 'WEDNESDAY' | 'THURSDAY' | 'FRIDAY' | 'SATURDAY' | 'SUNDAY')[]; reservation?: 'RESERVATION' } })[]; last_updated: string })[]; charging_periods: ({ start_date_time: string; dimensions: ({ type: 'ENERGY' | 'TIME' | 'PARKING_TIME' | 'RESERVATION_TIME'; volume: number })[]; tariff_id?: string })[]; total_cost: { excl_vat: number; incl_vat?: number }; total_fixed_cost?: { excl_vat: number; incl_vat?: number }; total_energy: number; total_energy_cost?: { excl_vat: number; incl_vat?: number }; total_time: number; total_time_cost?: { excl_vat: number; incl_vat?: number }; total_parking_time?: number; total_parking_cost?: { excl_vat: number; incl_vat?: number }; total_reservation_cost?: { excl_vat: number; incl_vat?: number }; remark?: string; invoice_reference_id?: string; credit?: boolean; credit_reference_id?: string; last_updated: string };
  CertificateRequest: { id: string; charge_point_id: string; status: 'requested' | 'signed' | 'sent' | 'installed' | 'rejected' | 'failed'; use: 'charge_point' | 'v2g' | 'v2g20' | 'combined'; subject: string | null; key_type: string | null; csr: string; chain: string | null; serial_number: string | null; expires_at: string | null; command_id: string | null; error: { code: 'no_signer' | 'invalid_csr' | 'refused_by_signer' | 'signer_failed' | 'chain_too_long' | 'not_sent' | 'rejected_by_charger' | 'no_answer' | 'superseded' | 'charge_point_deleted' | 'handed_over'; message: string } | null; created_at: string; completed_at: string | null };
  ChargePoint: { id: string; identity: string; name: string | null; site_id: string | null; vendor: string | null; model: string | null; serial_number: string | null; security_profile: number; next_security_profile: number | null; registration: 'accepted' | 'pending' | 'rejected'; heartbeat_interval_s: number; strict: boolean; assume_protocol: 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1' | null; authorization: 'list' | 'open' | 'free' | null; local_list: 'off' | 'manual' | 'auto'; driver_messages: boolean | null; connector_standard: 'CHADEMO' | 'CHAOJI' | 'DOMESTIC_A' | 'DOMESTIC_B' | 'DOMESTIC_C' | 'DOMESTIC_D' | 'DOMESTIC_E' | 'DOMESTIC_F' | 'DOMESTIC_G' | 'DOMESTIC_H' | 'DOMESTIC_I' | 'DOMESTIC_J' | 'DOMESTIC_K' | 'DOMESTIC_L' | 'DOMESTIC_M' | 'DOMESTIC_N' | 'DOMESTIC_O' | 'GBT_AC' | 'GBT_DC' | 'IEC_60309_2_single_16' | 'IEC_60309_2_three_16' | 'IEC_60309_2_three_32' | 'IEC_60309_2_three_64' | 'IEC_62196_T1' | 'IEC_62196_T1_COMBO' | 'IEC_62196_T2' | 'IEC_62196_T2_COMBO' | 'IEC_62196_T3A' | 'IEC_62196_T3C' | 'NEMA_5_20' | 'NEMA_6_30' | 'NEMA_6_50' | 'NEMA_10_30' | 'NEMA_10_50' | 'NEMA_14_30' | 'NEMA_14_50' | 'PANTOGRAPH_BOTTOM_UP' | 'PANTOGRAPH_TOP_DOWN' | 'TESLA_R' | 'TESLA_S' | null; connector_format: 'SOCKET' | 'CABLE' | null; power_type: 'AC_1_PHASE' | 'AC_2_PHASE' | 'AC_2_PHASE_SPLIT' | 'AC_3_PHASE' | 'DC' | null; lifecycle: 'registered' | 'commissioning' | 'commissioned' | 'decommissioned'; has_key: boolean; key_rotation: 'offered' | 'handing_over' | 'undecided' | 'after_reboot' | 'until_used' | null; ocpp_url: string; connected: boolean; connected_at: string | null; disconnected_at: string | null; last_seen_at: string | null; protocol: string | null; remote_address: string | null; booted_at: string | null; boot_status: string | null; pending: boolean; degraded: boolean; reboot_pending: boolean; firmware_version: string | null; firmware_status: string | null; firmware_status_at: string | null; diagnostics_status: string | null; diagnostics_status_at: string | null; clock_offset_ms: number | null; reported: { vendor: string | null; model: string | null; serial_number: string | null; iccid: string | null; imsi: string | null; meter_type: string | null; meter_serial: string | null }; status: { status: 'available' | 'preparing' | 'charging' | 'suspended_ev' | 'suspended_evse' | 'finishing' | 'reserved' | 'unavailable' | 'faulted' | 'occupied' | 'unknown'; raw_status: string; error_code: string | null; info: string | null; vendor_id: string | null; vendor_error_code: string | null; status_at: string } | null; evses: ({ evse_id: number; connectors: ({ status: 'available' | 'preparing' | 'charging' | 'suspended_ev' | 'suspended_evse' | 'finishing' | 'reserved' | 'unavailable' | 'faulted' | 'occupied' | 'unknown'; raw_status: string; error_code: string | null; info: string | null; vendor_id: string | null; vendor_error_code: string | null; status_at: string; connector_id: number })[] })[]; created_at: string; updated_at: string };
  ChargePointGlance: { id: string; identity: string; name: string | null; site_id: string | null; state: 'faulted' | 'charging' | 'occupied' | 'offline' | 'unavailable' | 'available' | 'never_connected'; since: string | null; sessions?: number; power_w?: number | null };
  ChargePointLoadSettings: { managed: boolean; priority: number; phases: number; balanced: boolean; unit: 'A' | 'W' | null; min: number | null; max: number | null };
  ChargingNeeds: { id: string; session_id: string | null; connector_id: number; transfer_mode: 'ac_single_phase' | 'ac_two_phase' | 'ac_three_phase' | 'dc' | 'ac_bpt' | 'ac_bpt_der' | 'ac_der' | 'dc_bpt' | 'dc_acdp' | 'dc_acdp_bpt' | 'wpt' | null; available_modes: ('ac_single_phase' | 'ac_two_phase' | 'ac_three_phase' | 'dc' | 'ac_bpt' | 'ac_bpt_der' | 'ac_der' | 'dc_bpt' | 'dc_acdp' | 'dc_acdp_bpt' | 'wpt')[]; departure_at: string | null; energy_wh: number | null; min_current_a: number | null; max_current_a: number | null; max_voltage_v: number | null; max_power_w: number | null; max_discharge_power_w: number | null; soc_percent: number | null; capacity_wh: number | null; control_mode: 'scheduled' | 'dynamic' | null; max_schedules: number | null; parameters: Record<string, unknown>; answer: 'accepted' | 'processing' | 'rejected' | 'no_profile'; profile_id: number | null; command_id: string | null; ev_schedule: { id?: number; duration_s: number | null; start_at: string | null; unit: 'A' | 'W'; min_rate: number | null; use_local_time?: boolean; randomized_delay_s?: number; limit_at_soc?: { soc_percent: number; limit: number }; power_tolerance?: number; sales_tariff?: Record<string, unknown>; absolute_prices?: Record<string, unknown>; price_levels?: Record<string, unknown>; periods: ({ start_s: number; limit: number | null; phases: number | null; limit_l2?: number; limit_l3?: number; discharge_limit?: number; discharge_limit_l2?: number; discharge_limit_l3?: number; setpoint?: number; setpoint_l2?: number; setpoint_l3?: number; setpoint_reactive?: number; setpoint_reactive_l2?: number; setpoint_reactive_l3?: number; phase_to_use?: number; mode?: string; v2x_baseline?: number; precondition?: boolean; evse_sleep?: boolean; freq_watt_curve?: ({ frequency_hz: number; power_w: number })[]; signal_watt_curve?: ({ signal: number; power_w: number })[] })[] } | null; ev_schedule_at: string | null; is_within: boolean | null; renegotiations: number; reported_at: string; updated_at: string };
  ChargingProfile: { id: string; command_id: string; profile_id: number; connector_id: number; purpose: 'charge_point_max' | 'tx_default' | 'tx' | 'external_constraints' | 'priority_charging' | 'local_generation'; stack_level: number; kind: string; recurrency: string | null; valid_from: string | null; valid_to: string | null; transaction_id: number | null; ocpp_transaction_id: string | null; schedule: { id?: number; duration_s: number | null; start_at: string | null; unit: 'A' | 'W'; min_rate: number | null; use_local_time?: boolean; randomized_delay_s?: number; limit_at_soc?: { soc_percent: number; limit: number }; power_tolerance?: number; sales_tariff?: Record<string, unknown>; absolute_prices?: Record<string, unknown>; price_levels?: Record<string, unknown>; periods: ({ start_s: number; limit: number | null; phases: number | null; limit_l2?: number; limit_l3?: number; discharge_limit?: number; discharge_limit_l2?: number; discharge_limit_l3?: number; setpoint?: number; setpoint_l2?: number; setpoint_l3?: number; setpoint_reactive?: number; setpoint_reactive_l2?: number; setpoint_reactive_l3?: number; phase_to_use?: number; mode?: string; v2x_baseline?: number; precondition?: boolean; evse_sleep?: boolean; freq_watt_curve?: ({ frequency_hz: number; power_w: number })[]; signal_watt_curve?: ({ signal: number; power_w: number })[] })[] }; alternatives: ({ id?: number; duration_s: number | null; start_at: string | null; unit: 'A' | 'W'; min_rate: number | null; use_local_time?: boolean; randomized_delay_s?: number; limit_at_soc?: { soc_percent: number; limit: number }; power_tolerance?: number; sales_tariff?: Record<string, unknown>; absolute_prices?: Record<string, unknown>; price_levels?: Record<string, unknown>; periods: ({ start_s: number; limit: number | null; phases: number | null; limit_l2?: number; limit_l3?: number; discharge_limit?: number; discharge_limit_l2?: number; discharge_limit_l3?: number; setpoint?: number; setpoint_l2?: number; setpoint_l3?: number; setpoint_reactive?: number; setpoint_reactive_l2?: number; setpoint_reactive_l3?: number; phase_to_use?: number; mode?: string; v2x_baseline?: number; precondition?: boolean; evse_sleep?: boolean; freq_watt_curve?: ({ frequency_hz: number; power_w: number })[]; signal_watt_curve?: ({ signal: number; power_w: number })[] })[] })[]; max_offline_s: number | null; invalid_after_offline: boolean | null; update_interval_s: number | null; values_updated_at: string | null; status: 'pending' | 'active' | 'rejected' | 'failed' | 'superseded' | 'cleared' | 'ended' | 'expired'; why: string | null; requested_by: string; created_at: string; updated_at: string };
  ChargingProfileReport: { id: string; command_id: string | null; status: 'requested' | 'receiving' | 'complete' | 'failed' | 'incomplete'; profiles: ({ source: string; profile_id: number; connector_id: number; purpose: 'charge_point_max' | 'tx_default' | 'tx' | 'external_constraints' | 'priority_charging' | 'local_generation'; stack_level: number; kind: string; ocpp_transaction_id: string | null; schedules: ({ id?: number; duration_s: number | null; start_at: string | null; unit: 'A' | 'W'; min_rate: number | null; use_local_time?: boolean; randomized_delay_s?: number; limit_at_soc?: { soc_percent: number; limit: number }; power_tolerance?: number; sales_tariff?: Record<string, unknown>; absolute_prices?: Record<string, unknown>; price_levels?: Record<string, unknown>; periods: ({ start_s: number; limit: number | null; phases: number | null; limit_l2?: number; limit_l3?: number; discharge_limit?: number; discharge_limit_l2?: number; discharge_limit_l3?: number; setpoint?: number; setpoint_l2?: number; setpoint_l3?: number; setpoint_reactive?: number; setpoint_reactive_l2?: number; setpoint_reactive_l3?: number; phase_to_use?: number; mode?: string; v2x_baseline?: number; precondition?: boolean; evse_sleep?: boolean; freq_watt_curve?: ({ frequency_hz: number; power_w: number })[]; signal_watt_curve?: ({ signal: number; power_w: number })[] })[] })[] })[]; drift: ({ profile_id: number; kind: 'missing' | 'unknown' | 'different' })[] | null; why: string | null; requested_by: string; created_at: string; updated_at: string };
  Command: { id: string; charge_point_id: string; action: string; payload: Record<string, unknown>; status: 'queued' | 'sent' | 'accepted' | 'rejected' | 'failed' | 'timed_out' | 'cancelled'; timeout_s: number; unchecked: boolean; requested_by: string; created_at: string; expires_at: string | null; sent_at: string | null; completed_at: string | null; result: Record<string, unknown> | null; error: { code: 'charger_error' | 'no_answer' | 'not_sent' | 'secret_lost' | 'invalid_call' | 'connection_lost' | 'no_session_started' | 'expired' | 'abandoned' | 'charge_point_deleted' | 'handed_over'; message: string; ocpp_code?: string; ocpp_details?: unknown } | null; late: boolean; session_id: string | null; trace_id: string | null };
  CommissioningReport: { number: string; result: 'running' | 'commissioned' | 'failed' | 'cancelled'; organization: { name: string; timezone: string }; site: { name: string; timezone: string | null } | null; charge_point: { id: string; identity: string | null; name: string | null; protocol: string | null; security_profile: number | null; vendor: string | null; model: string | null; serial_number: string | null; firmware_version: string | null }; duration_s: number | null; started_at: string; ended_at: string | null; run: Schemas['CommissioningRun'] };
  CommissioningRun: { id: string; charge_point_id: string; charge_point_identity: string | null; status: 'running' | 'commissioned' | 'failed' | 'cancelled'; step: 'connectivity' | 'heartbeat' | 'configuration' | 'connectors' | 'test_transaction' | null; steps: ({ name: 'connectivity' | 'heartbeat' | 'configuration' | 'connectors' | 'test_transaction'; status: 'pending' | 'running' | 'passed' | 'failed' | 'skipped'; started_at: string | null; ended_at: string | null; detail: Record<string, unknown> })[]; failure: { step: 'connectivity' | 'heartbeat' | 'configuration' | 'connectors' | 'test_transaction'; code: 'not_connected' | 'boot_not_accepted' | 'registration_refused' | 'wrong_vendor' | 'wrong_model' | 'wrong_serial_number' | 'connection_lost' | 'no_heartbeat' | 'clock_skew' | 'template_gone' | 'setting_rejected' | 'setting_not_supported' | 'setting_mismatch' | 'setting_not_kept' | 'configuration_failed' | 'session_running' | 'reset_rejected' | 'reboot_not_finished' | 'connector_not_reported' | 'connector_faulted' | 'charge_point_faulted' | 'no_free_connector' | 'remote_start_rejected' | 'no_session_started' | 'session_refused' | 'no_energy_reading' | 'session_ended_early' | 'remote_stop_rejected' | 'session_not_ended' | 'no_answer' | 'charger_error' | 'charger_busy' | 'not_sayable' | 'deadline_exceeded' | 'cancelled' | 'charge_point_deleted'; message: string; remedy: string; retryable: boolean; ocpp_response: Record<string, unknown> | null } | null; template_id: string | null; skip_test_transaction: boolean; connectors: ({ evse_id: number; connector_id: number | null })[] | null; session_id: string | null; step_timeout_s: number; requested_by: string; created_at: string; deadline_at: string; completed_at: string | null };
  ConfigurationChange: { id: string; charge_point_id: string; kind: 'read' | 'change' | 'apply'; status: 'running' | 'completed' | 'failed'; phase: 'read' | 'change' | 'read_back' | 'reboot' | 'done'; results: ({ key: string; value: string | null; result: 'pending' | 'unchanged' | 'accepted' | 'reboot_required' | 'rejected' | 'not_supported' | 'failed'; read_back: string | null; mismatch: boolean; error: string | null })[]; reboot: 'never' | 'now' | 'when_idle'; rebooted: boolean; command_id: string | null; requested_by: string; created_at: string; expires_at: string; completed_at: string | null; error: string | null };
  ConfigurationTemplate: { id: string; name: string; vendor: string | null; model: string | null; firmware: string | null; values: Record<string, string>; at_boot: boolean; created_at: string; updated_at: string };
  Cost: { currency: string; prices_include_tax: boolean; total: { excl_tax: string; tax: string; incl_tax: string }; lines: ({ type: 'energy' | 'time' | 'idle' | 'flat' | 'reservation' | 'minimum' | 'maximum'; component?: number; label?: string; quantity: string; billed: string; unit: 'Wh' | 's' | 'piece'; price: string; per: 'kWh' | 'h' | 'min' | 'session'; amount: string; tax_percent: string })[]; taxes: ({ percent: string; excl_tax: string; tax: string; incl_tax: string })[] };
  CostCorrection: { id: string; reason: string; corrected_by: string; before: Schemas['Cost'] | null; after: Schemas['Cost'] | null; created_at: string };
  CustomerReport: { id: string; charge_point_id: string; status: 'requested' | 'receiving' | 'completed' | 'refused' | 'failed' | 'timed_out'; why: string | null; report: boolean; clear: boolean; subject: 'identifier' | 'token' | 'certificate'; request_id: number; command_id: string; available: boolean; requested_by: string; created_at: string; completed_at: string | null; collected_at: string | null };
  DerControl: { id: string; command_id: string; control_id: string; type: 'enter_service' | 'freq_droop' | 'freq_watt' | 'fixed_pf_absorb' | 'fixed_pf_inject' | 'fixed_var' | 'gradients' | 'hf_must_trip' | 'hf_may_trip' | 'hv_must_trip' | 'hv_mom_cess' | 'hv_may_trip' | 'limit_max_discharge' | 'lf_must_trip' | 'lv_must_trip' | 'lv_mom_cess' | 'lv_may_trip' | 'power_monitoring_must_trip' | 'volt_var' | 'volt_watt' | 'watt_pf' | 'watt_var'; is_default: boolean; priority: number; start_at: string | null; duration_s: number | null; settings: Record<string, unknown>; status: 'pending' | 'active' | 'superseded' | 'replaced' | 'rejected' | 'failed' | 'cleared' | 'ended'; is_started: boolean; why: string | null; requested_by: string; created_at: string; updated_at: string };
  DerControlReport: { id: string; command_id: string | null; status: 'requested' | 'receiving' | 'complete' | 'failed' | 'incomplete'; controls: ({ control_id: string; type: 'enter_service' | 'freq_droop' | 'freq_watt' | 'fixed_pf_absorb' | 'fixed_pf_inject' | 'fixed_var' | 'gradients' | 'hf_must_trip' | 'hf_may_trip' | 'hv_must_trip' | 'hv_mom_cess' | 'hv_may_trip' | 'limit_max_discharge' | 'lf_must_trip' | 'lv_must_trip' | 'lv_mom_cess' | 'lv_may_trip' | 'power_monitoring_must_trip' | 'volt_var' | 'volt_watt' | 'watt_pf' | 'watt_var'; is_default: boolean; priority: number; start_at: string | null; duration_s: number | null; settings: Record<string, unknown>; is_superseded: boolean })[]; drift: ({ control_id: string; kind: 'missing' | 'unknown' | 'different' })[] | null; why: string | null; requested_by: string; created_at: string; updated_at: string };
  DerEvent: { id: string; kind: 'alarm' | 'alarm_ended' | 'started' | 'stopped'; control_id: string | null; control_type: string | null; fault: string | null; info: string | null; superseded_ids: (string)[]; at: string; raw_at: string | null; historical: boolean; received_at: string };
  Deviation: { action: string; field: string; kind: string; count: number; example: string; first_at: string; last_at: string };
  DeviceCondition: { charge_point_id: string; key: string; monitor_id: number | null; state: 'alerting' | 'cleared'; severity: number | null; origin: string; opened_at: string; last_at: string; cleared_at: string | null; occurrences: number; value: string | null; tech_code: string | null; tech_info: string | null; event_id: string };
  DeviceEvent: { id: string; charge_point_id: string; event_id: number; at: string; raw_at: string | null; historical: boolean; received_at: string; trigger: 'alerting' | 'delta' | 'periodic'; cause: number | null; key: string; value: string | null; tech_code: string | null; tech_info: string | null; cleared: boolean; transaction_id: string | null; monitor_id: number | null; origin: string; severity: number | null };
  DeviceModel: { charge_point_id: string; inventory: { base: 'full_inventory' | 'configuration_inventory' | 'summary_inventory'; at: string; firmware_version: string | null } | null; components: number; attributes: number; inventory_wanted_at: string | null };
  DeviceReport: { id: string; charge_point_id: string; kind: 'variables' | 'monitors'; base: 'full_inventory' | 'configuration_inventory' | 'summary_inventory' | null; criteria: Record<string, unknown> | null; status: 'requested' | 'receiving' | 'completed' | 'empty' | 'refused' | 'timed_out' | 'failed'; request_id: number; command_id: string; parts_received: number; parts_missing: (number)[] | null; items: number; requested_by: string; created_at: string; completed_at: string | null; error: string | null };
  DeviceVariable: { key: string; component: string; component_instance: string | null; evse_id: number | null; connector_id: number | null; variable: string; variable_instance: string | null; attribute: string; value: string | null; previous_value: string | null; secret: boolean; mutability: string | null; persistent: boolean | null; constant: boolean | null; data_type: string | null; unit: string | null; min_limit: number | null; max_limit: number | null; max_elements: number | null; values_list: string | null; supports_monitoring: boolean | null; first_seen_at: string; seen_at: string; changed_at: string | null; gone_at: string | null };
  DisplayMessage: { message_id: number; status: 'active' | 'scheduled' | 'expired'; origin: 'csms' | 'station'; priority: 'always_front' | 'in_front' | 'normal_cycle'; state: 'charging' | 'faulted' | 'idle' | 'unavailable' | 'suspended' | 'discharging' | null; starts_at: string | null; ends_at: string | null; ocpp_transaction_id: string | null; display: { name: string; instance: string | null; evse_id: number | null } | null; format: 'ascii' | 'html' | 'uri' | 'utf8' | 'qrcode'; language: string | null; content: string; extra: ({ format: 'ascii' | 'html' | 'uri' | 'utf8' | 'qrcode'; language: string | null; content: string })[]; command_id: string | null; created_at: string; confirmed_at: string };
  DisplayMessagesRefresh: { id: string; status: 'requested' | 'receiving' | 'completed' | 'failed' | 'timed_out'; why: string | null; request_id: number; command_id: string; messages: number; requested_by: string; created_at: string; completed_at: string | null };
  Error: { error: { code: string; message: string; details: ({ field: string; message: string })[]; request_id: string } };
  EventStream: { stream_id: number; monitor_id: number; interval_s: number | null; values: number | null; status: 'open' | 'closed'; opened_at: string; closed_at: string | null; last_at: string | null; pending: number; received: number };
  EvseReport: { charge_point_id: string; charge_point_identity: string; site_id: string | null; evse_id: number; sessions: number; energy_wh: number; revenue?: ({ currency: string; sessions: number; excl_tax: string; tax: string; incl_tax: string })[]; range_s: number; occupied_s: number; charging_s: number; occupied: number | null; charging: number | null; observed_s: number; offline_s: number; faulted_s: number; unavailable_s: number; excluded_s: number; uptime: number | null };
  ExportFile: { id: string; schedule_id: string; kind: 'sessions' | 'meter_values'; format: 'csv' | 'jsonl'; from: string; to: string; timezone: string; status: 'waiting' | 'ready' | 'failed' | 'removed'; error: string | null; size_bytes: number | null; sha256: string | null; created_at: string; completed_at: string | null };
  ExportSchedule: { id: string; name: string; kind: 'sessions' | 'meter_values'; format: 'csv' | 'jsonl'; period: 'daily' | 'weekly' | 'monthly'; site_id: string | null; charge_point_id: string | null; next_at: string; created_by: string; created_at: string };
  ExternalLimit: { id: string; connector_id: number; source: string; is_grid_critical: boolean | null; is_local_generation: boolean | null; schedules: ({ id?: number; duration_s: number | null; start_at: string | null; unit: 'A' | 'W'; min_rate: number | null; use_local_time?: boolean; randomized_delay_s?: number; limit_at_soc?: { soc_percent: number; limit: number }; power_tolerance?: number; sales_tariff?: Record<string, unknown>; absolute_prices?: Record<string, unknown>; price_levels?: Record<string, unknown>; periods: ({ start_s: number; limit: number | null; phases: number | null; limit_l2?: number; limit_l3?: number; discharge_limit?: number; discharge_limit_l2?: number; discharge_limit_l3?: number; setpoint?: number; setpoint_l2?: number; setpoint_l3?: number; setpoint_reactive?: number; setpoint_reactive_l2?: number; setpoint_reactive_l3?: number; phase_to_use?: number; mode?: string; v2x_baseline?: number; precondition?: boolean; evse_sleep?: boolean; freq_watt_curve?: ({ frequency_hz: number; power_w: number })[]; signal_watt_curve?: ({ signal: number; power_w: number })[] })[] })[]; status: 'active' | 'replaced' | 'cleared'; reported_at: string; ended_at: string | null };
  FirmwareImage: { id: string; version: string; vendor: string | null; model: string | null; description: string | null; source: 'upload' | 'url'; ready: boolean; url: string | null; file_name: string | null; size_bytes: number | null; sha256: string | null; signed: boolean; signature_verified: boolean | null; stored_at: string | null; created_by: string; created_at: string; updated_at: string };
  FirmwareRequest: { id: string; kind: 'update' | 'publish'; request_id: number | null; command_id: string; location: string | null; checksum: string | null; signed: boolean; outcome: string; answer: string | null; status: string | null; status_at: string | null; statuses: ({ status: string; at: string; info?: string })[]; locations: (string)[]; published_at: string | null; unpublished_at: string | null; created_at: string; updated_at: string };
  FirmwareRollout: { id: string; name: string; image_id: string; target_version: string; signed: boolean; strategy: 'canary' | 'rolling' | 'all_at_once'; status: 'draft' | 'running' | 'paused' | 'completed' | 'aborted'; stage: number; stages: ({ size: number; pending: number; open: number; installed: number; failed: number; skipped: number; stage: number })[]; progress: { size: number; pending: number; open: number; installed: number; failed: number; skipped: number }; awaiting_promotion: boolean; paused_by: 'person' | 'failures' | null; max_failed_percent: number; requested_by: string; created_at: string; started_at: string | null; ended_at: string | null; updated_at: string; trace_id: string | null };
  FirmwareUpdate: { id: string; charge_point_id: string; rollout_id: string | null; image_id: string; status: 'scheduled' | 'sent' | 'downloading' | 'downloaded' | 'verifying' | 'installing' | 'installed' | 'download_failed' | 'install_failed' | 'invalid_signature' | 'rejected' | 'timed_out' | 'cancelled'; from_version: string | null; target_version: string; booted_version: string | null; verified: boolean | null; signed: boolean; attempts: number; max_attempts: number; request_id: number | null; command_id: string | null; charger_status: string | null; error: { code: 'rejected' | 'invalid_certificate' | 'not_supported' | 'image_gone' | 'download_failed' | 'install_failed' | 'invalid_signature' | 'version_unchanged' | 'no_progress' | 'never_sent' | 'superseded' | 'cancelled' | 'charge_point_deleted' | 'handed_over'; message: string } | null; history: ({ status: 'scheduled' | 'sent' | 'downloading' | 'downloaded' | 'verifying' | 'installing' | 'installed' | 'download_failed' | 'install_failed' | 'invalid_signature' | 'rejected' | 'timed_out' | 'cancelled'; at: string; said?: string })[]; wait_until_idle: boolean; window: { from: string; to: string } | null; retrieve_at: string | null; install_at: string | null; expires_at: string; requested_by: string; created_at: string; sent_at: string | null; started_at: string | null; ended_at: string | null; failed_at: string | null; trace_id: string | null };
  FleetOverview: { charge_points: { total: number; connected: number; disconnected: number; never_connected: number; charging: number; faulted: number }; connectors: { total: number; unreachable: number; by_status: { available: number; preparing: number; charging: number; suspended_ev: number; suspended_evse: number; finishing: number; reserved: number; unavailable: number; faulted: number; occupied: number; unknown: number } }; charging_now?: { sessions: number; active: number; power_w: number }; today?: { day: string; timezone: string; sessions: number; running: number; energy_wh: number; revenue?: ({ currency: string; sessions: number; excl_tax: string; tax: string; incl_tax: string })[] }; open_alerts: { critical: number; warning: number; info: number } };
  Frame: { at: string; direction: 'from_charger' | 'to_charger'; message_type: number | null; message_id: string | null; action: string | null; raw: string; trace_id: string | null };
  Handover: { id: string; direction: 'outgoing' | 'incoming'; mode: 'installer_to_owner' | 'ownership_transfer'; status: 'initiated' | 'awaiting_acceptance' | 'accepted' | 'cutover' | 'completed' | 'declined' | 'cancelled' | 'expired' | 'failed'; charge_point_id: string; charge_point_identity: string; vendor: string | null; model: string | null; from_organization_id: string; to_organization_id: string | null; note: string | null; reason: string | null; waiting_for: ('commissioned' | 'no_session' | 'no_firmware_update' | 'no_command_in_flight' | 'no_critical_alert')[]; initiated_by: string | null; accepted_by: string | null; site_id: string | null; name: string | null; key_change: 'none' | 'pending' | 'offered' | 'awaiting_reconnect' | 'changed' | 'not_changed' | null; left_at_charger: ({ what: 'reservation' | 'charging_profiles' | 'display_message' | 'local_list'; number: number | null; state: 'pending' | 'asked' | 'done' | 'refused' | 'not_supported' })[]; created_at: string; expires_at: string; accepted_at: string | null; ended_at: string | null; updated_at: string };
  InstalledCertificate: { id: string; type: 'central_system_root' | 'manufacturer_root' | 'v2g_root' | 'mo_root' | 'oem_root' | 'v2g_chain' | 'charge_point'; hash_algorithm: string; issuer_name_hash: string; issuer_key_hash: string; serial_number: string; children: ({ hash_algorithm: string; issuer_name_hash: string; issuer_key_hash: string; serial_number: string })[]; subject: string | null; installed_at: string | null; expires_at: string | null; reported_at: string | null };
  InstallerJob: { charge_point_id: string; identity: string; name: string | null; created_by: string; created_at: string };
  Invitation: { id: string; email: string; role: 'owner' | 'admin' | 'operator' | 'installer' | 'billing' | 'viewer'; site_ids: (string)[]; status: 'pending' | 'accepted' | 'revoked' | 'expired'; sent_at: string | null; expires_at: string; accepted_at: string | null; accepted_by: string | null; revoked_at: string | null; created_by: string; created_at: string };
  LocalList: { charge_point_id: string; local_list: 'off' | 'manual' | 'auto'; supported: boolean | null; enabled: boolean | null; version: number | null; desired_version: number | null; in_sync: boolean; entries: number; missing: number; surplus: number; max_entries: number | null; max_per_message: number | null; max_bytes: number | null; state: 'idle' | 'configuration' | 'version' | 'sending'; mode: 'full' | 'differential' | 'auto'; messages_sent: number; requested_by: string | null; started_at: string | null; checked_at: string | null; synced_at: string | null; last_error: { code: string; message: string } | null; failed_at: string | null };
  LoggedEvent: { id: string; event: string; timestamp: string; data: Record<string, unknown>; created_at: string; trace_id: string | null };
  Login: { id: string; device: string | null; address: string; created_at: string; last_used_at: string; expires_at: string; current: boolean };
  MaintenanceWindow: { id: string; site_id: string | null; charge_point_id: string | null; reason: string | null; starts_at: string; ends_at: string; repeats: 'never' | 'daily' | 'weekly'; timezone: string; active: boolean; created_by: string; created_at: string; updated_at: string };
  Member: { id: string; email: string; name: string | null; role: 'owner' | 'admin' | 'operator' | 'installer' | 'billing' | 'viewer'; site_ids: (string)[]; disabled: boolean; second_factor: boolean; last_login_at: string | null; created_by: string | null; created_at: string };
  MonitoringSettings: { charge_point_id: string; base: 'all' | 'factory_default' | 'hard_wired_only' | null; base_set_at: string | null; level: number | null; level_set_at: string | null };
  NetworkProfile: { id: string; charge_point_id: string; slot: number; status: 'pending' | 'stored' | 'superseded' | 'rejected' | 'failed'; profile: Record<string, unknown>; why: string | null; command_id: string; requested_by: string; created_at: string; updated_at: string };
  OpenReview: { session_id: string; status: 'open'; reasons: (string)[]; charge_point_id: string; charge_point_identity: string; evse_id: number; token: string | null; started_at: string; ended_at: string | null; energy_wh: number; flags: (string)[]; currency: string; incl_tax: string | null };
  Organization: { id: string; name: string; currency: string; timezone: string; authorization: 'list' | 'open' | 'free'; uncommissioned: 'accepted' | 'pending'; legal_name: string | null; address: string | null; vat_id: string | null; country_code: string | null; party_id: string | null; driver_messages: boolean; driver_language: string; receipt_url: string | null; require_second_factor: boolean; created_at: string };
  OwnUser: { id: string; email: string; name: string | null; memberships: ({ organization: { id: string; name: string }; role: 'owner' | 'admin' | 'operator' | 'installer' | 'billing' | 'viewer'; site_ids: (string)[]; current: boolean })[] };
  Payment: { id: string; charge_point_id: string; evse_id: number; psp_ref: string; token: string; max_cost: string; currency: string | null; card_last4: string | null; via: 'terminal' | 'web'; status: 'waiting' | 'charging' | 'ended' | 'expired'; session_id: string | null; valid_until: string; created_by: string; created_at: string };
  Receipt: { id: string; number: string; session_id: string; issued_at: string; issuer: { name: string; address: string | null; vat_id: string | null }; place: { name: string | null; address: string | null; postal_code: string | null; city: string | null; country: string | null }; charge_point: { identity: string; evse_id: number; connector_id: number }; token: string | null; timezone: string; started_at: string; ended_at: string; duration_s: number; meter_start_wh: number; meter_stop_wh: number | null; energy_wh: number; free_of_charge: boolean; tariff: { id: string; version: number; name: string | null } | null; cost: Schemas['Cost']; corrects: { number: string; incl_tax: string; currency: string; reason: string } | null };
  Reservation: { id: string; charge_point_id: string; charge_point_identity: string | null; ocpp_reservation_id: number; connector_id: number; connector_type: string | null; token: string; group_id: string | null; status: 'requested' | 'active' | 'used' | 'expired' | 'cancelled' | 'failed'; reason: string | null; expires_at: string; replaces: string | null; session_id: string | null; command_id: string | null; requested_by: string; active_since: string | null; created_at: string; ended_at: string | null; updated_at: string };
  ReviewedSession: { id: string; session_id: string; decision: 'approve' | 'correct'; reason: string; reasons: (string)[]; before: { energy_wh: number; ended_at: string; incl_tax: string | null; currency: string }; after: { energy_wh: number; ended_at: string } | null; decided_by: string; decided_at: string };
  SecurityEvent: { id: string; charge_point_id: string; type: string; critical: boolean; severity: 'info' | 'warning' | 'critical'; at: string; raw_at: string | null; historical: boolean; tech_info: string | null; received_at: string };
  Session: { id: string; transaction_id: number; ocpp_transaction_id: string | null; charge_point_id: string; charge_point_identity: string; site_id: string | null; evse_id: number; connector_id: number; status: 'active' | 'suspended_ev' | 'suspended_evse' | 'ended' | 'closed_by_system'; charging_state: 'charging' | 'ev_connected' | 'suspended_ev' | 'suspended_evse' | 'idle' | null; token: string | null; token_id: string | null; authorization: 'accepted' | 'blocked' | 'expired' | 'invalid' | 'not_at_this_location' | 'concurrent_tx' | 'no_credit'; command_id: string | null; reservation_id: number | null; free_of_charge: boolean; is_test: boolean; started_at: string; ended_at: string | null; duration_s: number; meter_start_wh: number; meter_stop_wh: number | null; energy_wh: number; power_w: number | null; current_a: number | null; voltage_v: number | null; soc_percent: number | null; last_sample_at: string | null; stop_reason: string | null; stop_token: string | null; cost: Schemas['SessionCost'] | null; tariff: Schemas['SessionTariff'] | null; review: Schemas['SessionReview'] | null; flags: (string)[]; limit: Schemas['SessionLimit'] | null; updated_at: string };
  SessionCost: { currency: string; prices_include_tax: boolean; total: { excl_tax: string; tax: string; incl_tax: string }; lines: ({ type: 'energy' | 'time' | 'idle' | 'flat' | 'reservation' | 'minimum' | 'maximum'; component?: number; label?: string; quantity: string; billed: string; unit: 'Wh' | 's' | 'piece'; price: string; per: 'kWh' | 'h' | 'min' | 'session'; amount: string; tax_percent: string })[]; taxes: ({ percent: string; excl_tax: string; tax: string; incl_tax: string })[]; is_final: boolean };
  SessionLimit: { max_energy_wh: number | null; max_time_s: number | null; max_cost: string | null; max_soc_percent: number | null; source: 'operator' | 'remote_start' | 'payment' | 'credit' | 'station'; set_by: string; set_at: string; kept_by: 'station' | 'server'; station: { max_energy_wh: number | null; max_time_s: number | null; max_cost: string | null; max_soc_percent: number | null } | null; reached: 'energy' | 'time' | 'cost' | 'soc' | null; reached_by: 'station' | 'csms' | null; reached_at: string | null };
  SessionReview: { status: 'open' | 'approved' | 'corrected'; reasons: (string)[] };
  SessionSmartCharging: { ocpp_transaction_id: string | null; priority_charging: boolean | null; priority_charging_at: string | null; allowed_energy_transfer: ('ac_single_phase' | 'ac_two_phase' | 'ac_three_phase' | 'dc' | 'ac_bpt' | 'ac_bpt_der' | 'ac_der' | 'dc_bpt' | 'dc_acdp' | 'dc_acdp_bpt' | 'wpt')[]; allowed_energy_transfer_at: string | null; charging_needs: (Schemas['ChargingNeeds'])[] };
  SessionTariff: { id: string; version: number; name: string | null; level: 'token' | 'token_group' | 'charge_point' | 'site' | 'organization'; target_id: string };
  SessionTotals: { site_id?: string | null; charge_point_id?: string; evse_id?: number; token?: string | null; day?: string; month?: string; sessions: number; running: number; energy_wh: number; duration_s: number; revenue?: ({ currency: string; sessions: number; excl_tax: string; tax: string; incl_tax: string })[]; under_review?: number };
  Settlement: { id: string; charge_point_id: string; session_id: string | null; ocpp_transaction_id: string | null; psp_ref: string; status: 'settled' | 'canceled' | 'rejected' | 'failed'; info: string | null; amount: string; settled_at: string; receipt_id: string | null; receipt_by: 'station' | 'csms' | null; receipt_url: string | null; vat_number: string | null; company: { name: string; address1: string; address2: string | null; city: string; postal_code: string | null; country: string } | null; earlier: ({ status: 'settled' | 'canceled' | 'rejected' | 'failed'; amount: string; at: string })[]; received_at: string; updated_at: string };
  SingleSignOn: { issuer: string; client_id: string; email_domains: (string)[]; default_role: 'operator' | 'installer' | 'billing' | 'viewer' | null; enforced: boolean; start_url: string; redirect_uri: string; created_at: string; updated_at: string };
  Site: { id: string; name: string; timezone: string; address: string | null; postal_code: string | null; city: string | null; country: string | null; coordinates: { latitude: string; longitude: string } | null; created_at: string; updated_at: string };
  SiteLoad: { enabled: boolean; unit: 'A' | 'W'; cap: number; phases: 1 | 3; voltage: number; strategy: 'equal' | 'priority' | 'first_come_first_served'; idle_limit: number; evse_max: number; evse_min: number | null; turn_s: number; hold_s: number; schedule: ({ days?: (number)[]; from: string; to: string; cap: number })[]; price_cap: { above: number; cap: number } | null; meter: { stale_after_s: number; fallback_cap: number } | null; updated_at: string };
  SiteLoadChange: { id: string; at: string; state: string; unit: 'A' | 'W'; cap: number; cap_reason: string; ceiling: number; charging: number; paused: number; offline: number; sent: ({ charge_point_id: string; limit: number; why: 'lower' | 'raise' | 'again' })[]; sent_count: number };
  SiteLoadState: { state: 'met' | 'lowering' | 'unmet' | null; since: string | null; unit: 'A' | 'W'; cap: number | null; cap_reason: 'settings' | 'schedule' | 'price' | 'meter' | 'meter_silent' | null; ceiling: number | null; draw_w: number; meter: { draw: number; peak: number; received_at: string; age_s: number; stale: boolean } | null; looked_at: string | null; look_at: string | null; charge_points: ({ id: string; identity: string; connected: boolean; target: number | null; ceiling: number | null; reason: 'shared' | 'minimum' | 'paused' | 'idle' | 'offline' | 'refused' | 'overruled' | 'unmanaged' | 'external' | null; confirmed: { limit: number; unit: 'A' | 'W'; at: string } | null; in_flight: ({ limit: number; unit: 'A' | 'W'; at: string; doubtful: boolean })[]; failures: number; retry_at: string | null; power_w: number | null; evses: ({ evse_id: number; state: 'idle' | 'charging' | 'minimum' | 'paused'; amount: number; since: string })[] })[] };
  SmartChargingSettings: { charging_needs: 'schedule' | 'later' | 'none' | 'reject' | null; fallback_current_a: number | null; fallback_power_w: number | null; effective: { charging_needs: 'schedule' | 'later' | 'none' | 'reject'; fallback_current_a: number; fallback_power_w: number } };
  StationCost: { tariff_id: string | null; currency: string | null; kind: 'normal' | 'min' | 'max' | null; total: { excl_tax: string | null; incl_tax: string | null } | null; parts: { fixed?: { excl_tax: string | null; incl_tax: string | null }; energy?: { excl_tax: string | null; incl_tax: string | null }; charging_time?: { excl_tax: string | null; incl_tax: string | null }; idle_time?: { excl_tax: string | null; incl_tax: string | null }; reservation_time?: { excl_tax: string | null; incl_tax: string | null }; reservation_fixed?: { excl_tax: string | null; incl_tax: string | null } }; energy: number | null; charging_s: number | null; idle_s: number | null; reservation_s: number | null; periods: ({ started_at: string; tariff_id: string | null; dimensions: ({ type: string; volume: number })[] })[]; failed: boolean; failure_reason: string | null; is_final: boolean; told_at: string };
  Tariff: { id: string; name: string; description: string | null; version: number; terms: Schemas['TariffTerms']; texts: ({ language: string; text: string; offline_text?: string })[]; created_at: string; updated_at: string };
  TariffAssignment: { id: string; target: 'token' | 'token_group' | 'charge_point' | 'site' | 'organization'; target_id: string; tariff_id: string; created_by: string; created_at: string };
  TariffResolution: { tariff: { target: 'token' | 'token_group' | 'charge_point' | 'site' | 'organization'; target_id: string; tariff_id: string; name: string; version: number } | null; others: ({ target: 'token' | 'token_group' | 'charge_point' | 'site' | 'organization'; target_id: string; tariff_id: string; name: string; version: number })[] };
  TariffTerms: { currency: string; prices_include_tax: boolean; tax_percent: string; min_total?: string; max_total?: string; components: ({ type: 'energy'; price: string; tax_percent?: string; label?: string; restrictions?: { weekdays?: ('monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday')[]; start_time?: string; end_time?: string; start_date?: string; end_date?: string; min_energy_wh?: number; max_energy_wh?: number; min_duration_s?: number; max_duration_s?: number; min_power_w?: number; max_power_w?: number }; step_wh?: number } | { type: 'time'; price: string; tax_percent?: string; label?: string; restrictions?: { weekdays?: ('monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday')[]; start_time?: string; end_time?: string; start_date?: string; end_date?: string; min_energy_wh?: number; max_energy_wh?: number; min_duration_s?: number; max_duration_s?: number; min_power_w?: number; max_power_w?: number }; step_s?: number } | { type: 'idle'; price: string; tax_percent?: string; label?: string; restrictions?: { weekdays?: ('monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday')[]; start_time?: string; end_time?: string; start_date?: string; end_date?: string; min_energy_wh?: number; max_energy_wh?: number; min_duration_s?: number; max_duration_s?: number; min_power_w?: number; max_power_w?: number }; grace_s?: number; step_s?: number } | { type: 'flat'; price: string; tax_percent?: string; label?: string; restrictions?: { weekdays?: ('monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday')[]; start_time?: string; end_time?: string; start_date?: string; end_date?: string; min_energy_wh?: number; max_energy_wh?: number; min_duration_s?: number; max_duration_s?: number; min_power_w?: number; max_power_w?: number } } | { type: 'reservation'; price: string; tax_percent?: string; label?: string; restrictions?: { weekdays?: ('monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday')[]; start_time?: string; end_time?: string; start_date?: string; end_date?: string; min_energy_wh?: number; max_energy_wh?: number; min_duration_s?: number; max_duration_s?: number; min_power_w?: number; max_power_w?: number }; step_s?: number })[] };
  TariffVersion: { version: number; terms: Schemas['TariffTerms']; created_by: string; created_at: string };
  Token: { id: string; uid: string; type: 'rfid' | 'emaid' | 'app' | 'key_code' | 'local' | 'mac' | 'vin' | 'central'; group_id: string | null; credit: string | null; language: string | null; status: 'active' | 'blocked'; valid_until: string | null; max_concurrent: number | null; allowed_site_ids: (string)[]; allowed_charge_point_ids: (string)[]; created_at: string; updated_at: string };
  TokenGroup: { id: string; name: string; parent_id_tag: string; status: 'active' | 'blocked'; valid_until: string | null; max_concurrent: number | null; allowed_site_ids: (string)[]; allowed_charge_point_ids: (string)[]; created_at: string; updated_at: string };
  UnknownChargePoint: { identity: string; reason: string; charge_point_id: string | null; remote_address: string; protocols: string; user_agent: string; vendor: string; model: string; serial_number: string; firmware_version: string; count: number; first_seen_at: string; last_seen_at: string };
  UnknownToken: { id: string; uid: string; count: number; first_seen_at: string; last_seen_at: string; last_charge_point_id: string };
  Upload: { id: string; charge_point_id: string; kind: 'diagnostics' | 'security_log' | 'diagnostics_log' | 'data_collector_log'; status: 'requested' | 'uploading' | 'uploaded' | 'failed' | 'timed_out'; request_id: number; command_id: string; upload_url: string | null; from: string | null; to: string | null; expires_at: string; requested_by: string; created_at: string; completed_at: string | null; charger_status: string | null; error: { code: 'refused' | 'not_supported' | 'charger_failed' | 'superseded' | 'nothing_arrived' | 'aborted' | 'too_slow' | 'too_large' | 'empty' | 'unreadable' | 'no_space' | 'internal' | 'charge_point_deleted' | 'handed_over'; message: string } | null; file_name: string | null; size_bytes: number | null; sha256: string | null; stored_at: string | null; removed_at: string | null };
  VariableMonitor: { monitor_id: number; key: string; type: string; value: number; severity: number; transaction: boolean; origin: string | null; seen_at: string };
  WebPayment: { evse_id: number; url_template: string; totp_version: 'v1'; validity_s: number; length: number; state: 'shown' | 'offered'; set_by: string; updated_at: string };
  WebPaymentVerdict: { valid: boolean; reason: 'malformed' | 'unknown' | 'wrong_version' | 'wrong_totp' | null; charge_point_id: string | null; evse_id: number | null; max_energy_wh: number | null; max_time_s: number | null; max_cost: string | null };
};

export type paths = {
  '/api/v1/alert-recipients': {
  post: {
    parameters: { query?: never; path?: never; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { email: string; name?: string | null; min_severity?: 'info' | 'warning' | 'critical'; site_ids?: (string)[]; resolved?: boolean; active?: boolean } } };
    responses: {
      201: { headers: Record<string, unknown>; content: { 'application/json': Schemas['AlertRecipient'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  get: {
    parameters: { query?: { limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['AlertRecipient'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/alert-recipients/{id}': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['AlertRecipientDetail'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  patch: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: { content: { 'application/json': { name?: string | null; min_severity?: 'info' | 'warning' | 'critical'; site_ids?: (string)[]; resolved?: boolean; active?: boolean } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['AlertRecipient'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  delete: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      204: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/alert-rules': {
  get: {
    parameters: { query?: { site_id?: string; charge_point_id?: string; rule?: 'offline' | 'fleet_offline' | 'heartbeat_overdue' | 'boot_loop' | 'clock_skew' | 'command_failures' | 'duplicate_identity' | 'schema_deviations' | 'connector_faulted' | 'silent_session' | 'stalled_charge' | 'prepared_not_started' | 'no_session' | 'unknown_token_burst' | 'meter_backwards' | 'orphan_stop' | 'site_load_unmet' | 'load_limit_not_taken' | 'firmware_failed' | 'critical_security_event' | 'certificate_expiring' | 'monitor_condition' | 'uptime_below_target' | 'webhook_failing' }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['AlertRule'])[] } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  put: {
    parameters: { query?: never; path?: never; header?: never; cookie?: never };
    requestBody: { content: { 'application/json': { rule: 'offline' | 'fleet_offline' | 'heartbeat_overdue' | 'boot_loop' | 'clock_skew' | 'command_failures' | 'duplicate_identity' | 'schema_deviations' | 'connector_faulted' | 'silent_session' | 'stalled_charge' | 'prepared_not_started' | 'no_session' | 'unknown_token_burst' | 'meter_backwards' | 'orphan_stop' | 'site_load_unmet' | 'load_limit_not_taken' | 'firmware_failed' | 'critical_security_event' | 'certificate_expiring' | 'monitor_condition' | 'uptime_below_target' | 'webhook_failing'; site_id?: string; charge_point_id?: string; enabled?: boolean | null; severity?: 'info' | 'warning' | 'critical' | null; for_s?: number | null; threshold?: number | null; window_days?: number | null } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['AlertRule'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/alerts': {
  get: {
    parameters: { query?: { status?: string; severity?: string; rule?: 'offline' | 'fleet_offline' | 'heartbeat_overdue' | 'boot_loop' | 'clock_skew' | 'command_failures' | 'duplicate_identity' | 'schema_deviations' | 'connector_faulted' | 'silent_session' | 'stalled_charge' | 'prepared_not_started' | 'no_session' | 'unknown_token_burst' | 'meter_backwards' | 'orphan_stop' | 'site_load_unmet' | 'load_limit_not_taken' | 'firmware_failed' | 'critical_security_event' | 'certificate_expiring' | 'monitor_condition' | 'uptime_below_target' | 'webhook_failing'; charge_point_id?: string; site_id?: string; from?: string; to?: string; limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['Alert'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/alerts/{id}': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['AlertDetail'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/alerts/{id}/acknowledge': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { comment?: string } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['AlertDetail'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/alerts/{id}/comments': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { text: string } } };
    responses: {
      201: { headers: Record<string, unknown>; content: { 'application/json': { id: string; kind: 'comment' | 'acknowledged' | 'resolved'; author: string; text: string | null; created_at: string } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/alerts/{id}/resolve': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { comment?: string } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['AlertDetail'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/api-keys': {
  post: {
    parameters: { query?: never; path?: never; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { name: string; scopes: ('read:charge_points' | 'write:charge_points' | 'read:sessions' | 'read:billing' | 'write:billing' | 'read:analytics' | 'read:events' | 'write:webhooks' | 'write:api_keys' | 'write:commands' | 'write:load_meter' | 'read:audit' | 'read:members' | 'write:members')[]; expires_at?: string | null } } };
    responses: {
      201: { headers: Record<string, unknown>; content: { 'application/json': { id: string; name: string; prefix: string; scopes: (string)[]; expires_at: string | null; revoked_at: string | null; last_used_at: string | null; created_by: string | null; created_at: string; replaced_by: string | null; key: string } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  get: {
    parameters: { query?: { limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['ApiKey'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/api-keys/{id}': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['ApiKey'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  delete: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      204: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/api-keys/{id}/rotate': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { overlap_s?: number; expires_at?: string | null } } };
    responses: {
      201: { headers: Record<string, unknown>; content: { 'application/json': { id: string; name: string; prefix: string; scopes: (string)[]; expires_at: string | null; revoked_at: string | null; last_used_at: string | null; created_by: string | null; created_at: string; replaced_by: string | null; key: string } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/audit': {
  get: {
    parameters: { query?: { principal_id?: string; operation?: string; request_id?: string; kind?: 'called' | 'refused' | 'script' | 'charger'; target_id?: string; from?: string; to?: string; limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['AuditEntry'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/audit/export': {
  get: {
    parameters: { query?: { principal_id?: string; operation?: string; request_id?: string; kind?: 'called' | 'refused' | 'script' | 'charger'; target_id?: string; from?: string; to?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/jsonl; charset=utf-8': unknown } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/audit/head': {
  get: {
    parameters: { query?: never; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { position: number; mac: string; forgotten_until: number } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/auth/login': {
  post: {
    parameters: { query?: never; path?: never; header?: never; cookie?: never };
    requestBody: { content: { 'application/json': { email: string; password: string; organization_id?: string; code?: string } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { access_token: string; token_type: 'Bearer'; expires_in: number; user: { id: string; organization_id: string; email: string; name: string | null; role: 'owner' | 'admin' | 'operator' | 'installer' | 'billing' | 'viewer' } } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/auth/logout': {
  post: {
    parameters: { query?: never; path?: never; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': Record<string, unknown> } };
    responses: {
      204: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/auth/logout-everywhere': {
  post: {
    parameters: { query?: never; path?: never; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': Record<string, unknown> } };
    responses: {
      204: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/auth/me': {
  get: {
    parameters: { query?: never; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { kind: 'api_key' | 'user'; id: string; organization: { id: string; name: string }; scopes: (string)[]; user: { id: string; organization_id: string; email: string; name: string | null; role: 'owner' | 'admin' | 'operator' | 'installer' | 'billing' | 'viewer' } | null; api_key: { name: string; prefix: string; expires_at: string | null } | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/auth/password-reset': {
  post: {
    parameters: { query?: never; path?: never; header?: never; cookie?: never };
    requestBody: { content: { 'application/json': { email: string } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': { sent: 'if_there_is_an_account' } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/auth/password-reset/confirm': {
  post: {
    parameters: { query?: never; path?: never; header?: never; cookie?: never };
    requestBody: { content: { 'application/json': { token: string; password: string } } };
    responses: {
      204: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/auth/refresh': {
  post: {
    parameters: { query?: never; path?: never; header?: never; cookie?: never };
    requestBody?: { content: { 'application/json': { organization_id?: string } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { access_token: string; token_type: 'Bearer'; expires_in: number; user: { id: string; organization_id: string; email: string; name: string | null; role: 'owner' | 'admin' | 'operator' | 'installer' | 'billing' | 'viewer' } } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/auth/sso/{id}/callback': {
  get: {
    parameters: { query?: { code?: string; state?: string; iss?: string; error?: string; error_description?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      303: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/auth/sso/{id}/start': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      303: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/battery-swaps': {
  get: {
    parameters: { query?: { charge_point_id?: string; status?: string; token?: string; limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['BatterySwap'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/cdrs': {
  get: {
    parameters: { query?: { from?: string; to?: string; limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['Cdr'])[]; incomplete: ({ session_id: string; missing: (string)[] })[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points': {
  post: {
    parameters: { query?: never; path?: never; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { identity: string; name?: string | null; site_id?: string | null; vendor?: string | null; model?: string | null; serial_number?: string | null; security_profile?: number; registration?: 'accepted' | 'pending' | 'rejected'; heartbeat_interval_s?: number; strict?: boolean; assume_protocol?: 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1' | null; authorization?: 'list' | 'open' | 'free' | null; local_list?: 'off' | 'manual' | 'auto'; driver_messages?: boolean | null; connector_standard?: 'CHADEMO' | 'CHAOJI' | 'DOMESTIC_A' | 'DOMESTIC_B' | 'DOMESTIC_C' | 'DOMESTIC_D' | 'DOMESTIC_E' | 'DOMESTIC_F' | 'DOMESTIC_G' | 'DOMESTIC_H' | 'DOMESTIC_I' | 'DOMESTIC_J' | 'DOMESTIC_K' | 'DOMESTIC_L' | 'DOMESTIC_M' | 'DOMESTIC_N' | 'DOMESTIC_O' | 'GBT_AC' | 'GBT_DC' | 'IEC_60309_2_single_16' | 'IEC_60309_2_three_16' | 'IEC_60309_2_three_32' | 'IEC_60309_2_three_64' | 'IEC_62196_T1' | 'IEC_62196_T1_COMBO' | 'IEC_62196_T2' | 'IEC_62196_T2_COMBO' | 'IEC_62196_T3A' | 'IEC_62196_T3C' | 'NEMA_5_20' | 'NEMA_6_30' | 'NEMA_6_50' | 'NEMA_10_30' | 'NEMA_10_50' | 'NEMA_14_30' | 'NEMA_14_50' | 'PANTOGRAPH_BOTTOM_UP' | 'PANTOGRAPH_TOP_DOWN' | 'TESLA_R' | 'TESLA_S' | null; connector_format?: 'SOCKET' | 'CABLE' | null; power_type?: 'AC_1_PHASE' | 'AC_2_PHASE' | 'AC_2_PHASE_SPLIT' | 'AC_3_PHASE' | 'DC' | null; key?: string } } };
    responses: {
      201: { headers: Record<string, unknown>; content: { 'application/json': { id: string; identity: string; name: string | null; site_id: string | null; vendor: string | null; model: string | null; serial_number: string | null; security_profile: number; next_security_profile: number | null; registration: 'accepted' | 'pending' | 'rejected'; heartbeat_interval_s: number; strict: boolean; assume_protocol: 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1' | null; authorization: 'list' | 'open' | 'free' | null; local_list: 'off' | 'manual' | 'auto'; driver_messages: boolean | null; connector_standard: 'CHADEMO' | 'CHAOJI' | 'DOMESTIC_A' | 'DOMESTIC_B' | 'DOMESTIC_C' | 'DOMESTIC_D' | 'DOMESTIC_E' | 'DOMESTIC_F' | 'DOMESTIC_G' | 'DOMESTIC_H' | 'DOMESTIC_I' | 'DOMESTIC_J' | 'DOMESTIC_K' | 'DOMESTIC_L' | 'DOMESTIC_M' | 'DOMESTIC_N' | 'DOMESTIC_O' | 'GBT_AC' | 'GBT_DC' | 'IEC_60309_2_single_16' | 'IEC_60309_2_three_16' | 'IEC_60309_2_three_32' | 'IEC_60309_2_three_64' | 'IEC_62196_T1' | 'IEC_62196_T1_COMBO' | 'IEC_62196_T2' | 'IEC_62196_T2_COMBO' | 'IEC_62196_T3A' | 'IEC_62196_T3C' | 'NEMA_5_20' | 'NEMA_6_30' | 'NEMA_6_50' | 'NEMA_10_30' | 'NEMA_10_50' | 'NEMA_14_30' | 'NEMA_14_50' | 'PANTOGRAPH_BOTTOM_UP' | 'PANTOGRAPH_TOP_DOWN' | 'TESLA_R' | 'TESLA_S' | null; connector_format: 'SOCKET' | 'CABLE' | null; power_type: 'AC_1_PHASE' | 'AC_2_PHASE' | 'AC_2_PHASE_SPLIT' | 'AC_3_PHASE' | 'DC' | null; lifecycle: 'registered' | 'commissioning' | 'commissioned' | 'decommissioned'; has_key: boolean; key_rotation: 'offered' | 'handing_over' | 'undecided' | 'after_reboot' | 'until_used' | null; ocpp_url: string; connected: boolean; connected_at: string | null; disconnected_at: string | null; last_seen_at: string | null; protocol: string | null; remote_address: string | null; booted_at: string | null; boot_status: string | null; pending: boolean; degraded: boolean; reboot_pending: boolean; firmware_version: string | null; firmware_status: string | null; firmware_status_at: string | null; diagnostics_status: string | null; diagnostics_status_at: string | null; clock_offset_ms: number | null; reported: { vendor: string | null; model: string | null; serial_number: string | null; iccid: string | null; imsi: string | null; meter_type: string | null; meter_serial: string | null }; status: { status: 'available' | 'preparing' | 'charging' | 'suspended_ev' | 'suspended_evse' | 'finishing' | 'reserved' | 'unavailable' | 'faulted' | 'occupied' | 'unknown'; raw_status: string; error_code: string | null; info: string | null; vendor_id: string | null; vendor_error_code: string | null; status_at: string } | null; evses: ({ evse_id: number; connectors: ({ status: 'available' | 'preparing' | 'charging' | 'suspended_ev' | 'suspended_evse' | 'finishing' | 'reserved' | 'unavailable' | 'faulted' | 'occupied' | 'unknown'; raw_status: string; error_code: string | null; info: string | null; vendor_id: string | null; vendor_error_code: string | null; status_at: string; connector_id: number })[] })[]; created_at: string; updated_at: string; key?: string } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  get: {
    parameters: { query?: { id?: string; identity?: string; site_id?: string; connected?: boolean; lifecycle?: 'registered' | 'commissioning' | 'commissioned' | 'decommissioned'; registration?: 'accepted' | 'pending' | 'rejected'; status?: string; drift?: boolean; limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['ChargePoint'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['ChargePoint'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  patch: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: { content: { 'application/json': { name?: string | null; site_id?: string | null; vendor?: string | null; model?: string | null; serial_number?: string | null; security_profile?: number; registration?: 'accepted' | 'pending' | 'rejected'; heartbeat_interval_s?: number; strict?: boolean; assume_protocol?: 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1' | null; authorization?: 'list' | 'open' | 'free' | null; local_list?: 'off' | 'manual' | 'auto'; driver_messages?: boolean | null; connector_standard?: 'CHADEMO' | 'CHAOJI' | 'DOMESTIC_A' | 'DOMESTIC_B' | 'DOMESTIC_C' | 'DOMESTIC_D' | 'DOMESTIC_E' | 'DOMESTIC_F' | 'DOMESTIC_G' | 'DOMESTIC_H' | 'DOMESTIC_I' | 'DOMESTIC_J' | 'DOMESTIC_K' | 'DOMESTIC_L' | 'DOMESTIC_M' | 'DOMESTIC_N' | 'DOMESTIC_O' | 'GBT_AC' | 'GBT_DC' | 'IEC_60309_2_single_16' | 'IEC_60309_2_three_16' | 'IEC_60309_2_three_32' | 'IEC_60309_2_three_64' | 'IEC_62196_T1' | 'IEC_62196_T1_COMBO' | 'IEC_62196_T2' | 'IEC_62196_T2_COMBO' | 'IEC_62196_T3A' | 'IEC_62196_T3C' | 'NEMA_5_20' | 'NEMA_6_30' | 'NEMA_6_50' | 'NEMA_10_30' | 'NEMA_10_50' | 'NEMA_14_30' | 'NEMA_14_50' | 'PANTOGRAPH_BOTTOM_UP' | 'PANTOGRAPH_TOP_DOWN' | 'TESLA_R' | 'TESLA_S' | null; connector_format?: 'SOCKET' | 'CABLE' | null; power_type?: 'AC_1_PHASE' | 'AC_2_PHASE' | 'AC_2_PHASE_SPLIT' | 'AC_3_PHASE' | 'DC' | null; next_security_profile?: number | null } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['ChargePoint'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  delete: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      204: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/afrr-signal': {
  post: {
    parameters: { query?: { wait?: boolean }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { signal: number; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/availability': {
  post: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { operative: boolean; connector_id?: number; evse_id?: number; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/battery-swaps': {
  post: {
    parameters: { query?: { wait?: boolean }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { token: string; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['BatterySwap'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/certificate-requests': {
  get: {
    parameters: { query?: { limit?: number; cursor?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['CertificateRequest'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/certificates': {
  get: {
    parameters: { query?: { unlisted?: boolean }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['InstalledCertificate'])[] } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  post: {
    parameters: { query?: { wait?: boolean }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { type: 'central_system_root' | 'manufacturer_root' | 'v2g_root' | 'mo_root' | 'oem_root'; certificate: string } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/certificates/refresh': {
  post: {
    parameters: { query?: { wait?: boolean }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { type?: 'central_system_root' | 'manufacturer_root' | 'v2g_root' | 'mo_root' | 'oem_root' | 'v2g_chain' } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/certificates/{certificate_id}': {
  delete: {
    parameters: { query?: { wait?: boolean }; path: { id: string; certificate_id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/charging-limit': {
  post: {
    parameters: { query?: { wait?: boolean }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { limit: number; unit?: 'A' | 'W'; connector_id?: number; session_id?: string; duration_s?: number; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['ChargingProfile'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/charging-needs': {
  get: {
    parameters: { query?: { limit?: number; cursor?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['ChargingNeeds'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/charging-profile-reports': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { connector_id?: number; purpose?: 'charge_point_max' | 'tx_default' | 'tx' | 'external_constraints' | 'priority_charging' | 'local_generation'; stack_level?: number; profile_ids?: (number)[]; sources?: (string)[]; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['ChargingProfileReport'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  get: {
    parameters: { query?: { limit?: number; cursor?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['ChargingProfileReport'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/charging-profile-reports/{report_id}': {
  get: {
    parameters: { query?: never; path: { id: string; report_id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['ChargingProfileReport'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/charging-profiles': {
  post: {
    parameters: { query?: { wait?: boolean }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { connector_id?: number; purpose: 'charge_point_max' | 'tx_default' | 'tx' | 'priority_charging' | 'local_generation'; session_id?: string; profile_id?: number; stack_level?: number; kind?: 'absolute' | 'recurring' | 'relative' | 'dynamic'; recurrency?: 'daily' | 'weekly'; valid_from?: string; valid_to?: string; schedule: { id?: number; duration_s?: number; start_at?: string; unit?: 'A' | 'W'; min_rate?: number; use_local_time?: boolean; randomized_delay_s?: number; limit_at_soc?: { soc_percent: number; limit: number }; power_tolerance?: number; sales_tariff?: Record<string, unknown>; absolute_prices?: Record<string, unknown>; price_levels?: Record<string, unknown>; periods: ({ start_s: number; limit?: number; limit_l2?: number; limit_l3?: number; discharge_limit?: number; discharge_limit_l2?: number; discharge_limit_l3?: number; setpoint?: number; setpoint_l2?: number; setpoint_l3?: number; setpoint_reactive?: number; setpoint_reactive_l2?: number; setpoint_reactive_l3?: number; phases?: number; phase_to_use?: number; mode?: 'idle' | 'charging_only' | 'central_setpoint' | 'external_setpoint' | 'external_limits' | 'central_frequency' | 'local_frequency' | 'local_load_balancing'; v2x_baseline?: number; precondition?: boolean; evse_sleep?: boolean; freq_watt_curve?: ({ frequency_hz: number; power_w: number })[]; signal_watt_curve?: ({ signal: number; power_w: number })[] })[] }; alternatives?: ({ id?: number; duration_s?: number; start_at?: string; unit?: 'A' | 'W'; min_rate?: number; use_local_time?: boolean; randomized_delay_s?: number; limit_at_soc?: { soc_percent: number; limit: number }; power_tolerance?: number; sales_tariff?: Record<string, unknown>; absolute_prices?: Record<string, unknown>; price_levels?: Record<string, unknown>; periods: ({ start_s: number; limit?: number; limit_l2?: number; limit_l3?: number; discharge_limit?: number; discharge_limit_l2?: number; discharge_limit_l3?: number; setpoint?: number; setpoint_l2?: number; setpoint_l3?: number; setpoint_reactive?: number; setpoint_reactive_l2?: number; setpoint_reactive_l3?: number; phases?: number; phase_to_use?: number; mode?: 'idle' | 'charging_only' | 'central_setpoint' | 'external_setpoint' | 'external_limits' | 'central_frequency' | 'local_frequency' | 'local_load_balancing'; v2x_baseline?: number; precondition?: boolean; evse_sleep?: boolean; freq_watt_curve?: ({ frequency_hz: number; power_w: number })[]; signal_watt_curve?: ({ signal: number; power_w: number })[] })[] })[]; max_offline_s?: number; invalid_after_offline?: boolean; update_interval_s?: number; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['ChargingProfile'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  get: {
    parameters: { query?: { limit?: number; cursor?: string; status?: string; connector_id?: number }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['ChargingProfile'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  delete: {
    parameters: { query?: { wait?: boolean; profile_id?: number; connector_id?: number; purpose?: 'charge_point_max' | 'tx_default' | 'tx' | 'external_constraints' | 'priority_charging' | 'local_generation'; stack_level?: number }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/charging-profiles/{charging_profile_id}/values': {
  post: {
    parameters: { query?: { wait?: boolean }; path: { id: string; charging_profile_id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { limit?: number; limit_l2?: number; limit_l3?: number; discharge_limit?: number; discharge_limit_l2?: number; discharge_limit_l3?: number; setpoint?: number; setpoint_l2?: number; setpoint_l3?: number; setpoint_reactive?: number; setpoint_reactive_l2?: number; setpoint_reactive_l3?: number; push?: boolean; timeout_s?: number } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { command: Schemas['Command'] | null; values: { limit?: number; limit_l2?: number; limit_l3?: number; discharge_limit?: number; discharge_limit_l2?: number; discharge_limit_l3?: number; setpoint?: number; setpoint_l2?: number; setpoint_l3?: number; setpoint_reactive?: number; setpoint_reactive_l2?: number; setpoint_reactive_l3?: number } } } };
      202: { headers: Record<string, unknown>; content: { 'application/json': { command: Schemas['Command'] | null; values: { limit?: number; limit_l2?: number; limit_l3?: number; discharge_limit?: number; discharge_limit_l2?: number; discharge_limit_l3?: number; setpoint?: number; setpoint_l2?: number; setpoint_l3?: number; setpoint_reactive?: number; setpoint_reactive_l2?: number; setpoint_reactive_l3?: number } } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/clear-cache': {
  post: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/clear-tariffs': {
  post: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { evse_id?: number; tariff_ids?: (string)[]; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/command-schemas': {
  get: {
    parameters: { query?: { action?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { protocol: 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1' | null; actions: (string)[]; schema: Record<string, unknown> | null; example: Record<string, unknown> | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/commands': {
  post: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number; validate?: boolean }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { action: string; payload?: Record<string, unknown>; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  get: {
    parameters: { query?: { limit?: number; cursor?: string; status?: string; action?: string; requested_by?: string; from?: string; to?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['Command'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/commissioning': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { template_id?: string; skip_test_transaction?: boolean; connectors?: ({ connector_id?: number; evse_id?: number })[]; step_timeout_s?: number; deadline_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['CommissioningRun'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['CommissioningRun'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/commissioning/cancel': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': Record<string, unknown> } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['CommissioningRun'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/composite-schedule': {
  get: {
    parameters: { query?: { connector_id?: number; duration_s?: number; unit?: 'A' | 'W' }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { connector_id: number; start_at: string | null; unit: string; duration_s: number | null; periods: ({ start_s: number; limit: number | null; phases: number | null; discharge_limit?: number; setpoint?: number })[]; command_id: string } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/configuration': {
  get: {
    parameters: { query?: { refresh?: boolean; keys?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { charge_point_id: string; fetched_at: string | null; drift: boolean; settings: ({ key: string; value: string | null; readonly: boolean | null; secret: boolean; fetched_at: string | null; expected: string | null; template_id: string | null; drift: boolean })[]; unknown_keys: (string)[]; refresh: Schemas['ConfigurationChange'] | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  put: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number; reboot?: 'never' | 'now' | 'when_idle' }; path: { id: string }; header?: never; cookie?: never };
    requestBody: { content: { 'application/json': Record<string, string> } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['ConfigurationChange'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  patch: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number; reboot?: 'never' | 'now' | 'when_idle' }; path: { id: string }; header?: never; cookie?: never };
    requestBody: { content: { 'application/json': Record<string, string> } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['ConfigurationChange'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/configuration/apply': {
  post: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number; reboot?: 'never' | 'now' | 'when_idle' }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { template_id?: string } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['ConfigurationChange'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/configuration/changes': {
  get: {
    parameters: { query?: { limit?: number; cursor?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['ConfigurationChange'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/customer-information': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { report?: boolean; clear?: boolean; customer_identifier?: string; token?: string; certificate?: { hash_algorithm: 'SHA256' | 'SHA384' | 'SHA512'; issuer_name_hash: string; issuer_key_hash: string; serial_number: string }; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': { id: string; charge_point_id: string; status: 'requested' | 'receiving' | 'completed' | 'refused' | 'failed' | 'timed_out'; why: string | null; report: boolean; clear: boolean; subject: 'identifier' | 'token' | 'certificate'; request_id: number; command_id: string; available: boolean; requested_by: string; created_at: string; completed_at: string | null; collected_at: string | null; on_local_list: boolean | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  get: {
    parameters: { query?: { limit?: number; cursor?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['CustomerReport'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/data-transfer': {
  post: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { vendor_id: string; message_id?: string; data?: unknown; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/decommission': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': Record<string, unknown> } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { charge_point_id: string; lifecycle: 'registered' | 'commissioning' | 'commissioned' | 'decommissioned' } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/default-tariff': {
  post: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { tariff_id: string; version?: number; evse_id?: number; valid_from?: string; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/der-control-reports': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { is_default?: boolean; control_id?: string; type?: 'enter_service' | 'freq_droop' | 'freq_watt' | 'fixed_pf_absorb' | 'fixed_pf_inject' | 'fixed_var' | 'gradients' | 'hf_must_trip' | 'hf_may_trip' | 'hv_must_trip' | 'hv_mom_cess' | 'hv_may_trip' | 'limit_max_discharge' | 'lf_must_trip' | 'lv_must_trip' | 'lv_mom_cess' | 'lv_may_trip' | 'power_monitoring_must_trip' | 'volt_var' | 'volt_watt' | 'watt_pf' | 'watt_var'; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['DerControlReport'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  get: {
    parameters: { query?: { limit?: number; cursor?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['DerControlReport'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/der-control-reports/{report_id}': {
  get: {
    parameters: { query?: never; path: { id: string; report_id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['DerControlReport'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/der-controls': {
  post: {
    parameters: { query?: { wait?: boolean }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { type: 'enter_service' | 'freq_droop' | 'freq_watt' | 'fixed_pf_absorb' | 'fixed_pf_inject' | 'fixed_var' | 'gradients' | 'hf_must_trip' | 'hf_may_trip' | 'hv_must_trip' | 'hv_mom_cess' | 'hv_may_trip' | 'limit_max_discharge' | 'lf_must_trip' | 'lv_must_trip' | 'lv_mom_cess' | 'lv_may_trip' | 'power_monitoring_must_trip' | 'volt_var' | 'volt_watt' | 'watt_pf' | 'watt_var'; is_default?: boolean; control_id?: string; priority?: number; start_at?: string; duration_s?: number; curve?: { points: ({ x: number; y: number })[]; y_unit?: 'not_applicable' | 'pct_max_w' | 'pct_max_var' | 'pct_w_avail' | 'pct_var_avail' | 'pct_effective_v'; response_time_s?: number; hysteresis?: { high?: number; low?: number; delay_s?: number; gradient?: number }; reactive_power?: { v_ref?: number; autonomous_v_ref?: boolean; time_constant_s?: number }; voltage?: { hv_10min_mean?: number; hv_10min_trip_delay_s?: number; during_cessation?: 'active' | 'reactive' } }; enter_service?: { high_voltage: number; low_voltage: number; high_freq: number; low_freq: number; delay_s?: number; random_delay_s?: number; ramp_rate?: number }; fixed_pf?: { displacement: number; excitation: boolean }; fixed_var?: { setpoint: number; unit: 'not_applicable' | 'pct_max_w' | 'pct_max_var' | 'pct_w_avail' | 'pct_var_avail' | 'pct_effective_v' }; freq_droop?: { over_freq: number; under_freq: number; over_droop: number; under_droop: number; response_time_s: number }; gradient?: { gradient: number; soft_gradient: number }; limit_max_discharge?: { pct_max_discharge_power?: number; power_monitoring_must_trip?: { points: ({ x: number; y: number })[]; y_unit?: 'not_applicable' | 'pct_max_w' | 'pct_max_var' | 'pct_w_avail' | 'pct_var_avail' | 'pct_effective_v'; response_time_s?: number; hysteresis?: { high?: number; low?: number; delay_s?: number; gradient?: number }; reactive_power?: { v_ref?: number; autonomous_v_ref?: boolean; time_constant_s?: number }; voltage?: { hv_10min_mean?: number; hv_10min_trip_delay_s?: number; during_cessation?: 'active' | 'reactive' } } }; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['DerControl'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  get: {
    parameters: { query?: { limit?: number; cursor?: string; status?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['DerControl'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  delete: {
    parameters: { query?: { wait?: boolean; is_default?: boolean; control_id?: string; type?: 'enter_service' | 'freq_droop' | 'freq_watt' | 'fixed_pf_absorb' | 'fixed_pf_inject' | 'fixed_var' | 'gradients' | 'hf_must_trip' | 'hf_may_trip' | 'hv_must_trip' | 'hv_mom_cess' | 'hv_may_trip' | 'limit_max_discharge' | 'lf_must_trip' | 'lv_must_trip' | 'lv_mom_cess' | 'lv_may_trip' | 'power_monitoring_must_trip' | 'volt_var' | 'volt_watt' | 'watt_pf' | 'watt_var' }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/der-events': {
  get: {
    parameters: { query?: { limit?: number; cursor?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['DerEvent'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/deviations': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['Deviation'])[] } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/device-conditions': {
  get: {
    parameters: { query?: { limit?: number; cursor?: string; state?: 'alerting' | 'cleared'; severity?: number }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['DeviceCondition'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/device-events': {
  get: {
    parameters: { query?: { limit?: number; cursor?: string; key?: string; trigger?: 'alerting' | 'delta' | 'periodic'; severity?: number; from?: string; to?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['DeviceEvent'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/device-model': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['DeviceModel'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/device-model/reports': {
  post: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { base?: 'full_inventory' | 'configuration_inventory' | 'summary_inventory'; criteria?: ('active' | 'available' | 'enabled' | 'problem')[]; components?: ({ component: string; component_instance?: string; evse_id?: number; connector_id?: number; variable?: string; variable_instance?: string })[]; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['DeviceReport'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  get: {
    parameters: { query?: { limit?: number; cursor?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['DeviceReport'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/device-model/variables': {
  get: {
    parameters: { query?: { limit?: number; cursor?: string; component?: string; variable?: string; evse_id?: number; connector_id?: number; attribute?: 'actual' | 'target' | 'min_set' | 'max_set'; q?: string; writable?: boolean; gone?: boolean; changed_since?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['DeviceVariable'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/diagnostics': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { kind?: 'diagnostics' | 'security_log' | 'diagnostics_log' | 'data_collector_log'; from?: string; to?: string; upload_url?: string; retries?: number; retry_interval_s?: number; expires_in_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Upload'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  get: {
    parameters: { query?: { status?: string; limit?: number; cursor?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['Upload'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/display-messages': {
  get: {
    parameters: { query?: { limit?: number; cursor?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['DisplayMessage'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  put: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number }; path: { id: string }; header?: never; cookie?: never };
    requestBody: { content: { 'application/json': { message_id: number; priority?: 'always_front' | 'in_front' | 'normal_cycle'; state?: 'charging' | 'faulted' | 'idle' | 'unavailable' | 'suspended' | 'discharging'; starts_at?: string; ends_at?: string; ocpp_transaction_id?: string; display?: { name: string; instance?: string; evse_id?: number }; format?: 'ascii' | 'html' | 'uri' | 'utf8' | 'qrcode'; language?: string; content: string; extra?: ({ format?: 'ascii' | 'html' | 'uri' | 'utf8' | 'qrcode'; language?: string; content: string })[]; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  delete: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number; message_id?: number }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/display-messages/refresh': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['DisplayMessagesRefresh'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { refresh: Schemas['DisplayMessagesRefresh'] | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/event-stream-values': {
  get: {
    parameters: { query?: { limit?: number; cursor?: string; stream_id?: number; from?: string; to?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: ({ stream_id: number; at: string; value: string })[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/event-streams': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['EventStream'])[] } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/event-streams/adjust': {
  post: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { stream_id: number; interval_s?: number; values?: number; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/event-streams/refresh': {
  post: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/external-limits': {
  get: {
    parameters: { query?: { active?: boolean; connector_id?: number; limit?: number; cursor?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['ExternalLimit'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/firmware-publications': {
  post: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { location: string; checksum: string; retries?: number; retry_interval_s?: number; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/firmware-publications/withdraw': {
  post: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { checksum: string; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/firmware-requests': {
  get: {
    parameters: { query?: { kind?: 'update' | 'publish'; published?: boolean; limit?: number; cursor?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['FirmwareRequest'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/firmware-updates': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { image_id: string; signed?: boolean; max_attempts?: number; retry_delay_s?: number; stage_timeout_s?: number; wait_until_idle?: boolean; window?: { from: string; to: string }; retrieve_at?: string; install_at?: string; expires_in_s?: number; any_model?: boolean } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['FirmwareUpdate'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  get: {
    parameters: { query?: { status?: string; failed?: boolean; limit?: number; cursor?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['FirmwareUpdate'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/frames': {
  get: {
    parameters: { query?: { from?: string; to?: string; action?: string; direction?: 'from_charger' | 'to_charger'; message_type?: number; trace_id?: string; text?: string; limit?: number; cursor?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['Frame'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/frames/export': {
  get: {
    parameters: { query?: { format?: 'csv' | 'jsonl'; from?: string; to?: string; action?: string; direction?: 'from_charger' | 'to_charger'; message_type?: number; trace_id?: string; text?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'text/csv; charset=utf-8': unknown; 'application/jsonl; charset=utf-8': unknown } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/frames/stream': {
  get: {
    parameters: { query?: { action?: string; direction?: 'from_charger' | 'to_charger'; message_type?: number; trace_id?: string; text?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'text/event-stream': string } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/handovers': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { mode: 'installer_to_owner' | 'ownership_transfer'; to_organization_id?: string; note?: string; expires_in_days?: number } } };
    responses: {
      201: { headers: Record<string, unknown>; content: { 'application/json': { id: string; direction: 'outgoing' | 'incoming'; mode: 'installer_to_owner' | 'ownership_transfer'; status: 'initiated' | 'awaiting_acceptance' | 'accepted' | 'cutover' | 'completed' | 'declined' | 'cancelled' | 'expired' | 'failed'; charge_point_id: string; charge_point_identity: string; vendor: string | null; model: string | null; from_organization_id: string; to_organization_id: string | null; note: string | null; reason: string | null; waiting_for: ('commissioned' | 'no_session' | 'no_firmware_update' | 'no_command_in_flight' | 'no_critical_alert')[]; initiated_by: string | null; accepted_by: string | null; site_id: string | null; name: string | null; key_change: 'none' | 'pending' | 'offered' | 'awaiting_reconnect' | 'changed' | 'not_changed' | null; left_at_charger: ({ what: 'reservation' | 'charging_profiles' | 'display_message' | 'local_list'; number: number | null; state: 'pending' | 'asked' | 'done' | 'refused' | 'not_supported' })[]; created_at: string; expires_at: string; accepted_at: string | null; ended_at: string | null; updated_at: string; token: string } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/load-settings': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['ChargePointLoadSettings'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  put: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: { content: { 'application/json': { managed?: boolean; priority?: number; phases?: 1 | 3; balanced?: boolean; unit?: 'A' | 'W' | null; min?: number | null; max?: number | null } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['ChargePointLoadSettings'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/local-list': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['LocalList'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/local-list/sync': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { mode?: 'full' | 'differential' | 'auto' } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['LocalList'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/monitoring': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['MonitoringSettings'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/monitoring/base': {
  post: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { base: 'all' | 'factory_default' | 'hard_wired_only'; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/monitoring/level': {
  post: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { severity: number; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/monitors': {
  get: {
    parameters: { query?: { limit?: number; cursor?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['VariableMonitor'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  post: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { monitors: ({ monitor_id?: number; key: string; type: 'upper_threshold' | 'lower_threshold' | 'delta' | 'periodic' | 'periodic_clock_aligned' | 'target_delta' | 'target_delta_relative'; value: number; severity: number; transaction?: boolean; stream?: { interval_s?: number; values?: number } })[] } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': { data: ({ key: string; type: string; result: 'pending' | 'accepted' | 'rejected' | 'duplicate' | 'not_supported' | 'not_found' | 'failed'; monitor_id: number | null; reason: string | null; command_id: string })[] } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/monitors/clear': {
  post: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { monitor_ids: (number)[] } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': { data: ({ result: 'pending' | 'accepted' | 'rejected' | 'duplicate' | 'not_supported' | 'not_found' | 'failed'; monitor_id: number | null; reason: string | null; command_id: string })[] } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/monitors/reports': {
  post: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { criteria?: ('threshold' | 'delta' | 'periodic')[]; components?: ({ component: string; component_instance?: string; evse_id?: number; connector_id?: number; variable?: string; variable_instance?: string })[]; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['DeviceReport'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/network-profiles': {
  post: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { slot: number; url: string; interface?: 'Wired0' | 'Wired1' | 'Wired2' | 'Wired3' | 'Wireless0' | 'Wireless1' | 'Wireless2' | 'Wireless3' | 'Any'; security_profile: number; message_timeout_s?: number; ocpp_version?: 'OCPP16' | 'OCPP20' | 'OCPP201' | 'OCPP21'; identity?: string; basic_auth_password?: string; apn?: { apn: string; user_name?: string; password?: string; sim_pin?: number; preferred_network?: string; use_only_preferred_network?: boolean; authentication: 'CHAP' | 'NONE' | 'PAP' | 'AUTO' }; vpn?: { server: string; user: string; group?: string; password: string; key: string; type: 'IKEv2' | 'IPSec' | 'L2TP' | 'PPTP' }; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['NetworkProfile'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  get: {
    parameters: { query?: { limit?: number; cursor?: string; slot?: number }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['NetworkProfile'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/payments': {
  post: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { psp_ref: string; evse_id: number; max_cost: string; currency?: string; max_energy_wh?: number; max_time_s?: number; card_last4?: string; via?: 'terminal' | 'web'; starts_within_s?: number; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['BegunPayment'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/read-tariffs': {
  post: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { evse_id?: number; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/reservations': {
  post: {
    parameters: { query?: { wait?: boolean }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { connector_id?: number; evse_id?: number; connector_type?: string; token: string; group_id?: string; expires_at: string; replaces?: string; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Reservation'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/reset': {
  post: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { type?: 'soft' | 'hard' | 'resume'; evse_id?: number; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/rotate-key': {
  post: {
    parameters: { query?: { via?: 'ocpp'; wait?: boolean }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { key?: string } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { id: string; identity: string; key?: string; command_id?: string; key_rotation: 'offered' | 'handing_over' | 'undecided' | 'after_reboot' | 'until_used' | null } } };
      202: { headers: Record<string, unknown>; content: { 'application/json': { id: string; identity: string; key?: string; command_id?: string; key_rotation: 'offered' | 'handing_over' | 'undecided' | 'after_reboot' | 'until_used' | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/security-events': {
  get: {
    parameters: { query?: { type?: string; severity?: string; critical?: boolean; from?: string; to?: string; limit?: number; cursor?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['SecurityEvent'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/smart-charging-settings': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['SmartChargingSettings'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  patch: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: { content: { 'application/json': { charging_needs?: 'schedule' | 'later' | 'none' | 'reject' | null; fallback_current_a?: number | null; fallback_power_w?: number | null } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['SmartChargingSettings'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/start': {
  post: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { token: string; connector_id?: number; charging_profile?: { purpose?: 'tx'; profile_id?: number; stack_level?: number; kind?: 'absolute' | 'recurring' | 'relative' | 'dynamic'; recurrency?: 'daily' | 'weekly'; valid_from?: string; valid_to?: string; schedule: { id?: number; duration_s?: number; start_at?: string; unit?: 'A' | 'W'; min_rate?: number; use_local_time?: boolean; randomized_delay_s?: number; limit_at_soc?: { soc_percent: number; limit: number }; power_tolerance?: number; sales_tariff?: Record<string, unknown>; absolute_prices?: Record<string, unknown>; price_levels?: Record<string, unknown>; periods: ({ start_s: number; limit?: number; limit_l2?: number; limit_l3?: number; discharge_limit?: number; discharge_limit_l2?: number; discharge_limit_l3?: number; setpoint?: number; setpoint_l2?: number; setpoint_l3?: number; setpoint_reactive?: number; setpoint_reactive_l2?: number; setpoint_reactive_l3?: number; phases?: number; phase_to_use?: number; mode?: 'idle' | 'charging_only' | 'central_setpoint' | 'external_setpoint' | 'external_limits' | 'central_frequency' | 'local_frequency' | 'local_load_balancing'; v2x_baseline?: number; precondition?: boolean; evse_sleep?: boolean; freq_watt_curve?: ({ frequency_hz: number; power_w: number })[]; signal_watt_curve?: ({ signal: number; power_w: number })[] })[] }; alternatives?: ({ id?: number; duration_s?: number; start_at?: string; unit?: 'A' | 'W'; min_rate?: number; use_local_time?: boolean; randomized_delay_s?: number; limit_at_soc?: { soc_percent: number; limit: number }; power_tolerance?: number; sales_tariff?: Record<string, unknown>; absolute_prices?: Record<string, unknown>; price_levels?: Record<string, unknown>; periods: ({ start_s: number; limit?: number; limit_l2?: number; limit_l3?: number; discharge_limit?: number; discharge_limit_l2?: number; discharge_limit_l3?: number; setpoint?: number; setpoint_l2?: number; setpoint_l3?: number; setpoint_reactive?: number; setpoint_reactive_l2?: number; setpoint_reactive_l3?: number; phases?: number; phase_to_use?: number; mode?: 'idle' | 'charging_only' | 'central_setpoint' | 'external_setpoint' | 'external_limits' | 'central_frequency' | 'local_frequency' | 'local_load_balancing'; v2x_baseline?: number; precondition?: boolean; evse_sleep?: boolean; freq_watt_curve?: ({ frequency_hz: number; power_w: number })[]; signal_watt_curve?: ({ signal: number; power_w: number })[] })[] })[]; max_offline_s?: number; invalid_after_offline?: boolean; update_interval_s?: number }; limit?: { max_energy_wh?: number; max_time_s?: number; max_cost?: string; max_soc_percent?: number }; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/stop': {
  post: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { session_id?: string; connector_id?: number; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/tariff': {
  get: {
    parameters: { query?: { token?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['TariffResolution'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/trigger': {
  post: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { message: 'boot' | 'heartbeat' | 'status' | 'meter_values' | 'firmware_status' | 'diagnostics_status' | 'log_status' | 'sign_certificate' | 'transaction' | 'publish_firmware_status' | 'sign_v2g_certificate' | 'sign_v2g20_certificate' | 'sign_combined_certificate' | 'custom'; connector_id?: number; evse_id?: number; custom?: string; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/unlock': {
  post: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { connector_id?: number; evse_id?: number; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/web-payment-started': {
  post: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { evse_id: number; pays_within_s?: number; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/charge-points/{id}/web-payments': {
  put: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number }; path: { id: string }; header?: never; cookie?: never };
    requestBody: { content: { 'application/json': { evse_id?: number; url_template: string; validity_s?: number; length?: number; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['WebPayment'])[] } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  delete: {
    parameters: { query?: { evse_id?: number }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      204: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/commands': {
  get: {
    parameters: { query?: { limit?: number; cursor?: string; status?: string; action?: string; requested_by?: string; from?: string; to?: string; charge_point_id?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['Command'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/commands/bulk': {
  post: {
    parameters: { query?: never; path?: never; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { filter: { site_id?: string; vendor?: string; model?: string; firmware_version?: string; protocol?: 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1'; connected?: boolean; charge_point_ids?: (string)[] }; action?: string; payload?: Record<string, unknown>; command?: { do: 'reset'; type?: 'soft' | 'hard' } | { do: 'clear_cache' } | { do: 'availability'; operative: boolean; connector_id?: number } | { do: 'trigger'; message: 'boot' | 'heartbeat' | 'status' | 'meter_values' | 'firmware_status' | 'diagnostics_status' | 'log_status' | 'sign_certificate' | 'transaction' | 'publish_firmware_status' | 'sign_v2g_certificate' | 'sign_v2g20_certificate' | 'sign_combined_certificate' | 'custom' }; timeout_s?: number; queue?: boolean; expires_in_s?: number; dry_run?: boolean } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { id: string | null; matched: number; refused: number | null; refusals: ({ charge_point_id: string; identity: string; code: string; message: string })[] } } };
      202: { headers: Record<string, unknown>; content: { 'application/json': { id: string | null; matched: number; refused: number | null; refusals: ({ charge_point_id: string; identity: string; code: string; message: string })[] } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/commands/bulk/{id}': {
  get: {
    parameters: { query?: { limit?: number; cursor?: string; status?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { id: string; status: 'running' | 'completed'; requested_by: string; created_at: string; expires_at: string | null; matched: number; counts: Record<string, number>; trace_id: string | null; data: ({ charge_point_id: string; identity: string | null; command_id: string | null; status: 'pending' | 'refused' | 'queued' | 'sent' | 'accepted' | 'rejected' | 'failed' | 'timed_out' | 'cancelled'; error: { code: string; message: string } | null })[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/commands/{id}': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/commands/{id}/cancel': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/commissioning-runs': {
  get: {
    parameters: { query?: { charge_point_id?: string; status?: string; limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['CommissioningRun'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/commissioning-runs/{id}': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['CommissioningRun'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/commissioning-runs/{id}/report': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['CommissioningReport'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/commissioning-runs/{id}/report.pdf': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/pdf': unknown } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/configuration-changes/{id}': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['ConfigurationChange'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/configuration-templates': {
  post: {
    parameters: { query?: never; path?: never; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { name: string; vendor?: string | null; model?: string | null; firmware?: string | null; values: Record<string, string>; at_boot?: boolean } } };
    responses: {
      201: { headers: Record<string, unknown>; content: { 'application/json': Schemas['ConfigurationTemplate'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  get: {
    parameters: { query?: { limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['ConfigurationTemplate'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/configuration-templates/{id}': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['ConfigurationTemplate'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  patch: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: { content: { 'application/json': { name?: string; vendor?: string | null; model?: string | null; firmware?: string | null; values?: Record<string, string>; at_boot?: boolean } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['ConfigurationTemplate'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  delete: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      204: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/customer-information/{id}': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['CustomerReport'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/customer-information/{id}/data': {
  delete: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: string; whole: boolean } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/device-conditions': {
  get: {
    parameters: { query?: { charge_point_id?: string; limit?: number; cursor?: string; state?: 'alerting' | 'cleared'; severity?: number }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['DeviceCondition'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/device-events': {
  get: {
    parameters: { query?: { charge_point_id?: string; limit?: number; cursor?: string; key?: string; trigger?: 'alerting' | 'delta' | 'periodic'; severity?: number; from?: string; to?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['DeviceEvent'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/device-reports/{id}': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['DeviceReport'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/exports/evses': {
  get: {
    parameters: { query?: { format?: 'csv' | 'jsonl'; from?: string; to?: string; site_id?: string; charge_point_id?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'text/csv; charset=utf-8': unknown; 'application/jsonl; charset=utf-8': unknown } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/exports/files': {
  get: {
    parameters: { query?: { schedule_id?: string; limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['ExportFile'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/exports/files/{id}': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['ExportFile'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/exports/files/{id}/content': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'text/csv; charset=utf-8': unknown; 'application/jsonl; charset=utf-8': unknown } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/exports/meter-values': {
  get: {
    parameters: { query?: { format?: 'csv' | 'jsonl'; by?: 'started' | 'ended'; from?: string; to?: string; status?: string; site_id?: string; charge_point_id?: string; token?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'text/csv; charset=utf-8': unknown; 'application/jsonl; charset=utf-8': unknown } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/exports/schedules': {
  post: {
    parameters: { query?: never; path?: never; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { name: string; kind: 'sessions' | 'meter_values'; format?: 'csv' | 'jsonl'; period: 'daily' | 'weekly' | 'monthly'; site_id?: string; charge_point_id?: string } } };
    responses: {
      201: { headers: Record<string, unknown>; content: { 'application/json': Schemas['ExportSchedule'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  get: {
    parameters: { query?: { limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['ExportSchedule'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/exports/schedules/{id}': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['ExportSchedule'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  delete: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      204: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/exports/sessions': {
  get: {
    parameters: { query?: { format?: 'csv' | 'jsonl'; by?: 'started' | 'ended'; from?: string; to?: string; status?: string; site_id?: string; charge_point_id?: string; token?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'text/csv; charset=utf-8': unknown; 'application/jsonl; charset=utf-8': unknown } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/exports/totals': {
  get: {
    parameters: { query?: { format?: 'csv' | 'jsonl'; group_by?: 'site' | 'charge_point' | 'evse' | 'token' | 'day' | 'month'; by?: 'started' | 'ended'; from?: string; to?: string; site_id?: string; charge_point_id?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'text/csv; charset=utf-8': unknown; 'application/jsonl; charset=utf-8': unknown } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/firmware-images': {
  post: {
    parameters: { query?: never; path?: never; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { version: string; vendor?: string; model?: string; description?: string; url?: string; file_name?: string; size_bytes?: number; sha256?: string; signature?: string; signing_certificate?: string } } };
    responses: {
      201: { headers: Record<string, unknown>; content: { 'application/json': Schemas['FirmwareImage'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  get: {
    parameters: { query?: { vendor?: string; model?: string; version?: string; limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['FirmwareImage'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/firmware-images/{id}': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['FirmwareImage'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  delete: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      204: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/firmware-images/{id}/content': {
  put: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody: { content: { 'application/octet-stream': unknown } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['FirmwareImage'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/octet-stream': unknown } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/firmware-rollouts': {
  post: {
    parameters: { query?: never; path?: never; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { name: string; image_id: string; signed?: boolean; max_attempts?: number; retry_delay_s?: number; stage_timeout_s?: number; wait_until_idle?: boolean; window?: { from: string; to: string }; retrieve_at?: string; install_at?: string; expires_in_s?: number; strategy: 'canary' | 'rolling' | 'all_at_once'; stage_sizes?: (number)[]; batch_size?: number; max_failed_percent?: number; filter?: { site_id?: string; vendor?: string; model?: string; firmware_version?: string; charge_point_ids?: (string)[] } } } };
    responses: {
      201: { headers: Record<string, unknown>; content: { 'application/json': Schemas['FirmwareRollout'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  get: {
    parameters: { query?: { status?: string; limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['FirmwareRollout'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/firmware-rollouts/{id}': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['FirmwareRollout'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/firmware-rollouts/{id}/abort': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['FirmwareRollout'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/firmware-rollouts/{id}/members': {
  get: {
    parameters: { query?: { stage?: number; limit?: number; cursor?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: ({ charge_point_id: string; charge_point_identity: string | null; stage: number; status: string; reason: string | null; update_id: string | null; firmware_version: string | null })[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/firmware-rollouts/{id}/pause': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['FirmwareRollout'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/firmware-rollouts/{id}/promote': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['FirmwareRollout'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/firmware-rollouts/{id}/resume': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['FirmwareRollout'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/firmware-rollouts/{id}/start': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['FirmwareRollout'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/firmware-updates': {
  get: {
    parameters: { query?: { charge_point_id?: string; rollout_id?: string; status?: string; failed?: boolean; limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['FirmwareUpdate'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/firmware-updates/{id}': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['FirmwareUpdate'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/firmware-updates/{id}/cancel': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['FirmwareUpdate'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/handovers': {
  get: {
    parameters: { query?: { direction?: 'outgoing' | 'incoming'; status?: string; charge_point_id?: string; limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['Handover'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/handovers/lookup': {
  post: {
    parameters: { query?: never; path?: never; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { token: string } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { handover: Schemas['Handover']; checklist: ({ check: 'commissioned' | 'no_session' | 'no_firmware_update' | 'no_command_in_flight' | 'no_critical_alert'; status: 'passed' | 'warning' | 'waiting' | 'blocked'; message: string })[] } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/handovers/{id}': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { id: string; direction: 'outgoing' | 'incoming'; mode: 'installer_to_owner' | 'ownership_transfer'; status: 'initiated' | 'awaiting_acceptance' | 'accepted' | 'cutover' | 'completed' | 'declined' | 'cancelled' | 'expired' | 'failed'; charge_point_id: string; charge_point_identity: string; vendor: string | null; model: string | null; from_organization_id: string; to_organization_id: string | null; note: string | null; reason: string | null; waiting_for: ('commissioned' | 'no_session' | 'no_firmware_update' | 'no_command_in_flight' | 'no_critical_alert')[]; initiated_by: string | null; accepted_by: string | null; site_id: string | null; name: string | null; key_change: 'none' | 'pending' | 'offered' | 'awaiting_reconnect' | 'changed' | 'not_changed' | null; left_at_charger: ({ what: 'reservation' | 'charging_profiles' | 'display_message' | 'local_list'; number: number | null; state: 'pending' | 'asked' | 'done' | 'refused' | 'not_supported' })[]; created_at: string; expires_at: string; accepted_at: string | null; ended_at: string | null; updated_at: string; history: ({ at: string; happening: string; from_status: 'initiated' | 'awaiting_acceptance' | 'accepted' | 'cutover' | 'completed' | 'declined' | 'cancelled' | 'expired' | 'failed' | null; to_status: 'initiated' | 'awaiting_acceptance' | 'accepted' | 'cutover' | 'completed' | 'declined' | 'cancelled' | 'expired' | 'failed'; side: 'from' | 'to' | 'system'; by: string | null; detail: string | null })[] } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/handovers/{id}/accept': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { token: string; when?: 'now' | 'idle'; site_id?: string; name?: string } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Handover'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/handovers/{id}/cancel': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { reason?: string } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Handover'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/handovers/{id}/checklist': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { acceptable: boolean; checklist: ({ check: 'commissioned' | 'no_session' | 'no_firmware_update' | 'no_command_in_flight' | 'no_critical_alert'; status: 'passed' | 'warning' | 'waiting' | 'blocked'; message: string })[] } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/handovers/{id}/decline': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { reason?: string; token?: string } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Handover'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/invitations': {
  post: {
    parameters: { query?: never; path?: never; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { email: string; role: 'owner' | 'admin' | 'operator' | 'installer' | 'billing' | 'viewer'; site_ids?: (string)[]; delivery?: 'email' | 'link' } } };
    responses: {
      201: { headers: Record<string, unknown>; content: { 'application/json': { id: string; email: string; role: 'owner' | 'admin' | 'operator' | 'installer' | 'billing' | 'viewer'; site_ids: (string)[]; status: 'pending' | 'accepted' | 'revoked' | 'expired'; sent_at: string | null; expires_at: string; accepted_at: string | null; accepted_by: string | null; revoked_at: string | null; created_by: string; created_at: string; link: string | null; token: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  get: {
    parameters: { query?: { limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['Invitation'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/invitations/accept': {
  post: {
    parameters: { query?: never; path?: never; header?: never; cookie?: never };
    requestBody: { content: { 'application/json': { token: string; name?: string; password: string; code?: string } } };
    responses: {
      201: { headers: Record<string, unknown>; content: { 'application/json': { id: string; email: string; organization: string } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/invitations/preview': {
  post: {
    parameters: { query?: never; path?: never; header?: never; cookie?: never };
    requestBody: { content: { 'application/json': { token: string } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { organization: string; email: string; role: 'owner' | 'admin' | 'operator' | 'installer' | 'billing' | 'viewer'; expires_at: string; has_account: boolean } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/invitations/{id}': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Invitation'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  delete: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      204: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/invitations/{id}/resend': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { delivery?: 'email' | 'link' } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { id: string; email: string; role: 'owner' | 'admin' | 'operator' | 'installer' | 'billing' | 'viewer'; site_ids: (string)[]; status: 'pending' | 'accepted' | 'revoked' | 'expired'; sent_at: string | null; expires_at: string; accepted_at: string | null; accepted_by: string | null; revoked_at: string | null; created_by: string; created_at: string; link: string | null; token: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/maintenance-windows': {
  post: {
    parameters: { query?: never; path?: never; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { site_id?: string; charge_point_id?: string; reason?: string | null; starts_at: string; ends_at: string; repeats?: 'never' | 'daily' | 'weekly'; timezone?: string } } };
    responses: {
      201: { headers: Record<string, unknown>; content: { 'application/json': Schemas['MaintenanceWindow'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  get: {
    parameters: { query?: { site_id?: string; charge_point_id?: string; active?: boolean; limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['MaintenanceWindow'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/maintenance-windows/{id}': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['MaintenanceWindow'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  patch: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: { content: { 'application/json': { reason?: string | null; starts_at?: string; ends_at?: string; repeats?: 'never' | 'daily' | 'weekly'; timezone?: string } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['MaintenanceWindow'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  delete: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      204: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/members': {
  get: {
    parameters: { query?: { role?: 'owner' | 'admin' | 'operator' | 'installer' | 'billing' | 'viewer'; limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['Member'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/members/{id}': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Member'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  patch: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: { content: { 'application/json': { role?: 'owner' | 'admin' | 'operator' | 'installer' | 'billing' | 'viewer'; site_ids?: (string)[] } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Member'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  delete: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      204: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/members/{id}/jobs': {
  get: {
    parameters: { query?: { limit?: number; cursor?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['InstallerJob'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/members/{id}/jobs/{charge_point_id}': {
  put: {
    parameters: { query?: never; path: { id: string; charge_point_id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      204: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  delete: {
    parameters: { query?: never; path: { id: string; charge_point_id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      204: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/members/{id}/reset-second-factor': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': Record<string, unknown> } };
    responses: {
      204: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/organization': {
  get: {
    parameters: { query?: never; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Organization'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  patch: {
    parameters: { query?: never; path?: never; header?: never; cookie?: never };
    requestBody?: { content: { 'application/json': { name?: string; currency?: string; timezone?: string; uncommissioned?: 'accepted' | 'pending'; authorization?: 'list' | 'open' | 'free'; legal_name?: string | null; address?: string | null; require_second_factor?: boolean; vat_id?: string | null; country_code?: string | null; party_id?: string | null; driver_messages?: boolean; driver_language?: string; receipt_url?: string | null } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Organization'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/organization/sso': {
  get: {
    parameters: { query?: never; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['SingleSignOn'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  put: {
    parameters: { query?: never; path?: never; header?: never; cookie?: never };
    requestBody: { content: { 'application/json': { issuer: string; client_id: string; client_secret?: string; email_domains: (string)[]; default_role?: 'operator' | 'installer' | 'billing' | 'viewer' | null; enforced?: boolean } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['SingleSignOn'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  delete: {
    parameters: { query?: never; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      204: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/overview': {
  get: {
    parameters: { query?: never; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['FleetOverview'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/overview/charge-points': {
  get: {
    parameters: { query?: { state?: 'faulted' | 'charging' | 'occupied' | 'offline' | 'unavailable' | 'available' | 'never_connected'; limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['ChargePointGlance'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/payments': {
  get: {
    parameters: { query?: { charge_point_id?: string; psp_ref?: string; limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['Payment'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/receipts': {
  get: {
    parameters: { query?: { session_id?: string; limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['Receipt'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/receipts/{id}': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Receipt'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/receipts/{id}/pdf': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/pdf': unknown } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/reports/evses': {
  get: {
    parameters: { query?: { from?: string; to?: string; site_id?: string; charge_point_id?: string; limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['EvseReport'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/reports/totals': {
  get: {
    parameters: { query?: { group_by?: 'site' | 'charge_point' | 'evse' | 'token' | 'day' | 'month'; by?: 'started' | 'ended'; from?: string; to?: string; site_id?: string; charge_point_id?: string; limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['SessionTotals'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/reservations': {
  get: {
    parameters: { query?: { charge_point_id?: string; status?: string; token?: string; limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['Reservation'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/reservations/{id}': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Reservation'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/reservations/{id}/cancel': {
  post: {
    parameters: { query?: { wait?: boolean }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/security-events': {
  get: {
    parameters: { query?: { charge_point_id?: string; type?: string; severity?: string; critical?: boolean; from?: string; to?: string; limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['SecurityEvent'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/sessions': {
  get: {
    parameters: { query?: { status?: string; charge_point_id?: string; token?: string; from?: string; to?: string; limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['Session'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/sessions/reviews': {
  get: {
    parameters: { query?: { status?: 'open'; limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['OpenReview'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/sessions/{id}': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Session'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/sessions/{id}/cdr': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['Cdr'])[] } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/sessions/{id}/close': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { reason?: string } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Session'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/sessions/{id}/cost-corrections': {
  get: {
    parameters: { query?: { limit?: number; cursor?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['CostCorrection'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/sessions/{id}/energy-transfer': {
  post: {
    parameters: { query?: { wait?: boolean }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { modes: ('ac_single_phase' | 'ac_two_phase' | 'ac_three_phase' | 'dc' | 'ac_bpt' | 'ac_bpt_der' | 'ac_der' | 'dc_bpt' | 'dc_acdp' | 'dc_acdp_bpt' | 'wpt')[]; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/sessions/{id}/events': {
  get: {
    parameters: { query?: { limit?: number; cursor?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: ({ seq_no: number; event_type: 'started' | 'updated' | 'ended'; trigger_reason: string; charging_state: string | null; offline: boolean; at: string; received_at: string; outcome: 'applied' | 'held' | 'late' | 'reused' })[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/sessions/{id}/limit': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['SessionLimit'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  put: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody: { content: { 'application/json': { max_energy_wh?: number; max_time_s?: number; max_cost?: string; max_soc_percent?: number } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['SessionLimit'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  delete: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['SessionLimit'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/sessions/{id}/meter-values': {
  get: {
    parameters: { query?: { limit?: number; cursor?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: ({ at: string; context: string; energy_wh: number | null; power_w: number | null; current_a: number | null; voltage_v: number | null; soc_percent: number | null; extra: (Record<string, unknown>)[] })[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/sessions/{id}/priority-charging': {
  post: {
    parameters: { query?: { wait?: boolean }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { active?: boolean; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/sessions/{id}/receipt': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Receipt'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/sessions/{id}/receipt.pdf': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/pdf': unknown } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/sessions/{id}/reprice': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { reason: string } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Session'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/sessions/{id}/review': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { decision: 'approve' | 'correct'; energy_wh?: number; ended_at?: string; reason: string } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['ReviewedSession'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/sessions/{id}/reviews': {
  get: {
    parameters: { query?: { limit?: number; cursor?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['ReviewedSession'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/sessions/{id}/smart-charging': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['SessionSmartCharging'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/sessions/{id}/station-cost': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['StationCost'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/sessions/{id}/stop': {
  post: {
    parameters: { query?: { wait?: boolean }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/sessions/{id}/tariff': {
  post: {
    parameters: { query?: { wait?: boolean; queue?: boolean; expires_in_s?: number }; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { tariff_id: string; version?: number; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Command'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/settlements': {
  get: {
    parameters: { query?: { charge_point_id?: string; session_id?: string; status?: string; psp_ref?: string; limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['Settlement'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/sites': {
  post: {
    parameters: { query?: never; path?: never; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { name: string; timezone?: string; address?: string | null; postal_code?: string | null; city?: string | null; country?: string | null; coordinates?: { latitude: string; longitude: string } | null } } };
    responses: {
      201: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Site'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  get: {
    parameters: { query?: { limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['Site'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/sites/{id}': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Site'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  patch: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: { content: { 'application/json': { name?: string; timezone?: string; address?: string | null; postal_code?: string | null; city?: string | null; country?: string | null; coordinates?: { latitude: string; longitude: string } | null } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Site'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  delete: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      204: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/sites/{id}/afrr-signal': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { signal: number; timeout_s?: number } } };
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': { bulk_id: string } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/sites/{id}/load': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['SiteLoad'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  put: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody: { content: { 'application/json': { enabled?: boolean; unit: 'A' | 'W'; cap: number; phases?: 1 | 3; voltage?: number; strategy?: 'equal' | 'priority' | 'first_come_first_served'; idle_limit?: number; evse_max?: number; evse_min?: number | null; turn_s?: number; hold_s?: number; schedule?: ({ days?: (number)[]; from: string; to: string; cap: number })[]; price_cap?: { above: number; cap: number } | null; meter?: { stale_after_s: number; fallback_cap: number } | null } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['SiteLoad'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/sites/{id}/load/history': {
  get: {
    parameters: { query?: { limit?: number; cursor?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['SiteLoadChange'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/sites/{id}/load/meter': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { power_w?: number; currents_a?: (number)[] } } };
    responses: {
      204: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/sites/{id}/load/prices': {
  put: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody: { content: { 'application/json': { prices: ({ from: string; to: string; price: number })[] } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { prices: ({ from: string; to: string; price: number })[] } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/sites/{id}/load/state': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['SiteLoadState'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/smart-charging-settings': {
  get: {
    parameters: { query?: never; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['SmartChargingSettings'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  patch: {
    parameters: { query?: never; path?: never; header?: never; cookie?: never };
    requestBody?: { content: { 'application/json': { charging_needs?: 'schedule' | 'later' | 'none' | 'reject' | null; fallback_current_a?: number | null; fallback_power_w?: number | null } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['SmartChargingSettings'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/tariff-assignments': {
  post: {
    parameters: { query?: never; path?: never; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { target: 'token' | 'token_group' | 'charge_point' | 'site' | 'organization'; target_id?: string; tariff_id: string } } };
    responses: {
      201: { headers: Record<string, unknown>; content: { 'application/json': Schemas['TariffAssignment'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  get: {
    parameters: { query?: { tariff_id?: string; target?: 'token' | 'token_group' | 'charge_point' | 'site' | 'organization'; target_id?: string; limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['TariffAssignment'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/tariff-assignments/{id}': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['TariffAssignment'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  delete: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      204: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/tariffs': {
  post: {
    parameters: { query?: never; path?: never; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { name: string; description?: string | null; terms: { currency: string; prices_include_tax: boolean; tax_percent?: string; min_total?: string; max_total?: string; components: ({ type: 'energy'; price: string; tax_percent?: string; label?: string; restrictions?: { weekdays?: ('monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday')[]; start_time?: string; end_time?: string; start_date?: string; end_date?: string; min_energy_wh?: number; max_energy_wh?: number; min_duration_s?: number; max_duration_s?: number; min_power_w?: number; max_power_w?: number }; step_wh?: number } | { type: 'time'; price: string; tax_percent?: string; label?: string; restrictions?: { weekdays?: ('monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday')[]; start_time?: string; end_time?: string; start_date?: string; end_date?: string; min_energy_wh?: number; max_energy_wh?: number; min_duration_s?: number; max_duration_s?: number; min_power_w?: number; max_power_w?: number }; step_s?: number } | { type: 'idle'; price: string; tax_percent?: string; label?: string; restrictions?: { weekdays?: ('monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday')[]; start_time?: string; end_time?: string; start_date?: string; end_date?: string; min_energy_wh?: number; max_energy_wh?: number; min_duration_s?: number; max_duration_s?: number; min_power_w?: number; max_power_w?: number }; grace_s?: number; step_s?: number } | { type: 'flat'; price: string; tax_percent?: string; label?: string; restrictions?: { weekdays?: ('monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday')[]; start_time?: string; end_time?: string; start_date?: string; end_date?: string; min_energy_wh?: number; max_energy_wh?: number; min_duration_s?: number; max_duration_s?: number; min_power_w?: number; max_power_w?: number } } | { type: 'reservation'; price: string; tax_percent?: string; label?: string; restrictions?: { weekdays?: ('monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday')[]; start_time?: string; end_time?: string; start_date?: string; end_date?: string; min_energy_wh?: number; max_energy_wh?: number; min_duration_s?: number; max_duration_s?: number; min_power_w?: number; max_power_w?: number }; step_s?: number })[] }; texts?: ({ language: string; text: string; offline_text?: string })[] } } };
    responses: {
      201: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Tariff'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  get: {
    parameters: { query?: { limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['Tariff'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/tariffs/preview': {
  post: {
    parameters: { query?: never; path?: never; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { terms: { currency: string; prices_include_tax: boolean; tax_percent?: string; min_total?: string; max_total?: string; components: ({ type: 'energy'; price: string; tax_percent?: string; label?: string; restrictions?: { weekdays?: ('monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday')[]; start_time?: string; end_time?: string; start_date?: string; end_date?: string; min_energy_wh?: number; max_energy_wh?: number; min_duration_s?: number; max_duration_s?: number; min_power_w?: number; max_power_w?: number }; step_wh?: number } | { type: 'time'; price: string; tax_percent?: string; label?: string; restrictions?: { weekdays?: ('monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday')[]; start_time?: string; end_time?: string; start_date?: string; end_date?: string; min_energy_wh?: number; max_energy_wh?: number; min_duration_s?: number; max_duration_s?: number; min_power_w?: number; max_power_w?: number }; step_s?: number } | { type: 'idle'; price: string; tax_percent?: string; label?: string; restrictions?: { weekdays?: ('monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday')[]; start_time?: string; end_time?: string; start_date?: string; end_date?: string; min_energy_wh?: number; max_energy_wh?: number; min_duration_s?: number; max_duration_s?: number; min_power_w?: number; max_power_w?: number }; grace_s?: number; step_s?: number } | { type: 'flat'; price: string; tax_percent?: string; label?: string; restrictions?: { weekdays?: ('monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday')[]; start_time?: string; end_time?: string; start_date?: string; end_date?: string; min_energy_wh?: number; max_energy_wh?: number; min_duration_s?: number; max_duration_s?: number; min_power_w?: number; max_power_w?: number } } | { type: 'reservation'; price: string; tax_percent?: string; label?: string; restrictions?: { weekdays?: ('monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday')[]; start_time?: string; end_time?: string; start_date?: string; end_date?: string; min_energy_wh?: number; max_energy_wh?: number; min_duration_s?: number; max_duration_s?: number; min_power_w?: number; max_power_w?: number }; step_s?: number })[] }; timeline: { timezone?: string; started_at: string; ended_at?: string; samples?: ({ at: string; energy_wh?: number; phase?: 'charging' | 'idle' | 'paused' })[]; reservation?: { from: string; until: string } } } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Cost'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/tariffs/{id}': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Tariff'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  patch: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: { content: { 'application/json': { name?: string; description?: string | null; texts?: ({ language: string; text: string; offline_text?: string })[] } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Tariff'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  delete: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      204: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/tariffs/{id}/preview': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { version?: number; timeline?: { timezone?: string; started_at: string; ended_at?: string; samples?: ({ at: string; energy_wh?: number; phase?: 'charging' | 'idle' | 'paused' })[]; reservation?: { from: string; until: string } }; session_id?: string } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Cost'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/tariffs/{id}/versions': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { currency: string; prices_include_tax: boolean; tax_percent?: string; min_total?: string; max_total?: string; components: ({ type: 'energy'; price: string; tax_percent?: string; label?: string; restrictions?: { weekdays?: ('monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday')[]; start_time?: string; end_time?: string; start_date?: string; end_date?: string; min_energy_wh?: number; max_energy_wh?: number; min_duration_s?: number; max_duration_s?: number; min_power_w?: number; max_power_w?: number }; step_wh?: number } | { type: 'time'; price: string; tax_percent?: string; label?: string; restrictions?: { weekdays?: ('monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday')[]; start_time?: string; end_time?: string; start_date?: string; end_date?: string; min_energy_wh?: number; max_energy_wh?: number; min_duration_s?: number; max_duration_s?: number; min_power_w?: number; max_power_w?: number }; step_s?: number } | { type: 'idle'; price: string; tax_percent?: string; label?: string; restrictions?: { weekdays?: ('monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday')[]; start_time?: string; end_time?: string; start_date?: string; end_date?: string; min_energy_wh?: number; max_energy_wh?: number; min_duration_s?: number; max_duration_s?: number; min_power_w?: number; max_power_w?: number }; grace_s?: number; step_s?: number } | { type: 'flat'; price: string; tax_percent?: string; label?: string; restrictions?: { weekdays?: ('monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday')[]; start_time?: string; end_time?: string; start_date?: string; end_date?: string; min_energy_wh?: number; max_energy_wh?: number; min_duration_s?: number; max_duration_s?: number; min_power_w?: number; max_power_w?: number } } | { type: 'reservation'; price: string; tax_percent?: string; label?: string; restrictions?: { weekdays?: ('monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday')[]; start_time?: string; end_time?: string; start_date?: string; end_date?: string; min_energy_wh?: number; max_energy_wh?: number; min_duration_s?: number; max_duration_s?: number; min_power_w?: number; max_power_w?: number }; step_s?: number })[] } } };
    responses: {
      201: { headers: Record<string, unknown>; content: { 'application/json': Schemas['TariffVersion'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  get: {
    parameters: { query?: { limit?: number; cursor?: string }; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['TariffVersion'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/tariffs/{id}/versions/{version}': {
  get: {
    parameters: { query?: never; path: { id: string; version: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['TariffVersion'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/token-groups': {
  post: {
    parameters: { query?: never; path?: never; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { name: string; parent_id_tag?: string; status?: 'active' | 'blocked'; valid_until?: string | null; max_concurrent?: number | null; allowed_site_ids?: (string)[]; allowed_charge_point_ids?: (string)[] } } };
    responses: {
      201: { headers: Record<string, unknown>; content: { 'application/json': Schemas['TokenGroup'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  get: {
    parameters: { query?: { name?: string; status?: 'active' | 'blocked'; limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['TokenGroup'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/token-groups/{id}': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['TokenGroup'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  patch: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: { content: { 'application/json': { name?: string; status?: 'active' | 'blocked'; valid_until?: string | null; max_concurrent?: number | null; allowed_site_ids?: (string)[]; allowed_charge_point_ids?: (string)[] } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['TokenGroup'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  delete: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      204: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/tokens': {
  post: {
    parameters: { query?: never; path?: never; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { uid: string; status?: 'active' | 'blocked'; valid_until?: string | null; max_concurrent?: number | null; allowed_site_ids?: (string)[]; allowed_charge_point_ids?: (string)[]; type?: 'rfid' | 'emaid' | 'app' | 'key_code' | 'local' | 'mac' | 'vin' | 'central'; group_id?: string | null; credit?: string | null; language?: string | null } } };
    responses: {
      201: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Token'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  get: {
    parameters: { query?: { uid?: string; group_id?: string; status?: 'active' | 'blocked'; type?: 'rfid' | 'emaid' | 'app' | 'key_code' | 'local' | 'mac' | 'vin' | 'central'; expired?: boolean; limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['Token'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/tokens/{id}': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Token'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  patch: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: { content: { 'application/json': { status?: 'active' | 'blocked'; valid_until?: string | null; max_concurrent?: number | null; allowed_site_ids?: (string)[]; allowed_charge_point_ids?: (string)[]; type?: 'rfid' | 'emaid' | 'app' | 'key_code' | 'local' | 'mac' | 'vin' | 'central'; group_id?: string | null; credit?: string | null; language?: string | null } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Token'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  delete: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      204: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/unknown-charge-points': {
  get: {
    parameters: { query?: { reason?: string; limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['UnknownChargePoint'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/unknown-tokens': {
  get: {
    parameters: { query?: { charge_point_id?: string; limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['UnknownToken'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/unknown-tokens/{id}': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['UnknownToken'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  delete: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      204: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/unknown-tokens/{id}/adopt': {
  post: {
    parameters: { query?: never; path: { id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { status?: 'active' | 'blocked'; valid_until?: string | null; max_concurrent?: number | null; allowed_site_ids?: (string)[]; allowed_charge_point_ids?: (string)[]; type?: 'rfid' | 'emaid' | 'app' | 'key_code' | 'local' | 'mac' | 'vin' | 'central'; group_id?: string | null; credit?: string | null; language?: string | null } } };
    responses: {
      201: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Token'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/uploads': {
  get: {
    parameters: { query?: { charge_point_id?: string; status?: string; limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['Upload'])[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/uploads/{id}': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Upload'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/uploads/{id}/content': {
  get: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/octet-stream': unknown } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  delete: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      204: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/users/me': {
  get: {
    parameters: { query?: never; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['OwnUser'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  patch: {
    parameters: { query?: never; path?: never; header?: never; cookie?: never };
    requestBody: { content: { 'application/json': { name: string | null } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['OwnUser'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/users/me/accept-invitation': {
  post: {
    parameters: { query?: never; path?: never; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { token: string } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { organization: { id: string; name: string }; role: 'owner' | 'admin' | 'operator' | 'installer' | 'billing' | 'viewer' } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/users/me/leave': {
  post: {
    parameters: { query?: never; path?: never; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': Record<string, unknown> } };
    responses: {
      204: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/users/me/logins': {
  get: {
    parameters: { query?: never; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['Login'])[] } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/users/me/logins/{id}': {
  delete: {
    parameters: { query?: never; path: { id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      204: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/users/me/password': {
  put: {
    parameters: { query?: never; path?: never; header?: never; cookie?: never };
    requestBody: { content: { 'application/json': { password: string; new_password: string } } };
    responses: {
      204: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/users/me/second-factor': {
  get: {
    parameters: { query?: never; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { enabled: boolean; recovery_codes_left: number } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  post: {
    parameters: { query?: never; path?: never; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { password: string } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { secret: string; otpauth_uri: string } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/users/me/second-factor/confirm': {
  post: {
    parameters: { query?: never; path?: never; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { code: string } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { recovery_codes: (string)[] } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/users/me/second-factor/recovery-codes': {
  post: {
    parameters: { query?: never; path?: never; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { code: string } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { recovery_codes: (string)[] } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/users/me/second-factor/remove': {
  post: {
    parameters: { query?: never; path?: never; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { password: string; code: string } } };
    responses: {
      204: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/users/me/single-sign-on': {
  post: {
    parameters: { query?: never; path?: never; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { password: string; organization_id?: string } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { url: string } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  delete: {
    parameters: { query?: { organization_id?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      204: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/web-payments/verify': {
  post: {
    parameters: { query?: never; path?: never; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { url: string } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': Schemas['WebPaymentVerdict'] } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/webhooks/deliveries/{delivery_id}': {
  get: {
    parameters: { query?: never; path: { delivery_id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { id: string; event_id: string; event: string; status: 'succeeded' | 'failed' | 'pending'; response_status: number | null; attempts: number; created_at: string; next_attempt_at: string | null; completed_at: string | null; last_error: string | null; origin: string; trace_id: string | null; endpoint_id: string; attempt_log: ({ number: number; started_at: string; duration_ms: number; url: string; response_status: number | null; error: string | null; response_body: string | null; response_headers: Record<string, string> | null; signatures: { 'X-Webhook-Signature': string | null; 'X-Webhook-Signature-Previous': string | null; 'webhook-signature': string | null } })[]; request: { url: string; headers: Record<string, string> | null; body: string } } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/webhooks/deliveries/{delivery_id}/resend': {
  post: {
    parameters: { query?: never; path: { delivery_id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: never;
    responses: {
      202: { headers: Record<string, unknown>; content: { 'application/json': { id: string; event_id: string; event: string; status: 'succeeded' | 'failed' | 'pending'; response_status: number | null; attempts: number; created_at: string; next_attempt_at: string | null; completed_at: string | null; last_error: string | null; origin: string; trace_id: string | null; endpoint_id: string; attempt_log: ({ number: number; started_at: string; duration_ms: number; url: string; response_status: number | null; error: string | null; response_body: string | null; response_headers: Record<string, string> | null; signatures: { 'X-Webhook-Signature': string | null; 'X-Webhook-Signature-Previous': string | null; 'webhook-signature': string | null } })[]; request: { url: string; headers: Record<string, string> | null; body: string } } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/webhooks/endpoints': {
  post: {
    parameters: { query?: never; path?: never; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { url: string; events: ('charge_point.connected' | 'charge_point.disconnected' | 'charge_point.status_changed' | 'session.started' | 'session.ended' | 'session.cost_updated' | 'commissioning.started' | 'commissioning.completed' | 'commissioning.failed' | 'alert.triggered' | 'alert.resolved' | 'firmware.update_started' | 'firmware.update_completed' | 'handover.completed' | 'security.event' | 'command.completed' | 'webhook.test' | 'reservation.updated' | 'session.limit_reached' | 'firmware.update_failed' | 'site.load_changed' | '*')[]; secret?: string; description?: string | null; filters?: { site_ids?: (string)[]; charge_point_ids?: (string)[] }; min_intervals?: Record<string, number>; ordered?: boolean } } };
    responses: {
      201: { headers: Record<string, unknown>; content: { 'application/json': { id: string; url: string; events: (string)[]; description: string | null; filters: { site_ids: (string)[]; charge_point_ids: (string)[] }; min_intervals: Record<string, number>; ordered: boolean; active: boolean; status: 'active' | 'paused' | 'disabled'; disabled_reason: string | null; failing_since: string | null; failures: number; last_success_at: string | null; has_secret: boolean; previous_secret_valid_until: string | null; created_at: string; updated_at: string } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  get: {
    parameters: { query?: never; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: ({ id: string; url: string; events: (string)[]; description: string | null; filters: { site_ids: (string)[]; charge_point_ids: (string)[] }; min_intervals: Record<string, number>; ordered: boolean; active: boolean; status: 'active' | 'paused' | 'disabled'; disabled_reason: string | null; failing_since: string | null; failures: number; last_success_at: string | null; has_secret: boolean; previous_secret_valid_until: string | null; created_at: string; updated_at: string })[] } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/webhooks/endpoints/{endpoint_id}': {
  get: {
    parameters: { query?: never; path: { endpoint_id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { id: string; url: string; events: (string)[]; description: string | null; filters: { site_ids: (string)[]; charge_point_ids: (string)[] }; min_intervals: Record<string, number>; ordered: boolean; active: boolean; status: 'active' | 'paused' | 'disabled'; disabled_reason: string | null; failing_since: string | null; failures: number; last_success_at: string | null; has_secret: boolean; previous_secret_valid_until: string | null; created_at: string; updated_at: string } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  patch: {
    parameters: { query?: never; path: { endpoint_id: string }; header?: never; cookie?: never };
    requestBody?: { content: { 'application/json': { url?: string; events?: ('charge_point.connected' | 'charge_point.disconnected' | 'charge_point.status_changed' | 'session.started' | 'session.ended' | 'session.cost_updated' | 'commissioning.started' | 'commissioning.completed' | 'commissioning.failed' | 'alert.triggered' | 'alert.resolved' | 'firmware.update_started' | 'firmware.update_completed' | 'handover.completed' | 'security.event' | 'command.completed' | 'webhook.test' | 'reservation.updated' | 'session.limit_reached' | 'firmware.update_failed' | 'site.load_changed' | '*')[]; active?: boolean; description?: string | null; filters?: { site_ids?: (string)[]; charge_point_ids?: (string)[] }; min_intervals?: Record<string, number>; ordered?: boolean; secret?: unknown } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { id: string; url: string; events: (string)[]; description: string | null; filters: { site_ids: (string)[]; charge_point_ids: (string)[] }; min_intervals: Record<string, number>; ordered: boolean; active: boolean; status: 'active' | 'paused' | 'disabled'; disabled_reason: string | null; failing_since: string | null; failures: number; last_success_at: string | null; has_secret: boolean; previous_secret_valid_until: string | null; created_at: string; updated_at: string } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  delete: {
    parameters: { query?: never; path: { endpoint_id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      204: { headers: Record<string, unknown>; content?: never };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/webhooks/endpoints/{endpoint_id}/deliveries': {
  get: {
    parameters: { query?: { status?: 'succeeded' | 'failed' | 'pending'; event?: 'charge_point.connected' | 'charge_point.disconnected' | 'charge_point.status_changed' | 'session.started' | 'session.ended' | 'session.cost_updated' | 'commissioning.started' | 'commissioning.completed' | 'commissioning.failed' | 'alert.triggered' | 'alert.resolved' | 'firmware.update_started' | 'firmware.update_completed' | 'handover.completed' | 'security.event' | 'command.completed' | 'webhook.test' | 'reservation.updated' | 'session.limit_reached' | 'firmware.update_failed' | 'site.load_changed'; limit?: number; cursor?: string }; path: { endpoint_id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: ({ id: string; event_id: string; event: string; status: 'succeeded' | 'failed' | 'pending'; response_status: number | null; attempts: number; created_at: string; next_attempt_at: string | null; completed_at: string | null; last_error: string | null; origin: string; trace_id: string | null })[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/webhooks/endpoints/{endpoint_id}/recover': {
  post: {
    parameters: { query?: never; path: { endpoint_id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody: { content: { 'application/json': { since: string; until?: string; kind: 'failed' | 'missed'; dry_run?: boolean } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { id: string; endpoint_id: string; kind: 'failed' | 'missed'; since: string; until: string; status: 'running' | 'completed' | 'cancelled'; looked: number; created: number; created_at: string; completed_at: string | null } | { dry_run: true; endpoint_id: string; kind: 'failed' | 'missed'; since: string; until: string; looked: number; deliveries: number; is_complete: boolean } } };
      202: { headers: Record<string, unknown>; content: { 'application/json': { id: string; endpoint_id: string; kind: 'failed' | 'missed'; since: string; until: string; status: 'running' | 'completed' | 'cancelled'; looked: number; created: number; created_at: string; completed_at: string | null } | { dry_run: true; endpoint_id: string; kind: 'failed' | 'missed'; since: string; until: string; looked: number; deliveries: number; is_complete: boolean } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/webhooks/endpoints/{endpoint_id}/recoveries': {
  get: {
    parameters: { query?: { limit?: number; cursor?: string }; path: { endpoint_id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: ({ id: string; endpoint_id: string; kind: 'failed' | 'missed'; since: string; until: string; status: 'running' | 'completed' | 'cancelled'; looked: number; created: number; created_at: string; completed_at: string | null })[]; next_cursor: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/webhooks/endpoints/{endpoint_id}/rotate-secret': {
  post: {
    parameters: { query?: never; path: { endpoint_id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { secret?: string; overlap_hours?: number } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { id: string; url: string; events: (string)[]; description: string | null; filters: { site_ids: (string)[]; charge_point_ids: (string)[] }; min_intervals: Record<string, number>; ordered: boolean; active: boolean; status: 'active' | 'paused' | 'disabled'; disabled_reason: string | null; failing_since: string | null; failures: number; last_success_at: string | null; has_secret: boolean; previous_secret_valid_until: string | null; created_at: string; updated_at: string; secret?: string } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/webhooks/endpoints/{endpoint_id}/stats': {
  get: {
    parameters: { query?: { hours?: number }; path: { endpoint_id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { hours: number; since: string; is_complete: boolean; deliveries: { total: number; succeeded: number; failed: number; pending: number }; success_rate: number | null; attempts: number; duration_ms: { p50: number; p95: number; p99: number } | null; by_event: ({ event: string; total: number; succeeded: number; failed: number; pending: number })[]; oldest_pending_age_s: number | null; next_retry_at: string | null; failing_since: string | null; last_success_at: string | null; last_failure_at: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/webhooks/endpoints/{endpoint_id}/test': {
  post: {
    parameters: { query?: { wait?: boolean }; path: { endpoint_id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: { content: { 'application/json': { event?: 'charge_point.connected' | 'charge_point.disconnected' | 'charge_point.status_changed' | 'session.started' | 'session.ended' | 'session.cost_updated' | 'commissioning.started' | 'commissioning.completed' | 'commissioning.failed' | 'alert.triggered' | 'alert.resolved' | 'firmware.update_started' | 'firmware.update_completed' | 'handover.completed' | 'security.event' | 'command.completed' | 'webhook.test' | 'reservation.updated' | 'session.limit_reached' | 'firmware.update_failed' | 'site.load_changed' } } };
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { id: string; event_id: string; event: string; status: 'succeeded' | 'failed' | 'pending'; response_status: number | null; attempts: number; created_at: string; next_attempt_at: string | null; completed_at: string | null; last_error: string | null; origin: string; trace_id: string | null; endpoint_id: string; attempt_log: ({ number: number; started_at: string; duration_ms: number; url: string; response_status: number | null; error: string | null; response_body: string | null; response_headers: Record<string, string> | null; signatures: { 'X-Webhook-Signature': string | null; 'X-Webhook-Signature-Previous': string | null; 'webhook-signature': string | null } })[]; request: { url: string; headers: Record<string, string> | null; body: string } } } };
      202: { headers: Record<string, unknown>; content: { 'application/json': { id: string; event_id: string; event: string; status: 'succeeded' | 'failed' | 'pending'; response_status: number | null; attempts: number; created_at: string; next_attempt_at: string | null; completed_at: string | null; last_error: string | null; origin: string; trace_id: string | null; endpoint_id: string; attempt_log: ({ number: number; started_at: string; duration_ms: number; url: string; response_status: number | null; error: string | null; response_body: string | null; response_headers: Record<string, string> | null; signatures: { 'X-Webhook-Signature': string | null; 'X-Webhook-Signature-Previous': string | null; 'webhook-signature': string | null } })[]; request: { url: string; headers: Record<string, string> | null; body: string } } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/webhooks/event-types': {
  get: {
    parameters: { query?: never; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: ({ type: string; description: string; additive: boolean; schema: Record<string, unknown>; example: Record<string, unknown> })[] } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/webhooks/events': {
  get: {
    parameters: { query?: { type?: string; charge_point_id?: string; site_id?: string; trace_id?: string; from?: string; to?: string; order?: 'asc' | 'desc'; limit?: number; cursor?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { data: (Schemas['LoggedEvent'])[]; next_cursor: string | null; at_end: boolean } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/webhooks/events/{event_id}': {
  get: {
    parameters: { query?: never; path: { event_id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { id: string; event: string; timestamp: string; data: Record<string, unknown>; created_at: string; trace_id: string | null; deliveries: ({ id: string; endpoint_id: string; status: 'succeeded' | 'failed' | 'pending'; response_status: number | null; attempts: number; created_at: string; next_attempt_at: string | null; completed_at: string | null; last_error: string | null })[] } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/webhooks/recoveries/{recovery_id}': {
  get: {
    parameters: { query?: never; path: { recovery_id: string }; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { id: string; endpoint_id: string; kind: 'failed' | 'missed'; since: string; until: string; status: 'running' | 'completed' | 'cancelled'; looked: number; created: number; created_at: string; completed_at: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/webhooks/recoveries/{recovery_id}/cancel': {
  post: {
    parameters: { query?: never; path: { recovery_id: string }; header?: { 'Idempotency-Key'?: string }; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': { id: string; endpoint_id: string; kind: 'failed' | 'missed'; since: string; until: string; status: 'running' | 'completed' | 'cancelled'; looked: number; created: number; created_at: string; completed_at: string | null } } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
  '/api/v1/webhooks/stream': {
  get: {
    parameters: { query?: { type?: string; charge_point_id?: string; site_id?: string; from?: string; last_event_id?: string }; path?: never; header?: never; cookie?: never };
    requestBody?: never;
    responses: {
      200: { headers: Record<string, unknown>; content: { 'text/event-stream': string } };
      default: { headers: Record<string, unknown>; content: { 'application/json': Schemas['Error'] } };
    };
  };
  };
};
