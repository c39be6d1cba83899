import Logging
import Policy

extension Logger {
    /// Lines on standard error; standard output belongs to results.
    init(label: String, level: Settings.LogLevel) {
        self.init(label: label, factory: { StreamLogHandler.standardError(label: $0) })
        logLevel = Level(rawValue: level.rawValue) ?? .info
    }
}
