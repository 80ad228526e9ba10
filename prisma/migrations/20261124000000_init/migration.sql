-- The first schema: made by `scripts/migrate diff` from prisma/schema.prisma, with partitions and storage settings added by hand.

-- CreateTable
CREATE TABLE "organizations" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "currency" TEXT NOT NULL DEFAULT 'EUR',
    "timezone" TEXT NOT NULL DEFAULT 'UTC',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organizations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "users" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT,
    "password_hash" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "disabled_at" TIMESTAMPTZ(3),
    "last_login_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "kid" TEXT NOT NULL,
    "scopes" TEXT[],
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "created_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sites" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "timezone" TEXT NOT NULL DEFAULT 'UTC',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sites_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "charge_points" (
    "id" TEXT NOT NULL,
    "number" SERIAL NOT NULL,
    "organization_id" TEXT NOT NULL,
    "site_id" TEXT,
    "identity" TEXT NOT NULL,
    "name" TEXT,
    "vendor" TEXT,
    "model" TEXT,
    "serial_number" TEXT,
    "security_profile" SMALLINT NOT NULL DEFAULT 1,
    "registration" TEXT NOT NULL DEFAULT 'accepted',
    "heartbeat_interval_s" INTEGER NOT NULL DEFAULT 300,
    "strict" BOOLEAN NOT NULL DEFAULT false,
    "assume_protocol" TEXT,
    "lifecycle" TEXT NOT NULL DEFAULT 'registered',
    "key_hash" BYTEA,
    "key_salt" BYTEA,
    "key_kid" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "charge_points_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "charge_point_sequences" (
    "charge_point_id" TEXT NOT NULL,
    "last_sequence" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "charge_point_sequences_pkey" PRIMARY KEY ("charge_point_id")
);

-- CreateTable
CREATE TABLE "charge_point_states" (
    "charge_point_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "connected" BOOLEAN NOT NULL DEFAULT false,
    "node_id" TEXT,
    "generation" BIGINT NOT NULL DEFAULT 0,
    "protocol" TEXT,
    "remote_address" TEXT,
    "connected_profile" SMALLINT,
    "connected_at" TIMESTAMPTZ(3),
    "disconnected_at" TIMESTAMPTZ(3),
    "last_seen_at" TIMESTAMPTZ(3),
    "booted_at" TIMESTAMPTZ(3),
    "boot_count" INTEGER NOT NULL DEFAULT 0,
    "quick_boots" INTEGER NOT NULL DEFAULT 0,
    "boot_status" TEXT,
    "reported_vendor" TEXT,
    "reported_model" TEXT,
    "reported_serial" TEXT,
    "firmware_version" TEXT,
    "iccid" TEXT,
    "imsi" TEXT,
    "meter_type" TEXT,
    "meter_serial" TEXT,
    "firmware_status" TEXT,
    "firmware_status_at" TIMESTAMPTZ(3),
    "diagnostics_status" TEXT,
    "diagnostics_status_at" TIMESTAMPTZ(3),
    "clock_offset_ms" INTEGER,
    "call_timeouts" INTEGER NOT NULL DEFAULT 0,
    "degraded" BOOLEAN NOT NULL DEFAULT false,
    "reboot_pending" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "charge_point_states_pkey" PRIMARY KEY ("charge_point_id")
);

-- CreateTable
CREATE TABLE "connectors" (
    "charge_point_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "evse_id" INTEGER NOT NULL,
    "connector_id" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "raw_status" TEXT NOT NULL,
    "error_code" TEXT,
    "info" TEXT,
    "vendor_id" TEXT,
    "vendor_error_code" TEXT,
    "status_at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "connectors_pkey" PRIMARY KEY ("charge_point_id","evse_id","connector_id")
);

-- CreateTable
CREATE TABLE "status_history" (
    "charge_point_number" INTEGER NOT NULL,
    "evse_id" INTEGER NOT NULL,
    "connector_id" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "status" TEXT NOT NULL,
    "raw_status" TEXT NOT NULL,
    "error_code" TEXT,
    "info" TEXT,
    "vendor_error_code" TEXT,
    "applied" BOOLEAN NOT NULL,

    CONSTRAINT "status_history_pkey" PRIMARY KEY ("charge_point_number","evse_id","connector_id","received_at","at")
) PARTITION BY RANGE ("received_at");

