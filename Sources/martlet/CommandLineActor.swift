import Foundation
import Storage

extension AuditActor {
    /// Whoever runs this command, by the operating system's name, and the machine.
    static var commandLine: AuditActor {
        AuditActor(kind: .cli, id: userName, source: ProcessInfo.processInfo.hostName)
    }

    /// Of the real user id, not of an environment variable that anybody can set.
    private static var userName: String {
        let id = getuid()
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16 * 1024)
        let size = buffer.count
        guard getpwuid_r(id, &entry, &buffer, size, &found) == 0, found != nil, let name = entry.pw_name else {
            return "uid \(id)"
        }
        return String(cString: name)
    }
}
