/// Tokens a reservation asks for.
package struct TokenDemand: Sendable, Hashable {
    /// Estimated input.
    package var prompt: Int
    /// Output that must fit: ``OutputEstimator/floor``, or less where the client asked for less.
    package var neededOutput: Int
    /// Output that is reserved if there is room.
    package var wantedOutput: Int

    package init(prompt: Int, output: Int) {
        self.prompt = max(0, prompt)
        wantedOutput = max(0, output)
        neededOutput = min(OutputEstimator.floor, wantedOutput)
    }

    package var need: Int { Self.sum(prompt, neededOutput) }
    package var want: Int { Self.sum(prompt, wantedOutput) }

    /// Nano-dollars of both; nil where the price is unknown.
    package func cost(at price: Price) -> (need: Int, want: Int)? {
        guard let need = price.cost(prompt: prompt, completion: neededOutput),
            let want = price.cost(prompt: prompt, completion: wantedOutput)
        else { return nil }
        return (need, want)
    }

    private static func sum(_ first: Int, _ second: Int) -> Int {
        let (value, overflow) = first.addingReportingOverflow(second)
        return overflow ? .max : value
    }
}