-- CreateTable
CREATE TABLE "tokens" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "uid" TEXT NOT NULL,
    "uid_key" TEXT NOT NULL,
    "type" TEXT NOT NULL DEFAULT 'rfid',
    "group_id" TEXT,
    "status" TEXT NOT NULL DEFAULT 'active',
    "valid_until" TIMESTAMPTZ(3),
    "max_concurrent" INTEGER DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" TEXT NOT NULL,
    "transaction_id" INTEGER NOT NULL,
    "start_key" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "site_id" TEXT,
    "charge_point_id" TEXT NOT NULL,
    "charge_point_number" INTEGER NOT NULL,
    "charge_point_identity" TEXT NOT NULL,
    "evse_id" INTEGER NOT NULL,
    "connector_id" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "token_uid" TEXT,
    "token_id" TEXT,
    "authorization" TEXT NOT NULL,
    "command_id" TEXT,
    "reservation_id" INTEGER,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "meter_start_wh" BIGINT NOT NULL,
    "meter_stop_wh" BIGINT,
    "last_register_wh" BIGINT NOT NULL,
    "last_sample_at" TIMESTAMPTZ(3),
    "energy_wh" BIGINT NOT NULL,
    "reset_from_wh" BIGINT,
    "energy_before_reset_wh" BIGINT,
    "power_w" DOUBLE PRECISION,
    "current_a" DOUBLE PRECISION,
    "voltage_v" DOUBLE PRECISION,
    "soc_percent" DOUBLE PRECISION,
    "stop_reason" TEXT,
    "stop_token_uid" TEXT,
    "flags" TEXT[],
    "reconcile_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "meter_samples" (
    "charge_point_number" INTEGER NOT NULL,
    "evse_id" SMALLINT NOT NULL,
    "connector_id" SMALLINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "context" SMALLINT NOT NULL DEFAULT 0,
    "transaction_id" INTEGER,
    "energy_wh" BIGINT,
    "power_w" REAL,
    "current_a" REAL,
    "voltage_v" REAL,
    "soc_percent" REAL,
    "extra" JSONB,

    CONSTRAINT "meter_samples_pkey" PRIMARY KEY ("charge_point_number","evse_id","connector_id","at","context")
) PARTITION BY RANGE ("at");

-- CreateTable
CREATE TABLE "frames" (
    "charge_point_number" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "seq" BIGSERIAL NOT NULL,
    "inbound" BOOLEAN NOT NULL,
    "message_type" SMALLINT,
    "message_id" TEXT,
    "action" TEXT,
    "raw" TEXT NOT NULL,

    CONSTRAINT "frames_pkey" PRIMARY KEY ("charge_point_number","at","seq")
) PARTITION BY RANGE ("at");

-- CreateTable
CREATE TABLE "quarantined_messages" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "protocol" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "payload" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "quarantined_messages_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "schema_deviations" (
    "charge_point_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "field" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "count" BIGINT NOT NULL,
    "example" TEXT NOT NULL,
    "first_at" TIMESTAMPTZ(3) NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "schema_deviations_pkey" PRIMARY KEY ("charge_point_id","action","field","kind")
);

-- CreateTable
CREATE TABLE "commands" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "charge_point_id" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "status" TEXT NOT NULL,
    "timeout_s" INTEGER NOT NULL,
    "unchecked" BOOLEAN NOT NULL DEFAULT false,
    "requested_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),
    "sent_generation" BIGINT,
    "due_at" TIMESTAMPTZ(3),
    "completed_at" TIMESTAMPTZ(3),
    "result" JSONB,
    "error" JSONB,
    "late" BOOLEAN NOT NULL DEFAULT false,
    "session_id" TEXT,

    CONSTRAINT "commands_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "unknown_charge_points" (
    "identity" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "charge_point_id" TEXT,
    "remote_address" TEXT NOT NULL,
    "protocols" TEXT NOT NULL,
    "user_agent" TEXT NOT NULL,
    "count" BIGINT NOT NULL,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "unknown_charge_points_pkey" PRIMARY KEY ("identity","reason")
);

-- CreateTable
CREATE TABLE "domain_events" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "charge_point_id" TEXT,
    "sequence" BIGINT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "body" TEXT NOT NULL,

    CONSTRAINT "domain_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_endpoints" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "events" TEXT[],
    "description" TEXT,
    "secret" BYTEA,
    "active" BOOLEAN NOT NULL DEFAULT true,
    "disabled_reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_endpoints_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_deliveries" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "endpoint_id" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "event" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "attempts" SMALLINT NOT NULL DEFAULT 0,
    "response_status" SMALLINT,
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "first_attempt_at" TIMESTAMPTZ(3),
    "next_attempt_at" TIMESTAMPTZ(3),
    "completed_at" TIMESTAMPTZ(3),
    "lease_token" TEXT,
    "leased_until" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "organization_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "response_status" INTEGER,
    "response_body" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("organization_id","key")
);

