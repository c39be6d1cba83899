import Foundation
import Gateway
import Policy

/// The policy directory of this installation.
enum PolicyFiles {
    static func directory(_ settings: Settings) -> PolicyDirectory {
        PolicyDirectory(path: settings.policiesDir, environment: ProcessInfo.processInfo.environment)
    }
}
