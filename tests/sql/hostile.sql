-- Statements that must never be run, one a line, grouped by what they are after.

## overwriting files from inside a SELECT
WITH c AS (COPY (SELECT 1) TO 'SEGMENT') SELECT * FROM c
WITH c AS (COPY (SELECT 1 AS a) TO 'SEGMENT' (FORMAT csv, USE_TMP_FILE false)) SELECT * FROM c
WITH c AS MATERIALIZED (COPY (SELECT 1) TO 'SEGMENT' (FORMAT parquet, USE_TMP_FILE false)) SELECT * FROM c
WITH c AS NOT MATERIALIZED (COPY (SELECT 1) TO 'SEGMENT') SELECT 1
WITH RECURSIVE c AS (COPY (SELECT 1) TO 'SEGMENT') SELECT * FROM c
WITH a AS (SELECT 1), c AS (COPY a TO 'SEGMENT') SELECT * FROM a
SELECT * FROM (WITH c AS (COPY (SELECT 1) TO 'SEGMENT') SELECT * FROM c)
SELECT (WITH c AS (COPY (SELECT 1) TO 'SEGMENT') SELECT 1 FROM c)
SELECT 1 WHERE EXISTS (WITH c AS (COPY (SELECT 1) TO 'SEGMENT') SELECT 1 FROM c)
SELECT 1 UNION (WITH c AS (COPY (SELECT 1) TO 'SEGMENT') SELECT 1)
WITH c AS (COPY events TO 'SEGMENT') SELECT 1
WITH c AS (COPY (SELECT 1) TO '/dev/stdout') SELECT 1
WITH c AS (COPY (SELECT 1) TO 's3://bucket/key') SELECT 1
WITH c AS (COPY (SELECT 1) TO 'SEGMENT' (PARTITION_BY a, OVERWRITE_OR_IGNORE)) SELECT 1
/* SELECT */ WITH c AS (/**/COPY/**/ (SELECT 1) TO 'SEGMENT') SELECT 1

## writing files
COPY (SELECT 1) TO 'SEGMENT'
COPY events TO 'SEGMENT' (FORMAT parquet)
COPY (SELECT * FROM events) TO '/tmp/stolen.csv'
COPY events FROM 'SEGMENT'
COPY FROM DATABASE memory TO other
EXPORT DATABASE '/tmp/everything'
EXPORT DATABASE '/tmp/everything' (FORMAT parquet)
IMPORT DATABASE '/tmp/everything'
CHECKPOINT
FORCE CHECKPOINT
VACUUM
VACUUM ANALYZE
ANALYZE
SELECT * INTO stolen FROM events
SELECT 1 INTO x

