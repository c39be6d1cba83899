import Dialects
import Policy
import Prices
import Testing

@Suite struct PricePolicyTests {
    private func policy(
        input: Int? = nil, output: Int? = nil, cached: Int? = nil, written: Int? = nil
    ) -> PricePolicy {
        var policy = PricePolicy()
        policy.inputPerMillionTokens = input
        policy.outputPerMillionTokens = output
        policy.cachedInputPerMillionTokens = cached
        policy.cacheWritePerMillionTokens = written
        return policy
    }

    private func effective(_ kind: ProviderKind, _ model: String, _ policy: PricePolicy?) -> Price? {
        Price.effective(kind: kind, model: model, policy: policy)
    }

    @Test func nilMembersComeFromTheTable() throws {
        let table = try #require(PriceTable.shared.price(kind: .anthropic, model: "claude-opus-5-5"))
        let price = try #require(effective(.anthropic, "claude-opus-5-5", policy(output: 1)))
        #expect(price.output == 1)
        #expect(price.input == table.input)
        #expect(price.cachedInput == table.cachedInput)
        #expect(price.cacheWrite == table.cacheWrite)
        #expect(price.cacheWriteHour == table.cacheWriteHour)
        #expect(price.version == "2026-11-21+policy")
        #expect(effective(.anthropic, "claude-opus-5-5", nil) == table)
        #expect(effective(.anthropic, "claude-opus-5-5", PricePolicy()) == table)
    }

    @Test func aStatedRateHoldsForLongRequestsToo() throws {
        let price = try #require(effective(.gemini, "gemini-2.5-pro", policy(input: 1_000_000_000, cached: 0)))
        #expect(price.cost(prompt: 200_000, completion: 0) == 200_000_000)
        #expect(price.cost(prompt: 200_001, completion: 0) == 200_001_000)
        // The output, of which the policy does not speak, keeps its tier: 10 and 15 dollars.
        #expect(price.cost(prompt: 200_001, completion: 1) == 200_016_000)
        var usage = TokenUsage(prompt: 300_000, completion: 0)
        usage.cached = 300_000
        #expect(price.cost(of: usage) == 0)
    }

    @Test func givesAPriceToWhatTheTableDoesNotKnow() throws {
        for kind in [ProviderKind.n8n, .openaiCompatible, .openai] {
            #expect(effective(kind, "own-model", nil) == nil)
            let price = try #require(effective(kind, "own-model", policy(input: 2_000_000_000, output: 4_000_000_000)))
            #expect(price.version == "policy")
            #expect(price.cost(prompt: 10, completion: 10) == 60_000)
            #expect(price.covers(.chatCompletions))
        }
        // Free is a price if someone says so.
        #expect(effective(.n8n, "flow", policy(input: 0, output: 0))?.cost(prompt: 9, completion: 9) == 0)
        // Half a price prices half.
        let half = try #require(effective(.openaiCompatible, "m", policy(input: 1_000_000)))
        #expect(half.cost(prompt: 5, completion: 1) == nil)
        #expect(!half.covers(.chatCompletions))
        #expect(half.covers(.embeddings))
    }

    @Test func cacheRatesOfThePolicy() throws {
        let price = try #require(
            effective(.openai, "gpt-4o", policy(cached: 1_000_000, written: 3_000_000)))
        var usage = TokenUsage(prompt: 10, completion: 0)
        (usage.cached, usage.cacheWrite) = (6, 4)
        #expect(price.cost(of: usage) == 18)
        #expect(effective(.demo, "any", policy(output: 1_000_000))?.cost(prompt: 5, completion: 5) == 5)
        #expect(effective(.demo, "any", policy(output: 1_000_000))?.version == "demo+policy")
    }
}
