/// A provider's address and what follows from it, found once and not per request.
struct OpenAIPlace: Sendable {
    let baseURL: String
    let service: OpenAIService
    /// See ``OpenAIAddress/takesStreamOptions(base:)``; true for services other than Azure.
    let takesStreamOptions: Bool
    /// Of the endpoints in their order; empty where the model is a part of the URL.
    private let urls: [String]

    init(kind: ProviderKind, baseURL: String) {
        self.baseURL = baseURL
        service = OpenAIService(kind: kind, baseURL: baseURL)
        takesStreamOptions = service != .azure || OpenAIAddress.takesStreamOptions(base: baseURL)
        urls =
            OpenAIAddress.namesModel(base: baseURL)
            ? [] : Endpoint.allCases.map { OpenAIAddress.url($0, base: baseURL, model: "") }
    }

    func url(_ endpoint: Endpoint, model: String) -> String {
        guard let index = Endpoint.allCases.firstIndex(of: endpoint), urls.indices.contains(index) else {
            return OpenAIAddress.url(endpoint, base: baseURL, model: model)
        }
        return urls[index]
    }
}