## reading files
SELECT * FROM 'SEGMENT'
SELECT * FROM "SEGMENT"
FROM 'SEGMENT'
SELECT * FROM '/etc/passwd'
SELECT * FROM "/etc/passwd.csv"
SELECT * FROM '*.parquet'
SELECT * FROM '../../keys/*.seed'
SELECT * FROM 'journal.db'
SELECT * FROM read_csv('/etc/passwd')
SELECT * FROM read_csv_auto('/etc/passwd')
SELECT * FROM READ_CSV('/etc/passwd', header = false)
SELECT * FROM "read_csv"('/etc/passwd')
SELECT * FROM main.read_csv('/etc/passwd')
SELECT * FROM system.main.read_text('/etc/passwd')
SELECT * FROM read_text('/etc/passwd')
SELECT * FROM read_text('keys/*.seed')
SELECT * FROM read_blob('/etc/shadow')
SELECT * FROM read_json('/etc/passwd')
SELECT * FROM read_json_auto('/etc/passwd')
SELECT * FROM read_json_objects('/etc/passwd')
SELECT * FROM read_ndjson('/etc/passwd')
SELECT * FROM read_ndjson_auto('/etc/passwd')
SELECT * FROM read_ndjson_objects('/etc/passwd')
SELECT * FROM read_parquet('SEGMENT')
SELECT * FROM read_parquet(['SEGMENT'])
SELECT * FROM parquet_scan('SEGMENT')
SELECT * FROM parquet_metadata('SEGMENT')
SELECT * FROM parquet_file_metadata('SEGMENT')
SELECT * FROM parquet_kv_metadata('SEGMENT')
SELECT * FROM parquet_schema('SEGMENT')
SELECT * FROM parquet_bloom_probe('SEGMENT', 'source', 'x')
SELECT * FROM sniff_csv('/etc/passwd')
SELECT * FROM glob('/home/*')
SELECT * FROM glob('*')
SELECT * FROM sqlite_scan('catalog.db', 'logs')
SELECT * FROM sqlite_attach('catalog.db')
SELECT * FROM read_xlsx('x.xlsx')
SELECT * FROM st_read('x.shp')
SELECT * FROM read_duckdb('x.db')
SELECT * FROM arrow_scan(1, 2, 3)
SELECT * FROM arrow_scan_dumb(1, 2, 3)
SELECT * FROM pandas_scan(1)
SELECT * FROM python_map_function(1)
SELECT * FROM events, read_text('/etc/passwd')
SELECT * FROM events JOIN read_csv('/etc/passwd') ON true
SELECT * FROM events, LATERAL read_text(origin)
SELECT * FROM events, LATERAL journal
SELECT * FROM events, LATERAL "/etc/passwd"
SELECT * FROM events e, LATERAL (SELECT * FROM read_text(e.source))
SELECT (SELECT content FROM read_text('/etc/passwd'))
SELECT * FROM events WHERE source IN (SELECT content FROM read_text('/etc/passwd'))
WITH a AS (SELECT * FROM read_text('/etc/passwd')) SELECT * FROM a
SELECT read_text('/etc/passwd')
SELECT list_transform([1], lambda x: (SELECT content FROM read_text('/etc/passwd')))
VALUES ((SELECT content FROM read_text('/etc/passwd')))
SELECT 1 ORDER BY (SELECT size FROM read_blob('/etc/passwd'))
SELECT 1 LIMIT (SELECT size FROM read_blob('/etc/passwd'))
SELECT count(*) FILTER (EXISTS (FROM glob('/root/*'))) FROM events
SELECT sum("index") OVER (ORDER BY (SELECT size FROM read_blob('/etc/passwd'))) FROM events
TABLE 'SEGMENT'
SELECT * FROM 'https://example.com/a.parquet'
SELECT * FROM 'file:///etc/passwd'
SELECT * FROM 'data:text/plain,x'
SELECT * FROM '/proc/self/environ'
SELECT * FROM '/proc/self/fd/0'
SELECT * FROM '/dev/stdin'

## reaching the network
SELECT * FROM read_csv('https://example.com/x.csv')
SELECT * FROM read_parquet('s3://bucket/key.parquet')
SELECT * FROM read_json('http://169.254.169.254/latest/meta-data/')
SELECT * FROM read_text('http://localhost:8080/')
SELECT * FROM 'http://169.254.169.254/latest/meta-data/iam/security-credentials/'
SELECT * FROM postgres_scan('host=localhost', 'public', 'users')
SELECT * FROM postgres_query('db', 'SELECT 1')
SELECT * FROM mysql_query('db', 'SELECT 1')
SELECT * FROM iceberg_scan('s3://bucket/table')
SELECT * FROM delta_scan('s3://bucket/table')
SELECT http_get('http://example.com')
SELECT * FROM http_post('http://example.com', 'x')
SELECT * FROM quack_query('host', 'SELECT 1')

## databases beside the log
ATTACH 'other.db'
ATTACH 'SEGMENT' AS x (READ_ONLY)
ATTACH 'catalog.db' AS c (TYPE sqlite)
ATTACH ':memory:' AS other
ATTACH IF NOT EXISTS 'http://example.com/x.db'
DETACH memory
USE other
USE system.main
CREATE DATABASE x
DROP DATABASE memory

## settings
SET threads = 1000
SET memory_limit = '1TB'
SET enable_external_access = true
SET allowed_paths = ['/']
SET allowed_directories = ['/']
SET lock_configuration = false
SET GLOBAL temp_directory = '/tmp'
SET SESSION search_path = 'x'
SET VARIABLE x = 1
SET s3_access_key_id = 'x'
SET custom_extension_repository = 'http://example.com'
RESET threads
RESET ALL
PRAGMA version
PRAGMA database_list
PRAGMA show_tables
PRAGMA memory_limit = '1TB'
PRAGMA threads = 64
PRAGMA enable_profiling
PRAGMA profiling_output = '/tmp/x'
PRAGMA enable_logging
PRAGMA table_info('events')
PRAGMA disable_checkpoint_on_shutdown
PRAGMA import_database('/tmp/x')
SELECT current_setting('allowed_paths')
SELECT getvariable('x')
SELECT set_config('threads', '1', false)
SELECT enable_logging()
SELECT set_profiling_mode('x')

