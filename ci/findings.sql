-- Questions to the findings of many repositories, in DuckDB. Run it where the records of the workers are:
--   duckdb -c ".read findings.sql"
-- The records are what `taglint check -o jsonl:NAME.jsonl` writes.

CREATE OR REPLACE VIEW records AS
SELECT * FROM read_json('*.jsonl', format = 'newline_delimited', union_by_name = true, filename = true);

CREATE OR REPLACE VIEW findings AS
-- Two workers that load the same module for the sake of others may both see a finding, each with what it knows of its resources.
SELECT DISTINCT ON (rule, path, start.offset, message)
    path, start.line AS line, severity, rule, address, message, fingerprint, url,
    -- The first two directories: where repositories lie beside each other, the repository.
    array_to_string(string_split(path, '/')[1:2], '/') AS repository
FROM records
WHERE type = 'finding';

-- Which rules find most.
SELECT rule, severity, count(*) AS findings, count(DISTINCT repository) AS repositories
FROM findings GROUP BY ALL ORDER BY findings DESC, rule LIMIT 20;

-- Which repositories have most errors.
SELECT repository, count(*) FILTER (severity = 'error') AS errors, count(*) AS findings
FROM findings GROUP BY ALL ORDER BY errors DESC, findings DESC, repository LIMIT 20;

-- What could not be looked at: silence about these is no good news.
SELECT path, message FROM records WHERE type = 'incomplete' ORDER BY path LIMIT 20;
