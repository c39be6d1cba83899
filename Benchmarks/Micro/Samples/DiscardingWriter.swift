import Gateway
import NIOHTTP1
import Synchronization

/// Takes answers and keeps nothing but the last status.
final class DiscardingWriter: ResponseWriter {
    private let status = Atomic<Int>(0)

    var lastStatus: Int { status.load(ordering: .relaxed) }
    var isClientGone: Bool { false }
    var hasBegun: Bool { false }
    var isBackedUp: Bool { false }
    var outlivesClient: Bool {
        get { false }
        set {}
    }

    func respond(status: HTTPResponseStatus, headers: HeaderBlock, body: [UInt8]) {
        self.status.store(Int(status.code), ordering: .relaxed)
        blackHole(headers)
        blackHole(body)
    }

    func begin(status: HTTPResponseStatus, headers: HeaderBlock) {}
    func send(_ bytes: [UInt8]) {}
    func drained() async throws(ClientGone) {}
    func finish() {}
    func abort() {}
    func keepAlive(headers: HeaderBlock) {}
}
