extension [LimitClaim] {
    /// Puts what belongs to the global claims and to the others in the order of the claims.
    func merged<Part>(_ global: [Part], _ own: [Part]) -> [Part] {
        var global = global[...]
        var own = own[...]
        return compactMap { $0.isGlobal ? global.popFirst() : own.popFirst() }
    }
}
