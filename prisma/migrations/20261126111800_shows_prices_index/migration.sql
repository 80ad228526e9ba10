-- CreateIndex
CREATE INDEX "charge_point_configuration_shows_prices" ON "charge_point_configuration"("charge_point_id") WHERE (key = 'CustomDisplayCostAndPrice' AND lower(value) = 'true');
