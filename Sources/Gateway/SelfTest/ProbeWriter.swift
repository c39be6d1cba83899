import NIOHTTP1
import Synchronization

/// Takes an answer and keeps its status.
final class ProbeWriter: ResponseWriter {
    private let code = Atomic<Int>(0)

    /// 0 before there is one.
    var status: Int { code.load(ordering: .relaxed) }
    var isClientGone: Bool { false }
    var hasBegun: Bool { status != 0 }
    var isBackedUp: Bool { false }
    var outlivesClient: Bool {
        get { false }
        set {}
    }

    func respond(status: HTTPResponseStatus, headers: HeaderBlock, body: [UInt8]) {
        code.store(Int(status.code), ordering: .relaxed)
    }

    func begin(status: HTTPResponseStatus, headers: HeaderBlock) {
        code.store(Int(status.code), ordering: .relaxed)
    }

    func send(_ bytes: [UInt8]) {}
    func drained() async throws(ClientGone) {}
    func finish() {}
    func abort() {}
    func keepAlive(headers: HeaderBlock) {}
}
