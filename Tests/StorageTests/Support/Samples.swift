import Storage

extension TenantRecord {
    static func sample(_ id: String, name: String? = nil, createdAt: Int = 1000) -> TenantRecord {
        TenantRecord(
            id: id, name: name ?? id, plan: "standard", timezone: "UTC", createdAt: Timestamp(milliseconds: createdAt))
    }
}

extension APIKeyRecord {
    static func sample(_ id: String, tenant: String, createdAt: Int = 1000) -> APIKeyRecord {
        APIKeyRecord(
            publicID: id, tenant: tenant, user: "ana", name: "key \(id)", models: ["gpt-*"], scopes: ["inference"],
            secretHash: Array(repeating: 7, count: 32), createdAt: Timestamp(milliseconds: createdAt),
            expiresAt: Timestamp(milliseconds: 99_000))
    }
}
