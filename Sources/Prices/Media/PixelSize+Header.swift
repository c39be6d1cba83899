extension PixelSize {
    /// Segments of a JPEG that are stepped over in search of its frame: profiles and thumbnails come before it.
    private static let mostSegments = 256

    /// The size an image states in its header: PNG (RFC 2083, section 4.1.1), GIF (89a, section 18), WebP (RFC 9649)
    /// and JPEG (ITU T.81, section B.2.2). nil for everything else.
    init?(header bytes: Base64Bytes) {
        guard let size = Self.png(bytes) ?? Self.gif(bytes) ?? Self.webP(bytes) ?? Self.jpeg(bytes) else { return nil }
        self = size
    }

    private static func png(_ bytes: Base64Bytes) -> PixelSize? {
        guard bytes[0] == 0x89, bytes.matches("PNG\r\n", at: 1), bytes.matches("IHDR", at: 12) else { return nil }
        return size(bytes.big(16, 4), bytes.big(20, 4))
    }

    private static func gif(_ bytes: Base64Bytes) -> PixelSize? {
        guard bytes.matches("GIF8", at: 0) else { return nil }
        return size(bytes.little(6, 2), bytes.little(8, 2))
    }

    private static func webP(_ bytes: Base64Bytes) -> PixelSize? {
        guard bytes.matches("RIFF", at: 0), bytes.matches("WEBP", at: 8) else { return nil }
        if bytes.matches("VP8X", at: 12) {
            guard let width = bytes.little(24, 3), let height = bytes.little(27, 3) else { return nil }
            return PixelSize(width: width + 1, height: height + 1)
        }
        if bytes.matches("VP8L", at: 12) {
            guard bytes[20] == 0x2F, let bits = bytes.little(21, 4) else { return nil }
            return PixelSize(width: bits & 0x3FFF + 1, height: bits >> 14 & 0x3FFF + 1)
        }
        guard bytes.matches("VP8 ", at: 12), bytes.big(23, 3) == 0x9D012A, let width = bytes.little(26, 2),
            let height = bytes.little(28, 2)
        else { return nil }
        return PixelSize(width: width & 0x3FFF, height: height & 0x3FFF)
    }

    private static func jpeg(_ bytes: Base64Bytes) -> PixelSize? {
        guard bytes.big(0, 2) == 0xFFD8 else { return nil }
        var position = 2
        for _ in 0..<mostSegments {
            guard bytes[position] == 0xFF, let marker = bytes[position + 1] else { return nil }
            switch marker {
            case 0xFF: position += 1  // Fill.
            case 0x01, 0xD0...0xD8: position += 2  // Markers without a length.
            case 0x00, 0xD9, 0xDA: return nil  // No marker; the end; scan data before any frame.
            case 0xC0...0xCF where marker != 0xC4 && marker != 0xC8 && marker != 0xCC:  // Those are tables.
                return size(bytes.big(position + 7, 2), bytes.big(position + 5, 2))
            default:
                guard let length = bytes.big(position + 2, 2), length >= 2 else { return nil }
                position += 2 + length
            }
        }
        return nil
    }

    private static func size(_ width: Int?, _ height: Int?) -> PixelSize? {
        guard let width, let height else { return nil }
        return PixelSize(width: width, height: height)
    }
}
