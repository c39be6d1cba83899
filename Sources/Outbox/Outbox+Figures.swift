import Synchronization

extension Outbox {
    /// A moment's view; looks at each segment, so it is for a scrape and not for each request.
    package var figures: OutboxFigures {
        var figures = OutboxFigures()
        for segment in keeper.shelf.segments { figures.add(segment) }
        figures.segments += keeper.shelf.doomed.count
        figures.fileBytes = keeper.shelf.fileBytes
        figures.maxBytes = keeper.shelf.maxBytes
        for slot in keeper.slots {
            figures.refused += slot.refused.load(ordering: .relaxed)
            figures.isFull = figures.isFull || slot.isFull.load(ordering: .relaxed)
            figures.isRunningLow = figures.isRunningLow || slot.isLow.load(ordering: .relaxed)
        }
        figures.synchronizations = syncer?.synchronizations.load(ordering: .relaxed) ?? 0
        figures.failedSynchronizations = syncer?.failures.load(ordering: .relaxed) ?? 0
        figures.troubles = keeper.shelf.troubles
        return figures
    }
}

extension OutboxFigures {
    fileprivate mutating func add(_ segment: OutboxSegment) {
        segments += 1
        // In this order: a record more may be confirmed than was seen, never one fewer.
        let confirmed = segment.confirmed
        let end = segment.published.load(ordering: .acquiring)
        guard end > confirmed.offset else { return }
        records += max(0, segment.records.load(ordering: .relaxed) - confirmed.records)
        bytes += end - confirmed.offset
        if let time = segment.oldestTime { oldest = min(oldest ?? time, time) }
    }
}
