import Foundation
import WireJSON

/// The figures as a table for people and as JSON for programs.
struct Report {
    private let nameWidth: Int

    init(names: [String]) {
        nameWidth = max(24, names.map(\.count).max() ?? 0)
    }

    func printHead() {
        print(Self.pad("benchmark", nameWidth) + Self.columns("median ns", "minimum ns", "× baseline", "per"))
    }

    func printRow(_ measurement: Measurement) {
        print(
            Self.pad(measurement.name, nameWidth)
                + Self.columns(
                    Self.number(measurement.median), Self.number(measurement.minimum), Self.ratio(measurement.ratio),
                    measurement.unit.rawValue))
        // Rows appear as they are measured, also where the output is a pipe.
        fflush(nil)
    }

    static func json(_ measurements: [Measurement]) -> [UInt8] {
        let rows: [JSONValue] = measurements.map { measurement in
            [
                "name": .string(measurement.name), "unit": .string(measurement.unit.rawValue),
                "median_ns": .number(JSONNumber(rounded(measurement.median))),
                "minimum_ns": .number(JSONNumber(rounded(measurement.minimum))),
                "ratio": .number(JSONNumber(rounded(measurement.ratio))),
            ]
        }
        return (["benchmarks": .array(rows)] as JSONValue).bytes + [UInt8(ascii: "\n")]
    }

    private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

    private static func columns(_ median: String, _ minimum: String, _ ratio: String, _ unit: String) -> String {
        [median, minimum, ratio].map { String(repeating: " ", count: max(1, 14 - $0.count)) + $0 }.joined() + "  "
            + unit
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// 12,345.6: no more digits than the measurement is good for.
    private static func number(_ value: Double) -> String {
        if value < 100 { return String(format: "%.1f", value) }
        var digits = String(Int(value.rounded()))
        var grouped = ""
        while digits.count > 3 {
            grouped = "," + digits.suffix(3) + grouped
            digits.removeLast(3)
        }
        return digits + grouped
    }

    private static func ratio(_ value: Double) -> String {
        String(format: value < 10 ? "%.3f" : "%.1f", value)
    }
}
