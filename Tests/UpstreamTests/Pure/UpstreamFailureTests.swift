import CCurl
import Testing

@testable import Upstream

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("Failures")
struct UpstreamFailureTests {
    private func situation(
        connected: Bool = true, head: Bool = false, blocked: AddressClass? = nil, errno: Int32 = 0, detail: String = ""
    ) -> FailureSituation {
        FailureSituation(
            host: "h.example", isConnected: connected, hasHead: head, blocked: blocked, systemError: errno,
            detail: detail, timeouts: UpstreamTimeouts(connect: 77))
    }

    @Test("Metric labels are bounded and say a thing once")
    func labels() {
        #expect(UpstreamFailure(.connect, .refused, message: "").metricLabel == "connect_refused")
        #expect(UpstreamFailure(.firstByte, .timeout, message: "").metricLabel == "first_byte_timeout")
        #expect(UpstreamFailure(.cancelled, .cancelled, message: "").metricLabel == "cancelled")
        #expect(UpstreamFailure(.tooLarge, .tooLarge, message: "").metricLabel == "too_large")
        #expect("\(UpstreamFailure(.idle, .timeout, message: "why"))" == "idle_timeout: why")
    }

    @Test(
        "libcurl's codes before the connection stands",
        arguments: [
            (CURLE_COULDNT_RESOLVE_HOST, 0, .dns), (CURLE_COULDNT_CONNECT, ECONNREFUSED, .refused),
            (CURLE_COULDNT_CONNECT, ETIMEDOUT, .timeout), (CURLE_COULDNT_CONNECT, EHOSTUNREACH, .other),
            (CURLE_COULDNT_CONNECT, ECONNRESET, .reset), (CURLE_OPERATION_TIMEDOUT, 0, .timeout),
            (CURLE_PEER_FAILED_VERIFICATION, 0, .tls), (CURLE_SSL_CONNECT_ERROR, 0, .tls),
            (CURLE_SEND_ERROR, 0, .reset),
            (CURLE_RECV_ERROR, 0, .reset), (CURLE_OUT_OF_MEMORY, 0, .other),
        ] as [(CURLcode, Int32, UpstreamFailure.Kind)])
    func early(code: CURLcode, errno: Int32, kind: UpstreamFailure.Kind) {
        let failure = self.situation(connected: false, errno: errno).failure(for: code)
        #expect(failure.phase == .connect)
        #expect(failure.kind == kind)
        #expect(failure.curlCode == Int32(code.rawValue))
        #expect(failure.message.contains("h.example"))
    }

    @Test("Later ones tell whether the answer had begun")
    func late() {
        #expect(self.situation().failure(for: CURLE_GOT_NOTHING).metricLabel == "first_byte_reset")
        #expect(self.situation(head: true).failure(for: CURLE_PARTIAL_FILE).metricLabel == "receive_reset")
        #expect(self.situation(head: true).failure(for: CURLE_HTTP2_STREAM).metricLabel == "receive_reset")
        #expect(self.situation().failure(for: CURLE_SEND_ERROR).metricLabel == "send_reset")
        #expect(self.situation().failure(for: CURLE_WEIRD_SERVER_REPLY).metricLabel == "protocol_error_other")
        #expect(self.situation(head: true).failure(for: CURLE_OPERATION_TIMEDOUT).metricLabel == "receive_timeout")
    }

    @Test("A refused address says what would permit it, and when nothing would")
    func blocked() {
        let failure = self.situation(connected: false, blocked: .privateNetwork).failure(for: CURLE_COULDNT_CONNECT)
        #expect(failure.metricLabel == "blocked_address_blocked")
        #expect(failure.message.contains("private address"))
        #expect(failure.message.contains("allow_private_network"))
        let never = self.situation(connected: false, blocked: .cloudMetadata).failure(for: CURLE_COULDNT_CONNECT)
        #expect(never.message.contains("never"))
        let other = self.situation(connected: false, blocked: .loopback, errno: ECONNREFUSED)
        #expect(other.failure(for: CURLE_COULDNT_CONNECT).kind == .refused)
    }

    @Test("Messages use libcurl's words where there are some, and name the limit of a timeout")
    func messages() {
        let failure = self.situation(detail: "Connection died").failure(for: CURLE_RECV_ERROR)
        #expect(failure.message == "h.example: Connection died")
        #expect(!self.situation().failure(for: CURLE_RECV_ERROR).message.hasSuffix(": "))
        #expect(self.situation(connected: false).failure(for: CURLE_OPERATION_TIMEDOUT).message.contains("77 ms"))
    }
}
