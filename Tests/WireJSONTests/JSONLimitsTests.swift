import Testing
import WireJSON

@Suite("Bounds on the number of values")
struct JSONLimitsTests {
    @Test(
        "Objects and arrays are counted wherever they are",
        arguments: [
            (#"{"a":[]}"#, 2), (#"{"a":[[],{}]}"#, 4), (#"{"a":[[],[1,2,"[{"]]}"#, 4), (#"{"a":1}"#, 1),
            (#"{"a":{"b":{"c":[{}]}},"d":[]}"#, 6),
        ])
    func containers(document: String, count: Int) {
        let bytes = utf8(document)
        let (enough, less) = (JSONLimits(maxContainers: count), JSONLimits(maxContainers: count - 1))
        #expect(fault(in: bytes, limits: enough) == nil)
        #expect(scanFault(in: bytes, limits: enough) == nil)
        #expect(fault(in: bytes, limits: less)?.kind == .tooManyContainers)
        #expect(scanFault(in: bytes, limits: less)?.kind == .tooManyContainers)
    }

    @Test(
        "Values of all kinds are counted",
        arguments: [("7", 1), ("[1,true,null]", 4), (#"[1,2,{"a":"x","b":[]}]"#, 6), ("[]", 1)])
    func values(document: String, count: Int) {
        let bytes = utf8(document)
        #expect(fault(in: bytes, limits: JSONLimits(maxValues: count)) == nil)
        #expect(fault(in: bytes, limits: JSONLimits(maxValues: count - 1))?.kind == .tooManyValues)
    }

    @Test("The error says where and how many")
    func message() throws {
        let error = try #require(fault(in: utf8(#"{"a":[[],[],[]]}"#), limits: JSONLimits(maxContainers: 3)))
        #expect(error.offset == 9)
        #expect(error.path == "a[1]")
        #expect(error.message == "More than 3 objects and arrays in a[1] (byte 9)")
        let values = try #require(fault(in: utf8("[1,2,3]"), limits: JSONLimits(maxValues: 3)))
        #expect(values.message == "More than 3 values in [2] (byte 5)")
    }

    @Test("Without a bound any number is allowed")
    func unbounded() {
        let many = utf8("[" + String(repeating: "[],", count: 300_000) + "[]]")
        #expect(fault(in: many) == nil)
        #expect(fault(in: many, limits: JSONLimits(maxContainers: 300_001))?.kind == .tooManyContainers)
        #expect(fault(in: many, limits: JSONLimits(maxContainers: 300_002)) == nil)
    }

    @Test("No bound is negative")
    func negative() {
        #expect(JSONLimits(maxContainers: -1, maxValues: -1).maxContainers == 0)
        #expect(fault(in: utf8("1"), limits: JSONLimits(maxValues: -1))?.kind == .tooManyValues)
    }
}

@Suite("One bound for many documents")
struct JSONBudgetTests {
    @Test("Documents pay for what they hold")
    func pays() {
        var budget = JSONBudget(JSONLimits(maxContainers: 5, maxValues: 10))
        #expect(budget.parse(#"{"a":[1]}"#) == ["a": [1]])
        #expect((budget.containers, budget.values) == (3, 7))
        #expect(budget.parse("[[]]") == [[]])
        #expect((budget.containers, budget.values) == (1, 5))
        #expect(budget.parse("[[]]") == nil)
        #expect(budget.containers == 0)
        #expect(budget.parse("[]") == nil)
        #expect(budget.parse("7") == 7)
    }

    @Test("Those that cannot be read pay, too", arguments: ["[[1,", "[[1] x", #"[{"a":1,"a":2}]"#])
    func paysForBroken(document: String) {
        var budget = JSONBudget(JSONLimits(maxContainers: 5, maxValues: 10))
        #expect(budget.parse(document) == nil)
        #expect(budget.containers == 3)
    }

    @Test("Nothing is left after the last value")
    func runsOut() {
        var budget = JSONBudget(JSONLimits(maxValues: 3))
        for _ in 0..<3 { #expect(budget.parse("true") == true) }
        #expect(budget.parse("true") == nil)
        #expect(budget.values == 0)
    }

    @Test("Depth is bounded for each")
    func depth() {
        var budget = JSONBudget(JSONLimits(maxDepth: 2))
        #expect(budget.parse("[[1]]") == [[1]])
        #expect(budget.parse("[[[1]]]") == nil)
        #expect(budget.parse("[[2]]") == [[2]])
    }
}
