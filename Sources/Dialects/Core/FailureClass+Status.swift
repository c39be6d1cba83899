extension FailureClass {
    /// The class that an HTTP status alone suggests: the last resort where the body says nothing. (A body often
    /// says something else: contracts, section 0, facts 3 to 5.) 0 stands for no status at all.
    package init(status: Int) {
        self =
            switch status {
            case 401, 403, 407: .auth
            case 402: .billing
            case 404, 410: .modelNotFound
            case 408: .timeout
            case 413: .tooLarge
            case 429: .rateLimit
            case 498, 503, 529: .overloaded
            case 409, 425, 499: .server  // a retry may pass
            case 400..<500: .badRequest
            default: .server
            }
    }
}
