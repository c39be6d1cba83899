extension Schema {
    /// Who changed what, as chains of hashes (``AuditTrail``). Rows are only ever added.
    static let audit = Migration("0003-audit") { dialect in
        [
            """
            CREATE TABLE audit (
                tenant \(raw: dialect.text) NOT NULL,
                sequence \(raw: dialect.integer) NOT NULL,
                time \(raw: dialect.integer) NOT NULL,
                actor_kind \(raw: dialect.text) NOT NULL,
                actor_id \(raw: dialect.text) NOT NULL,
                source \(raw: dialect.text) NOT NULL,
                action \(raw: dialect.text) NOT NULL,
                target_kind \(raw: dialect.text) NOT NULL,
                target_id \(raw: dialect.text) NOT NULL,
                before_json \(raw: dialect.text),
                after_json \(raw: dialect.text),
                previous_hash \(raw: dialect.bytes) NOT NULL,
                hash \(raw: dialect.bytes) NOT NULL,
                PRIMARY KEY (tenant, sequence)
            ) \(raw: dialect.tableOptions)
            """,
            "CREATE INDEX audit_page ON audit (time, tenant, sequence)",
            "CREATE INDEX audit_tenant_page ON audit (tenant, time, sequence)",
            // The end of each chain, so that rows missing there are noticed; its row is what writers lock.
            """
            CREATE TABLE audit_heads (
                tenant \(raw: dialect.text) NOT NULL PRIMARY KEY,
                row_count \(raw: dialect.integer) NOT NULL,
                hash \(raw: dialect.bytes) NOT NULL
            ) \(raw: dialect.tableOptions)
            """,
        ]
    }
}