## extensions and secrets
INSTALL httpfs
INSTALL httpfs FROM 'http://example.com'
FORCE INSTALL httpfs
LOAD httpfs
LOAD '/tmp/evil.duckdb_extension'
UPDATE EXTENSIONS
CREATE SECRET s (TYPE s3, KEY_ID 'x', SECRET 'y')
CREATE PERSISTENT SECRET s (TYPE s3)
DROP SECRET s
SELECT * FROM duckdb_secrets()
SELECT * FROM duckdb_secrets(redact = false)
SELECT which_secret('s3://x', 's3')
SELECT add_parquet_key('k', 'x')
PRAGMA add_parquet_key('k', '0123456789112345')

## looking at the engine, the system and the process
SELECT getenv('HOME')
SELECT "getenv"('AWS_SECRET_ACCESS_KEY')
SELECT main.getenv('HOME')
SELECT * FROM duckdb_settings()
SELECT * FROM duckdb_settings
SELECT * FROM duckdb_views()
SELECT * FROM duckdb_tables
SELECT * FROM duckdb_functions()
SELECT * FROM duckdb_memory()
SELECT * FROM duckdb_temporary_files()
SELECT * FROM duckdb_extensions()
SELECT * FROM duckdb_logs
SELECT * FROM duckdb_databases()
SELECT * FROM duckdb_external_file_cache()
SELECT * FROM information_schema.tables
SELECT * FROM information_schema.columns
SELECT * FROM pg_catalog.pg_class
SELECT * FROM pg_tables
SELECT * FROM sqlite_master
SELECT * FROM sqlite_schema
SELECT * FROM pragma_database_list
SELECT * FROM pragma_database_list()
SELECT * FROM pragma_show('events')
SELECT * FROM pragma_version()
SELECT * FROM pragma_storage_info('events')
SELECT * FROM pragma_user_agent()
SELECT * FROM test_all_types()
SELECT * FROM test_vector_types(NULL::INT)
SELECT version()
SELECT current_database()
SELECT current_schema()
SELECT current_user
SELECT current_query()
SELECT current_connection_id()
SELECT txid_current()
SELECT pg_typeof(1)
SELECT stats("index") FROM events
SELECT nextval('s')
SELECT currval('s')
SELECT in_search_path('x', 'y')
SELECT write_log('x')
SELECT parse_duckdb_log_message('x', 'y')
SHOW TABLES
SHOW ALL TABLES
SHOW DATABASES
DESCRIBE events
DESCRIBE SELECT 1
SUMMARIZE events
EXPLAIN SELECT 1
EXPLAIN ANALYZE SELECT * FROM events

## text that would be run as SQL
SELECT * FROM query('SELECT * FROM read_text(''/etc/passwd'')')
FROM query('COPY (SELECT 1) TO ''x''')
SELECT * FROM query_table('duckdb_settings')
FROM query_table(['events', 'other'])
SELECT * FROM json_execute_serialized_sql('{}')
SELECT json_serialize_sql('SELECT 1')
SELECT json_deserialize_sql('{}')
PRAGMA json_execute_serialized_sql('{}')
SELECT * FROM sql_auto_complete('SEL')
SELECT parse_sql('x')
PREPARE p AS SELECT 1
EXECUTE p
EXECUTE p(1)
DEALLOCATE p
CALL pragma_version()
CALL duckdb_settings()
CALL read_text('/etc/passwd')
CALL enable_logging()

## changing what there is
CREATE TABLE x AS SELECT 1
CREATE TEMP TABLE events AS SELECT 1
CREATE OR REPLACE TEMP VIEW events AS SELECT 1
CREATE VIEW x AS SELECT * FROM read_text('/etc/passwd')
CREATE MACRO f(x) AS getenv(x)
CREATE FUNCTION lower(x) AS getenv(x)
CREATE MACRO t() AS TABLE SELECT * FROM read_text('/etc/passwd')
CREATE TYPE t AS ENUM ('a')
CREATE SEQUENCE s
CREATE SCHEMA s
CREATE INDEX i ON events ("index")
INSERT INTO events SELECT * FROM events
INSERT INTO events VALUES (1)
UPDATE events SET source = 'x'
DELETE FROM events
TRUNCATE events
MERGE INTO events USING events ON true WHEN MATCHED THEN DELETE
DROP VIEW events
DROP TABLE events
ALTER VIEW events RENAME TO x
ALTER TABLE events ADD COLUMN x INT
COMMENT ON VIEW events IS 'x'
GRANT ALL ON events TO x
BEGIN
BEGIN TRANSACTION
COMMIT
ROLLBACK
WITH c AS (INSERT INTO events VALUES (1) RETURNING *) SELECT * FROM c
WITH c AS (UPDATE events SET source = 'x' RETURNING *) SELECT * FROM c
WITH c AS (DELETE FROM events RETURNING *) SELECT * FROM c
WITH c AS (DELETE FROM events) DELETE FROM records
SELECT * FROM (INSERT INTO events VALUES (1) RETURNING *)
SELECT * FROM events FOR UPDATE
LOCK TABLE events

