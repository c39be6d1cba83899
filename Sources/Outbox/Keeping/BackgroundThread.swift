import Glibc

/// A thread of its own, for work that blocks.
enum BackgroundThread {
    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    /// Runs `body` on a new thread that nobody joins. Answers 0 or an `errno`.
    static func start(_ body: @escaping @Sendable () -> Void) -> Int32 {
        let context = Unmanaged.passRetained(Body(body))
        var thread: pthread_t = 0
        let code = pthread_create(&thread, nil, entry, context.toOpaque())
        if code == 0 { pthread_detach(thread) } else { context.release() }
        return code
    }

    private static let entry: @convention(c) @Sendable (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
        context in
        if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
        return nil
    }
}
