import Foundation

/// Runs a program to its end and returns its output; throws when it fails.
@discardableResult
func run(_ command: [String], in folder: URL? = nil) async throws -> String {
    guard let program = command.first else { throw PostgreSQLTestError("no program") }
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = Array(command.dropFirst())
    process.currentDirectoryURL = folder
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    let hasEnded = EndSignal()
    process.terminationHandler = { _ in hasEnded.set() }
    try process.run()
    // The outputs asked for are short enough for the pipe's buffer.
    await hasEnded.reached()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    guard process.terminationStatus == 0 else {
        throw PostgreSQLTestError("\(command.joined(separator: " ")): \(text)")
    }
    return text
}

/// A TCP port of the loopback address nobody listens at just now.
func freePort() throws -> Int {
    let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard handle >= 0 else { throw PostgreSQLTestError("no socket: \(errno)") }
    defer { close(handle) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
            bind(handle, generic, length) == 0 ? getsockname(handle, generic, &length) : -1
        }
    }
    guard result == 0 else { throw PostgreSQLTestError("no free port: \(errno)") }
    return Int(UInt16(bigEndian: address.sin_port))
}