## other logs and tenants
SELECT * FROM other_events
SELECT * FROM tail_events
SELECT * FROM logs
SELECT * FROM main.events
SELECT * FROM memory.main.events
SELECT * FROM temp.events
SELECT * FROM system.main.events
SELECT * FROM other.events
SELECT * FROM "main"."events"
SELECT * FROM events AT (VERSION => 1)
SELECT * FROM read_parquet('../other-log/events/*.parquet')
SELECT actum_ocsf(events) FROM events
SELECT * FROM (WITH other AS (SELECT 1) SELECT * FROM other), other
WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a
WITH duckdb_settings AS (SELECT * FROM duckdb_settings) SELECT * FROM duckdb_settings
SELECT * FROM (SELECT * FROM duckdb_settings), (WITH duckdb_settings AS (SELECT 1) SELECT 1)

## several statements, and none
SELECT 1; SELECT 2
SELECT 1; COPY (SELECT 1) TO 'SEGMENT'
SELECT 1;; DROP VIEW events
; SELECT 1; SET threads = 1
SELECT 1 /* ; */ ; ATTACH 'x'
SELECT 1 -- ok\n; PRAGMA version
;
--
/* nothing */
SELECT
FROM
WITH

## words that two readers could take for different things
SELECT E'\'; COPY (SELECT 1) TO \'x\' --'
SELECT e'\x41'
SELECT $$x$$
SELECT $tag$ ' $tag$
SELECT x'41'
SELECT 0xFF
SELECT 1a
SELECT 'unfinished
SELECT "unfinished
SELECT /* unfinished
SELECT `events`
SELECT [1
SELECT (1
SELECT 1)
SELECT 1::"COPY"
SELECT 1::regclass
SELECT 1::no_such_type
SELECT CAST(1 AS events)
SELECT 'a'::my_enum
SELECT * FROM events e(a, b) WHERE COLUMNS('.*') IS NULL
SELECT COLUMNS('.*') FROM events
SELECT COLUMNS(*) FROM events
SELECT COLUMNS(lambda c: c LIKE 'a%') FROM events
SELECT #1 FROM events
SELECT ?
SELECT $1
SELECT :name
PIVOT events ON source
PIVOT events ON source USING count(*)
SELECT * FROM (PIVOT events ON source USING count(*))
UNPIVOT events ON source INTO NAME n VALUE v
SELECT * FROM events TABLESAMPLE 10%
SELECT * FROM events USING SAMPLE 10
SELECT * FROM events LIMIT 10%

## too much of it
SELECT * FROM range(1000000000000)
SELECT range(0, 1000000000000)
SELECT * FROM generate_series(1, 100000000000)
SELECT * FROM range(0, 1000000000, 1)
SELECT unnest(range(-1000000000000, 1000000000000))
SELECT * FROM repeat('x', 1000000000)
SELECT * FROM repeat_row(1, num_rows = 1000000000)
SELECT * FROM seq_scan('events')
SELECT * FROM index_scan('events')
SELECT * FROM checkpoint()
SELECT * FROM force_checkpoint()
SELECT * FROM summary('events')
SELECT * FROM histogram(events, source)
SELECT * FROM histogram_values(events, source)
SELECT * FROM unnest_table('x')
SELECT sleep(1000)
SELECT sleep_ms(1000)
SELECT pg_sleep(1000)
SELECT error('x')
SELECT setseed(0.5)
SELECT create_sort_key('x', 'ASC')
SELECT vector_type("index") FROM events
SELECT hash_agg(1)
SELECT system('id')
SELECT shell('id')
SELECT xp_cmdshell('id')
SELECT load_file('/etc/passwd')
SELECT pg_read_file('/etc/passwd')
SELECT lo_import('/etc/passwd')
SELECT sys_exec('id')
