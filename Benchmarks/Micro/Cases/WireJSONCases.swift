import WireJSON

/// Reading and writing JSON at the byte level.
enum WireJSONCases {
    static func all() throws -> [Benchmark] {
        try scanning() + editing() + values() + events()
    }

    private static func scanning() -> [Benchmark] {
        let bodies = [
            ("0.5KB", SampleRequests.short), ("3KB", SampleRequests.tools), ("100KB", SampleRequests.long),
        ]
        return bodies.map { size, body in
            Benchmark("WireJSON.Scan.\(size)") {
                blackHole(try JSONMembers(scanning: body))
            }
        }
    }

    private static func editing() throws -> [Benchmark] {
        let body = SampleRequests.short
        let members = try JSONMembers(scanning: body)
        guard let model = members.member("model", in: body), let limit = members.member("max_tokens", in: body) else {
            throw UnexpectedOutcome("the sample request lacks a member")
        }
        return [
            Benchmark("WireJSON.Member.Last") {
                blackHole(members.member("max_tokens", in: body))
            },
            Benchmark("WireJSON.Edit.ThreeMembers") {
                var edits = JSONEdits()
                edits.replace(model.value, with: Array("\"another-model\"".utf8))
                edits.remove(limit)
                edits.append(member: "user", value: Array("\"ana\"".utf8))
                blackHole(edits.apply(to: body))
            },
        ]
    }

    private static func values() throws -> [Benchmark] {
        let long = try JSONValue(parsing: SampleRequests.long)
        return [
            Benchmark("WireJSON.Parse.0.5KB") { blackHole(try JSONValue(parsing: SampleRequests.short)) },
            Benchmark("WireJSON.Parse.100KB") { blackHole(try JSONValue(parsing: SampleRequests.long)) },
            Benchmark("WireJSON.Write.100KB") { blackHole(long.bytes) },
        ]
    }

    private static func events() -> [Benchmark] {
        let single = SampleStreams.openAI
        return [("OnePerRead", single), ("ManyPerRead", SampleStreams.bursts(single, of: 32))].map { name, reads in
            Benchmark("WireJSON.SSEReader.\(name)", unit: .event, unitsPerRun: single.count) {
                var reader = SSEReader()
                var count = 0
                for read in reads {
                    reader.feed(read)
                    while let event = try reader.next() {
                        blackHole(event)
                        count += 1
                    }
                }
                guard count == single.count else { throw UnexpectedOutcome("\(count) events") }
            }
        }
    }
}
