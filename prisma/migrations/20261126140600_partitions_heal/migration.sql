-- What the care of partitions needs in short steps (database/partitions.ts). By hand; create_partition stays as it is, drop_partitions is
-- what older processes call during a rolling restart.

-- A default partition that has grown is put aside as …_overflow and an empty one takes its place: partitions are made in a moment then,
-- whatever came while nobody made them. false: one lies aside already.
CREATE FUNCTION put_default_partition_aside(parent TEXT) RETURNS BOOLEAN LANGUAGE plpgsql AS $$
DECLARE
    spare TEXT := parent || '_default';
    aside TEXT := parent || '_overflow';
BEGIN
    EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', parent);
    IF to_regclass(quote_ident(aside)) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, spare);
    EXECUTE format('ALTER TABLE %I RENAME TO %I', spare, aside);
    EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', spare, parent);
    RETURN true;
END
$$;

-- The pages `first` to `after` of what lies aside go back, each row where it belongs by now. Returns how many rows went; several
-- processes take turns.
CREATE FUNCTION refill_from_overflow(parent TEXT, first BIGINT, after BIGINT) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
    aside TEXT := parent || '_overflow';
    moved BIGINT;
BEGIN
    IF to_regclass(quote_ident(aside)) IS NULL THEN
        RETURN 0;
    END IF;
    EXECUTE format('LOCK TABLE %I IN SHARE UPDATE EXCLUSIVE MODE', aside);
    EXECUTE format('WITH moved AS (DELETE FROM %I WHERE ctid >= $1 AND ctid < $2 RETURNING *), back AS (INSERT INTO %I SELECT * FROM moved ON CONFLICT DO NOTHING) SELECT count(*) FROM moved', aside, parent)
        INTO moved USING format('(%s,0)', first)::TID, format('(%s,0)', after)::TID;
    RETURN moved;
EXCEPTION WHEN undefined_table THEN
    RETURN 0; -- another process has just finished
END
$$;

-- Once all rows are back. true: it is gone.
CREATE FUNCTION drop_overflow(parent TEXT) RETURNS BOOLEAN LANGUAGE plpgsql AS $$
DECLARE
    aside TEXT := parent || '_overflow';
    has_rows BOOLEAN;
BEGIN
    IF to_regclass(quote_ident(aside)) IS NULL THEN
        RETURN true;
    END IF;
    EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', aside);
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', aside) INTO has_rows;
    IF NOT has_rows THEN
        EXECUTE format('DROP TABLE %I', aside);
    END IF;
    RETURN NOT has_rows;
EXCEPTION WHEN undefined_table THEN
    RETURN true;
END
$$;

-- How much lies in a table, and, of one that is large, which months or days have `most` rows or more.
CREATE FUNCTION crowded_units(name TEXT, key TEXT, unit TEXT, most BIGINT) RETURNS SETOF TIMESTAMPTZ LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format(
        'SELECT date_trunc($1, %I AT TIME ZONE ''UTC'') AT TIME ZONE ''UTC'' FROM %I WHERE isfinite(%I) GROUP BY 1 HAVING count(*) >= $2 ORDER BY 1', key, name, key)
        USING unit, most;
END
$$;

-- The partitions that end at or before `cutoff`.
CREATE FUNCTION expired_partitions(parent TEXT, cutoff TIMESTAMPTZ) RETURNS SETOF TEXT LANGUAGE sql STABLE AS $$
    SELECT c.relname::TEXT
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = quote_ident(parent)::REGCLASS
            AND substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''([^'']+)''\)')::TIMESTAMPTZ <= cutoff
        ORDER BY c.relname
$$;

-- One that is expired. Its name; NULL: another process was faster.
CREATE FUNCTION drop_partition(parent TEXT, child TEXT) RETURNS TEXT LANGUAGE plpgsql AS $$
BEGIN
    IF to_regclass(quote_ident(child)) IS NULL THEN
        RETURN NULL;
    END IF;
    EXECUTE format('LOCK TABLE ONLY %I IN ACCESS EXCLUSIVE MODE', parent); -- what DROP takes as well; here before it looks again
    IF to_regclass(quote_ident(child)) IS NULL THEN
        RETURN NULL;
    END IF;
    EXECUTE format('DROP TABLE %I', child);
    RETURN child;
END
$$;

-- Older rows of the default partition, `most` at a time. How many went.
CREATE FUNCTION delete_from_default_partition(parent TEXT, key TEXT, cutoff TIMESTAMPTZ, most BIGINT) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
    spare TEXT := parent || '_default';
    gone BIGINT;
BEGIN
    EXECUTE format('DELETE FROM %I WHERE ctid = ANY(ARRAY(SELECT ctid FROM %I WHERE %I < $1 LIMIT $2))', spare, spare, key) USING cutoff, most;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END
$$;
