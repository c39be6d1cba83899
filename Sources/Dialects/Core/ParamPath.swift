/// Where a value sits in a request, in the notation of OpenAI's `param`. Becomes text only when an error needs it.
indirect enum ParamPath: Sendable {
    /// The request itself.
    case root
    case member(ParamPath, String)
    case element(ParamPath, Int)

    /// The top-level member with this name.
    static func top(_ name: String) -> ParamPath { .member(.root, name) }

    /// `messages[2].content[0].image_url.url`
    var text: String {
        switch self {
        case .root: ""
        case .member(.root, let name): name
        case .member(let parent, let name): "\(parent.text).\(name)"
        case .element(let parent, let index): "\(parent.text)[\(index)]"
        }
    }

    func member(_ name: String) -> ParamPath { .member(self, name) }
    func element(_ index: Int) -> ParamPath { .element(self, index) }
}
