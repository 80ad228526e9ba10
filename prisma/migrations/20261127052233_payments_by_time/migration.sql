-- dynamo:no-transaction
CREATE INDEX CONCURRENTLY "direct_payments_charge_point_id_valid_until_idx" ON "direct_payments"("charge_point_id", "valid_until");
