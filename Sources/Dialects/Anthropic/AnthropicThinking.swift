import WireJSON

/// Whether and how much the model thinks (contracts, section 2.1, table "`reasoning_effort` → Anthropic").
struct AnthropicThinking {
    /// How a model is told to think.
    enum Style {
        /// Unknown, or not at all.
        case none
        /// `budget_tokens`: 3.7 to 4.5.
        case budget
        /// `adaptive` with an effort: from 4.6 on.
        case adaptive

        init(model: String, capabilities: ModelCapabilities) {
            if capabilities.adaptiveThinking == true {
                self = .adaptive
            } else if capabilities.reasoning == true || model.hasPrefix("claude-3-7") {
                self = .budget
            } else {
                self = .none
            }
        }
    }

    /// The smallest budget the API takes, in tokens.
    private static let smallestBudget = 1024

    /// The `thinking` member; nil leaves the model's default.
    private(set) var member: JSONValue?
    /// `output_config.effort`.
    private(set) var effort: String?
    /// Thinking is known to happen: asked for, or never off.
    private(set) var isOn: Bool
    private let style: Style
    private let isAlwaysOn: Bool

    init(_ chat: ChatRequest, model: String, capabilities: ModelCapabilities, maxTokens: Int) {
        style = Style(model: model, capabilities: capabilities)
        isAlwaysOn = capabilities.thinkingAlwaysOn == true
        isOn = isAlwaysOn
        switch style {
        case .none: break
        case .budget: askForBudget(chat, maxTokens: maxTokens)
        case .adaptive: askForEffort(chat, capabilities)
        }
        // Clients of Anthropic's own OpenAI layer send its `thinking`: given that, it decides.
        if style != .none || capabilities.reasoning == nil, let own = chat.members["thinking"], own.objectValue != nil {
            take(own, maxTokens: maxTokens)
        }
    }

    /// Whether blocks of earlier turns go back: unless this request does not think.
    var keepsBlocks: Bool {
        isOn || (style == .adaptive && member == nil)
    }

    /// The blocks of a running tool loop were lost: without them the API refuses to think on.
    mutating func turnOff() {
        guard !isAlwaysOn else { return }
        isOn = false
        member = style == .adaptive ? ["type": "disabled"] : nil
    }

    // MARK: Reading the request

    private mutating func askForBudget(_ chat: ChatRequest, maxTokens: Int) {
        let wanted: Int
        switch chat.reasoningEffort {
        case nil, ReasoningEffort.none?: return
        case .minimal?, .low?: wanted = 1024
        case .medium?: wanted = 2048
        case .high?: wanted = 4096
        case .xhigh?: wanted = 8192
        case .max?: wanted = 16384
        }
        guard let budget = Self.fitting(wanted, maxTokens: maxTokens) else { return }
        member = ["type": "enabled", "budget_tokens": .number(JSONNumber(budget))]
        isOn = true
    }

    /// The budget counts inside `max_tokens`, of which half is left for the answer; nil if there is no room to think.
    private static func fitting(_ budget: Int, maxTokens: Int) -> Int? {
        guard maxTokens > smallestBudget else { return nil }
        return min(budget, max(smallestBudget, maxTokens / 2))
    }

    private mutating func askForEffort(_ chat: ChatRequest, _ capabilities: ModelCapabilities) {
        let wantsText = chat.members["include_reasoning"]?.boolValue
        guard let wanted = chat.reasoningEffort else {
            if wantsText == true { switchOn(showsText: true) }
            return
        }
        if wanted == .none, !isAlwaysOn {
            member = ["type": "disabled"]
            return
        }
        effort = Self.effort(for: wanted, capabilities)
        switchOn(showsText: wanted != .none && wantsText != false)
    }

    /// From 4.7 on the text of thoughts is left out unless asked for.
    private mutating func switchOn(showsText: Bool) {
        member = showsText ? ["type": "adaptive", "display": "summarized"] : ["type": "adaptive"]
        isOn = true
    }

    /// The nearest level the model has, never above the one asked for unless there is no lower one.
    private static func effort(for wanted: ReasoningEffort, _ capabilities: ModelCapabilities) -> String {
        switch wanted {
        case .none, .minimal, .low: "low"
        case .medium: "medium"
        case .high: "high"
        case .max where capabilities.effortMax == true: "max"
        case .xhigh, .max: capabilities.effortExtraHigh == true ? "xhigh" : "high"
        }
    }

    private mutating func take(_ own: JSONValue, maxTokens: Int) {
        // What cannot be switched off refuses to be told so.
        if isAlwaysOn, own["type"] == "disabled" { return }
        member = own
        isOn = own["type"] != "disabled"
        guard let budget = own["budget_tokens"]?.intValue, budget >= maxTokens, case .object(var members) = own else {
            return
        }
        if let fitting = Self.fitting(budget, maxTokens: maxTokens) {
            members["budget_tokens"] = .number(JSONNumber(fitting))
            member = .object(members)
        } else {
            member = nil
            isOn = isAlwaysOn
        }
    }
}
