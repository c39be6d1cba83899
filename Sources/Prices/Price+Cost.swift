package import Dialects

extension Price {
    /// Nano-dollars of one answer, rounded half up once at the end, never negative and at most `Int.max`; nil if
    /// the answer used something whose rate nobody has stated. The provider's own figure, where it states one, wins.
    ///
    /// Contradictory counts are settled as they come: no part is larger than what it is a part of.
    package func cost(of usage: TokenUsage, media: MediaUsage = MediaUsage()) -> Int? {
        if let stated = usage.costNanodollars { return max(0, stated) }
        var sum = PriceSum()
        let rates = self.rates(forInput: usage.prompt)
        rates.addInput(usage, media, to: &sum)
        rates.addOutput(usage, media, to: &sum)
        sum.add(media.images, at: perImage)
        sum.add(media.inputImages, at: perInputImage)
        sum.add(thousandths: media.audioMilliseconds, at: perAudioSecond)
        sum.add(media.inputCharacters, at: perInputCharacter)
        return sum.nanodollars
    }

    /// The same for bare token counts, as an estimate knows them.
    package func cost(prompt: Int, completion: Int) -> Int? {
        var usage = TokenUsage()
        usage.prompt = prompt
        usage.completion = completion
        return cost(of: usage)
    }

    /// The price with the long-context tier applied if this many input tokens pass its threshold.
    func rates(forInput tokens: Int) -> Price {
        guard let tier = longContext, tokens > tier.aboveInputTokens else { return self }
        var price = self
        price.input = tier.input ?? input
        price.cachedInput = tier.cachedInput ?? cachedInput
        price.cacheWrite = tier.cacheWrite ?? scaled(cacheWrite, tier)
        price.cacheWriteHour = scaled(cacheWriteHour, tier)
        price.output = tier.output ?? output
        price.reasoning = tier.output ?? reasoning
        price.longContext = nil
        return price
    }

    /// `rate` times the tier's input over the base input, rounded up.
    private func scaled(_ rate: Int?, _ tier: LongContext) -> Int? {
        guard let rate, let base = input, base > 0, let raised = tier.input else { return rate }
        let product = UInt128(max(0, rate)) * UInt128(max(0, raised))
        return Int(clamping: (product + UInt128(base) - 1) / UInt128(base))
    }

    private func addInput(_ usage: TokenUsage, _ media: MediaUsage, to sum: inout PriceSum) {
        var rest = max(0, usage.prompt)
        sum.add(Self.take(usage.cached, from: &rest), at: cachedInput ?? input)
        var written = Self.take(usage.cacheWrite, from: &rest)
        sum.add(Self.take(media.cacheWriteHourTokens, from: &written), at: cacheWriteHour ?? cacheWrite ?? input)
        sum.add(written, at: cacheWrite ?? input)
        sum.add(Self.take(media.audioInputTokens, from: &rest), at: audioInput ?? input)
        sum.add(Self.take(media.imageInputTokens, from: &rest), at: imageInput ?? input)
        sum.add(rest, at: input)
    }

    private func addOutput(_ usage: TokenUsage, _ media: MediaUsage, to sum: inout PriceSum) {
        // A model without a price for text puts out images or audio only.
        let output = self.output ?? imageOutput ?? audioOutput
        var rest = max(0, usage.completion)
        sum.add(Self.take(usage.reasoning, from: &rest), at: reasoning ?? output)
        sum.add(Self.take(media.audioOutputTokens, from: &rest), at: audioOutput ?? output)
        sum.add(Self.take(media.imageOutputTokens, from: &rest), at: imageOutput ?? output)
        sum.add(rest, at: output)
    }

    /// As many of `count` as `rest` holds; `rest` keeps the others.
    private static func take(_ count: Int, from rest: inout Int) -> Int {
        let taken = min(max(0, count), rest)
        rest -= taken
        return taken
    }
}
