import Testing

@testable import Upstream

@Suite("Phase clock")
struct PhaseClockTests {
    static let timeouts = UpstreamTimeouts(connect: 100, firstByte: 1_000, idle: 200, total: 5_000)

    private func clock(whole: Bool = true, timeouts: UpstreamTimeouts = timeouts) -> PhaseClock {
        PhaseClock(timeouts: timeouts, firstByteEndsWait: whole, now: 10_000)
    }

    @Test("Connect runs from submission")
    func connect() {
        let clock = self.clock()
        #expect(!clock.isConnected)
        #expect(clock.nextCheck(now: 10_000) == 10_100)
        #expect(clock.expired(now: 10_099) == nil)
        #expect(clock.expired(now: 10_100) == .connect)
        #expect(clock.connectTimeLeft(now: 10_060) == 40)
        #expect(clock.connectTimeLeft(now: 10_300) == 1)
    }

    @Test("The first byte of a whole answer is awaited from the request on, then bytes may pause briefly only")
    func whole() {
        var clock = self.clock()
        clock.connected(now: 10_090, isWritten: true)
        #expect(clock.isConnected)
        #expect(clock.nextCheck(now: 10_090) == 11_090)
        #expect(clock.expired(now: 11_089) == nil)
        #expect(clock.expired(now: 11_090) == .firstByte)
        clock.received(now: 10_500)
        #expect(clock.expired(now: 10_699) == nil)
        #expect(clock.expired(now: 10_700) == .idle)
        clock.received(now: 10_600)
        #expect(clock.nextCheck(now: 10_600) == 10_800)
    }

    @Test("The next look never lies in the past, or it would be due for ever")
    func looksAhead() {
        var clock = self.clock(whole: false)
        clock.connected(now: 10_000, isWritten: true)
        clock.received(now: 10_100)
        for now: Int64 in stride(from: 10_100, to: 11_000, by: 50) {
            #expect(clock.expired(now: now) == nil)
            #expect(clock.nextCheck(now: now) > now)
        }
        #expect(clock.nextCheck(now: 10_950) == 11_000)
    }

    @Test("A stream's first token is for the consumer to see")
    func stream() {
        var clock = self.clock(whole: false)
        clock.connected(now: 10_000, isWritten: true)
        clock.received(now: 10_100)
        // Bytes alone do not end the wait, but they make the clock look for the consumer's word.
        #expect(clock.nextCheck(now: 10_100) == 10_300)
        #expect(clock.nextCheck(now: 10_300) == 10_500, "a look that found nothing is followed by a later one")
        #expect(clock.expired(now: 10_300) == nil)
        #expect(clock.expired(now: 10_999) == nil)
        #expect(clock.expired(now: 11_000) == .firstByte)
        clock.tokenSeen()
        #expect(clock.expired(now: 10_299) == nil)
        #expect(clock.expired(now: 10_300) == .idle)
        clock.tokenSeen()
        clock.received(now: 10_400)
        #expect(clock.expired(now: 10_599) == nil)
    }

    @Test("The poll for the consumer's word never moves a check past the deadline")
    func pollIsBounded() {
        var clock = self.clock(whole: false)
        clock.connected(now: 10_000, isWritten: true)
        clock.received(now: 10_950)
        #expect(clock.nextCheck(now: 10_950) == 11_000)
    }

    @Test("Writing a large body has to make progress")
    func send() {
        var clock = self.clock()
        clock.connected(now: 10_050, isWritten: false)
        #expect(clock.expired(now: 10_249) == nil)
        #expect(clock.expired(now: 10_250) == .send)
        clock.wrote(now: 10_240, isLast: false)
        #expect(clock.expired(now: 10_400) == nil)
        clock.wrote(now: 10_400, isLast: true)
        #expect(clock.expired(now: 11_399) == nil)
        #expect(clock.expired(now: 11_400) == .firstByte)
        clock.wrote(now: 11_000, isLast: true)
        #expect(clock.expired(now: 11_400) == .firstByte)
    }

    @Test("An answer during the upload ends the sending stretch")
    func earlyAnswer() {
        var clock = self.clock()
        clock.connected(now: 10_000, isWritten: false)
        clock.received(now: 10_010)
        #expect(clock.expired(now: 10_210) == .idle)
        var stream = self.clock(whole: false)
        stream.connected(now: 10_000, isWritten: false)
        stream.received(now: 10_010)
        #expect(stream.expired(now: 11_009) == nil)
        #expect(stream.expired(now: 11_010) == .firstByte)
    }

    @Test("Our own pause is not the provider's silence")
    func pause() {
        var clock = self.clock()
        clock.connected(now: 10_000, isWritten: true)
        clock.received(now: 10_100)
        clock.pause()
        #expect(clock.isPaused)
        #expect(clock.expired(now: 14_999) == nil)
        #expect(clock.nextCheck(now: 10_200) == 15_000)
        #expect(clock.expired(now: 15_000) == .total)
        clock.resume(now: 12_000)
        #expect(clock.expired(now: 12_199) == nil)
        #expect(clock.expired(now: 12_200) == .idle)
        clock.resume(now: 13_000)
        #expect(clock.expired(now: 12_200) == .idle)
    }

    @Test("Total bounds every stretch")
    func total() {
        let timeouts = UpstreamTimeouts(connect: 1_000, firstByte: 1_000, idle: 1_000, total: 50)
        var clock = self.clock(timeouts: timeouts)
        #expect(clock.expired(now: 10_050) == .total)
        clock.connected(now: 10_010, isWritten: true)
        #expect(clock.nextCheck(now: 10_010) == 10_050)
        #expect(clock.expired(now: 10_050) == .total)
        clock.received(now: 10_040)
        #expect(clock.expired(now: 10_050) == .total)
    }

    @Test("A second connection after a dead one starts the wait anew")
    func retry() {
        var clock = self.clock()
        clock.connected(now: 10_000, isWritten: true)
        clock.connected(now: 10_090, isWritten: true)
        #expect(clock.expired(now: 11_000) == nil)
        #expect(clock.expired(now: 11_090) == .firstByte)
    }

    @Test("Limits are clamped")
    func clamping() {
        let timeouts = UpstreamTimeouts(connect: 0, firstByte: -5, idle: .max, total: .min)
        #expect(timeouts.connect == 1)
        #expect(timeouts.firstByte == 1)
        #expect(timeouts.idle == 7 * 24 * 3_600_000)
        #expect(timeouts.total == 1)
    }
}
