import Foundation
import Policy
import WireJSON

extension LimitAlert {
    /// What webhooks and dashboards get: compact JSON, with the member names and units of `GET /v1/limits`. Times are
    /// RFC 3339 in UTC; amounts of cost are dollars, every decimal exact.
    package var json: [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(384)
        func member(_ name: String, _ write: (inout [UInt8]) -> Void) {
            output.append(UInt8(ascii: output.isEmpty ? "{" : ","))
            JSONText.appendString(name, to: &output)
            output.append(UInt8(ascii: ":"))
            write(&output)
        }
        func text(_ name: String, _ value: String?) {
            member(name) {
                if let value { JSONText.appendString(value, to: &$0) } else { $0 += Array("null".utf8) }
            }
        }
        func number(_ name: String, _ value: Int) { member(name) { JSONText.appendInt(value, to: &$0) } }
        func amount(_ name: String, _ value: Int) {
            if counter.resource != .cost { return number(name, value) }
            member(name) { $0 += Array(Self.dollars(value).utf8) }
        }
        text("type", "limit.alert")
        text("id", id)
        text("time", Self.rfc3339(time))
        text("tenant", tenant)
        text("scope", counter.scope.rawValue)
        text("resource", counter.resource.rawValue)
        text("per", counter.period?.rawValue)
        text("subject", counter.subject)
        number("threshold", threshold)
        number("percent", percent)
        amount("used", used)
        amount("max", max)
        text("resets_at", resetsAt < LimitAmount.cap ? Self.rfc3339(resetsAt) : nil)
        member("shadow") { $0 += Array((shadow ? "true" : "false").utf8) }
        output.append(UInt8(ascii: "}"))
        return output
    }

    /// Nano-dollars as dollars, with as many decimals as they need and at least two.
    static func dollars(_ nanodollars: Int) -> String {
        let (whole, fraction) = nanodollars.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
        var decimals = String(1_000_000_000 + fraction).dropFirst()
        while decimals.count > 2, decimals.last == "0" { decimals.removeLast() }
        return "\(nanodollars < 0 ? "-" : "")\(whole).\(decimals)"
    }

    /// Whole seconds.
    private static func rfc3339(_ milliseconds: Int) -> String {
        Date(timeIntervalSince1970: Double(milliseconds / 1000)).formatted(.iso8601)
    }
}
