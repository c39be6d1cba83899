import Dialects
import Routing

/// Two attempts at a time: for models with `hedge_after`, whose next target is asked as well when the first is slow.
extension Pipeline {
    private typealias Attempts = TaskGroup<Result<RouteEvent, WireError>>

    /// Does what the walk says with each attempt in a task of its own, until the walk is over.
    func race(_ journey: Journey) async throws(WireError) {
        let end: Result<Void, WireError> = await withTaskGroup(of: Result<RouteEvent, WireError>.self) { group in
            var step = journey.handle(.start)
            while true {
                switch step {
                case .attempt(let order), .hedge(let order): start(order, nil, journey, in: &group)
                case .resume(let order, let method): start(order, method, journey, in: &group)
                case .cancel(let loser): journey.outrun(loser)
                case .wait, .deliver: break
                case .done(_, let loser):
                    if let loser { journey.outrun(loser) }
                    group.cancelAll()
                    return .success(())
                case .stop:
                    group.cancelAll()
                    return .success(())
                case .fail(let failure):
                    group.cancelAll()
                    return .failure(WireError(failure))
                }
                switch await group.next() {
                // Nobody is left to be hurried for.
                case .success(.hedgeDue) where journey.request.response.isClientGone: step = .wait
                case .success(let event): step = journey.handle(event)
                case .failure(let error):
                    group.cancelAll()
                    return .failure(error)
                case nil: return .success(())
                }
            }
        }
        try end.get()
    }

    private func start(
        _ order: AttemptOrder, _ method: ResumeMethod?, _ journey: Journey, in group: inout Attempts
    ) {
        group.addTask(executorPreference: executor) { [self] in
            // A task of its own, so that it can be called off without the others.
            let attempt = Task(executorPreference: executor) { () async -> Result<RouteEvent, WireError> in
                do throws(WireError) { return .success(try await self.attempt(order, method, journey)) } catch {
                    return .failure(error)
                }
            }
            journey.running[order.number] = attempt
            let end = await withTaskCancellationHandler {
                await attempt.value
            } onCancel: {
                attempt.cancel()
            }
            journey.running[order.number] = nil
            return end
        }
        guard let delay = order.hedgeAfter else { return }
        group.addTask(executorPreference: executor) {
            try? await Task.sleep(for: .milliseconds(order.after + delay))
            return .success(.hedgeDue)
        }
    }
}
