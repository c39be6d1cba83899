import WireJSON

/// `/__fake/…`: lets a test in another process script answers and read what was received.
struct ControlAPI {
    let core: ServerCore
    let request: FakeRequest
    /// The segments after `/__fake`.
    let path: [String]

    func answer() -> FakeAnswer {
        switch (request.method, path.first ?? "") {
        case ("GET", "requests"): return requests()
        case ("DELETE", "requests"):
            core.recorder.clear()
            return .empty(status: 204)
        case ("GET", "script"): return .json(["scripts": .number(JSONNumber(core.scripts.count))])
        case ("POST", "script"): return script()
        case ("DELETE", "script"):
            core.scripts.clear()
            return .empty(status: 204)
        case ("GET", "connections"): return connections()
        case ("GET", "cases"):
            return .json(["cases": .array(core.options.recordings.keys.sorted().map { .string($0) })])
        case ("POST", "default"): return setDefault()
        case ("DELETE", ""): return reset()
        default: return Self.problem("no such control path", status: 404)
        }
    }

    private static func problem(_ message: String, status: Int = 400) -> FakeAnswer {
        .json(["error": ["message": .string(message)]], status: status)
    }

    /// All kept requests, or with `?path=` those of one path, with `?since=` those after a number.
    private func requests() -> FakeAnswer {
        let path = request.parameter("path")
        let since = request.parameter("since").flatMap { Int($0) } ?? 0
        let found = core.recorder.requests.filter { ($0.path == path ?? $0.path) && $0.id > since }
        return .json(["requests": .array(found.map(\.document))])
    }

    private func connections() -> FakeAnswer {
        let counters = core.connections
        return .json([
            "open": .number(JSONNumber(counters.open)), "peak": .number(JSONNumber(counters.peak)),
            "total": .number(JSONNumber(counters.total)),
        ])
    }

    private func setDefault() -> FakeAnswer {
        guard let spec = (try? JSONValue(parsing: request.body))?["spec"]?.stringValue else {
            return Self.problem("'spec' is missing")
        }
        do throws(FakeSpecError) {
            try core.setDefaultSpec(spec)
            return .empty(status: 204)
        } catch {
            return Self.problem(error.message)
        }
    }

    private func reset() -> FakeAnswer {
        core.recorder.clear()
        core.scripts.clear()
        core.gate.clear()
        try? core.setDefaultSpec(core.options.defaultSpec)
        return .empty(status: 204)
    }

    // MARK: Scripts

    private func script() -> FakeAnswer {
        guard let document = try? JSONValue(parsing: request.body) else { return Self.problem("the body is no JSON") }
        let entries = document.arrayValue ?? [document]
        do throws(FakeSpecError) {
            // All are read before the first counts.
            var read: [ScriptDocument] = []
            for entry in entries { read.append(try ScriptDocument(entry, recordings: core.options.recordings)) }
            for script in read { core.scripts.add(script.answer, script.match, times: script.times) }
        } catch {
            return Self.problem(error.message)
        }
        return .json(["scripts": .number(JSONNumber(core.scripts.count))], status: 201)
    }
}
