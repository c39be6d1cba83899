extension Schema {
    /// Settled requests, and their sums.
    ///
    /// There are no foreign keys: attempts and logs are written and deleted in one transaction with their request, and
    /// tenants and keys are marked rather than deleted.
    static let ledger = Migration("0002-ledger") { dialect in
        requests(dialect) + requestIndexes + rollups(dialect) + [
            // Since when there are minutes and hours: what began earlier has been deleted.
            """
            CREATE TABLE rollup_horizon (
                resolution \(raw: dialect.text) NOT NULL PRIMARY KEY,
                since \(raw: dialect.integer) NOT NULL
            ) \(raw: dialect.tableOptions)
            """,
            "INSERT INTO rollup_horizon (resolution, since) VALUES ('minute', 0), ('hour', 0)",
        ]
    }

    private static func requests(_ dialect: SQLDialect) -> [SQLStatement] {
        [
            // Ids are UUIDs of version 7, which sort by time: rows are added at the end.
            """
            CREATE TABLE usage (
                id \(raw: dialect.bytes) NOT NULL PRIMARY KEY,
                time \(raw: dialect.integer) NOT NULL,
                tenant \(raw: dialect.text) NOT NULL,
                user_id \(raw: dialect.text),
                key_id \(raw: dialect.text),
                end_user \(raw: dialect.text),
                session \(raw: dialect.text),
                module \(raw: dialect.text),
                endpoint \(raw: dialect.text) NOT NULL,
                client_model \(raw: dialect.text) NOT NULL,
                provider \(raw: dialect.text),
                upstream_model \(raw: dialect.text),
                attempts \(raw: dialect.integer) NOT NULL,
                prompt_tokens \(raw: dialect.integer) NOT NULL,
                cached_tokens \(raw: dialect.integer) NOT NULL,
                cache_write_tokens \(raw: dialect.integer) NOT NULL,
                completion_tokens \(raw: dialect.integer) NOT NULL,
                reasoning_tokens \(raw: dialect.integer) NOT NULL,
                cost_nanodollars \(raw: dialect.integer),
                price_version \(raw: dialect.text),
                saved_nanodollars \(raw: dialect.integer) NOT NULL,
                estimated \(raw: dialect.integer) NOT NULL,
                cache \(raw: dialect.text) NOT NULL,
                status \(raw: dialect.integer) NOT NULL,
                error \(raw: dialect.text),
                first_token_ms \(raw: dialect.integer),
                total_ms \(raw: dialect.integer) NOT NULL,
                stream \(raw: dialect.integer) NOT NULL
            ) \(raw: dialect.tableOptions)
            """,
            """
            CREATE TABLE attempts (
                usage_id \(raw: dialect.bytes) NOT NULL,
                number \(raw: dialect.integer) NOT NULL,
                provider \(raw: dialect.text) NOT NULL,
                model \(raw: dialect.text) NOT NULL,
                outcome \(raw: dialect.text) NOT NULL,
                status \(raw: dialect.integer),
                latency_ms \(raw: dialect.integer) NOT NULL,
                prompt_tokens \(raw: dialect.integer) NOT NULL,
                completion_tokens \(raw: dialect.integer) NOT NULL,
                cost_nanodollars \(raw: dialect.integer),
                PRIMARY KEY (usage_id, number)
            ) \(raw: dialect.clusteredTableOptions)
            """,
            """
            CREATE TABLE request_log (
                usage_id \(raw: dialect.bytes) NOT NULL PRIMARY KEY,
                time \(raw: dialect.integer) NOT NULL,
                prompt \(raw: dialect.bytes) NOT NULL,
                answer \(raw: dialect.bytes) NOT NULL
            ) \(raw: dialect.tableOptions)
            """,
        ]
    }

    /// All of them end with time and id, so that a page of any filter is read in order. Every one costs each request a
    /// write, so combinations of filters have none: the narrowest leads, the others are looked at row by row.
    private static let requestIndexes: [SQLStatement] = [
        "CREATE INDEX usage_page ON usage (time, id)",
        "CREATE INDEX usage_tenant_page ON usage (tenant, time, id)",
        "CREATE INDEX usage_key_page ON usage (key_id, time, id) WHERE key_id IS NOT NULL",
        "CREATE INDEX usage_user_page ON usage (user_id, time, id) WHERE user_id IS NOT NULL",
        "CREATE INDEX usage_provider_page ON usage (provider, time, id) WHERE provider IS NOT NULL",
        "CREATE INDEX usage_status_page ON usage (status, time, id)",
        "CREATE INDEX request_log_time ON request_log (time)",
    ]

    /// Sums per period, in tables of several widths: a question is answered from the narrowest that knows its
    /// dimensions. "None" is the empty text, because keys hold no null.
    private static func rollups(_ dialect: SQLDialect) -> [SQLStatement] {
        let full: [StaticString] = ["tenant", "key_id", "user_id", "provider", "model"]
        let tables: [(StaticString, [StaticString])] = [
            ("rollup_minute", full),
            ("rollup_hour", full),
            ("rollup_day", full),
            ("rollup_key_hour", ["tenant", "key_id", "user_id"]),
            ("rollup_key_day", ["tenant", "key_id", "user_id"]),
            ("rollup_tenant_model_hour", ["tenant", "provider", "model"]),
            ("rollup_tenant_model_day", ["tenant", "provider", "model"]),
            ("rollup_tenant_hour", ["tenant"]),
            ("rollup_tenant_day", ["tenant"]),
            ("rollup_model_minute", ["provider", "model"]),
            ("rollup_model_hour", ["provider", "model"]),
            ("rollup_model_day", ["provider", "model"]),
        ]
        return tables.map { name, dimensions in
            var statement: SQLStatement = "CREATE TABLE \(raw: name) (time \(raw: dialect.integer) NOT NULL"
            var key: SQLStatement = "time"
            for dimension in dimensions {
                statement.append(", \(raw: dimension) \(raw: dialect.text) NOT NULL")
                key.append(", \(raw: dimension)")
            }
            for sum in sums { statement.append(", \(raw: sum) \(raw: dialect.integer) NOT NULL") }
            statement.append(", PRIMARY KEY (\(sql: key))) \(raw: dialect.counterTableOptions)")
            return statement
        }
    }

    private static let sums: [StaticString] = [
        "requests", "errors", "prompt_tokens", "cached_tokens", "cache_write_tokens", "completion_tokens",
        "reasoning_tokens", "cost_nanodollars", "unpriced", "saved_nanodollars", "cache_hits", "estimated", "streams",
        "total_ms", "first_token_ms", "first_tokens",
        // A histogram of latencies, two buckets to a column.
        "latency_00", "latency_01", "latency_02", "latency_03", "latency_04", "latency_05", "latency_06", "latency_07",
        "latency_08", "latency_09", "latency_10", "latency_11", "latency_12", "latency_13", "latency_14", "latency_15",
        "latency_16", "latency_17", "latency_18", "latency_19", "latency_20", "latency_21", "latency_22", "latency_23",
    ]
}

extension SQLDialect {
    /// Follows the closing parenthesis of a table of small rows that are read in the order of their key. In SQLite the
    /// key is then the table; PostgreSQL has no such tables.
    fileprivate var clusteredTableOptions: StaticString {
        switch self {
        case .sqlite: "STRICT, WITHOUT ROWID"
        case .postgresql: ""
        }
    }

    /// The same for a table whose rows are changed again and again. PostgreSQL writes a changed row anew; with room
    /// left on its page, no index has to be told.
    fileprivate var counterTableOptions: StaticString {
        switch self {
        case .sqlite: "STRICT, WITHOUT ROWID"
        case .postgresql: "WITH (fillfactor = 70)"
        }
    }
}
