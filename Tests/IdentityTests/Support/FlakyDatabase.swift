import Storage
import Synchronization

/// Passes calls on, counts them, and fails them on demand.
final class FlakyDatabase: SQLDatabase {
    private let base: any SQLDatabase
    private let state = Mutex((isDown: false, reads: 0, writes: 0))
    /// Runs after a read's transaction and before its result is handed out.
    private let afterRead = Mutex<(@Sendable () async -> Void)?>(nil)

    init(_ base: any SQLDatabase) {
        self.base = base
    }

    var isDown: Bool {
        get { state.withLock { $0.isDown } }
        set { state.withLock { $0.isDown = newValue } }
    }

    var reads: Int { state.withLock { $0.reads } }
    var writes: Int { state.withLock { $0.writes } }

    /// Runs `body` once, after the next read.
    func afterNextRead(_ body: @escaping @Sendable () async -> Void) {
        afterRead.withLock { $0 = body }
    }

    var dialect: SQLDialect { base.dialect }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        let isDown = state.withLock { state in
            state.reads += 1
            return state.isDown
        }
        guard !isDown else { throw .unavailable("down for a test") }
        let value = try await base.read(body)
        let hook = afterRead.withLock { hook in
            defer { hook = nil }
            return hook
        }
        await hook?()
        return value
    }

    @discardableResult
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        let isDown = state.withLock { state in
            state.writes += 1
            return state.isDown
        }
        guard !isDown else { throw .unavailable("down for a test") }
        return try await base.write(body)
    }

    func close() async {
        await base.close()
    }
}
