import Glibc

/// Takes over what former processes left in a directory.
struct SegmentRecovery {
    let files: SegmentFile
    private(set) var segments: [OutboxSegment] = []
    private(set) var report = OutboxRecovery()
    /// Larger than every number in use.
    private(set) var nextSequence = 1

    init(files: SegmentFile) {
        self.files = files
    }

    /// Checks every record, cuts torn tails, deletes segments without any.
    mutating func run() throws(OutboxError) {
        let names = try Directory.names(files.directory).compactMap(SegmentName.init(file:)).sorted()
        for name in names {
            nextSequence = max(nextSequence, name.sequence + 1)
            do throws(OutboxError) {
                try take(name)
            } catch {
                report.unreadable.append(error)
            }
        }
        report.segments = segments.count
    }

    private mutating func take(_ name: SegmentName) throws(OutboxError) {
        let path = files.path(name)
        // For writing, since a tail may have to be cut; a file that can only be read is offered all the same.
        var descriptor = open(path, O_RDWR | O_CLOEXEC)
        if descriptor < 0 { descriptor = open(path, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw .system(.open, path: path, code: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(.read, path: path, code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= OutboxOptions.segmentRange.upperBound else {
            report.foreign.append(name.file)
            return
        }
        let bytes = try SegmentBytes.copy(descriptor, limit: Int(status.st_size), path: path)
        guard let header = SegmentHeader(reading: bytes.readable) else {
            // Killed between making the file and writing its header: nothing can be in it.
            if bytes.readable.allSatisfy({ $0 == 0 }) { return try files.delete(path) }
            report.foreign.append(name.file)
            return
        }
        let survey = SegmentSurvey(bytes.readable, seed: header.seed)
        report.tornBytes += survey.tornBytes
        guard survey.records > 0 else { return try files.delete(path) }
        cut(descriptor, survey, length: bytes.count)
        report.records += survey.records
        report.damagedBytes += survey.damagedBytes
        segments.append(
            OutboxSegment(
                name: name, path: path, seed: header.seed, end: survey.end, records: survey.records,
                firstTime: survey.firstTime))
    }

    /// Neither can fail in a way that matters: nothing behind the end is ever read again, and what a killed process
    /// did not wait for was never promised.
    private func cut(_ descriptor: Int32, _ survey: SegmentSurvey, length: Int) {
        if survey.end < length { _ = ftruncate(descriptor, off_t(survey.end)) }
        if files.sync != .off { _ = files.system.synchronize(descriptor) }
    }
}
