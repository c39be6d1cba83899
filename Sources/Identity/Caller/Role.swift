/// What a person may do in the control plane.
package enum Role: String, Sendable, Hashable, CaseIterable {
    /// Everything, for all tenants.
    case admin
    /// Everything within one tenant.
    case tenantAdmin = "tenant_admin"
    /// Reads usage and logs of one tenant.
    case analyst
    case user
}
