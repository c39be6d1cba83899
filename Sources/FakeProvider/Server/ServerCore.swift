import NIOCore
import Synchronization
import WireJSON

/// What all connections of a server share: turns requests into playbacks.
final class ServerCore: Sendable {
    let options: FakeProviderOptions
    let recorder: Recorder
    let scripts = Scripts()
    let gate = SpecGate()
    private let serial = Atomic<Int>(0)
    private let counters = Mutex(ConnectionCounters())
    private let defaults: Mutex<FakeBehaviour>
    private let stopping = Atomic<Bool>(false)

    /// - Throws: when the options' default spec cannot be read.
    init(options: FakeProviderOptions) throws(FakeSpecError) {
        self.options = options
        recorder = Recorder(capacity: options.recordedRequests)
        var behaviour = FakeBehaviour()
        try behaviour.apply(FakeSpec.items(inHeader: options.defaultSpec))
        defaults = Mutex(behaviour)
    }

    var connections: ConnectionCounters { counters.withLock { $0 } }

    /// Whether connections are being closed from this side.
    var isStopping: Bool {
        get { stopping.load(ordering: .relaxed) }
        set { stopping.store(newValue, ordering: .relaxed) }
    }

    /// The number of a new connection.
    func connectionOpened() -> Int {
        counters.withLock { counters in
            counters.total += 1
            counters.open += 1
            counters.peak = max(counters.peak, counters.open)
            return counters.total
        }
    }

    func connectionClosed() {
        counters.withLock { $0.open -= 1 }
    }

    func setDefaultSpec(_ text: String) throws(FakeSpecError) {
        var behaviour = FakeBehaviour()
        try behaviour.apply(FakeSpec.items(inHeader: text))
        let parsed = behaviour
        defaults.withLock { $0 = parsed }
    }

    // MARK: Answering

    /// - Returns: what to send, and the request's number in the record; 0 for control requests.
    func respond(to request: FakeRequest, connection: Int) -> (playback: Playback, id: Int) {
        let route = FakeRoute(request)
        if route.operation == .control, options.allowsSpecs {
            let answer = ControlAPI(core: self, request: request, path: route.rest).answer()
            return (PlaybackBuilder(behaviour: FakeBehaviour(), request: request).playback(of: answer), 0)
        }
        let id = serial.add(1, ordering: .relaxed).newValue
        var record = RecordedRequest(
            id: id, connection: connection, method: request.method, uri: request.uri, headers: request.headers,
            body: recorder.isOn || scripts.count > 0 ? Array(request.body.prefix(options.recordedBodyBytes)) : [],
            bodySize: request.body.count, receivedAt: NIODeadline.now().uptimeNanoseconds)
        let script = scripts.take(for: record) { route.model ?? Self.document(request)?["model"]?.stringValue }
        record.isScripted = script != nil
        let (dialect, playback) =
            script.map { (route.dialect, $0.playback(for: request)) } ?? improvise(request, route, serial: id)
        record.dialect = dialect
        recorder.add(record)
        return (playback, id)
    }

    private func improvise(_ request: FakeRequest, _ route: FakeRoute, serial: Int) -> (FakeDialect, Playback) {
        var context = AnswerContext(
            request: request, document: Self.document(request), route: route, behaviour: FakeBehaviour(),
            serial: serial, now: options.now())
        do throws(FakeSpecError) {
            context.behaviour = try behaviour(for: context)
        } catch {
            let failure = context.failure(.badRequest, "x-fake: \(error.message)")
            return (context.dialect, plain(failure.answer(in: context.dialect), context))
        }
        if let failure = options.credentials.failure(for: context.request, in: context.dialect) {
            return (context.dialect, plain(failure.answer(in: context.dialect), context))
        }
        var builder = PlaybackBuilder(behaviour: context.behaviour, request: context.request)
        if let nothing = builder.withoutAnswer() { return (context.dialect, nothing) }
        if let name = context.behaviour.recording {
            return (context.dialect, recording(name, context))
        }
        let factory = AnswerFactory(context: context)
        if context.behaviour.fail != nil {
            builder.failureFrame = FailureFrame(failure: factory.streamFailure, context: context).bytes
        }
        return (context.dialect, builder.playback(of: wholeAnswer(factory)))
    }

    private func wholeAnswer(_ factory: AnswerFactory) -> FakeAnswer {
        let behaviour = factory.context.behaviour
        if let body = behaviour.body {
            return FakeAnswer(
                headers: [FakeHeader("content-type", "application/json")], body: .whole(Array(body.utf8)),
                isStream: false)
        }
        return factory.requestedFailure?.answer(in: factory.context.dialect) ?? factory.answer()
    }

    private func plain(_ answer: FakeAnswer, _ context: AnswerContext) -> Playback {
        PlaybackBuilder(behaviour: FakeBehaviour(), request: context.request).playback(of: answer)
    }

    private func recording(_ name: String, _ context: AnswerContext) -> Playback {
        guard let recorded = options.recordings[name] else {
            return plain(
                context.failure(.notFound, "no recording named '\(name)'").answer(in: context.dialect), context)
        }
        return recorded.playback(for: context.request)
    }

    // MARK: Behaviour

    private func behaviour(for context: AnswerContext) throws(FakeSpecError) -> FakeBehaviour {
        var behaviour = defaults.withLock { $0 }
        let model = context.model
        if options.allowsSpecs {
            for spec in context.route.specs { try behaviour.apply(FakeSpec.items(inModel: spec)) }
            if let model { try behaviour.apply(FakeSpec.items(inModel: model)) }
            for header in context.request.headers where header.isNamed("x-fake") {
                try behaviour.apply(FakeSpec.items(inHeader: header.value))
            }
        }
        if !gate.admits(behaviour) { behaviour = FakeBehaviour() }
        if behaviour.gap == nil, behaviour.drip == nil, model == "demo" {
            behaviour.gap = options.demoGap.microseconds
        }
        return behaviour
    }

    private static func document(_ request: FakeRequest) -> JSONValue? {
        guard let document = try? JSONValue(parsing: request.body), document.objectValue != nil else { return nil }
        return document
    }
}
