import Dialects

/// Requests and files made for tests.
enum Samples {
    static func request(_ json: String, endpoint: Endpoint = .chatCompletions) throws -> ClientRequest {
        try ClientRequest(checking: Array(json.utf8), endpoint: endpoint)
    }

    static func chat(_ messages: String, more: String = "") throws -> ClientRequest {
        try request("{\"model\":\"m\",\"messages\":\(messages)\(more)}")
    }

    /// A user message of these parts (JSON).
    static func chat(parts: [String]) throws -> ClientRequest {
        try chat("[{\"role\":\"user\",\"content\":[\(parts.joined(separator: ","))]}]")
    }

    static func image(_ bytes: [UInt8], type: String = "image/png", detail: String? = nil) -> String {
        let detail = detail.map { ",\"detail\":\"\($0)\"" } ?? ""
        return "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:\(type);base64,\(base64(bytes))\"\(detail)}}"
    }

    static func audio(_ bytes: [UInt8], format: String = "wav") -> String {
        "{\"type\":\"input_audio\",\"input_audio\":{\"data\":\"\(base64(bytes))\",\"format\":\"\(format)\"}}"
    }

    static func base64(_ bytes: [UInt8]) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = Array(bytes[start..<min(start + 3, bytes.count)])
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0...group.count { text.append(letters[bits >> (18 - 6 * place) & 63]) }
            text += String(repeating: "=", count: 3 - group.count)
        }
        return text
    }

    static func big(_ value: Int, _ length: Int) -> [UInt8] {
        (0..<length).map { UInt8(truncatingIfNeeded: value >> (8 * (length - 1 - $0))) }
    }

    static func little(_ value: Int, _ length: Int) -> [UInt8] { big(value, length).reversed() }

    static func png(_ width: Int, _ height: Int, padding: Int = 64) -> [UInt8] {
        [0x89] + Array("PNG\r\n\u{1A}\n".utf8) + big(13, 4) + Array("IHDR".utf8) + big(width, 4) + big(height, 4)
            + [8, 6, 0, 0, 0] + Array(repeating: 0xAB, count: padding)
    }

    static func gif(_ width: Int, _ height: Int) -> [UInt8] {
        Array("GIF89a".utf8) + little(width, 2) + little(height, 2) + [0xF7, 0, 0]
    }

    /// With an application segment of this many bytes in front of the frame, as cameras write.
    static func jpeg(_ width: Int, _ height: Int, profile: Int = 20_000, frame: UInt8 = 0xC2) -> [UInt8] {
        [0xFF, 0xD8, 0xFF, 0xE1] + big(profile + 2, 2) + Array(repeating: 0x11, count: profile)
            + [0xFF, 0xFF, 0xC4] + big(4, 2) + [0, 0] + [0xFF, frame] + big(17, 2) + [8] + big(height, 2)
            + big(width, 2) + Array(repeating: 0, count: 40)
    }

    static func webP(_ chunk: String, _ content: [UInt8]) -> [UInt8] {
        Array("RIFF".utf8) + little(content.count + 12, 4) + Array("WEBP\(chunk)".utf8) + little(content.count, 4)
            + content + Array(repeating: 0, count: 16)
    }

    /// 16-bit mono at this many bytes per second.
    static func wav(bytes: Int, perSecond rate: Int, stated: Int? = nil, extra: [UInt8] = []) -> [UInt8] {
        Array("RIFF".utf8) + little(bytes + 36, 4) + Array("WAVE".utf8) + extra + Array("fmt ".utf8) + little(16, 4)
            + little(1, 2) + little(1, 2) + little(rate / 2, 4) + little(rate, 4) + little(2, 2) + little(16, 2)
            + Array("data".utf8) + little(stated ?? bytes, 4) + Array(repeating: 7, count: bytes)
    }

    /// Of this many bytes altogether, with frame headers of 128 kbit/s (`header` given) behind a tag.
    static func mp3(bytes: Int, tag: Int = 0, header: [UInt8] = [0xFF, 0xFB, 0x90, 0x00]) -> [UInt8] {
        let id =
            tag > 0
            ? Array("ID3".utf8) + [4, 0, 0] + (0..<4).map { UInt8(tag >> (7 * (3 - $0)) & 0x7F) }
                + Array(repeating: 0, count: tag)
            : []
        return id + header + Array(repeating: 0x55, count: bytes - header.count)
    }
}
