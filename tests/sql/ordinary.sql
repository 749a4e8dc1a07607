-- Statements people write, one a line: each must pass.

SELECT * EXCLUDE (reason) REPLACE (lower(status) AS status) FROM events
SELECT count(*) FILTER (WHERE status = 'failure') OVER (PARTITION BY source ORDER BY "time" ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM events
SELECT "time" + INTERVAL 1 DAY, "time" AT TIME ZONE 'Europe/Berlin' FROM events
SELECT "json" ->> '$.a', "json" -> 'b' FROM records WHERE "text" LIKE '%x!%' ESCAPE '!'
SELECT resources[1], resources[1:2], {'a': 1}.a, MAP {'a': 1}['a'], (1, 2) FROM events
SELECT * FROM events e JOIN records r USING ("index") LEFT JOIN actors a ON a.actor_user_uid = e.actor_user_uid
SELECT * FROM events ASOF JOIN records USING ("index")
SELECT * FROM range(10) t(i), generate_series(1, 5), unnest([1, 2]) u(x)
SELECT CASE WHEN a > 1 AND NOT b OR c IS NULL THEN -1 ELSE ~2 END, a BETWEEN 1 AND 2, a IN (1, 2), a IN (SELECT 1), EXISTS (SELECT 1), a IS DISTINCT FROM b, a NOT LIKE 'x' FROM (VALUES (1, true, 2)) t(a, b, c)
SELECT a % 2, a // 2, a / 2, a ** 2, a & 1, a | 1, a << 1, a >> 1, a ^ 2, a || 'x', a <> b, a ILIKE 'x', a SIMILAR TO 'x', a ~ 'x', a GLOB 'x*', a::INT, TRY_CAST(a AS DOUBLE) FROM events
SELECT source, count(*) FROM events GROUP BY ROLLUP (source) HAVING count(*) > 1 ORDER BY ALL
SELECT a, b FROM events GROUP BY GROUPING SETS ((a), (b)), CUBE (c)
SELECT DISTINCT ON (source) * FROM events QUALIFY row_number() OVER w = 1 WINDOW w AS (PARTITION BY source ORDER BY "time" DESC NULLS LAST)
SELECT lag(a IGNORE NULLS) OVER (ORDER BY b) FROM events
SELECT [x * 2 FOR x IN [1, 2] IF x > 1], list_filter([1], lambda x: x > 0)
SELECT 1 UNION ALL BY NAME SELECT 2 EXCEPT SELECT 3 INTERSECT SELECT 4
SELECT date_trunc('hour', "time"), current_date, current_timestamp, localtimestamp, DATE '2024-01-01'
SELECT a = ANY (SELECT 1), b >= ALL (SELECT 2) FROM events
SELECT 1::DECIMAL(10, 2), 1e5, 1_000, .5, true, NULL, 'it''s', {'a': 1}::STRUCT(a INT)
(SELECT 1) ORDER BY 1 LIMIT 5 OFFSET 2
SELECT * FROM events, LATERAL (SELECT events.source) l
SELECT ocsf ->> '$.class_name', count(*) FROM ocsf GROUP BY ALL
