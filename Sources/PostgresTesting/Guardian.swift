import Foundation
import Synchronization

/// A process that outlives ours and then ends the server and removes its folder: also when a test crashes, and when
/// several tests share a server that none of them ends.
final class Guardian: Sendable {
    private let process: Process
    /// Its other end is the guardian's input, which ends with our process.
    private let line: FileHandle

    init(_ folder: URL) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        let script = """
            trap '' INT TERM HUP
            read -r word; [ "$word" = release ] && exit 0
            pid=$(head -n 1 "$1/data/postmaster.pid") && kill -QUIT "$pid" && sleep 1
            rm -rf "$1"
            """
        process.arguments = ["-c", script, "guardian", folder.path()]
        process.currentDirectoryURL = URL(filePath: "/")
        let input = Pipe()
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process = process
        self.line = input.fileHandleForWriting
    }

    /// There is nothing left to look after.
    func release() {
        try? self.line.write(contentsOf: Data("release\n".utf8))
        try? self.line.close()
    }
}
