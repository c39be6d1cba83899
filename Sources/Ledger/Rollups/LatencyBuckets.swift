/// The borders of latency histograms: 48 buckets, three to each doubling from 16 ms up to eleven minutes.
///
/// Borders are fixed for ever, so that histograms of any periods, tenants and releases add up. A percentile is off by
/// no more than the width of its bucket, a factor of 1.26, and by much less where a bucket holds many requests, because
/// they are taken to be spread evenly in it. Below 16 ms and above eleven minutes nothing is told apart.
///
/// Two buckets share a column of the rollup tables: `latency_00` holds the count of bucket 0 in its lower 32 bits and
/// that of bucket 1 above. Columns rather than rows, because a period's counters and its histogram are then one write,
/// and a query reads as many rows with percentiles as without; shared, because half the columns make half the work,
/// for PostgreSQL half the space too. The lower half has room for 2^32 requests in one bucket, one period and one row:
/// a day at 49,000 requests a second; the upper one for half of that. Sums over rows take the halves apart first.
enum LatencyBuckets {
    /// Milliseconds; bucket `i` ends before border `i`, the last bucket never.
    static let borders = [
        16, 20, 25, 32, 40, 51, 64, 81, 102, 128, 161, 203, 256, 323, 406, 512, 645, 813, 1024, 1290, 1625, 2048, 2580,
        3251, 4096, 5161, 6502, 8192, 10_321, 13_004, 16_384, 20_643, 26_008, 32_768, 41_285, 52_016, 65_536, 82_570,
        104_032, 131_072, 165_140, 208_064, 262_144, 330_281, 416_128, 524_288, 660_561,
    ]

    static var count: Int { borders.count + 1 }

    static let columns: [StaticString] = [
        "latency_00", "latency_01", "latency_02", "latency_03", "latency_04", "latency_05", "latency_06", "latency_07",
        "latency_08", "latency_09", "latency_10", "latency_11", "latency_12", "latency_13", "latency_14", "latency_15",
        "latency_16", "latency_17", "latency_18", "latency_19", "latency_20", "latency_21", "latency_22", "latency_23",
    ]

    /// What queries call the buckets that they took apart.
    static let names: [StaticString] = [
        "b00", "b01", "b02", "b03", "b04", "b05", "b06", "b07", "b08", "b09", "b10", "b11",
        "b12", "b13", "b14", "b15", "b16", "b17", "b18", "b19", "b20", "b21", "b22", "b23",
        "b24", "b25", "b26", "b27", "b28", "b29", "b30", "b31", "b32", "b33", "b34", "b35",
        "b36", "b37", "b38", "b39", "b40", "b41", "b42", "b43", "b44", "b45", "b46", "b47",
    ]

    /// Where bucket `index` begins and ends; the last one has no end.
    static func range(_ index: Int) -> (lower: Int, upper: Int?) {
        (index == 0 ? 0 : borders[index - 1], index < borders.count ? borders[index] : nil)
    }
}