-- CreateTable
CREATE TABLE "nodes" (
    "id" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "pid" INTEGER NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    "stopped_at" TIMESTAMPTZ(3),

    CONSTRAINT "nodes_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

-- CreateIndex
CREATE INDEX "users_organization_id_id_idx" ON "users"("organization_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_prefix_key" ON "api_keys"("prefix");

-- CreateIndex
CREATE INDEX "api_keys_organization_id_id_idx" ON "api_keys"("organization_id", "id");

-- CreateIndex
CREATE INDEX "sites_organization_id_id_idx" ON "sites"("organization_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "charge_points_number_key" ON "charge_points"("number");

-- CreateIndex
CREATE UNIQUE INDEX "charge_points_identity_key" ON "charge_points"("identity");

-- CreateIndex
CREATE INDEX "charge_points_organization_id_id_idx" ON "charge_points"("organization_id", "id");

-- CreateIndex
CREATE INDEX "charge_points_site_id_idx" ON "charge_points"("site_id");

-- CreateIndex
CREATE INDEX "charge_point_states_node_id_idx" ON "charge_point_states"("node_id") WHERE (connected);

-- CreateIndex
CREATE INDEX "tokens_organization_id_id_idx" ON "tokens"("organization_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "tokens_organization_id_uid_key_key" ON "tokens"("organization_id", "uid_key");

-- CreateIndex
CREATE UNIQUE INDEX "sessions_transaction_id_key" ON "sessions"("transaction_id");

-- CreateIndex
CREATE INDEX "sessions_open_by_charge_point" ON "sessions"("charge_point_id", "connector_id") WHERE (ended_at IS NULL);

-- CreateIndex
CREATE INDEX "sessions_open_by_token" ON "sessions"("token_id") WHERE (ended_at IS NULL);

-- CreateIndex
CREATE INDEX "sessions_to_reconcile" ON "sessions"("reconcile_at") WHERE (reconcile_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "sessions_charge_point_id_started_at_idx" ON "sessions"("charge_point_id", "started_at" DESC);

-- CreateIndex
CREATE INDEX "sessions_organization_id_started_at_id_idx" ON "sessions"("organization_id", "started_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "sessions_charge_point_id_start_key_key" ON "sessions"("charge_point_id", "start_key");

-- CreateIndex
CREATE INDEX "meter_samples_at_idx" ON "meter_samples" USING BRIN ("at") WITH (autosummarize = on);

-- CreateIndex
CREATE INDEX "quarantined_messages_organization_id_id_idx" ON "quarantined_messages"("organization_id", "id");

-- CreateIndex
CREATE INDEX "quarantined_messages_charge_point_id_id_idx" ON "quarantined_messages"("charge_point_id", "id");

-- CreateIndex
CREATE INDEX "commands_charge_point_id_id_idx" ON "commands"("charge_point_id", "id");

-- CreateIndex
CREATE INDEX "commands_organization_id_id_idx" ON "commands"("organization_id", "id");

-- CreateIndex
CREATE INDEX "commands_due" ON "commands"("due_at") WHERE (due_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "commands_open_by_charge_point" ON "commands"("charge_point_id") WHERE (due_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "unknown_charge_points_organization_id_last_seen_at_idx" ON "unknown_charge_points"("organization_id", "last_seen_at" DESC);

-- CreateIndex
CREATE INDEX "domain_events_organization_id_id_idx" ON "domain_events"("organization_id", "id");

-- CreateIndex
CREATE INDEX "domain_events_charge_point_id_sequence_idx" ON "domain_events"("charge_point_id", "sequence");

-- CreateIndex
CREATE INDEX "webhook_endpoints_organization_id_id_idx" ON "webhook_endpoints"("organization_id", "id");

-- CreateIndex
CREATE INDEX "webhook_deliveries_endpoint_id_id_idx" ON "webhook_deliveries"("endpoint_id", "id" DESC);

-- CreateIndex
CREATE INDEX "webhook_deliveries_event_id_idx" ON "webhook_deliveries"("event_id");

-- CreateIndex
CREATE INDEX "webhook_deliveries_failed" ON "webhook_deliveries"("endpoint_id", "id" DESC) WHERE (status = 'failed');

-- CreateIndex
CREATE INDEX "webhook_deliveries_due" ON "webhook_deliveries"("endpoint_id", "next_attempt_at") WHERE (status = 'pending');

-- CreateIndex
CREATE INDEX "idempotency_keys_created_at_idx" ON "idempotency_keys"("created_at");

-- AddForeignKey
ALTER TABLE "users" ADD CONSTRAINT "users_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sites" ADD CONSTRAINT "sites_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "charge_points" ADD CONSTRAINT "charge_points_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "charge_points" ADD CONSTRAINT "charge_points_site_id_fkey" FOREIGN KEY ("site_id") REFERENCES "sites"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tokens" ADD CONSTRAINT "tokens_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_endpoints" ADD CONSTRAINT "webhook_endpoints_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- From here on written by hand: what schema.prisma cannot say. `scripts/migrate diff` does not see it, so a later migration
-- that recreates one of these tables has to carry it over.

-- Transaction ids are handed out in blocks: each nextval is the first of 100 positive int32 numbers of one process.
CREATE SEQUENCE "transaction_id_blocks" AS INTEGER START 1 INCREMENT 100 MINVALUE 1 MAXVALUE 2147483501 CYCLE;

-- Rows that are rewritten all the time: room in their page, so that an update stays there (HOT) and touches no index, and a
-- vacuum that comes early, when there is little to do.
ALTER TABLE "charge_point_sequences" SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000, autovacuum_analyze_scale_factor = 0.5);
ALTER TABLE "charge_point_states" SET (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);
ALTER TABLE "connectors" SET (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);
ALTER TABLE "sessions" SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE "webhook_deliveries" SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_analyze_scale_factor = 0.02);

-- Large texts: lz4 is cheaper than pglz, and not every build of PostgreSQL has it (the embedded one does not).
DO $$
BEGIN
    ALTER TABLE "frames" ALTER COLUMN "raw" SET COMPRESSION lz4;
    ALTER TABLE "domain_events" ALTER COLUMN "body" SET COMPRESSION lz4;
    ALTER TABLE "quarantined_messages" ALTER COLUMN "payload" SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN NULL;
END
$$;

-- Rows of no other partition: those of chargers with a wrong clock, and those that come while nobody made partitions.
CREATE TABLE "status_history_default" PARTITION OF "status_history" DEFAULT;
CREATE TABLE "meter_samples_default" PARTITION OF "meter_samples" DEFAULT;
CREATE TABLE "frames_default" PARTITION OF "frames" DEFAULT;

-- Makes the partition of the month or day (UTC) that holds `moment`, and moves what the default partition has of it.
-- Its name, or NULL when it was there. `unit` is month or day; `storage` goes into SET (…), may be NULL.
CREATE FUNCTION create_partition(parent TEXT, unit TEXT, moment TIMESTAMPTZ, storage TEXT) RETURNS TEXT LANGUAGE plpgsql AS $$
DECLARE
    first_at TIMESTAMPTZ := date_trunc(unit, moment AT TIME ZONE 'UTC') AT TIME ZONE 'UTC';
    after_at TIMESTAMPTZ := (date_trunc(unit, moment AT TIME ZONE 'UTC') + ('1 ' || unit)::INTERVAL) AT TIME ZONE 'UTC';
    child TEXT := parent || to_char(first_at AT TIME ZONE 'UTC', CASE unit WHEN 'month' THEN '_YYYY_MM' WHEN 'day' THEN '_YYYY_MM_DD' END);
    spare TEXT := parent || '_default';
    key TEXT;
BEGIN
    IF to_regclass(quote_ident(child)) IS NOT NULL THEN
        RETURN NULL;
    END IF;
    EXECUTE format('LOCK TABLE ONLY %I IN SHARE UPDATE EXCLUSIVE MODE', parent); -- one maker at a time, writers go on
    IF to_regclass(quote_ident(child)) IS NOT NULL THEN
        RETURN NULL;
    END IF;
    SELECT a.attname INTO STRICT key
        FROM pg_partitioned_table p JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
        WHERE p.partrelid = quote_ident(parent)::REGCLASS;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMPRESSION INCLUDING STORAGE)', child, parent);
    IF storage IS NOT NULL THEN
        EXECUTE format('ALTER TABLE %I SET (%s)', child, storage);
    END IF;
    EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', spare); -- nothing may come into it between move and attach
    EXECUTE format('WITH moved AS (DELETE FROM %I WHERE %I >= $1 AND %I < $2 RETURNING *) INSERT INTO %I SELECT * FROM moved', spare, key, key, child)
        USING first_at, after_at;
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, child, first_at, after_at);
    RETURN child;
END
$$;

-- Drops the partitions that end at or before `cutoff`, and deletes the older rows of the default partition. Names of the dropped.
CREATE FUNCTION drop_partitions(parent TEXT, cutoff TIMESTAMPTZ) RETURNS SETOF TEXT LANGUAGE plpgsql AS $$
DECLARE
    child TEXT;
    key TEXT;
BEGIN
    FOR child IN
        SELECT c.relname
            FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = quote_ident(parent)::REGCLASS
                AND substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''([^'']+)''\)')::TIMESTAMPTZ <= cutoff
            ORDER BY c.relname
    LOOP
        EXECUTE format('DROP TABLE %I', child);
        RETURN NEXT child;
    END LOOP;
    SELECT a.attname INTO STRICT key
        FROM pg_partitioned_table p JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
        WHERE p.partrelid = quote_ident(parent)::REGCLASS;
    EXECUTE format('DELETE FROM %I WHERE %I < $1', parent || '_default', key) USING cutoff;
END
$$;
