import Dialects
import Identity
import Ledger
import Logging
import NIOCore
import Outbox
import Policy
import Storage

/// Writing requests down, before the client's last byte.
extension Pipeline {
    /// Refuses a request that could not be written down, where that is what the operator wants.
    func requireLedger() throws(WireError) {
        guard let ledger, services.whenLedgerFull == .reject, ledger.isFull else { return }
        throw WireError(
            status: 503, type: "service_unavailable_error", code: "ledger_full",
            message: "The gateway has no room left to record usage and takes no requests until there is.",
            retryAfterMilliseconds: 5000)
    }

    /// What has to be done before the client's last byte: the request is written down, and a client that goes on at
    /// once is not refused for the slot it has just given back.
    func closeBooks(_ journey: Journey, _ end: RequestEnd) async {
        guard journey.request.claimBooks() else { return }
        if let ledger {
            var record = begin(journey.call, journey.identity, journey.request, ledger)
            record.add(journey, end)
            record.set(seen(end, journey), hasBegun: journey.request.response.hasBegun)
            record.log = promptLog(journey.request)
            await write(record, ledger)
        }
        if journey.meter.holdsSlot { await settle(journey.meter) }
    }

    /// An answer that was read to its end for its exact usage is one that its client never saw whole.
    private func seen(_ end: RequestEnd, _ journey: Journey) -> RequestEnd {
        guard case .answered = end, journey.request.response.isClientGone else { return end }
        return .clientGone
    }

    /// The same for a request that no target was asked for.
    func closeBooks(
        _ call: ClientRequest, _ identity: Identity, _ request: RequestState, refused error: WireError
    ) async {
        guard request.claimBooks(), let ledger else { return }
        var record = begin(call, identity, request, ledger)
        record.set(.failed(error), hasBegun: false)
        await write(record, ledger)
    }

    /// Keeps what goes to the client, where the operator wants that.
    func note(_ answer: [UInt8], _ request: RequestState, isStream: Bool) {
        guard services.promptCapture != .off else { return }
        request.transcript.take(answer, isStream: isStream)
    }

    /// What was said. Masked here and not later: what is in the outbox is on the disk.
    private func promptLog(_ request: RequestState) -> PromptLog? {
        let (prompt, answer) = (request.inbound.body, request.transcript.bytes)
        switch services.promptCapture {
        case .off: return nil
        case .full: return PromptLog(prompt: Transcript.cut(prompt), answer: Transcript.cut(answer))
        case .redacted:
            // What lies on the cut is masked before it is cut through.
            let redactor = Redactor()
            return PromptLog(
                prompt: Transcript.cut(redactor.redact(Transcript.cut(prompt, beyond: 4096))),
                answer: Transcript.cut(redactor.redact(answer)))
        }
    }

    private func begin(
        _ call: ClientRequest, _ identity: Identity, _ request: RequestState, _ ledger: UsageLane
    ) -> UsageRecord {
        let now = services.clock()
        let elapsed = NIODeadline.now().uptimeNanoseconds &- request.inbound.receivedAt
        return UsageRecord(
            ledger.nextID(at: Timestamp(milliseconds: now)), call, identity, request, now: now,
            elapsed: Int(clamping: elapsed))
    }

    private func write(_ record: UsageRecord, _ ledger: UsageLane) async {
        switch ledger.append(record) {
        case .written(let ticket):
            guard let durable = services.durable else { return }
            do throws(OutboxError) { try await durable(ticket) } catch {
                services.logger.error("a usage record is not on the disk yet", metadata: ["reason": "\(error)"])
            }
        case .waits: break
        case .lost(let reason):
            // Loudly: this is money.
            services.logger.critical(
                "a usage record is lost",
                metadata: [
                    "reason": "\(reason)", "id": "\(record.id)", "tenant": "\(record.tenant)",
                    "model": "\(record.clientModel)", "prompt_tokens": "\(record.promptTokens)",
                    "completion_tokens": "\(record.completionTokens)",
                    "cost_nanodollars": "\(record.costNanodollars ?? 0)",
                ])
        }
    }
}
