-- A guid alone finds its few deliveries. By the sync first, PostgreSQL took the index of the history for as good before it had counted the rows,
-- and read all that the sync ever received.

DROP INDEX deliveries_guid;
CREATE UNIQUE INDEX deliveries_guid ON deliveries (delivery_id, tenant, namespace, flow);
