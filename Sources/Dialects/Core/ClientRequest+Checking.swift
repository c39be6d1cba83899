import WireJSON

extension ClientRequest {
    /// The one scan over a request's body, with the checks that every request passes whatever its target:
    /// valid JSON, `model`, `messages` with known roles (or `prompt`, `input`), types and ranges of the
    /// members OpenAI documents. Throws a 400 that names the member, also for more objects and arrays than
    /// ``WireJSON/JSONLimits/request`` allows.
    package init(checking body: [UInt8], endpoint: Endpoint) throws(WireError) {
        let members: JSONMembers
        do {
            members = try JSONMembers(scanning: body, limits: .request)
        } catch {
            throw WireError(error)
        }
        var check = RequestCheck(body: body, endpoint: endpoint)
        try check.run(members)
        self.init(
            endpoint: endpoint, body: body, members: members, model: check.model ?? "", stream: check.stream,
            includeUsage: check.includeUsage)
    }
}
