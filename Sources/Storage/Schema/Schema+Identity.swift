extension Schema {
    /// Tenants and their API keys.
    ///
    /// `version` is the value of the `identity` change counter when the row last changed in a way that
    /// matters to authentication, so that a running server can ask for what is new. Rows are marked,
    /// not deleted, for the same reason: a deleted row cannot be noticed, and a tenant id that is used
    /// again would inherit the old tenant's data.
    static let identity = Migration("0001-identity") { dialect in
        [
            // Small facts about the installation, by name.
            """
            CREATE TABLE meta (
                name \(raw: dialect.text) NOT NULL PRIMARY KEY,
                value \(raw: dialect.bytes) NOT NULL
            ) \(raw: dialect.tableOptions)
            """,
            """
            CREATE TABLE changes (
                topic \(raw: dialect.text) NOT NULL PRIMARY KEY,
                version \(raw: dialect.integer) NOT NULL
            ) \(raw: dialect.tableOptions)
            """,
            "INSERT INTO changes (topic, version) VALUES ('identity', 0)",
            """
            CREATE TABLE tenants (
                id \(raw: dialect.text) NOT NULL PRIMARY KEY,
                name \(raw: dialect.text) NOT NULL,
                plan \(raw: dialect.text) NOT NULL,
                timezone \(raw: dialect.text) NOT NULL,
                created_at \(raw: dialect.integer) NOT NULL,
                removed_at \(raw: dialect.integer),
                version \(raw: dialect.integer) NOT NULL
            ) \(raw: dialect.tableOptions)
            """,
            "CREATE INDEX tenants_version ON tenants (version)",
            """
            CREATE TABLE api_keys (
                public_id \(raw: dialect.text) NOT NULL PRIMARY KEY,
                tenant \(raw: dialect.text) NOT NULL REFERENCES tenants (id),
                user_id \(raw: dialect.text),
                name \(raw: dialect.text) NOT NULL,
                models \(raw: dialect.text) NOT NULL,
                scopes \(raw: dialect.text) NOT NULL,
                secret_hash \(raw: dialect.bytes) NOT NULL,
                previous_hash \(raw: dialect.bytes),
                previous_valid_until \(raw: dialect.integer),
                created_at \(raw: dialect.integer) NOT NULL,
                expires_at \(raw: dialect.integer),
                revoked_at \(raw: dialect.integer),
                rotated_at \(raw: dialect.integer),
                last_used_at \(raw: dialect.integer),
                version \(raw: dialect.integer) NOT NULL
            ) \(raw: dialect.tableOptions)
            """,
            "CREATE INDEX api_keys_version ON api_keys (version)",
            "CREATE INDEX api_keys_page ON api_keys (created_at, public_id)",
            "CREATE INDEX api_keys_tenant_page ON api_keys (tenant, created_at, public_id)",
        ]
    }
}
