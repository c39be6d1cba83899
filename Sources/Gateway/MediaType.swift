/// Media types told from the first bytes of a file: a server's own claim decides nothing.
enum MediaType {
    static func sniff(_ bytes: [UInt8]) -> String? {
        func starts(_ prefix: [UInt8], at offset: Int = 0) -> Bool {
            bytes.count >= offset + prefix.count && bytes[offset...].starts(with: prefix)
        }
        if starts([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return "image/png" }
        if starts([0xFF, 0xD8, 0xFF]) { return "image/jpeg" }
        if starts(Array("GIF87a".utf8)) || starts(Array("GIF89a".utf8)) { return "image/gif" }
        if starts(Array("RIFF".utf8)) {
            if starts(Array("WEBP".utf8), at: 8) { return "image/webp" }
            if starts(Array("WAVE".utf8), at: 8) { return "audio/wav" }
        }
        if starts(Array("ftyp".utf8), at: 4) {
            if starts(Array("heic".utf8), at: 8) || starts(Array("heix".utf8), at: 8) { return "image/heic" }
            if starts(Array("mif1".utf8), at: 8) { return "image/heif" }
            if starts(Array("avif".utf8), at: 8) { return "image/avif" }
            return "video/mp4"
        }
        if starts(Array("%PDF-".utf8)) { return "application/pdf" }
        if starts(Array("ID3".utf8)) || starts([0xFF, 0xFB]) || starts([0xFF, 0xF3]) { return "audio/mpeg" }
        if starts(Array("OggS".utf8)) { return "audio/ogg" }
        return nil
    }
}
