import WireJSON

func utf8(_ text: String) -> [UInt8] { Array(text.utf8) }

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

/// What is wrong with a document, nil if nothing is; from both readers, which must agree.
func fault(in bytes: [UInt8], limits: JSONLimits = .default) -> JSONError? {
    do {
        _ = try JSONValue(parsing: bytes, limits: limits)
        return nil
    } catch {
        return error
    }
}

/// What a scan for members finds wrong.
func scanFault(in bytes: [UInt8], limits: JSONLimits = .default) -> JSONError? {
    do {
        _ = try JSONMembers(scanning: bytes, limits: limits)
        return nil
    } catch {
        return error
    }
}
