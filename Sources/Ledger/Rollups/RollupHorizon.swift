import Storage

/// Since when there are minutes and hours: what lies before has been deleted, except for days.
struct RollupHorizon: Sendable, Hashable {
    /// Milliseconds since 1970; beginnings of days.
    var minutes = 0
    var hours = 0

    init(minutes: Int = 0, hours: Int = 0) {
        self.minutes = minutes
        self.hours = hours
    }

    init(_ connection: any SQLConnection) throws(StorageError) {
        for row in try connection.query("SELECT resolution, since FROM rollup_horizon") {
            switch try row.text("resolution") {
            case RollupResolution.minute.rawValue: minutes = try row.int("since")
            case RollupResolution.hour.rawValue: hours = try row.int("since")
            case let other: throw .corrupt("rollup_horizon: unknown resolution \"\(other)\"")
            }
        }
    }

    /// Since when periods of this length are there.
    func since(_ resolution: RollupResolution) -> Int {
        switch resolution {
        case .minute: minutes
        case .hour: hours
        case .day: .min
        }
    }

    /// The shortest periods that are there for a moment, with all longer ones.
    func finest(at time: Int) -> RollupResolution {
        guard time >= hours else { return .day }
        return time >= minutes ? .minute : .hour
    }

    /// Never moves it back, so that two processes may do it at once.
    static func raise(
        _ resolution: RollupResolution, to since: Int, _ connection: any SQLConnection
    ) throws(StorageError) {
        try connection.execute(
            "UPDATE rollup_horizon SET since = \(since) WHERE resolution = \(resolution.rawValue) AND since < \(since)")
    }
}
