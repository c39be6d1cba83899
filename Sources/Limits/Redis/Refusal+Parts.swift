extension Refusal {
    /// The refusal of a part, told in terms of the whole request.
    func joined(
        _ request: ReservationRequest, global: [LimitState], own: [LimitState], bindsGlobal: Bool
    ) -> Refusal {
        let indices = request.claims.indices.filter { request.claims[$0].isGlobal == bindsGlobal }
        return Refusal(
            states: request.claims.merged(global, own), binding: indices[binding], requested: requested,
            retryAfterMilliseconds: retryAfterMilliseconds)
    }
}
