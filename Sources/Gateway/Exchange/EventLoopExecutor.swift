package import NIOCore

/// Runs Swift tasks on one event loop, so that a request's whole life stays on the thread of its connection:
/// no hop between threads, and what is confined to the loop needs no lock.
///
/// NIO's own event-loop executor is a serial executor, which callees outside an actor do not inherit; a task
/// executor preference is inherited by every nonisolated callee.
package final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    package init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
