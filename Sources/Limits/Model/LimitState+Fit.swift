extension LimitState {
    /// The counter's state at an instant; the window must have been rolled to it.
    init(_ claim: LimitClaim, _ window: WindowState, at now: Int) {
        self.init(
            claim: claim, used: window.used(at: now, length: claim.counter.length),
            reserved: window.reserved(at: now, length: claim.counter.length),
            resetsAt: window.resetsAt(now: now, counter: claim.counter))
    }

    /// Whether a request that needs so much has room. An empty window has room for everything, so that a limit that
    /// is smaller than one request does not lock its subject out; a limit of 0 has room for nothing.
    package func fits(_ need: Int) -> Bool {
        if max == 0 { return false }
        return used == 0 && reserved == 0 ? true : need <= remaining
    }

    /// The same, knowing whether a request that needs so much had room. A reservation that was made already, of so much,
    /// is not counted against itself.
    func judged(need: Int, holding amount: Int = 0) -> LimitState {
        let before = LimitState(
            claim: claim, used: used, reserved: LimitAmount.difference(reserved, amount), resetsAt: resetsAt)
        return LimitState(
            claim: claim, used: used, reserved: reserved, resetsAt: resetsAt, wouldRefuse: !before.fits(need))
    }
}
