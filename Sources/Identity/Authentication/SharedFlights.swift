import Synchronization

/// Lets requests with the same uncached credential share one look-up, and bounds how many different ones
/// run at once: a cold start or a flood must not become as many database reads.
final class SharedFlights: Sendable {
    typealias Outcome = Result<Identity, AuthenticationFailure>

    private let flights = Mutex<[TokenDigest: Task<Outcome, Never>]>([:])
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// Runs `body` unless it is running for this digest already. It runs in a task of its own: neither
    /// on the caller's event loop nor undone by the caller's cancellation.
    func run(_ digest: TokenDigest, _ body: @escaping @Sendable () async -> Outcome) async -> Outcome {
        let flight = flights.withLock { flights -> Task<Outcome, Never>? in
            if let flight = flights[digest] { return flight }
            guard flights.count < capacity else { return nil }
            let flight = Task {
                let outcome = await body()
                // Blocks until the entry below is there, because this lock is held until then.
                self.flights.withLock { $0[digest] = nil }
                return outcome
            }
            flights[digest] = flight
            return flight
        }
        guard let flight else { return .failure(AuthenticationFailure(.overloaded)) }
        return await flight.value
    }
}
